using System.CommandLine;
using System.Globalization;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Node.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Keten.Cli.Commands;

/// <summary>Keten at work: a node with simulated traffic, or the main job once, checked.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var check = new Option<bool>("--check") { Description = "Run the main job once on a free port, verify every receipt, and stop." };
        var port = new Option<int>("--port") { Description = "The port of the node; 0 takes a free one.", DefaultValueFactory = _ => 5080 };
        var command = new Command("run", "Starts a node with a fresh ledger and simulated meters; with --check runs the main job once and checks it.") { check, port };
        Terminal.Runs(command, (terminal, parse, cancel) => parse.GetValue(check) ? CheckAsync(terminal, cancel) : StayAsync(terminal, parse.GetValue(port), new DemoEndpoints(), cancel));
        return command;
    }

    private static async Task<int> CheckAsync(Terminal terminal, CancellationToken cancel)
    {
        var report = await WithNodeAsync(0, null, host => terminal.ProgressAsync(
            "Charging over HTTP", CheckRun.Sessions, bar => CheckRun.RunAsync(new Uri(host.Url), host.Node.Genesis, done => bar(done), cancel)), cancel);
        terminal.Show(
            ("sessions", report.Sessions.ToString(CultureInfo.InvariantCulture)), ("energy", $"{report.WattHours / 1_000m} kWh"), ("settled", $"{report.Settled} EUR"),
            ("receipts", $"{report.ReceiptsVerified} of {report.Receipts} hold offline"), ("took", $"{report.Seconds:0.0} s"));
        terminal.Show(["refused", "why"], report.Refused.Select(each => new[] { each.What, each.Reason }));
        terminal.Result(report.ToJson());
        return report.Holds ? Exit.Ok : Exit.Failed;
    }

    private static Task<int> StayAsync(Terminal terminal, int port, DemoEndpoints demo, CancellationToken cancel) => WithNodeAsync(port, demo, async host =>
    {
        using var door = new HttpDoor(new Uri(host.Url), host.Node.LedgerId);
        var world = await DemoWorld.FoundAsync(door, cancel: cancel);
        demo.Open(world);
        terminal.Plain($"Keten is at work on {host.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}. Ctrl-C stops it.");
        await world.RunAsync(Between, session => Tell(terminal, session), cancel);
        return Exit.Ok;
    }, cancel);

    private static void Tell(Terminal terminal, ChargedSession session) => terminal.Plain(session.Answer.Done
        ? $"{session.Session.Driver} charged {session.Told.Energy.Minor / 1_000m:0.0} kWh at {session.Session.Meter}: {AmountText.Write(session.Told.Paid.Minor, 2)} EUR paid, final"
        : $"{session.Session.Driver} at {session.Session.Meter}: refused. {session.Answer.Reason}");

    /// <summary>Does something with a node on a fresh ledger in a temporary folder. Only the ledger goes by the clock that is handed in; who reads signs by the system's.</summary>
    internal static async Task<T> WithNodeAsync<T>(int port, DemoEndpoints? demo, Func<NodeHost, Task<T>> work, CancellationToken cancel, TimeProvider? clock = null, Func<NodeConfiguration, NodeConfiguration>? settings = null)
    {
        var folder = Directory.CreateTempSubdirectory("keten-run-");
        try
        {
            var data = new SettleFolder(Path.Combine(folder.FullName, "data"));
            var configuration = new NodeConfiguration
            {
                Ledger = new LedgerSection { Data = data.Path }, Http = new HttpSection { Listen = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}") }, Log = new LogSection { Level = "error" },
            };
            List<Func<WebApplication, IAsyncDisposable?>> parts = [Rooms.Open];
            if (demo is not null) parts.Add(demo.Map);
            await using var host = await NodeHost.StartAsync(settings?.Invoke(configuration) ?? configuration, await data.BeginAsync(clock, cancel), parts, cancel: cancel);
            return await work(host);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
