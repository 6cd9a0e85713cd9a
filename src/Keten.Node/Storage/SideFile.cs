using Microsoft.Data.Sqlite;

namespace Keten.Node.Storage;

/// <summary>A small SQLite file beside the ledger of what is nowhere else and is not made anew, such as subscriptions with their secrets: its owner's alone to read. For use by several threads.</summary>
internal sealed class SideFile : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    /// <summary>Opens or makes the file with its tables.</summary>
    public SideFile(string file, string tables)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        if (!File.Exists(file)) Make(file);
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, ForeignKeys = true }.ToString());
        connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;" + tables);
    }

    /// <summary>All rows.</summary>
    public List<T> Read<T>(string sql, Func<SqliteDataReader, T> take, params ReadOnlySpan<(string, object?)> values)
    {
        lock (gate)
        {
            using var command = Command(sql, values);
            using var row = command.ExecuteReader();
            var found = new List<T>();
            while (row.Read()) found.Add(take(row));
            return found;
        }
    }

    /// <summary>The only number.</summary>
    public long Number(string sql, params ReadOnlySpan<(string, object?)> values)
    {
        lock (gate)
        {
            using var command = Command(sql, values);
            return (long)command.ExecuteScalar()!;
        }
    }

    /// <summary>Runs a statement; gives how many rows it changed.</summary>
    public int Run(string sql, params ReadOnlySpan<(string, object?)> values)
    {
        lock (gate)
        {
            using var command = Command(sql, values);
            return command.ExecuteNonQuery();
        }
    }

    /// <summary>Does several things as one: all of them, or none.</summary>
    public T Whole<T>(Func<T> all)
    {
        lock (gate)
        {
            using var whole = connection.BeginTransaction();
            var result = all();
            whole.Commit();
            return result;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private static void Make(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var made = new FileStream(file, options);
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of the callers
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
