using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Networks;

public sealed class PromiseFileTests
{
    [Fact]
    public void What_was_promised_is_known_after_the_power_went()
    {
        var disk = new SimulatedDisk(1);
        using (var file = new PromiseFile(disk))
        {
            Assert.Equal(0ul, file.Height);
            file.Keep(HeaderAt(1));
            file.Keep(HeaderAt(2));
        }
        disk.Restart();
        using var again = new PromiseFile(disk);
        Assert.Equal((2ul, HeaderAt(2).Hash), (again.Height, again.HeaderHash));
        again.Keep(HeaderAt(1));
        again.Keep(HeaderAt(2));
        Assert.Throws<DivergedException>(() => again.Keep(HeaderAt(2) with { HistorySize = 99 }));
        again.Keep(HeaderAt(3));
        Assert.Equal(3ul, again.Height);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_slot_that_was_torn_leaves_the_one_before(int torn)
    {
        var disk = new SimulatedDisk(2);
        using (var file = new PromiseFile(disk))
        {
            file.Keep(HeaderAt(1));
            file.Keep(HeaderAt(2));
        }
        using (var raw = disk.Open("promises", DiskAccess.Write)) raw.Write(torn * raw.Length / 2 + 20, [0xee]);
        using var again = new PromiseFile(disk);
        Assert.Equal(torn == 0 ? 1ul : 2ul, again.Height);
    }

    private static Header HeaderAt(ulong height) => new(
        Hash.Of("ledger"u8), 0, height, height, Hash.Of("log"u8), new Instant(1), Hash.Of("before"u8), 1, Hash.Of("history"u8), 1, Hash.Of("outcomes"u8), Hash.Of("state"u8), 0, Hash.Of("v"u8),
        Hash.Of("v"u8), Hash.Of("c"u8));
}
