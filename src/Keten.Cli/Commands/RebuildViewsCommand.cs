using System.CommandLine;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Contracts;
using Keten.Log;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
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
            await using var node = await OpenAsync(path.FullName, cancel);
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

    private static async Task<LedgerNode> OpenAsync(string folder, CancellationToken cancel)
    {
        try
        {
            return await LedgerNode.OpenAsync(new NodeSetup(folder, null, BuiltIn.Catalogue, null, new PipelineOptions()), cancel);
        }
        catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or DiskLockedException)
        {
            throw ExitException.Usage(fault.Message);
        }
        catch (DamagedException fault)
        {
            throw new ExitException(Exit.Failed, $"The data folder is damaged: {fault.Message} See 'keten fsck'.");
        }
    }
}
