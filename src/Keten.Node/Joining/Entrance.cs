using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Network;
using Keten.Node.Pipeline;

namespace Keten.Node.Joining;

/// <summary>Before a node opens: whether it is so far behind that it takes a snapshot from another node, and the taking of it.</summary>
internal sealed class Entrance(IDisk disk, Genesis genesis, NodeSetup setup, KeyCache keys)
{
    private const int RoundsAtMost = 3;
    private static readonly TimeSpan OrderAnswersWithin = TimeSpan.FromSeconds(5);
    private readonly Staging staging = new(disk, setup.Options.Log);

    /// <summary>The latest epoch that a peer says the order is in.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Leaves the data folder as it is, or with what a peer gave and was checked.</summary>
    public async Task EnterAsync(CancellationToken cancel)
    {
        // A crash while an earlier one was being installed.
        staging.Install();
        if (setup.Shared is not { } shared || shared.Peers.All.Count == 0) return;
        var (own, point) = (await OwnLast(cancel), EpochFolder.Of(disk).Point());
        bool? gap = null;
        // A snapshot that a newer one has replaced meanwhile is asked for again.
        for (var (round, again) = (0, true); again && round < RoundsAtMost; round++)
        {
            again = false;
            var tips = await Tips(shared.Peers, cancel);
            foreach (var (_, tip) in tips) Epoch = Math.Max(Epoch, tip.Newest.Header.Epoch);
            // A validator without promises in a ledger that goes on already: it is new, or has lost what it knew.
            if (tips.Count > 0 && setup.Validator is not null && !disk.Exists(PromiseFile.Name)) disk.WriteAllAtomically(PromiseFile.RestoredName, []);
            foreach (var (peer, tip) in tips)
            {
                if (tip.Snapshot is null) continue;
                gap ??= Epoch > point.Number || await IsGap(shared.Log, own - point.Offset, cancel);
                if (!IsWanted(tip, own, gap.Value)) continue;
                if (await TakeAsync(peer, tip.Snapshot!.Value, own, cancel) is not { } taken) again = true;
                else if (taken) return;
            }
        }
    }

    // Null where the peer does not have it any more.
    private async Task<bool?> TakeAsync(Peer peer, OfferedSnapshot offered, long own, CancellationToken cancel)
    {
        try
        {
            if (await new SnapshotJoin(genesis, setup.Catalogue, keys, staging).FetchAsync(peer, offered, cancel) is not { } head) return null;
            if (head.LogPosition <= (ulong)own) return false;
            staging.Seal(head.Height);
            staging.Install();
            return true;
        }
        catch (PeerFaultException lie)
        {
            peer.Lied(lie.Message);
            return false;
        }
    }

    private async Task<long> OwnLast(CancellationToken cancel)
    {
        await using var log = FileLog.Open(disk.Folder("log"), setup.Options.Log);
        return (await log.RangeAsync(cancel)).Last;
    }

    // The newest snapshots first.
    private async Task<List<(Peer Peer, Tip Tip)>> Tips(Peers peers, CancellationToken cancel)
    {
        var tips = new List<(Peer Peer, Tip Tip)>();
        foreach (var peer in peers.InOrder)
        {
            if (await peer.AskAsync(new PeerQuestion(PeerTopic.Tip), cancel) is not { } answer) continue;
            try
            {
                var tip = Tip.FromBytes(answer);
                if (tip.Newest.Header.LedgerId != genesis.LedgerId) throw new PeerFaultException("It is a node of another ledger.");
                tips.Add((peer, tip));
            }
            catch (MalformedException)
            {
                peer.Lied("How far it is cannot be read.");
            }
            catch (PeerFaultException lie)
            {
                peer.Lied(lie.Message);
            }
        }
        return [.. tips.OrderByDescending(one => one.Tip.Snapshot?.Height ?? 0)];
    }

    // Far behind; or what comes next is nowhere any more.
    private bool IsWanted(Tip tip, long own, bool gap) =>
        tip.Newest.Header.LogPosition > (ulong)own + (ulong)setup.Options.ReplayAtMost || (gap && tip.FirstPosition > (ulong)own + 1);

    private async Task<bool> IsGap(ILog shared, long own, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(OrderAnswersWithin, setup.Options.Clock);
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            return (await shared.RangeAsync(soon.Token)).First > own + 1;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;       // the order does not answer: it is waited for when the node runs
        }
    }
}
