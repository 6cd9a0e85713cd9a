using System.Buffers.Binary;
using System.Text;

namespace Keten.Kernel.Cbor;

/// <summary>
/// Writes deterministic CBOR (RFC 8949 §4.2.1) into a buffer that it keeps and grows: shortest heads, definite lengths. Map keys are the caller's to order.
/// Not for use by two threads at once.
/// </summary>
public sealed class CborWriter
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] buffer;
    private int length;

    /// <summary>With room for so many bytes at first.</summary>
    public CborWriter(int capacity = 256) => buffer = new byte[capacity];

    /// <summary>What has been written since the last <see cref="Reset"/>; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    /// <summary>How many bytes have been written.</summary>
    public int Length => length;

    /// <summary>Forgets what was written and keeps the buffer.</summary>
    public void Reset() => length = 0;

    /// <summary>Forgets what was written after a length that <see cref="Length"/> gave.</summary>
    public void Truncate(int to) => length = to <= length ? to : throw new ArgumentOutOfRangeException(nameof(to));

    /// <summary>A copy of what has been written.</summary>
    public byte[] ToArray() => Written.ToArray();

    /// <summary>What has been written, and this writer has nothing any more: its buffer itself where that is full, which saves the copy.</summary>
    public byte[] Take()
    {
        var taken = length == buffer.Length ? buffer : ToArray();
        (buffer, length) = ([], 0);
        return taken;
    }

    /// <summary>How many bytes the head of a string or an array of so many takes.</summary>
    public static int HeadSize(int count) => count switch { < 24 => 1, <= byte.MaxValue => 2, <= ushort.MaxValue => 3, _ => 5 };

    /// <summary>An unsigned integer.</summary>
    public void Unsigned(ulong value) => Head(CborKind.Unsigned, value);

    /// <summary>An integer of either sign.</summary>
    public void Integer(long value)
    {
        if (value >= 0) Head(CborKind.Unsigned, (ulong)value);
        else Head(CborKind.Negative, ~unchecked((ulong)value));
    }

    /// <summary>A byte string.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        Head(CborKind.Bytes, (ulong)value.Length);
        Raw(value);
    }

    /// <summary>The head of a byte string, and its bytes for the caller to fill at once.</summary>
    public Span<byte> BytesToFill(int size)
    {
        Head(CborKind.Bytes, (ulong)size);
        return Room(size);
    }

    /// <summary>A text string, in UTF-8.</summary>
    /// <exception cref="ArgumentException">It holds a lone surrogate.</exception>
    public void Text(string value)
    {
        var size = Utf8.GetByteCount(value);
        Head(CborKind.Text, (ulong)size);
        Utf8.GetBytes(value, Room(size));
    }

    /// <summary>The head of an array of so many items, which follow.</summary>
    public void Array(int count) => Head(CborKind.Array, (ulong)count);

    /// <summary>The head of a map of so many pairs, which follow in the byte order of their keys.</summary>
    public void Map(int count) => Head(CborKind.Map, (ulong)count);

    /// <summary>The head of a tag, whose item follows.</summary>
    public void Tag(ulong tag) => Head(CborKind.Tag, tag);

    /// <summary>True or false.</summary>
    public void Boolean(bool value) => Room(1)[0] = value ? (byte)0xf5 : (byte)0xf4;

    /// <summary>Null: nothing there.</summary>
    public void Null() => Room(1)[0] = 0xf6;

    /// <summary>Bytes that are CBOR already.</summary>
    public void Raw(ReadOnlySpan<byte> encoded) => encoded.CopyTo(Room(encoded.Length));

    /// <summary>A hash, as a byte string of 32.</summary>
    public void Hash(in Hash value)
    {
        Head(CborKind.Bytes, Kernel.Hash.Size);
        value.CopyTo(Room(Kernel.Hash.Size));
    }

    /// <summary>A party, as a byte string of 20.</summary>
    /// <exception cref="InvalidOperationException">It is the default value.</exception>
    public void Party(Party value) => Id(value.Id);

    /// <summary>A key id, as a byte string of 20.</summary>
    /// <exception cref="InvalidOperationException">It is the default value.</exception>
    public void KeyId(KeyId value) => Id(value.Id);

    /// <summary>An amount: [unit, smallest parts].</summary>
    /// <exception cref="InvalidOperationException">It has no unit, or is beyond <see cref="Kernel.Amount.Limit"/>.</exception>
    public void Amount(Amount value)
    {
        if (value.Unit.IsNone) throw new InvalidOperationException("An amount without a unit has no canonical form.");
        if (value.Minor is < -Kernel.Amount.Limit or > Kernel.Amount.Limit) throw new InvalidOperationException("An amount beyond 2⁶² has no canonical form.");
        Array(2);
        Unsigned(value.Unit.Number);
        Integer(value.Minor);
    }

    /// <summary>A reference, as a byte string of 16.</summary>
    public void Reference(Reference value)
    {
        Head(CborKind.Bytes, Kernel.Reference.Size);
        value.CopyTo(Room(Kernel.Reference.Size));
    }

    private void Id(Id20 id)
    {
        if (id.IsNone) throw new InvalidOperationException("The default id has no canonical form.");
        Head(CborKind.Bytes, Id20.Size);
        id.CopyTo(Room(Id20.Size));
    }

    private void Head(CborKind kind, ulong value)
    {
        var major = (byte)((int)kind << 5);
        switch (value)
        {
            case < 24:
                Room(1)[0] = (byte)(major | (byte)value);
                break;
            case <= byte.MaxValue:
                var two = Room(2);
                (two[0], two[1]) = ((byte)(major | 24), (byte)value);
                break;
            case <= ushort.MaxValue:
                var three = Room(3);
                three[0] = (byte)(major | 25);
                BinaryPrimitives.WriteUInt16BigEndian(three[1..], (ushort)value);
                break;
            case <= uint.MaxValue:
                var five = Room(5);
                five[0] = (byte)(major | 26);
                BinaryPrimitives.WriteUInt32BigEndian(five[1..], (uint)value);
                break;
            default:
                var nine = Room(9);
                nine[0] = (byte)(major | 27);
                BinaryPrimitives.WriteUInt64BigEndian(nine[1..], value);
                break;
        }
    }

    private Span<byte> Room(int size)
    {
        if (buffer.Length - length < size) System.Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
        var room = buffer.AsSpan(length, size);
        length += size;
        return room;
    }
}
