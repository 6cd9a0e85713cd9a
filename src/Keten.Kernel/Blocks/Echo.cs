using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Kernel.Blocks;

/// <summary>
/// A validator's word on what it read from the log: the hash L(n) up to an entry. A header is attested only once a quorum says the same, and nobody says two things of one position in an
/// epoch; so two honest validators never attest headers that exclude each other, whatever the log shows them. A COSE_Sign1 with detached payload.
/// </summary>
/// <param name="Validator">Whose.</param>
/// <param name="Position">n.</param>
/// <param name="LogHash">L(n) = SHA-256(L(n−1) ‖ entry).</param>
/// <param name="Signature">Over ["echo", ledger, epoch, n, L(n)].</param>
public readonly record struct Echo(KeyId Validator, ulong Position, Hash LogHash, Signature Signature)
{
    /// <summary>Signs what was read.</summary>
    public static Echo Sign(Signer validator, in Hash ledgerId, ulong epoch, ulong position, in Hash logHash)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(validator.Id, ledgerId, epoch, position, logHash, digest);
        return new Echo(validator.Id, position, logHash, validator.Sign(digest));
    }

    /// <summary>Whether it is this validator's word.</summary>
    /// <param name="ledgerId">Of which ledger it is to be.</param>
    /// <param name="epoch">Of which epoch.</param>
    /// <param name="key">The validator's.</param>
    /// <param name="keys">Where the key is kept ready.</param>
    public bool Verify(in Hash ledgerId, ulong epoch, in PublicKey key, KeyCache keys)
    {
        Span<byte> digest = stackalloc byte[Hash.Size], signature = stackalloc byte[Signature.Size];
        Digest(Validator, ledgerId, epoch, Position, LogHash, digest);
        Signature.CopyTo(signature);
        return keys.Get(Validator, key) is { } ready && ready.Verify(digest, signature);
    }

    private static void Digest(KeyId validator, in Hash ledgerId, ulong epoch, ulong position, in Hash logHash, Span<byte> digest)
    {
        var payload = new CborWriter(96);
        payload.Array(5);
        payload.Text("echo");
        payload.Hash(ledgerId);
        payload.Unsigned(epoch);
        payload.Unsigned(position);
        payload.Hash(logHash);
        SigStructure.DigestSign1(CoseSignature.HeadersOf(validator), default, payload.Written, digest);
    }
}
