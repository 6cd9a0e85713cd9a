using System.Formats.Asn1;
using System.Net;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Keten.Tests.Anchors;

/// <summary>A time-stamping authority of a test's own (RFC 3161), with a root, that issues what it is asked for, or what a test makes of it.</summary>
internal sealed class TimestampAuthority : IDisposable
{
    private const string Sha256 = "2.16.840.1.101.3.4.2.1", Info = "1.2.840.113549.1.9.16.1.4";
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly AsymmetricAlgorithm key;
    private readonly X509Certificate2 own;

    public TimestampAuthority(bool rsa = false, bool forStamping = true)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new CertificateRequest("CN=A root", rootKey, HashAlgorithmName.SHA256);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        Root = root.CreateSelfSigned(From, From.AddYears(20));
        key = rsa ? RSA.Create(2_048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = key is RSA byRsa ? new CertificateRequest("CN=An authority", byRsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest("CN=An authority", (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(forStamping ? "1.3.6.1.5.5.7.3.8" : "1.3.6.1.5.5.7.3.1")], critical: true));
        own = request.Create(Root.SubjectName, X509SignatureGenerator.CreateForECDsa(rootKey), From, From.AddYears(19), [1, 2, 3]);
    }

    public X509Certificate2 Root { get; }

    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    /// <summary>Answers requests over HTTP until it is disposed of; the address.</summary>
    public static (Uri Address, HttpListener Server) Serve(Func<byte[], byte[]?> answer)
    {
        var address = new Uri($"http://127.0.0.1:{Log.Programs.FreePorts(1)[0]}/");
        var server = new HttpListener { Prefixes = { address.ToString() } };
        server.Start();
        _ = Task.Run(async () =>
        {
            while (server.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await server.GetContextAsync();
                }
                catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                if (answer(body.ToArray()) is { } bytes) await context.Response.OutputStream.WriteAsync(bytes);
                else context.Response.StatusCode = 503;
                context.Response.Close();
            }
        });
        return (address, server);
    }

    /// <summary>The answer to a request.</summary>
    public byte[] Answer(byte[] request)
    {
        var read = new AsnReader(request, AsnEncodingRules.DER).ReadSequence();
        Assert.Equal(1, read.ReadInteger());
        var imprint = read.ReadEncodedValue().ToArray();
        var nonce = read.ReadInteger();
        Assert.True(read.ReadBoolean());
        return Written(writer =>
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence()) writer.WriteInteger(0);
                writer.WriteEncodedValue(Token(imprint, nonce));
            }
        });
    }

    public void Dispose()
    {
        key.Dispose();
        own.Dispose();
        Root.Dispose();
    }

    private byte[] Token(byte[] imprint, BigInteger nonce)
    {
        var info = Written(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteInteger(1);
                writer.WriteObjectIdentifier("1.3.6.1.4.1.99999.1");
                writer.WriteEncodedValue(imprint);
                writer.WriteInteger(7);
                writer.WriteGeneralizedTime(Now, omitFractionalSeconds: true);
                writer.WriteInteger(nonce);
            }
        });
        var attributes = Written(writer =>
        {
            using (writer.PushSetOf())
            {
                Attribute(writer, "1.2.840.113549.1.9.3", () => writer.WriteObjectIdentifier(Info));
                Attribute(writer, "1.2.840.113549.1.9.4", () => writer.WriteOctetString(SHA256.HashData(info)));
                Attribute(writer, "1.2.840.113549.1.9.16.2.47", () =>
                {
                    using (writer.PushSequence())
                    using (writer.PushSequence())
                    using (writer.PushSequence())
                        writer.WriteOctetString(own.GetCertHash(HashAlgorithmName.SHA256));
                });
            }
        });
        var signature = key is RSA rsa ? rsa.SignData(attributes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : ((ECDsa)key).SignData(attributes, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var zero = new Asn1Tag(TagClass.ContextSpecific, 0, true);
        return Written(writer =>
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.113549.1.7.2");
                using (writer.PushSequence(zero))
                using (writer.PushSequence())
                {
                    writer.WriteInteger(3);
                    using (writer.PushSetOf()) Algorithm(writer, Sha256);
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier(Info);
                        using (writer.PushSequence(zero)) writer.WriteOctetString(info);
                    }
                    using (writer.PushSetOf(zero)) writer.WriteEncodedValue(own.RawData);
                    using (writer.PushSetOf())
                    using (writer.PushSequence())
                    {
                        writer.WriteInteger(1);
                        using (writer.PushSequence())
                        {
                            writer.WriteEncodedValue(own.IssuerName.RawData);
                            writer.WriteInteger(new BigInteger([1, 2, 3], isBigEndian: true));
                        }
                        Algorithm(writer, Sha256);
                        attributes[0] = 0xa0;
                        writer.WriteEncodedValue(attributes);
                        Algorithm(writer, key is RSA ? "1.2.840.113549.1.1.1" : "1.2.840.10045.4.3.2");
                        writer.WriteOctetString(signature);
                    }
                }
            }
        });
    }

    private static void Attribute(AsnWriter writer, string name, Action value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(name);
            using (writer.PushSetOf()) value();
        }
    }

    private static void Algorithm(AsnWriter writer, string name)
    {
        using (writer.PushSequence()) writer.WriteObjectIdentifier(name);
    }

    private static byte[] Written(Action<AsnWriter> write)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        write(writer);
        return writer.Encode();
    }
}
