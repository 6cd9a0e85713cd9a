using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>
/// A statement signed outside the transaction that carries it: a meter's reading, a garage's repair. The kernel has checked the signature, over ledger, type and statement,
/// before a clause sees it. It must name the agreement that it is for, or it could be replayed into another.
/// </summary>
/// <typeparam name="T">What is stated.</typeparam>
/// <param name="Key">The key that signed.</param>
/// <param name="Signature">ES256, r ‖ s.</param>
/// <param name="Statement">What is stated.</param>
/// <param name="Signer">Whose key it is: found by the kernel, and never part of the bytes.</param>
public readonly record struct Signed<T>(KeyId Key, Signature Signature, T Statement, Party Signer = default) where T : notnull
{
    /// <summary>The signer and the statement.</summary>
    public void Deconstruct(out Party signer, out T statement) => (signer, statement) = (Signer, Statement);
}

/// <summary>How signed statements are written: [key id, signature, statement].</summary>
public static class Signed
{
    /// <summary>Writes one.</summary>
    public static void Write<T>(CborWriter writer, in Signed<T> value, Codec<T> codec) where T : notnull
    {
        writer.Array(3);
        writer.KeyId(value.Key);
        value.Signature.Write(writer);
        codec.Write(writer, value.Statement);
    }

    /// <summary>Reads one, and asks whoever checks statements for its signer; where nobody checks, the signer stays nobody.</summary>
    /// <exception cref="MalformedException">The bytes are not such a statement.</exception>
    /// <exception cref="ReferenceException">The key is unknown, or the signature does not verify.</exception>
    public static Signed<T> Read<T>(ref CborReader reader, Codec<T> codec) where T : notnull
    {
        reader.ArrayOf(3);
        var key = reader.KeyId();
        var signature = reader.Bytes(Signature.Size);
        var start = reader.Offset;
        var statement = codec.Read(ref reader);
        var signer = reader.References?.SignerOf(key, codec.Name, reader.Between(start, reader.Offset), signature) ?? default;
        return new Signed<T>(key, new Signature(signature), statement, signer);
    }
}
