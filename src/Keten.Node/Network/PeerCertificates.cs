using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Network;

/// <summary>Other nodes of the ledger, asked over HTTP for certificates. What they give is for the asker to check: one that is wrong keeps nobody from asking the next.</summary>
internal sealed class PeerCertificates(IReadOnlyList<Uri> peers) : IDisposable
{
    private const int CertificateAtMost = 64 * 1024;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = CertificateAtMost };

    /// <summary>The certificates of a height that they say there are, in the order of the nodes.</summary>
    public async IAsyncEnumerable<Certificate> OfAsync(ulong height, [EnumeratorCancellation] CancellationToken cancel)
    {
        foreach (var peer in peers)
            if (await AskAsync(peer, height, cancel) is { } certificate) yield return certificate;
    }

    private async Task<Certificate?> AskAsync(Uri peer, ulong height, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(peer, FormattableString.Invariant($"v1/blocks/{height}")));
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/cbor"));
        try
        {
            using var answer = await http.SendAsync(request, cancel);
            return answer.IsSuccessStatusCode ? Certificate.FromBytes(await answer.Content.ReadAsByteArrayAsync(cancel)) : null;
        }
        catch (Exception fault) when (fault is HttpRequestException or MalformedException || fault is TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return null;        // away, slow, or talking nonsense
        }
    }

    public void Dispose() => http.Dispose();
}
