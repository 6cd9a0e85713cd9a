using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Trees;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.Node.Joining;

/// <summary>
/// Puts together, in a folder of its own, a ledger as one peer gives it, and believes none of it: each header must be certified and follow from the one before, the leaves must have the history root,
/// and the snapshot's records the state root that a later header carries. What is left over is a pruned node's folder, complete but for transactions.
/// </summary>
internal sealed class SnapshotJoin(Genesis genesis, Catalogue catalogue, KeyCache keys, Staging staging)
{
    private const int FlushEvery = 1_000;

    /// <summary>All of it, checked and on the disk; null where the peer has none of it any more.</summary>
    /// <exception cref="PeerFaultException">Something is not so.</exception>
    public async Task<Header?> FetchAsync(Peer peer, OfferedSnapshot offered, CancellationToken cancel)
    {
        staging.Clear();
        if (offered.Height == 0 || offered.Carrier <= offered.Height) throw new PeerFaultException("The snapshot that is offered is of no block.");
        if (await HeadersAsync(peer, offered, cancel) is not var (head, carrier) || head is null) return null;
        if (carrier.StateHeight != offered.Height) throw new PeerFaultException($"Block {carrier.Height} does not carry the state root of block {offered.Height}.");
        if (await LeavesAsync(peer, head, cancel) is not { } history || await SnapshotAsync(peer, offered, cancel) is not { } bytes) return null;
        Check(bytes, head, carrier, history);
        staging.Snapshots.WriteAllAtomically(SnapshotStore.NameOf(head.Height), bytes);
        return head;
    }

    // All headers up to the one that carries the snapshot's root; kept are those up to the snapshot.
    private async Task<(Header Head, Header Carrier)?> HeadersAsync(Peer peer, OfferedSnapshot offered, CancellationToken cancel)
    {
        var chain = new HeaderChain(genesis.LedgerId, genesis.Validators, keys, null);
        Header? head = null;
        using var blocks = BlockStore.Open(staging.Blocks, (_, _) => { });
        while ((chain.Last?.Height ?? 0) < offered.Carrier)
        {
            var next = (chain.Last?.Height ?? 0) + 1;
            if (await peer.AskAsync(new PeerQuestion(PeerTopic.Certificates, next), cancel) is not { } answer) return null;
            var some = CertifiedBlock.Read(answer);
            if (some.Count == 0) throw new PeerFaultException($"The certificates end at block {next - 1}, before the snapshot.");
            foreach (var block in some)
            {
                var before = chain.Last?.HistorySize ?? 0;
                chain.Take(block);
                var (header, height) = (block.Header, block.Header.Height);
                if (height <= offered.Height) blocks.Append(BlockRecord.Write(block.Certificate, header.HistorySize - before, block.Next));
                if (height == offered.Height) head = header;
                if (height % FlushEvery == 0) blocks.Flush();
                if (height == offered.Carrier) break;
            }
        }
        blocks.Flush();
        return (head!, chain.Last!);
    }

    private async Task<HistoryTree?> LeavesAsync(Peer peer, Header head, CancellationToken cancel)
    {
        var tree = new HistoryTree();
        while (tree.Count < head.HistorySize)
        {
            if (await peer.AskAsync(new PeerQuestion(PeerTopic.Leaves, tree.Count), cancel) is not { } answer) return null;
            if (answer.Length == 0 || answer.Length % Hash.Size != 0) throw new PeerFaultException("What should be leaves of the history are none.");
            var leaves = MemoryMarshal.Cast<byte, Hash>(answer);
            if ((ulong)leaves.Length > head.HistorySize - tree.Count) leaves = leaves[..(int)(head.HistorySize - tree.Count)];
            if (leaves.Contains(default)) throw new PeerFaultException("A leaf of the history is none.");
            tree.AppendMany(leaves);
        }
        if (tree.Root != head.HistoryRoot) throw new PeerFaultException($"The leaves have another root than the history of block {head.Height}.");
        HistoryFile.Extend(staging.Blocks, tree.Count, (from, some) =>
        {
            for (var each = 0; each < some.Length; each++) some[each] = tree.Leaf(from + (uint)each);
        });
        return tree;
    }

    private static async Task<byte[]?> SnapshotAsync(Peer peer, OfferedSnapshot offered, CancellationToken cancel)
    {
        // Grown as it comes: a length that is only said costs nothing.
        using var whole = new MemoryStream();
        while ((ulong)whole.Length < offered.Length)
        {
            if (await peer.AskAsync(new PeerQuestion(PeerTopic.Snapshot, offered.Height, (ulong)whole.Length), cancel) is not { } piece) return null;
            if (piece.Length == 0 || (ulong)piece.Length > offered.Length - (ulong)whole.Length) throw new PeerFaultException("The snapshot is not of the length that was said.");
            whole.Write(piece);
        }
        var bytes = whole.ToArray();
        return new Hash(SHA256.HashData(bytes)) == offered.Digest ? bytes : throw new PeerFaultException("The snapshot has another hash than was said.");
    }

    private void Check(byte[] file, Header head, Header carrier, HistoryTree history)
    {
        if (SnapshotStore.Parse(file, out var wrong) is not { } snapshot) throw new PeerFaultException("The snapshot cannot be read: " + wrong);
        if (snapshot.Head != head) throw new PeerFaultException($"The snapshot is not of block {head.Height} as it was certified.");
        Ledger ledger;
        try
        {
            ledger = Ledger.Restore(genesis, catalogue, snapshot, history, keys);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whatever a record that nobody wrote makes of the program that reads it.
            throw new PeerFaultException("The snapshot holds what is no record: " + fault.Message, fault);
        }
        if (ledger.Latest!.Root != carrier.StateRoot) throw new PeerFaultException($"The snapshot's records have another root than block {carrier.Height} carries.");
        // What stands before the records must be what this ledger would write: no record twice, the history's edge, and how many entries were skipped.
        var walk = ledger.BeginSnapshot();
        var isSame = file.AsSpan().StartsWith(walk.Start());
        walk.GiveUp();
        if (!isSame || !IsSkipped(snapshot.Skipped, head)) throw new PeerFaultException("The snapshot says otherwise than its records how many there are, or what came before.");
    }

    // An entry is a block, is skipped, or restarts the order: at most once for each epoch, whose numbers may leave some out.
    private static bool IsSkipped(ulong skipped, Header head) => head.LogPosition - head.Height is var others && skipped <= others && others - skipped <= head.Epoch && (others > skipped || head.Epoch == 0);
}
