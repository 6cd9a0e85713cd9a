using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel.Cbor;

namespace Keten.Cli.Commands;

/// <summary>A vehicle's passport: made by its keeper, checked by whoever is shown it.</summary>
internal static class PassportCommand
{
    public static Command Create() => new("passport", "A vehicle's passport: keeper, not stolen, odometer, recalls, from one file (docs/contracts/vehicles.md).") { Make(), Check() };

    private static Command Make()
    {
        var node = new Option<string>("--node") { Description = "The address of a running node.", HelpName = "URL", DefaultValueFactory = _ => Environment.GetEnvironmentVariable("KETEN_NODE") ?? "http://localhost:5080" };
        var key = new Option<string>("--key") { Description = "The keeper's key, by its name in the folder.", HelpName = "NAME", Required = true };
        var register = new Option<ulong>("--register") { Description = "The register's agreement.", HelpName = "NUMBER", Required = true };
        var vin = new Option<string>("--vin") { Description = "The vehicle's identification number.", HelpName = "VIN", Required = true };
        var receipts = new Option<FileInfo[]>("--receipt") { Description = "A receipt to be shown besides; may be given again.", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var target = new Option<FileInfo>("--out") { Description = "Where the passport is written; it must not be there yet.", HelpName = "FILE", Required = true };
        var command = new Command("make", "Gathers the evidence from a node as the keeper reads it, and seals it.") { node, key, register, vin, receipts, target }.WithKeyFolder().WithPassword();
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            if (!Uri.TryCreate(parse.GetRequiredValue(node), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) throw ExitException.Usage("--node is an address like http://localhost:5080.");
            using var keeper = parse.KeyFolder().Open(parse.GetRequiredValue(key), parse.Password());
            using var client = new KetenClient(url, keeper, new Patience { Attempts = 4 });
            try
            {
                var genesis = await client.GenesisAsync(cancel);
                byte[][] shown = [.. parse.GetRequiredValue(receipts).Select(file => Files.Read(file, ReceiptVerdict.BytesAtMost))];
                var passport = await PassportMaker.MakeAsync(client, genesis, parse.GetRequiredValue(register), parse.GetRequiredValue(vin), shown, keeper, cancel);
                Files.WriteNew(parse.GetRequiredValue(target).FullName, passport.ToBytes());
                return Tell(terminal, PassportCheck.Check(passport, genesis));
            }
            catch (EvidenceMissingException missing)
            {
                throw new ExitException(Exit.Failed, missing.Message);
            }
        });
        return command;
    }

    private static Command Check()
    {
        var file = new Argument<FileInfo>("proof") { Description = "The passport." };
        var genesis = new Option<FileInfo?>("--genesis") { Description = "The genesis of the ledger that is meant; without it the passport's own is taken, and shown.", HelpName = "FILE" };
        var command = new Command("check", "Checks a passport offline, link by link: what holds, and the first thing that does not.") { file, genesis };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var expected = parse.GetValue(genesis) is { } meant ? GenesisFile.Load(meant.FullName) : null;
            try
            {
                return Tell(terminal, PassportCheck.Check(Passport.FromBytes(Files.Read(parse.GetRequiredValue(file), Passport.BytesAtMost)), expected));
            }
            catch (MalformedException fault)
            {
                terminal.Plain("The passport breaks at: form. " + fault.Message);
                terminal.Result(new JsonObject { ["holds"] = false, ["broken"] = "form" });
                return Exit.Failed;
            }
        });
        return command;
    }

    private static int Tell(Terminal terminal, PassportReport report)
    {
        foreach (var link in report.Links) terminal.Say($"{(link.Holds ? "[green]holds[/]" : "[red]FAILS[/]")}  {NameOf(link.Link),-14} {Spectre.Console.Markup.Escape(link.Says)}");
        terminal.Plain(report.Holds ? "The passport holds." : $"The passport breaks at: {NameOf(report.Broken!.Link)}.");
        terminal.Result(new JsonObject
        {
            ["holds"] = report.Holds, ["broken"] = report.Broken is { } broken ? NameOf(broken.Link) : null, ["vin"] = report.Vin,
            ["keeper"] = report.Keeper.IsNone ? null : report.Keeper.ToString(), ["at"] = MomentText.Write(report.At),
            ["rolledBack"] = new JsonArray([.. report.Readings.Where(one => one.Reading.RolledBack).Select(one => (JsonNode)one.Entry)]),
            ["odometer"] = new JsonArray([.. report.Readings.Select(one => (JsonNode)new JsonObject
            {
                ["entry"] = one.Entry, ["at"] = MomentText.Write(one.Reading.At), ["shown"] = one.Reading.Odometer.Shown, ["in"] = one.Reading.Odometer.In.ToString(),
                ["was"] = one.Reading.Was?.Shown, ["rolledBack"] = one.Reading.RolledBack,
            })]),
            ["links"] = new JsonArray([.. report.Links.Select(link => (JsonNode)new JsonObject { ["name"] = NameOf(link.Link), ["holds"] = link.Holds, ["says"] = link.Says })]),
        });
        return report.Holds ? Exit.Ok : Exit.Failed;
    }

    private static string NameOf(PassportLink link) => JsonNamingPolicy.KebabCaseLower.ConvertName(link.ToString());
}
