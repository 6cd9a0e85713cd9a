using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Execution;

namespace Keten.Node.Storage;

/// <summary>
/// A block as it is stored: what the log does not hold. The transactions are in the log; of each leaf the 32 bytes that name its transaction are left out.
/// Form: [certificate, transactions, [[place, contract, number, call] …] of those not accepted, first 8 bytes of each decided one's id, new validators or null,
/// leaves, [[agreement, readers or null] …]]. Pruned: the first five of these alone. Header, certificate, new validators and the place of each decided transaction stay; without the transactions the rest would show nothing.
/// Of a block before the snapshot with which this node joined: [certificate, how many transactions were decided, new validators or null]. More cannot be checked without the transactions.
/// </summary>
internal sealed class BlockRecord
{
    private const int OriginBytes = 35;     // 0x88, 0x58 0x20, 32 bytes
    private const int Fields = 7, FieldsPruned = 5, FieldsCertified = 3;
    private readonly byte[]? leaves;

    private BlockRecord(Certificate certificate, int transactions, Refused[] exceptions, byte[] marks, ValidatorSet? next, byte[]? leaves, Dictionary<ulong, Readers> readers, int? decided = null) =>
        (Certificate, Transactions, Exceptions, Marks, Next, this.leaves, Readers, Decided) = (certificate, transactions, exceptions, marks, next, leaves, readers, decided ?? marks.Length / 8);

    public Certificate Certificate { get; }

    public Header Header => Certificate.Header;

    /// <summary>How many transactions the entry had, void ones included.</summary>
    public int Transactions { get; }

    /// <summary>Those that were not accepted, by place.</summary>
    public Refused[] Exceptions { get; }

    /// <summary>Of each decided transaction the first 8 bytes of its id.</summary>
    public byte[] Marks { get; }

    /// <summary>The validators that the block decided; null where it changed none.</summary>
    public ValidatorSet? Next { get; }

    /// <summary>Who may read the events of an agreement, as of this block.</summary>
    public Dictionary<ulong, Readers> Readers { get; }

    /// <summary>What it takes of memory, roughly, in bytes.</summary>
    public int Length => 1_000 + Marks.Length + (leaves?.Length ?? 0);

    /// <summary>Whether the outcomes have been pruned.</summary>
    public bool IsPruned => leaves is null;

    /// <summary>How many of its transactions were decided.</summary>
    public int Decided { get; }

    public ulong FirstHistory => Header.HistorySize - (ulong)Decided;

    /// <summary>The form of a block of which nothing is known but its certificate and the validators that it decided, if it did.</summary>
    public static byte[] Write(Certificate certificate, ulong decided, ValidatorSet? next)
    {
        var writer = new CborWriter(1024);
        writer.Array(FieldsCertified);
        writer.Bytes(certificate.ToBytes());
        writer.Unsigned(decided);
        WriteNext(writer, next);
        return writer.ToArray();
    }

    public static byte[] Write(Certificate certificate, Block block, Dictionary<ulong, Readers> readers)
    {
        var writer = new CborWriter(1024 + block.Outcomes.Bytes.Length + 8 * block.Transactions.Count);
        writer.Array(Fields);
        writer.Bytes(certificate.ToBytes());
        writer.Unsigned((ulong)block.Transactions.Count);
        WriteDecisions(writer, block.Outcomes.Decisions);
        WriteNext(writer, block.Header.Next == block.Header.Validators ? null : block.Next);
        writer.Bytes(LeavesOf(block));
        writer.Array(readers.Count);
        foreach (var (agreement, may) in readers)
        {
            writer.Array(2);
            writer.Unsigned(agreement);
            if (may.IsEveryone)
            {
                writer.Null();
                continue;
            }
            writer.Array(may.Named.Length);
            foreach (var party in may.Named) writer.Party(party);
        }
        return writer.ToArray();
    }

