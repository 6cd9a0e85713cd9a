using System.Diagnostics;
using Keten.Bench.Harness;
using Npgsql;

namespace Keten.Bench.Peers;

/// <summary>A PostgreSQL of this bench's own: a fresh cluster in a temporary folder, durable, on a socket in it. Gone with the object.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string[] Places = [.. Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")) : []];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-pg-");
    private readonly string bin;

    private PostgresServer(string bin)
    {
        this.bin = bin;
        Source = NpgsqlDataSource.Create($"Host={folder.FullName};Username=postgres;Database=postgres;Maximum Pool Size=64;Command Timeout=120");
    }

    /// <summary>Its connections.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Where its socket is.</summary>
    public string Host => folder.FullName;

    /// <summary>Starts one; null where there is no PostgreSQL to be had.</summary>
    public static async Task<PostgresServer?> StartAsync()
    {
        if (SideBySide.Find("initdb", "postgresql", Places) is not { } initdb) return null;
        var server = new PostgresServer(Path.GetDirectoryName(File.ResolveLinkTarget(initdb, true)?.FullName ?? initdb)!);
        try
        {
            await server.BeginAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The path of one of its programs, or null.</summary>
    public string? Program(string name) => Tool.Find(name, bin);

    public async Task DoAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> NumberAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        Tool.Run(As("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop"));
        folder.Delete(recursive: true);
    }

    private async Task BeginAsync()
    {
        if (IsRoot) Tool.Must("chown", "postgres", folder.FullName);
        Tool.Must(As("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions"));
        // Durable as it comes; room enough that neither memory nor a checkpoint in the middle of a round is what is measured.
        await File.AppendAllTextAsync(Path.Combine(Data, "postgresql.conf"), $"""

            listen_addresses = ''
            unix_socket_directories = '{folder.FullName}'
            fsync = on
            synchronous_commit = on
            shared_buffers = 512MB
            max_wal_size = 8GB
            checkpoint_timeout = 30min
            max_connections = 100
            """);
        Tool.Must(As("pg_ctl", "-D", Data, "-w", "-t", "60", "-l", Path.Combine(folder.FullName, "log"), "start"));
    }

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(folder.FullName, "data");

    // PostgreSQL refuses to run as root.
    private ProcessStartInfo As(string program, params string[] words)
    {
        string[] all = IsRoot ? ["--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(bin, program), .. words] : words;
        var start = Tool.Start(IsRoot ? "setpriv" : Path.Combine(bin, program), all);
        start.WorkingDirectory = folder.FullName;
        return start;
    }
}
