using System.Numerics;
using System.Runtime.InteropServices;

namespace Keten.Kernel.Trees;

/// <summary>
/// The complete subtrees' roots that were made since a frontier. Every second level is kept and the one between is hashed again when asked for, one hash a node: 43 bytes
/// a leaf instead of 64.
/// </summary>
internal sealed class HistoryNodes
{
    private const int ChunkBits = 15;
    private readonly ulong from;
    private readonly Hash[] peaks = new Hash[64];
    private readonly Level[] levels = new Level[32];

    public HistoryNodes(Frontier from)
    {
        this.from = from.Size;
        var next = 0;
        for (var level = 63; level >= 0; level--)
            if (((this.from >> level) & 1) != 0) peaks[level] = from.Peaks[next++];
        for (var i = 0; i < levels.Length; i++) levels[i] = new Level();
    }

    public void Add(int level, Hash node) => AddMany(level, MemoryMarshal.CreateReadOnlySpan(ref node, 1));

    public void AddMany(int level, ReadOnlySpan<Hash> nodes)
    {
        if (level % 2 == 0) levels[level / 2].Add(nodes);
    }

    /// <summary>The root over the leaves [low, high), for low a multiple of a power of two that is not below high - low.</summary>
    public Hash Root(ulong low, ulong high)
    {
        var root = TakeLast(low, ref high);
        while (high > low) root = MerkleProof.NodeHash(TakeLast(low, ref high), root);
        return root;
    }

    /// <summary>The root of the last, smallest complete subtree of [low, high), which it takes away.</summary>
    public Hash TakeLast(ulong low, ref ulong high)
    {
        var level = BitOperations.TrailingZeroCount(high - low);
        var index = (high >> level) - 1;
        high -= 1UL << level;
        return TryGet(level, index, out var node) ? node : MerkleProof.NodeHash(Kept(level - 1, 2 * index), Kept(level - 1, 2 * index + 1));
    }

    /// <summary>
    /// The root of the complete subtree of 2^level leaves that is the index-th of its level: one of the frontier's peaks, or one that has a leaf behind it. False where it
    /// is of a level that is not kept: its children are.
    /// </summary>
    public bool TryGet(int level, ulong index, out Hash node)
    {
        var before = from >> level;
        var isPeak = (before & 1) != 0 && index == before - 1;
        node = isPeak ? peaks[level] : level % 2 == 0 ? levels[level / 2][index - before] : default;
        return isPeak || level % 2 == 0;
    }

    /// <summary>A node of a level that is kept, or a peak.</summary>
    public Hash Kept(int level, ulong index) => TryGet(level, index, out var node) ? node : throw new InvalidOperationException("That level is not kept.");

    /// <summary>A list that never moves a full chunk of 1 MiB.</summary>
    private sealed class Level
    {
        private readonly List<Hash[]> chunks = [];
        private int inLast;

        public Hash this[ulong index] => chunks[(int)(index >> ChunkBits)][(int)(index & ((1 << ChunkBits) - 1))];

        public void Add(ReadOnlySpan<Hash> nodes)
        {
            while (!nodes.IsEmpty)
            {
                if (chunks.Count == 0 || inLast == 1 << ChunkBits)
                {
                    chunks.Add(new Hash[chunks.Count == 0 ? 4 : 1 << ChunkBits]);
                    inLast = 0;
                }
                var last = chunks[^1];
                if (inLast == last.Length)
                {
                    Array.Resize(ref last, 2 * last.Length);
                    chunks[^1] = last;
                }
                var length = Math.Min(nodes.Length, last.Length - inLast);
                nodes[..length].CopyTo(last.AsSpan(inLast));
                inLast += length;
                nodes = nodes[length..];
            }
        }
    }
}