    /// <summary>The pruned form of a record's bytes; of one that is pruned, the same again.</summary>
    public static byte[] Pruned(ReadOnlySpan<byte> bytes)
    {
        if (IsPrunedForm(bytes)) return bytes.ToArray();
        var reader = new CborReader(bytes);
        reader.Array(Fields);
        var from = reader.Offset;
        for (var item = 0; item < FieldsPruned; item++) reader.Item();
        return [0x80 | FieldsPruned, .. reader.Between(from, reader.Offset)];
    }

    /// <summary>Whether a record's bytes are of the pruned form.</summary>
    public static bool IsPrunedForm(ReadOnlySpan<byte> bytes) => bytes[0] != (0x80 | Fields);

    public static BlockRecord Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var fields = reader.Array(Fields);
        if (fields is not (Fields or FieldsPruned or FieldsCertified)) throw reader.Fault("A block has seven fields, five where it has been pruned, or three where it was never executed here.");
        var pruned = fields != Fields;
        var certificate = Certificate.FromBytes(reader.Bytes());
        if (fields == FieldsCertified)
        {
            var decided = (int)reader.Unsigned(Entry.BytesAtMost);
            var set = ReadNext(ref reader);
            reader.End();
            return new BlockRecord(certificate, decided, [], [], set, null, [], decided);
        }
        var transactions = (int)reader.Unsigned(Entry.BytesAtMost);
        var exceptions = new Refused[reader.Array(transactions)];
        for (var each = 0; each < exceptions.Length; each++)
        {
            reader.ArrayOf(4);
            exceptions[each] = new Refused(
                (int)reader.Unsigned((ulong)transactions - 1), (ushort)reader.Unsigned(ushort.MaxValue), (ushort)reader.Unsigned(ushort.MaxValue), (int)reader.Unsigned(Transaction.CallsAtMost));
        }
        var marks = reader.Bytes().ToArray();
        var next = ReadNext(ref reader);
        var leaves = pruned ? null : reader.Bytes().ToArray();
        var readers = new Dictionary<ulong, Readers>();
        for (var left = pruned ? 0 : reader.Array(int.MaxValue); left > 0; left--)
        {
            reader.ArrayOf(2);
            readers[reader.Unsigned()] = ReadReaders(ref reader);
        }
        reader.End();
        return new BlockRecord(certificate, transactions, exceptions, marks, next, leaves, readers);
    }

    /// <summary>The exception of a place, or null where the transaction there was accepted.</summary>
    public Refused? ExceptionAt(int place)
    {
        foreach (var one in Exceptions)
            if (one.Place == place) return one;
        return null;
    }

    /// <summary>Puts the outcomes together again.</summary>
    /// <param name="transactions">The entry's, from the log.</param>
    /// <param name="contractOf">The contract of an agreement.</param>
    /// <param name="refusalOf">A refusal by contract and number.</param>
    public BlockOutcomes Outcomes(IReadOnlyList<Transaction> transactions, Func<ulong, Contract> contractOf, Func<ushort, ushort, IRefusal> refusalOf)
    {
        var outcomes = new BlockOutcomes();
        var next = 0;
        for (var place = 0; place < transactions.Count; place++)
        {
            if (next < Exceptions.Length && Exceptions[next].Place == place)
            {
                var (_, contract, number, call) = Exceptions[next++];
                outcomes.Add(new Decision(transactions[place].Id, refusalOf(contract, number), contract, call));
            }
            else outcomes.Add(new Decision(transactions[place].Id, null, 0, 0));
        }
        foreach (var leaf in Leaves(transactions))
        {
            var (postings, events) = (outcomes.PostingCount, outcomes.EventCount);
            outcomes.PostingsToFill.AddRange(leaf.Postings);
            foreach (var (number, content) in leaf.Events) outcomes.AddEvent(leaf.Agreement, contractOf(leaf.Agreement), number, content);
            outcomes.AddLeaf(leaf.Origin, (int)leaf.Index, leaf.Code, leaf.Agreement, leaf.Clause, postings, events, leaf.Writes);
        }
        return outcomes;
    }

    /// <summary>The leaves, in order.</summary>
    public List<OutcomeLeaf> Leaves(IReadOnlyList<Transaction> transactions)
    {
        var found = new List<OutcomeLeaf>();
        foreach (var bytes in LeafBytes(transactions)) found.Add(OutcomeLeaf.Read(bytes));
        return found;
    }

    /// <summary>The leaves' bytes, as they were hashed.</summary>
    /// <param name="transactions">The entry's, from the log.</param>
    /// <param name="places">Is given each leaf's transaction's place; of a wake-up's, −1.</param>
    /// <exception cref="PrunedException">They have been pruned.</exception>
    public List<byte[]> LeafBytes(IReadOnlyList<Transaction> transactions, List<int>? places = null)
    {
        var found = new List<byte[]>();
        if (leaves is null) throw new PrunedException(Header.Height);
        var place = 0;
        for (var at = 0; at < leaves.Length;)
        {
            var reader = new CborReader(leaves.AsSpan(at));
            Hash origin;
            if (reader.Peek() == CborKind.Unsigned)
            {
                place += (int)reader.Unsigned(Entry.BytesAtMost);
                origin = place < transactions.Count ? transactions[place].Id : throw reader.Fault("A leaf is of no transaction of its block.");
                places?.Add(place);
            }
            else
            {
                origin = reader.Hash();
                places?.Add(-1);
            }
            var from = reader.Offset;
            for (var item = 0; item < 7; item++) reader.Item();
            byte[] leaf = [0x88, 0x58, 0x20, .. Hash.Bytes(in origin), .. leaves.AsSpan(at + from, reader.Offset - from)];
            found.Add(leaf);
            at += reader.Offset;
        }
        return found;
    }

    private static void WriteNext(CborWriter writer, ValidatorSet? next)
    {
        if (next is null) writer.Null();
        else writer.Bytes(next.ToBytes());
    }

    private static ValidatorSet? ReadNext(ref CborReader reader) => reader.TryNull() ? null : ValidatorSet.FromBytes(reader.Bytes());

    private static void WriteDecisions(CborWriter writer, IReadOnlyList<Decision> decisions)
    {
        var (refused, decided) = (0, 0);
        foreach (var decision in decisions)
        {
            if (!decision.IsAccepted) refused++;
            if (!decision.IsVoid) decided++;
        }
        writer.Array(refused);
        for (var place = 0; place < decisions.Count; place++)
        {
            if (decisions[place].IsAccepted) continue;
            writer.Array(4);
            writer.Unsigned((ulong)place);
            writer.Unsigned(decisions[place].Contract);
            writer.Unsigned(decisions[place].Refusal!.Number);
            writer.Unsigned((ulong)decisions[place].Call);
        }
        var marks = writer.BytesToFill(8 * decided);
        foreach (var decision in decisions)
        {
            if (decision.IsVoid) continue;
            var id = decision.Id;
            Hash.Bytes(in id)[..8].CopyTo(marks);
            marks = marks[8..];
        }
    }

    // In the order of their transactions; what matches none from the last place on is a wake-up's.
    private static ReadOnlySpan<byte> LeavesOf(Block block)
    {
        var writer = new CborWriter(block.Outcomes.Bytes.Length + 64);
        var last = 0;
        foreach (var call in block.Outcomes.Calls)
        {
            var place = last;
            while (place < block.Transactions.Count && block.Transactions[place].Id != call.Origin) place++;
            if (place < block.Transactions.Count)
            {
                writer.Unsigned((ulong)(place - last));
                last = place;
            }
            else writer.Hash(call.Origin);
            writer.Raw(block.Outcomes.Bytes[call.Leaf][OriginBytes..]);
        }
        return writer.Written;
    }

    private static Readers ReadReaders(ref CborReader reader)
    {
        if (reader.TryNull()) return Kernel.Readers.Everyone;
        var named = new Party[reader.Array(int.MaxValue)];
        for (var each = 0; each < named.Length; each++) named[each] = reader.Party();
        return Kernel.Readers.Of(named);
    }

    /// <summary>A transaction that was not accepted.</summary>
    internal readonly record struct Refused(int Place, ushort Contract, ushort Number, int Call)
    {
        public uint Code => (uint)Contract << 16 | Number;

        public bool IsVoid => Contract == 0 && Number < 100;
    }
}
