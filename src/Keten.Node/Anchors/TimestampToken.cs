using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keten.Kernel;

namespace Keten.Node.Anchors;

/// <summary>
/// A time-stamp token (RFC 3161 §2.4.2) over a hash: a CMS SignedData (RFC 5652 §5) over a TSTInfo. What is read here is what was stamped, when, and that the token's own certificate, which is for time-stamping,
/// signed it; whether that certificate is to be trusted is asked with <see cref="IsTrusted"/>.
/// </summary>
public sealed class TimestampToken
{
    /// <summary>Of a token or an answer, in bytes.</summary>
    public const int BytesAtMost = 1 << 18;

    private const string SignedData = "1.2.840.113549.1.7.2", Info = "1.2.840.113549.1.9.16.1.4", ForStamping = "1.3.6.1.5.5.7.3.8", Sha256 = "2.16.840.1.101.3.4.2.1";
    private const string ContentType = "1.2.840.113549.1.9.3", MessageDigest = "1.2.840.113549.1.9.4", SigningCertificate = "1.2.840.113549.1.9.16.2.12", SigningCertificate2 = "1.2.840.113549.1.9.16.2.47";
    private static readonly Asn1Tag Zero = new(TagClass.ContextSpecific, 0, true), One = new(TagClass.ContextSpecific, 1, true);

    private readonly X509Certificate2Collection certificates;

    private TimestampToken(Hash hash, DateTimeOffset at, BigInteger? nonce, X509Certificate2 authority, X509Certificate2Collection certificates) =>
        (Hash, At, Nonce, Authority, this.certificates) = (hash, at, nonce, authority, certificates);

    /// <summary>What was stamped.</summary>
    public Hash Hash { get; }

    /// <summary>When, as the authority says.</summary>
    public DateTimeOffset At { get; }

    /// <summary>The number that the request gave; null where none is in it.</summary>
    public BigInteger? Nonce { get; }

