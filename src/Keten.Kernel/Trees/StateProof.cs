namespace Keten.Kernel.Trees;

/// <summary>What a state proof says of a key. The default is that it says nothing.</summary>
public enum StateVerdict
{
    /// <summary>The proof does not hold: for another root, another key, or not as a tree gives it.</summary>
    Invalid,

    /// <summary>There is no record with that key.</summary>
    Absent,

    /// <summary>There is a record with that key, and its value's hash is known.</summary>
    Present,
}

/// <summary>
/// The bucket in which a key stands or would stand, and the roots beside the way from it to the state's root. Plain data: whatever it is made of, it is safe to verify.
/// </summary>
/// <param name="Path">The roots of the other sides, the bucket's own neighbour first; as many as the bucket is deep, at most 256.</param>
/// <param name="Bucket">All records of the bucket, sorted by key, at most <see cref="StateTree.BucketSize"/>; there may be none.</param>
public sealed record StateProof(Hash[] Path, StateEntry[] Bucket)
{
    /// <summary>
    /// What the proof says, under that root, of that key. Checked beside the hashes is all of a tree's form that can be seen from here: bounds, order, that no value is none,
    /// that every record of the bucket belongs where the path leads, and that a bucket whose neighbour is empty has not been split for nothing.
    /// </summary>
    /// <returns>The verdict; <paramref name="value"/> is the value's hash where it is <see cref="StateVerdict.Present"/>, else none.</returns>
    public StateVerdict Verify(Hash root, Hash key, out Hash value)
    {
        value = default;
        if (!IsWellFormed(key)) return StateVerdict.Invalid;
        var (hash, found) = (StateHasher.BucketHash(Bucket), default(Hash));
        for (var i = 0; i < Path.Length; i++)
            hash = StateKeys.Bit(key, Path.Length - 1 - i) ? MerkleProof.NodeHash(Path[i], hash) : MerkleProof.NodeHash(hash, Path[i]);
        if (hash != root) return StateVerdict.Invalid;

        foreach (var entry in Bucket)
            if (entry.Key == key) found = entry.Value;
        value = found;
        return found.IsNone ? StateVerdict.Absent : StateVerdict.Present;
    }

    private bool IsWellFormed(Hash key)
    {
        if (Path.Length > StateKeys.Bits || Bucket.Length > StateTree.BucketSize || !StateKeys.AreSorted(Bucket)) return false;
        if (Path.Length > 0 && Path[0] == StateTree.EmptyRoot) return false;
        foreach (var entry in Bucket)
            if (entry.Value.IsNone || !StateKeys.Share(entry.Key, key, Path.Length)) return false;
        return true;
    }
}
