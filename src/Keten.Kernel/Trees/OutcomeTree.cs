namespace Keten.Kernel.Trees;

/// <summary>The tree over a block's leaf hashes, hashed as RFC 9162 (section 2.1) says. Immutable; 64 bytes a leaf, to be dropped when the paths have been taken.</summary>
public sealed class OutcomeTree
{
    private readonly Hash[][] levels;

    /// <summary>Hashes the tree over these leaf hashes, which it copies; there may be none.</summary>
    public OutcomeTree(ReadOnlySpan<Hash> leaves)
    {
        var made = new List<Hash[]> { leaves.ToArray() };
        while (made[^1] is { Length: > 1 } below) made.Add(Above(below));
        levels = [.. made];
    }

    /// <summary>How many leaves there are.</summary>
    public int Count => levels[0].Length;

    /// <summary>The root; of no leaves, <see cref="MerkleProof.EmptyRoot"/>.</summary>
    public Hash Root => Count == 0 ? MerkleProof.EmptyRoot : levels[^1][0];

    /// <summary>The path from the leaf at <paramref name="index"/> to the root, for <see cref="MerkleProof.VerifyInclusion(ulong, ulong, Hash, ReadOnlySpan{Hash}, Hash)"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such leaf.</exception>
    public Hash[] Path(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        var path = new List<Hash>(levels.Length - 1);
        foreach (var level in levels)
        {
            if ((index ^ 1) < level.Length) path.Add(level[index ^ 1]);
            index /= 2;
        }
        return [.. path];
    }

    /// <summary>The root over these leaf hashes, where no paths are wanted.</summary>
    public static Hash RootOf(ReadOnlySpan<Hash> leaves)
    {
        if (leaves.IsEmpty) return MerkleProof.EmptyRoot;
        var nodes = leaves.ToArray();
        for (var length = nodes.Length; length > 1; length = (length + 1) / 2)
        {
            Sha256Lanes.HashNodes(nodes.AsSpan(0, length / 2 * 2), nodes.AsSpan(0, length / 2));
            if (length % 2 != 0) nodes[length / 2] = nodes[length - 1];
        }
        return nodes[0];
    }

    // A last node without a neighbour goes up as it is: that is where RFC 9162 splits.
    private static Hash[] Above(Hash[] below)
    {
        var above = new Hash[(below.Length + 1) / 2];
        Sha256Lanes.HashNodes(below.AsSpan(0, below.Length / 2 * 2), above.AsSpan(0, below.Length / 2));
        if (below.Length % 2 != 0) above[^1] = below[^1];
        return above;
    }
}
