using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class BlockStoreTests
{
    /// <summary>Found by the simulation: what a killed process had written reads back, is told as final, and was on no disk.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Whatever_an_opening_reads_is_on_the_disk_before_it_is_told(bool flushFails)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var disk = new SimulatedDisk(seed);
            var store = BlockStore.Open(disk, static (_, _) => { });
            for (var each = 0; each < 3; each++) store.Append(new byte[400]);
            store.Flush();
            for (var each = 0; each < BlockStore.UnflushedAtMost; each++) store.Append(new byte[100 + seed]);
            if (flushFails)
            {
                disk.FailAt(disk.Operations + 1);
                Assert.Throws<IOException>(store.Flush);
            }
            disk.Kill();
            var read = BlockStore.Open(disk, static (_, _) => { }).Height;
            Assert.Equal(3UL + BlockStore.UnflushedAtMost, read);
            disk.Restart();
            Assert.Equal(read, BlockStore.Open(disk, static (_, _) => { }).Height);
        }
    }

    [Fact]
    public void The_names_that_an_opening_reads_are_on_the_disk_too()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var disk = new SimulatedDisk(seed) { Lies = DiskLies.FolderFlush };
            var store = BlockStore.Open(disk, static (_, _) => { });
            store.Append(new byte[400]);
            store.Flush();
            disk.Kill();
            disk.Lies = DiskLies.None;
            Assert.Equal(1UL, BlockStore.Open(disk, static (_, _) => { }).Height);
            disk.Restart();
            Assert.Equal(1UL, BlockStore.Open(disk, static (_, _) => { }).Height);
        }
    }
}
