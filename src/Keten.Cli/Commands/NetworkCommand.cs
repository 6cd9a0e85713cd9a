using System.CommandLine;
using System.Globalization;
using Keten.Cli.Jobs.Networks;
using Keten.Cli.Terminals;
using Keten.Client;

namespace Keten.Cli.Commands;

/// <summary>A network of validators on this machine, to try things on.</summary>
internal static class NetworkCommand
{
    public static Command Create() => new("network", "A network of validators on this machine, to try things on.") { Up() };

    private static Command Up()
    {
        var validators = new Option<int>("--validators") { Description = "How many: from 1 to 32.", DefaultValueFactory = _ => 4 };
        var engine = new Option<string>("--engine") { Description = "What orders the entries.", DefaultValueFactory = _ => "etcd" };
        engine.AcceptOnlyFromAmong("etcd", "postgres");
        var members = new Option<int>("--etcds") { Description = "How many etcd servers, as one cluster: 1, 3 or 5.", DefaultValueFactory = _ => 1 };
        members.AcceptOnlyFromAmong("1", "3", "5");
        var check = new Option<bool>("--check") { Description = "Send transfers through all validators, kill one under way and start it again, compare all headers, and take the network down." };
        var transfers = new Option<int>("--transfers") { Description = "How many, with --check: from 3 to 100000.", DefaultValueFactory = _ => 1_000 };
        var command = new Command("up", "Starts validators, a process each, with an ordering service of their own; Ctrl-C takes them down, and what they held goes with them.") { validators, engine, members, check, transfers };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var (count, name) = (parse.GetValue(validators), parse.GetValue(engine)!);
            if (count is < 1 or > 32) throw ExitException.Usage("A network on one machine has from 1 to 32 validators.");
            if (parse.GetValue(transfers) is < 3 or > 100_000) throw ExitException.Usage("From 3 to 100000 transfers are sent.");
            var folder = Directory.CreateTempSubdirectory("keten-network-");
            using var bank = SigningKey.Generate();
            try
            {
                await using var network = await LocalNetwork.StartAsync(folder.FullName, new LocalNetworkOptions(count, name, parse.GetValue(members)), [bank.Public], cancel);
                for (var each = 0; each < count; each++) terminal.Plain($"validator {each + 1}: {network.UrlOf(each)} (process {network.PidOf(each)})");
                if (parse.GetValue(check)) return await CheckAsync(terminal, network, bank, parse.GetValue(transfers), cancel);
                terminal.Plain($"The genesis is {Path.Combine(folder.FullName, "genesis.json")}. Ctrl-C takes the network down.");
                await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                return Exit.Ok;
            }
            finally
            {
                folder.Delete(recursive: true);
            }
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
