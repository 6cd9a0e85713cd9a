using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Trees;

namespace Keten.Node.Storage;

/// <summary>A stored block put together with its transactions, to be asked for any of them: what is read, parsed and hashed once for all of a block.</summary>
internal sealed class ShownBlock
{
    private readonly Lazy<Outcomes>? outcomes;

    /// <param name="record">As it is stored.</param>
    /// <param name="transactions">The entry's; null where they have been pruned.</param>
    public ShownBlock(BlockRecord record, IReadOnlyList<Transaction>? transactions)
    {
        (Record, Transactions) = (record, transactions);
        if (transactions is null) return;
        outcomes = new Lazy<Outcomes>(() => new Outcomes(record, transactions));
        Bytes = record.Length;
        foreach (var transaction in transactions) Bytes += transaction.Cose.Length + PerTransaction;
    }

    // What a transaction takes beside its own bytes: as an object, its leaf of some 200 bytes twice, and two nodes of the tree.
    private const int PerTransaction = 1_000;

    public BlockRecord Record { get; }

    public IReadOnlyList<Transaction>? Transactions { get; }

    /// <summary>What it takes of memory, roughly.</summary>
    public long Bytes { get; } = 1_000;

    /// <summary>The place of a decided transaction among all of the ledger.</summary>
    public ulong HistoryOf(int place)
    {
        var index = Record.FirstHistory + (ulong)place;
        foreach (var one in Record.Exceptions)
            if (one.Place < place && one.IsVoid) index--;
        return index;
    }

    /// <summary>What the calls of a transaction did, from one on, as many as a receipt shows.</summary>
    public List<OutcomeEvidence> OutcomesOf(int place, int fromCall)
    {
        var (leaves, found) = (outcomes!.Value, new List<OutcomeEvidence>());
        for (var each = leaves.First[place]; each < leaves.Bytes.Count && leaves.Places[each] == place && found.Count < Receipt.OutcomesAtMost; each++)
        {
            // A refused transaction has one leaf, of the call that was refused, whichever call is asked for.
            if (fromCall > 0 && Record.ExceptionAt(place) is null && OutcomeLeaf.Read(leaves.Bytes[each]).Index < (ulong)fromCall) continue;
            found.Add(new OutcomeEvidence(leaves.Bytes[each], (ulong)each, leaves.Tree.Path(each)));
        }
        return found;
    }

    // A transaction's leaves stand together.
    private sealed class Outcomes
    {
        public Outcomes(BlockRecord record, IReadOnlyList<Transaction> transactions)
        {
            Bytes = record.LeafBytes(transactions, Places);
            Tree = new OutcomeTree(Bytes.ConvertAll(leaf => MerkleProof.LeafHash(leaf)).ToArray());
            First = new int[transactions.Count];
            Array.Fill(First, int.MaxValue);
            for (var each = Places.Count - 1; each >= 0; each--)
                if (Places[each] >= 0) First[Places[each]] = each;
        }

        public List<byte[]> Bytes { get; }

        public List<int> Places { get; } = [];

        public OutcomeTree Tree { get; }

        public int[] First { get; }
    }
}
