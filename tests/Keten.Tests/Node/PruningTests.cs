using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;
using Xunit.Abstractions;

namespace Keten.Tests.Nodes;

public sealed class PruningTests(ITestOutputHelper output)
{
    // Small files, so that there are many to prune.
    private static readonly PipelineOptions Small = new()
    {
        SnapshotEvery = 1_000, BlockSegmentBytes = 32 << 10, Log = new FileLogOptions { SegmentBytes = 64 << 10, QueueBytes = 32 << 10, MaxEntryBytes = 16 << 10 },
    };

    private static readonly PipelineOptions Tiny = Small with { BlockSegmentBytes = 4 << 10, Log = new FileLogOptions { SegmentBytes = 8 << 10, QueueBytes = 7 << 10, MaxEntryBytes = 4 << 10 } };

    [Fact]
    public async Task Pruning_leaves_of_a_transfer_its_history_hash_and_the_beginning_of_its_id_and_receipts_stay_valid()
    {
        const int Rounds = 40, Each = 50;
        await using var rig = new NodeRig(new SimulatedDisk(1), options: Small);
        await rig.Open();
        await rig.Fund();
        var old = await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        var receipt = rig.Node.ReceiptOf(old.Id)!.ToBytes();
        for (var round = 0; round < Rounds; round++) await Pay(rig, Each);
        var (log, blocks, headers) = (Bytes(rig.Disk, "log"), Bytes(rig.Disk, "blocks"), rig.Node.Head!.Header.Height);
        await rig.Prune();
        var (logAfter, blocksAfter, leaves) = (Bytes(rig.Disk, "log"), Bytes(rig.Disk, "blocks", ".blk"), Bytes(rig.Disk, "blocks", ".leaves"));
        output.WriteLine($"{Rounds * Each} transfers in {headers} blocks: log {log} to {logAfter} bytes, blocks {blocks} to {blocksAfter}, history leaves {leaves}");
        // The newest log segment keeps its transactions, and they their outcomes: what was pruned is at most a header and 8 bytes a transfer.
        Assert.True(blocksAfter < blocks / 2, $"{blocks} bytes of blocks became {blocksAfter}");
        var first = new BlockFiles(rig.Disk).First;
        Assert.True(first.IsPruned);
        Assert.Equal(rig.Node.CertificateOf(1), first.Certificate);

        await rig.Reopen();
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt, rig.Genesis, out var read));
        Assert.NotNull(rig.Node.Consistency(read!.Header.HistorySize, rig.Node.Head!.Header.HistorySize));
        Assert.Equal(old.Height, rig.Node.PrunedIn(old.Id));
        var next = await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig.Node.ReceiptOf(next.Id)!.ToBytes(), rig.Genesis, out _));
        await rig.Prune();
        await rig.Node.DisposeAsync();
        Assert.Empty(NodeCheck.Run(rig.Disk, rig.Catalogue));
    }

    [Fact]
    public async Task A_power_cut_at_any_moment_of_a_pruning_loses_nothing_and_the_next_opening_ends_it()
    {
        var cuts = 0;
        for (var after = 1; ; after += 13)
        {
            var disk = new SimulatedDisk(after);
            await using var rig = new NodeRig(disk, options: Tiny);
            await rig.Open();
            await rig.Fund();
            var old = await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
            for (var round = 0; round < 30; round++) await Pay(rig, 12);
            await rig.Prune(1);
            var (snapshot, kept) = (new SnapshotStore(disk.Folder("snapshots")).Heights()[1], await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1)));
            disk.CutPowerAt(disk.Operations + after);
            var whole = true;
            try
            {
                await rig.Node.PruneAsync(snapshot);
            }
            catch (Exception fault) when (fault is IOException or LogException)
            {
                whole = false;
            }
            disk.Restart();
            await rig.Node.DisposeAsync();
            Assert.DoesNotContain(NodeCheck.Run(disk), finding => finding.IsDamage);
            await rig.Open(null);
            for (var height = 1UL; height <= kept.Height; height++) Assert.Equal(height, rig.Node.CertificateOf(height)!.Header.Height);
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(rig.Node.ReceiptOf(kept.Id)!.ToBytes(), rig.Genesis, out _));
            Assert.True(rig.Node.Find(old.Id) is not null || rig.Node.PrunedIn(old.Id) == old.Height);
            Assert.Equal(AnswerStatus.Done, (await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1))).Status);
            await rig.Node.DisposeAsync();
            Assert.Empty(NodeCheck.Run(disk, rig.Catalogue));
            var files = new BlockFiles(disk);
            Assert.Equal(files.Last(record => (long)record.Header.LogPosition < FirstInLog(disk)), files.Last(record => record.IsPruned));
            if (whole) break;
            cuts++;
        }
        Assert.InRange(cuts, 8, 200);
    }

    [Fact]
    public async Task One_damaged_snapshot_keeps_no_pruned_node_from_opening_and_nothing_is_pruned_beside_one()
    {
        var disk = new SimulatedDisk(5);
        await using var rig = new NodeRig(disk, options: Tiny);
        await rig.Open();
        await rig.Fund();
        for (var round = 0; round < 30; round++) await Pay(rig, 12);
        await rig.Prune();
        Assert.True(FirstInLog(disk) > 1);
        for (var round = 0; round < 30; round++) await Pay(rig, 12);
        var (first, balance) = (FirstInLog(disk), rig.BalanceOf(rig.Bob));
        var snapshots = disk.Folder("snapshots");
        using (var newest = snapshots.Open(snapshots.List()[^1], DiskAccess.Write)) newest.Write(newest.Length / 2, [0xff, 0xff, 0xff]);
        await Assert.ThrowsAsync<DamagedException>(() => rig.Node.PruneAsync(rig.Node.Head!.Header.Height, takeSnapshots: false));
        Assert.Equal(first, FirstInLog(disk));
        await rig.Reopen();
        Assert.Equal(balance, rig.BalanceOf(rig.Bob));
    }

    [Fact]
    public async Task A_running_node_keeps_so_many_blocks_and_what_has_not_been_told_and_takes_no_snapshot_for_it()
    {
        await using var rig = new NodeRig(new SimulatedDisk(6), options: Tiny with { SnapshotEvery = 5 });
        await rig.Open();
        await rig.Fund();
        var told = 0UL;
        var pruning = new Keten.Node.Hosting.Pruning(rig.Node, 20, () => told, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        for (var round = 0; round < 60; round++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await Pay(rig, 12);
        }
        Assert.Equal(0UL, await pruning.PruneAsync(default));
        told = 30;
        Assert.InRange(await pruning.PruneAsync(default), 1UL, 30UL);
        told = ulong.MaxValue;
        var pruned = await pruning.PruneAsync(default);
        Assert.InRange(pruned, 31UL, rig.Node.Head!.Header.Height - 20);
        Assert.True(pruned <= new SnapshotStore(rig.Disk.Folder("snapshots")).Heights()[1]);
        await Assert.ThrowsAsync<PrunedException>(async () => await rig.Node.FollowAsync(pruned - 1).GetAsyncEnumerator().MoveNextAsync());
        Assert.True(await rig.Node.FollowAsync(pruned).GetAsyncEnumerator().MoveNextAsync());
    }

    [Fact]
    public async Task What_is_read_while_files_are_exchanged_is_read_whole()
    {
        var disk = new SimulatedDisk(3);
        await using var rig = new NodeRig(disk, options: Small);
        await rig.Open();
        await rig.Fund();
        for (var round = 0; round < 20; round++) await Pay(rig, 50);
        var head = rig.Node.Head!.Header.Height;
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            for (var height = 1UL; !stop.IsCancellationRequested; height = height % head + 1) Assert.Equal(height, rig.Node.CertificateOf(height)!.Header.Height);
        });
        await rig.Prune();
        for (var round = 0; round < 3; round++) await Pay(rig, 50);
        await stop.CancelAsync();
        await reading;
    }

    [Fact]
    public async Task A_check_finds_a_block_that_was_pruned_before_its_time()
    {
        var disk = new SimulatedDisk(4);
        await using var rig = new NodeRig(disk);
        await rig.Open();
        await rig.Fund();
        await rig.Node.DisposeAsync();
        using (var store = BlockStore.Open(disk.Folder("blocks"), (_, _) => { })) store.Prune(1);
        Assert.Contains(NodeCheck.Run(disk), finding => finding.IsDamage && finding.Reason.Contains("pruned", StringComparison.Ordinal));
    }

    private static async Task Pay(NodeRig rig, int count)
    {
        var payments = new List<byte[]>();
        for (var each = 0; each < count; each++) payments.Add(rig.Pay(rig.Ada, rig.Bob, 1));
        Assert.All(await rig.SubmitAll(payments), answer => Assert.Equal(AnswerStatus.Done, answer.Status));
    }

    private static long Bytes(IDisk disk, string folder, string ending = "")
    {
        var (within, sum) = (disk.Folder(folder), 0L);
        foreach (var name in within.List())
        {
            if (!name.EndsWith(ending, StringComparison.Ordinal)) continue;
            using var file = within.Open(name, DiskAccess.Read);
            sum += file.Length;
        }
        return sum;
    }

    private static long FirstInLog(IDisk disk) =>
        long.Parse(disk.Folder("log").List().First(name => name.EndsWith(".log", StringComparison.Ordinal))[..20], System.Globalization.CultureInfo.InvariantCulture);

    private sealed class BlockFiles
    {
        private readonly List<BlockRecord> records = [];

        public BlockFiles(IDisk disk)
        {
            foreach (var block in StoredBlocks.Read(disk.Folder("blocks"), 0, [])) records.Add(block.Record);
        }

        public BlockRecord First => records[0];

        public ulong Last(Predicate<BlockRecord> which) => records.FindLast(which)?.Header.Height ?? 0;
    }
}
