using System.Text.Json.Nodes;
using Keten.Cli;

namespace Keten.EndToEnd;

/// <summary>Validators as processes of their own on a real ordering service, one of them killed under way and back.</summary>
public sealed class NetworkTests
{
    [SkippableEngine("etcd", "/usr/bin/etcd")]
    public Task On_etcd() => CheckAsync("etcd");

    [SkippableEngine("postgres", "/usr/lib/postgresql/15/bin/initdb")]
    public Task On_PostgreSQL() => CheckAsync("postgres");

    private static async Task CheckAsync(string engine)
    {
        using StringWriter output = new(), error = new();
        var exit = await Program.RunAsync(["network", "up", "--validators", "4", "--engine", engine, "--check", "--transfers", "200", "--json"], output, error);
        Assert.True(exit == 0, output + error.ToString());
        var report = JsonNode.Parse(output.ToString().TrimEnd().Split('\n')[^1])!;
        Assert.True((bool)report["equalHeaders"]!);
        Assert.Equal((4, 200), ((int)report["validators"]!, (int)report["transfers"]!));
        Assert.Equal(4, report["pids"]!.AsArray().Select(pid => (int)pid!).Distinct().Count());
    }

    /// <summary>Says so and skips where the engine's program is not on the machine.</summary>
    private sealed class SkippableEngineAttribute : FactAttribute
    {
        public SkippableEngineAttribute(string engine, string program) => Skip = File.Exists(program) ? null : $"There is no {engine} here: {program}.";
    }
}
