using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Bench;

/// <summary>A node in a process of its own, with a fresh ledger in a temporary folder; it goes with the object.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly DirectoryInfo folder;
    private readonly Process process;

    private NodeProcess(DirectoryInfo folder, Process process, Uri url, Genesis genesis) => (this.folder, this.process, Url, Genesis) = (folder, process, url, genesis);

    public Uri Url { get; }

    public Genesis Genesis { get; }

    public static async Task<NodeProcess> StartAsync(params PublicKey[] founders)
    {
        var folder = Directory.CreateTempSubdirectory("keten-bench-");
        using var validator = SigningKey.Generate();
        var nonce = Hash.Of(Guid.NewGuid().ToByteArray());
        var genesis = new Genesis(
            nonce, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds()), new ValidatorSet(new Validator("Bench", validator.Public)), new Many<PublicKey>(founders), false,
            Parameters.Default, BuiltIn.Catalogue.Hash);
        var (genesisFile, keyFile) = (Path.Combine(folder.FullName, "genesis.json"), Path.Combine(folder.FullName, "validator.pem"));
        await File.WriteAllTextAsync(genesisFile, GenesisFile.Write(genesis));
        await File.WriteAllTextAsync(keyFile, validator.ExportPem());
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (var word in (string[])[
            Path.Combine(AppContext.BaseDirectory, "keten.dll"), "node", "--json", "--port", "0", "--data", Path.Combine(folder.FullName, "data"), "--genesis", genesisFile, "--validator-key", keyFile])
            start.ArgumentList.Add(word);
        start.Environment["KETEN__LOG__LEVEL"] = "error";
        start.Environment["KETEN__HTTP__PERADDRESS"] = "10000000";
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
            if (line.StartsWith('{') && JsonNode.Parse(line)?["url"] is { } url) return new NodeProcess(folder, process, new Uri((string)url!), genesis);
        throw new InvalidOperationException("The node did not start.");
    }

    /// <summary>Bytes in the data folder up to the last that is not zero, file by file: views, and all else.</summary>
    public (long Ledger, long Views) Bytes()
    {
        var (ledger, views) = (0L, 0L);
        foreach (var file in new DirectoryInfo(Path.Combine(folder.FullName, "data")).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            if (file.Name.Contains("views", StringComparison.Ordinal)) views += file.Length;
            else if (file.Length > 0) ledger += Written(file);
        }
        return (ledger, views);
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

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
