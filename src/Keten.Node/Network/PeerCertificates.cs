using System.Net.Http.Headers;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;

namespace Keten.Node.Network;

/// <summary>Other nodes of the ledger, asked over HTTP for certificates. What they give is checked by whoever asks.</summary>
internal sealed class PeerCertificates(IReadOnlyList<Uri> peers) : IDisposable
{
    private const int CertificateAtMost = 64 * 1024;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = CertificateAtMost };

    /// <summary>The certificate of a height from the first that has one; null where none answers with one.</summary>
    public async Task<Certificate?> FindAsync(ulong height, CancellationToken cancel)
    {
        foreach (var peer in peers)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(peer, FormattableString.Invariant($"v1/blocks/{height}")));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/cbor"));
            try
            {
                using var answer = await http.SendAsync(request, cancel);
                if (answer.IsSuccessStatusCode) return Certificate.FromBytes(await answer.Content.ReadAsByteArrayAsync(cancel));
            }
            catch (Exception fault) when (fault is HttpRequestException or MalformedException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                // Away, or talking nonsense: another may have it.
            }
        }
        return null;
    }

    public void Dispose() => http.Dispose();
}
