using System.Buffers;

namespace Keten.Kernel.Trees;

/// <summary>
/// The tree over all records of the state, a bucketed binary trie: the root of a set S is SHA-256(0x00 ‖ key ‖ value ‖ key ‖ value …), sorted by key, if S has at most
/// <see cref="BucketSize"/> records, else SHA-256(0x01 ‖ root of those whose key's next bit is 0 ‖ root of the others). It depends on the set alone, not on how it came about.
/// Keys are hashes, so they spread evenly; values are hashes. Not safe for concurrent use. Holds up to 2³⁰ records in memory, 64 bytes and about 17 each.
/// </summary>
public sealed class StateTree
{
    /// <summary>The most records that stand together in one bucket.</summary>
    public const int BucketSize = 16;

    private readonly StateNodes nodes = new();
    private readonly StateHasher hasher;
    private readonly int bucketSize;
    private readonly StateEntry[] bucket;
    private int root;

    /// <summary>The tree of the empty set.</summary>
    public StateTree() : this(BucketSize) { }

    internal StateTree(int bucketSize) => (this.bucketSize, bucket, hasher) = (bucketSize, new StateEntry[bucketSize], new StateHasher(nodes, bucketSize));

    /// <summary>The root of the empty set: SHA-256(0x00).</summary>
    public static Hash EmptyRoot { get; } = Hash.Of([0]);

    /// <summary>How many records there are.</summary>
    public int Count { get; private set; }

    /// <summary>The root. Asked for after changes it hashes what they touched, each node once.</summary>
    public Hash Root => hasher.Root(root);

    /// <summary>Puts and removes records together; where a key is given twice the last holds. Nothing is hashed yet.</summary>
    public void Apply(ReadOnlySpan<StateChange> changes)
    {
        if (changes.IsEmpty) return;
        var sorted = ArrayPool<StateEntry>.Shared.Rent(changes.Length);
        root = Update(root, 0, sorted.AsSpan(0, StateKeys.Sort(changes, sorted)));
        ArrayPool<StateEntry>.Shared.Return(sorted);
    }

    /// <summary>The value's hash of the record with that key, or none.</summary>
    public Hash Find(Hash key)
    {
        var at = root;
        for (var depth = 0; nodes.IsFork(at); depth++) at = Side(at, StateKeys.Bit(key, depth)).This;
        foreach (var entry in bucket.AsSpan(0, nodes.CopyBucket(at, bucket)))
            if (entry.Key == key) return entry.Value;
        return default;
    }

    /// <summary>The proof, against <see cref="Root"/>, that the record with that key is present with its value, or that there is none.</summary>
    public StateProof Prove(Hash key)
    {
        hasher.Root(root);
        var path = new List<Hash>();
        var at = root;
        while (nodes.IsFork(at))
        {
            (at, var sibling) = Side(at, StateKeys.Bit(key, path.Count));
            path.Add(sibling == 0 ? EmptyRoot : nodes.HashOf(sibling));
        }
        path.Reverse();
        return new StateProof([.. path], nodes.BucketOf(at));
    }

    /// <summary>All records in the order of their keys. The tree must not be changed meanwhile.</summary>
    public IEnumerable<StateEntry> Entries()
    {
        var ahead = new Stack<int>();
        for (var at = root; ; at = ahead.Pop())
        {
            for (; nodes.IsFork(at); at = nodes.SidesOf(at).Left) ahead.Push(nodes.SidesOf(at).Right);
            foreach (var entry in nodes.BucketOf(at)) yield return entry;
            if (ahead.Count == 0) yield break;
        }
    }

    /// <summary>The root of a set, hashed from its records alone: what a tree must come to, however it got there.</summary>
    /// <exception cref="ArgumentException">The records are not sorted by key, or two have the same.</exception>
    public static Hash RootOf(ReadOnlySpan<StateEntry> sorted) => RootOf(sorted, BucketSize);

