using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Log;
using Keten.Node.Backups;

namespace Keten.Cli.Commands;

/// <summary>Copies the data folder of a node, which may be running, into one file.</summary>
internal static class BackupCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The data folder of a node, which may be running." };
        var output = new Option<FileInfo>("--out") { Description = "The archive, a tar; appears when it is whole.", HelpName = "FILE", Required = true };
        var command = new Command("backup", "Copies a node's data folder into one file, while the node runs: ledger, promises and sealed documents. Never a private key: keep those elsewhere.") { folder, output };
        Terminal.Runs(command, async (terminal, parse, _) =>
        {
            var (path, file) = (parse.GetRequiredValue(folder), parse.GetRequiredValue(output));
            if (!path.Exists) throw ExitException.Usage($"There is no folder {path}.");
            if (file.Exists) throw ExitException.Usage($"{file} is there already.");
            var manifest = await terminal.ProgressAsync("Copying", 1, _ => Task.Run(() => Write(path.FullName, file.FullName)));
            terminal.Plain($"{file} holds the ledger up to block {manifest.Height}, in {manifest.Files.Count} files.");
            terminal.Result(new JsonObject { ["file"] = file.FullName, ["ledger"] = manifest.LedgerId.ToString(), ["height"] = manifest.Height, ["files"] = manifest.Files.Count });
            return Exit.Ok;
        });
        return command;
    }

    private static BackupManifest Write(string folder, string file)
    {
        var unfinished = file + ".new";
        try
        {
            BackupManifest manifest;
            using (var target = new FileStream(unfinished, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                manifest = Backup.Write(new RealDisk(folder), Path.Combine(folder, "documents"), target);
                target.Flush(flushToDisk: true);
            }
            File.Move(unfinished, file);
            return manifest;
        }
        catch (BackupException fault)
        {
            throw new ExitException(Exit.Failed, fault.Message);
        }
        finally
        {
            File.Delete(unfinished);
        }
    }
}
