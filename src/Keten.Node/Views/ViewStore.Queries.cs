using System.Buffers.Binary;
using Keten.Kernel;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <content>What can be asked. Who may ask is for the caller to judge.</content>
public sealed partial class ViewStore
{
    // More units than this a time line does not put together.
    private const int UnitsAtMost = 256;

    // An account's chain downwards, from a line that is not far above the page.
    private const string MovementsOfChain = """
        WITH RECURSIVE chain(position, back) AS (
            SELECT position, back FROM statement WHERE position = $start
            UNION ALL SELECT s.position, s.back FROM chain c JOIN statement s ON s.position = c.position - c.back WHERE s.position > $after
            LIMIT $most)
        SELECT s.position, s.call, s.agreement, s.clause, s.change, s.balance, s.until, s.other, x.owners, x.named, s.reference, o.id, o.wake, b.time
        FROM chain c JOIN statement s ON s.position = c.position JOIN origin o ON o.position = s.position - s.origin JOIN block b ON b.height = s.position >> 24
        LEFT JOIN side x ON (s.other IS NULL OR s.other = $owner) AND x.origin = o.position AND x.call = s.call AND x.unit = $unit AND x.incoming = (s.change < 0)
        WHERE
        """;

    private const string EventColumns = """
        SELECT e.position, e.number_in_block, b.time, o.id, e.agreement, e.contract, e.version, e.number, e.content
        """;

    private const string EventJoins = " JOIN origin o ON o.position = e.origin JOIN block b ON b.height = e.position >> 24 ";

    /// <summary>A page of an owner's statement of one unit.</summary>
    public IReadOnlyList<Movement> Statement(Owner owner, Unit unit, Paging page)
    {
        using var reading = Schema.OpenToRead(file);
        return IdOf(reading, owner) is { } id ? Movements(reading, id, unit.Number, page) : [];
    }

    /// <summary>The units of which an owner has a statement.</summary>
    public IReadOnlyList<Unit> UnitsOf(Owner owner)
    {
        using var reading = Schema.OpenToRead(file);
        return IdOf(reading, owner) is { } id ? [.. Units(reading, id)] : [];
    }

    /// <summary>The agreements that a party may read by name, by number after one; those for everyone are not among them.</summary>
    public IReadOnlyList<AgreementLine> Agreements(Party reader, ulong after, int limit)
    {
        using var reading = Schema.OpenToRead(file);
        using var command = Command(reading, """
            SELECT a.number, a.contract, a.version, a.opened, a.ended FROM agreement_reader r JOIN agreement a ON a.number = r.agreement
            JOIN owner w ON w.id = r.owner WHERE w.bytes = $owner AND r.agreement > $after ORDER BY r.agreement LIMIT $limit
            """, ("$owner", Owners.Bytes(reader)), ("$after", (long)Math.Min(after, long.MaxValue)), ("$limit", Math.Clamp(limit, 1, Paging.LimitAtMost)));
        using var row = command.ExecuteReader();
        var found = new List<AgreementLine>();
        while (row.Read()) found.Add(new AgreementLine((ulong)row.GetInt64(0), (ushort)row.GetInt64(1), (ushort)row.GetInt64(2), new(row.GetInt64(3)), new(row.GetInt64(4))));
        return found;
    }

    /// <summary>Whether a party may read an agreement, as of <see cref="Height"/>.</summary>
    public bool MayRead(Party reader, ulong agreement)
    {
        using var reading = Schema.OpenToRead(file);
        using var command = Command(reading, """
            SELECT EXISTS(SELECT 1 FROM agreement WHERE number = $number AND everyone = 1)
            OR EXISTS(SELECT 1 FROM agreement_reader r JOIN owner w ON w.id = r.owner WHERE w.bytes = $owner AND r.agreement = $number)
            """, ("$owner", Owners.Bytes(reader)), ("$number", (long)agreement));
        return (long)command.ExecuteScalar()! != 0;
    }

    /// <summary>A page of an agreement's events, those that the reader may read; all of them on a ledger that is open to read.</summary>
    public IReadOnlyList<EventLine> EventsOf(ulong agreement, Party reader, Paging page, bool all = false)
    {
        using var reading = Schema.OpenToRead(file);
        return Events(reading, EventColumns + " FROM event e" + EventJoins + """
            WHERE e.agreement = $agreement AND (e.everyone = 1 OR $all OR EXISTS(SELECT 1 FROM event_reader r WHERE r.owner = $owner AND r.position = e.position)) AND
            """, "e.position", page, ("$owner", IdOf(reading, reader) ?? 0), ("$agreement", (long)agreement), ("$all", all));
    }

