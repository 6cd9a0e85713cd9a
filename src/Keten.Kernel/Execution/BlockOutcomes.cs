using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Execution;

/// <summary>What a block did, as it is gathered: a leaf for each call and wake-up, with its movements and events.</summary>
/// <param name="transactions">How many transactions are expected.</param>
/// <param name="expected">How many calls are expected in them: room is made for payments, and grows for what takes more.</param>
public sealed class BlockOutcomes(int transactions = 0, int expected = 0)
{
    private const int LeafOfPayment = 176;
    private readonly CborWriter leaves = new(256 + expected * LeafOfPayment);
    private readonly CborWriter eventBytes = new(256);
    private readonly List<Decision> decisions = new(transactions);
    private readonly List<CallOutcome> calls = new(expected);
    private readonly List<Posting> postings = new(2 * expected);
    private readonly List<EventRecord> events = [];
    private readonly List<Hash> hashes = new(expected);

    /// <summary>What became of each transaction of the entry, in its order, void ones included.</summary>
    public IReadOnlyList<Decision> Decisions => decisions;

    /// <summary>What each call and wake-up did, in order: the leaves of the outcome tree.</summary>
    public IReadOnlyList<CallOutcome> Calls => calls;

    /// <summary>The movements of all calls.</summary>
    public IReadOnlyList<Posting> Postings => postings;

    /// <summary>The events of all calls.</summary>
    public IReadOnlyList<EventRecord> Events => events;

    /// <summary>The leaves' bytes.</summary>
    public ReadOnlySpan<byte> Bytes => leaves.Written;

    /// <summary>The events' bytes.</summary>
    public ReadOnlySpan<byte> EventBytes => eventBytes.Written;

    /// <summary>The leaves' hashes.</summary>
    public ReadOnlySpan<Hash> LeafHashes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(hashes);

    internal int PostingCount => postings.Count;

    internal int EventCount => events.Count;

    internal List<Posting> PostingsToFill => postings;

    internal void Add(Decision decision) => decisions.Add(decision);

    internal void AddEvent(ulong agreement, Contract contract, ushort number, ReadOnlySpan<byte> content)
    {
        var start = eventBytes.Length;
        eventBytes.Raw(content);
        events.Add(new EventRecord(agreement, contract, number, start..eventBytes.Length));
    }

    /// <summary>Where the gathering stands, to come back to when a transaction is refused.</summary>
    internal (int Calls, int Postings, int Events, int Bytes, int EventBytes) Mark => (calls.Count, postings.Count, events.Count, leaves.Length, eventBytes.Length);

    internal void RollBack((int Calls, int Postings, int Events, int Bytes, int EventBytes) mark)
    {
        calls.RemoveRange(mark.Calls, calls.Count - mark.Calls);
        hashes.RemoveRange(mark.Calls, hashes.Count - mark.Calls);
        postings.RemoveRange(mark.Postings, postings.Count - mark.Postings);
        events.RemoveRange(mark.Events, events.Count - mark.Events);
        leaves.Truncate(mark.Bytes);
        eventBytes.Truncate(mark.EventBytes);
    }

    /// <summary>Writes a leaf over the postings and events gathered since two counts. The form is in docs/formats.md, «Outcome leaf».</summary>
    internal void AddLeaf(in Hash origin, int index, uint code, ulong agreement, ushort clause, int postingsFrom, int eventsFrom, in Hash writes)
    {
        var start = leaves.Length;
        leaves.Array(8);
        leaves.Hash(origin);
        leaves.Unsigned((ulong)index);
        leaves.Unsigned(code);
        leaves.Unsigned(agreement);
        leaves.Unsigned(clause);
        leaves.Array(postings.Count - postingsFrom);
        for (var each = postingsFrom; each < postings.Count; each++)
        {
            leaves.Array(3);
            State.AccountKey.Write(leaves, postings[each].Account);
            leaves.Integer(postings[each].Change);
            leaves.Integer(postings[each].Balance);
        }
        leaves.Array(events.Count - eventsFrom);
        for (var each = eventsFrom; each < events.Count; each++)
        {
            leaves.Array(2);
            leaves.Unsigned(events[each].Number);
            leaves.Raw(EventBytes[events[each].Content]);
        }
        if (writes.IsNone) leaves.Null();
        else leaves.Hash(writes);
        hashes.Add(MerkleProof.LeafHash(leaves.Written[start..]));
        calls.Add(new CallOutcome(origin, index, code, agreement, clause, postingsFrom..postings.Count, eventsFrom..events.Count, start..leaves.Length));
    }
}
