using System.Buffers.Binary;

namespace Keten.Kernel;

/// <summary>Twenty bytes: the first of a SHA-256 thumbprint. What <see cref="Party"/> and <see cref="KeyId"/> are made of.</summary>
internal readonly record struct Id20 : IComparable<Id20>
{
    public const int Size = 20;

    // Big-endian words, so that comparing them compares the bytes.
    private readonly ulong high, middle;
    private readonly uint low;

    public Id20(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException("An id is 20 bytes.", nameof(bytes));
        high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        middle = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        low = BinaryPrimitives.ReadUInt32BigEndian(bytes[16..]);
    }

    public bool IsNone => (high | middle | low) == 0;

    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, high);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], middle);
        BinaryPrimitives.WriteUInt32BigEndian(target[16..], low);
    }

    public static bool TryParse(string? hex, out Id20 id)
    {
        id = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (hex is not { Length: 2 * Size } || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done) return false;
        id = new Id20(bytes);
        return true;
    }

    public int CompareTo(Id20 other)
    {
        var order = high.CompareTo(other.high);
        if (order == 0) order = middle.CompareTo(other.middle);
        return order == 0 ? low.CompareTo(other.low) : order;
    }

    // The bytes are uniform already; this is for look-up only, never for an order.
    public override int GetHashCode() => unchecked((int)(high ^ (high >> 32)));

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
