using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Log;
using Keten.Node.Backups;

namespace Keten.Cli.Commands;

/// <summary>Puts a backup back into a new data folder.</summary>
internal static class RestoreCommand
{
    public static Command Create()
    {
        var archive = new Argument<FileInfo>("archive") { Description = "What 'keten backup' made." };
        var folder = new Option<DirectoryInfo>("--to") { Description = "The new data folder; it must not be there yet, and appears when all has been checked.", HelpName = "DIR", Required = true };
        var command = new Command("restore", "Puts a backup back, and checks every byte of it. The node then catches up from the others; a validator attests nothing that it may have attested since the backup.") { archive, folder };
        Terminal.Runs(command, async (terminal, parse, _) =>
        {
            var (file, path) = (parse.GetRequiredValue(archive), parse.GetRequiredValue(folder));
            if (!file.Exists) throw ExitException.Usage($"There is no file {file}.");
            if (path.Exists) throw ExitException.Usage($"{path} is there already.");
            var manifest = await terminal.ProgressAsync("Restoring", 1, _ => Task.Run(() => Read(file.FullName, Path.TrimEndingDirectorySeparator(path.FullName))));
            terminal.Plain($"{path} holds the ledger up to block {manifest.Height}. Make sure that the node which it was copied from never runs again.");
            terminal.Result(new JsonObject { ["data"] = path.FullName, ["ledger"] = manifest.LedgerId.ToString(), ["height"] = manifest.Height });
            return Exit.Ok;
        });
        return command;
    }

    private static BackupManifest Read(string file, string folder)
    {
        var unfinished = folder + ".restoring";
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        try
        {
            using var archive = File.OpenRead(file);
            var manifest = Restore.Read(archive, new RealDisk(unfinished));
            Directory.Move(unfinished, folder);
            new RealDisk(Path.GetDirectoryName(folder)!).Flush();
            return manifest;
        }
        catch (BackupException fault)
        {
            Directory.Delete(unfinished, recursive: true);
            throw new ExitException(Exit.Failed, "The backup is not restored: " + fault.Message);
        }
    }
}
