using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>How one record type is written in canonical CBOR, an array of its fields in constructor order, and what its fields are called. Made at build time for every record of a contract.</summary>
public abstract class Codec
{
    /// <summary>Describes a type by its name («Charging.Charge»), the first sentence of its documentation, and its fields.</summary>
    protected Codec(string name, string words, params ReadOnlySpan<Field> fields)
    {
        Name = name;
        Words = words;
        Fields = new Many<Field>(fields);
    }

    /// <summary>The type's name with the contract's: «Charging.Charge». What a signed statement is bound to.</summary>
    public string Name { get; }

    /// <summary>What the type is, as its documentation says; empty where it says nothing.</summary>
    public string Words { get; }

    /// <summary>Its fields, in the order of their bytes.</summary>
    public Many<Field> Fields { get; }
}

/// <summary>The <see cref="Codec"/> of one type.</summary>
/// <typeparam name="T">A record.</typeparam>
public abstract class Codec<T> : Codec where T : notnull
{
    /// <inheritdoc/>
    protected Codec(string name, string words, params ReadOnlySpan<Field> fields) : base(name, words, fields)
    {
    }

    /// <summary>Writes the canonical form.</summary>
    /// <exception cref="InvalidOperationException">A field holds a default value that has no form: nobody's party, an amount without a unit.</exception>
    public abstract void Write(CborWriter writer, in T value);

    /// <summary>Reads the canonical form and nothing else.</summary>
    /// <exception cref="MalformedException">The bytes are another type's, or not canonical.</exception>
    public abstract T Read(ref CborReader reader);

    internal T Read(ReadOnlySpan<byte> bytes, IReferences references)
    {
        var reader = new CborReader(bytes, references);
        var value = Read(ref reader);
        reader.End();
        return value;
    }

    /// <summary>Adds every party that the value names, lists and nested records included.</summary>
    public virtual void NameParties(in T value, PartySet named)
    {
    }

    /// <summary>The canonical form in a new array.</summary>
    public byte[] ToBytes(in T value)
    {
        var writer = new CborWriter();
        Write(writer, value);
        return writer.ToArray();
    }

    /// <summary>Reads a whole span.</summary>
    /// <exception cref="MalformedException">The bytes are another type's, not canonical, or followed by more.</exception>
    public T FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var value = Read(ref reader);
        reader.End();
        return value;
    }
}
