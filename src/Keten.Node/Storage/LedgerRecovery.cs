using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Execution;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>An executed block is not what this node certified: it must not sign again.</summary>
public sealed class DivergedException(ulong height, string what) : InvalidOperationException($"Block {height}, executed again, {what}: this node signs nothing more. The program, its contracts or its files have changed.")
{
    public ulong Height { get; } = height;
}

/// <summary>
/// Brings a ledger up to the last stored block: the newest snapshot that holds, and the log from there. Every block that is executed again must have the header that was certified.
/// </summary>
internal sealed class LedgerRecovery(Genesis genesis, Catalogue catalogue, KeyCache keys, ILog log, BlockStore blocks, SnapshotStore snapshots, IDisk blockFolder)
{
    /// <summary>The ledger at the last stored block.</summary>
    /// <exception cref="DivergedException">A header differs, from whichever snapshot.</exception>
    /// <exception cref="DamagedException">Neither a snapshot nor the log leads there.</exception>
    public async Task<Ledger> RunAsync(CancellationToken cancel)
    {
        var range = await log.RangeAsync(cancel);
        if (blocks.Height > 0 && BlockRecord.Read(blocks.Read(blocks.Height)).Header.LogPosition is var last && last > (ulong)range.Last) throw new LogRolledBackException((long)last, range.Last);
        DivergedException? diverged = null;
        foreach (var height in snapshots.Heights())
        {
            if (Restore(height) is not { } ledger || (long)ledger.LogPosition < range.First - 1) continue;
            try
            {
                var held = ledger.History.Count;
                await Replay(ledger, cancel);
                HistoryFile.Cut(blockFolder, held);
                return ledger;
            }
            catch (DivergedException fault)
            {
                // The snapshot may be what is wrong: an older one, or the whole log, shows it.
                diverged ??= fault;
            }
        }
        if (range.First > 1) throw diverged ?? (Exception)new DamagedException("snapshots", 0, $"No snapshot can be used, and the log begins at {range.First}.");
        var whole = Ledger.Begin(genesis, catalogue, keys);
        await Replay(whole, cancel);
        HistoryFile.Cut(blockFolder, 0);
        return whole;
    }

    private Ledger? Restore(ulong height)
    {
        if (height > blocks.Height || snapshots.Read(height, out _) is not { } snapshot) return null;
        if (snapshot.Head != BlockRecord.Read(blocks.Read(height)).Header) return null;
        if (HistoryFile.Load(blockFolder, snapshot.History.Size) is not { } history || history.Root != snapshot.Head.HistoryRoot) return null;
        try
        {
            return Ledger.Restore(genesis, catalogue, snapshot, history, keys);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private async Task Replay(Ledger ledger, CancellationToken cancel)
    {
        if ((ledger.Head?.Height ?? 0) == blocks.Height) return;
        await foreach (var entry in log.FollowAsync((long)ledger.LogPosition, cancel))
        {
            var next = BlockRecord.Read(blocks.Read((ledger.Head?.Height ?? 0) + 1));
            if (Execute(ledger, entry, next) is { } header && header != next.Header) throw new DivergedException(header.Height, "has another header than the one that was certified");
            if (ledger.Head?.Height == blocks.Height) return;
        }
    }

    private static Header? Execute(Ledger ledger, LogEntry entry, BlockRecord next)
    {
        if (ledger.LogPosition + 1 != next.Header.LogPosition)
            return ledger.Execute(entry.Bytes) is { } block ? throw new DivergedException(block.Header.Height, "stood where an entry had been skipped") : null;
        return ledger.Execute(entry.Bytes, Verified(entry, next))?.Header ?? throw new DivergedException(next.Header.Height, "was skipped");
    }

    // What this node certified it has verified, signature by signature; the header that must come out holds the hash of every byte.
    private static Entry Verified(LogEntry entry, BlockRecord record)
    {
        if (Parse(entry) is not { } parsed || parsed.Transactions.Count != record.Transactions) throw new DivergedException(record.Header.Height, "stands over another entry in the log");
        var prepared = new CheckedTransaction?[parsed.Transactions.Count];
        for (var place = 0; place < prepared.Length; place++)
            if (record.ExceptionAt(place) is not { IsVoid: true }) prepared[place] = new CheckedTransaction(parsed.Transactions[place]);
        return parsed.With(prepared);
    }

    private static Entry? Parse(LogEntry entry)
    {
        try
        {
            return Entry.Parse(entry.Bytes);
        }
        catch (MalformedException)
        {
            return null;
        }
    }
}
