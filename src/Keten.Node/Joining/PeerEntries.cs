using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Joining;

/// <summary>What asking all peers for entries came to.</summary>
internal enum PeerAnswer
{
    /// <summary>Some are in this node's log now.</summary>
    Given,

    /// <summary>Nobody has more for now, or nobody answers.</summary>
    None,

    /// <summary>Those who answer have forgotten them.</summary>
    Forgotten,
}

/// <summary>
/// Takes entries from peers into this node's own log: only those that a certified header covers, whose hash over all entries they must lead to. So what is in the log is what was ordered, also where
/// nobody can be asked but one who lies.
/// </summary>
internal sealed class PeerEntries(NodeParts node, Peers peers)
{
    private const int BlocksAtOnce = 64;
    private const long BytesAtOnce = 64 << 20;

    /// <summary>The latest epoch of a certified header that a peer has shown.</summary>
    public ulong CertifiedEpoch { get; private set; }

    /// <summary>Takes some from the first peer that gives any.</summary>
    public async Task<PeerAnswer> AdvanceAsync()
    {
        var came = PeerAnswer.None;
        foreach (var peer in peers.InOrder)
        {
            try
            {
                var answer = await FromAsync(peer);
                if (answer == PeerAnswer.Given) return answer;
                if (answer == PeerAnswer.Forgotten) came = answer;
            }
            catch (PeerFaultException lie)
            {
                peer.Lied(lie.Message);
            }
        }
        return came;
    }

    private async Task<PeerAnswer> FromAsync(Peer peer)
    {
        await AllExecuted();
        var (head, validators, certifiers) = node.State.Read(ledger => (ledger.Head, ledger.Validators, ledger.Certifiers));
        if (await peer.AskAsync(new PeerQuestion(PeerTopic.Certificates, (head?.Height ?? 0) + 1), node.Failure.Stop) is not { } answer) return PeerAnswer.None;
        var chain = new HeaderChain(node.LedgerId, validators, node.Keys, head);
        var certified = new Queue<(Header Header, ValidatorSet By)>();
        foreach (var block in CertifiedBlock.Read(answer).Take(BlocksAtOnce))
        {
            var by = chain.Validators;
            chain.Take(block);
            CertifiedEpoch = Math.Max(CertifiedEpoch, block.Header.Epoch);
            certified.Enqueue((block.Header, by));
        }
        var before = (Header: head, By: certifiers);
        var (hash, position, gave) = (head?.LogHash ?? node.LedgerId, head?.LogPosition ?? 0, false);
        var (waiting, bytes) = (new List<ReadOnlyMemory<byte>>(), 0L);
        while (certified.TryPeek(out var next))
        {
            var (target, left) = (next.Header, certified.Count);
            if (await peer.AskAsync(new PeerQuestion(PeerTopic.Entries, position), node.Failure.Stop) is not { } some) return gave ? PeerAnswer.Given : PeerAnswer.Forgotten;
            var entries = Read(some);
            if (entries.Count == 0) throw new PeerFaultException($"There is no entry {position + 1}, though block {target.Height} is certified.");
            foreach (var entry in entries)
            {
                if (left == 0) break;
                position++;
                hash = Ledger.Chain(hash, Restarting(entry, position, before.Header, before.By)?.ToBytes() ?? entry.Span);
                waiting.Add(entry);
                if ((bytes += entry.Length) > BytesAtOnce) throw new PeerFaultException($"Before block {target.Height} stand more than {BytesAtOnce >> 20} MiB of entries.");
                if (position < target.LogPosition) continue;
                if (hash != target.LogHash) throw new PeerFaultException($"The entries up to {position} are not those that block {target.Height} was made of.");
                gave |= await Keep(waiting, position);
                waiting.Clear();
                bytes = 0;
                before = certified.Dequeue()!;
                left = certified.Count;
                if (certified.TryPeek(out next)) target = next.Header;
            }
        }
        return gave ? PeerAnswer.Given : PeerAnswer.None;
    }

    // Who certifies what comes is known when what came is executed.
    private async Task AllExecuted()
    {
        var last = (ulong)(await node.Log.RangeAsync(node.Failure.Stop)).Last;
        while (true)
        {
            var moved = node.Moved.Next;
            node.Failure.Stop.ThrowIfCancellationRequested();
            if (node.State.Read(ledger => ledger.LogPosition) >= last) return;
            await moved;
        }
    }

    // Entries that the log has already, skipped ones behind the last block, are passed over.
    private async Task<bool> Keep(List<ReadOnlyMemory<byte>> entries, ulong last)
    {
        var known = (ulong)(await node.Log.RangeAsync(node.Failure.Stop)).Last;
        var first = last - (ulong)entries.Count + 1;
        var appends = new List<Task<long>>();
        for (var each = 0; each < entries.Count; each++)
            if (first + (uint)each > known) appends.Add(node.Log.AppendAsync(entries[each], node.Failure.Stop).AsTask());
        var positions = await Task.WhenAll(appends);
        if (positions.Length > 0 && (ulong)positions[^1] != last) throw new NodeStoppedException($"Entry {last} of the other nodes' came to stand at {positions[^1]} of this node's copy.");
        return positions.Length > 0;
    }

    private static List<ReadOnlyMemory<byte>> Read(byte[] answer)
    {
        try
        {
            var reader = new CborReader(answer);
            var found = new List<ReadOnlyMemory<byte>>();
            for (var left = reader.Array(answer.Length); left > 0; left--)
            {
                var entry = reader.Bytes();
                if (entry.Length > LogLimits.EntryBytes) throw new PeerFaultException("An entry is longer than any node keeps.");
                found.Add(answer.AsMemory(reader.Offset - entry.Length, entry.Length));
            }
            reader.End();
            return found;
        }
        catch (MalformedException fault)
        {
            throw new PeerFaultException("What should be entries cannot be read.", fault);
        }
    }

    // What restarted the order: L(n) has the record, and not who signed it. Nodes take it only where it is complete.
    private static EpochRecord? Restarting(ReadOnlyMemory<byte> entry, ulong position, Header? before, ValidatorSet certifiers) =>
        before is not null && before.LogPosition + 1 == position && EpochCertificate.TryRead(entry.Span) is { } restart && restart.Record.Base == before && restart.IsComplete(certifiers) ? restart.Record : null;
}
