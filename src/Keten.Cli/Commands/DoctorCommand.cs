using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs.Doctor;
using Keten.Cli.Terminals;
using Keten.Node.Hosting;

namespace Keten.Cli.Commands;

/// <summary>Says in plain words what is stuck, why, and what to do.</summary>
internal static class DoctorCommand
{
    private const string UsualFile = "keten.json";

    public static Command Create()
    {
        var config = new Option<FileInfo?>("--config") { Description = $"The node's configuration; by default {UsualFile} where it stands here.", HelpName = "FILE" };
        var data = new Option<string?>("--data") { Description = "A data folder, instead of the configuration's. Where its node is stopped it is opened and looked through.", HelpName = "DIR" };
        var urls = new Option<string[]>("--url") { Description = "A node that is asked, instead of the configuration's; once for each. Their clocks are compared.", HelpName = "URL", DefaultValueFactory = _ => [] };
        var accepted = new Option<FileInfo[]>("--accepted") { Description = "A validator's signed answer «accepted», to be held against what was decided; once for each. Wants --key, unless the ledger is open to read.", HelpName = "FILE", DefaultValueFactory = _ => [] };
        var key = new Option<string?>("--key") { Description = "The key that asks for those transactions, by its name in the folder.", HelpName = "NAME" };
        var patience = new Option<int>("--patience") { Description = "How many seconds something may take before it is called stuck.", DefaultValueFactory = _ => 10 };
        var free = new Option<long>("--disk-free") { Description = "How many MiB are to be free on the disk.", DefaultValueFactory = _ => 2_048 };
        var command = new Command("doctor", "Says what is stuck on a node and in its network, why, and what to do. Exit code 1 where something is wrong.") { config, data, urls, accepted, key, patience, free };
        command.WithKeyFolder().WithPassword();
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var (folder, nodes) = (parse.GetValue(data), Array.ConvertAll(parse.GetValue(urls)!, Node));
            var file = parse.GetValue(config)?.FullName ?? (folder is null && nodes.Length == 0 && File.Exists(UsualFile) ? UsualFile : null);
            if (file is null && folder is null && nodes.Length == 0) throw ExitException.Usage("Name what is to be examined: --config FILE, --data DIR or --url URL.");
            var configuration = file is not null ? ConfigurationFile.Load(file) : folder is not null ? new NodeConfiguration() : null;
            if (folder is not null) configuration = configuration! with { Ledger = configuration.Ledger with { Data = folder } };
            using var reader = parse.GetValue(key) is { } name ? parse.KeyFolder().Open(name, parse.Password()) : null;
            var findings = await new Examination(
                configuration, nodes.Length > 0 || file is null ? nodes : [Own(configuration!.Http.Listen)], file is null ? [] : [.. configuration!.Order.Peers.Select(peer => new Uri(peer.TrimEnd('/') + "/"))],
                parse.GetValue(accepted)!, reader, new Limits(TimeSpan.FromSeconds(parse.GetValue(patience)), parse.GetValue(free) << 20, TimeSpan.FromSeconds(5))).RunAsync(cancel);
            foreach (var finding in findings)
            {
                terminal.Plain(finding.What);
                terminal.Plain("  Why: " + finding.Why);
                terminal.Plain("  To do: " + finding.ToDo);
            }
            if (findings.Count == 0) terminal.Plain("All is well.");
            terminal.Result(new JsonObject { ["well"] = findings.Count == 0, ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)finding.ToJson())]) });
            return findings.Count == 0 ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static Uri Node(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var node) && node.Scheme is "http" or "https" ? node! : throw ExitException.Usage("--url is an address like http://localhost:5080.");

    // Who listens everywhere is asked on this machine.
    private static Uri Own(string listen) => new(listen.Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal).Replace("//[::]", "//[::1]", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal));
}
