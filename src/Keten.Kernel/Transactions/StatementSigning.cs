using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Kernel;

/// <summary>
/// What is signed for a statement outside a transaction: the Sig_structure of a COSE_Sign1 with {1: −7, 4: kid}, no external data, and as payload
/// [ledger id, type's name, statement]. So a statement holds on one ledger and as one type only.
/// </summary>
public static class StatementSigning
{
    /// <summary>The digest of a statement, into 32 bytes.</summary>
    /// <param name="ledger">The ledger that it is for.</param>
    /// <param name="key">The signing key.</param>
    /// <param name="name">The statement's type, as its codec names it.</param>
    /// <param name="statement">The canonical bytes of the statement.</param>
    /// <param name="digest">Receives it.</param>
    public static void Digest(in Hash ledger, KeyId key, string name, ReadOnlySpan<byte> statement, Span<byte> digest)
    {
        Span<byte> header = stackalloc byte[CoseForm.HeaderSize];
        CoseForm.Header(key, header);
        SigStructure.DigestSign1(header, default, Payload(ledger, name, statement), digest);
    }

    /// <summary>[ledger id, type's name, statement].</summary>
    public static byte[] Payload(in Hash ledger, string name, ReadOnlySpan<byte> statement)
    {
        var writer = new CborWriter(64 + name.Length + statement.Length);
        writer.Array(3);
        writer.Hash(ledger);
        writer.Text(name);
        writer.Raw(statement);
        return writer.ToArray();
    }

    /// <summary>Signs a statement.</summary>
    /// <returns>The statement as it goes into a call; whose key it is, the kernel finds.</returns>
    public static Signed<T> Sign<T>(in Hash ledger, Signer signer, Codec<T> codec, in T statement) where T : notnull
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(ledger, signer.Id, codec.Name, codec.ToBytes(statement), digest);
        return new Signed<T>(signer.Id, signer.Sign(digest), statement);
    }

    /// <summary>Whether a key signed a statement.</summary>
    public static bool Verify(in Hash ledger, ImportedKey key, string name, ReadOnlySpan<byte> statement, ReadOnlySpan<byte> signature)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        Digest(ledger, key.Public.Id, name, statement, digest);
        return key.Verify(digest, signature);
    }
}
