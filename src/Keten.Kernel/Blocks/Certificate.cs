using Keten.Kernel.Cbor;

namespace Keten.Kernel.Blocks;

/// <summary>More than two thirds of the validators' attestations of one header. With it the header, and all that it sums up, is final.</summary>
/// <param name="Header">Of what.</param>
/// <param name="Attestations">By key id; every one must verify, a surplus one too.</param>
public sealed record Certificate(Header Header, Many<Attestation> Attestations)
{
    /// <summary>Whether it certifies its header for a set of validators.</summary>
    /// <param name="validators">The set.</param>
    /// <param name="keys">Where their keys are kept ready; without it each is imported, which costs about three verifications. <see cref="KnownCertificates"/> has one.</param>
    public bool Verify(ValidatorSet validators, KeyCache? keys = null)
    {
        if (Header.Validators != validators.Hash || Attestations.Count < validators.Quorum || Attestations.Count > validators.Count) return false;
        KeyId last = default;
        foreach (var attestation in Attestations)
        {
            if (attestation.Validator <= last || validators.Find(attestation.Validator) is not { } key || !attestation.Verify(Header, key, keys)) return false;
            last = attestation.Validator;
        }
        return true;
    }

    /// <summary>[fields, history root, [[key id, signature] …]].</summary>
    public byte[] ToBytes()
    {
        var writer = new CborWriter(640);
        writer.Array(3);
        writer.Bytes(Header.FieldBytes());
        writer.Hash(Header.HistoryRoot);
        writer.Array(Attestations.Count);
        foreach (var attestation in Attestations)
        {
            writer.Array(2);
            writer.KeyId(attestation.Validator);
            attestation.Signature.Write(writer);
        }
        return writer.ToArray();
    }

    /// <summary>Reads the canonical form.</summary>
    /// <exception cref="MalformedException">It is not.</exception>
    public static Certificate FromBytes(ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        reader.ArrayOf(3);
        var fields = reader.Bytes();
        var header = Header.FromFields(fields, reader.Hash());
        var attestations = new Attestation[reader.Array(ValidatorSet.AtMost)];
        for (var each = 0; each < attestations.Length; each++)
        {
            reader.ArrayOf(2);
            attestations[each] = new Attestation(reader.KeyId(), new Signature(reader.Bytes(Signature.Size)));
        }
        reader.End();
        return new Certificate(header, new Many<Attestation>(attestations));
    }
}
