using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Keten.Kernel.Trees;

/// <summary>
/// SHA-256 (FIPS 180-4) of many short messages of one length, which is what trees hash: eight or sixteen at once in the lanes of AVX2 or AVX-512 where the machine has them,
/// else one after another. The digests are the same to the bit.
/// </summary>
public static class Sha256Lanes
{
    // A message's padding is a 0x80, its length in bits in eight bytes, and zeros before these up to a whole block.
    private const int BlockSize = 64, PaddingSize = 9, LongestPadded = 2048;

    /// <summary>For each digest the SHA-256 of <paramref name="prefix"/> and the next <paramref name="length"/> bytes of <paramref name="bodies"/>.</summary>
    /// <exception cref="ArgumentException">The bodies are not exactly as many as the digests.</exception>
    public static void HashMany(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bodies, int length, Span<Hash> digests)
    {
        Check(bodies, length, digests);
        while (!digests.IsEmpty)
        {
            var lanes = LanesFor(digests.Length, Padded(prefix.Length + length) / BlockSize);
            var now = digests.Length < lanes ? digests.Length : digests.Length / lanes * lanes;
            HashMany(prefix, bodies[..(now * length)], length, digests[..now], lanes);
            bodies = bodies[(now * length)..];
            digests = digests[now..];
        }
    }

    /// <summary>SHA-256 of messages of any lengths, which stand somewhere in <paramref name="bytes"/>: those that fit a block, as most records do, many at once.</summary>
    /// <exception cref="ArgumentException">There is not one message for each digest.</exception>
    public static void HashEach(ReadOnlySpan<byte> bytes, ReadOnlySpan<Range> messages, Span<Hash> digests)
    {
        if (messages.Length != digests.Length) throw new ArgumentException("There is one message for each digest.", nameof(messages));
        HashEach(bytes, messages, digests, Has(16) ? 16 : Has(8) ? 8 : 1);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right) of each two neighbours. The parents may be written over the beginning of the children.</summary>
    /// <exception cref="ArgumentException">There are not two children for each parent.</exception>
    public static void HashNodes(ReadOnlySpan<Hash> children, Span<Hash> parents) =>
        HashMany([MerkleProof.NodePrefix], MemoryMarshal.AsBytes(children), 2 * Hash.Size, parents);

    /// <summary>SHA-256(0x00 ‖ hash) of each.</summary>
    /// <exception cref="ArgumentException">There is not one hash for each leaf.</exception>
    public static void HashLeaves(ReadOnlySpan<Hash> hashes, Span<Hash> leaves) =>
        HashMany([MerkleProof.LeafPrefix], MemoryMarshal.AsBytes(hashes), Hash.Size, leaves);

    internal static bool Has(int lanes) => lanes == 1 || lanes == 8 && Avx2.IsSupported || lanes == 16 && Avx512F.IsSupported;

    internal static void HashEach(ReadOnlySpan<byte> bytes, ReadOnlySpan<Range> messages, Span<Hash> digests, int lanes)
    {
        if (lanes == 16) HashShort<SixteenLanes, Vector512<uint>>(bytes, messages, digests);
        else if (lanes == 8) HashShort<EightLanes, Vector256<uint>>(bytes, messages, digests);
        else
            for (var each = 0; each < messages.Length; each++) digests[each] = Hash.Of(bytes[messages[each]]);
    }

    internal static void HashMany(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bodies, int length, Span<Hash> digests, int lanes)
    {
        Check(bodies, length, digests);
        var padded = Padded(prefix.Length + length);
        if (lanes == 1 || padded > LongestPadded) HashEach(prefix, bodies, length, digests);
        else if (lanes == 8) HashLanes<EightLanes, Vector256<uint>>(prefix, bodies, length, padded, digests);
        else HashLanes<SixteenLanes, Vector512<uint>>(prefix, bodies, length, padded, digests);
    }

