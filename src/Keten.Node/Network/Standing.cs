using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Network;

/// <summary>
/// What a validator states of a height in the register: what it read up to there, and once a quorum read the same, its attestation with the header that it attests, so that an attestation
/// of another header than the reader's can be told from nonsense. [position, L(n), echo], and then attestation, fields and history root.
/// </summary>
/// <param name="Echo">What it read.</param>
/// <param name="Attestation">Of the block that came of it; none yet.</param>
/// <param name="Attested">The header that it says it attests; not verified.</param>
internal readonly record struct Standing(Echo Echo, Attestation? Attestation, Header? Attested = null)
{
    public byte[] ToBytes()
    {
        var writer = new CborWriter(768);
        writer.Array(Attestation is null ? 3 : 6);
        writer.Unsigned(Echo.Position);
        writer.Hash(Echo.LogHash);
        Write(writer, Echo.Signature);
        if (Attestation is not { } attestation) return writer.ToArray();
        Write(writer, attestation.Signature);
        writer.Bytes(Attested!.FieldBytes());
        writer.Hash(Attested.HistoryRoot);
        return writer.ToArray();
    }

    /// <summary>Reads a validator's; null where it is none. Whether its signatures verify is for the reader to see.</summary>
    public static Standing? Read(string validator, ReadOnlySpan<byte> bytes)
    {
        if (!KeyId.TryParse(validator, out var key)) return null;
        try
        {
            var reader = new CborReader(bytes);
            var parts = reader.Array(6);
            var echo = new Echo(key, reader.Unsigned(), reader.Hash(), new Signature(reader.Bytes(Signature.Size)));
            if (parts == 3)
            {
                reader.End();
                return new Standing(echo, null);
            }
            var attestation = new Attestation(key, new Signature(reader.Bytes(Signature.Size)));
            var fields = reader.Bytes();
            var header = Header.FromFields(fields, reader.Hash());
            reader.End();
            return new Standing(echo, attestation, header);
        }
        catch (MalformedException)
        {
            return null;
        }
    }

    private static void Write(CborWriter writer, Signature signature)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        signature.CopyTo(bytes);
        writer.Bytes(bytes);
    }
}
