using System.Buffers.Binary;
using System.Runtime.InteropServices;
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
        INSERT INTO statement(account, position, origin, call, agreement, clause, change, balance, until, other, reference) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)
        """);

    private readonly Prepared insertSide = new(connection, "INSERT INTO side(origin, call, unit, incoming, owners, named) VALUES(?1,?2,?3,?4,?5,?6)");
    private readonly List<Row> rows = [];
    private readonly List<long> ids = [];
    private readonly Sides sides = new();
    private long[] order = [];

    public int Count => rows.Count;

    /// <summary>Adds the movements of one call, each at its place; gives the next place.</summary>
    public Position Add(BlockOutcomes outcomes, in CallOutcome call, Position origin, Position at, Reference? reference)
    {
        ids.Clear();
        var (start, count) = call.Postings.GetOffsetAndLength(outcomes.Postings.Count);
        for (var each = start; each < start + count; each++) ids.Add(owners.IdOf(outcomes.Postings[each].Account.Owner));
        if (count > 2) Divide(outcomes, start, call.Index, origin);
        for (var each = 0; each < count; each++)
        {
            var posting = outcomes.Postings[start + each];
            var (account, balance) = owners.Move(ids[each], posting.Account.Unit, posting.Change, posting.Balance);
            var other = count > 2 ? sides.OtherOf(ids[each], posting) : count == 2 ? OtherOfTwo(ids, each, posting, outcomes.Postings[start + 1 - each]) : 0;
            rows.Add(new Row(
                account, at, at.Line - origin.Line, call.Index, (long)call.Agreement, call.Clause, posting.Change, balance, posting.Account.Until.Seconds, other, reference));
            at = Position.Of(at.Height, at.Line + 1);
        }
        return at;
    }

    public void Flush()
    {
        Span<byte> bytes = stackalloc byte[Reference.Size];
        var all = CollectionsMarshal.AsSpan(rows);
        foreach (var key in Ordered(all))
        {
            ref readonly var row = ref all[(int)(key & uint.MaxValue)];
            insert.Bind(1, row.Account).Bind(2, row.At.Value).Bind(3, row.Origin).Bind(4, row.Call).BindOrNull(5, row.Agreement).Bind(6, row.Clause)
                .Bind(7, row.Change).Bind(8, row.Balance).BindOrNull(9, row.Until).BindOrNull(10, row.Other);
            if (row.Reference is { } reference)
            {
                reference.CopyTo(bytes);
                insert.Bind(11, bytes);
            }
            else insert.BindNull(11);
            insert.Run();
        }
        rows.Clear();
    }

    public void Clear() => rows.Clear();

    public void Dispose()
    {
        insert.Dispose();
        insertSide.Dispose();
    }

    // They come in the order of the ledger, so account and number in the batch are order enough; and numbers are sorted sooner than rows.
    private ReadOnlySpan<long> Ordered(ReadOnlySpan<Row> all)
    {
        if (order.Length < all.Length) order = new long[rows.Capacity];
        var keys = order.AsSpan(0, all.Length);
        for (var each = 0; each < all.Length; each++) keys[each] = all[each].Account << 32 | (uint)each;
        keys.Sort();
        return keys;
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

    private readonly record struct Row(
        long Account, Position At, int Origin, int Call, long Agreement, ushort Clause, long Change, long Balance, long Until, long Other, Reference? Reference);
}
