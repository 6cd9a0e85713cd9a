using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Kernel.Blocks;

/// <summary>
/// One validator's countersignature of a header: a COSE_Sign1 over the history root as detached payload, with the header's other fields in the protected header, so that it is by
/// itself the signature of a COSE receipt (RFC 9942; verifiable data structure 1, RFC 9162 with SHA-256).
/// </summary>
/// <param name="Validator">Whose.</param>
/// <param name="Signature">Over the header.</param>
public readonly record struct Attestation(KeyId Validator, Signature Signature)
{
    /// <summary>The header parameter that names the verifiable data structure.</summary>
    public const long StructureLabel = 395;

    /// <summary>Keten's own header parameter: the header's fields. From the range for private use.</summary>
    public const long FieldsLabel = -70_001;

    /// <summary>Signs a header.</summary>
    public static Attestation Sign(Signer validator, Header header)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(validator.Id, header.FieldBytes(), header.HistoryRoot, digest);
        return new Attestation(validator.Id, validator.Sign(digest));
    }

    /// <summary>Whether it is this validator's signature of this header.</summary>
    /// <param name="header">Of which it is to be.</param>
    /// <param name="key">The validator's.</param>
    /// <param name="keys">Where the key is kept ready; without it the key is imported, which costs about three verifications.</param>
    public bool Verify(Header header, in PublicKey key, KeyCache? keys = null)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(Validator, header.FieldBytes(), header.HistoryRoot, digest);
        if (keys is null) return Es256.Verify(digest, Signature, key);
        Span<byte> signature = stackalloc byte[Signature.Size];
        Signature.CopyTo(signature);
        return keys.Get(Validator, key) is { } ready && ready.Verify(digest, signature);
    }

    /// <summary>The protected header of a validator's attestation of these fields.</summary>
    public static byte[] ProtectedBytes(KeyId validator, ReadOnlySpan<byte> fields)
    {
        var writer = new CborWriter(fields.Length + 64);
        writer.Map(4);
        writer.Unsigned(1);
        writer.Integer(-7);
        writer.Unsigned(4);
        writer.KeyId(validator);
        writer.Unsigned((ulong)StructureLabel);
        writer.Unsigned(1);
        writer.Integer(FieldsLabel);
        writer.Bytes(fields);
        return writer.ToArray();
    }

    private static void Digest(KeyId validator, ReadOnlySpan<byte> fields, in Hash root, Span<byte> digest) =>
        SigStructure.DigestSign1(ProtectedBytes(validator, fields), default, Hash.Bytes(in root), digest);
}
