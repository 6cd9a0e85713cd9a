using System.Numerics;
using System.Runtime.InteropServices;

namespace Keten.Log;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4), by the processor's own instruction where it has one. It finds accidents, not forgeries.</summary>
internal static class Crc32C
{
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Continue(uint.MaxValue, bytes);

    /// <summary>Of several pieces as if they stood behind each other: start with <see cref="uint.MaxValue"/>, invert at the end.</summary>
    public static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = Continue(crc, MemoryMarshal.Read<ulong>(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        foreach (var one in bytes) crc = BitOperations.Crc32C(crc, one);
        return crc;
    }

    public static uint Continue(uint crc, ulong littleEndian) => BitOperations.Crc32C(crc, littleEndian);
}