    /// <summary>Whose key signed it.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>A request for a stamp on a hash (RFC 3161 §2.4.1), with the authority's certificate in the answer.</summary>
    public static byte[] Request(in Hash hash, BigInteger nonce)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Sha256);
                    writer.WriteNull();
                }
                writer.WriteOctetString(hash.ToArray());
            }
            writer.WriteInteger(nonce);
            writer.WriteBoolean(true);
        }
        return writer.Encode();
    }

    /// <summary>The token in an authority's answer (RFC 3161 §2.4.2).</summary>
    /// <exception cref="FormatException">It is no answer, or a refusal.</exception>
    public static byte[] OfAnswer(byte[] answer) => Form(() =>
    {
        var response = new AsnReader(answer, AsnEncodingRules.BER).ReadSequence();
        var status = response.ReadSequence().ReadInteger();
        if (status > 1 || !response.HasData) throw new FormatException($"The time-stamping authority refuses (status {status}).");
        return response.ReadEncodedValue().ToArray();
    });

    /// <summary>Reads a token, and checks its signature by the certificate in it.</summary>
    /// <exception cref="FormatException">It is none, or its signature does not hold.</exception>
    public static TimestampToken Read(byte[] token) => Form(() =>
    {
        if (token.Length > BytesAtMost) throw new FormatException("A time-stamp token is at most 256 KiB.");
        var content = new AsnReader(token, AsnEncodingRules.BER).ReadSequence();
        Expect(content.ReadObjectIdentifier(), SignedData);
        var signed = content.ReadSequence(Zero).ReadSequence();
        signed.ReadInteger();
        signed.ReadSetOf();
        var inside = signed.ReadSequence();
        Expect(inside.ReadObjectIdentifier(), Info);
        var info = inside.ReadSequence(Zero).ReadOctetString();
        var certificates = new X509Certificate2Collection();
        if (signed.PeekTag().HasSameClassAndValue(Zero))
            for (var list = signed.ReadSetOf(Zero); list.HasData;) certificates.Add(X509CertificateLoader.LoadCertificate(list.ReadEncodedValue().Span));
        if (signed.PeekTag().HasSameClassAndValue(One)) signed.ReadEncodedValue();
        var signers = signed.ReadSetOf();
        var authority = SignerOf(signers.ReadSequence(), info, certificates);
        if (signers.HasData) throw new FormatException("A time-stamp token has one signer.");
        var (hash, at, nonce) = InfoOf(info);
        return new TimestampToken(hash, at, nonce, authority, certificates);
    });

    /// <summary>Whether the authority's certificate leads to one of these, as of the moment of the stamp.</summary>
    public bool IsTrusted(X509Certificate2Collection roots)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        (policy.TrustMode, policy.RevocationMode, policy.VerificationTime, policy.DisableCertificateDownloads) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck, At.UtcDateTime, true);
        policy.CustomTrustStore.AddRange(roots);
        policy.ExtraStore.AddRange(certificates);
        policy.ApplicationPolicy.Add(new Oid(ForStamping));
        return chain.Build(Authority);
    }

    private static (Hash, DateTimeOffset, BigInteger?) InfoOf(byte[] bytes)
    {
        var info = new AsnReader(bytes, AsnEncodingRules.BER).ReadSequence();
        if (info.ReadInteger() != 1) throw new FormatException("It is a time-stamp of a later version.");
        info.ReadObjectIdentifier();
        var imprint = info.ReadSequence();
        Expect(imprint.ReadSequence().ReadObjectIdentifier(), Sha256);
        var hash = imprint.ReadOctetString();
        info.ReadInteger();
        var at = info.ReadGeneralizedTime();
        BigInteger? nonce = null;
        while (info.HasData)
        {
            if (info.PeekTag() == Asn1Tag.Integer) nonce = info.ReadInteger();
            else info.ReadEncodedValue();
        }
        return hash.Length == Hash.Size ? (new Hash(hash), at, nonce) : throw new FormatException("A SHA-256 hash has 32 bytes.");
    }

    // RFC 5652 §5.4 and §5.6; the certificate is the one that the signed attribute names (RFC 5816, RFC 2634), and is for time-stamping alone (RFC 3161 §2.3).
    private static X509Certificate2 SignerOf(AsnReader signer, byte[] info, X509Certificate2Collection certificates)
    {
        signer.ReadInteger();
        signer.ReadEncodedValue();
        var digest = Named(signer.ReadSequence().ReadObjectIdentifier());
        var attributes = signer.ReadEncodedValue().ToArray();
        // What is signed is the set itself, not the place where it stands.
        if (attributes[0] != 0xa0) throw new FormatException("A time-stamp token signs its attributes.");
        attributes[0] = 0x31;
        var algorithm = signer.ReadSequence().ReadObjectIdentifier();
        var signature = signer.ReadOctetString();
        byte[]? ofCertificate = null, ofInfo = null;
        var (byOld, isInfo) = (false, false);
        for (var set = new AsnReader(attributes, AsnEncodingRules.BER).ReadSetOf(); set.HasData;)
        {
            var attribute = set.ReadSequence();
            var (name, values) = (attribute.ReadObjectIdentifier(), attribute.ReadSetOf());
            if (name == ContentType) isInfo = values.ReadObjectIdentifier() == Info;
            else if (name == MessageDigest) ofInfo = values.ReadOctetString();
            else if (name is SigningCertificate or SigningCertificate2) (ofCertificate, byOld) = (CertificateHash(values, name == SigningCertificate2, out var hashed), !hashed);
        }
        if (!isInfo || ofInfo is null || !ofInfo.AsSpan().SequenceEqual(CryptographicOperations.HashData(digest, info))) throw new FormatException("The time-stamp's signature is of other content.");
        var authority = certificates.FirstOrDefault(one => ofCertificate is not null && ofCertificate.AsSpan().SequenceEqual(byOld ? one.GetCertHash(HashAlgorithmName.SHA1) : one.GetCertHash(HashAlgorithmName.SHA256)))
            ?? throw new FormatException("The authority's certificate is not in the time-stamp.");
        if (!authority.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(use => use.EnhancedKeyUsages[ForStamping] is not null)) throw new FormatException("The certificate that signed is not for time-stamping.");
        return Holds(authority, algorithm, digest, attributes, signature) ? authority : throw new FormatException("The time-stamp's signature does not hold.");
    }

    private static byte[] CertificateHash(AsnReader values, bool second, out bool isSha256)
    {
        var first = values.ReadSequence().ReadSequence().ReadSequence();
        isSha256 = second;
        // The algorithm stands there only where it is not SHA-256.
        if (second && first.PeekTag() == Asn1Tag.Sequence) Expect(first.ReadSequence().ReadObjectIdentifier(), Sha256);
        return first.ReadOctetString();
    }

    private static bool Holds(X509Certificate2 authority, string algorithm, HashAlgorithmName digest, byte[] attributes, byte[] signature)
    {
        switch (algorithm)
        {
            case "1.2.840.113549.1.1.1" or "1.2.840.113549.1.1.11" or "1.2.840.113549.1.1.12" or "1.2.840.113549.1.1.13":
                using (var rsa = authority.GetRSAPublicKey()) return rsa?.VerifyData(attributes, signature, OfRsa(algorithm) ?? digest, RSASignaturePadding.Pkcs1) == true;
            case "1.2.840.10045.4.3.2" or "1.2.840.10045.4.3.3" or "1.2.840.10045.4.3.4":
                var name = algorithm[^1] switch { '2' => HashAlgorithmName.SHA256, '3' => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
                using (var ecdsa = authority.GetECDsaPublicKey()) return ecdsa?.VerifyData(attributes, signature, name, DSASignatureFormat.Rfc3279DerSequence) == true;
            default:
                throw new FormatException($"Time-stamps are signed with RSA (PKCS #1) or ECDSA, and SHA-2; not with {algorithm}.");
        }
    }

    private static HashAlgorithmName? OfRsa(string algorithm) =>
        algorithm[^2..] switch { "11" => HashAlgorithmName.SHA256, "12" => HashAlgorithmName.SHA384, "13" => HashAlgorithmName.SHA512, _ => null };

    private static HashAlgorithmName Named(string digest) => digest switch
    {
        Sha256 => HashAlgorithmName.SHA256,
        "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
        "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
        _ => throw new FormatException($"Time-stamps are over SHA-2, not {digest}."),
    };

    private static void Expect(string found, string wanted)
    {
        if (found != wanted) throw new FormatException($"It is no time-stamp token over SHA-256: {found} stands where {wanted} should.");
    }

    private static T Form<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is AsnContentException or CryptographicException or InvalidOperationException)
        {
            throw new FormatException("It is no time-stamp: " + fault.Message, fault);
        }
    }
}
