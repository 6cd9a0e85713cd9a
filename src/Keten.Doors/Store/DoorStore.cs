using System.Security.Cryptography;
using Keten.Kernel;
using Microsoft.Data.Sqlite;

namespace Keten.Doors;

/// <summary>
/// What the doors remember, in one SQLite file: what was taken from devices, so that nothing is taken twice; the outbox; sessions that are open; and what is kept apart. What one call of
/// <see cref="Do{T}"/> writes is on disk as a whole when it returns, or not at all: only then is a device answered. Any number of threads, one after the other.
/// </summary>
internal sealed class DoorStore : IDisposable
{
    private const int Version = 1;
    private const int ContentKept = 65_536;

    private const string Schema = """
        CREATE TABLE once (source TEXT NOT NULL, id TEXT NOT NULL, digest BLOB NOT NULL, answer TEXT, at INTEGER NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
        CREATE INDEX once_at ON once (at);
        CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, work INTEGER NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, agreement INTEGER NOT NULL, meter_key TEXT,
            content BLOB NOT NULL, salt BLOB NOT NULL, at INTEGER NOT NULL, stage INTEGER NOT NULL, tx BLOB, tx_id BLOB, expiry INTEGER NOT NULL, tries INTEGER NOT NULL);
        CREATE INDEX outbox_waiting ON outbox (stage, lane, seq);
        CREATE TABLE apart (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, source TEXT NOT NULL, id TEXT NOT NULL, reason INTEGER NOT NULL, sentence TEXT NOT NULL,
            count INTEGER NOT NULL, size INTEGER NOT NULL, content BLOB NOT NULL, UNIQUE (source, id, reason));
        CREATE TABLE sessions (point TEXT NOT NULL, tx TEXT NOT NULL, token TEXT, agreement INTEGER NOT NULL, connector INTEGER NOT NULL, began INTEGER NOT NULL, wh_began INTEGER, wh INTEGER,
            at INTEGER NOT NULL, first INTEGER, last INTEGER, closed INTEGER NOT NULL, PRIMARY KEY (point, tx)) WITHOUT ROWID;
        CREATE TABLE events (point TEXT NOT NULL, tx TEXT NOT NULL, seq INTEGER NOT NULL, signed TEXT NOT NULL, PRIMARY KEY (point, tx, seq)) WITHOUT ROWID;
        CREATE TABLE pages (meter TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection connection;
    private readonly DoorLimits limits;
    private readonly TimeProvider clock;
    private readonly Lock gate = new();

    private readonly FileStream? held;

    private DoorStore(SqliteConnection connection, FileStream? held, DoorLimits limits, TimeProvider clock) => (this.connection, this.held, this.limits, this.clock) = (connection, held, limits, clock);

    /// <summary>Called after something was put into the outbox.</summary>
    public Action? Arrived { get; set; }

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Opens the store in a folder, which is made where it is missing; one process at a time.</summary>
    /// <exception cref="DoorsException">It is of another version, or another process has it open.</exception>
    public static DoorStore Open(string folder, DoorLimits limits, TimeProvider? clock = null)
    {
        Directory.CreateDirectory(folder);
        var held = Hold(folder);
        try
        {
            var store = new DoorStore(Connect(folder, SqliteOpenMode.ReadWriteCreate), held, limits, clock ?? TimeProvider.System);
            store.Run("PRAGMA journal_mode = WAL");
            store.Run("PRAGMA synchronous = FULL");
            var version = (long)store.Read("PRAGMA user_version")!;
            if (version is not (0 or Version)) throw new DoorsException($"The data folder {folder} is of version {version}; this program reads {Version}.");
            if (version == 0) store.Do(anew => anew.Run(Schema + $"PRAGMA user_version = {Version};"));
            return store;
        }
        catch (Exception fault)
        {
            held.Dispose();
            if (fault is SqliteException) throw new DoorsException($"The data folder {folder} cannot be opened: {fault.Message}", fault);
            throw;
        }
    }

    /// <summary>Opens it for reading alone, also while the doors are open.</summary>
    /// <exception cref="DoorsException">There is none.</exception>
    public static DoorStore Read(string folder, DoorLimits limits)
    {
        try
        {
            return new DoorStore(Connect(folder, SqliteOpenMode.ReadOnly), null, limits, TimeProvider.System);
        }
        catch (SqliteException fault)
        {
            throw new DoorsException($"There are no doors' data in {folder}: {fault.Message}", fault);
        }
    }

    private static SqliteConnection Connect(string folder, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, "doors.sqlite"), Pooling = false, DefaultTimeout = 5, Mode = mode }.ToString());
        connection.Open();
        return connection;
    }

    // Two programs with one outbox would submit everything twice.
    private static FileStream Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "doors.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new DoorsException($"Another process has the doors of {folder} open.", fault);
        }
    }

    /// <summary>Does several things as one; they are on disk when it returns.</summary>
    public T Do<T>(Func<DoorStore, T> work)
    {
        var before = Sequence;
        T done;
        lock (gate)
        {
            Run("BEGIN IMMEDIATE");
            try
            {
                done = work(this);
                Run("COMMIT");
            }
            catch
            {
                Run("ROLLBACK");
                throw;
            }
        }
        if (Sequence != before) Arrived?.Invoke();
        return done;
    }

    /// <inheritdoc cref="Do{T}"/>
    public void Do(Action<DoorStore> work) => Do(store =>
    {
        work(store);
        return true;
    });

    // How often something was put into the outbox since the start.
    private long Sequence { get; set; }

    /// <summary>Remembers that something was taken; false where it was already. What it was answered, and whether it had the same content then, is told.</summary>
    public bool TakeOnce(string source, string id, ReadOnlySpan<byte> content, string? answer, out (string? Answer, bool Same) before)
    {
        var digest = SHA256.HashData(content);
        before = default;
        if (Run("INSERT OR IGNORE INTO once VALUES ($source, $id, $digest, $answer, $at)", ("$source", source), ("$id", id), ("$digest", digest), ("$answer", answer), ("$at", Now)) > 0) return true;
        using var reader = Query("SELECT digest, answer FROM once WHERE source = $source AND id = $id", ("$source", source), ("$id", id));
        reader.Read();
        before = (reader.IsDBNull(1) ? null : reader.GetString(1), digest.AsSpan().SequenceEqual((byte[])reader[0]));
        return false;
    }

    /// <summary>Whether the outbox has room.</summary>
    public bool HasRoom => (long)Read("SELECT count(*) FROM outbox WHERE stage = 0")! < limits.Waiting;

    /// <summary>Puts something into the outbox.</summary>
    public void Hand(string lane, Work work, string source, string id, ReadOnlySpan<byte> content, ulong agreement = 0, string? meterKey = null)
    {
        Run(
            "INSERT INTO outbox (lane, work, source, id, agreement, meter_key, content, salt, at, stage, expiry, tries) VALUES ($lane, $work, $source, $id, $agreement, $key, $content, $salt, $at, 0, 0, 0)",
            ("$lane", lane), ("$work", (int)work), ("$source", source), ("$id", id), ("$agreement", (long)agreement), ("$key", meterKey), ("$content", content.ToArray()),
            ("$salt", RandomNumberGenerator.GetBytes(Hash.Size)), ("$at", Now));
        Sequence++;
    }

    /// <summary>The first that waits of each lane, in the order in which they came: what comes later of a device never overtakes what came before.</summary>
    public List<Outgoing> Waiting(int atMost)
    {
        lock (gate)
        {
            var waiting = new List<Outgoing>();
            using var reader = Query("""
                SELECT seq, lane, work, source, id, agreement, meter_key, content, salt, tx, tx_id, expiry, tries FROM outbox
                WHERE seq IN (SELECT min(seq) FROM outbox WHERE stage = 0 GROUP BY lane) ORDER BY seq LIMIT $most
                """, ("$most", atMost));
            while (reader.Read())
                waiting.Add(new Outgoing(
                    reader.GetInt64(0), reader.GetString(1), (Work)reader.GetInt32(2), reader.GetString(3), reader.GetString(4), (ulong)reader.GetInt64(5), reader.IsDBNull(6) ? null : reader.GetString(6),
                    (byte[])reader[7], new Hash((byte[])reader[8]), reader.IsDBNull(9) ? null : (byte[])reader[9], reader.IsDBNull(10) ? default : new Hash((byte[])reader[10]), reader.GetInt64(11),
                    reader.GetInt32(12)));
            return waiting;
        }
    }

    /// <summary>Remembers the transaction that was made of something, before it is submitted.</summary>
    public void Made(long sequence, byte[] transaction, Hash id, long expiry) => Do(store => store.Run(
        "UPDATE outbox SET tx = $tx, tx_id = $id, expiry = $expiry, tries = tries + 1 WHERE seq = $seq", ("$tx", transaction), ("$id", id.ToArray()), ("$expiry", expiry), ("$seq", sequence)));

    /// <summary>Something of the outbox has come to its end. What was done of it needs its content no more.</summary>
    public void Ended(Outgoing row, Stage stage) => Run(
        "UPDATE outbox SET stage = $stage, tx = NULL, content = x'' WHERE seq = $seq", ("$stage", (int)stage), ("$seq", row.Sequence));

    /// <summary>How many wait, are done, and are apart.</summary>
    public (long Waiting, long Done, long Apart) Counts()
    {
        lock (gate)
        {
            return ((long)Read("SELECT count(*) FROM outbox WHERE stage = 0")!, (long)Read("SELECT count(*) FROM outbox WHERE stage = 1")!, (long)Read("SELECT count(*) FROM apart")!);
        }
    }

    /// <summary>Keeps something apart; what came before from there under that id for that reason is counted. The oldest go first where there are too many.</summary>
    public void KeepApart(string source, string id, ApartReason reason, string sentence, ReadOnlySpan<byte> content)
    {
        Run("""
            INSERT INTO apart (at, source, id, reason, sentence, count, size, content) VALUES ($at, $source, $id, $reason, $sentence, 1, $size, $content)
            ON CONFLICT (source, id, reason) DO UPDATE SET at = excluded.at, count = min(count + 1, 2147483647)
            """,
            ("$at", Now), ("$source", Short(source)), ("$id", Short(id)), ("$reason", (int)reason), ("$sentence", Short(sentence)), ("$size", content.Length),
            ("$content", content[..Math.Min(content.Length, ContentKept)].ToArray()));
        Run("DELETE FROM apart WHERE seq IN (SELECT seq FROM apart ORDER BY at, seq LIMIT max(0, (SELECT count(*) FROM apart) - $most))", ("$most", limits.Apart));
    }

    /// <summary>What is kept apart, the newest first.</summary>
    public List<Apart> ListApart(int atMost)
    {
        lock (gate)
        {
            var listed = new List<Apart>();
            using var reader = Query("SELECT seq, at, source, id, reason, sentence, count, size, content FROM apart ORDER BY at DESC, seq DESC LIMIT $most", ("$most", atMost));
            while (reader.Read())
                listed.Add(new Apart(
                    reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetString(3), (ApartReason)reader.GetInt32(4), reader.GetString(5), reader.GetInt32(6), reader.GetInt64(7), (byte[])reader[8]));
            return listed;
        }
    }

    /// <summary>Forgets what was done longer ago than anything may be late.</summary>
    public void Forget() => Do(store =>
    {
        var until = store.Now - limits.DaysKept * Instant.Day;
        store.GiveUp(until);
        store.Run("DELETE FROM once WHERE at < $until", ("$until", until));
        store.Run("DELETE FROM outbox WHERE stage <> 0 AND at < $until", ("$until", until));
        store.Run("DELETE FROM events WHERE (point, tx) IN (SELECT point, tx FROM sessions WHERE at < $until)", ("$until", until));
        store.Run("DELETE FROM sessions WHERE at < $until", ("$until", until));
    });

    /// <summary>The next number of a name, from 1.</summary>
    public long NextNumber(string name) =>
        (long)Read("INSERT INTO numbers VALUES ($name, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value", ("$name", name))!;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate) connection.Dispose();
        held?.Dispose();
    }

    /// <summary>Runs a statement; how many rows it changed. Within <see cref="Do{T}"/>.</summary>
    internal int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    /// <summary>The one value that a statement gives; null for none.</summary>
    internal object? Read(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }

    /// <summary>The rows that a statement gives.</summary>
    internal SqliteDataReader Query(string sql, params ReadOnlySpan<(string Name, object? Value)> values) => Command(sql, values).ExecuteReader();

    /// <summary>Reads beside what others write.</summary>
    internal T Look<T>(Func<DoorStore, T> look)
    {
        lock (gate) return look(this);
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    private static string Short(string text) => text.Length <= 512 ? text : text[..512];
}
