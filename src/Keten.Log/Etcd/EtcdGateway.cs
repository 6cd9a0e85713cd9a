using System.Net.Http.Headers;
using System.Text.Json;

namespace Keten.Log;

/// <summary>etcd's HTTP/JSON gateway: one of the members at a time, the next when it fails. Everything that is asked through it may be asked twice.</summary>
internal sealed class EtcdGateway : IDisposable
{
    private const int Unauthenticated = 16;
    private readonly EtcdOptions options;
    private readonly HttpClient http;
    private int current;
    private string? token;

    public EtcdGateway(EtcdOptions options)
    {
        this.options = options;
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30), MaxResponseHeadersLength = 16 };
        options.Transport?.Invoke(handler);
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>What stands in the way at present, in a sentence; null while all is well.</summary>
    public string? Trouble { get; set; }

    /// <summary>Asks until a member answers.</summary>
    /// <exception cref="EtcdException">It refused.</exception>
    public async Task<JsonElement> AskAsync(string path, byte[] body, CancellationToken cancel)
    {
        var backoff = new Backoff();
        while (true)
        {
            try
            {
                return await AskOnceAsync(path, body, cancel);
            }
            catch (EtcdUnreachableException unreachable)
            {
                Trouble = unreachable.Message;
                await backoff.WaitAsync(cancel);
            }
        }
    }

    /// <summary>Asks one member once.</summary>
    public async Task<JsonElement> AskOnceAsync(string path, byte[] body, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(options.RequestTimeout);
        var at = Volatile.Read(ref current);
        try
        {
            using var response = await SendAsync(path, body, at, patience.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(patience.Token);
            using var json = await JsonDocument.ParseAsync(stream, default, patience.Token);
            if (!response.IsSuccessStatusCode) throw Refusal(json.RootElement, at);
            return json.RootElement.Clone();
        }
        catch (Exception broken) when (IsTransport(broken) && !cancel.IsCancellationRequested)
        {
            throw Unreachable(at, broken);
        }
    }

    /// <summary>Begins an answer that goes on and on.</summary>
    public async Task<(HttpResponseMessage Response, int Member)> OpenAsync(string path, byte[] body, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(options.RequestTimeout);
        var at = Volatile.Read(ref current);
        try
        {
            var response = await SendAsync(path, body, at, patience.Token);
            if (response.IsSuccessStatusCode) return (response, at);
            using (response)
            {
                using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(patience.Token));
                throw Refusal(json.RootElement, at);
            }
        }
        catch (Exception broken) when (IsTransport(broken) && !cancel.IsCancellationRequested)
        {
            throw Unreachable(at, broken);
        }
    }

    /// <summary>What failed at a member, which is asked last from now on.</summary>
    public EtcdUnreachableException Unreachable(int member, Exception? broken, string? why = null)
    {
        Interlocked.CompareExchange(ref current, (member + 1) % options.Endpoints.Count, member);
        return new EtcdUnreachableException($"{options.Endpoints[member]}: {why ?? (broken is OperationCanceledException ? "no answer in time" : broken?.Message)}", broken);
    }

    /// <summary>The token is asked for anew before the next request: it has expired, or the rights have changed.</summary>
    public void ForgetToken() => Volatile.Write(ref token, null);

    public static bool IsTransport(Exception broken) => broken is HttpRequestException or IOException or OperationCanceledException or JsonException;

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(string path, byte[] body, int at, CancellationToken cancel)
    {
        if (options.User is not null && Volatile.Read(ref token) is null) await AuthenticateAsync(at, cancel);
        return await PostAsync(path, body, at, cancel);
    }

    private async Task<HttpResponseMessage> PostAsync(string path, byte[] body, int at, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(options.Endpoints[at], path));
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (Volatile.Read(ref token) is { } known) request.Headers.TryAddWithoutValidation("Authorization", known);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    private async Task AuthenticateAsync(int at, CancellationToken cancel)
    {
        var body = EtcdJson.Object(json =>
        {
            json.WriteString("name", options.User);
            json.WriteString("password", options.Password);
        });
        using var response = await PostAsync("/v3/auth/authenticate", body, at, cancel);
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
        if (!response.IsSuccessStatusCode) throw Refusal(json.RootElement, at);
        Volatile.Write(ref token, json.RootElement.Text("token"));
    }

    private LogException Refusal(JsonElement json, int at)
    {
        var (code, message) = ((int)json.Number("code"), json.Text("message"));
        if (code == Unauthenticated) ForgetToken();
        // Cancelled, unknown, deadline, no room, aborted, unavailable, unauthenticated: another time or another member may do it. "permission changed" is one such too.
        return code is 1 or 2 or 4 or 8 or 10 or 13 or 14 or Unauthenticated || message.Contains("revision in header is old", StringComparison.Ordinal)
            ? Unreachable(at, null, message)
            : new EtcdException(code, message);
    }
}
