using System.Security.Cryptography;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class SignatureTests
{
    public static TheoryData<string, string> Algorithms => new()
    {
        { "ECDSA-secp192k1-SHA256", "1.3.132.0.31" },
        { "ECDSA-secp256k1-SHA256", "1.3.132.0.10" },
        { "ECDSA-secp192r1-SHA256", "1.2.840.10045.3.1.1" },
        { "ECDSA-secp256r1-SHA256", "1.2.840.10045.3.1.7" },
        { "ECDSA-brainpool256r1-SHA256", "1.3.36.3.3.2.8.1.1.7" },
        { "ECDSA-brainpoolP256r1-SHA256", "1.3.36.3.3.2.8.1.1.7" },
        { "ECDSA-secp384r1-SHA256", "1.3.132.0.34" },
        { "ECDSA-brainpool384r1-SHA256", "1.3.36.3.3.2.8.1.1.11" },
        { "ECDSA-brainpoolP384r1-SHA256", "1.3.36.3.3.2.8.1.1.11" },
        { "ECDSA-secp521r1-SHA256", "1.3.132.0.35" },
        { "ECDSA-secp256r1-SHA512", "1.2.840.10045.3.1.7" },
        { "ECDSA-secp521r1-SHA512", "1.3.132.0.35" },
    };

    [Theory]
    [MemberData(nameof(Algorithms))]
    public void Every_algorithm_of_the_format_is_checked_or_called_unsupported(string name, string oid)
    {
        ECDsa key;
        try
        {
            key = ECDsa.Create(ECCurve.CreateFromValue(oid));
        }
        catch (Exception none) when (none is CryptographicException or PlatformNotSupportedException)
        {
            var verdict = Craft.Verdict(Craft.Signed(Craft.Payload(Craft.Good), more: $",\"SA\":\"{name}\""));
            Assert.Equal((OcmfSignatureState.Unsupported, OcmfFault.UnsupportedAlgorithm), (verdict.Signature, Assert.Single(verdict.Reasons)));
            return;
        }
        var record = Craft.Record(Craft.Signed(Craft.Payload(Craft.Good), key, $",\"SA\":\"{name}\"", name[^6..]));
        var spki = OcmfPublicKey.Of(key);
        Assert.Equal(spki.ToString(), OcmfPublicKey.Read(spki.ToString())!.ToString());
        Assert.Null(record.Signature.Verify(record.SignedBytes(), spki));
        var bytes = record.SignedBytes();
        bytes[9] ^= 1;
        Assert.Equal(OcmfFault.BadSignature, record.Signature.Verify(bytes, spki));
        key.Dispose();
    }

    [Fact]
    public void P256_and_P384_and_secp256k1_and_brainpool_are_checked_on_this_machine()
    {
        Assert.All(
            new[] { "secp256r1", "secp384r1", "secp256k1", "brainpoolP256r1", "brainpoolP384r1" },
            curve => Assert.Null(Craft.Record(Craft.Signed(Craft.Payload(Craft.Good), more: $",\"SA\":\"ECDSA-{curve}-SHA256\"")).Signature.Unsupported()));
    }

    [Fact]
    public void A_key_of_another_curve_than_the_algorithm_names_is_a_mismatch()
    {
        var record = Craft.Record(Craft.Signed(Craft.Payload(Craft.Good), more: ",\"SA\":\"ECDSA-brainpoolP256r1-SHA256\""));
        using var key = Craft.Key();
        Assert.Equal(OcmfFault.KeyMismatch, record.Signature.Verify(record.SignedBytes(), OcmfPublicKey.Of(key)));
        var verdict = new OcmfJudge().Judge(record, OcmfPublicKey.Of(key));
        Assert.Equal((OcmfSignatureState.Invalid, OcmfFault.KeyMismatch), (verdict.Signature, verdict.Reasons[0]));
    }

    [Theory]
    [InlineData(",\"SA\":\"ECDSA-secp256r1-MD5\"")]
    [InlineData(",\"SA\":\"RSA-2048-SHA256\"")]
    [InlineData(",\"SA\":\"ECDSA-secp256r1\"")]
    [InlineData(",\"SA\":\"\"")]
    [InlineData(",\"SE\":\"base58\"")]
    [InlineData(",\"SM\":\"application/x-raw\"")]
    public void What_the_format_does_not_name_is_unsupported(string more)
    {
        var verdict = Craft.Verdict(Craft.Signed(Craft.Payload(Craft.Good), more: more));
        Assert.Equal((OcmfSignatureState.Unsupported, OcmfFault.UnsupportedAlgorithm), (verdict.Signature, Assert.Single(verdict.Reasons)));
    }

    [Fact]
    public void Signature_data_has_one_spelling()
    {
        var record = Craft.Signed(Craft.Payload(Craft.Good));
        var at = record.IndexOf("\"SD\":\"", StringComparison.Ordinal) + 6;
        var lower = record[..at] + record[at..].ToLowerInvariant().Replace("\"sd\"", "\"SD\"", StringComparison.Ordinal);
        Assert.Equal(OcmfSignatureState.Valid, Craft.Verdict(lower).Signature);
        var letter = record.AsSpan(at).IndexOfAnyInRange('A', 'F') + at;
        Craft.Refused(record[..letter] + char.ToLowerInvariant(record[letter]) + record[(letter + 1)..]);

        var base64 = Convert.ToBase64String(Craft.Record(record).Signature.Data!.Value.Span);
        string With(string data) => $"{record[..record.LastIndexOf('|')]}|{{\"SE\":\"base64\",\"SD\":\"{data}\"}}";
        Assert.Equal(OcmfSignatureState.Valid, Craft.Verdict(With(base64)).Signature);
        Craft.Refused(With(base64 + " "));
        Craft.Refused(With("AB=="));
        Assert.Equal([0], Craft.Record(With("AA==")).Signature.Data!.Value.ToArray());
    }

    [Fact]
    public void One_flipped_bit_of_signature_or_payload_is_a_bad_signature()
    {
        using var key = Craft.Key();
        var (spki, record) = (OcmfPublicKey.Of(key), Craft.Record(Craft.Signed(Craft.Payload(Craft.Good))));
        var data = record.Signature.Data!.Value.ToArray();
        for (var bit = 0; bit < data.Length * 8; bit += 3)
        {
            var changed = (byte[])data.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            var text = $"OCMF|{record.Payload}|{{\"SD\":\"{Convert.ToHexString(changed)}\"}}";
            var other = Craft.Record(text);
            Assert.Equal(OcmfFault.BadSignature, other.Signature.Verify(other.SignedBytes(), spki));
        }
    }

    [Fact]
    public void A_key_must_be_a_point_of_a_named_curve()
    {
        using var key = Craft.Key();
        var good = key.ExportSubjectPublicKeyInfo();
        Assert.NotNull(OcmfPublicKey.Read(good));
        Assert.NotNull(OcmfPublicKey.Read(Convert.ToBase64String(good)));
        Assert.NotNull(OcmfPublicKey.Read(string.Join(' ', Convert.ToHexStringLower(good).Chunk(4).Select(part => new string(part)))));
        Assert.Null(OcmfPublicKey.Read(""));
        Assert.Null(OcmfPublicKey.Read("not a key"));
        Assert.Null(OcmfPublicKey.Read([.. good, 0]));
        Assert.Null(OcmfPublicKey.Read(good.AsSpan(0, good.Length - 1)));
        var off = (byte[])good.Clone();
        off[^1] ^= 1;
        Assert.Null(OcmfPublicKey.Read(off));
        using var rsa = RSA.Create(2048);
        Assert.Null(OcmfPublicKey.Read(rsa.ExportSubjectPublicKeyInfo()));
    }

    [Fact]
    public void A_curve_written_out_instead_of_named_is_refused()
    {
        using var named = Craft.Key();
        using var key = ECDsa.Create(named.ExportExplicitParameters(includePrivateParameters: false));
        Assert.Null(OcmfPublicKey.Read(key.ExportSubjectPublicKeyInfo()));
    }
}
