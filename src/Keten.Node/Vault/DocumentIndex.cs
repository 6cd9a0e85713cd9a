using Keten.Kernel;
using Microsoft.Data.Sqlite;

namespace Keten.Node.Vault;

/// <summary>Which documents there are, to list them and to count their bytes. Nothing of what they say; made anew from the files where it is missing.</summary>
internal sealed class DocumentIndex : IDisposable
{
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS document(commitment BLOB PRIMARY KEY, media TEXT NOT NULL, owner BLOB NOT NULL, agreement INTEGER NOT NULL, size INTEGER NOT NULL, kept INTEGER NOT NULL)
            WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS document_agreement ON document(agreement, kept, commitment);
        CREATE TABLE IF NOT EXISTS owned(owner BLOB PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteConnection connection;

    public DocumentIndex(string file)
    {
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + Tables);
    }

    public long Bytes => Number("SELECT coalesce(sum(bytes), 0) FROM owned");

    public long BytesOf(Party owner) => Number("SELECT coalesce(sum(bytes), 0) FROM owned WHERE owner = $owner", ("$owner", Key(owner)));

    public bool Has(in Hash commitment) => Number("SELECT count(*) FROM document WHERE commitment = $commitment", ("$commitment", commitment.ToArray())) > 0;

    public void Add(in Hash commitment, Document document)
    {
        using var all = connection.BeginTransaction();
        var made = Run("INSERT OR IGNORE INTO document(commitment, media, owner, agreement, size, kept) VALUES($commitment, $media, $owner, $agreement, $size, $kept)",
            ("$commitment", commitment.ToArray()), ("$media", document.MediaType), ("$owner", Key(document.Owner)), ("$agreement", (long)document.Agreement),
            ("$size", (long)document.Content.Length), ("$kept", document.Kept));
        if (made > 0)
            Run("INSERT INTO owned(owner, bytes) VALUES($owner, $size) ON CONFLICT(owner) DO UPDATE SET bytes = bytes + $size",
                ("$owner", Key(document.Owner)), ("$size", (long)document.Content.Length));
        all.Commit();
    }

    public List<DocumentLine> Of(ulong agreement, DocumentLine? after, int limit)
    {
        using var command = Command("""
            SELECT commitment, media, owner, agreement, size, kept FROM document
            WHERE agreement = $agreement AND (kept, commitment) > ($kept, $commitment) ORDER BY kept, commitment LIMIT $limit
            """, [("$agreement", (long)agreement), ("$kept", after?.Kept ?? -1), ("$commitment", after?.Commitment.ToArray() ?? []), ("$limit", (long)limit)]);
        using var row = command.ExecuteReader();
        var found = new List<DocumentLine>();
        while (row.Read()) found.Add(Line(row));
        return found;
    }

    public DocumentLine? Find(in Hash commitment)
    {
        using var command = Command(
            "SELECT commitment, media, owner, agreement, size, kept FROM document WHERE commitment = $commitment", [("$commitment", commitment.ToArray())]);
        using var row = command.ExecuteReader();
        return row.Read() ? Line(row) : null;
    }

    public void Dispose() => connection.Dispose();

    private static DocumentLine Line(SqliteDataReader row) => new(
        new Hash((byte[])row[0]), row.GetString(1), new Party((byte[])row[2]), (ulong)row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));

    private static byte[] Key(Party party) => Views.Owners.Bytes(party);

    private long Number(string sql, params ReadOnlySpan<(string, object)> values)
    {
        using var command = Command(sql, values);
        return (long)command.ExecuteScalar()!;
    }

    private int Run(string sql, params ReadOnlySpan<(string, object)> values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this file
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        return command;
    }
}
