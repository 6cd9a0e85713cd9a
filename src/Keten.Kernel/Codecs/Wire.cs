using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>The canonical form of each kind of field that is not a record of its own. Called by generated codecs; see docs/formats.md.</summary>
public static class Wire
{
    /// <summary>Longest text in a record, in bytes of UTF-8.</summary>
    public const int TextAtMost = 256;

    /// <summary>A text of at most 256 bytes.</summary>
    /// <exception cref="InvalidOperationException">It is longer.</exception>
    public static void Write(CborWriter writer, string value)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(value) > TextAtMost) throw new InvalidOperationException("A text in a record is at most 256 bytes.");
        writer.Text(value);
    }

    /// <summary>A unit by its number.</summary>
    public static void Write(CborWriter writer, Unit value)
    {
        if (value.IsNone) throw new InvalidOperationException("The default unit has no canonical form.");
        writer.Unsigned(value.Number);
    }

    /// <summary>A unit by its number.</summary>
    public static Unit ReadUnit(ref CborReader reader) => new((uint)reader.Integer(1, uint.MaxValue));

    /// <summary>Seconds since 1970.</summary>
    /// <exception cref="InvalidOperationException">It is before 1970 or after <see cref="Instant.Last"/>.</exception>
    public static void Write(CborWriter writer, Instant value)
    {
        if (value.Seconds < 0 || value > Instant.Last) throw new InvalidOperationException("A moment outside 1970 to 36812 has no canonical form.");
        writer.Unsigned((ulong)value.Seconds);
    }

    /// <summary>Seconds since 1970, from 0 to 2⁴⁰.</summary>
    public static Instant ReadInstant(ref CborReader reader) => new(reader.Integer(0, Instant.Last.Seconds));

    /// <summary>Millionths.</summary>
    public static void Write(CborWriter writer, Rate value) => writer.Integer(value.Millionths);

    /// <summary>Millionths.</summary>
    public static Rate ReadRate(ref CborReader reader) => new(reader.Integer());

    /// <summary>x ‖ y.</summary>
    public static void Write(CborWriter writer, in PublicKey value) => value.Write(writer);

    /// <summary>x ‖ y.</summary>
    public static PublicKey ReadPublicKey(ref CborReader reader) => PublicKey.Read(ref reader);

    /// <summary>r ‖ s.</summary>
    public static void Write(CborWriter writer, in Signature value) => value.Write(writer);

    /// <summary>r ‖ s.</summary>
    public static Signature ReadSignature(ref CborReader reader) => new(reader.Bytes(Signature.Size));

    /// <summary>What was brought from another ledger, as it is.</summary>
    public static void Write(CborWriter writer, Proof value) => writer.Bytes(value.AsSpan());

    /// <summary>At most <see cref="Proof.AtMost"/> bytes.</summary>
    public static Proof ReadProof(ref CborReader reader)
    {
        var bytes = reader.Bytes();
        return bytes.Length <= Proof.AtMost ? new Proof(bytes) : throw reader.Fault("A proof is at most 64 KiB.");
    }

    /// <summary>A party's bytes or an agreement's number.</summary>
    public static void Write(CborWriter writer, Owner value) => value.Write(writer);

    /// <summary>A party's bytes or an agreement's number.</summary>
    public static Owner ReadOwner(ref CborReader reader) => Owner.Read(ref reader);

    /// <summary>An agreement's number.</summary>
    /// <exception cref="InvalidOperationException">It refers to nothing.</exception>
    public static void Write<T>(CborWriter writer, Agreement<T> value) where T : class
    {
        if (value.IsNone) throw new InvalidOperationException("A reference to no agreement has no canonical form.");
        writer.Unsigned(value.Number);
    }

    /// <summary>An agreement's number. That it is an agreement of this contract is checked by the kernel, for whom the reader reports it.</summary>
    public static Agreement<T> ReadAgreement<T>(ref CborReader reader) where T : class
    {
        var number = reader.Unsigned();
        if (number == 0) throw reader.Fault("Agreement 0 is none.");
        reader.References?.MustBe<T>(number);
        return new Agreement<T>(number);
    }
}
