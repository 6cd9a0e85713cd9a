using System.Text.Json;

namespace Keten.Doors;

/// <summary>A charging session as far as its charge point has told of it.</summary>
/// <param name="Point">The charge point.</param>
/// <param name="Transaction">Its id there.</param>
/// <param name="Token">Who was let in, where somebody was.</param>
/// <param name="Agreement">Under which agreement it is charged; 0: nobody's.</param>
/// <param name="Connector">EVSE (2.0.1) or connector (1.6).</param>
/// <param name="Began">When it began, in seconds since 1970.</param>
/// <param name="WattHoursBegan">What the register showed then, in Wh, where it was told.</param>
/// <param name="WattHours">What it showed last.</param>
/// <param name="At">When it was heard of last.</param>
/// <param name="First">The number of its first event, once that has come.</param>
/// <param name="Last">The number of its last event, once that has come.</param>
/// <param name="Closed">Whether it was handed on or put apart.</param>
internal sealed record OpenSession(
    string Point, string Transaction, string? Token, ulong Agreement, int Connector, long Began, long? WattHoursBegan, long? WattHours, long At, long? First, long? Last, bool Closed);

/// <summary>A value that a meter signed, as it came.</summary>
/// <param name="Data">The OCMF record, or what came in its place.</param>
/// <param name="Key">The public key beside it, in hexadecimal, where one was.</param>
internal sealed record SignedValue(string Data, string? Key);

/// <summary>Sessions and their events in the store; within <see cref="DoorStore.Do{T}"/>.</summary>
internal static class SessionStore
{
    private const string Columns = "point, tx, token, agreement, connector, began, wh_began, wh, at, first, last, closed";

    public static OpenSession? Session(this DoorStore store, string point, string transaction)
    {
        using var reader = store.Query($"SELECT {Columns} FROM sessions WHERE point = $point AND tx = $tx", ("$point", point), ("$tx", transaction));
        return reader.Read() ? Of(reader) : null;
    }

    /// <summary>Those that have not ended.</summary>
    public static List<OpenSession> OpenSessions(this DoorStore store) => store.Look(open =>
    {
        var sessions = new List<OpenSession>();
        using var reader = open.Query($"SELECT {Columns} FROM sessions WHERE closed = 0 AND last IS NULL ORDER BY at DESC LIMIT 10000");
        while (reader.Read()) sessions.Add(Of(reader));
        return sessions;
    });

    public static void Keep(this DoorStore store, OpenSession session) => store.Run(
        $"INSERT OR REPLACE INTO sessions ({Columns}) VALUES ($point, $tx, $token, $agreement, $connector, $began, $whBegan, $wh, $at, $first, $last, $closed)",
        ("$point", session.Point), ("$tx", session.Transaction), ("$token", session.Token), ("$agreement", (long)session.Agreement), ("$connector", session.Connector), ("$began", session.Began),
        ("$whBegan", session.WattHoursBegan), ("$wh", session.WattHours), ("$at", session.At), ("$first", session.First), ("$last", session.Last), ("$closed", session.Closed ? 1 : 0));

    /// <summary>Keeps what the meter signed with an event; false where the event of that number came before.</summary>
    public static bool AddEvent(this DoorStore store, string point, string transaction, long number, IReadOnlyList<SignedValue> signed) => store.Run(
        "INSERT OR IGNORE INTO events VALUES ($point, $tx, $seq, $signed)", ("$point", point), ("$tx", transaction), ("$seq", number), ("$signed", JsonSerializer.Serialize(signed))) > 0;

    /// <summary>How many events of a session have come.</summary>
    public static long CountEvents(this DoorStore store, string point, string transaction) =>
        (long)store.Read("SELECT count(*) FROM events WHERE point = $point AND tx = $tx", ("$point", point), ("$tx", transaction))!;

    /// <summary>What the meter signed, in the order of the events.</summary>
    public static List<SignedValue> SignedValues(this DoorStore store, string point, string transaction)
    {
        var values = new List<SignedValue>();
        using var reader = store.Query("SELECT signed FROM events WHERE point = $point AND tx = $tx ORDER BY seq", ("$point", point), ("$tx", transaction));
        while (reader.Read()) values.AddRange(JsonSerializer.Deserialize<List<SignedValue>>(reader.GetString(0))!);
        return values;
    }

    /// <summary>Keeps what is there of sessions apart of which nothing has been heard for long.</summary>
    public static void GiveUp(this DoorStore store, long until)
    {
        var sessions = new List<OpenSession>();
        using (var reader = store.Query($"SELECT {Columns} FROM sessions WHERE closed = 0 AND at < $until", ("$until", until)))
            while (reader.Read()) sessions.Add(Of(reader));
        foreach (var session in sessions)
            store.KeepApart(
                session.Point, session.Transaction, ApartReason.NotBillable, "The transaction never came to its end, or not all of it came.",
                System.Text.Encoding.UTF8.GetBytes(string.Join('\n', store.SignedValues(session.Point, session.Transaction).Select(value => value.Data))));
    }

    private static OpenSession Of(Microsoft.Data.Sqlite.SqliteDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), (ulong)reader.GetInt64(3), reader.GetInt32(4), reader.GetInt64(5),
        Optional(reader, 6), Optional(reader, 7), reader.GetInt64(8), Optional(reader, 9), Optional(reader, 10), reader.GetInt64(11) != 0);

    private static long? Optional(Microsoft.Data.Sqlite.SqliteDataReader reader, int place) => reader.IsDBNull(place) ? null : reader.GetInt64(place);
}
