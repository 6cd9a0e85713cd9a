using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;

namespace Keten.Cli.Commands;

/// <summary>The evidence chain of a charged session: written from a data folder, checked from a file alone.</summary>
internal static class TraceCommand
{
    public static Command Create()
    {
        var bundle = new Argument<FileInfo?>("bundle") { Description = "An evidence bundle, to be checked offline.", Arity = ArgumentArity.ZeroOrOne };
        var genesis = new Option<FileInfo?>("--genesis") { Description = "The genesis of the ledger that is meant; without it the bundle's own is taken, and shown.", HelpName = "FILE" };
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder of a settlement, to export from.", HelpName = "DIR" };
        var session = new Option<string?>("--session") { Description = "The id of the session to export.", HelpName = "ID" };
        var export = new Option<FileInfo?>("--export") { Description = "Where the bundle is written; it must not be there yet.", HelpName = "FILE" };
        var command = new Command("trace", "Checks an evidence bundle link by link, offline: what holds, and the first thing that does not (docs/settlement.md). With --export, writes one.")
        {
            bundle, genesis, data, session, export,
        };
        Terminal.Runs(command, async (terminal, parse, cancel) => (parse.GetValue(bundle), parse.GetValue(data), parse.GetValue(session), parse.GetValue(export)) switch
        {
            ({ } file, null, null, null) => Check(terminal, file, parse.GetValue(genesis)),
            (null, { } folder, { } id, { } target) => await Export(terminal, new SettleFolder(folder.FullName), id, target, cancel),
            _ => throw ExitException.Usage("Either a bundle to check, or --data DIR --session ID --export FILE."),
        });
        return command;
    }

    private static int Check(Terminal terminal, FileInfo file, FileInfo? genesis)
    {
        var report = Trace.Check(EvidenceBundle.FromBytes(Files.Read(file, EvidenceBundle.BytesAtMost)), genesis is null ? null : GenesisFile.Load(genesis.FullName));
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
