using Keten.Kernel;

namespace Keten.Client;

/// <summary>Signs each request of an <see cref="HttpClient"/> as it leaves.</summary>
/// <param name="signer">The reader's key.</param>
/// <param name="inner">Sends what was signed.</param>
/// <param name="clock">The system's unless a test hands its own.</param>
public sealed class SigningHandler(Signer signer, HttpMessageHandler inner, TimeProvider? clock = null) : DelegatingHandler(inner)
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await RequestSignature.SignAsync(request, signer, (clock ?? TimeProvider.System).GetUtcNow(), cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
