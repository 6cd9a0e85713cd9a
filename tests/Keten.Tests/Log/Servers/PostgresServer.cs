using System.Diagnostics;
using Keten.Log;
using Npgsql;

namespace Keten.Tests.Log;

/// <summary>A PostgreSQL of this run's own, on the loopback, in a temporary folder.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-pg-");
    private readonly int port = Programs.FreePorts(1)[0];
    private Process? server;

    private static bool IsRoot => Environment.UserName == "root";

    private string Data => Path.Combine(folder.FullName, "data");

    public string Connection => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Maximum Pool Size=16";

    public async Task InitializeAsync()
    {
        if (Programs.Find("postgres") is null) return;
        if (IsRoot) Programs.Run("chown", ["postgres", folder.FullName], "/");
        var (program, words) = As("initdb", "-D", Data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-instructions", "--no-sync");
        Programs.Run(program, words, folder.FullName);
        await StartAsync();
    }

    public Task DisposeAsync()
    {
        Kill();
        folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    internal PostgresOptions Options(string schema) => new() { Connection = Connection, Schema = schema };

    internal static string NewSchema() => $"t{Guid.NewGuid():N}";

    public async Task StartAsync()
    {
        for (var tries = 0; tries < 600; tries++)
        {
            // After a kill, those who served connections must be gone before another may start.
            if (server is null or { HasExited: true })
            {
                var (program, words) = As("postgres", "-D", Data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={folder.FullName}", "-c", "max_connections=60");
                server = Programs.Start(program, words, folder.FullName);
            }
            if (await AnswersAsync()) return;
            await Task.Delay(50);
        }
        throw new InvalidOperationException("PostgreSQL does not answer.");
    }

    public void Kill()
    {
        if (server is { } process) Programs.Kill(process);
        server = null;
    }

    /// <summary>Does what only the server's operator can.</summary>
    internal async Task DoAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await DoAsync("select 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static (string Program, IEnumerable<string> Words) As(string name, params string[] words)
    {
        // The programs that a distribution puts into the path are links to these, which find their own parts beside them.
        var program = File.ResolveLinkTarget(Programs.Find(name)!, returnFinalTarget: true)?.FullName ?? Programs.Find(name)!;
        return IsRoot ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", program, .. words]) : (program, words);
    }
}

/// <summary>All tests on the one server, one after another.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}
