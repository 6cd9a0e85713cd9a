using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Node.Network;

/// <summary>The ledger of a data folder whose lock the caller has, at its last certified block, to be executed on for a look at what comes behind. Nothing is written.</summary>
internal sealed class StoppedLedger : IAsyncDisposable
{
    private readonly BlockStore blocks;

    private StoppedLedger(Ledger ledger, BlockStore blocks, FileLog log) => (Ledger, this.blocks, Log, Certified) = (ledger, blocks, log, ledger.LogPosition);

    public Ledger Ledger { get; }

    public FileLog Log { get; }

    /// <summary>Up to which position all is certified.</summary>
    public ulong Certified { get; }

    public static async Task<StoppedLedger> OpenAsync(IDisk disk, Genesis genesis, Catalogue catalogue, PipelineOptions options, CancellationToken cancel)
    {
        var (folder, snapshots) = (disk.Folder("blocks"), new SnapshotStore(disk.Folder("snapshots")));
        snapshots.Clean();
        var blocks = BlockStore.Open(folder, (_, _) => { }, snapshots.Heights() is [var newest, ..] ? newest : 0, options.BlockSegmentBytes);
        FileLog? log = null;
        try
        {
            log = FileLog.Open(disk.Folder("log"), options.Log);
            return new StoppedLedger(await new LedgerRecovery(genesis, catalogue, new KeyCache(), log, blocks, snapshots, folder).RunAsync(cancel), blocks, log);
        }
        catch
        {
            if (log is not null) await log.DisposeAsync();
            blocks.Dispose();
            throw;
        }
    }

    /// <summary>The header of a height that was certified, or was executed since; null where there is none yet.</summary>
    public Header? HeaderAt(ulong height) =>
        height == Ledger.Head?.Height ? Ledger.Head : height > 0 && height <= blocks.Height ? BlockRecord.Read(blocks.Read(height)).Header : executed.GetValueOrDefault(height);

    private readonly Dictionary<ulong, Header> executed = [];

    /// <summary>Executes this copy's own entries, or from a position on others in their place, until the ledger has taken one position, or there is nothing more; whether it has.</summary>
    public async Task<bool> ReachAsync(ulong position, EpochFile? others, CancellationToken cancel)
    {
        var last = (ulong)(await Log.RangeAsync(cancel)).Last;
        await using var own = Log.FollowAsync((long)Ledger.LogPosition, cancel).GetAsyncEnumerator(cancel);
        while (Ledger.LogPosition < position)
        {
            var next = Ledger.LogPosition + 1;
            ReadOnlyMemory<byte> bytes;
            if (others is not null && next >= others.From && next - others.From < (ulong)others.Entries.Count) bytes = others.Entries[(int)(next - others.From)];
            else if (next <= last && await own.MoveNextAsync()) bytes = own.Current.Bytes;
            else return false;
            if (Ledger.Execute(bytes) is { } block) executed[block.Header.Height] = block.Header;
        }
        return true;
    }

    /// <summary>This copy's entries of some positions, both ends included.</summary>
    public async Task<List<ReadOnlyMemory<byte>>> EntriesAsync(ulong first, ulong last, CancellationToken cancel)
    {
        var entries = new List<ReadOnlyMemory<byte>>();
        if (last < first) return entries;
        await foreach (var entry in Log.FollowAsync((long)first - 1, cancel))
        {
            entries.Add(entry.Bytes);
            if ((ulong)entry.Position == last) break;
        }
        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        blocks.Dispose();
    }
}
