using System.Runtime.InteropServices;

namespace Keten.Kernel.Trees;

/// <summary>Hashes what changed in a state tree: its buckets by their size, then its forks from the deepest level up, since hashes that do not need each other can be made together.</summary>
internal sealed class StateHasher(StateNodes nodes, int bucketSize)
{
    private const int AtOnce = 64;
    private readonly Hash[] children = new Hash[2 * AtOnce], made = new Hash[AtOnce];
    private readonly StateEntry[] entries = new StateEntry[AtOnce * bucketSize];

    public Hash Root(int root)
    {
        if (root == 0) return StateTree.EmptyRoot;
        if (nodes.IsDirty(root)) HashBelow(root);
        return nodes.HashOf(root);
    }

    public static Hash BucketHash(ReadOnlySpan<StateEntry> bucket)
    {
        Span<Hash> digest = stackalloc Hash[1];
        var bytes = MemoryMarshal.AsBytes(bucket);
        Sha256Lanes.HashMany([MerkleProof.LeafPrefix], bytes, bytes.Length, digest);
        return digest[0];
    }

    private void HashBelow(int root)
    {
        var forks = new List<List<int>>();
        var buckets = new List<int>[bucketSize + 1];
        for (List<int> level = [root]; level.Count > 0;)
        {
            List<int> here = [], below = [];
            foreach (var at in level)
            {
                if (!nodes.IsFork(at))
                {
                    (buckets[nodes.CountOf(at)] ??= []).Add(at);
                    continue;
                }
                here.Add(at);
                var (left, right) = nodes.SidesOf(at);
                if (nodes.IsDirty(left)) below.Add(left);
                if (nodes.IsDirty(right)) below.Add(right);
            }
            forks.Add(here);
            level = below;
        }
        for (var count = 1; count <= bucketSize; count++) HashBuckets(CollectionsMarshal.AsSpan(buckets[count]), count);
        for (var depth = forks.Count - 1; depth >= 0; depth--) HashForks(CollectionsMarshal.AsSpan(forks[depth]));
    }

    private void HashBuckets(ReadOnlySpan<int> same, int count)
    {
        for (; !same.IsEmpty; same = same[Math.Min(AtOnce, same.Length)..])
        {
            var some = same[..Math.Min(AtOnce, same.Length)];
            for (var i = 0; i < some.Length; i++) nodes.CopyBucket(some[i], entries.AsSpan(i * count));
            var bodies = MemoryMarshal.AsBytes(entries.AsSpan(0, some.Length * count));
            Sha256Lanes.HashMany([MerkleProof.LeafPrefix], bodies, 2 * Hash.Size * count, made.AsSpan(0, some.Length));
            for (var i = 0; i < some.Length; i++) nodes.HashOf(some[i]) = made[i];
        }
    }

    private void HashForks(ReadOnlySpan<int> level)
    {
        for (; !level.IsEmpty; level = level[Math.Min(AtOnce, level.Length)..])
        {
            var some = level[..Math.Min(AtOnce, level.Length)];
            for (var i = 0; i < some.Length; i++)
            {
                var (left, right) = nodes.SidesOf(some[i]);
                children[2 * i] = left == 0 ? StateTree.EmptyRoot : nodes.HashOf(left);
                children[2 * i + 1] = right == 0 ? StateTree.EmptyRoot : nodes.HashOf(right);
            }
            Sha256Lanes.HashNodes(children.AsSpan(0, 2 * some.Length), made.AsSpan(0, some.Length));
            for (var i = 0; i < some.Length; i++) nodes.HashOf(some[i]) = made[i];
        }
    }
}
