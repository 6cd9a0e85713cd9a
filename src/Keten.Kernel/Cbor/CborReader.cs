using System.Buffers.Binary;
using System.Text;

namespace Keten.Kernel.Cbor;

/// <summary>
/// Reads deterministic CBOR (RFC 8949 §4.2.1) in place and refuses every other form: longer heads than needed, indefinite lengths, floating point,
/// map keys out of order or twice, text that is not UTF-8, depth over <see cref="MaxDepth"/>.
/// </summary>
/// <remarks>Every member throws <see cref="MalformedException"/> where the bytes are not what it reads.</remarks>
public ref struct CborReader
{
    /// <summary>No item is nested deeper.</summary>
    public const int MaxDepth = 16;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly ReadOnlySpan<byte> bytes;
    private readonly bool anyOrder;
    private int offset;

    /// <summary>From the first byte of a span.</summary>
    public CborReader(ReadOnlySpan<byte> bytes, IReferences? references = null)
    {
        this.bytes = bytes;
        References = references;
    }

    /// <summary>Where <paramref name="anyOrder"/> says so, for others' formats (COSE headers): maps with their keys in any order, which <see cref="Item"/> does not compare.</summary>
    internal CborReader(ReadOnlySpan<byte> bytes, bool anyOrder)
    {
        this.bytes = bytes;
        this.anyOrder = anyOrder;
    }

    /// <summary>Who checks the signed statements that are met on the way; none where statements cannot stand.</summary>
    internal IReferences? References { get; }

    /// <summary>How many bytes have been read.</summary>
    public readonly int Offset => offset;

    /// <summary>Whether every byte has been read.</summary>
    public readonly bool AtEnd => offset == bytes.Length;

    /// <summary>The bytes between two offsets, in place.</summary>
    public readonly ReadOnlySpan<byte> Between(int from, int to) => bytes[from..to];

    /// <summary>Refuses bytes after the end.</summary>
    public readonly void End()
    {
        if (!AtEnd) throw Fault("Bytes follow after the end.");
    }

    /// <summary>The kind of the next item, which is not consumed.</summary>
    public readonly CborKind Peek() => offset < bytes.Length ? (CborKind)(bytes[offset] >> 5) : throw Fault("The bytes end early.");

    /// <summary>Whether the next item is null, which is consumed if so.</summary>
    public bool TryNull()
    {
        if (offset >= bytes.Length || bytes[offset] != 0xf6) return false;
        offset++;
        return true;
    }

    /// <summary>An unsigned integer.</summary>
    public ulong Unsigned() => Head(CborKind.Unsigned);

    /// <summary>An unsigned integer up to a limit.</summary>
    public ulong Unsigned(ulong atMost)
    {
        var value = Unsigned();
        return value <= atMost ? value : throw Fault("A number is out of range.");
    }

    /// <summary>An integer of either sign that fits 64 bits.</summary>
    public long Integer()
    {
        var negative = Peek() == CborKind.Negative;
        var value = Head(negative ? CborKind.Negative : CborKind.Unsigned);
        if (value > long.MaxValue) throw Fault("A number is out of range.");
        return negative ? ~(long)value : (long)value;
    }

    /// <summary>An integer of either sign between two limits.</summary>
    public long Integer(long atLeast, long atMost)
    {
        var value = Integer();
        return value >= atLeast && value <= atMost ? value : throw Fault("A number is out of range.");
    }

    /// <summary>A byte string, in place.</summary>
    public ReadOnlySpan<byte> Bytes() => Take(Head(CborKind.Bytes));

    /// <summary>A byte string of exactly so many bytes, in place.</summary>
    public ReadOnlySpan<byte> Bytes(int exactly)
    {
        var value = Bytes();
        return value.Length == exactly ? value : throw Fault("A byte string has the wrong length.");
    }

    /// <summary>A text string of at most so many bytes of UTF-8.</summary>
    public string Text(int atMost)
    {
        var value = Take(Head(CborKind.Text));
        if (value.Length > atMost) throw Fault("A text is too long.");
        try
        {
            return Utf8.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw Fault("A text is not UTF-8.");
        }
    }

    /// <summary>The head of an array; its count.</summary>
    public int Array(int atMost) => Count(CborKind.Array, atMost);

    /// <summary>The head of an array of exactly so many items.</summary>
    public void ArrayOf(int exactly)
    {
        if (Array(exactly) != exactly) throw Fault("An array has the wrong number of items.");
    }

    /// <summary>The head of a map; the number of its pairs. That the keys are in order is the caller's to check, or <see cref="Item"/>'s.</summary>
    public int Map(int atMost) => Count(CborKind.Map, atMost);

    /// <summary>A tag's number.</summary>
    public ulong Tag() => Head(CborKind.Tag);

    /// <summary>True or false.</summary>
    public bool Boolean()
    {
        if (Peek() == CborKind.Simple && bytes[offset] is 0xf4 or 0xf5) return bytes[offset++] == 0xf5;
        throw Fault("True or false is expected.");
    }

    /// <summary>A hash: a byte string of 32.</summary>
    public Hash Hash() => new(Bytes(Kernel.Hash.Size));

    /// <summary>A party: a byte string of 20 that is not all zero.</summary>
    public Party Party()
    {
        var party = new Party(Bytes(Id20.Size));
        return party.IsNone ? throw Fault("The default id is nobody.") : party;
    }

    /// <summary>A key id: a byte string of 20 that is not all zero.</summary>
    public KeyId KeyId()
    {
        var key = new KeyId(Bytes(Id20.Size));
        return key.IsNone ? throw Fault("The default id names no key.") : key;
    }

    /// <summary>An amount: [unit, smallest parts].</summary>
    public Amount Amount()
    {
        ArrayOf(2);
        var unit = new Unit((uint)Unsigned(uint.MaxValue));
        if (unit.IsNone) throw Fault("An amount has no unit.");
        return new Amount(Integer(-Kernel.Amount.Limit, Kernel.Amount.Limit), unit);
    }

    /// <summary>A reference: a byte string of 16.</summary>
    public Reference Reference() => new(Bytes(Kernel.Reference.Size));

    /// <summary>One whole item of any kind, checked for canonical form throughout, in place.</summary>
    public ReadOnlySpan<byte> Item()
    {
        var start = offset;
        Skip(MaxDepth);
        return bytes[start..offset];
    }

    /// <summary>Checks that a span is exactly one canonical item.</summary>
    public static void Check(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.Item();
        reader.End();
    }

    /// <summary>A fault at the place read so far.</summary>
    public readonly MalformedException Fault(string what) => new(what, offset);

    private void Skip(int depth)
    {
        if (depth == 0) throw Fault("Items are nested too deep.");
        switch (Peek())
        {
            case CborKind.Unsigned or CborKind.Negative:
                Head(Peek());
                break;
            case CborKind.Bytes:
                Bytes();
                break;
            case CborKind.Text:
                if (!System.Text.Unicode.Utf8.IsValid(Take(Head(CborKind.Text)))) throw Fault("A text is not UTF-8.");
                break;
            case CborKind.Array:
                for (var left = Array(int.MaxValue); left > 0; left--) Skip(depth - 1);
                break;
            case CborKind.Map:
                SkipMap(depth);
                break;
            case CborKind.Tag:
                Head(CborKind.Tag);
                Skip(depth - 1);
                break;
            default:
                if (!TryNull()) Boolean();
                break;
        }
    }

    private void SkipMap(int depth)
    {
        var last = ReadOnlySpan<byte>.Empty;
        for (var left = Map(int.MaxValue); left > 0; left--)
        {
            var start = offset;
            Skip(depth - 1);
            var key = bytes[start..offset];
            if (!anyOrder && last.SequenceCompareTo(key) >= 0) throw Fault("Map keys are out of order, or one stands twice.");
            last = key;
            Skip(depth - 1);
        }
    }

    private int Count(CborKind kind, int atMost)
    {
        var count = Head(kind);
        // Each item takes a byte at least: a count that cannot be true is refused before anything is made for it.
        if (count > (ulong)(bytes.Length - offset)) throw Fault("The bytes end early.");
        return count <= (ulong)atMost ? (int)count : throw Fault("There are too many items.");
    }

    private ulong Head(CborKind kind)
    {
        if (Peek() != kind) throw Fault("An item of another kind is expected.");
        var low = bytes[offset] & 0x1f;
        offset++;
        if (low < 24) return (ulong)low;
        var (value, least) = low switch
        {
            24 => (Take(1)[0], 24UL),
            25 => (BinaryPrimitives.ReadUInt16BigEndian(Take(2)), (ulong)byte.MaxValue + 1),
            26 => (BinaryPrimitives.ReadUInt32BigEndian(Take(4)), (ulong)ushort.MaxValue + 1),
            27 => (BinaryPrimitives.ReadUInt64BigEndian(Take(8)), (ulong)uint.MaxValue + 1),
            _ => throw Fault("Indefinite lengths and reserved heads are not canonical."),
        };
        return value >= least ? value : throw Fault("A number or length is written longer than needed.");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(bytes.Length - offset)) throw Fault("The bytes end early.");
        var taken = bytes.Slice(offset, (int)count);
        offset += (int)count;
        return taken;
    }
}
