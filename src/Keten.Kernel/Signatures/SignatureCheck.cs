namespace Keten.Kernel;

/// <summary>What checking a transaction's signatures found.</summary>
public enum SignatureVerdict
{
    /// <summary>Every one is good.</summary>
    Valid = 0,

    /// <summary>A signer's key is not known.</summary>
    UnknownKey = 1,

    /// <summary>A signature does not verify, or a key is no point of the curve.</summary>
    BadSignature = 2,
}

/// <summary>Checks the signatures of one transaction, one after the other; whoever has many transactions checks them on as many threads.</summary>
public static class SignatureCheck
{
    /// <summary>Checks every signature, and stops at the first that is not good.</summary>
    /// <param name="transaction">Whose.</param>
    /// <param name="cache">Keeps imported keys; shared by all threads.</param>
    /// <param name="known">The public key of an id that the ledger knows; null for another.</param>
    /// <param name="introduced">The public key of an id that the transaction itself brings in, asked after <paramref name="known"/>; such keys are not kept in the cache.</param>
    public static SignatureVerdict Check(Transaction transaction, KeyCache cache, Func<KeyId, PublicKey?> known, Func<KeyId, PublicKey?>? introduced = null)
    {
        Span<byte> digest = stackalloc byte[Es256.DigestSize];
        for (var i = 0; i < transaction.Signers.Length; i++)
        {
            var id = transaction.Signers[i].Key;
            transaction.SigningDigest(i, digest);
            if (known(id) is { } key)
            {
                if (cache.Get(id, key) is not { } imported || !imported.Verify(digest, transaction.SignatureOf(i))) return SignatureVerdict.BadSignature;
            }
            else
            {
                if (introduced?.Invoke(id) is not { } brought) return SignatureVerdict.UnknownKey;
                if (brought.Id != id || !Es256.Verify(digest, transaction.SignatureOf(i), brought)) return SignatureVerdict.BadSignature;
            }
        }
        return SignatureVerdict.Valid;
    }
}
