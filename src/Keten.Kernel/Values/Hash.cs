using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Keten.Kernel;

/// <summary>A SHA-256 value: 32 bytes, compared and ordered as bytes. The default value is 32 zero bytes and means "none".</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Hash : IEquatable<Hash>, IComparable<Hash>, IKey<Hash>
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 32;

    private readonly ulong a, b, c, d;

    /// <summary>Takes over exactly 32 bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 32 bytes long.</exception>
    public Hash(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException("A hash is 32 bytes.", nameof(bytes));
        a = MemoryMarshal.Read<ulong>(bytes);
        b = MemoryMarshal.Read<ulong>(bytes[8..]);
        c = MemoryMarshal.Read<ulong>(bytes[16..]);
        d = MemoryMarshal.Read<ulong>(bytes[24..]);
    }

    /// <summary>Whether all 32 bytes are zero, which no hash of anything is.</summary>
    public bool IsNone => (a | b | c | d) == 0;

    /// <inheritdoc/>
    public static int KeySize => Size;

    /// <inheritdoc/>
    public void WriteKey(Span<byte> target) => CopyTo(target);

    /// <inheritdoc/>
    public static Hash ReadKey(ReadOnlySpan<byte> bytes) => new(bytes);

    /// <summary>SHA-256 of the bytes.</summary>
    public static Hash Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> digest = stackalloc byte[Size];
        SHA256.HashData(bytes, digest);
        return new Hash(digest);
    }

    /// <summary>Reads 64 hexadecimal digits; false for anything else.</summary>
    public static bool TryParse(string? hex, out Hash hash)
    {
        hash = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (hex is not { Length: 2 * Size } || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        hash = new Hash(bytes);
        return true;
    }

    /// <summary>Writes the 32 bytes to the start of <paramref name="target"/>.</summary>
    public void CopyTo(Span<byte> target) => MemoryMarshal.Write(target[..Size], in this);

    /// <summary>The 32 bytes, read in place: valid as long as the variable it was taken from.</summary>
    public static ReadOnlySpan<byte> Bytes(ref readonly Hash hash) => MemoryMarshal.AsBytes(new ReadOnlySpan<Hash>(in hash));

    /// <summary>The 32 bytes in a new array.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <inheritdoc/>
    public bool Equals(Hash other) => a == other.a && b == other.b && c == other.c && d == other.d;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Hash other && Equals(other);

    /// <summary>Some of its bits: a hash is uniform already. Never an order, and never written anywhere.</summary>
    public override int GetHashCode() => unchecked((int)(a ^ (a >> 32)));

    /// <summary>Orders as the bytes do, first byte first.</summary>
    public int CompareTo(Hash other)
    {
        var order = Big(a).CompareTo(Big(other.a));
        if (order == 0) order = Big(b).CompareTo(Big(other.b));
        if (order == 0) order = Big(c).CompareTo(Big(other.c));
        return order == 0 ? Big(d).CompareTo(Big(other.d)) : order;

        static ulong Big(ulong word) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes(in this));

    /// <summary>Same bytes.</summary>
    public static bool operator ==(Hash left, Hash right) => left.Equals(right);

    /// <summary>Other bytes.</summary>
    public static bool operator !=(Hash left, Hash right) => !left.Equals(right);

    /// <summary>Earlier in byte order.</summary>
    public static bool operator <(Hash left, Hash right) => left.CompareTo(right) < 0;

    /// <summary>Later in byte order.</summary>
    public static bool operator >(Hash left, Hash right) => left.CompareTo(right) > 0;

    /// <summary>Earlier in byte order, or the same.</summary>
    public static bool operator <=(Hash left, Hash right) => left.CompareTo(right) <= 0;

    /// <summary>Later in byte order, or the same.</summary>
    public static bool operator >=(Hash left, Hash right) => left.CompareTo(right) >= 0;
}
