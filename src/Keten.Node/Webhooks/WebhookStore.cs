using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Node.Storage;
using Keten.Node.Views;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Webhooks;

/// <summary>Subscriptions, their secrets, how far each is, and dead letters: in a file of their own, which is nowhere else and is not made anew.</summary>
public sealed class WebhookStore : IDisposable
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS subscription(id TEXT PRIMARY KEY, party BLOB NOT NULL, url TEXT NOT NULL, secret BLOB NOT NULL, agreement INTEGER, contract INTEGER, event INTEGER,
            created INTEGER NOT NULL, cursor INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
            suspended INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS dead_letter(subscription TEXT NOT NULL REFERENCES subscription ON DELETE CASCADE, position INTEGER NOT NULL, since INTEGER NOT NULL,
            attempts INTEGER NOT NULL, error TEXT NOT NULL, again INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(subscription, position)) WITHOUT ROWID;
        """;

    private const string Columns = "SELECT id, party, url, agreement, contract, event, created, suspended FROM subscription";

    private readonly SideFile rows;

    /// <summary>Opens or makes the file, which only its owner may read.</summary>
    public WebhookStore(string file) => rows = new SideFile(file, Tables);

    /// <summary>Adds one, and gives its secret, this once; null where there are as many as may be.</summary>
    public (Webhook Webhook, byte[] Secret)? Add(Party party, Uri url, ulong? agreement, ushort? contract, ushort? number, Position from, WebhookOptions options)
    {
        var secret = RandomNumberGenerator.GetBytes(WebhookSender.SecretSize);
        var webhook = new Webhook(
            RandomNumberGenerator.GetHexString(32, lowercase: true), party, url, agreement, contract, number, options.Clock.GetUtcNow().ToUnixTimeSeconds(), false);
        var added = rows.Whole(() =>
        {
            if (rows.Number("SELECT count(*) FROM subscription") >= options.AtMost) return false;
            if (rows.Number("SELECT count(*) FROM subscription WHERE party = $party", ("$party", Bytes(party))) >= options.AtMostOfParty) return false;
            return rows.Run("INSERT INTO subscription(id, party, url, secret, agreement, contract, event, created, cursor) VALUES($id, $party, $url, $secret, $agreement, $contract, $event, $created, $cursor)",
                ("$id", webhook.Id), ("$party", Bytes(party)), ("$url", url.AbsoluteUri), ("$secret", secret), ("$agreement", (long?)agreement), ("$contract", (long?)contract),
                ("$event", (long?)number), ("$created", webhook.Created), ("$cursor", from.Value)) > 0;
        });
        return added ? (webhook, secret) : null;
    }

    /// <summary>All, or a party's.</summary>
    public IReadOnlyList<Webhook> List(Party? party = null) =>
        party is { } of ? rows.Read(Columns + " WHERE party = $party ORDER BY created, id", Webhook, ("$party", Bytes(of))) : rows.Read(Columns + " ORDER BY created, id", Webhook);

    /// <summary>One, or null.</summary>
    public Webhook? Find(string id) => rows.Read(Columns + " WHERE id = $id", Webhook, ("$id", id)) is [var found] ? found : null;

    /// <summary>Forgets one with its secret and dead letters.</summary>
    public bool Remove(string id) => rows.Run("DELETE FROM subscription WHERE id = $id", ("$id", id)) > 0;

    /// <summary>A page of dead letters, oldest first.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters(string id, Position after, int limit) => rows.Read(
        "SELECT position, since, attempts, error FROM dead_letter WHERE subscription = $id AND position > $after ORDER BY position LIMIT $limit",
        row => new DeadLetter(new Position(row.GetInt64(0)), row.GetInt64(1), row.GetInt32(2), row.GetString(3)),
        ("$id", id), ("$after", after.Value), ("$limit", Math.Clamp(limit, 1, Paging.LimitAtMost)));

    /// <summary>Has dead letters tried once more, one or all, and ends a suspension; gives how many.</summary>
    public int Redeliver(string id, Position? only) => rows.Whole(() =>
    {
        rows.Run("UPDATE subscription SET suspended = 0, failed = 0, attempts = 0, next = 0 WHERE id = $id", ("$id", id));
        return rows.Run("UPDATE dead_letter SET again = 1 WHERE subscription = $id AND ($only IS NULL OR position = $only)", ("$id", id), ("$only", only?.Value));
    });

    internal (byte[] Secret, Position Cursor, int Attempts, long Next, bool Suspended)? State(string id) =>
        rows.Read("SELECT secret, cursor, attempts, next, suspended FROM subscription WHERE id = $id",
            row => ((byte[])row[0], new Position(row.GetInt64(1)), row.GetInt32(2), row.GetInt64(3), row.GetInt64(4) != 0), ("$id", id)) is [var state] ? state : null;

    internal Position? NextAgain(string id) => rows.Read(
        "SELECT position FROM dead_letter WHERE subscription = $id AND again = 1 ORDER BY position LIMIT 1", row => new Position(row.GetInt64(0)), ("$id", id)) is [var at] ? at : null;

    internal void Delivered(string id, Position at) => rows.Run("UPDATE subscription SET cursor = $at, attempts = 0, next = 0, failed = 0 WHERE id = $id", ("$id", id), ("$at", at.Value));

    internal void Failed(string id, int attempts, long next) =>
        rows.Run("UPDATE subscription SET attempts = $attempts, next = $next WHERE id = $id", ("$id", id), ("$attempts", attempts), ("$next", next));

    internal void Suspend(string id) => rows.Run("UPDATE subscription SET suspended = 1 WHERE id = $id", ("$id", id));

    /// <summary>Notes a dead letter and goes on to the next event, or suspends the subscription; false where it is no more.</summary>
    internal bool GiveUp(string id, DeadLetter letter, WebhookOptions options) => rows.Whole(() =>
    {
        if (Find(id) is null) return false;
        rows.Run("INSERT OR REPLACE INTO dead_letter(subscription, position, since, attempts, error) VALUES($id, $at, $since, $attempts, $error)",
            ("$id", id), ("$at", letter.At.Value), ("$since", letter.Since), ("$attempts", letter.Attempts), ("$error", letter.Error));
        rows.Run("""
            UPDATE subscription SET cursor = $at, attempts = 0, next = 0, failed = failed + 1,
                suspended = failed + 1 >= $after OR (SELECT count(*) FROM dead_letter WHERE subscription = $id) >= $most WHERE id = $id
            """, ("$id", id), ("$at", letter.At.Value), ("$after", options.GivenUpAfter), ("$most", options.DeadLettersAtMost));
        return true;
    });

    internal int Again(string id, Position at, string? error) => error is null
        ? rows.Run("DELETE FROM dead_letter WHERE subscription = $id AND position = $at", ("$id", id), ("$at", at.Value))
        : rows.Run("UPDATE dead_letter SET again = 0, attempts = attempts + 1, error = $error WHERE subscription = $id AND position = $at", ("$id", id), ("$at", at.Value), ("$error", error));

    /// <inheritdoc/>
    public void Dispose() => rows.Dispose();

    private static Webhook Webhook(SqliteDataReader row) => new(
        row.GetString(0), new Party((byte[])row[1]), new Uri(row.GetString(2)), row.IsDBNull(3) ? null : (ulong)row.GetInt64(3), row.IsDBNull(4) ? null : (ushort)row.GetInt64(4),
        row.IsDBNull(5) ? null : (ushort)row.GetInt64(5), row.GetInt64(6), row.GetInt64(7) != 0);

    private static byte[] Bytes(Party party) => Owners.Bytes(party);
}
