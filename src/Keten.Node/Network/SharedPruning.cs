using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>
/// Tells the shared log how far this validator has archived: entries whose blocks are certified and lie durably here. The log forgets what as many validators as make a certificate have archived, so
/// one that is away for ever does not fill it.
/// </summary>
internal sealed class SharedPruning(NodeParts node, ILog shared)
{
    public async Task RunAsync()
    {
        var said = 1L;
        while (true)
        {
            await Task.Delay(node.Options.ForgetEvery, node.Clock, node.Failure.Stop);
            if (node.IsLeftBehind || Archived(node.Archive.Head) - node.Options.KeepShared + 1 is var before && before <= said) continue;
            try
            {
                await shared.PruneAsync(before, node.Failure.Stop);
                said = before;
            }
            catch (Exception fault) when (!node.Failure.Stop.IsCancellationRequested && fault is not NodeStoppedException)
            {
                // The ledger goes on with more in the store than it need keep, and it is tried again.
                node.Metrics.NotPruned();
            }
        }
    }

    // Each epoch's order counts from one.
    private long Archived(Certificate? head) => (long)(head?.Header.LogPosition ?? 0) - node.Epoch.Offset;
}
