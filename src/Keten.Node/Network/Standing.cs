using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Network;

/// <summary>What a validator states of a height in the register: what it read up to there, and once a quorum read the same, its attestation. [position, L(n), echo, attestation or null].</summary>
/// <param name="Echo">What it read.</param>
/// <param name="Attestation">Of the block that came of it; none yet.</param>
internal readonly record struct Standing(Echo Echo, Attestation? Attestation)
{
    public byte[] ToBytes()
    {
        var writer = new CborWriter(256);
        writer.Array(4);
        writer.Unsigned(Echo.Position);
        writer.Hash(Echo.LogHash);
        Write(writer, Echo.Signature);
        if (Attestation is { } attestation) Write(writer, attestation.Signature);
        else writer.Null();
        return writer.ToArray();
    }

    /// <summary>Reads a validator's; null where it is none. Whether its signatures verify is for the reader to see.</summary>
    public static Standing? Read(string validator, ReadOnlySpan<byte> bytes)
    {
        if (!KeyId.TryParse(validator, out var key)) return null;
        try
        {
            var reader = new CborReader(bytes);
            reader.ArrayOf(4);
            var echo = new Echo(key, reader.Unsigned(), reader.Hash(), new Signature(reader.Bytes(Signature.Size)));
            Attestation? attestation = reader.TryNull() ? null : new Attestation(key, new Signature(reader.Bytes(Signature.Size)));
            reader.End();
            return new Standing(echo, attestation);
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
