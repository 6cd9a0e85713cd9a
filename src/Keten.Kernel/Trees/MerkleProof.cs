using System.Security.Cryptography;

namespace Keten.Kernel.Trees;

/// <summary>
/// The hashing of RFC 9162 (section 2.1) with SHA-256, and the checks of its proofs. A path runs from the leaf's side to the root's; its length is checked exactly.
/// A check never throws: what is wrong in any way, in length too, does not verify.
/// </summary>
public static class MerkleProof
{
    /// <summary>The most hashes that a path can have: one for each bit of a size, and one to start a consistency proof from.</summary>
    public const int MaxPath = 65;

    internal const byte LeafPrefix = 0, NodePrefix = 1;

    // Most leaves are shorter, and are hashed in one go.
    private const int Short = 512;

    /// <summary>The root of a tree without leaves: SHA-256 of nothing.</summary>
    public static Hash EmptyRoot { get; } = Hash.Of([]);

    /// <summary>SHA-256(0x00 ‖ bytes).</summary>
    public static Hash LeafHash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Short)
        {
            Span<byte> message = stackalloc byte[Short];
            message[0] = LeafPrefix;
            bytes.CopyTo(message[1..]);
            return Hash.Of(message[..(1 + bytes.Length)]);
        }
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData([LeafPrefix]);
        sha.AppendData(bytes);
        Span<byte> digest = stackalloc byte[Hash.Size];
        sha.GetHashAndReset(digest);
        return new Hash(digest);
    }

    /// <summary>SHA-256(0x00 ‖ hash): the leaf over what is itself named by its hash.</summary>
    public static Hash LeafHash(Hash hash)
    {
        Span<byte> message = stackalloc byte[1 + Hash.Size];
        message[0] = LeafPrefix;
        hash.CopyTo(message[1..]);
        return Hash.Of(message);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Hash NodeHash(Hash left, Hash right)
    {
        Span<byte> message = stackalloc byte[1 + 2 * Hash.Size];
        message[0] = NodePrefix;
        left.CopyTo(message[1..]);
        right.CopyTo(message[(1 + Hash.Size)..]);
        return Hash.Of(message);
    }

    /// <summary>The root to which a path leads from the leaf at <paramref name="index"/> in a tree of <paramref name="size"/> leaves (RFC 9162, 2.1.3.2).</summary>
    /// <returns>False where the index is not below the size, or the path is not exactly as long as they ask for.</returns>
    public static bool TryRoot(ulong index, ulong size, Hash leaf, ReadOnlySpan<Hash> path, out Hash root)
    {
        root = default;
        if (index >= size) return false;
        var (first, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in path)
        {
            if (last == 0) return false;
            if (IsRight(first) || first == last)
            {
                hash = NodeHash(sibling, hash);
                SkipLonely(ref first, ref last);
            }
            else hash = NodeHash(hash, sibling);
            first >>= 1;
            last >>= 1;
        }
        if (last != 0) return false;
        root = hash;
        return true;
    }

    /// <summary>Whether the leaf is at <paramref name="index"/> in the tree of <paramref name="size"/> leaves that has this root.</summary>
    public static bool VerifyInclusion(ulong index, ulong size, Hash leaf, ReadOnlySpan<Hash> path, Hash root) =>
        TryRoot(index, size, leaf, path, out var computed) && computed == root;

    /// <summary>The same from bytes as they were received: any that is not 32 bytes long does not verify.</summary>
    public static bool VerifyInclusion(ulong index, ulong size, ReadOnlySpan<byte> leaf, IReadOnlyList<byte[]> path, ReadOnlySpan<byte> root) =>
        leaf.Length == Hash.Size && root.Length == Hash.Size && TryReadPath(path, out var hashes) &&
        VerifyInclusion(index, size, new Hash(leaf), hashes, new Hash(root));

    /// <summary>The root at <paramref name="size2"/> to which a consistency path leads from the root at <paramref name="size1"/> (RFC 9162, 2.1.4.2).</summary>
    /// <returns>
    /// False where the path does not lead to <paramref name="root1"/> too, is not exactly as long as the sizes ask for, or size1 is 0: a tree is consistent with an
    /// empty one without any proof. For equal sizes the path is empty and the roots are the same.
    /// </returns>
    public static bool TryNewerRoot(ulong size1, ulong size2, Hash root1, ReadOnlySpan<Hash> path, out Hash root2)
    {
        root2 = root1;
        if (size1 == 0 || size1 > size2) return false;
        if (size1 == size2) return path.IsEmpty;
        if (path.IsEmpty) return false;

        var (first, last) = (size1 - 1, size2 - 1);
        for (; IsRight(first); first >>= 1) last >>= 1;
        var (older, newer) = (root1, root1);
        if (!ulong.IsPow2(size1))               // else the older tree is itself the subtree to start from, and is not sent
        {
            older = newer = path[0];
            path = path[1..];
        }
        foreach (var sibling in path)
        {
            if (last == 0) return false;
            if (IsRight(first) || first == last)
            {
                older = NodeHash(sibling, older);
                newer = NodeHash(sibling, newer);
                SkipLonely(ref first, ref last);
            }
            else newer = NodeHash(newer, sibling);
            first >>= 1;
            last >>= 1;
        }
        root2 = newer;
        return last == 0 && older == root1;
    }

    /// <summary>Whether the tree of <paramref name="size2"/> leaves is the one of <paramref name="size1"/> with leaves added behind it.</summary>
    public static bool VerifyConsistency(ulong size1, ulong size2, Hash root1, Hash root2, ReadOnlySpan<Hash> path) =>
        TryNewerRoot(size1, size2, root1, path, out var computed) && computed == root2;

    /// <summary>The same from bytes as they were received: any that is not 32 bytes long does not verify.</summary>
    public static bool VerifyConsistency(ulong size1, ulong size2, ReadOnlySpan<byte> root1, ReadOnlySpan<byte> root2, IReadOnlyList<byte[]> path) =>
        root1.Length == Hash.Size && root2.Length == Hash.Size && TryReadPath(path, out var hashes) &&
        VerifyConsistency(size1, size2, new Hash(root1), new Hash(root2), hashes);

    /// <summary>Takes over a path as it was received; false where it is longer than any can be or an element is not 32 bytes long.</summary>
    public static bool TryReadPath(IReadOnlyList<byte[]> elements, out Hash[] path)
    {
        path = [];
        if (elements.Count > MaxPath) return false;
        var hashes = new Hash[elements.Count];
        for (var i = 0; i < hashes.Length; i++)
        {
            if (elements[i] is not { Length: Hash.Size } element) return false;
            hashes[i] = new Hash(element);
        }
        path = hashes;
        return true;
    }

    private static bool IsRight(ulong index) => (index & 1) != 0;

    // A last node without a right neighbour is its own parent, as often as that is so: those levels have no sibling in the path.
    private static void SkipLonely(ref ulong first, ref ulong last)
    {
        for (; !IsRight(first) && first != 0; first >>= 1) last >>= 1;
    }
}
