using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>Something that a check found.</summary>
/// <param name="File">In which file, by its path in the data folder.</param>
/// <param name="Offset">At which byte.</param>
/// <param name="Reason">What is wrong there.</param>
/// <param name="IsDamage">Whether no crash explains it; what a crash left unfinished is cut off by the next opening, and loses nothing that was answered final.</param>
public sealed record NodeFinding(string File, long Offset, string Reason, bool IsDamage = true);

/// <summary>
/// Checks a node's data folder from outside, without opening the node and without writing: every byte of log, blocks, snapshots and history, and that they belong together, header by
/// header, from the entries in the log to the validators' signatures.
/// </summary>
public static class NodeCheck
{
    private const int FindingsAtMost = 1_000;

    /// <summary>Checks the folder; empty where all is well. Damage is reported, not thrown.</summary>
    /// <param name="disk">The data folder.</param>
    /// <param name="deep">The contracts, to execute everything again from the start, or from the oldest snapshot where the start has been pruned, and compare every header; null: not.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static IReadOnlyList<NodeFinding> Run(IDisk disk, Catalogue? deep = null)
    {
        var findings = new List<NodeFinding>();
        if (!disk.Exists(DataFolder.GenesisName)) return [new NodeFinding(DataFolder.GenesisName, 0, "There is no genesis: this is no data folder of a node.")];
        Genesis genesis;
        try
        {
            genesis = DataFolder.ReadGenesis(disk);
        }
        catch (DamagedException fault)
        {
            return [new NodeFinding(fault.File, fault.Offset, fault.Reason)];
        }
        var log = LogCheck.Run(disk.Folder("log"));
        if (log.Fault is { } broken) findings.Add(new NodeFinding("log/" + broken.File, broken.Offset, broken.Reason));
        if (log.Tail is { } torn) findings.Add(new NodeFinding("log/" + torn.File, torn.Offset, "Unfinished end, to be cut on opening: " + torn.Reason, IsDamage: false));
        var snapshots = new SnapshotStore(disk.Folder("snapshots"));
        // A snapshot is written when its block is durable, and its leaves.
        var blocks = StoredBlocks.Read(disk.Folder("blocks"), snapshots.Heights() is [var newest, ..] ? newest : 0, findings);
        var leaves = Snapshots(snapshots, blocks, findings);
        new ChainCheck(genesis, disk.Folder("blocks"), leaves, log, findings).Run(blocks, LogEntries.Of(disk.Folder("log"), log));
        if (deep is not null && findings.Count == 0) Deep(disk, genesis, deep, blocks, log, findings);
        return findings.Count <= FindingsAtMost ? findings : findings.GetRange(0, FindingsAtMost);
    }

    // Gives the size of the history that the newest one that holds stands on.
    private static ulong Snapshots(SnapshotStore store, IReadOnlyList<StoredBlock> blocks, List<NodeFinding> findings)
    {
        ulong? newest = null;
        foreach (var height in store.Heights())
        {
            var name = "snapshots/" + SnapshotStore.NameOf(height);
            if (store.Read(height, out var wrong) is not { } snapshot) findings.Add(new NodeFinding(name, 0, wrong!));
            else if (height <= (ulong)blocks.Count && snapshot.Head != blocks[(int)height - 1].Record.Header) findings.Add(new NodeFinding(name, 0, "The snapshot's header is not that of its block."));
            else newest ??= snapshot.History.Size;
        }
        return newest ?? 0;
    }

    private static void Deep(IDisk disk, Genesis genesis, Catalogue catalogue, IReadOnlyList<StoredBlock> blocks, LogReport log, List<NodeFinding> findings)
    {
        if (genesis.Catalogue != catalogue.Hash)
        {
            findings.Add(new NodeFinding(DataFolder.GenesisName, 0, "The ledger was begun with other contracts than these."));
            return;
        }
        if (Start(disk, genesis, catalogue, blocks, log) is not { } ledger)
        {
            findings.Add(new NodeFinding("snapshots", 0, $"No snapshot leads to position {log.First}, where the log begins."));
            return;
        }
        foreach (var (position, bytes) in LogEntries.Of(disk.Folder("log"), log))
        {
            if ((ulong)position <= ledger.LogPosition || ledger.Execute(bytes) is not { } block || block.Header.Height > (ulong)blocks.Count) continue;
            var stored = blocks[(int)block.Header.Height - 1];
            if (stored.Record.Header == block.Header) continue;
            findings.Add(new NodeFinding(stored.File, stored.Offset, $"Block {block.Header.Height}, executed again, has another header."));
            return;
        }
    }

    private static Ledger? Start(IDisk disk, Genesis genesis, Catalogue catalogue, IReadOnlyList<StoredBlock> blocks, LogReport log)
    {
        if (log.First == 1) return Ledger.Begin(genesis, catalogue);
        var store = new SnapshotStore(disk.Folder("snapshots"));
        var heights = store.Heights();
        for (var oldest = heights.Count - 1; oldest >= 0; oldest--)
        {
            if (heights[oldest] > (ulong)blocks.Count || store.Read(heights[oldest], out _) is not { } snapshot || (long)snapshot.Head.LogPosition < log.First - 1) continue;
            try
            {
                if (HistoryFile.Load(disk.Folder("blocks"), snapshot.History.Size) is { } history) return Ledger.Restore(genesis, catalogue, snapshot, history);
            }
            catch (MalformedException)
            {
                // Reported already, as a snapshot that does not decode.
            }
        }
        return null;
    }
}
