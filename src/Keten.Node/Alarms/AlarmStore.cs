using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Node.Storage;
using Keten.Node.Views;
using Keten.Node.Webhooks;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Alarms;

/// <summary>Subscriptions to alarms, who is told, and each alarm's way: in a file of their own, which is nowhere else and is not made anew.</summary>
internal sealed class AlarmStore : IDisposable
{
    // A token is what a link in a message carries: of a step, to confirm an address; of an alarm at a step, to acknowledge it.
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS subscription(id TEXT PRIMARY KEY, party BLOB NOT NULL, kinds TEXT NOT NULL, agreement INTEGER, about TEXT, everyones INTEGER NOT NULL, secret BLOB NOT NULL,
            created INTEGER NOT NULL, cursor INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS step(subscription TEXT NOT NULL REFERENCES subscription ON DELETE CASCADE, number INTEGER NOT NULL, target TEXT NOT NULL, after INTEGER NOT NULL,
            confirmed INTEGER NOT NULL, token TEXT NOT NULL UNIQUE, asked INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY(subscription, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS alarm(subscription TEXT NOT NULL REFERENCES subscription ON DELETE CASCADE, position INTEGER NOT NULL, id TEXT NOT NULL UNIQUE, raised INTEGER NOT NULL,
            token TEXT NOT NULL UNIQUE, step INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0, missed INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0,
            next INTEGER, error TEXT, acknowledged INTEGER, by TEXT, PRIMARY KEY(subscription, position)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS alarm_next ON alarm(subscription, next) WHERE next IS NOT NULL;
        CREATE TABLE IF NOT EXISTS question(party BLOB NOT NULL, target TEXT NOT NULL, at INTEGER NOT NULL);
        """;

    private const string Columns = "SELECT id, subscription, position, raised, told, missed, acknowledged, by, error FROM alarm";

    private const long Day = 86_400;

    private readonly SideFile rows;

    public AlarmStore(string file) => rows = new SideFile(file, Tables);

    /// <summary>Adds one, and gives its secret, this once; null where there are as many as may be.</summary>
    public (AlarmSubscription Subscription, byte[] Secret)? Add(AlarmSubscription asked, Position from, AlarmOptions options)
    {
        var secret = RandomNumberGenerator.GetBytes(WebhookSender.SecretSize);
        var added = rows.Whole(() =>
        {
            if (rows.Number("SELECT count(*) FROM subscription") >= options.AtMost) return false;
            if (rows.Number("SELECT count(*) FROM subscription WHERE party = $party", ("$party", Owners.Bytes(asked.Party))) >= options.AtMostOfParty) return false;
            rows.Run("INSERT INTO subscription(id, party, kinds, agreement, about, everyones, secret, created, cursor) VALUES($id, $party, $kinds, $agreement, $about, $everyones, $secret, $created, $cursor)",
                ("$id", asked.Id), ("$party", Owners.Bytes(asked.Party)), ("$kinds", string.Join(' ', asked.Kinds)), ("$agreement", (long?)asked.Agreement), ("$about", asked.About), ("$everyones", asked.Everyones),
                ("$secret", secret), ("$created", asked.Created), ("$cursor", from.Value));
            for (var each = 0; each < asked.Steps.Count; each++)
                rows.Run("INSERT INTO step(subscription, number, target, after, confirmed, token, asked) VALUES($id, $number, $target, $after, $confirmed, $token, $confirmed)",
                    ("$id", asked.Id), ("$number", each), ("$target", asked.Steps[each].To.AbsoluteUri), ("$after", asked.Steps[each].After), ("$confirmed", asked.Steps[each].Confirmed), ("$token", Token()));
            return true;
        });
        return added ? (asked, secret) : null;
    }

    /// <summary>All, or a party's.</summary>
    public IReadOnlyList<AlarmSubscription> List(Party? party = null) => rows.Read(
        "SELECT id, party, kinds, agreement, about, everyones, created FROM subscription WHERE $party IS NULL OR party = $party ORDER BY created, id", Subscription,
        ("$party", party is { } of ? Owners.Bytes(of) : null));

    /// <summary>One, or null.</summary>
    public AlarmSubscription? Find(string id) =>
        rows.Read("SELECT id, party, kinds, agreement, about, everyones, created FROM subscription WHERE id = $id", Subscription, ("$id", id)) is [var found] ? found : null;

    /// <summary>Forgets one with all that belongs to it.</summary>
    public bool Remove(string id) => rows.Run("DELETE FROM subscription WHERE id = $id", ("$id", id)) > 0;

    /// <summary>Up to where a subscription has raised its alarms.</summary>
    public Position CursorOf(string id) => new(rows.Number("SELECT coalesce((SELECT cursor FROM subscription WHERE id = $id), 0)", ("$id", id)));

    /// <summary>What a subscription's messages are signed with; null where it is no more.</summary>
    public byte[]? SecretOf(string id) => rows.Read("SELECT secret FROM subscription WHERE id = $id", row => (byte[])row[0], ("$id", id)) is [var secret] ? secret : null;

    /// <summary>Raises alarms for events, each once, and goes on behind them.</summary>
    public bool Raise(string id, IReadOnlyList<EventLine> events, Position upTo, long now, AlarmOptions options) => rows.Whole(() =>
    {
        foreach (var told in events)
            rows.Run("INSERT OR IGNORE INTO alarm(subscription, position, id, raised, token, next) VALUES($id, $at, $alarm, $now, $token, $next)",
                ("$id", id), ("$at", told.At.Value), ("$alarm", string.Create(null, $"{id}.{told.At.Height}.{told.Index}")), ("$now", now), ("$token", Token()), ("$next", now * 1_000));
        rows.Run("""
            DELETE FROM alarm WHERE subscription = $id AND position IN (SELECT position FROM alarm WHERE subscription = $id ORDER BY next IS NOT NULL, position
                LIMIT max(0, (SELECT count(*) FROM alarm WHERE subscription = $id) - $most))
            """, ("$id", id), ("$most", options.KeptAtMost));
        return rows.Run("UPDATE subscription SET cursor = $cursor WHERE id = $id", ("$id", id), ("$cursor", upTo.Value)) > 0;
    });

    /// <summary>The alarm of a subscription of which somebody is to be told next, if by now: with the number of the step, how often it was tried, and the token.</summary>
    public (Alarm Alarm, int Step, int Attempts, string Token)? Due(string id, long nowMs) => rows.Read(
        Columns.Replace(" FROM", ", step, attempts, token FROM", StringComparison.Ordinal) + " WHERE subscription = $id AND next <= $now ORDER BY next LIMIT 1",
        row => (Alarm(row), row.GetInt32(9), row.GetInt32(10), row.GetString(11)), ("$id", id), ("$now", nowMs)) is [var due] ? due : null;

    /// <summary>The address of e-mail of a subscription that is to be asked next whether it wants this, if by now.</summary>
    public (int Number, Uri To, int Attempts, string Token)? ToConfirm(string id, long nowMs) => rows.Read(
        "SELECT number, target, attempts, token FROM step WHERE subscription = $id AND asked = 0 AND next <= $now ORDER BY next LIMIT 1",
        row => (row.GetInt32(0), new Uri(row.GetString(1)), row.GetInt32(2), row.GetString(3)), ("$id", id), ("$now", nowMs)) is [var open] ? open : null;

    /// <summary>When there is something to do next, in milliseconds since 1970, for another than some subscriptions; null where nothing waits.</summary>
    public long? NextDue(ICollection<string> apartFrom)
    {
        var waiting = rows.Read(
            "SELECT subscription, min(next) FROM alarm WHERE next IS NOT NULL GROUP BY subscription UNION ALL SELECT subscription, min(next) FROM step WHERE asked = 0 GROUP BY subscription",
            row => (Subscription: row.GetString(0), Next: row.GetInt64(1))).FindAll(one => !apartFrom.Contains(one.Subscription));
        return waiting.Count == 0 ? null : waiting.Min(one => one.Next);
    }

    /// <summary>Notes that a mailbox is asked, which is in few cases a day; where it may not be now, from when on it may, in seconds since 1970.</summary>
    public long? AskOnlyFrom(Party party, Uri target, long now, AlarmOptions options) => rows.Whole(() =>
    {
        rows.Run("DELETE FROM question WHERE at <= $since", ("$since", now - Day));
        var ofMailbox = rows.Read("SELECT at FROM question WHERE target = $target ORDER BY at DESC", row => row.GetInt64(0), ("$target", target.AbsoluteUri));
        var ofParty = rows.Read("SELECT at FROM question WHERE party = $party ORDER BY at DESC", row => row.GetInt64(0), ("$party", Owners.Bytes(party)));
        if (ofMailbox.Count >= options.QuestionsOfMailbox) return ofMailbox[options.QuestionsOfMailbox - 1] + Day;
        if (ofParty.Count >= options.QuestionsOfParty) return ofParty[options.QuestionsOfParty - 1] + Day;
        rows.Run("INSERT INTO question(party, target, at) VALUES($party, $target, $now)", ("$party", Owners.Bytes(party)), ("$target", target.AbsoluteUri), ("$now", now));
        return (long?)null;
    });

    /// <summary>An address was asked, or could not be.</summary>
    public void Asked(string subscription, int number, bool done, int attempts, long next) =>
        rows.Run("UPDATE step SET asked = $done, attempts = $attempts, next = $next WHERE subscription = $id AND number = $number",
            ("$id", subscription), ("$number", number), ("$done", done), ("$attempts", attempts), ("$next", next));

    /// <summary>What came of telling a step: which is told next, when; null where none is left or none is needed.</summary>
    public void Went(Alarm alarm, int step, int attempts, bool told, bool missed, string? error, long? next) => rows.Run("""
        UPDATE alarm SET step = $step, attempts = $attempts, told = told + $told, missed = missed + $missed, error = $error, next = CASE WHEN acknowledged IS NULL THEN $next END WHERE id = $id
        """, ("$id", alarm.Id), ("$step", step), ("$attempts", attempts), ("$told", told), ("$missed", missed), ("$error", error), ("$next", next));

    /// <summary>Ends the telling of an alarm; false where there is none, or somebody did so before.</summary>
    public bool Acknowledge(string id, long now, string by) =>
        rows.Run("UPDATE alarm SET acknowledged = $now, by = $by, next = NULL WHERE id = $id AND acknowledged IS NULL", ("$id", id), ("$now", now), ("$by", by)) > 0;

    /// <summary>What a link's token is for: an alarm, or a step's address; nothing where it is unknown.</summary>
    public (Alarm? Alarm, AlarmStep? Step) Of(string token) => (
        rows.Read(Columns + " WHERE token = $token", Alarm, ("$token", token)) is [var alarm] ? alarm : null,
        rows.Read("SELECT target, after, confirmed FROM step WHERE token = $token", Step, ("$token", token)) is [var step] ? step : null);

    /// <summary>Who has the mailbox wants to be told.</summary>
    public bool Confirm(string token) => rows.Run("UPDATE step SET confirmed = 1, asked = 1 WHERE token = $token AND confirmed = 0", ("$token", token)) > 0;

    /// <summary>One, or null.</summary>
    public Alarm? FindAlarm(string id) => rows.Read(Columns + " WHERE id = $id", Alarm, ("$id", id)) is [var found] ? found : null;

    /// <summary>A party's alarms, newest first; with the ones that nobody acknowledged alone where that is asked.</summary>
    public IReadOnlyList<Alarm> Alarms(Party party, bool openOnly, Position before, int limit) => rows.Read(
        Columns + " WHERE subscription IN (SELECT id FROM subscription WHERE party = $party) AND position < $before AND (NOT $open OR acknowledged IS NULL) ORDER BY position DESC, subscription LIMIT $limit",
        Alarm, ("$party", Owners.Bytes(party)), ("$open", openOnly), ("$before", before.Value), ("$limit", limit));

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();

    private AlarmSubscription Subscription(SqliteDataReader row) => new(
        row.GetString(0), new Party((byte[])row[1]), row.GetString(2).Split(' ', StringSplitOptions.RemoveEmptyEntries), row.IsDBNull(3) ? null : (ulong)row.GetInt64(3), row.IsDBNull(4) ? null : row.GetString(4),
        row.GetInt64(5) != 0, row.GetInt64(6), rows.Read("SELECT target, after, confirmed FROM step WHERE subscription = $id ORDER BY number", Step, ("$id", row.GetString(0))));

    private static AlarmStep Step(SqliteDataReader row) => new(new Uri(row.GetString(0)), row.GetInt32(1), row.GetInt64(2) != 0);

    private static Alarm Alarm(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), new Position(row.GetInt64(2)), row.GetInt64(3), row.GetInt32(4), row.GetInt32(5), row.IsDBNull(6) ? null : row.GetInt64(6),
        row.IsDBNull(7) ? null : row.GetString(7), row.IsDBNull(8) ? null : row.GetString(8));

    private static string Token() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
