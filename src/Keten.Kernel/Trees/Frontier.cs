using System.Numerics;

namespace Keten.Kernel.Trees;

/// <summary>
/// The right edge of a history tree: its size and the roots ("peaks") of its complete subtrees, the largest, leftmost first; one for each bit set in the size. All that
/// is needed to go on appending, and what a snapshot keeps. The default value is the empty tree.
/// </summary>
public readonly struct Frontier
{
    private readonly Hash[]? peaks;

    /// <summary>Takes over the peaks of a tree of that size.</summary>
    /// <exception cref="ArgumentException">There is not one peak for each bit set in the size, or one is none.</exception>
    public Frontier(ulong size, ReadOnlySpan<Hash> peaks)
    {
        if (!Fits(size, peaks)) throw new ArgumentException("A frontier has one peak for each bit set in its size.", nameof(peaks));
        (Size, this.peaks) = (size, peaks.ToArray());
    }

    /// <summary>How many leaves the tree has.</summary>
    public ulong Size { get; }

    /// <summary>The peaks, leftmost first: at most 64.</summary>
    public ReadOnlySpan<Hash> Peaks => peaks;

    /// <summary>The tree's root (RFC 9162, 2.1.1): the peaks folded from the right.</summary>
    public Hash Root
    {
        get
        {
            if (peaks is not { Length: > 0 }) return MerkleProof.EmptyRoot;
            var root = peaks[^1];
            for (var i = peaks.Length - 2; i >= 0; i--) root = MerkleProof.NodeHash(peaks[i], root);
            return root;
        }
    }

    /// <summary>Whether these can be the peaks of a tree of that size: what a reader of untrusted bytes asks first.</summary>
    public static bool Fits(ulong size, ReadOnlySpan<Hash> peaks) => peaks.Length == BitOperations.PopCount(size) && !peaks.Contains(default);
}