    /// <summary>
    /// The next events for a subscriber: those that its party may read by name, and, where an agreement or a contract is asked for, what is told to everyone there.
    /// </summary>
    public IReadOnlyList<EventLine> EventsFor(Party reader, ulong? agreement, ushort? contract, ushort? number, Position after, int limit)
    {
        const string Filter = "($agreement IS NULL OR e.agreement = $agreement) AND ($contract IS NULL OR e.contract = $contract) AND ($number IS NULL OR e.number = $number) AND ";
        using var reading = Schema.OpenToRead(file);
        using var moment = reading.BeginTransaction(deferred: true);
        var page = Paging.From(after, limit);
        (string, object)[] values =
        [
            ("$agreement", (object?)(long?)agreement ?? DBNull.Value), ("$contract", (object?)(long?)contract ?? DBNull.Value), ("$number", (object?)(long?)number ?? DBNull.Value),
            ("$owner", IdOf(reading, reader) ?? 0),
        ];
        var found = Events(
            reading, EventColumns + " FROM event_reader r JOIN event e ON e.position = r.position" + EventJoins + "WHERE r.owner = $owner AND " + Filter, "r.position", page, values);
        if (agreement is null && contract is null) return found;
        var index = agreement is not null ? "event_agreement" : "event_public";
        var key = agreement is not null ? "e.agreement = $agreement AND " : "e.contract = $contract AND ";
        found.AddRange(Events(reading, EventColumns + $" FROM event e INDEXED BY {index}" + EventJoins + "WHERE e.everyone = 1 AND " + key + Filter, "e.position", page, values));
        found.Sort(static (left, right) => left.At.CompareTo(right.At));
        return found.Count <= page.Rows ? found : found[..page.Rows];
    }

    /// <summary>The event at a place; null where there is none, or not for this reader.</summary>
    public EventLine? EventAt(Position at, Party reader)
    {
        using var reading = Schema.OpenToRead(file);
        return Events(reading, EventColumns + " FROM event e" + EventJoins + """
            WHERE (e.everyone = 1 OR EXISTS(SELECT 1 FROM event_reader r WHERE r.owner = $owner AND r.position = e.position)) AND
            """, "e.position", new Paging(new Position(at.Value - 1), new Position(at.Value + 1), false, 1), ("$owner", IdOf(reading, reader) ?? 0)) is [var found] ? found : null;
    }

    /// <summary>A page of all that happened to a party: what moved in its accounts, what it was told by name, and what of its own was refused.</summary>
    public IReadOnlyList<TimelineLine> Timeline(Party party, Paging page)
    {
        using var reading = Schema.OpenToRead(file);
        // One moment for all parts of the page.
        using var moment = reading.BeginTransaction(deferred: true);
        if (IdOf(reading, party) is not { } id) return [];
        var lines = new List<TimelineLine>();
        foreach (var unit in Units(reading, id))
            foreach (var movement in Movements(reading, id, unit.Number, page)) lines.Add(new TimelineLine(movement.At, movement, null, null));
        var events = Events(reading, EventColumns + " FROM event_reader r JOIN event e ON e.position = r.position" + EventJoins + "WHERE r.owner = $owner AND ", "r.position", page, ("$owner", id));
        foreach (var told in events) lines.Add(new TimelineLine(told.At, null, told, null));
        foreach (var refused in Refused(reading, id, page)) lines.Add(new TimelineLine(refused.At, null, null, refused));
        lines.Sort(page.NewestFirst ? static (left, right) => right.At.CompareTo(left.At) : static (left, right) => left.At.CompareTo(right.At));
        return lines.Count <= page.Rows ? lines : lines[..page.Rows];
    }

    /// <summary>The last place before all lines of ledger time from a moment on.</summary>
    public Position PlaceOf(Instant time)
    {
        using var reading = Schema.OpenToRead(file);
        using var command = Command(reading, "SELECT height FROM block WHERE time >= $time ORDER BY time, height LIMIT 1", ("$time", time.Seconds));
        return new Position(Position.Of(command.ExecuteScalar() is long first ? (ulong)first : Height + 1, 0).Value - 1);
    }

    private static long? IdOf(SqliteConnection reading, Owner owner)
    {
        using var command = Command(reading, "SELECT id FROM owner WHERE bytes = $owner", ("$owner", Owners.Bytes(owner)));
        return (long?)command.ExecuteScalar();
    }

    private static List<Unit> Units(SqliteConnection reading, long owner)
    {
        using var command = Command(reading, "SELECT unit FROM account WHERE owner = $owner ORDER BY unit LIMIT $limit", ("$owner", owner), ("$limit", UnitsAtMost));
        using var row = command.ExecuteReader();
        var units = new List<Unit>();
        while (row.Read()) units.Add(new Unit((uint)row.GetInt64(0)));
        return units;
    }

