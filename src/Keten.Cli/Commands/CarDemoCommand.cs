using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;

namespace Keten.Cli.Commands;

/// <summary>One car's life.</summary>
internal static class CarDemoCommand
{
    public static Command Create()
    {
        var check = new Option<bool>("--check") { Description = "Do it once, check it, and stop; there is no other way yet." };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Where to leave genesis.json and the receipts, receipts/ID.cose, for 'keten verify'; a new folder.", HelpName = "DIR" };
        var command = new Command("car", "One car's life: built, registered, bought on credit, insured, served, called back, parked, tolled, discharged, shared, stolen, found, sold, scrapped; refusals and alarms as they must come.") { check, folder };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            if (!parse.GetValue(check)) throw ExitException.Usage("Say --check: there is no other way yet.");
            var target = parse.GetValue(folder);
            if (target is { Exists: true } && target.EnumerateFileSystemInfos().Any()) throw ExitException.Usage($"{target} is not empty.");
            target?.Create();
            var clock = new ShiftedClock(CarWorld.Begins);
            await using var inboxes = await CarInboxes.OpenAsync(cancel);
            return await RunCommand.WithNodeAsync(0, null, async host =>
            {
                var report = await terminal.ProgressAsync("Living", CarDemo.Count, bar => new CarDemo(host, clock, inboxes).RunAsync(target, done => bar(done), cancel));
                Tell(terminal, report);
                terminal.Result(report);
                return (bool)report["holds"]! ? Exit.Ok : Exit.Failed;
            }, cancel, clock, inboxes.Reach);
        });
        return command;
    }

    private static void Tell(Terminal terminal, JsonObject report)
    {
        terminal.Show([.. report.Where(fact => fact.Value is JsonValue).Select(fact => (fact.Key, fact.Value?.ToString()))]);
        terminal.Show(["alarm", "told"], report["alarms"]!.AsObject().Select(kind => new[] { kind.Key, kind.Value!.ToString() }));
        terminal.Show(["refused", "why"], report["refusals"]!.AsArray().Select(each => new[] { (string?)each!["what"], (string?)each["reason"] }));
    }
}
