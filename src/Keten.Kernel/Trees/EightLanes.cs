using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keten.Kernel.Trees;

/// <summary>Eight messages in the lanes of AVX2.</summary>
internal readonly struct EightLanes : ILanes<Vector256<uint>>
{
    public static int Count => 8;

    // The bytes of each word turned round: SHA-256 reads them highest first.
    private static Vector256<byte> Turned => Vector256.Create(
        (byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);

    public static Vector256<uint> All(uint word) => Vector256.Create(word);

    public static Vector256<uint> Add(Vector256<uint> a, Vector256<uint> b) => Avx2.Add(a, b);

    public static Vector256<uint> Choose(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) => c ^ (a & (b ^ c));

    public static Vector256<uint> Majority(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) => (a & b) | (c & (a | b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Rotations(Vector256<uint> a, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte third) =>
        Rotate(a, first) ^ Rotate(a, second) ^ Rotate(a, third);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Shifted(Vector256<uint> a, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte shift) =>
        Rotate(a, first) ^ Rotate(a, second) ^ (a >>> shift);

    public static void Load(ReadOnlySpan<byte> messages, int stride, ref Sixteen<Vector256<uint>> words)
    {
        LoadHalf(messages, stride, words[..8]);
        LoadHalf(messages[32..], stride, words[8..]);
    }

    public static void Store(ref readonly Sixteen<Vector256<uint>> state, Span<Hash> digests)
    {
        Span<Vector256<uint>> rows = stackalloc Vector256<uint>[8];
        state[..8].CopyTo(rows);
        StoreRows(rows, digests);
    }

    /// <summary>Eight words of each of eight messages, a vector for each word.</summary>
    public static void LoadHalf(ReadOnlySpan<byte> messages, int stride, Span<Vector256<uint>> words)
    {
        for (var lane = 0; lane < 8; lane++) words[lane] = Turn(MemoryMarshal.Read<Vector256<uint>>(messages[(lane * stride)..]));
        Transpose(words);
    }

    /// <summary>The digests of as many of eight messages as are wanted, from a vector for each word of the state, which it overwrites.</summary>
    public static void StoreRows(Span<Vector256<uint>> words, Span<Hash> digests)
    {
        Transpose(words);
        for (var lane = 0; lane < digests.Length; lane++) MemoryMarshal.Write(MemoryMarshal.AsBytes(digests.Slice(lane, 1)), Turn(words[lane]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> a, [ConstantExpected] byte by) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(a, by) : (a >>> by) | (a << (32 - by));

    private static Vector256<uint> Turn(Vector256<uint> words) => Avx2.Shuffle(words.AsByte(), Turned).AsUInt32();

    private static void Transpose(Span<Vector256<uint>> rows)
    {
        rows = rows[..8];
        var (a, b) = (Pairs(rows[0], rows[1]), Pairs(rows[2], rows[3]));
        var (c, d) = (Pairs(rows[4], rows[5]), Pairs(rows[6], rows[7]));
        var ((r0, r1), (r2, r3)) = (Fours(a.Low, b.Low), Fours(a.High, b.High));
        var ((r4, r5), (r6, r7)) = (Fours(c.Low, d.Low), Fours(c.High, d.High));
        (rows[0], rows[4]) = (Avx2.Permute2x128(r0, r4, 0x20), Avx2.Permute2x128(r0, r4, 0x31));
        (rows[1], rows[5]) = (Avx2.Permute2x128(r1, r5, 0x20), Avx2.Permute2x128(r1, r5, 0x31));
        (rows[2], rows[6]) = (Avx2.Permute2x128(r2, r6, 0x20), Avx2.Permute2x128(r2, r6, 0x31));
        (rows[3], rows[7]) = (Avx2.Permute2x128(r3, r7, 0x20), Avx2.Permute2x128(r3, r7, 0x31));
    }

    private static (Vector256<uint> Low, Vector256<uint> High) Pairs(Vector256<uint> a, Vector256<uint> b) => (Avx2.UnpackLow(a, b), Avx2.UnpackHigh(a, b));

    private static (Vector256<uint> Low, Vector256<uint> High) Fours(Vector256<uint> a, Vector256<uint> b) =>
        (Avx2.UnpackLow(a.AsUInt64(), b.AsUInt64()).AsUInt32(), Avx2.UnpackHigh(a.AsUInt64(), b.AsUInt64()).AsUInt32());
}