    private static List<Movement> Movements(SqliteConnection reading, long owner, uint unit, Paging page)
    {
        if (StartOf(reading, owner, unit, page) is not { } start) return [];
        using var command = Paged(reading, MovementsOfChain + " ", "c.position", page, ("$owner", owner), ("$unit", (long)unit), ("$start", start), ("$most", MostOf(page)));
        using var row = command.ExecuteReader();
        var found = new List<Movement>();
        while (row.Read())
        {
            var (others, count) = Others(reading, row, owner);
            found.Add(new Movement(
                new Position(row.GetInt64(0)), new Instant(row.GetInt64(13)), new Hash((byte[])row[11]), row.GetInt64(12) != 0, row.GetInt32(1), row.IsDBNull(2) ? 0 : (ulong)row.GetInt64(2),
                (ushort)row.GetInt64(3), new Unit(unit), row.GetInt64(4), row.GetInt64(5), new Instant(row.IsDBNull(6) ? 0 : row.GetInt64(6)), others, count,
                row.IsDBNull(10) ? null : new Reference((byte[])row[10])));
        }
        return found;
    }

    // A line of the account from which the page is reached downwards, with not many more between: the nearest mark above it, or its last line. Null where it has none.
    private static long? StartOf(SqliteConnection reading, long owner, uint unit, Paging page)
    {
        // Upwards, so many marks on from where it begins are surely as many lines as the page has.
        using var command = Command(reading, """
            SELECT coalesce((SELECT m.position FROM mark m WHERE m.account = a.id AND m.position >= $from ORDER BY m.position LIMIT 1 OFFSET $skip), a.last)
            FROM account a WHERE a.owner = $owner AND a.unit = $unit
            """, ("$owner", owner), ("$unit", (long)unit), ("$from", page.NewestFirst ? page.Before.Value : page.After.Value), ("$skip", page.NewestFirst ? 0 : MarksOf(page)));
        return (long?)command.ExecuteScalar();
    }

    private static int MarksOf(Paging page) => 1 + (page.Rows - 1) / StatementRows.BetweenMarks;

    // What lies between two marks more than the page has, at either end.
    private static int MostOf(Paging page) => (MarksOf(page) + 1) * StatementRows.BetweenMarks;

    // One, or those of the other side but for itself, or nobody.
    private static (Owner[] Named, int Count) Others(SqliteConnection reading, SqliteDataReader row, long owner)
    {
        var among = !row.IsDBNull(7) && row.GetInt64(7) == owner;
        if (!row.IsDBNull(7) && !among) return ([OwnerOf(reading, row.GetInt64(7))], 1);
        if (row.IsDBNull(8)) return ([], 0);
        var bytes = (byte[])row[9];
        var named = new List<Owner>(bytes.Length / 8);
        for (var each = 0; each < bytes.Length; each += 8)
            if (BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(each)) is var id && id != owner) named.Add(OwnerOf(reading, id));
        return ([.. named], row.GetInt32(8) - (among ? 1 : 0));
    }

    private static Owner OwnerOf(SqliteConnection reading, long id)
    {
        using var command = Command(reading, "SELECT bytes FROM owner WHERE id = $id", ("$id", id));
        return Owners.Read((byte[])command.ExecuteScalar()!);
    }

    private static List<EventLine> Events(SqliteConnection reading, string sql, string column, Paging page, params ReadOnlySpan<(string, object)> values)
    {
        using var command = Paged(reading, sql, column, page, values);
        using var row = command.ExecuteReader();
        var found = new List<EventLine>();
        while (row.Read())
            found.Add(new EventLine(
                new Position(row.GetInt64(0)), row.GetInt32(1), new Instant(row.GetInt64(2)), new Hash((byte[])row[3]), (ulong)row.GetInt64(4), (ushort)row.GetInt64(5),
                (ushort)row.GetInt64(6), (ushort)row.GetInt64(7), (byte[])row[8]));
        return found;
    }

    private static List<RefusedLine> Refused(SqliteConnection reading, long owner, Paging page)
    {
        const string Sql = """
            SELECT r.position, b.time, o.id, o.code FROM refused r JOIN origin o ON o.position = r.position JOIN block b ON b.height = r.position >> 24 WHERE r.owner = $owner AND
            """;
        using var command = Paged(reading, Sql + " ", "r.position", page, ("$owner", owner));
        using var row = command.ExecuteReader();
        var found = new List<RefusedLine>();
        while (row.Read()) found.Add(new RefusedLine(new Position(row.GetInt64(0)), new Instant(row.GetInt64(1)), new Hash((byte[])row[2]), (uint)row.GetInt64(3)));
        return found;
    }

    private static SqliteCommand Paged(SqliteConnection reading, string sql, string column, Paging page, params ReadOnlySpan<(string, object)> values)
    {
        var order = page.NewestFirst ? " DESC" : "";
        var command = Command(reading, $"{sql} {column} > $after AND {column} < $before ORDER BY {column}{order} LIMIT $limit", values);
        command.Parameters.AddWithValue("$after", page.After.Value);
        command.Parameters.AddWithValue("$before", page.Before.Value);
        command.Parameters.AddWithValue("$limit", page.Rows);
        return command;
    }

    private static SqliteCommand Command(SqliteConnection reading, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = reading.CreateCommand();
#pragma warning disable CA2100 // put together from constants of this file only
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