    internal static Hash RootOf(ReadOnlySpan<StateEntry> sorted, int bucketSize)
    {
        if (!StateKeys.AreSorted(sorted)) throw new ArgumentException("The records are to be sorted by key.", nameof(sorted));
        var forks = new (int Middle, int End, Hash Left, bool IsRight)[StateKeys.Bits];
        var (depth, from, to) = (0, 0, sorted.Length);
        while (true)
        {
            for (; to - from > bucketSize; depth++)
            {
                var middle = from + StateKeys.Split(sorted[from..to], depth);
                forks[depth] = (middle, to, default, IsRight: false);
                to = middle;
            }
            var hash = StateHasher.BucketHash(sorted[from..to]);
            for (; depth > 0 && forks[depth - 1].IsRight; depth--) hash = MerkleProof.NodeHash(forks[depth - 1].Left, hash);
            if (depth == 0) return hash;
            ref var fork = ref forks[depth - 1];
            (fork.Left, fork.IsRight, from, to) = (hash, true, fork.Middle, fork.End);
        }
    }

    // As deep as keys share bits: some thirty calls for keys that are hashes, at most 256 for any.
    private int Update(int at, int depth, ReadOnlySpan<StateEntry> changes)
    {
        if (changes.IsEmpty) return at;
        if (!nodes.IsFork(at)) return UpdateBucket(at, depth, changes);
        var (left, right) = nodes.SidesOf(at);
        var split = StateKeys.Split(changes, depth);
        var (newLeft, newRight) = (Update(left, depth + 1, changes[..split]), Update(right, depth + 1, changes[split..]));
        if (IsOneBucket(newLeft, newRight)) return Join(at, newLeft, newRight);
        nodes.SetSides(at, newLeft, newRight);
        if (newLeft != left || newRight != right || nodes.IsDirty(newLeft) || nodes.IsDirty(newRight)) nodes.HashOf(at) = default;
        return at;
    }

    private int UpdateBucket(int at, int depth, ReadOnlySpan<StateEntry> changes)
    {
        var old = bucket.AsSpan(0, nodes.CopyBucket(at, bucket));
        var merged = ArrayPool<StateEntry>.Shared.Rent(old.Length + changes.Length);
        var now = merged.AsSpan(0, Merge(old, changes, merged));
        if (!now.SequenceEqual(old))
        {
            Count += now.Length - old.Length;
            if (now.Length <= bucketSize) at = nodes.SetBucket(at, now);
            else
            {
                nodes.Free(at);
                at = Build(now, depth);
            }
        }
        ArrayPool<StateEntry>.Shared.Return(merged);
        return at;
    }

    private static int Merge(ReadOnlySpan<StateEntry> old, ReadOnlySpan<StateEntry> changes, Span<StateEntry> merged)
    {
        var length = 0;
        foreach (var change in changes)
        {
            for (; !old.IsEmpty && old[0].Key < change.Key; old = old[1..]) merged[length++] = old[0];
            if (!old.IsEmpty && old[0].Key == change.Key) old = old[1..];
            if (!change.Value.IsNone) merged[length++] = change;
        }
        old.CopyTo(merged[length..]);
        return length + old.Length;
    }

    private int Build(ReadOnlySpan<StateEntry> sorted, int depth)
    {
        if (sorted.Length <= bucketSize) return nodes.AddBucket(sorted);
        var split = StateKeys.Split(sorted, depth);
        return nodes.AddFork(Build(sorted[..split], depth + 1), Build(sorted[split..], depth + 1));
    }

    private bool IsOneBucket(int left, int right) =>
        !nodes.IsFork(left) && !nodes.IsFork(right) && nodes.CountOf(left) + nodes.CountOf(right) <= bucketSize;

    private int Join(int at, int left, int right)
    {
        var length = nodes.CopyBucket(left, bucket);
        length += nodes.CopyBucket(right, bucket.AsSpan(length));
        nodes.Free(right);
        nodes.Free(at);
        return nodes.SetBucket(left, bucket.AsSpan(0, length));
    }

    private (int This, int Other) Side(int fork, bool isRight)
    {
        var (left, right) = nodes.SidesOf(fork);
        return isRight ? (right, left) : (left, right);
    }
}
