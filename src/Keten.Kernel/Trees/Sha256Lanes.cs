using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keten.Kernel.Trees;

/// <summary>SHA-256 (FIPS 180-4) of many short messages of one length: what a tree hashes.</summary>
public static class Sha256Lanes
{
    /// <summary>For each digest the SHA-256 of <paramref name="prefix"/> and the next <paramref name="length"/> bytes of <paramref name="bodies"/>.</summary>
    /// <exception cref="ArgumentException">The bodies are not exactly as many as the digests.</exception>
    public static void HashMany(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bodies, int length, Span<Hash> digests)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (bodies.Length != (long)length * digests.Length) throw new ArgumentException("There is one body for each digest.", nameof(bodies));
        var message = new byte[prefix.Length + length];
        prefix.CopyTo(message);
        for (var i = 0; i < digests.Length; i++)
        {
            bodies.Slice(i * length, length).CopyTo(message.AsSpan(prefix.Length));
            SHA256.HashData(message, MemoryMarshal.AsBytes(digests.Slice(i, 1)));
        }
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right) of each two neighbours. The parents may be written over the beginning of the children.</summary>
    /// <exception cref="ArgumentException">There are not two children for each parent.</exception>
    public static void HashNodes(ReadOnlySpan<Hash> children, Span<Hash> parents) =>
        HashMany([MerkleProof.NodePrefix], MemoryMarshal.AsBytes(children), 2 * Hash.Size, parents);

    /// <summary>SHA-256(0x00 ‖ hash) of each.</summary>
    /// <exception cref="ArgumentException">There is not one hash for each leaf.</exception>
    public static void HashLeaves(ReadOnlySpan<Hash> hashes, Span<Hash> leaves) =>
        HashMany([MerkleProof.LeafPrefix], MemoryMarshal.AsBytes(hashes), Hash.Size, leaves);
}
