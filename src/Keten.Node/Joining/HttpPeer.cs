using System.Net;
using System.Net.Http.Headers;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Node.Joining;

/// <summary>A peer over HTTP. Requests are signed with this node's key where it has one (docs/api.md, «Between nodes»).</summary>
internal sealed class HttpPeer : Peer
{
    private const int Tries = 3;
    private readonly Uri address;
    private readonly HttpClient http;

    public HttpPeer(Uri address, Signer? signer, TimeProvider clock) : base(address.ToString())
    {
        this.address = address;
        HttpMessageHandler socket = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(3), PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        http = new HttpClient(signer is null ? socket : new SigningHandler(signer, socket, clock)) { Timeout = TimeSpan.FromSeconds(20), MaxResponseContentBufferSize = PeerQuestion.AnswerAtMost };
    }

    public override async Task<byte[]?> AskAsync(PeerQuestion question, CancellationToken cancel)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, PathOf(question)));
                request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/cbor"));
                using var answer = await http.SendAsync(request, cancel);
                if (answer.IsSuccessStatusCode) return await answer.Content.ReadAsByteArrayAsync(cancel);
                if (answer.StatusCode is not (HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests) || tried == Tries) return null;
            }
            catch (Exception fault) when (fault is HttpRequestException || fault is TaskCanceledException && !cancel.IsCancellationRequested)
            {
                // Away, slow, or longer than anything that is asked for.
                return null;
            }
            await Task.Delay(TimeSpan.FromSeconds(1), cancel);
        }
    }

    public override void Dispose()
    {
        http.Dispose();
        base.Dispose();
    }

    private static string PathOf(PeerQuestion question) => question.Topic switch
    {
        PeerTopic.Tip => "v1/peers/tip",
        PeerTopic.Certificates => FormattableString.Invariant($"v1/certificates?from={question.From}"),
        PeerTopic.Leaves => FormattableString.Invariant($"v1/peers/leaves?from={question.From}"),
        PeerTopic.Snapshot => FormattableString.Invariant($"v1/peers/snapshots/{question.From}?from={question.Offset}"),
        PeerTopic.Entries => FormattableString.Invariant($"v1/peers/entries?after={question.From}"),
        PeerTopic.Epoch => "v1/peers/epoch",
        _ => $"v1/peers/attested/{question.Key}",
    };
}
