using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Keten.Kernel.Trees;

/// <summary>Sixteen messages in the lanes of AVX-512, read and written as twice eight.</summary>
internal readonly struct SixteenLanes : ILanes<Vector512<uint>>
{
    private const byte ChooseTable = 0xca, MajorityTable = 0xe8, OddTable = 0x96;

    public static int Count => 16;

    public static Vector512<uint> All(uint word) => Vector512.Create(word);

    public static Vector512<uint> Add(Vector512<uint> a, Vector512<uint> b) => Avx512F.Add(a, b);

    public static Vector512<uint> Choose(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) => Avx512F.TernaryLogic(a, b, c, ChooseTable);

    public static Vector512<uint> Majority(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) => Avx512F.TernaryLogic(a, b, c, MajorityTable);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Rotations(Vector512<uint> a, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte third) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(a, first), Avx512F.RotateRight(a, second), Avx512F.RotateRight(a, third), OddTable);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<uint> Shifted(Vector512<uint> a, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte shift) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(a, first), Avx512F.RotateRight(a, second), Avx512F.ShiftRightLogical(a, shift), OddTable);

    public static void Load(ReadOnlySpan<byte> messages, int stride, ref Sixteen<Vector512<uint>> words)
    {
        Span<Vector256<uint>> low = stackalloc Vector256<uint>[8], high = stackalloc Vector256<uint>[8];
        for (var half = 0; half < 2; half++)
        {
            EightLanes.LoadHalf(messages[(32 * half)..], stride, low);
            EightLanes.LoadHalf(messages[(8 * stride + 32 * half)..], stride, high);
            for (var i = 0; i < 8; i++) words[8 * half + i] = Vector512.Create(low[i], high[i]);
        }
    }

    public static void Store(ref readonly Sixteen<Vector512<uint>> state, Span<Hash> digests)
    {
        Span<Vector256<uint>> rows = stackalloc Vector256<uint>[8];
        for (var i = 0; i < 8; i++) rows[i] = state[i].GetLower();
        EightLanes.StoreRows(rows, digests[..Math.Min(8, digests.Length)]);
        if (digests.Length <= 8) return;
        for (var i = 0; i < 8; i++) rows[i] = state[i].GetUpper();
        EightLanes.StoreRows(rows, digests[8..]);
    }
}
