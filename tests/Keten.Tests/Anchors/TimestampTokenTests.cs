using System.Diagnostics;
using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using Keten.Kernel;
using Keten.Node.Anchors;
using Keten.Tests.Clients;
using Keten.Tests.Log;

namespace Keten.Tests.Anchors;

[Needs("openssl")]
public sealed class TimestampTokenTests
{
    private static readonly Hash Header = Hash.Of("a header"u8);
    private static readonly BigInteger Nonce = 123_456_789_012;

    [Theory, InlineData(false), InlineData(true)]
    public void A_token_says_what_was_stamped_and_when_and_no_byte_of_that_can_be_changed(bool rsa)
    {
        using var authority = new TimestampAuthority(rsa);
        var token = TimestampToken.OfAnswer(authority.Answer(TimestampToken.Request(Header, Nonce)));
        var read = TimestampToken.Read(token);
        Assert.Equal((Header, authority.Now, Nonce, "CN=An authority"), (read.Hash, read.At, read.Nonce, read.Authority.Subject));
        Assert.True(read.IsTrusted([authority.Root]));
        using var other = new TimestampAuthority();
        Assert.False(read.IsTrusted([other.Root]));
        for (var at = 0; at < token.Length; at++)
        {
            var changed = (byte[])token.Clone();
            changed[at] ^= 4;
            try
            {
                // Bytes that nobody signed may say anything: what was signed is as it was.
                var still = TimestampToken.Read(changed);
                Assert.Equal((read.Hash, read.At, read.Nonce), (still.Hash, still.At, still.Nonce));
                Assert.Equal(read.Authority.RawData, still.Authority.RawData);
            }
            catch (FormatException)
            {
                // Refused, with a sentence.
            }
        }
        for (var length = 0; length < token.Length; length += 7) Assert.Throws<FormatException>(() => TimestampToken.Read(token[..length]));
    }

    [Fact]
    public void A_certificate_that_is_not_for_time_stamping_and_a_refusal_are_no_token()
    {
        using var server = new TimestampAuthority(forStamping: false);
        Assert.Throws<FormatException>(() => TimestampToken.Read(TimestampToken.OfAnswer(server.Answer(TimestampToken.Request(Header, Nonce)))));
        Assert.Throws<FormatException>(() => TimestampToken.OfAnswer([0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]));
        Assert.Throws<FormatException>(() => TimestampToken.OfAnswer("<html>"u8.ToArray()));
        Assert.Throws<FormatException>(() => TimestampToken.OfAnswer([]));
    }

    [EngineFact]
    public async Task An_authority_that_is_not_ours_understands_the_request_and_its_token_is_read()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["ts.cnf"], $"""
            [tsa]
            default_tsa = it
            [it]
            serial = {folder["serial"]}
            crypto_device = builtin
            signer_cert = {folder["tsa.pem"]}
            signer_key = {folder["tsa.key"]}
            signer_digest = sha256
            default_policy = 1.2.3.4
            digests = sha256
            ess_cert_id_alg = sha256
            accuracy = secs:1
            ordering = yes
            tsa_name = yes
            [req]
            distinguished_name = dn
            [dn]
            [ext]
            extendedKeyUsage = critical,timeStamping
            """);
        await File.WriteAllTextAsync(folder["serial"], "01\n");
        await RunAsync("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder["tsa.key"], "-out", folder["tsa.pem"], "-days", "30", "-subj", "/CN=elsewhere", "-config", folder["ts.cnf"], "-extensions", "ext");
        await File.WriteAllBytesAsync(folder["q.tsq"], TimestampToken.Request(Header, Nonce));
        await RunAsync("ts", "-reply", "-config", folder["ts.cnf"], "-queryfile", folder["q.tsq"], "-out", folder["a.tsr"]);
        var read = TimestampToken.Read(TimestampToken.OfAnswer(await File.ReadAllBytesAsync(folder["a.tsr"])));
        Assert.Equal((Header, Nonce, "CN=elsewhere"), (read.Hash, read.Nonce, read.Authority.Subject));
        Assert.InRange(read.At, DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(10));
        using var root = X509CertificateLoader.LoadCertificateFromFile(folder["tsa.pem"]);
        Assert.True(read.IsTrusted([root]));
    }

    private static async Task RunAsync(params string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(Programs.Find("openssl")!, words) { RedirectStandardError = true, UseShellExecute = false })!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, error);
    }
}
