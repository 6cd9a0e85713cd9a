using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Kernel.Blocks;

/// <summary>
/// That a node's key is held by those who name it as a validator's: the key's own signature over the ledger and the party, so that nobody can have somebody else's key voted in, or one that
/// nobody has. A COSE_Sign1 with detached payload ["validator", ledger, party].
/// </summary>
public static class KeyProof
{
    /// <summary>Signs with the node's key.</summary>
    public static Signature Sign(Signer key, in Hash ledgerId, Party party)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(key.Id, ledgerId, party, digest);
        return key.Sign(digest);
    }

    /// <summary>Whether the key signed it.</summary>
    public static bool Verify(in PublicKey key, in Hash ledgerId, Party party, in Signature proof)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(key.Id, ledgerId, party, digest);
        return Es256.Verify(digest, proof, key);
    }

    private static void Digest(KeyId key, in Hash ledgerId, Party party, Span<byte> digest)
    {
        var payload = new CborWriter(96);
        payload.Array(3);
        payload.Text("validator");
        payload.Hash(ledgerId);
        payload.Party(party);
        SigStructure.DigestSign1(CoseSignature.HeadersOf(key), default, payload.Written, digest);
    }
}
