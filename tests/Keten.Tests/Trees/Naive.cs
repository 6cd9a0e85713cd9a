using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Trees;

namespace Keten.Tests.Trees;

/// <summary>The definitions as the standard and the protocol word them, recursive and slow: what the trees are held against.</summary>
internal static class Naive
{
    // RFC 9162, 2.1.1
    public static Hash Root(ReadOnlySpan<Hash> leaves)
    {
        if (leaves.IsEmpty) return new Hash(SHA256.HashData([]));
        if (leaves.Length == 1) return leaves[0];
        var split = Split(leaves.Length);
        return Sha(1, Root(leaves[..split]), Root(leaves[split..]));
    }

    // RFC 9162, 2.1.3.1
    public static Hash[] Path(int index, ReadOnlySpan<Hash> leaves)
    {
        if (leaves.Length == 1) return [];
        var split = Split(leaves.Length);
        return index < split ? [.. Path(index, leaves[..split]), Root(leaves[split..])] : [.. Path(index - split, leaves[split..]), Root(leaves[..split])];
    }

    // RFC 9162, 2.1.4.1
    public static Hash[] Proof(int size1, ReadOnlySpan<Hash> leaves) => SubProof(size1, leaves, whole: true);

    // protocol rule 29
    public static Hash StateRoot(ReadOnlySpan<StateEntry> sorted, int bucketSize = 16, int depth = 0)
    {
        if (sorted.Length <= bucketSize)
        {
            var parts = new Hash[2 * sorted.Length];
            for (var i = 0; i < sorted.Length; i++) (parts[2 * i], parts[2 * i + 1]) = (sorted[i].Key, sorted[i].Value);
            return Sha(0, parts);
        }
        var zeros = 0;
        while (zeros < sorted.Length && ((sorted[zeros].Key.ToArray()[depth / 8] >> (7 - depth % 8)) & 1) == 0) zeros++;
        return Sha(1, StateRoot(sorted[..zeros], bucketSize, depth + 1), StateRoot(sorted[zeros..], bucketSize, depth + 1));
    }

    public static Hash[] Leaves(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Some(random))];
    }

    public static Hash Some(Random random)
    {
        var bytes = new byte[Hash.Size];
        random.NextBytes(bytes);
        return new Hash(bytes);
    }

    public static Hash Flip(Hash hash, int bit)
    {
        var bytes = hash.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return new Hash(bytes);
    }

    private static Hash[] SubProof(int size1, ReadOnlySpan<Hash> leaves, bool whole)
    {
        if (size1 == leaves.Length) return whole ? [] : [Root(leaves)];
        var split = Split(leaves.Length);
        return size1 <= split
            ? [.. SubProof(size1, leaves[..split], whole), Root(leaves[split..])]
            : [.. SubProof(size1 - split, leaves[split..], whole: false), Root(leaves[..split])];
    }

    private static int Split(int count)
    {
        var split = 1;
        while (2 * split < count) split *= 2;
        return split;
    }

    private static Hash Sha(byte prefix, params ReadOnlySpan<Hash> parts)
    {
        var message = new byte[1 + Hash.Size * parts.Length];
        message[0] = prefix;
        for (var i = 0; i < parts.Length; i++) parts[i].CopyTo(message.AsSpan(1 + Hash.Size * i));
        return new Hash(SHA256.HashData(message));
    }
}
