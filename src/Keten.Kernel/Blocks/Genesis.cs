using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Kernel.Blocks;

/// <summary>How a ledger begins. Its hash is the ledger's id; a receipt is checked against it and nothing else.</summary>
/// <param name="Nonce">32 random bytes, so that no two ledgers are one.</param>
/// <param name="Began">The first ledger time.</param>
/// <param name="Validators">The first validators.</param>
/// <param name="Founders">Parties that exist from the start, by their first key.</param>
/// <param name="OpenToRead">Whether all may read; otherwise readers only.</param>
/// <param name="Parameters">The limits at the start; they say who may admit a party.</param>
/// <param name="Catalogue">The hash of the first catalogue.</param>
public sealed record Genesis(Hash Nonce, Instant Began, ValidatorSet Validators, Many<PublicKey> Founders, bool OpenToRead, Parameters Parameters, Hash Catalogue)
{
    /// <summary>SHA-256 of the canonical form.</summary>
    public Hash LedgerId => Hash.Of(ToBytes());

    /// <summary>The canonical form.</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter();
        writer.Array(8);
        writer.Unsigned(0);
        writer.Hash(Nonce);
        Wire.Write(writer, Began);
        Validators.Write(writer);
        writer.Array(Founders.Count);
        foreach (var founder in Founders) Wire.Write(writer, founder);
        writer.Boolean(OpenToRead);
        Parameters.Write(writer, Parameters);
        writer.Hash(Catalogue);
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static Genesis FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(8);
        reader.Unsigned(0);
        var (nonce, began, validators) = (reader.Hash(), Wire.ReadInstant(ref reader), ValidatorSet.Read(ref reader));
        var founders = new PublicKey[reader.Array(64)];
        for (var each = 0; each < founders.Length; each++) founders[each] = Wire.ReadPublicKey(ref reader);
        var genesis = new Genesis(nonce, began, validators, new Many<PublicKey>(founders), reader.Boolean(), Parameters.Read(ref reader), reader.Hash());
        reader.End();
        return genesis;
    }
}
