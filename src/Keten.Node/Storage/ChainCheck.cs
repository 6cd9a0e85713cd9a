using System.Buffers.Binary;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>That stored blocks follow from one another and from the log: running hash, previous header, history root, outcome root, certificate.</summary>
/// <param name="genesis">How the ledger began.</param>
/// <param name="blockFolder">Where the leaves are.</param>
/// <param name="leavesKept">How many of them the newest snapshot stands on: those behind it a power cut may have torn, and opening cuts them off.</param>
/// <param name="log">What a check of the log has found.</param>
/// <param name="findings">What is wrong is added to these.</param>
internal sealed class ChainCheck(Genesis genesis, IDisk blockFolder, ulong leavesKept, LogReport log, List<NodeFinding> findings)
{
    private readonly Hash ledgerId = genesis.LedgerId;
    private readonly ValidatorHistory validators = new(genesis);
    private readonly HistoryEdge history = new();
    private readonly Hash[] leaf = new Hash[1];
    private IDiskFile? leaves;
    private Hash logHash;
    private bool logHashKnown, pastPruned;
    private Header? before;

    public void Run(IReadOnlyList<StoredBlock> blocks, IEnumerable<(long Position, ReadOnlyMemory<byte> Bytes)> entries)
    {
        if (blockFolder.Exists(HistoryFile.Name)) leaves = blockFolder.Open(HistoryFile.Name, DiskAccess.Read);
        using var open = leaves;
        using var next = entries.GetEnumerator();
        (logHash, logHashKnown) = (ledgerId, log.First == 1);
        var more = next.MoveNext();
        CheckLeavesBehind();
        foreach (var block in blocks)
        {
            ReadOnlyMemory<byte>? own = null;
            var position = (long)block.Record.Header.LogPosition;
            for (; more && next.Current.Position <= position; more = next.MoveNext())
            {
                if (logHashKnown) logHash = Next(next.Current.Position, next.Current.Bytes.Span);
                if (next.Current.Position == position) own = next.Current.Bytes;
            }
            var known = findings.Count;
            Check(block, own);
            // What follows from a block that is wrong would only say so again.
            if (findings.Count > known) return;
            before = block.Record.Header;
        }
    }

    private void Check(StoredBlock block, ReadOnlyMemory<byte>? entry)
    {
        var header = block.Record.Header;
        void Wrong(string what) => findings.Add(new NodeFinding(block.File, block.Offset, $"Block {header.Height}: {what}"));

        if (header.LedgerId != ledgerId) Wrong("It is of another ledger.");
        if (header.Height != (before?.Height ?? 0) + 1) Wrong("Its header has another height.");
        if (header.Previous != (before?.Hash ?? default)) Wrong("Its header does not name the header before it.");
        if (before is not null && (header.Time < before.Time || header.LogPosition <= before.LogPosition)) Wrong("Its header runs back.");
        if (block.Record.FirstHistory != (before?.HistorySize ?? 0)) Wrong("Its transactions do not follow those before it.");
        if (!validators.Certifies(block.Record.Certificate)) Wrong("Its certificate does not verify.");
        if (header.Next == header.Validators ? block.Record.Next is not null : block.Record.Next is not { } next || !validators.Take(new SetChange(block.Record.Certificate, next)))
            Wrong("The validators that stand behind it are not those that its header names.");
        if (entry is null && (long)header.LogPosition >= log.First) Wrong($"Its entry, at position {header.LogPosition}, is not in the log.");
        if (block.Record.IsPruned && pastPruned) Wrong("It has been pruned, and one before it has not.");
        if (block.Record.IsPruned && (long)header.LogPosition >= log.First) Wrong("It has been pruned, and its entry has not.");
        pastPruned |= !block.Record.IsPruned;
        if (entry is not null) CheckLogHash(header, Wrong);
        try
        {
            var transactions = entry is { } bytes ? Entry.Parse(bytes).Transactions : null;
            if (transactions is not null && transactions.Count != block.Record.Transactions) Wrong("It has not as many transactions as its entry.");
            else CheckTrees(block, transactions, Wrong);
        }
        catch (MalformedException fault)
        {
            Wrong($"Its entry or its outcomes cannot be read: {fault.Message}");
        }
    }

    private void CheckLogHash(Header header, Action<string> wrong)
    {
        // A pruned log's running hash begins with the first header that stands in what is left.
        if (!logHashKnown) (logHash, logHashKnown) = (header.LogHash, true);
        if (header.LogHash != logHash) wrong("Its header does not hold the running hash of the log.");
    }

    private void CheckTrees(StoredBlock block, IReadOnlyList<Transaction>? transactions, Action<string> wrong)
    {
        var (record, decided) = (block.Record, 0);
        for (var place = 0; place < record.Transactions; place++)
        {
            if (record.ExceptionAt(place) is { IsVoid: true }) continue;
            var index = history.Count;
            var stored = Leaf(index);
            var own = transactions?[place].Leaf;
            if (own is not null && stored is not null && own != stored)
                findings.Add(new NodeFinding("blocks/" + HistoryFile.Name, (long)index * Hash.Size, $"The leaf of transaction {index} is not that of its body."));
            if ((own ?? stored) is not { IsNone: false } leaf)
            {
                findings.Add(new NodeFinding("blocks/" + HistoryFile.Name, (long)index * Hash.Size, $"The leaf of transaction {index} is missing, and its body has been pruned."));
                return;
            }
            if (transactions is not null && TransactionIndex.MarkOf(transactions[place].Id) != BinaryPrimitives.ReadUInt64LittleEndian(record.Marks.AsSpan(8 * decided)))
                wrong($"Its transaction at place {place} is another than its entry's.");
            history.Append(leaf);
            decided++;
        }
        if (history.Root != record.Header.HistoryRoot) wrong("Its header's history root does not follow from the transactions.");
        if (transactions is null || record.IsPruned) return;
        var hashes = record.LeafBytes(transactions).ConvertAll(bytes => MerkleProof.LeafHash(bytes)).ToArray();
        if ((ulong)hashes.Length != record.Header.OutcomeCount || OutcomeTree.RootOf(hashes) != record.Header.OutcomeRoot) wrong("Its header's outcome root does not follow from the outcomes.");
    }

    private void CheckLeavesBehind()
    {
        if (leaves is not null && (ulong)leaves.Length > leavesKept * Hash.Size)
            findings.Add(new NodeFinding("blocks/" + HistoryFile.Name, (long)leavesKept * Hash.Size, "Leaves behind those of the last snapshot, to be cut on opening.", IsDamage: false));
    }

    private Hash? Leaf(ulong index)
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(leaf.AsSpan());
        return index < leavesKept && leaves is not null && leaves.Read((long)index * Hash.Size, bytes) == Hash.Size ? leaf[0] : null;
    }

    // Of what restarted the order the record counts, and not who signed it.
    private Hash Next(long position, ReadOnlySpan<byte> entry) =>
        before is not null && before.LogPosition + 1 == (ulong)position && EpochCertificate.TryRead(entry) is { } restart && restart.Record.Base == before && restart.IsComplete(validators.At(before.Height)!)
            ? Ledger.Chain(logHash, restart.Record.ToBytes()) : Ledger.Chain(logHash, entry);
}
