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
        certificate = Make(key, 1);
        File.WriteAllText(folder["tls.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["tls.key"], key.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Make(ECDsa key, int days)
    {
        var request = new CertificateRequest("CN=a node under test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(days));
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
    public async Task A_new_certificate_is_shown_to_who_connects_later_and_a_broken_one_is_not()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await using var host = await NodeHost.StartAsync(Configuration("tls.pem", "tls.key"), rig.Node, clock: rig.Clock);
        using var before = Client(host);
        Assert.Equal(certificate.Thumbprint, (await Shown(before)).Seen);

        using var newKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var renewed = Make(newKey, 400);
        // The certificate first, and its key a while later: what is between is no certificate, and nobody sees it.
        File.WriteAllText(folder["tls.pem"], renewed.ExportCertificatePem());
        Assert.Equal((certificate.Thumbprint, true), await Next(host, rig));
        File.WriteAllText(folder["tls.key"], newKey.ExportPkcs8PrivateKeyPem());
        Assert.Equal((renewed.Thumbprint, false), await Next(host, rig));
        // Who was connected stays so.
        Assert.Equal((null, false), await Shown(before));

        File.WriteAllText(folder["tls.pem"], "half of a certif");
        Assert.Equal((renewed.Thumbprint, true), await Next(host, rig));
        File.Delete(folder["tls.key"]);
        Assert.Equal((renewed.Thumbprint, true), await Next(host, rig));
        File.WriteAllText(folder["tls.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["tls.key"], key.ExportPkcs8PrivateKeyPem());
        Assert.Equal((certificate.Thumbprint, false), await Next(host, rig));
    }

    // Who connects after the files were looked at again.
    private static async Task<(string? Seen, bool Failing)> Next(NodeHost host, NodeRig rig)
    {
        rig.Clock.Advance(ServingCertificate.Every);
        using var client = Client(host);
        return await Shown(client);
    }

    private static SeeingClient Client(NodeHost host) => new(new Uri(host.Url));

    private static async Task<(string? Seen, bool Failing)> Shown(SeeingClient client)
    {
        client.Seen = null;
        using var answer = await client.Http.GetAsync("/health/condition");
        var condition = System.Text.Json.Nodes.JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return (client.Seen, (bool)condition["certificate"]!["failing"]!);
    }

    /// <summary>A client that trusts whatever it is shown, and remembers what that was.</summary>
    private sealed class SeeingClient : IDisposable
    {
        public SeeingClient(Uri node)
        {
            var handler = new SocketsHttpHandler();
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            {
                Seen = shown?.GetCertHashString();
                return shown is not null;
            };
            Http = new HttpClient(handler) { BaseAddress = node, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        }

        public HttpClient Http { get; }

        public string? Seen { get; set; }

        public void Dispose() => Http.Dispose();
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
