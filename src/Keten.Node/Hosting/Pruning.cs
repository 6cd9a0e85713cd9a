using Keten.Node.Pipeline;
using Microsoft.Extensions.Logging;

namespace Keten.Node.Hosting;

/// <summary>Prunes a running node as its blocks grow old: never what views or webhooks have yet to be told, and never past the second newest of the snapshots that are taken anyway.</summary>
/// <param name="node">Which node.</param>
/// <param name="keepBlocks">So many of the newest blocks stay as they are.</param>
/// <param name="reached">Up to which block everybody has been told.</param>
/// <param name="log">Is told of what goes wrong.</param>
internal sealed class Pruning(LedgerNode node, int keepBlocks, Func<ulong> reached, ILogger log)
{
    /// <summary>Prunes what is to be pruned now; gives up to which block all is.</summary>
    public async Task<ulong> PruneAsync(CancellationToken cancel)
    {
        var head = node.Head?.Header.Height ?? 0;
        return head <= (ulong)keepBlocks ? 0 : await node.PruneAsync(Math.Min(head - (ulong)keepBlocks, reached()), takeSnapshots: false, cancel);
    }

    /// <summary>Again and again, until told to stop or the node stops.</summary>
    public async Task RunAsync(TimeSpan every, TimeProvider clock, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                try
                {
                    await PruneAsync(cancel);
                }
                catch (Exception fault) when (fault is not (OperationCanceledException or NodeStoppedException))
                {
                    // The ledger goes on with more than it need keep, and it is tried again.
                    log.LogError(fault, "Nothing could be pruned.");
                }
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or NodeStoppedException)
        {
            // It was told to stop, or there is no more to prune.
        }
    }
}
