using Keten.Cli.Terminals;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Cli.Jobs.Doctor;

/// <summary>What a data folder shows: evidence at any time, and where the node is stopped, the rest.</summary>
internal static class FolderFindings
{
    public static IEnumerable<Finding> Evidence(string folder)
    {
        var kept = Path.Combine(folder, "misbehaviour");
        if (!Directory.Exists(kept)) yield break;
        var names = NamesOf(folder);
        foreach (var file in Directory.EnumerateFiles(kept, "*.cbor").Order(StringComparer.Ordinal))
            if (Read(file) is { } evidence)
                yield return new Finding("misbehaviour", $"{names.GetValueOrDefault(evidence.Validator, evidence.Validator.ToString())} has broken the rules: {evidence.Kind}.", $"The signed evidence is {file}.",
                    "Give it to the other validators, who check it with 'keten evidence check'; they can vote to mute or remove it (docs/governance.md).");
    }

    /// <summary>Opens a folder whose node is stopped; nothing where it runs.</summary>
    public static async Task<Finding?> StoppedAsync(string folder, CancellationToken cancel)
    {
        try
        {
            var found = await StoppedFolder.LookAsync(new NodeSetup(folder, null, Known.Catalogue, null, new PipelineOptions { Verifiers = 1 }), cancel);
            return found.Promised > found.Executed ? NodeFindings.Promised(found.Promised, found.Executed) : null;
        }
        catch (DiskLockedException)
        {
            return null;
        }
        catch (DivergedException fault)
        {
            return new Finding("diverged", $"The node has diverged at block {fault.Height}.", fault.Message,
                "Keep the data folder as it is, for inspection. Compare the program's version with the others'; then start with the right program, or with an empty folder, to catch up from the others.");
        }
        catch (CatalogueMissingException fault)
        {
            return new Finding("wrongCatalogue", $"The program lacks the contracts that decide the ledger from block {fault.Height} on.", fault.Message, "Install a program that has them.");
        }
        catch (DamagedException fault)
        {
            return new Finding("damaged", "The data folder is damaged.", fault.Message, "'keten fsck' says what; restore a backup, or begin with an empty folder and catch up from the others.");
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException)
        {
            return new Finding("wrongCatalogue", "The node cannot be opened on this folder.", fault.Message, "Use the folder with the program and the genesis that belong to it.");
        }
    }

    private static Evidence? Read(string file)
    {
        try
        {
            return new FileInfo(file).Length > Kernel.Blocks.Evidence.BytesAtMost ? null : Kernel.Blocks.Evidence.FromBytes(File.ReadAllBytes(file));
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    // Those of the genesis; who came later is named by its key.
    private static Dictionary<KeyId, string> NamesOf(string folder)
    {
        var file = Path.Combine(folder, "genesis.cbor");
        return !File.Exists(file) ? [] : Genesis.FromBytes(File.ReadAllBytes(file)).Validators.All.ToArray().ToDictionary(one => one.Key.Id, one => one.Name);
    }
}
