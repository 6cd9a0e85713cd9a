using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Log;
using Keten.Node.Hosting;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Cli.Commands;

/// <summary>Restarts the order of a network whose log was lost, set back, forked or poisoned, or moves it to another service. The node is stopped meanwhile.</summary>
internal static class EpochCommand
{
    private const string DataName = "--data", KeyName = "--validator-key";

    public static Command Create() => new("epoch", "Restarts the order of a network whose log was lost, forked or poisoned, or is to move. The nodes are stopped meanwhile.") { Propose(), Sign(), Apply(), Show() };

    private static Command Propose()
    {
        var aside = new Option<string[]>("--set-aside") { Description = "A transaction that is void from there on. Once for each.", HelpName = "ID", DefaultValueFactory = _ => [] };
        var entries = new Option<ulong[]>("--set-aside-entry") { Description = "The position of an entry in this node's copy of the order, whose transactions are set aside.", HelpName = "POSITION", DefaultValueFactory = _ => [] };
        var output = new Option<FileInfo>("--out") { Description = "Where to write the record, to be handed round; by default epoch.cbor.", HelpName = "FILE", DefaultValueFactory = _ => new FileInfo("epoch.cbor") };
        var command = new Command("propose", "Writes a record of the next epoch, on the highest block that this node has certified or attested. It is not signed.") { Data(), aside, entries, output };
        Runs(command, async (terminal, parse, cancel) =>
        {
            var ids = Array.ConvertAll(parse.GetValue(aside)!, text => Hash.TryParse(text, out var id) ? id : throw ExitException.Usage($"'{text}' is no transaction's id: 64 hexadecimal digits."));
            var file = await Epochs.ProposeAsync(Setup(parse, null), ids, parse.GetValue(entries)!, cancel);
            Files.WriteNew(parse.GetRequiredValue(output).FullName, file.ToBytes());
            Print(terminal, file, null);
            return Exit.Ok;
        });
        return command;
    }

    private static Command Sign()
    {
        var files = Given();
        var command = new Command("sign", "Signs a record once and for all, and puts the signature into the (first) file, with those of the others. Once it is complete, the node is given it too.") { files, Data(), Key() };
        Runs(command, async (terminal, parse, cancel) =>
        {
            var given = parse.GetRequiredValue(files);
            using var key = KeyOf(parse.GetRequiredValue<FileInfo>(KeyName));
            var (signed, complete) = await Epochs.SignAsync(Setup(parse, key), Merged(given), cancel);
            new RealDisk(given[0].DirectoryName!).WriteAllAtomically(given[0].Name, signed.ToBytes());
            Print(terminal, signed, complete);
            return Exit.Ok;
        });
        return command;
    }

    private static Command Apply()
    {
        var files = Given();
        var command = new Command("apply", "Gives a node the complete record, of one file or of several with a part of the signatures each. It follows it at its next start.") { files, Data() };
        Runs(command, async (terminal, parse, cancel) =>
        {
            var file = Merged(parse.GetRequiredValue(files));
            await Epochs.ApplyAsync(Setup(parse, null), file, cancel);
            Print(terminal, file, true);
            return Exit.Ok;
        });
        return command;
    }

    private static Command Show()
    {
        var files = Given();
        var command = new Command("show", "Shows a record, and who has signed it.") { files };
        Runs(command, (terminal, parse, _) =>
        {
            Print(terminal, Merged(parse.GetRequiredValue(files)), null);
            return Task.FromResult(Exit.Ok);
        });
        return command;
    }

    private static Argument<FileInfo[]> Given() => new("file") { Description = "The record's file; several are put together.", Arity = ArgumentArity.OneOrMore };

    private static Option<DirectoryInfo> Data() => new(DataName) { Description = "The data folder of the node, which is stopped.", HelpName = "DIR", Required = true };

    private static Option<FileInfo> Key() => new(KeyName) { Description = "The validator's key file; of an encrypted one KETEN_PASSWORD is the password.", HelpName = "FILE", Required = true };

    private static void Runs(Command command, Func<Terminal, ParseResult, CancellationToken, Task<int>> action) => Terminal.Runs(command, async (terminal, parse, cancel) =>
    {
        try
        {
            return await action(terminal, parse, cancel);
        }
        catch (Exception fault) when (fault is InvalidOperationException or DiskLockedException)
        {
            throw ExitException.Usage(fault.Message);
        }
        catch (DamagedException fault)
        {
            throw new ExitException(Exit.Failed, $"The data folder is damaged: {fault.Message} See 'keten fsck'.");
        }
    });

    private static NodeSetup Setup(ParseResult parse, Signer? validator)
    {
        var folder = parse.GetRequiredValue<DirectoryInfo>(DataName);
        return folder.Exists ? new NodeSetup(folder.FullName, null, Known.Catalogue, validator, new PipelineOptions()) : throw ExitException.Usage($"There is no folder {folder}.");
    }

    private static SigningKey KeyOf(FileInfo file)
    {
        try
        {
            var pem = File.ReadAllText(file.FullName);
            return pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? SigningKey.FromPem(pem, Environment.GetEnvironmentVariable(NodeHost.PasswordVariable)) : SigningKey.FromPem(pem);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            throw ExitException.Usage($"{file} is no P-256 private key in PEM that can be read: {fault.Message}");
        }
    }

    private static EpochFile Merged(FileInfo[] files)
    {
        var all = EpochFile.FromBytes(Files.Read(files[0], EpochFile.BytesAtMost));
        foreach (var file in files.Skip(1)) all = all.With(EpochFile.FromBytes(Files.Read(file, EpochFile.BytesAtMost))) ?? throw ExitException.Usage($"{file} holds another record than {files[0]}.");
        return all;
    }

    private static void Print(Terminal terminal, EpochFile file, bool? complete)
    {
        var record = file.Record;
        var signers = file.Certificate.Signatures.AsSpan().ToArray();
        terminal.Show(
            ("ledger", record.LedgerId.ToString()), ("epoch", record.Epoch.ToString(CultureInfo.InvariantCulture)), ("begins behind block", $"{record.Base.Height} ({record.Base.Hash})"),
            ("which is entry", record.Base.LogPosition.ToString(CultureInfo.InvariantCulture)), ("sets aside", $"{record.SetAside.Count} transactions"),
            ("signed by", string.Join(", ", signers.Select(one => one.Validator))), ("complete", complete switch { true => "yes", false => "not yet", null => null }));
        terminal.Result(new JsonObject
        {
            ["ledger"] = record.LedgerId.ToString(), ["epoch"] = record.Epoch, ["height"] = record.Base.Height, ["header"] = record.Base.Hash.ToString(), ["position"] = record.Base.LogPosition,
            ["setAside"] = new JsonArray([.. record.SetAside.AsSpan().ToArray().Select(id => (JsonNode)id.ToString())]),
            ["signedBy"] = new JsonArray([.. signers.Select(one => (JsonNode)one.Validator.ToString())]), ["complete"] = complete,
        });
    }
}
