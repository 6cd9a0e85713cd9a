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
    public void What_was_promised_is_known_after_the_power_went_height_by_height()
    {
        var disk = new SimulatedDisk(1);
        using (var file = new PromiseFile(disk))
        {
            for (var height = 1ul; height <= 5; height++)
            {
                Assert.Equal(Promise.None, file.Of(HeaderAt(height)));
                file.Keep(HeaderAt(height));
            }
        }
        disk.Restart();
        using var again = new PromiseFile(disk);
        for (var height = 1ul; height <= 5; height++)
        {
            Assert.Equal(Promise.This, again.Of(HeaderAt(height)));
            Assert.Throws<DivergedException>(() => again.Of(HeaderAt(height) with { HistorySize = 99 }));
        }
        Assert.Equal(Promise.None, again.Of(HeaderAt(6)));
    }

    [Fact]
    public void Nothing_is_attested_where_the_promise_is_no_longer_known_even_if_a_place_was_torn()
    {
        var disk = new SimulatedDisk(2);
        using (var file = new PromiseFile(disk))
            for (var height = 1ul; height <= PromiseFile.Kept + 10; height++) file.Keep(HeaderAt(height));
        using (var raw = disk.Open("promises", DiskAccess.Write)) raw.Write(11 * raw.Length / PromiseFile.Kept + 20, [0xee]);
        using var again = new PromiseFile(disk);
        Assert.Equal(Promise.Forgotten, again.Of(HeaderAt(3)));
        Assert.Equal(Promise.Forgotten, again.Of(HeaderAt(11)));
        Assert.Equal(Promise.This, again.Of(HeaderAt(12)));
        Assert.Equal(Promise.None, again.Of(HeaderAt(PromiseFile.Kept + 11)));
    }

    private static Header HeaderAt(ulong height) => new(
        Hash.Of("ledger"u8), 0, height, height, Hash.Of("log"u8), new Instant(1), Hash.Of("before"u8), 1, Hash.Of("history"u8), 1, Hash.Of("outcomes"u8), Hash.Of("state"u8), 0, Hash.Of("v"u8),
        Hash.Of("v"u8), Hash.Of("c"u8));
}
