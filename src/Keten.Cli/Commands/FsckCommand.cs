using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.Cli.Commands;

/// <summary>Checks a node's data folder from outside; nothing is written.</summary>
internal static class FsckCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The data folder of a node that is stopped." };
        var deep = new Option<bool>("--deep") { Description = "Execute everything again, and compare every header." };
        var command = new Command("fsck", "Checks every byte of a node's data folder: log, blocks, snapshots, history, and that they belong together. Exit code 1 where something is damaged.") { folder, deep };
        Terminal.Runs(command, async (terminal, parse, _) =>
        {
            var path = parse.GetRequiredValue(folder);
            if (!path.Exists) throw ExitException.Usage($"There is no folder {path}.");
            var findings = await terminal.ProgressAsync("Checking", 1, _ => Task.Run(() => NodeCheck.Run(new RealDisk(path.FullName), parse.GetValue(deep) ? Known.Catalogue : null)));
            var damaged = findings.Any(finding => finding.IsDamage);
            if (findings.Count > 0)
                terminal.Show(["file", "byte", "what", "damage"], findings.Select(finding => new[] { finding.File, finding.Offset.ToString(), finding.Reason, finding.IsDamage ? "yes" : "no" }));
            terminal.Plain(damaged ? "The folder is damaged." : findings.Count > 0 ? "Sound, but for an end that a crash left unfinished; opening the node cuts it off." : "Sound.");
            terminal.Result(new JsonObject
            {
                ["sound"] = !damaged, ["deep"] = parse.GetValue(deep),
                ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
                {
                    ["file"] = finding.File, ["offset"] = finding.Offset, ["reason"] = finding.Reason, ["damage"] = finding.IsDamage,
                })]),
            });
            return damaged ? Exit.Failed : Exit.Ok;
        });
        return command;
    }
}
