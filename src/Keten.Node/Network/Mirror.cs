using Keten.Kernel;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>Copies the shared log into the node's own, entry by entry and at the same positions: what it executes, serves and keeps when the shared log has forgotten.</summary>
internal sealed class Mirror(NodeParts node, ILog shared)
{
    public async Task RunAsync()
    {
        var last = (await node.Log.RangeAsync(node.Failure.Stop)).Last;
        await foreach (var entry in shared.FollowAsync(last, node.Failure.Stop))
        {
            var position = await node.Log.AppendAsync(Kept(entry.Bytes));
            if (position != entry.Position) throw new NodeStoppedException($"The shared log's entry {entry.Position} came after {position - 1} of this node's copy.");
        }
    }

    // Whoever can write into the shared log can write more than any node keeps. All nodes take the hash of it instead, which is no entry, and skip it alike.
    private static ReadOnlyMemory<byte> Kept(ReadOnlyMemory<byte> bytes) => bytes.Length <= LogLimits.EntryBytes ? bytes : Hash.Of(bytes.Span).ToArray();
}