    // A vector takes as long for one message as for all of its lanes. Measured in the time of one block of SHA256.HashData, a call of that costs 10 beside its blocks,
    // and a block of eight lanes 8.
    private static int LanesFor(int count, int blocks) =>
        count < 2 || (long)count * (10 + blocks) < 8L * blocks ? 1 : count > 8 && Has(16) ? 16 : Has(8) ? 8 : 1;

    private static int Padded(int length) => (length + PaddingSize + BlockSize - 1) / BlockSize * BlockSize;

    private static void Check(ReadOnlySpan<byte> bodies, int length, Span<Hash> digests)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (bodies.Length != (long)length * digests.Length) throw new ArgumentException("There is one body for each digest.", nameof(bodies));
    }

    private static void HashEach(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bodies, int length, Span<Hash> digests)
    {
        var whole = prefix.Length + length;
        Span<byte> message = whole <= LongestPadded ? stackalloc byte[whole] : new byte[whole];
        prefix.CopyTo(message);
        for (var i = 0; i < digests.Length; i++)
        {
            bodies.Slice(i * length, length).CopyTo(message[prefix.Length..]);
            SHA256.HashData(message, MemoryMarshal.AsBytes(digests.Slice(i, 1)));
        }
    }

    // Gathers short messages until there is one for each lane; where they were from is kept beside them.
    private static void HashShort<TLanes, TVector>(ReadOnlySpan<byte> bytes, ReadOnlySpan<Range> messages, Span<Hash> digests)
        where TLanes : struct, ILanes<TVector> where TVector : struct
    {
        Span<byte> blocks = stackalloc byte[TLanes.Count * BlockSize];
        Span<Hash> hashes = stackalloc Hash[TLanes.Count];
        Span<int> from = stackalloc int[TLanes.Count];
        var gathered = 0;
        for (var each = 0; each < messages.Length; each++)
        {
            var message = bytes[messages[each]];
            if (message.Length > BlockSize - PaddingSize)
            {
                digests[each] = Hash.Of(message);
                continue;
            }
            var block = blocks.Slice(gathered * BlockSize, BlockSize);
            message.CopyTo(block);
            block[message.Length] = 0x80;
            block[(message.Length + 1)..].Clear();
            BinaryPrimitives.WriteUInt16BigEndian(block[^2..], (ushort)(8 * message.Length));
            from[gathered++] = each;
            if (gathered == TLanes.Count) gathered = Scatter(blocks, hashes, from[..gathered], digests);
        }
        if (gathered > 0) Scatter(blocks, hashes, from[..gathered], digests);

        static int Scatter(Span<byte> blocks, Span<Hash> hashes, ReadOnlySpan<int> from, Span<Hash> digests)
        {
            Sha256Rounds.Hash<TLanes, TVector>(blocks, BlockSize, hashes[..from.Length]);
            for (var lane = 0; lane < from.Length; lane++) digests[from[lane]] = hashes[lane];
            return 0;
        }
    }

    private static void HashLanes<TLanes, TVector>(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> bodies, int length, int padded, Span<Hash> digests)
        where TLanes : struct, ILanes<TVector> where TVector : struct
    {
        Span<byte> messages = stackalloc byte[TLanes.Count * padded];
        messages.Clear();
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var message = messages.Slice(lane * padded, padded);
            prefix.CopyTo(message);
            message[prefix.Length + length] = 0x80;
            BinaryPrimitives.WriteUInt64BigEndian(message[^8..], 8 * (ulong)(prefix.Length + length));
        }
        for (var first = 0; first < digests.Length; first += TLanes.Count)
        {
            var some = digests[first..Math.Min(first + TLanes.Count, digests.Length)];
            for (var lane = 0; lane < some.Length; lane++)
                bodies.Slice((first + lane) * length, length).CopyTo(messages[(lane * padded + prefix.Length)..]);
            Sha256Rounds.Hash<TLanes, TVector>(messages, padded, some);
        }
    }
}
