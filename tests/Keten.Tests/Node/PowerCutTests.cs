using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class PowerCutTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_was_answered_final_is_there_after_a_power_cut_at_any_operation(int seed)
    {
        var random = new Random(seed);
        var disk = new SimulatedDisk(seed);
        var rig = new NodeRig(disk, options: new PipelineOptions { SnapshotEvery = 4, Log = Small });
        await rig.Open();
        await rig.Fund();
        await rig.Node.DisposeAsync();
        var promised = new Dictionary<Hash, Header>();
        var held = 0;
        for (var life = 0; life < 8; life++)
        {
            disk.CutPowerAt(disk.Operations + random.Next(1, 160));
            try
            {
                await Live(rig, random, promised);
            }
            catch (Exception fault) when (IsPowerCut(fault))
            {
                // What was promised before must still hold.
            }
            if (random.Next(3) > 0) disk.Restart();
            else disk.Kill();
            Assert.DoesNotContain(NodeCheck.Run(disk), finding => finding.IsDamage);
            await rig.Open(null);
            Hold(rig, promised);
            held += promised.Count;
            promised.Clear();
            await rig.Node.DisposeAsync();
            Assert.DoesNotContain(NodeCheck.Run(disk), finding => finding.IsDamage);
        }
        Assert.NotEqual(0, held);
        Assert.Empty(NodeCheck.Run(disk, rig.Catalogue));
    }

    [Fact]
    public async Task Leaves_that_were_torn_behind_the_last_snapshot_are_to_be_cut_and_are_no_damage_but_those_before_it_are()
    {
        var disk = new SimulatedDisk(4);
        await using var rig = new NodeRig(disk, options: new PipelineOptions { SnapshotEvery = 2, Log = Small });
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 6; each++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        }
        await rig.Node.DisposeAsync();
        var blocks = disk.Folder("blocks");
        Assert.Empty(NodeCheck.Run(disk));
        long kept;
        using (var file = blocks.Open(HistoryFile.Name, DiskAccess.Write))
        {
            kept = file.Length;
            Assert.True(kept > 0);
            file.Write(kept, new byte[45]);
            file.Flush();
        }
        var behind = Assert.Single(NodeCheck.Run(disk));
        Assert.Equal((false, kept), (behind.IsDamage, behind.Offset));
        await rig.Open(null);
        await rig.Node.DisposeAsync();
        Assert.Empty(NodeCheck.Run(disk, rig.Catalogue));
        using (var file = blocks.Open(HistoryFile.Name, DiskAccess.Write))
        {
            file.Write(kept - 32, new byte[32]);
            file.Flush();
        }
        Assert.Contains(NodeCheck.Run(disk), finding => finding.IsDamage);
    }

    [Fact]
    public async Task A_bad_block_that_was_durable_is_damage_and_is_refused_and_not_cut_off()
    {
        var disk = new SimulatedDisk(5);
        await using var rig = new NodeRig(disk, options: new PipelineOptions { SnapshotEvery = 2, Log = Small });
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 6; each++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        }
        // In the same second no checkpoint ends, and no snapshot is taken.
        await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        await rig.Node.DisposeAsync();
        var (blocks, newest) = (disk.Folder("blocks"), new SnapshotStore(disk.Folder("snapshots")).Heights()[0]);
        var stored = StoredBlocks.Read(blocks, 0, []);
        Assert.True(newest < (ulong)stored.Count);
        foreach (var (height, damage) in ((ulong, bool)[])[(newest + 1, false), (newest, true)])
        {
            using (var file = blocks.Open(blocks.List()[0], DiskAccess.Write))
            {
                file.Write(stored[(int)height - 1].Offset + 100, [1, 2, 3, 4]);
                file.Flush();
            }
            Assert.Equal(damage, Assert.Single(NodeCheck.Run(disk)).IsDamage);
            if (damage) await Assert.ThrowsAsync<DamagedException>(() => rig.Open(null));
            else await rig.Open(null);
            await rig.Node.DisposeAsync();
        }
        Assert.Equal(newest - 1, (ulong)StoredBlocks.Read(blocks, 0, []).Count);
    }

    [Fact]
    public async Task The_test_itself_notices_a_disk_that_forgets_what_it_flushed()
    {
        var disk = new SimulatedDisk(7) { Lies = DiskLies.FileFlush };
        var rig = new NodeRig(disk);
        await rig.Open();
        await rig.Fund();
        var lost = 0;
        for (var life = 0; life < 10 && lost == 0; life++)
        {
            var answer = await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
            disk.Restart();
            await rig.Node.DisposeAsync();
            try
            {
                await rig.Open(null);
                if (rig.Node.Find(answer.Id) is null) lost++;
            }
            catch (Exception fault) when (fault is IOException or InvalidOperationException or LogException)
            {
                lost++;
            }
        }
        Assert.NotEqual(0, lost);
        await rig.DisposeAsync();
    }

    // A new segment is filled with zeros, which opening reads: small ones leave more of the operations to what is tested.
    private static readonly FileLogOptions Small = new() { SegmentBytes = 64 << 10, QueueBytes = 32 << 10, MaxEntryBytes = 16 << 10 };

    private static async Task Live(NodeRig rig, Random random, Dictionary<Hash, Header> promised)
    {
        await rig.Open(null);
        await using var node = rig.Node;
        while (true)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(random.Next(2)));
            var payments = new List<byte[]>();
            for (var left = random.Next(1, 8); left > 0; left--) payments.Add(rig.Pay(rig.Ada, rig.Bob, 1));
            foreach (var answer in await rig.SubmitAll(payments))
            {
                Assert.Equal(AnswerStatus.Done, answer.Status);
                promised[answer.Id] = node.CertificateOf(answer.Height)!.Header;
            }
        }
    }

    private static void Hold(NodeRig rig, Dictionary<Hash, Header> promised)
    {
        foreach (var (id, header) in promised)
        {
            Assert.Equal(header.Height, rig.Node.Find(id)!.Value.Height);
            Assert.Equal(header, rig.Node.CertificateOf(header.Height)!.Header);
        }
        Assert.Equal(rig.Node.Head!.Header, rig.Node.Read(ledger => ledger.Head));
    }

    private static bool IsPowerCut(Exception fault)
    {
        for (var one = fault; one is not null; one = one.InnerException)
            if (one is PowerCutException) return true;
        return false;
    }
}
