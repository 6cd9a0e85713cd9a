using System.Net.Http.Headers;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>Sends requests, signed where there is a reader, again where that helps; answers are bounded.</summary>
internal sealed class Transport : IDisposable
{
    /// <summary>No answer is longer.</summary>
    public const int AnswerAtMost = 64 << 20;

    private readonly HttpClient http;
    private readonly Patience patience;

    public Transport(Uri node, Signer? reader, Patience patience, HttpMessageHandler? inner)
    {
        inner ??= new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10), AllowAutoRedirect = false };
        http = new HttpClient(reader is null ? inner : new SigningHandler(reader, inner)) { BaseAddress = node, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = AnswerAtMost };
        this.patience = patience;
    }

    public Uri Node => http.BaseAddress!;

    /// <summary>The answer's body. Each attempt is a request of its own, so that each bears a fresh signature.</summary>
    /// <exception cref="ProblemException">The node said no.</exception>
    /// <exception cref="UnreachableException">It did not answer, or had no room, in all attempts.</exception>
    public async Task<byte[]> SendAsync(HttpMethod method, string path, CancellationToken cancel, byte[]? body = null, string? type = null, string accept = "application/json",
        Action<HttpResponseHeaders>? headers = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (answer, asked, fault) = await TryAsync(method, path, body, type, accept, headers, cancel);
            if (answer is not null) return answer;
            if (patience.After(attempt, asked) is not { } wait) throw fault!;
            await Task.Delay(wait, cancel);
        }
    }

    /// <summary>A stream that goes on for ever; not sent again by itself.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string path, string? lastEvent, CancellationToken cancel)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        if (lastEvent is not null) request.Headers.Add("Last-Event-ID", lastEvent);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw new ProblemException(Problem.Read((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel)));
    }

    public void Dispose() => http.Dispose();

    private async Task<(byte[]? Answer, TimeSpan? Asked, Exception? Fault)> TryAsync(
        HttpMethod method, string path, byte[]? body, string? type, string accept, Action<HttpResponseHeaders>? headers, CancellationToken cancel)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timed.CancelAfter(patience.Each);
        try
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
            if (body is not null) request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(type!) } };
            using var response = await http.SendAsync(request, timed.Token);
            var content = await response.Content.ReadAsByteArrayAsync(timed.Token);
            if (response.IsSuccessStatusCode)
            {
                headers?.Invoke(response.Headers);
                return (content, null, null);
            }
            var problem = new ProblemException(Problem.Read((int)response.StatusCode, content));
            if (!Patience.MayPass(response.StatusCode)) throw problem;
            return (null, response.Headers.RetryAfter?.Delta, new UnreachableException($"The node at {Node} has no room just now: {problem.Problem.Sentence}", problem));
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            return (null, null, new UnreachableException($"The node at {Node} did not answer within {patience.Each.TotalSeconds} seconds.", fault));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return (null, null, new UnreachableException($"The node at {Node} cannot be reached: {fault.Message}", fault));
        }
    }
}
