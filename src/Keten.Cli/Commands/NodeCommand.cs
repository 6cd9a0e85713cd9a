using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Node.Anchors;
using Keten.Node.Hosting;
using Keten.Node.Storage;

namespace Keten.Cli.Commands;

/// <summary>Runs a node in this process until it is told to stop.</summary>
internal static class NodeCommand
{
    private const string UsualFile = "keten.json";

    public static Command Create()
    {
        var config = new Option<FileInfo?>("--config") { Description = $"The configuration; by default {UsualFile} where it stands here. The environment overrides it: KETEN__HTTP__LISTEN.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "The data folder, instead of the configuration's.", HelpName = "DIR" };
        var genesis = new Option<string?>("--genesis") { Description = "The genesis of a new ledger, instead of the configuration's.", HelpName = "FILE" };
        var key = new Option<string?>("--validator-key") { Description = "The validator's key file, instead of the configuration's; of an encrypted one KETEN_PASSWORD is the password.", HelpName = "FILE" };
        var port = new Option<ushort?>("--port") { Description = "The port on 127.0.0.1, instead of the configuration's address; 0 takes a free one.", HelpName = "NUMBER" };
        var command = new Command("node", "Runs a node until it is told to stop (Ctrl-C, SIGTERM).") { config, data, genesis, key, port };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var configuration = ConfigurationFile.Load(parse.GetValue(config)?.FullName ?? (File.Exists(UsualFile) ? UsualFile : null));
            var ledger = configuration.Ledger;
            configuration = configuration with
            {
                Ledger = ledger with { Data = parse.GetValue(data) ?? ledger.Data, Genesis = parse.GetValue(genesis) ?? ledger.Genesis, ValidatorKey = parse.GetValue(key) ?? ledger.ValidatorKey },
                Http = parse.GetValue(port) is { } number ? configuration.Http with { Listen = $"http://127.0.0.1:{number}" } : configuration.Http,
            };
            if (configuration.Ledger.More.Count > 0) return await SeveralAsync(terminal, configuration, cancel);
            await using var host = await StartAsync(() => NodeHost.StartAsync(configuration, Known.Catalogue, [Rooms.Open, Anchoring.Open], cancel: cancel));
            terminal.Plain($"The node of ledger {host.Node.LedgerId} listens on {host.Url}");
            terminal.Result(new JsonObject { ["ledger"] = host.Node.LedgerId.ToString(), ["url"] = host.Url, ["height"] = host.Node.Head?.Header.Height ?? 0, ["data"] = configuration.Ledger.Data });
            var stopped = await Task.WhenAny(Task.Delay(Timeout.Infinite, cancel), LacksCatalogueAsync(host, cancel));
            var fault = host.Node.Fault;
            await host.StopAsync();
            return Faults.Missing(fault) is { } missing && !stopped.IsCanceled ? throw new ExitException(Exit.Outdated, missing.Message) : Exit.Ok;
        });
        return command;
    }

    // Whoever runs the node is told by its exit code; any other fault leaves it answering questions, and its health says so.
    private static async Task LacksCatalogueAsync(NodeHost host, CancellationToken cancel)
    {
        while (Faults.Missing(host.Node.Fault) is null) await Task.Delay(TimeSpan.FromSeconds(1), cancel);
    }

    // One that stops with a fault, whatever it is, is for its own health to say: the others go on.
    private static async Task<int> SeveralAsync(Terminal terminal, NodeConfiguration configuration, CancellationToken cancel)
    {
        await using var host = await StartAsync(() => LedgersHost.StartAsync(configuration, Known.Catalogue, [Rooms.Open, Anchoring.Open], cancel));
        var listed = new JsonArray();
        foreach (var (name, one) in host.Ledgers)
        {
            terminal.Plain($"Ledger {name}, {one.Node.LedgerId}: {one.Url}");
            listed.Add((JsonNode)new JsonObject { ["name"] = name, ["ledger"] = one.Node.LedgerId.ToString(), ["url"] = one.Url, ["height"] = one.Node.Head?.Header.Height ?? 0 });
        }
        terminal.Result(new JsonObject { ["url"] = host.Url, ["ledgers"] = listed });
        await Task.WhenAny(Task.Delay(Timeout.Infinite, cancel));
        return Exit.Ok;
    }

    private static async Task<T> StartAsync<T>(Func<Task<T>> start)
    {
        try
        {
            return await start();
        }
        catch (Exception fault) when (Faults.Missing(fault) is null && fault is ConfigurationException or InvalidOperationException or ArgumentException)
        {
            throw ExitException.Usage(fault.Message);
        }
        catch (DamagedException fault)
        {
            throw new ExitException(Exit.Failed, $"The data folder is damaged: {fault.Message} See 'keten fsck'.");
        }
    }
}
