using Microsoft.Data.Sqlite;

namespace Keten.Node.Views;

/// <summary>The tables of the views. Another version: they are thrown away and made anew.</summary>
internal static class Schema
{
    public const long Version = 3;

    // Lines are appended in the order of the ledger, so that a commit writes each page once, however many accounts it touched: a statement is a chain from an account's last line, each of which says
    // how far back the one before it is, and every so many of them are marked, for who begins in the middle. A line says how many lines before it its origin is; where several are on the other side,
    // they stand once for all lines of the call.
    private const string Tables = """
        CREATE TABLE head(one INTEGER PRIMARY KEY CHECK(one = 1), version INTEGER NOT NULL, ledger BLOB NOT NULL, height INTEGER NOT NULL, header BLOB NOT NULL);
        CREATE TABLE block(height INTEGER PRIMARY KEY, time INTEGER NOT NULL);
        CREATE INDEX block_time ON block(time);
        CREATE TABLE owner(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL UNIQUE);
        CREATE TABLE account(id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, unit INTEGER NOT NULL, lines INTEGER NOT NULL, last INTEGER NOT NULL, UNIQUE(owner, unit));
        CREATE TABLE origin(position INTEGER PRIMARY KEY, id BLOB NOT NULL, wake INTEGER NOT NULL, code INTEGER NOT NULL);
        CREATE TABLE statement(position INTEGER PRIMARY KEY, account INTEGER NOT NULL, back INTEGER, origin INTEGER NOT NULL, call INTEGER NOT NULL, agreement INTEGER, clause INTEGER NOT NULL,
            change INTEGER NOT NULL, balance INTEGER NOT NULL, until INTEGER, other INTEGER, reference BLOB);
        CREATE TABLE mark(account INTEGER, position INTEGER, PRIMARY KEY(account, position)) WITHOUT ROWID;
        CREATE TABLE side(origin INTEGER, call INTEGER, unit INTEGER, incoming INTEGER, owners INTEGER NOT NULL, named BLOB NOT NULL,
            PRIMARY KEY(origin, call, unit, incoming)) WITHOUT ROWID;
        CREATE TABLE event(position INTEGER PRIMARY KEY, number_in_block INTEGER NOT NULL, origin INTEGER NOT NULL, agreement INTEGER NOT NULL, contract INTEGER NOT NULL,
            version INTEGER NOT NULL, number INTEGER NOT NULL, everyone INTEGER NOT NULL, content BLOB NOT NULL);
        CREATE INDEX event_agreement ON event(agreement, position);
        CREATE INDEX event_public ON event(contract, position) WHERE everyone = 1;
        CREATE TABLE event_reader(owner INTEGER, position INTEGER, PRIMARY KEY(owner, position)) WITHOUT ROWID;
        CREATE TABLE refused(owner INTEGER, position INTEGER, PRIMARY KEY(owner, position)) WITHOUT ROWID;
        CREATE TABLE agreement(number INTEGER PRIMARY KEY, contract INTEGER NOT NULL, version INTEGER NOT NULL, opened INTEGER NOT NULL, ended INTEGER NOT NULL,
            everyone INTEGER NOT NULL, readers BLOB NOT NULL);
        CREATE TABLE agreement_reader(owner INTEGER, agreement INTEGER, PRIMARY KEY(owner, agreement)) WITHOUT ROWID;
        """;

    /// <summary>Opens the file to write, and makes the tables where there are none.</summary>
    public static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // Without a sync at each commit: what a power cut takes away is made anew from the ledger.
            Run(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=8000; PRAGMA temp_store=MEMORY;");
            if (Number(connection, "SELECT count(*) FROM sqlite_master") == 0) Run(connection, "BEGIN;" + Tables + "COMMIT;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection to read with, from the pool.</summary>
    public static SqliteConnection OpenToRead(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = true }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Deletes the file and what SQLite keeps beside it.</summary>
    public static void Delete(string file)
    {
        foreach (var end in (ReadOnlySpan<string>)["", "-wal", "-shm"]) File.Delete(file + end);
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of this folder
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
