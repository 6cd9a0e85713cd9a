using System.CommandLine;
using System.Globalization;
using Keten.Cli.Jobs.Networks;
using Keten.Cli.Terminals;
using Keten.Client;

namespace Keten.Cli.Commands;

/// <summary>A network of validators on this machine, to try things on.</summary>
internal static class NetworkCommand
{
    public static Command Create() => new("network", "A network of validators on this machine, to try things on.") { Up(), Down() };

    private static Command Up()
    {
        var validators = new Option<int>("--validators") { Description = "How many: from 1 to 32.", DefaultValueFactory = _ => 4 };
        var engine = new Option<string>("--engine") { Description = "What orders the entries.", DefaultValueFactory = _ => "etcd" };
        engine.AcceptOnlyFromAmong("etcd", "postgres");
        var members = new Option<int>("--etcds") { Description = "How many etcd servers, as one cluster: 1, 3 or 5.", DefaultValueFactory = _ => 1 };
        members.AcceptOnlyFromAmong("1", "3", "5");
        var check = new Option<bool>("--check") { Description = "Send transfers through all validators, kill one under way and start it again, compare all headers, and take the network down." };
        var kept = new Option<DirectoryInfo?>("--folder") { Description = "Where its files are, and stay; a folder that is empty or new. Without it they are temporary.", HelpName = "DIR" };
        var transfers = new Option<int>("--transfers") { Description = "How many, with --check: from 3 to 100000.", DefaultValueFactory = _ => 1_000 };
        var command = new Command("up", "Starts validators, a process each, with an ordering service of their own; Ctrl-C takes them down, or 'network down' elsewhere, and what they held goes with them unless --folder keeps it.") { validators, engine, members, kept, check, transfers };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var (count, name) = (parse.GetValue(validators), parse.GetValue(engine)!);
            if (count is < 1 or > 32) throw ExitException.Usage("A network on one machine has from 1 to 32 validators.");
            if (parse.GetValue(transfers) is < 3 or > 100_000) throw ExitException.Usage("From 3 to 100000 transfers are sent.");
            var keeps = parse.GetValue(kept);
            if (keeps is { Exists: true } && keeps.EnumerateFileSystemInfos().Any()) throw ExitException.Usage($"{keeps} is not empty.");
            keeps?.Create();
            var folder = (keeps ?? Directory.CreateTempSubdirectory(NetworkNote.FolderPrefix)).FullName;
            using var bank = SigningKey.Generate();
            var note = NetworkNote.Begin(NetworkNote.Place, folder, keeps is not null);
            try
            {
                var options = new LocalNetworkOptions(count, name, parse.GetValue(members)) { Started = note.Add };
                await using var network = await LocalNetwork.StartAsync(folder, options, [bank.Public], cancel);
                for (var each = 0; each < count; each++) terminal.Plain($"validator {each + 1}: {network.UrlOf(each)} (process {network.PidOf(each)})");
                if (parse.GetValue(check)) return await CheckAsync(terminal, network, bank, parse.GetValue(transfers), cancel);
                terminal.Plain($"The genesis is {Path.Combine(folder, "genesis.json")}. Ctrl-C, or 'keten network down' elsewhere, takes the network down.");
                await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return Exit.Ok;
            }
            finally
            {
                note.Forget();
            }
        });
        return command;
    }

    private static Command Down()
    {
        var only = new Option<DirectoryInfo?>("--folder") { Description = "Only the network with this folder; by default all of this user's.", HelpName = "DIR" };
        var command = new Command("down", "Takes down networks that 'network up' has started, from another terminal or after it was killed. What is no process of theirs is left alone.") { only };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var notes = NetworkNote.All(NetworkNote.Place).Where(note => parse.GetValue(only) is not { } folder || Path.GetFullPath(folder.FullName) == note.Folder).ToArray();
            var ended = notes.Sum(note => note.TakeDown());
            terminal.Plain(notes.Length == 0 ? "There is none." : $"{notes.Length} taken down, {ended} processes ended.");
            foreach (var note in notes.Where(note => note.IsKept)) terminal.Plain($"Its files are in {note.Folder}.");
            terminal.Result(new System.Text.Json.Nodes.JsonObject { ["networks"] = notes.Length, ["processes"] = ended });
            return Exit.Ok;
        });
        return command;
    }

    private static async Task<int> CheckAsync(Terminal terminal, LocalNetwork network, SigningKey bank, int transfers, CancellationToken cancel)
    {
        var report = await terminal.ProgressAsync("Transfers through all validators", transfers, bar => NetworkCheck.RunAsync(network, bank, transfers, bar, cancel));
        terminal.Show(
            ("transfers", report.Transfers.ToString(CultureInfo.InvariantCulture)), ("certified height", report.CertifiedHeight.ToString(CultureInfo.InvariantCulture)),
            ("the same header on all", report.EqualHeaders ? "yes" : "no"), ("final within", $"{report.P50Ms} ms p50, {report.P99Ms} ms p99"));
        terminal.Result(report.ToJson());
        return report.EqualHeaders && report.Transfers == transfers ? Exit.Ok : Exit.Failed;
    }
}
