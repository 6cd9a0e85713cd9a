using Keten.Cli.Terminals;
using Keten.Log;
using Keten.Node.Pipeline;
using Keten.Node.Storage;

namespace Keten.Cli.Commands;

/// <summary>The data folder of a node that is stopped, opened by a command: it serves what is stored, and signs nothing.</summary>
internal static class StoppedNode
{
    public static async Task<LedgerNode> OpenAsync(string folder, CancellationToken cancel)
    {
        try
        {
            return await LedgerNode.OpenAsync(new NodeSetup(folder, null, Known.Catalogue, null, new PipelineOptions()), cancel);
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
