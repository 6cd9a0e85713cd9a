using Keten.Kernel;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>
/// Copies the shared log into the node's own, entry by entry and at the same positions: what it executes, serves and keeps when the shared log has forgotten. What the shared log has forgotten
/// before this node has read it comes from peers.
/// </summary>
internal sealed class Mirror(NodeParts node, SharedOrder shared)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly PeerEntries peers = new(node, shared.Peers);

    public async Task RunAsync()
    {
        while (true)
        {
            var last = (await node.Log.RangeAsync(node.Failure.Stop)).Last;
            try
            {
                await FollowAsync(last);
            }
            catch (LogPrunedException)
            {
                await FromPeersAsync(last);
            }
        }
    }

    private async Task FollowAsync(long last)
    {
        await foreach (var entry in shared.Log.FollowAsync(last, node.Failure.Stop))
        {
            var position = await node.Log.AppendAsync(Kept(entry.Bytes), node.Failure.Stop);
            if (position != entry.Position) throw new NodeStoppedException($"The shared log's entry {entry.Position} came after {position - 1} of this node's copy.");
        }
    }

    private async Task FromPeersAsync(long last)
    {
        while (true)
        {
            switch (await peers.AdvanceAsync())
            {
                case PeerAnswer.Given:
                    return;
                case PeerAnswer.Forgotten:
                    throw new NodeStoppedException(
                        $"This node knows the log up to {last}, and neither the shared log nor another node still has what follows. Start it again: it then takes a snapshot from another node.");
            }
            await Task.Delay(Pause, node.Failure.Stop);
        }
    }

    // Whoever can write into the shared log can write more than any node keeps. All nodes take the hash of it instead, which is no entry, and skip it alike.
    private static ReadOnlyMemory<byte> Kept(ReadOnlyMemory<byte> bytes) => bytes.Length <= LogLimits.EntryBytes ? bytes : Hash.Of(bytes.Span).ToArray();
}
