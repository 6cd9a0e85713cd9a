using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>Which counter: a key's, in one of its 16 lanes.</summary>
/// <param name="Key">The signing key.</param>
/// <param name="Lane">From 0 to 15.</param>
public readonly record struct LaneKey(KeyId Key, byte Lane)
{
    /// <summary>For look-up only.</summary>
    public override int GetHashCode() => Key.GetHashCode() ^ Lane;

    internal static void Write(CborWriter writer, in LaneKey key)
    {
        writer.Array(2);
        writer.KeyId(key.Key);
        writer.Unsigned(key.Lane);
    }

    internal static LaneKey Read(ref CborReader reader)
    {
        reader.ArrayOf(2);
        return new LaneKey(reader.KeyId(), (byte)reader.Unsigned(15));
    }
}

/// <summary>Which counters of a lane have been used: the highest, and of the 256 up to it each one. What is older counts as used. The idea is RFC 6479's.</summary>
/// <param name="Highest">The highest counter used.</param>
/// <param name="Recent">Bit n: counter <paramref name="Highest"/> − n − 1 has been used.</param>
/// <param name="Older">Bit n: counter <paramref name="Highest"/> − n − 129 has been used.</param>
public readonly record struct Window(ulong Highest, UInt128 Recent, UInt128 Older)
{
    /// <summary>How many counters up to the highest are told apart.</summary>
    public const int Size = 256;

    /// <summary>Whether a counter has been used, or is too old to tell. Counter 0 is never used.</summary>
    public bool Has(ulong counter)
    {
        if (counter > Highest) return false;
        var age = Highest - counter;
        if (counter == 0 || age >= Size) return true;
        if (age == 0) return true;
        var bit = (int)(age - 1);
        return bit < 128 ? (Recent >> bit & 1) != 0 : (Older >> (bit - 128) & 1) != 0;
    }

    /// <summary>With a counter used.</summary>
    public Window With(ulong counter)
    {
        if (counter <= Highest)
        {
            var bit = (int)(Highest - counter) - 1;
            return bit < 128 ? this with { Recent = Recent | UInt128.One << bit } : this with { Older = Older | UInt128.One << (bit - 128) };
        }
        var ahead = counter - Highest;
        if (Highest == 0 || ahead > Size) return new Window(counter, 0, 0);
        var (recent, older) = Shift(Recent, Older, 1, Highest != 0);
        (recent, older) = Shift(recent, older, (int)ahead - 1, false);
        return new Window(counter, recent, older);
    }

    // Shifts the 256 bits up by 0 to 255, and sets the lowest where asked.
    private static (UInt128 Recent, UInt128 Older) Shift(UInt128 recent, UInt128 older, int by, bool set)
    {
        if (by == 0) return (recent, older);
        if (by >= 128) (recent, older, by) = (0, recent, by - 128);
        if (by > 0) (older, recent) = (older << by | recent >> (128 - by), recent << by);
        return (set ? recent | 1 : recent, older);
    }

    internal static void Write(CborWriter writer, in Window window)
    {
        if ((window.Recent, window.Older) == (UInt128.Zero, UInt128.Zero))
        {
            writer.Unsigned(window.Highest);
            return;
        }
        Span<byte> bits = stackalloc byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bits, window.Older);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bits[16..], window.Recent);
        writer.Array(2);
        writer.Unsigned(window.Highest);
        writer.Bytes(bits);
    }

    internal static Window Read(ref CborReader reader)
    {
        if (reader.Peek() != CborKind.Array) return new Window(reader.Unsigned(), 0, 0);
        reader.ArrayOf(2);
        var highest = reader.Unsigned();
        var bits = reader.Bytes(32);
        return new Window(
            highest, System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bits[16..]), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bits));
    }
}
