using System.Numerics;

namespace Keten.Kernel.Trees;

/// <summary>A history tree of which only the right edge is held: it grows and knows its root, in 2 KiB, but gives no proofs. Not safe for concurrent use.</summary>
public sealed class HistoryEdge
{
    private const int AtOnce = 1024;
    private readonly Hash[] peaks = new Hash[64];      // by level; what stands where the size has no bit means nothing
    private Hash[] scratch = [];

    /// <summary>An empty tree.</summary>
    public HistoryEdge() { }

    /// <summary>Goes on where a frontier was taken.</summary>
    public HistoryEdge(Frontier from)
    {
        Count = from.Size;
        var next = 0;
        for (var level = 63; level >= 0; level--)
            if (HasPeak(level)) peaks[level] = from.Peaks[next++];
    }

    /// <summary>How many leaves there are.</summary>
    public ulong Count { get; private set; }

    /// <summary>The right edge as it is now.</summary>
    public Frontier Frontier
    {
        get
        {
            Span<Hash> now = stackalloc Hash[64];
            var length = 0;
            for (var level = 63; level >= 0; level--)
                if (HasPeak(level)) now[length++] = peaks[level];
            return new Frontier(Count, now[..length]);
        }
    }

    /// <summary>The root over all leaves: one hash for each peak but one.</summary>
    public Hash Root => Frontier.Root;

    /// <summary>Adds a leaf hash behind the last.</summary>
    public void Append(Hash leaf) => Append(leaf, kept: null);

    /// <summary>Adds leaf hashes behind the last, in order: the same as one after another, and faster.</summary>
    public void AppendMany(ReadOnlySpan<Hash> leaves) => AppendMany(leaves, kept: null);

    internal void Append(Hash node, HistoryNodes? kept)
    {
        if (node.IsNone) throw new ArgumentException("A leaf hash is never none.", nameof(node));
        kept?.Add(0, node);
        var level = 0;
        for (; HasPeak(level); level++)
        {
            node = MerkleProof.NodeHash(peaks[level], node);
            kept?.Add(level + 1, node);
        }
        peaks[level] = node;
        Count++;
    }

    internal void AppendMany(ReadOnlySpan<Hash> leaves, HistoryNodes? kept)
    {
        if (leaves.Contains(default)) throw new ArgumentException("A leaf hash is never none.", nameof(leaves));
        for (; leaves.Length > AtOnce; leaves = leaves[AtOnce..]) AppendSome(leaves[..AtOnce], kept);
        AppendSome(leaves, kept);
    }

    // Level by level, so that the hashes of a level, which do not need each other, can be made together.
    private void AppendSome(ReadOnlySpan<Hash> leaves, HistoryNodes? kept)
    {
        if (scratch.Length <= leaves.Length) scratch = new Hash[BitOperations.RoundUpToPowerOf2((uint)leaves.Length + 1)];
        var (length, before) = (leaves.Length, Count);
        leaves.CopyTo(scratch.AsSpan(1));
        for (var level = 0; length > 0; level++)
        {
            var nodes = scratch.AsSpan(1, length);
            kept?.AddMany(level, nodes);
            if (((before >> level) & 1) != 0)
            {
                scratch[0] = peaks[level];
                nodes = scratch.AsSpan(0, length + 1);
            }
            if (nodes.Length % 2 != 0) peaks[level] = nodes[^1];
            length = nodes.Length / 2;
            Sha256Lanes.HashNodes(nodes[..(2 * length)], nodes[..length]);
            nodes[..length].CopyTo(scratch.AsSpan(1));
        }
        Count += (uint)leaves.Length;
    }

    private bool HasPeak(int level) => ((Count >> level) & 1) != 0;
}
