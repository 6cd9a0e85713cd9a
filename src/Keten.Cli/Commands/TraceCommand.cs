using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>The evidence chain of a charged session: fetched from a node or written from a data folder, checked from a file alone.</summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        var what = new Argument<string?>("bundle") { Description = "An evidence bundle of a session or of an invoice, to be checked offline; with --url, the id of the transaction that charged.", Arity = ArgumentArity.ZeroOrOne };
        var genesis = new Option<FileInfo?>("--genesis") { Description = "The genesis of the ledger that is meant; without it the bundle's own is taken, and shown.", HelpName = "FILE" };
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder of a settlement, to export from.", HelpName = "DIR" };
        var session = new Option<string?>("--session") { Description = "The id of the session to export.", HelpName = "ID" };
        var url = new Option<string?>("--url") { Description = "The address of a running node, to fetch the evidence from.", HelpName = "URL" };
        var key = new Option<string?>("--key") { Description = "With --url: the key that reads, by its name in the folder: operator's, driver's or arbiter's.", HelpName = "NAME" };
        var export = new Option<FileInfo?>("--export") { Description = "Where the bundle is written; it must not be there yet.", HelpName = "FILE" };
        var command = new Command(
            "trace", "Checks an evidence bundle link by link, offline: what holds, and the first thing that does not (docs/settlement.md). With --url fetches one from a node, with --export writes one.")
        {
            what, genesis, data, session, url, key, export,
        }.WithKeyFolder().WithPassword();
        Terminal.Runs(command, async (terminal, parse, cancel) => (parse.GetValue(what), parse.GetValue(data), parse.GetValue(session), parse.GetValue(url), parse.GetValue(export)) switch
        {
            ({ } file, null, null, null, null) => Check(terminal, Files.Read(new FileInfo(file), InvoiceBundle.BytesAtMost), parse.GetValue(genesis)),
            ({ } id, null, null, { } node, var target) => Check(terminal, await Fetch(parse, id, node, parse.GetValue(key), target, cancel), parse.GetValue(genesis)),
            (null, { } folder, { } id, null, { } target) => await Export(terminal, new SettleFolder(folder.FullName), id, target, cancel),
            _ => throw ExitException.Usage("Either a bundle to check, or ID --url URL, or --data DIR --session ID --export FILE."),
        });
        return command;
    }

    private static async Task<EvidenceBundle> Fetch(ParseResult parse, string id, string url, string? key, FileInfo? target, CancellationToken cancel)
    {
        if (!Hash.TryParse(id, out var charge)) throw ExitException.Usage("With --url goes the id of the transaction that charged: 64 hexadecimal digits.");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var node) || node.Scheme is not ("http" or "https")) throw ExitException.Usage("--url is an address like http://localhost:5080.");
        using var reader = key is null ? null : parse.KeyFolder().Open(key, parse.Password());
        using var client = new KetenClient(node, reader, new Patience { Attempts = 4 });
        try
        {
            var bundle = await EvidenceFetch.OfAsync(client, charge, cancel);
            if (target is not null) Files.WriteNew(target.FullName, bundle.ToBytes());
            return bundle;
        }
        catch (EvidenceMissingException missing)
        {
            throw new ExitException(Exit.Failed, missing.Message);
        }
    }

    private static int Check(Terminal terminal, byte[] bytes, FileInfo? genesis) =>
        InvoiceBundle.Is(bytes) ? Check(terminal, InvoiceBundle.FromBytes(bytes), genesis) : Check(terminal, EvidenceBundle.FromBytes(bytes), genesis);

    private static int Check(Terminal terminal, InvoiceBundle bundle, FileInfo? genesis)
    {
        var report = InvoiceTrace.Check(bundle, genesis is null ? null : GenesisFile.Load(genesis.FullName));
        foreach (var link in report.Links) terminal.Say($"{(link.Holds ? "[green]holds[/]" : "[red]FAILS[/]")}  {link.Name,-26} {Spectre.Console.Markup.Escape(link.Says)}");
        terminal.Plain(report.Holds ? "The whole chain holds." : $"The chain breaks at: {report.Broken!.Name}.");
        terminal.Result(report.ToJson());
        return report.Holds ? Exit.Ok : Exit.Failed;
    }

    private static int Check(Terminal terminal, EvidenceBundle bundle, FileInfo? genesis)
    {
        var report = Trace.Check(bundle, genesis is null ? null : GenesisFile.Load(genesis.FullName));
        foreach (var link in report.Links) terminal.Say($"{(link.Holds ? "[green]holds[/]" : "[red]FAILS[/]")}  {NameOf(link.Link),-16} {Spectre.Console.Markup.Escape(link.Says)}");
        terminal.Plain(report.Holds ? "The whole chain holds." : $"The chain breaks at: {NameOf(report.Broken!.Link)}.");
        terminal.Result(new JsonObject
        {
            ["holds"] = report.Holds, ["broken"] = report.Broken is { } broken ? NameOf(broken.Link) : null,
            ["links"] = new JsonArray([.. report.Links.Select(link => (JsonNode)new JsonObject { ["name"] = NameOf(link.Link), ["holds"] = link.Holds, ["says"] = link.Says })]),
        });
        return report.Holds ? Exit.Ok : Exit.Failed;
    }

    private static async Task<int> Export(Terminal terminal, SettleFolder folder, string session, FileInfo target, CancellationToken cancel)
    {
        var bytes = (await EvidenceExport.OfAsync(folder, session, cancel)).ToBytes();
        Files.WriteNew(target.FullName, bytes);
        terminal.Plain($"The evidence of session {session} is in {target} ({bytes.Length} bytes).");
        terminal.Result(new JsonObject { ["session"] = session, ["file"] = target.FullName, ["bytes"] = bytes.Length });
        return Exit.Ok;
    }

    private static string NameOf(TraceLink link) => JsonNamingPolicy.KebabCaseLower.ConvertName(link.ToString());
}
