using System.Security.Cryptography;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Node.Vault;

namespace Keten.Cli.Jobs;

/// <summary>The data folder of a job: a ledger of one validator, keys, documents. What a node keeps stands in the folder itself, so that the other commands take it too.</summary>
/// <param name="Path">The folder.</param>
public sealed record SettleFolder(string Path)
{
    /// <summary>Keys in the clear, for their owner alone.</summary>
    public string Keys => System.IO.Path.Combine(Path, "keys");

    /// <summary>Opens the documents beside the ledger; their key stands beside the folder.</summary>
    public DocumentStore OpenDocuments() => new(Path, null, (_, _) => false);

    /// <summary>Begins a new ledger in a folder that must be empty or not there.</summary>
    /// <param name="clock">The system's unless a demonstration hands its own.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="IOException">There is something in it.</exception>
    public async Task<LedgerNode> BeginAsync(TimeProvider? clock = null, CancellationToken cancel = default)
    {
        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any())
            throw new IOException($"The folder {Path} is not empty. A settlement begins a new ledger: name another folder, or remove this one.");
        PrivateFiles.Folder(Path);
        var validator = SigningKey.Generate();
        var now = new Instant((clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds());
        var genesis = new Genesis(
            new Hash(RandomNumberGenerator.GetBytes(Hash.Size)), now, new ValidatorSet(new Validator("Keten settle", validator.Public)), default, false, Parameters.Default,
            BuiltIn.Catalogue.Hash);
        PrivateFiles.Write(System.IO.Path.Combine(Keys, "validator.pem"), validator.ExportPem());
        await File.WriteAllTextAsync(System.IO.Path.Combine(Path, "genesis.json"), GenesisFile.Write(genesis), cancel);
        return await LedgerNode.OpenAsync(new NodeSetup(Path, genesis, BuiltIn.Catalogue, validator, new PipelineOptions { Clock = clock ?? TimeProvider.System }), cancel);
    }

    /// <summary>Opens what is stored, to read only.</summary>
    public Task<LedgerNode> OpenAsync(CancellationToken cancel = default) =>
        LedgerNode.OpenAsync(new NodeSetup(Path, null, BuiltIn.Catalogue, null, new PipelineOptions()), cancel);

    /// <summary>Has another process, which has genesis and receipts and nothing else, check each receipt and a copy of each with one bit flipped, while the folder is out of reach.</summary>
    public async Task<ReceiptCount> VerifyAwayAsync(Genesis genesis, IReadOnlyList<byte[]> receipts, CancellationToken cancel = default)
    {
        using var given = ReceiptFolder.Of(genesis, receipts);
        var result = await AwayAsync(() => SeparateProcess.RunAsync(["verify-all", given.Given, given.Flipped, "--genesis", given.Genesis], given.Path, cancel));
        var folders = result["folders"]!.AsArray();
        return new ReceiptCount(folders[0]!["hold"]!.GetValue<int>(), folders[1]!["fail"]!.GetValue<int>());
    }

    /// <summary>Has something done while the folder is out of reach, under another name.</summary>
    public async Task<T> AwayAsync<T>(Func<Task<T>> work)
    {
        var path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path));
        var away = $"{path}.away-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        Directory.Move(path, away);
        try
        {
            return await work();
        }
        finally
        {
            Directory.Move(away, path);
        }
    }
}
