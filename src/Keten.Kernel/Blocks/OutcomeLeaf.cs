using Keten.Kernel.Cbor;
using Keten.Kernel.Execution;
using Keten.Kernel.State;

namespace Keten.Kernel.Blocks;

/// <summary>What one call or wake-up did, as a leaf of the outcome tree says it.</summary>
/// <param name="Origin">The transaction's id; of a wake-up, a hash of its own.</param>
/// <param name="Index">The call's place in its transaction.</param>
/// <param name="Code">0 where it was done, otherwise the refusal: contract code ≪ 16 | number.</param>
/// <param name="Agreement">The agreement that it was on, or that it opened; 0 for none.</param>
/// <param name="Clause">The clause's number.</param>
/// <param name="Postings">What moved, with the balance after.</param>
/// <param name="Events">What it told: event number and canonical content.</param>
/// <param name="Writes">SHA-256 over the other records that it wrote; no hash where it wrote none.</param>
public sealed record OutcomeLeaf(
    Hash Origin, ulong Index, uint Code, ulong Agreement, ushort Clause, IReadOnlyList<Posting> Postings, IReadOnlyList<(ushort Number, byte[] Content)> Events, Hash Writes)
{
    /// <summary>Reads a leaf's bytes.</summary>
    /// <exception cref="MalformedException">They are not a leaf.</exception>
    public static OutcomeLeaf Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(8);
        var origin = reader.Hash();
        var index = reader.Unsigned();
        var code = (uint)reader.Unsigned(uint.MaxValue);
        var agreement = reader.Unsigned();
        var clause = (ushort)reader.Unsigned(ushort.MaxValue);
        var postings = new Posting[reader.Array(2 * Draft.AtMost)];
        for (var each = 0; each < postings.Length; each++)
        {
            reader.ArrayOf(3);
            postings[each] = new Posting(AccountKey.Read(ref reader), reader.Integer(), reader.Integer());
        }
        var events = new (ushort, byte[])[reader.Array(Draft.AtMost)];
        for (var each = 0; each < events.Length; each++)
        {
            reader.ArrayOf(2);
            events[each] = ((ushort)reader.Unsigned(ushort.MaxValue), reader.Item().ToArray());
        }
        var writes = reader.TryNull() ? default : reader.Hash();
        reader.End();
        return new OutcomeLeaf(origin, index, code, agreement, clause, postings, events, writes);
    }
}
