using System.Buffers.Binary;
using Keten.Kernel;
using Keten.Kernel.Execution;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <summary>Gathers a batch's lines of statements and writes them in the order of the table, so that each of its pages is written once a batch.</summary>
internal sealed class StatementRows(SqliteConnection connection, Owners owners) : IDisposable
{
    /// <summary>How many of the others a line names.</summary>
    public const int OthersNamed = 16;

    private readonly Prepared insert = new(connection, """
        INSERT INTO statement(owner, unit, position, origin, call, agreement, clause, change, balance, until, other, others, reference) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)
        """);

    private readonly List<Row> rows = [];
    private readonly List<Posting> postings = [];
    private readonly List<long> ids = [];

    public int Count => rows.Count;

    /// <summary>Adds the movements of one call, each at its place; gives the next place.</summary>
    public Position Add(BlockOutcomes outcomes, in CallOutcome call, Position origin, Position at, Reference? reference)
    {
        postings.Clear();
        ids.Clear();
        var (start, count) = call.Postings.GetOffsetAndLength(outcomes.Postings.Count);
        for (var each = start; each < start + count; each++)
        {
            postings.Add(outcomes.Postings[each]);
            ids.Add(owners.IdOf(postings[^1].Account.Owner));
        }
        for (var each = 0; each < count; each++)
        {
            var posting = postings[each];
            var balance = owners.Move(ids[each], posting.Account.Unit, posting.Change, posting.Balance);
            var (first, more) = Others(each);
            rows.Add(new Row(ids[each], posting.Account.Unit.Number, at, origin, call, posting.Change, balance, posting.Account.Until, first, more, reference));
            at = Position.Of(at.Height, at.Line + 1);
        }
        return at;
    }

    public void Flush()
    {
        rows.Sort(static (left, right) => left.Owner != right.Owner ? left.Owner.CompareTo(right.Owner)
            : left.Unit != right.Unit ? left.Unit.CompareTo(right.Unit) : left.At.CompareTo(right.At));
        Span<byte> bytes = stackalloc byte[Reference.Size];
        foreach (ref readonly var row in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows))
        {
            insert.Bind(1, row.Owner).Bind(2, row.Unit).Bind(3, row.At.Value).Bind(4, row.Origin.Value).Bind(5, row.Call.Index).BindOrNull(6, (long)row.Call.Agreement)
                .Bind(7, row.Call.Clause).Bind(8, row.Change).Bind(9, row.Balance).BindOrNull(10, row.Until.Seconds).BindOrNull(11, row.Other);
            if (row.Others is null) insert.BindNull(12);
            else insert.Bind(12, row.Others);
            if (row.Reference is { } reference)
            {
                reference.CopyTo(bytes);
                insert.Bind(13, bytes);
            }
            else insert.BindNull(13);
            insert.Run();
        }
        rows.Clear();
    }

    public void Clear() => rows.Clear();

    public void Dispose() => insert.Dispose();

    // Whom it came from, or went to: those on the other side. A payee is not shown the other payees. Where there are more than one: their count, then the ids named.
    private (long First, byte[]? More) Others(int of)
    {
        if (postings.Count == 2) return postings[0].Account.Unit == postings[1].Account.Unit && IsIncoming(0) != IsIncoming(1) ? (ids[1 - of], null) : (0, null);
        var (incoming, count) = (IsIncoming(of), 0);
        Span<long> named = stackalloc long[OthersNamed];
        for (var each = 0; each < postings.Count; each++)
        {
            if (IsIncoming(each) == incoming || postings[each].Account.Unit != postings[of].Account.Unit || ids[each] == ids[of]) continue;
            if (named[..Math.Min(count, OthersNamed)].Contains(ids[each])) continue;
            if (count < OthersNamed) named[count] = ids[each];
            // Of a very long call, the rest are counted and no longer told apart.
            count++;
        }
        if (count <= 1) return (named[0], null);
        var bytes = new byte[4 + 8 * Math.Min(count, OthersNamed)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
        for (var each = 0; each < Math.Min(count, OthersNamed); each++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(4 + 8 * each), named[each]);
        return (0, bytes);
    }

    private bool IsIncoming(int posting) => postings[posting].Change >= 0;

    private readonly record struct Row(
        long Owner, uint Unit, Position At, Position Origin, CallOutcome Call, long Change, long Balance, Instant Until, long Other, byte[]? Others, Reference? Reference);
}
