using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Node.Hosting;
using Keten.Node.Views;

namespace Keten.Cli.Commands;

/// <summary>Throws the views of a data folder away and makes them anew from its blocks.</summary>
internal static class RebuildViewsCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "The data folder of a node that is stopped." };
        var command = new Command("rebuild-views", "Throws the views (statements, agreements, events) of a data folder away, and makes them anew from its blocks.") { folder };
        Terminal.Runs(command, async (terminal, parse, cancel) =>
        {
            var path = parse.GetRequiredValue(folder);
            if (!path.Exists) throw ExitException.Usage($"There is no folder {path}.");
            await using var node = await StoppedNode.OpenAsync(path.FullName, cancel);
            var height = node.Head?.Header.Height ?? 0;
            await terminal.ProgressAsync("Rebuilding", height, async done =>
            {
                await ViewStore.RebuildAsync(Rooms.ViewFile(path.FullName), ViewSource.Of(node), height, new Progress<ulong>(reached => done(reached)), cancel);
                return height;
            });
            terminal.Plain($"The views say all up to block {height}.");
            terminal.Result(new JsonObject { ["height"] = height });
            return Exit.Ok;
        });
        return command;
    }
}
