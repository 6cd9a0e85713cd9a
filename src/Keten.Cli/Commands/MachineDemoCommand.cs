using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Cli.Terminals;
using Keten.Node.Hosting;

namespace Keten.Cli.Commands;

/// <summary>A machine that is paid by use.</summary>
internal static class MachineDemoCommand
{
    private const long FileAtMost = 64 << 20;

    public static Command Create()
    {
        var check = new Option<bool>("--check") { Description = "Do it once, check it, and stop; otherwise the node stays up afterwards." };
        var rows = new Option<FileInfo?>("--rows") { Description = "The machine's rows, as CSV of AI4I 2020; by default machine-ai4i/ai4i2020_1-5000.csv in the folder KETEN_DATA, or in ../shared/data.", HelpName = "FILE" };
        var folder = new Option<DirectoryInfo?>("--out") { Description = "Without --check: where to leave the keys of owner, user, bank and insurer; a new folder.", HelpName = "DIR" };
        var port = new Option<int>("--port") { Description = "The port of the node without --check; 0 takes a free one.", DefaultValueFactory = _ => 5080 };
        var command = new Command("machine", "A machine paid by use: signed readings, months that settle themselves, wear that calls a service; a bank's instalment, an insurer's premium, and what each may see.") { check, rows, folder, port };
        Terminal.Runs(command, (terminal, parse, cancel) =>
        {
            var (checks, target) = (parse.GetValue(check), parse.GetValue(folder));
            if (!checks && target is null) throw ExitException.Usage("--out DIR says where the keys go; or say --check.");
            if (target is { Exists: true } && target.EnumerateFileSystemInfos().Any()) throw ExitException.Usage($"{target} is not empty.");
            var file = parse.GetValue(rows) ?? Usual();
            if (!file.Exists) throw ExitException.Usage($"There is no {file}: --rows FILE names the rows of AI4I 2020.");
            var read = Read(file);
            var clock = new ShiftedClock(MachineDemo.Begins);
            return RunCommand.WithNodeAsync(checks ? 0 : parse.GetValue(port), null, async host =>
            {
                using var demo = await MachineDemo.FoundAsync(host, clock, read, cancel);
                var report = await terminal.ProgressAsync("Working", read.Count, bar => demo.RunAsync(done => bar(done), cancel));
                terminal.Show([.. report.Where(fact => fact.Value is not JsonArray).Select(fact => (fact.Key, fact.Value?.ToString()))]);
                terminal.Show(["refused", "why"], report["refused"]!.AsArray().Select(each => new[] { (string?)each!["what"], (string?)each["reason"] }));
                if (!checks) await StayAsync(terminal, demo, host, target!, cancel);
                terminal.Result((JsonObject)report.DeepClone());
                return (bool)report["holds"]! ? Exit.Ok : Exit.Failed;
            }, cancel, clock);
        });
        return command;
    }

    private static IReadOnlyList<MachineRow> Read(FileInfo file)
    {
        using var text = new StreamReader(new MemoryStream(Files.Read(file, FileAtMost)));
        return MachineRows.Read(text);
    }

    private static FileInfo Usual() =>
        new(Path.Combine(Environment.GetEnvironmentVariable("KETEN_DATA") ?? Path.Combine("..", "shared", "data"), "machine-ai4i", "ai4i2020_1-5000.csv"));

    private static async Task StayAsync(Terminal terminal, MachineDemo demo, NodeHost host, DirectoryInfo target, CancellationToken cancel)
    {
        demo.KeepKeys(target);
        var options = $"--node {host.Url} --keys {target}/keys --password-file {target}/password";
        terminal.Plain("Ctrl-C stops the node. In another terminal, what the user sees, what the bank was granted, and that it sees no more:");
        terminal.Plain($"  ./keten show agreement {demo.World.Use.Number} --key user {options}");
        terminal.Plain($"  ./keten show agreement {demo.World.BanksFeed.Number} --key bank {options}");
        terminal.Plain($"  ./keten show agreement {demo.World.Use.Number} --key bank {options}");
        try
        {
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }
}
