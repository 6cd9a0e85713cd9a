using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Joining;

/// <summary>The newest attestation of a validator that a node has seen, with what it is of, so that nobody need be believed: [fields, history root, signature].</summary>
/// <param name="Header">Which header it attested.</param>
/// <param name="Attestation">Whose, and the signature.</param>
internal readonly record struct Spoken(Header Header, Attestation Attestation)
{
    public void Write(CborWriter writer)
    {
        Span<byte> signature = stackalloc byte[Signature.Size];
        Attestation.Signature.CopyTo(signature);
        writer.Array(3);
        writer.Bytes(Header.FieldBytes());
        writer.Hash(Header.HistoryRoot);
        writer.Bytes(signature);
    }

    /// <exception cref="MalformedException">It is none.</exception>
    public static Spoken Read(ref CborReader reader, KeyId validator)
    {
        reader.ArrayOf(3);
        var fields = reader.Bytes();
        var header = Header.FromFields(fields, reader.Hash());
        return new Spoken(header, new Attestation(validator, new Signature(reader.Bytes(Signature.Size))));
    }
}
