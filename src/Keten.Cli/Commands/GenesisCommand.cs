using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Cli.Commands;

/// <summary>How a ledger begins: made once, and handed to everybody who is to check a receipt.</summary>
internal static class GenesisCommand
{
    public static Command Create() => new("genesis", "How a ledger begins: made once, handed to everybody who is to check its receipts.") { New(), Show() };

    private static Command New()
    {
        var validators = Many(
            "--validator", "NAME=KEY[:FOUNDER]", "An organisation that countersigns, its node's key, and the first key of its party, which votes and is a founder: 128 hexadecimal digits, or a key's name in the folder. "
            + "Without a party's the node's key is both: for a ledger of one's own. Once for each.", required: true);
        var founders = Many("--founder", "KEY", "The first key of a party that exists from the start.");
        var admitters = Many("--admit", "PARTY", "A party without which nobody joins, or the name of its first key: a founder. None named: anybody may join.");
        var open = new Option<bool>("--open") { Description = "All may read. Otherwise who is named in an agreement, or granted." };
        var began = new Option<string?>("--began") { Description = "The first ledger time, RFC 3339; by default now.", HelpName = "TIME" };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where to write genesis.json and genesis.cbor; by default here.", HelpName = "DIR", DefaultValueFactory = _ => new DirectoryInfo(".") };
        var command = new Command("create", "Makes a new ledger's genesis, and writes it as genesis.json and genesis.cbor.") { validators, founders, admitters, open, began, folder }.WithKeyFolder();
        Terminal.Runs(command, (terminal, parse) =>
        {
            var keys = parse.KeyFolder();
            var (set, voting) = SetOf(keys, parse.GetValue(validators)!);
            var first = new Many<PublicKey>([.. parse.GetValue(founders)!.Select(text => Common.PublicKeyOf(keys, text)).Concat(voting).Distinct()]);
            var admitting = parse.GetValue(admitters)!.Select(text => Common.PartyOf(keys, text)).ToArray();
            if (admitting.FirstOrDefault(party => !first.Any(key => Party.Of(key.Id) == party)) is { IsNone: false } stranger)
                throw ExitException.Usage($"{stranger} is to admit others and is no founder, so nobody could ever join.");
            var genesis = new Genesis(
                new Hash(RandomNumberGenerator.GetBytes(Hash.Size)), Began(parse.GetValue(began)), set, first, parse.GetValue(open),
                Parameters.Default with { AdmittedBy = new Many<Party>(admitting) }, Known.Catalogue.Hash);
            Write(genesis, parse.GetRequiredValue(folder));
            Print(terminal, genesis);
            return Exit.Ok;
        });
        return command;
    }

    private static Command Show()
    {
        var file = new Argument<FileInfo>("file") { Description = "genesis.json or genesis.cbor." };
        var command = new Command("show", "Shows a genesis file; one whose words and bytes disagree is refused.") { file };
        Terminal.Runs(command, (terminal, parse) =>
        {
            Print(terminal, GenesisFile.Load(parse.GetRequiredValue(file).FullName));
            return Exit.Ok;
        });
        return command;
    }

    private static Option<string[]> Many(string name, string value, string words, bool required = false) =>
        new(name) { Description = words, HelpName = value, Required = required, DefaultValueFactory = _ => [] };

    private static (ValidatorSet Set, List<PublicKey> Voting) SetOf(KeyFolder keys, string[] texts)
    {
        var (validators, voting) = (new List<Validator>(), new List<PublicKey>());
        foreach (var text in texts)
        {
            if (text.LastIndexOf('=') is not (> 0 and var at)) throw ExitException.Usage($"A validator is written NAME=KEY or NAME=KEY:FOUNDER, not '{text}'.");
            var (name, parts) = (text[..at], text[(at + 1)..].Split(':', 2));
            var node = Common.PublicKeyOf(keys, parts[0]);
            var party = parts.Length == 2 ? Common.PublicKeyOf(keys, parts[1]) : node;
            validators.Add(new Validator(name, node, Party.Of(party.Id)));
            if (parts.Length == 2) voting.Add(party);
        }
        try
        {
            return (new ValidatorSet([.. validators]), voting);
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException)
        {
            throw ExitException.Usage("A ledger has 1 to 64 validators, each once, with names of at most 256 bytes.");
        }
    }

    private static Instant Began(string? text) => text is null ? new Instant(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds())
        : MomentText.TryParse(text, out var moment) ? moment : throw ExitException.Usage($"'{text}' is not a moment like 2026-03-02T18:00:00Z.");

    private static void Write(Genesis genesis, DirectoryInfo folder)
    {
        string[] files = [Path.Combine(folder.FullName, "genesis.json"), Path.Combine(folder.FullName, "genesis.cbor")];
        if (files.FirstOrDefault(File.Exists) is { } there) throw ExitException.Usage($"{there} is there already, and a ledger begins once.");
        folder.Create();
        Files.WriteNew(files[0], System.Text.Encoding.UTF8.GetBytes(GenesisFile.Write(genesis)));
        Files.WriteNew(files[1], genesis.ToBytes());
    }

    private static void Print(Terminal terminal, Genesis genesis)
    {
        terminal.Show(
            ("ledger", genesis.LedgerId.ToString()), ("began", MomentText.Write(genesis.Began)),
            ("validators", $"{genesis.Validators.Count}, of whom {genesis.Validators.Quorum} certify"), ("founders", genesis.Founders.Count.ToString()),
            ("read", genesis.OpenToRead ? "all" : "readers"), ("join", genesis.Parameters.AdmittedBy.Count == 0 ? "all" : "admitted"));
        terminal.Result((JsonObject)JsonNode.Parse(GenesisFile.Write(genesis))!);
    }
}
