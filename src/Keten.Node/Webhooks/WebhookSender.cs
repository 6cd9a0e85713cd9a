using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Keten.Node.Webhooks;

/// <summary>Sends one message, signed as «Standard Webhooks» 1.0 says: HMAC-SHA256 over «id.timestamp.body», in the headers webhook-id, -timestamp and -signature.</summary>
public sealed class WebhookSender : IDisposable
{
    /// <summary>The length of a secret in bytes.</summary>
    public const int SecretSize = 32;

    private readonly HttpClient http;
    private readonly TimeProvider clock;

    /// <summary>Follows no redirect, uses no proxy, keeps no cookie, and reads nothing of an answer but its status.</summary>
    public WebhookSender(WebhookOptions options)
    {
        clock = options.Clock;
        var targets = new Targets(options);
#pragma warning disable CA2000 // the client disposes of it
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, MaxResponseHeadersLength = 16,
            MaxConnectionsPerServer = 4, PooledConnectionLifetime = TimeSpan.FromMinutes(2), ConnectCallback = (context, cancel) => targets.ConnectAsync(context.DnsEndPoint, cancel),
        };
#pragma warning restore CA2000
        http = new HttpClient(handler, disposeHandler: true) { Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds) };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Keten", "0"));
    }

    /// <summary>How a subscriber is shown its secret.</summary>
    public static string Show(ReadOnlySpan<byte> secret) => "whsec_" + Convert.ToBase64String(secret);

    /// <summary>The signature header's value.</summary>
    public static string Sign(ReadOnlySpan<byte> secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}."));
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, [.. head, .. body]));
    }

    /// <summary>Null where the subscriber took it (any 2xx), otherwise what it came to, and whether the subscriber wants no more of it (410).</summary>
    public async Task<(string? Error, bool Gone)> SendAsync(Uri url, byte[] secret, string id, byte[] body, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", now.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", Sign(secret, id, now, body));
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
            return answer.IsSuccessStatusCode ? (null, false) : ($"It answered {(int)answer.StatusCode}.", answer.StatusCode == HttpStatusCode.Gone);
        }
        catch (HttpRequestException fault)
        {
            // Not the whole text: it may tell of the node's own network.
            return ($"It could not be reached ({fault.HttpRequestError}).", false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ("It did not answer in time.", false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();
}
