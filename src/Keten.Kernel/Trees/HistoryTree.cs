using System.Numerics;

namespace Keten.Kernel.Trees;

/// <summary>
/// The append-only tree over all decided transactions (RFC 9162, section 2.1), with what its proofs need: 43 bytes a leaf. It may begin at a frontier: then it proves
/// what came after that. A root, a proof costs O(log n). Not safe for concurrent use.
/// </summary>
public sealed class HistoryTree
{
    private readonly HistoryEdge edge;
    private readonly HistoryNodes nodes;

    /// <summary>An empty tree.</summary>
    public HistoryTree() : this(default) { }

    /// <summary>Goes on where a frontier was taken, without what was before it.</summary>
    public HistoryTree(Frontier from) => (From, edge, nodes) = (from.Size, new HistoryEdge(from), new HistoryNodes(from));

    /// <summary>How many leaves were there at the beginning: nothing is known of them but their frontier.</summary>
    public ulong From { get; }

    /// <summary>How many leaves there are.</summary>
    public ulong Count => edge.Count;

    /// <summary>The root over all leaves; of none, <see cref="MerkleProof.EmptyRoot"/>.</summary>
    public Hash Root => edge.Root;

    /// <summary>The right edge as it is now, for a snapshot.</summary>
    public Frontier Frontier => edge.Frontier;

    /// <summary>Adds a leaf hash (see <see cref="MerkleProof.LeafHash(Hash)"/>) behind the last.</summary>
    /// <exception cref="ArgumentException">The hash is none.</exception>
    public void Append(Hash leaf) => edge.Append(leaf, nodes);

    /// <summary>Adds leaf hashes behind the last, in order: the same as one after another, and faster.</summary>
    /// <exception cref="ArgumentException">A hash is none: nothing is added.</exception>
    public void AppendMany(ReadOnlySpan<Hash> leaves) => edge.AppendMany(leaves, nodes);

    /// <summary>A leaf hash, as it was appended.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is below <see cref="From"/> or not below <see cref="Count"/>.</exception>
    public Hash Leaf(ulong index) => index >= From && index < Count ? nodes.Kept(0, index) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <summary>The root as it was at that size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is below <see cref="From"/> or above <see cref="Count"/>.</exception>
    public Hash RootAt(ulong size)
    {
        CheckSize(size);
        return size == 0 ? MerkleProof.EmptyRoot : nodes.Root(0, size);
    }

    /// <summary>The right edge as it was at that size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is below <see cref="From"/> or above <see cref="Count"/>.</exception>
    public Frontier FrontierAt(ulong size)
    {
        CheckSize(size);
        var peaks = new Hash[BitOperations.PopCount(size)];
        var rest = size;
        for (var i = peaks.Length - 1; i >= 0; i--) peaks[i] = nodes.TakeLast(0, ref rest);
        return new Frontier(size, peaks);
    }

    /// <summary>The path from the leaf at <paramref name="index"/> to the root at that size (RFC 9162, 2.1.3.1), for <see cref="MerkleProof"/> to check.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is below <see cref="From"/> or not below the size, or the size is above <see cref="Count"/>.</exception>
    public Hash[] Inclusion(ulong index, ulong size)
    {
        CheckSize(size);
        if (index < From || index >= size) throw new ArgumentOutOfRangeException(nameof(index));
        var path = new PathBuilder(nodes, stackalloc Hash[3 * MerkleProof.MaxPath], stackalloc int[MerkleProof.MaxPath]);
        for (var (low, high) = (0UL, size); high - low > 1;)
        {
            var middle = low + PowerBelow(high - low);
            if (index < middle)
            {
                path.Add(middle, high);
                high = middle;
            }
            else
            {
                path.Add(low, middle);
                low = middle;
            }
        }
        return path.FromTheLeaf();
    }

    /// <summary>The path that shows that the tree at <paramref name="size1"/> is the beginning of the one at <paramref name="size2"/> (RFC 9162, 2.1.4.1).</summary>
    /// <exception cref="ArgumentOutOfRangeException">Size1 is 0, below <see cref="From"/> or above size2, or size2 is above <see cref="Count"/>.</exception>
    public Hash[] Consistency(ulong size1, ulong size2)
    {
        CheckSize(size2);
        if (size1 == 0 || size1 < From || size1 > size2) throw new ArgumentOutOfRangeException(nameof(size1));
        var path = new PathBuilder(nodes, stackalloc Hash[3 * MerkleProof.MaxPath], stackalloc int[MerkleProof.MaxPath]);
        var (low, high) = (0UL, size2);
        while (high != size1)
        {
            var middle = low + PowerBelow(high - low);
            if (size1 <= middle)
            {
                path.Add(middle, high);
                high = middle;
            }
            else
            {
                path.Add(low, middle);
                low = middle;
            }
        }
        if (low != 0) path.Add(low, high);       // at 0 it is the older root itself, which the verifier has
        return path.FromTheLeaf();
    }

    private void CheckSize(ulong size)
    {
        if (size < From || size > Count) throw new ArgumentOutOfRangeException(nameof(size));
    }

    // The greatest power of two below n, for n above 1.
    private static ulong PowerBelow(ulong n) => 1UL << BitOperations.Log2(n - 1);
}
