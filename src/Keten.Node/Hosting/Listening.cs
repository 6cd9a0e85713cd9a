using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Node.Hosting;

/// <summary>Kestrel, as configured.</summary>
internal static class Listening
{
    public static void Configure(KestrelServerOptions kestrel, NodeConfiguration configuration)
    {
        var http = configuration.Http;
        var limits = kestrel.Limits;
        (limits.MaxRequestBodySize, limits.MaxConcurrentConnections) = (http.BodyAtMost, http.ConnectionsAtMost);
        (limits.MaxRequestHeadersTotalSize, limits.MaxRequestLineSize, limits.MaxRequestHeaderCount) = (http.HeaderAtMost, Math.Min(http.HeaderAtMost, 8_192), 64);
        (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(120));
        limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.AddServerHeader = false;
        var address = new Uri(http.Listen);
        Action<ListenOptions> endpoint = _ => { };
        if (address.Scheme == "https")
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<ServingCertificate>();
            endpoint = listen => listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Shown(certificate)) });
        }
        if (address.Host == "localhost" && address.Port > 0) kestrel.ListenLocalhost(address.Port, endpoint);
        else kestrel.Listen(IpOf(address, configuration.PlaceOf("http.listen")), address.Port, endpoint);
    }

    private static IPAddress IpOf(Uri address, string place) => address.Host == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) ? ip
        : throw new ConfigurationException(place, "«http.listen» names an IP address, or localhost: http://0.0.0.0:5080 listens on all of IPv4, http://[::]:5080 on all.");

    private static SslServerAuthenticationOptions Shown(ServingCertificate certificate) =>
        new() { ServerCertificateContext = certificate.Context, ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11] };

    /// <summary>A certificate with its key; where the key is encrypted, with its password, which is the one of the validator's key.</summary>
    internal static X509Certificate2 WithKey(string certificate, string? key, string? password) => File.ReadAllText(key ?? certificate).Contains("ENCRYPTED", StringComparison.Ordinal)
        ? X509Certificate2.CreateFromEncryptedPemFile(certificate, password ?? "", key)
        : X509Certificate2.CreateFromPemFile(certificate, key);
}
