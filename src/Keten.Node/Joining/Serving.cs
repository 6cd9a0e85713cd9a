using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Node.Joining;

/// <summary>What this node gives to other nodes: only what is certified, in pieces of a megabyte or so.</summary>
internal sealed class Serving(NodeParts node)
{
    public const int CertificatesAtOnce = 256, LeavesAtOnce = 32_768, PieceBytes = 1 << 20;
    private const int LeavesOfOneRead = 4_096;
    private readonly Lock gate = new();
    private OfferedSnapshot? offered;

    /// <summary>The answer; null where there is none, or none any more.</summary>
    public async Task<byte[]?> AnswerAsync(PeerQuestion question, CancellationToken cancel) => question.Topic switch
    {
        PeerTopic.Tip => await TipAsync(cancel),
        PeerTopic.Certificates => Certificates(question.From),
        PeerTopic.Leaves => Leaves(question.From),
        PeerTopic.Snapshot => Piece(question.From, question.Offset),
        PeerTopic.Entries => await EntriesAsync(question.From, cancel),
        PeerTopic.Attested => Attested(question.Key),
        PeerTopic.Epoch => node.Restart,
        _ => null,
    };

    private async Task<byte[]?> TipAsync(CancellationToken cancel)
    {
        if (node.Archive.Head is not { } head) return null;
        return new Tip(head, (ulong)(await node.Log.RangeAsync(cancel)).First, Offer(head)).ToBytes();
    }

    private byte[]? Certificates(ulong from)
    {
        if (!node.Archive.Has(from)) return null;
        var count = (int)Math.Min(CertificatesAtOnce, node.Archive.Head!.Header.Height - from + 1);
        var writer = new CborWriter(1024 * count);
        writer.Array(count);
        for (var each = 0; each < count; each++)
        {
            var record = node.Archive.Record(from + (uint)each);
            new CertifiedBlock(record.Certificate, record.Next).Write(writer);
        }
        return writer.ToArray();
    }

    private byte[]? Leaves(ulong from)
    {
        var size = node.Archive.Head?.Header.HistorySize ?? 0;
        if (from >= size) return null;
        var bytes = new byte[(int)Math.Min(LeavesAtOnce, size - from) * Hash.Size];
        var leaves = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, Hash>(bytes.AsSpan()).Length;
        for (var done = 0; done < leaves;)
        {
            var (start, until) = (done, Math.Min(leaves, done + LeavesOfOneRead));
            done = node.State.Read(ledger =>
            {
                for (var each = start; each < until; each++) ledger.History.Leaf(from + (uint)each).CopyTo(bytes.AsSpan(each * Hash.Size));
                return until;
            });
        }
        return bytes;
    }

    private byte[]? Piece(ulong height, ulong offset)
    {
        if (!node.Snapshots.Heights().Contains(height)) return null;
        try
        {
            return node.Snapshots.Piece(height, offset, PieceBytes);
        }
        catch (IOException) when (!node.Snapshots.Heights().Contains(height))
        {
            return null;        // a newer one has just taken its place
        }
    }

    // What is durable in the log is read without waiting.
    private async Task<byte[]?> EntriesAsync(ulong after, CancellationToken cancel)
    {
        var until = node.Archive.Head?.Header.LogPosition ?? 0;
        var (entries, size) = (new List<ReadOnlyMemory<byte>>(), 0L);
        try
        {
            if (after < until)
            {
                await foreach (var entry in node.Log.FollowAsync((long)after, cancel))
                {
                    entries.Add(entry.Bytes);
                    if ((size += entry.Bytes.Length) >= PieceBytes || (ulong)entry.Position >= until) break;
                }
            }
        }
        catch (LogPrunedException)
        {
            return null;
        }
        var writer = new CborWriter((int)size + 8 * entries.Count + 16);
        writer.Array(entries.Count);
        foreach (var entry in entries) writer.Bytes(entry.Span);
        return writer.ToArray();
    }

    private byte[]? Attested(KeyId validator)
    {
        if (node.Archive.Head is not { } head) return null;
        var writer = new CborWriter(1024);
        writer.Array(2);
        writer.Bytes(head.ToBytes());
        if (node.Spoken.TryGetValue(validator, out var said)) said.Write(writer);
        else writer.Null();
        return writer.ToArray();
    }

    // The newest whose root a certified header carries already: until then it may be anything.
    private OfferedSnapshot? Offer(Certificate head)
    {
        lock (gate)
        {
            foreach (var height in node.Snapshots.Heights())
            {
                if (offered is { } known && known.Height == height) return offered;
                if (height < head.Header.Height && CarrierOf(height, head.Header.Height) is { } carrier && node.Snapshots.DigestOf(height) is var (length, digest))
                    return offered = new OfferedSnapshot(height, length, digest, carrier);
            }
            return null;
        }
    }

    // Headers' state heights only rise.
    private ulong? CarrierOf(ulong height, ulong head)
    {
        var (low, high) = (height + 1, head + 1);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            if (node.Archive.Record(middle).Header.StateHeight < height) low = middle + 1;
            else high = middle;
        }
        return low <= head && node.Archive.Record(low).Header.StateHeight == height ? low : null;
    }
}
