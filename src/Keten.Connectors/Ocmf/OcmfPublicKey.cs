using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Keten.Connectors.Ocmf;

/// <summary>
/// A meter's public key: SubjectPublicKeyInfo in DER (RFC 5480) of an uncompressed point on a named curve. Parameters written out instead of a curve's name
/// are refused, since they can make any signature match. Two are equal when their bytes are.
/// </summary>
public sealed class OcmfPublicKey : IEquatable<OcmfPublicKey>
{
    /// <summary>Longest key in bytes; the largest curve of the format takes 158.</summary>
    public const int MaxLength = 512;

    private const string EcPublicKey = "1.2.840.10045.2.1";

    private OcmfPublicKey(byte[] spki, string curveOid) => (Spki, CurveOid) = (spki, curveOid);

    /// <summary>The DER bytes.</summary>
    public ReadOnlyMemory<byte> Spki { get; }

    /// <summary>The curve's object identifier.</summary>
    public string CurveOid { get; }

    /// <summary>Upper-case hexadecimal digits, as charge points print them.</summary>
    public override string ToString() => Convert.ToHexString(Spki.Span);

    /// <summary>The public half of a key.</summary>
    /// <exception cref="ArgumentException">It is on no named curve.</exception>
    public static OcmfPublicKey Of(ECDsa key)
    {
        var spki = key.ExportSubjectPublicKeyInfo();
        return new OcmfPublicKey(spki, Curve(spki) ?? throw new ArgumentException("The key is on no named curve.", nameof(key)));
    }

    /// <summary>Reads DER; null when it is no such key. A point off the curve is found here where the machine has the curve.</summary>
    public static OcmfPublicKey? Read(ReadOnlySpan<byte> der)
    {
        if (der.Length > MaxLength) return null;
        var spki = der.ToArray();
        if (Curve(spki) is not { } curve) return null;
        var key = new OcmfPublicKey(spki, curve);
        if (!OcmfAlgorithm.Names(curve) || !OcmfAlgorithm.CanCheck(curve)) return key;
        if (OcmfReadyKeys.Shared.Borrow(key) is not { } ready) return null;
        OcmfReadyKeys.Shared.Return(key, ready);
        return key;
    }

    /// <summary>Reads hexadecimal (either case, also with spaces) or base64; null when it is no such key.</summary>
    public static OcmfPublicKey? Read(string text)
    {
        if (text.Length > 8 * MaxLength) return null;
        var packed = string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
        return OcmfText.Hex(packed) is { } hex ? Read(hex) : OcmfText.Base64(packed) is { } base64 ? Read(base64) : null;
    }

    /// <summary>Checks a DER-encoded ECDSA signature. False, too, when the key cannot be used.</summary>
    internal bool Verifies(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
    {
        if (OcmfReadyKeys.Shared.Borrow(this) is not { } ready) return false;
        try
        {
            return ready.VerifyData(data, signature, hash, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            OcmfReadyKeys.Shared.Return(this, ready);
        }
    }

    /// <inheritdoc/>
    public bool Equals(OcmfPublicKey? other) => other is not null && Spki.Span.SequenceEqual(other.Spki.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OcmfPublicKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Spki.Span);
        return hash.ToHashCode();
    }

    private static string? Curve(byte[] spki)
    {
        try
        {
            var outer = new AsnReader(spki, AsnEncodingRules.DER);
            var info = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var algorithm = info.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != EcPublicKey) return null;
            var curve = algorithm.ReadObjectIdentifier();
            algorithm.ThrowIfNotEmpty();
            var point = info.ReadBitString(out var unused);
            info.ThrowIfNotEmpty();
            return unused == 0 && point is [4, ..] ? curve : null;
        }
        catch (AsnContentException)
        {
            return null;
        }
    }
}

/// <summary>Bytes written as text, each in exactly one way.</summary>
internal static class OcmfText
{
    internal static byte[]? Hex(string text) =>
        text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text) : null;

    // Decoders ignore the spare bits of the last digit; encoding again shows whether any were set.
    internal static byte[]? Base64(string text)
    {
        var bytes = new byte[text.Length];
        if (text.Length == 0 || !Convert.TryFromBase64String(text, bytes, out var length)) return null;
        return Convert.ToBase64String(bytes, 0, length) == text ? bytes[..length] : null;
    }
}
