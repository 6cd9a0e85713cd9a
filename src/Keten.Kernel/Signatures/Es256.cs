using System.Security.Cryptography;

namespace Keten.Kernel;

/// <summary>ES256: ECDSA on P-256 over a SHA-256 digest, signatures as r ‖ s (FIPS 186-5 §6.4, RFC 9053 §2.1). Nothing else is accepted anywhere on the ledger.</summary>
public static class Es256
{
    /// <summary>A digest's length in bytes.</summary>
    public const int DigestSize = Hash.Size;

    // SEC 2 §2.4.2: the order of the base point, and the field's prime.
    private static ReadOnlySpan<byte> Order =>
    [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];

    private static ReadOnlySpan<byte> Prime =>
    [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];

    /// <summary>
    /// Whether a key signed a digest. False, and never an exception, for a signature of another length, for r or s outside 1 … n−1 and for a point off the curve.
    /// Imports the key, which costs about three verifications: hold a <see cref="KeyCache"/> or an <see cref="ImportedKey"/> where a key is met again.
    /// </summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="signature">64 bytes, r ‖ s.</param>
    /// <param name="key">Whose signature it is said to be.</param>
    public static bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, in PublicKey key)
    {
        if (digest.Length != DigestSize || !InRange(signature) || !ImportedKey.TryImport(key, out var imported)) return false;
        using (imported) return imported.Verify(digest, signature);
    }

    /// <summary>Whether a key signed a digest; see the other form.</summary>
    public static bool Verify(ReadOnlySpan<byte> digest, in Signature signature, in PublicKey key)
    {
        Span<byte> bytes = stackalloc byte[Signature.Size];
        signature.CopyTo(bytes);
        return Verify(digest, bytes, key);
    }

    /// <summary>Signs a digest. Two signatures of one digest differ: the platform draws the nonce.</summary>
    /// <param name="key">A P-256 private key.</param>
    /// <param name="digest">32 bytes.</param>
    /// <exception cref="ArgumentException">The key is on another curve, or the digest is not 32 bytes.</exception>
    public static Signature Sign(ECDsa key, ReadOnlySpan<byte> digest)
    {
        if (digest.Length != DigestSize) throw new ArgumentException("A digest is 32 bytes.", nameof(digest));
        Span<byte> bytes = stackalloc byte[2 * Signature.Size + 8];
        return key.KeySize == 256 && key.TrySignHash(digest, bytes, DSASignatureFormat.IeeeP1363FixedFieldConcatenation, out var written) && written == Signature.Size
            ? new Signature(bytes[..Signature.Size])
            : throw new ArgumentException("The key is not a P-256 key.", nameof(key));
    }

    /// <summary>Whether a signature is 64 bytes with 1 ≤ r, s &lt; n.</summary>
    internal static bool InRange(ReadOnlySpan<byte> signature) =>
        signature.Length == Signature.Size && IsScalar(signature[..32]) && IsScalar(signature[32..]);

    /// <summary>Whether both coordinates are below the field's prime, so that a point has one form and a key one id.</summary>
    internal static bool IsReduced(ReadOnlySpan<byte> point) =>
        point[..32].SequenceCompareTo(Prime) < 0 && point[32..].SequenceCompareTo(Prime) < 0;

    private static bool IsScalar(ReadOnlySpan<byte> number) => number.IndexOfAnyExcept((byte)0) >= 0 && number.SequenceCompareTo(Order) < 0;
}
