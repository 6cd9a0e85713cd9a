using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Keten.Client;
using Keten.Contracts;
using Keten.Node.Hosting;
using Keten.Testing;
using Keten.Tests.Clients;
using Keten.Tests.Nodes;

namespace Keten.Tests.Api;

/// <summary>TLS by configuration, and files of the configuration that are not what they should be.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 certificate;

    public TlsTests()
    {
        var request = new CertificateRequest("CN=a node under test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(folder["tls.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["tls.key"], key.ExportPkcs8PrivateKeyPem());
    }

    public void Dispose()
    {
        certificate.Dispose();
        key.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_node_with_a_certificate_answers_those_who_trust_it_and_signed_requests_hold_over_it()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        await using var host = await NodeHost.StartAsync(Configuration("tls.pem", "tls.key"), rig.Node, clock: rig.Clock);
        Assert.StartsWith("https://", host.Url, StringComparison.Ordinal);
        var trusting = new SocketsHttpHandler();
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(certificate);
        trusting.SslOptions.CertificateChainPolicy = policy;
        using var client = new HttpClient(new SigningHandler(rig.Ada, trusting, rig.Clock)) { BaseAddress = new Uri(host.Url) };
        Assert.Equal("10000.00", (string?)(await ApiRig.Get(client, $"/v1/accounts/{ApiRig.Id(rig.Ada)}/1"))["balance"]!["amount"]);

        using var doubting = new HttpClient { BaseAddress = new Uri(host.Url) };
        await Assert.ThrowsAsync<HttpRequestException>(() => doubting.GetAsync("/v1/genesis"));
        using var plain = new HttpClient { BaseAddress = new Uri(host.Url.Replace("https", "http", StringComparison.Ordinal)) };
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync("/v1/genesis"));
    }

    [Fact]
    public void An_encrypted_key_is_opened_with_its_password_and_no_other()
    {
        File.WriteAllText(folder["locked.key"], key.ExportEncryptedPkcs8PrivateKeyPem("right", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)));
        using (var opened = Listening.WithKey(folder["tls.pem"], folder["locked.key"], "right")) Assert.True(opened.HasPrivateKey);
        foreach (var password in (string?[])["wrong", null]) Assert.Throws<CryptographicException>(() => Listening.WithKey(folder["tls.pem"], folder["locked.key"], password));
    }

    [Fact]
    public async Task A_certificate_that_is_missing_encrypted_or_anothers_is_refused_with_its_line()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(folder["other.key"], other.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(folder["locked.key"], key.ExportEncryptedPkcs8PrivateKeyPem("right", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000)));
        File.WriteAllText(folder["garbage.pem"], "no certificate");
        foreach (var (pem, secret) in ((string, string)[])[("tls.pem", "missing.key"), ("missing.pem", "tls.key"), ("tls.pem", "other.key"), ("tls.pem", "locked.key"), ("garbage.pem", "tls.key")])
        {
            await using var rig = new NodeRig(new SimulatedDisk(1));
            await rig.Open();
            var refused = await Assert.ThrowsAsync<ConfigurationException>(() => NodeHost.StartAsync(Configuration(pem, secret), rig.Node, clock: rig.Clock));
            Assert.Equal("keten.json:3", refused.Place);
            Assert.Contains("«http.certificateKey»", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_validators_key_or_a_genesis_that_cannot_be_read_is_refused_with_its_line()
    {
        using var validator = SigningKey.Generate();
        File.WriteAllText(folder["locked.pem"], validator.ExportEncryptedPem("right"));
        foreach (var (setting, file) in ((string, string)[])[("validatorKey", "missing.pem"), ("validatorKey", "locked.pem"), ("validatorKey", "tls.pem"), ("genesis", "missing.json"), ("genesis", "tls.pem")])
        {
            var json = $"{{ \"ledger\": {{ \"data\": {Quoted("data")},\n\"{setting}\": {Quoted(file)} }} }}";
            var refused = await Assert.ThrowsAsync<ConfigurationException>(() => NodeHost.StartAsync(Parse(json), BuiltIn.Catalogue));
            Assert.Equal("keten.json:2", refused.Place);
            Assert.Contains($"«ledger.{setting}»", refused.Message, StringComparison.Ordinal);
        }
    }

    private NodeConfiguration Configuration(string pem, string secret) =>
        Parse($"{{ \"log\": {{ \"level\": \"none\" }},\n\"http\": {{ \"listen\": \"https://127.0.0.1:0\",\n\"certificate\": {Quoted(pem)},\n\"certificateKey\": {Quoted(secret)} }} }}");

    private static NodeConfiguration Parse(string json) => ConfigurationFile.Parse(Encoding.UTF8.GetBytes(json), "keten.json", new Dictionary<string, string>());

    private string Quoted(string file) => System.Text.Json.JsonSerializer.Serialize(folder[file]);
}
