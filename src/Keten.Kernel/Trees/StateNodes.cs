using System.Runtime.CompilerServices;

namespace Keten.Kernel.Trees;

/// <summary>
/// The memory of a state tree: forks and buckets by number, 0 for an empty bucket. A bucket's entries lie in chained blocks of four, so that buckets of every size share one
/// pool and nothing is lost to sizes that are out of fashion. At 16 a bucket that is about 16 bytes a leaf beside its two hashes.
/// </summary>
internal sealed class StateNodes
{
    private const int PerBlock = 4;
    private readonly Pool<Node> nodes = new();
    private readonly Pool<Block> blocks = new();

    /// <summary>The root over what is under the node; none while it is to be made again. Not for the empty bucket.</summary>
    public ref Hash HashOf(int at) => ref nodes[at].Hash;

    public bool IsDirty(int at) => at != 0 && nodes[at].Hash.IsNone;

    public bool IsFork(int at) => at != 0 && nodes[at].Second >= 0;

    /// <summary>How many entries a bucket has.</summary>
    public int CountOf(int at) => at == 0 ? 0 : ~nodes[at].Second;

    public (int Left, int Right) SidesOf(int at) => (nodes[at].First, nodes[at].Second);

    public void SetSides(int at, int left, int right) => (nodes[at].First, nodes[at].Second) = (left, right);

    public int AddFork(int left, int right)
    {
        var at = nodes.Take();
        SetSides(at, left, right);
        return at;
    }

    /// <summary>Makes the bucket one of these entries, in the same memory if they need as much; returns its number, which may be another, 0 for no entries.</summary>
    public int SetBucket(int at, ReadOnlySpan<StateEntry> entries)
    {
        if (Blocks(CountOf(at)) != Blocks(entries.Length))
        {
            Free(at);
            return AddBucket(entries);
        }
        if (at == 0) return 0;
        (nodes[at].Hash, nodes[at].Second) = (default, ~entries.Length);
        for (var block = nodes[at].First; !entries.IsEmpty; block = blocks[block].Next)
        {
            var some = Math.Min(PerBlock, entries.Length);
            entries[..some].CopyTo(blocks[block].Entries);
            entries = entries[some..];
        }
        return at;

        static int Blocks(int count) => (count + PerBlock - 1) / PerBlock;
    }

    public int AddBucket(ReadOnlySpan<StateEntry> entries)
    {
        if (entries.IsEmpty) return 0;
        var at = nodes.Take();
        var block = blocks.Take();
        (nodes[at].First, nodes[at].Second) = (block, ~entries.Length);
        for (; entries.Length > PerBlock; entries = entries[PerBlock..])
        {
            entries[..PerBlock].CopyTo(blocks[block].Entries);
            block = blocks[block].Next = blocks.Take();
        }
        entries.CopyTo(blocks[block].Entries);
        return at;
    }

    /// <summary>Copies a bucket's entries, sorted by key, to the beginning of the target; returns how many.</summary>
    public int CopyBucket(int at, Span<StateEntry> target)
    {
        var count = CountOf(at);
        var block = nodes[at].First;
        for (var done = 0; done < count; done += PerBlock, block = blocks[block].Next)
            blocks[block].Entries[..Math.Min(PerBlock, count - done)].CopyTo(target[done..]);
        return count;
    }

    public StateEntry[] BucketOf(int at)
    {
        var entries = new StateEntry[CountOf(at)];
        CopyBucket(at, entries);
        return entries;
    }

    public void Free(int at)
    {
        if (at == 0) return;
        if (!IsFork(at))
            for (var block = nodes[at].First; block != 0;)
            {
                var next = blocks[block].Next;
                blocks.Give(block);
                block = next;
            }
        nodes.Give(at);
    }

    // A fork has its sides, at least one not empty, in First and Second; a bucket its first block, and its count inverted (so below zero).
    private struct Node
    {
        public Hash Hash;
        public int First, Second;
    }

    private struct Block
    {
        public Four Entries;
        public int Next;
    }

    [InlineArray(PerBlock)]
    private struct Four
    {
        private StateEntry first;
    }
}
