using System.Buffers.Binary;
using Keten.Kernel;
using Keten.Kernel.Execution;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <summary>Writes the lines of statements, in the order of the ledger.</summary>
internal sealed class StatementRows(SqliteConnection connection, Owners owners) : IDisposable
{
    /// <summary>How many of the others a line names.</summary>
    public const int OthersNamed = 16;

    /// <summary>Of each account every so many lines one is marked: so many lines who begins in the middle of a statement passes over at most, and a mark costs a page.</summary>
    public const int BetweenMarks = 32;

    private readonly Prepared insert = new(connection, """
        INSERT INTO statement(position, account, back, origin, call, agreement, clause, change, balance, until, other, reference) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)
        """);

    private readonly Prepared mark = new(connection, "INSERT INTO mark(account, position) VALUES(?1, ?2)");

    private readonly Prepared insertSide = new(connection, "INSERT INTO side(origin, call, unit, incoming, owners, named) VALUES(?1,?2,?3,?4,?5,?6)");
    private readonly List<long> ids = [];
    private readonly Sides sides = new();

    /// <summary>How many lines the batch has so far.</summary>
    public int Count { get; private set; }

    /// <summary>Adds the movements of one call, each at its place; gives the next place.</summary>
    public Position Add(BlockOutcomes outcomes, in CallOutcome call, Position origin, Position at, Reference? reference)
    {
        ids.Clear();
        var (start, count) = call.Postings.GetOffsetAndLength(outcomes.Postings.Count);
        for (var each = start; each < start + count; each++) ids.Add(owners.IdOf(outcomes.Postings[each].Account.Owner));
        if (count > 2) Divide(outcomes, start, call.Index, origin);
        BindReference(reference);
        for (var each = 0; each < count; each++)
        {
            var posting = outcomes.Postings[start + each];
            var other = count > 2 ? sides.OtherOf(ids[each], posting) : count == 2 ? OtherOfTwo(ids, each, posting, outcomes.Postings[start + 1 - each]) : 0;
            Insert(at, at.Line - origin.Line, call, ids[each], posting, other);
            at = Position.Of(at.Height, at.Line + 1);
        }
        return at;
    }

    public void Clear() => Count = 0;

    public void Dispose()
    {
        foreach (var each in (ReadOnlySpan<Prepared>)[insert, mark, insertSide]) each.Dispose();
    }

    private void Insert(Position at, int origin, in CallOutcome call, long owner, in Posting posting, long other)
    {
        var its = owners.Move(owner, posting.Account.Unit, posting.Change, posting.Balance, at);
        insert.Bind(1, at.Value).Bind(2, its.Account).BindOrNull(3, its.Back).Bind(4, origin).Bind(5, call.Index).BindOrNull(6, (long)call.Agreement).Bind(7, call.Clause)
            .Bind(8, posting.Change).Bind(9, its.Balance).BindOrNull(10, posting.Account.Until.Seconds).BindOrNull(11, other).Run();
        if (its.Lines % BetweenMarks == 0) mark.Bind(1, its.Account).Bind(2, at.Value).Run();
        Count++;
    }

    // The same for all lines of a call.
    private void BindReference(Reference? reference)
    {
        if (reference is not { } given)
        {
            insert.BindNull(12);
            return;
        }
        Span<byte> bytes = stackalloc byte[Reference.Size];
        given.CopyTo(bytes);
        insert.Bind(12, bytes);
    }

    // Once for all lines of the call: a clearing has thousands on each side.
    private void Divide(BlockOutcomes outcomes, int start, int call, Position origin)
    {
        sides.Clear();
        for (var each = 0; each < ids.Count; each++) sides.Add(ids[each], outcomes.Postings[start + each]);
        foreach (var (unit, incoming, named, count) in sides.Shown())
        {
            var bytes = new byte[8 * named.Length];
            for (var each = 0; each < named.Length; each++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * each), named[each]);
            insertSide.Bind(1, origin.Value).Bind(2, call).Bind(3, unit).Bind(4, incoming ? 1 : 0).Bind(5, count).Bind(6, bytes).Run();
        }
    }

    private static long OtherOfTwo(List<long> ids, int of, in Posting mine, in Posting its) =>
        mine.Account.Unit == its.Account.Unit && Sides.IsIncoming(mine) != Sides.IsIncoming(its) && ids[0] != ids[1] ? ids[1 - of] : 0;
}
