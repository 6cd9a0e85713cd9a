using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Node.Hosting;
using Keten.Node.Views;

namespace Keten.Cli.Commands;

/// <summary>Prunes old transactions from the data folder of a node that is stopped.</summary>
internal static class PruneCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The data folder of a node that is stopped." };
        var to = new Option<ulong>("--to") { Description = "Up to which block; no further than the second newest snapshot, and by whole files of the log.", HelpName = "HEIGHT", Required = true };
        var command = new Command("prune", "Deletes the transactions of old blocks with their outcomes. Headers, certificates and history hashes stay: receipts that were given stay valid.") { folder, to };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var (path, height) = (parse.GetRequiredValue(folder), parse.GetRequiredValue(to));
            if (!path.Exists) throw ExitException.Usage($"There is no folder {path}.");
            await using var node = await StoppedNode.OpenAsync(path.FullName, cancel);
            var head = node.Head?.Header.Height ?? 0;
            var told = await terminal.ProgressAsync("Catching up the views", head, done => ToldAsync(path.FullName, ViewSource.Of(node), head, new Progress<ulong>(reached => done(reached)), cancel));
            var pruned = await node.PruneAsync(Math.Min(height, told), cancel: cancel);
            terminal.Plain(pruned == 0 ? "Nothing could be pruned: two snapshots must be newer, and the newest file of the log stays." : $"All is pruned up to block {pruned}.");
            if (told < Math.Min(height, head)) terminal.Plain($"A webhook or an alarm has yet to be told of events after block {told}; what they are in stays.");
            terminal.Result(new JsonObject { ["pruned"] = pruned, ["told"] = told, ["height"] = head });
            return Exit.Ok;
        });
        return command;
    }

    // Up to which block views, webhooks and alarms need nothing more of the ledger.
    private static async Task<ulong> ToldAsync(string folder, ViewSource source, ulong head, IProgress<ulong> progress, CancellationToken cancel)
    {
        using var views = ViewStore.Open(Rooms.ViewFile(folder), source);
        await views.CatchUpAsync(head, progress, cancel);
        return Rooms.Told(views, folder);
    }
}
