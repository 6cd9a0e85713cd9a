using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class NodeCheckTests
{
    [Fact]
    public async Task A_flipped_byte_is_found_in_every_kind_of_file()
    {
        var disk = new SimulatedDisk(1);
        await using var rig = new NodeRig(disk, options: new PipelineOptions { SnapshotEvery = 3, Log = new FileLogOptions { SegmentBytes = 64 << 10, QueueBytes = 32 << 10, MaxEntryBytes = 16 << 10 } });
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 12; each++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.SubmitAll([rig.Pay(rig.Ada, rig.Bob, 1), rig.Pay(rig.Ada, rig.Bob, 1), rig.Pay(rig.Bob, rig.Ada, 1_000_000_000)]);
        }
        await rig.Node.DisposeAsync();
        Assert.Empty(NodeCheck.Run(disk, rig.Catalogue));
        Flip(disk, "genesis.cbor", disk);
        foreach (var folder in new[] { "log", "blocks", "snapshots" })
        {
            var within = disk.Folder(folder);
            Assert.Contains(within.List(), name => name != "lock");
            foreach (var name in within.List())
                if (name != "lock") Flip(within, name, disk);
        }
        Assert.Empty(NodeCheck.Run(disk, rig.Catalogue));
    }

    [Fact]
    public async Task Blocks_that_do_not_belong_to_their_log_are_found()
    {
        var (one, other) = (new SimulatedDisk(2), new SimulatedDisk(3));
        await using var first = new NodeRig(one);
        await first.Open();
        await first.Fund();
        await first.Node.DisposeAsync();
        await using var second = new NodeRig(other);
        await second.Open();
        await second.Fund();
        await second.Node.DisposeAsync();
        var (from, to) = (other.Folder("blocks"), one.Folder("blocks"));
        to.WriteAllAtomically(to.List()[0], from.ReadAll(from.List()[0], 1 << 20));
        Assert.NotEmpty(NodeCheck.Run(one));
        Assert.NotEmpty(NodeCheck.Run(new SimulatedDisk(4)));
    }

    private static void Flip(IDisk folder, string name, IDisk data)
    {
        var bytes = folder.ReadAll(name, 64 << 20);
        var step = Math.Max(1, bytes.Length / 23);
        for (var at = 0; at < bytes.Length; at += step)
        {
            // A log keeps a mark of how far it was flushed, and zeros to a multiple of eight; the rest of every file counts.
            Write(folder, name, at, (byte)(bytes[at] ^ 0x10));
            Assert.True(NodeCheck.Run(data).Count > 0, $"{name}, byte {at} of {bytes.Length}");
            Write(folder, name, at, bytes[at]);
        }
    }

    private static void Write(IDisk folder, string name, long at, byte value)
    {
        using var file = folder.Open(name, DiskAccess.Write);
        file.Write(at, [value]);
        file.Flush();
    }
}
