using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.EndToEnd;

/// <summary>A node in a process of its own, with a fresh ledger in a temporary folder; both go with the object. Serves the benchmarks too.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-node-");
    private Process? process;

    private readonly NodeOptions options;

    private NodeProcess(Genesis genesis, NodeOptions options) => (Genesis, this.options) = (genesis, options);

    public Uri Url { get; private set; } = new("http://127.0.0.1");

    public string Data => Path.Combine(folder.FullName, "data");

    public Genesis Genesis { get; }

    /// <summary>The process, while it runs.</summary>
    public int Id => process?.Id ?? throw new InvalidOperationException("The node does not run.");

    public static Task<NodeProcess> StartAsync(params PublicKey[] founders) => StartAsync(NodeOptions.Default, founders);

    public static async Task<NodeProcess> StartAsync(NodeOptions options, params PublicKey[] founders)
    {
        using var validator = SigningKey.Generate();
        var genesis = new Genesis(
            Hash.Of(Guid.NewGuid().ToByteArray()), new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds()), new ValidatorSet(new Validator("Test", validator.Public)),
            new Many<PublicKey>(founders), options.OpenToRead, Parameters.Default, BuiltIn.Catalogue.Hash);
        var node = new NodeProcess(genesis, options);
        await File.WriteAllTextAsync(node.GenesisFilePath, GenesisFile.Write(genesis));
        await File.WriteAllTextAsync(node.KeyFilePath, validator.ExportPem());
        await node.StartAgainAsync();
        return node;
    }

    /// <summary>Starts it on the folder as it stands.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var word in (string[])[
            Path.Combine(AppContext.BaseDirectory, "keten.dll"), "node", "--json", "--port", "0", "--data", Data, "--genesis", GenesisFilePath, "--validator-key", KeyFilePath])
            start.ArgumentList.Add(word);
        start.Environment["KETEN__LOG__LEVEL"] = "error";
        start.Environment["KETEN__HTTP__PERADDRESS"] = "10000000";
        foreach (var (name, value) in options.Settings) start.Environment[name] = value;
        process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith('{') || JsonNode.Parse(line)?["url"] is not { } url) continue;
            Url = new Uri((string)url!);
            return;
        }
        throw new InvalidOperationException("The node did not start.");
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is told.</summary>
    public async Task KillAsync()
    {
        if (process is null) return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Bytes in the data folder up to the last that is not zero, file by file: views, and all else.</summary>
    public (long Ledger, long Views) Bytes() => Bytes(new DirectoryInfo(Data), _ => true);

    /// <summary>The same of a node that runs elsewhere, of some of its files.</summary>
    public static (long Ledger, long Views) Bytes(DirectoryInfo data, Func<FileInfo, bool> counts)
    {
        var (ledger, views) = (0L, 0L);
        foreach (var file in data.EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (!counts(file)) continue;
            if (file.Name.Contains("views", StringComparison.Ordinal)) views += file.Length;
            else if (file.Length > 0) ledger += Written(file);
        }
        return (ledger, views);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        folder.Delete(recursive: true);
    }

    private string GenesisFilePath => Path.Combine(folder.FullName, "genesis.json");

    private string KeyFilePath => Path.Combine(folder.FullName, "validator.pem");

    private static long Written(FileInfo file)
    {
        using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var (last, at) = (0L, 0L);
        var some = new byte[1 << 16];
        for (int read; (read = stream.Read(some)) > 0; at += read)
        {
            var within = some.AsSpan(0, read).LastIndexOfAnyExcept((byte)0);
            if (within >= 0) last = at + within + 1;
        }
        return last;
    }
}

/// <summary>How a node is to run, where that is not as usual.</summary>
/// <param name="OpenToRead">Whether all may read its ledger.</param>
/// <param name="Settings">Its settings, as the environment has them: KETEN__SECTION__NAME.</param>
internal sealed record NodeOptions(bool OpenToRead, IReadOnlyDictionary<string, string> Settings)
{
    public static NodeOptions Default { get; } = new(false, new Dictionary<string, string>());
}
