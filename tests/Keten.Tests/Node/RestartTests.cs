using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class RestartTests
{
    internal static readonly PipelineOptions Small = new() { SnapshotEvery = 5, Log = new FileLogOptions { SegmentBytes = 2 << 20, MaxEntryBytes = 1 << 20, QueueBytes = (1 << 20) + 1024 } };

    [Fact]
    public async Task A_node_opened_again_has_the_same_head_and_the_same_roots()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 10; each++) await Pay(rig);
        var (head, log) = (rig.Node.Head!, rig.Node.Read(ledger => ledger.LogPosition));
        await rig.Reopen();
        Assert.Equal(head.Header, rig.Node.Head!.Header);
        Assert.Equal(log, rig.Node.Read(ledger => ledger.LogPosition));
        Assert.Equal(head.Header, rig.Node.Read(ledger => ledger.Head));
        Assert.Equal(AnswerStatus.Done, (await Pay(rig)).Status);
        Assert.Equal(11, rig.BalanceOf(rig.Bob));
    }

    [Fact]
    public async Task From_a_snapshot_with_the_bodies_pruned_old_and_new_receipts_still_verify()
    {
        await using var rig = new NodeRig(new SimulatedDisk(2), options: Small);
        await rig.Open();
        await rig.Fund();
        var old = await Pay(rig);
        var receipt = rig.Node.ReceiptOf(old.Id)!.ToBytes();
        // Bodies of some size, so that the log has segments to forget.
        for (var each = 0; each < 40; each++) await rig.Submit(rig.Fill());
        var last = await Pay(rig);
        await rig.Prune();
        Assert.True((await Range(rig)).First > 1);
        await Check(rig);
        await rig.Reopen();
        await Check(rig);
        await rig.Node.DisposeAsync();
        Assert.Empty(NodeCheck.Run(rig.Disk, rig.Catalogue));

        async Task Check(NodeRig open)
        {
            Assert.Null(open.Node.ReceiptOf(old.Id));
            Assert.Null(open.Node.Body(old.Id));
            Assert.Equal(old.Height, open.Node.PrunedIn(old.Id));
            Assert.Null(open.Node.PrunedIn(last.Id));
            Assert.Null(open.Node.PrunedIn(Hash.Of("never"u8)));
            Assert.Equal(old.Height, open.Node.CertificateOf(old.Height)!.Header.Height);
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt, open.Genesis, out var read));
            Assert.NotNull(open.Node.Consistency(read!.Header.HistorySize, open.Node.Head!.Header.HistorySize));
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(open.Node.ReceiptOf(last.Id)!.ToBytes(), open.Genesis, out _));
            var next = await Pay(open);
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(open.Node.ReceiptOf(next.Id)!.ToBytes(), open.Genesis, out _));
            await Assert.ThrowsAsync<PrunedException>(async () => await open.Node.FollowAsync(0).GetAsyncEnumerator().MoveNextAsync());
        }
    }

    [Fact]
    public async Task A_damaged_snapshot_is_passed_over_for_an_older_one_or_the_whole_log()
    {
        var disk = new SimulatedDisk(3);
        await using var rig = new NodeRig(disk, options: Small);
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 30; each++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Pay(rig);
        }
        var head = rig.Node.Head!;
        await rig.Node.DisposeAsync();
        var snapshots = disk.Folder("snapshots");
        var names = snapshots.List();
        Assert.Equal(2, names.Count);
        for (var damaged = names.Count - 1; damaged >= 0; damaged--)
        {
            using (var file = snapshots.Open(names[damaged], DiskAccess.Write))
            {
                file.Write(300, [1, 2, 3, 4]);
                file.Flush();
            }
            await rig.Open(null);
            Assert.Equal(head.Header, rig.Node.Head!.Header);
            Assert.Equal(head.Header, rig.Node.Read(ledger => ledger.Head));
            await rig.Node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_torn_end_of_the_blocks_is_cut_and_made_again_with_the_same_headers()
    {
        var disk = new SimulatedDisk(4);
        await using var rig = new NodeRig(disk);
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 5; each++) await Pay(rig);
        var head = rig.Node.Head!;
        for (var cut = 1; cut < 2_000; cut += 371)
        {
            await rig.Node.DisposeAsync();
            var blocks = disk.Folder("blocks");
            using (var file = blocks.Open(blocks.List()[0], DiskAccess.Write))
            {
                file.SetLength(file.Length - cut);
                file.Flush();
            }
            await rig.Open(null);
            Assert.Equal(head.Header, rig.Node.Head!.Header);
            Assert.True(rig.Node.Head!.Verify(rig.Genesis.Validators));
        }
    }

    [Fact]
    public async Task A_block_that_does_not_come_out_again_stops_the_node_before_it_signs()
    {
        var disk = new SimulatedDisk(5);
        await using var rig = new NodeRig(disk);
        await rig.Open();
        await rig.Fund();
        await rig.Node.DisposeAsync();
        // The second block claims another time, well signed: as if the program decided otherwise now.
        var blocks = disk.Folder("blocks");
        var contents = new List<byte[]>();
        BlockStore.Open(blocks, (_, content) => contents.Add(content)).Dispose();
        var record = BlockRecord.Read(contents[1]);
        var header = record.Header with { Time = record.Header.Time.Plus(1) };
        var forged = new Certificate(header, new Many<Attestation>(Attestation.Sign(rig.Validator, header)));
        var before = record.Certificate.ToBytes();
        contents[1] = Replace(contents[1], before, forged.ToBytes());
        foreach (var name in blocks.List()) blocks.Delete(name);
        using (var store = BlockStore.Open(blocks, (_, _) => { }))
        {
            foreach (var content in contents) store.Append(content);
            store.Flush();
        }
        var stopped = await Assert.ThrowsAsync<DivergedException>(() => rig.Open(null));
        Assert.Equal(2UL, stopped.Height);
        Assert.NotEmpty(NodeCheck.Run(disk, rig.Catalogue));
    }

    [Fact]
    public async Task A_folder_is_opened_once_and_for_its_own_ledger_only()
    {
        var disk = new SimulatedDisk(6);
        await using var rig = new NodeRig(disk);
        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Open(null));
        await rig.Open();
        await Assert.ThrowsAsync<DiskLockedException>(() => LedgerNode.OpenAsync(new NodeSetup("none", null, rig.Catalogue, rig.Validator, rig.Options) { Disk = disk }));
        await rig.Node.DisposeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => rig.Open(rig.Genesis with { Nonce = Hash.Of("other"u8) }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => LedgerNode.OpenAsync(new NodeSetup("none", null, rig.Catalogue, SigningKey.Generate(), rig.Options) { Disk = disk }));
        await using var reader = await LedgerNode.OpenAsync(new NodeSetup("none", null, rig.Catalogue, null, rig.Options) { Disk = disk });
        await Assert.ThrowsAsync<ObserverException>(() => reader.SubmitAsync([rig.Pay(rig.Ada, rig.Bob, 1)], WaitFor.Final));
    }

    private static Task<Answer> Pay(NodeRig rig) => rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));

    private static async Task<LogRange> Range(NodeRig rig)
    {
        await Task.Yield();
        var first = rig.Disk.Folder("log").List().First(name => name.EndsWith(".log", StringComparison.Ordinal));
        return new LogRange(long.Parse(first[..20], System.Globalization.CultureInfo.InvariantCulture), 0);
    }

    private static byte[] Replace(byte[] within, byte[] old, byte[] by)
    {
        var at = within.AsSpan().IndexOf(old);
        return [.. within.AsSpan(0, at), .. by, .. within.AsSpan(at + old.Length)];
    }
}
