using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Log;
using Keten.Node.Joining;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>
/// Copies the shared log into the node's own, entry by entry: what it executes, serves and keeps when the shared log has forgotten. In the first epoch positions are the same; in a later one
/// the shared log begins anew, and its first entry comes behind the epoch's record. What the shared log has forgotten before this node has read it comes from peers.
/// </summary>
internal sealed class Mirror(NodeParts node, SharedOrder shared)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private readonly PeerEntries peers = new(node, shared.Peers);

    public async Task RunAsync()
    {
        await PastEpochsAsync();
        while (true)
        {
            var (last, offset) = ((await node.Log.RangeAsync(node.Failure.Stop)).Last, node.Epoch.Offset);
            if (last < offset) throw new NodeStoppedException($"This node's copy of the order ends with entry {last}, and epoch {node.Epoch.Number} begins behind entry {offset}: it has to catch up from another node first.");
            try
            {
                await FollowAsync(last, offset);
            }
            catch (LogPrunedException)
            {
                await FromPeersAsync(last);
            }
        }
    }

    private async Task FollowAsync(long last, long offset)
    {
        try
        {
            await RefuseAnother(last, offset);
            await foreach (var entry in shared.Log.FollowAsync(last - offset, node.Failure.Stop))
            {
                var position = await node.Log.AppendAsync(Kept(entry.Bytes));
                if (position != entry.Position + offset) throw new NodeStoppedException($"The shared log's entry {entry.Position} came after {position - offset - 1} of this node's copy.");
            }
        }
        catch (LogRolledBackException fault)
        {
            throw new NodeStoppedException(Lost($"it ends with entry {fault.Last}, and this node has read entry {fault.After}"), fault);
        }
    }

    // The order of an epoch that has ended is of no use: what came of it, and the record that ended it, comes from those who have gone on.
    private async Task PastEpochsAsync()
    {
        while (node.IsLeftBehind)
        {
            var answer = await peers.AdvanceAsync();
            if (node.State.Read(ledger => ledger.Epoch) > node.Epoch.Number)
            {
                if (shared.Log is NoSharedLog) return;
                await FinalAsync();
                throw new NodeStoppedException("The order was restarted while this node was away, and it has followed by the other nodes' entries. Start it again: it then goes on in the new order.");
            }
            if (answer == PeerAnswer.Forgotten && peers.CertifiedEpoch > node.Epoch.Number) throw new NodeStoppedException("The order was restarted while this node was away, and no other node still has the entries before that. Start it again: it then takes a snapshot from another node.");
            // It was not so, as far as anybody shows, or they have not gone further yet.
            if (answer != PeerAnswer.Given) node.EpochAhead = 0;
        }
    }

    // Only what is final is known at the next start.
    private async Task FinalAsync()
    {
        while (true)
        {
            var moved = node.Moved.Next;
            node.Failure.Stop.ThrowIfCancellationRequested();
            if (node.Archive.Head is { } head && head.Header.Epoch > node.Epoch.Number) return;
            await moved;
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
            await Task.Delay(Pause, node.Clock, node.Failure.Stop);
        }
    }

    // A log that was set back and written on shows another entry where this node's last one stood.
    private async Task RefuseAnother(long last, long offset)
    {
        if (last <= offset || (await node.Log.RangeAsync(node.Failure.Stop)).First > last) return;
        var there = await shared.Log.RangeAsync(node.Failure.Stop);
        if (there.Last < last - offset) throw new LogRolledBackException(last - offset, there.Last);
        ReadOnlyMemory<byte> own = default;
        await foreach (var entry in node.Log.FollowAsync(last - 1, node.Failure.Stop))
        {
            own = entry.Bytes;
            break;
        }
        try
        {
            await foreach (var entry in shared.Log.FollowAsync(last - offset - 1, node.Failure.Stop))
            {
                if (!Kept(entry.Bytes).Span.SequenceEqual(own.Span)) throw new NodeStoppedException(Lost($"its entry {last - offset} is another than the one that this node has read there"));
                return;
            }
        }
        catch (LogPrunedException)
        {
            // It has forgotten what everybody has, and cannot be compared.
        }
    }

    private static string Lost(string what) =>
        $"The shared log has lost entries or was replaced: {what}. Nothing that is final is lost. If the log cannot be brought back as it was, the validators restart the order with an epoch's record: keten epoch propose.";

    // Whoever can write into the shared log can write more than any node keeps, and what restarts an order. All nodes take the hash of it instead, which is no entry, and skip it alike.
    private static ReadOnlyMemory<byte> Kept(ReadOnlyMemory<byte> bytes) =>
        bytes.Length <= LogLimits.EntryBytes && EpochCertificate.TryRead(bytes.Span) is null ? bytes : Hash.Of(bytes.Span).ToArray();
}
