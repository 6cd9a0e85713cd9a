using System.Globalization;
using System.Text;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>
/// HTTP Message Signatures (RFC 9421) in the one form that Keten uses: label «sig», ES256 («ecdsa-p256-sha256»), over method, authority, path and query, and over the body by
/// its Content-Digest (RFC 9530, sha-256) where there is one. Within ±300 seconds of its creation the same request holds again: nothing that changes a ledger rests on it.
/// </summary>
public static class RequestSignature
{
    /// <summary>How far a signature's creation may lie from the reader's clock, in seconds, either way.</summary>
    public const long WindowSeconds = 300;

    internal const string Algorithm = "ecdsa-p256-sha256";

    /// <summary>Signs a request whose address is absolute; its body is read into memory. Fields of an earlier signature are replaced.</summary>
    /// <param name="request">What will be sent.</param>
    /// <param name="signer">The reader's own key.</param>
    /// <param name="now">The moment of creation, to the second.</param>
    /// <param name="cancel">Ends the reading of the body.</param>
    /// <exception cref="InvalidOperationException">The request has no absolute address.</exception>
    public static async Task SignAsync(HttpRequestMessage request, Signer signer, DateTimeOffset now, CancellationToken cancel = default)
    {
        if (request.RequestUri is not { IsAbsoluteUri: true } address) throw new InvalidOperationException("A request is signed once its address is absolute.");
        foreach (var field in (ReadOnlySpan<string>)["Signature-Input", "Signature", "Content-Digest"]) request.Headers.Remove(field);
        string? digest = null;
        if (request.Content is { } content && await content.ReadAsByteArrayAsync(cancel) is { Length: > 0 } body)
            request.Headers.Add("Content-Digest", digest = DigestOf(Hash.Of(body)));
        var input = Input(signer.Id, now, digest is not null);
        var parts = new SignedRequest(request.Method.Method, request.Headers.Host ?? address.Authority, address.AbsolutePath, address.Query, null, null, digest, null);
        var bytes = new byte[Kernel.Signature.Size];
        signer.Sign(Digest(parts, SignatureInput.Parse(input)!)).CopyTo(bytes);
        request.Headers.Add("Signature-Input", input);
        request.Headers.Add("Signature", "sig=:" + Convert.ToBase64String(bytes) + ":");
    }

    /// <summary>Checks a request. Reads nothing but one form of each field, and never throws for what came in.</summary>
    /// <param name="request">As it came in.</param>
    /// <param name="known">The public key of an id that may sign requests now; null for another.</param>
    /// <param name="now">The reader's clock.</param>
    /// <param name="cache">Keeps imported keys, where many requests are checked.</param>
    /// <returns>What is wrong, and whose key it says it is signed with; no key where it is unsigned or malformed.</returns>
    public static (RequestFault Fault, KeyId Key) Check(in SignedRequest request, Func<KeyId, PublicKey?> known, DateTimeOffset now, KeyCache? cache = null)
    {
        if (request.SignatureInput is null && request.Signature is null) return (RequestFault.Unsigned, default);
        Span<byte> signature = stackalloc byte[Kernel.Signature.Size];
        if (SignatureInput.Parse(request.SignatureInput) is not { } input || !Base64Item(request.Signature, "sig=:", signature)) return (RequestFault.Malformed, default);
        if (!input.Covers(request.Body is not null)) return (RequestFault.NotCovered, input.Key);
        var clock = now.ToUnixTimeSeconds();
        if (input.Created < clock - WindowSeconds || input.Created > clock + WindowSeconds || input.Expires <= clock) return (RequestFault.OutsideWindow, input.Key);
        if (!IsDigest(request)) return (RequestFault.OtherBody, input.Key);
        if (known(input.Key) is not { } key) return (RequestFault.UnknownKey, input.Key);
        var digest = Digest(request, input);
        var good = cache is null ? Es256.Verify(digest, signature, key) : cache.Get(input.Key, key)?.Verify(digest, signature) == true;
        return (good ? RequestFault.None : RequestFault.BadSignature, input.Key);
    }

    /// <summary>The value of a Content-Digest field over a body's SHA-256 (RFC 9530 §2).</summary>
    public static string DigestOf(in Hash body) => "sha-256=:" + Convert.ToBase64String(Hash.Bytes(in body)) + ":";

    private static string Input(KeyId key, DateTimeOffset now, bool body) => string.Create(CultureInfo.InvariantCulture,
        $"sig=(\"@method\" \"@authority\" \"@path\" \"@query\"{(body ? " \"content-digest\"" : "")});created={now.ToUnixTimeSeconds()};keyid=\"{key}\";alg=\"{Algorithm}\"");

    // A digest that came is checked even where there is no body: a body that was taken away on its road must show.
    private static bool IsDigest(in SignedRequest request)
    {
        if (request.ContentDigest is null) return request.Body is null;
        Span<byte> digest = stackalloc byte[Hash.Size];
        return Base64Item(request.ContentDigest, "sha-256=:", digest) && new Hash(digest) == (request.Body ?? Hash.Of(default));
    }

    // RFC 9421 §2.5.
    private static byte[] Digest(in SignedRequest request, SignatureInput input)
    {
        var text = new StringBuilder(256);
        foreach (var component in input.Components) text.Append('"').Append(component).Append("\": ").Append(Value(request, component)).Append('\n');
        text.Append("\"@signature-params\": ").Append(input.Parameters);
        return System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    // RFC 9421 §2.2: an absent query counts as «?», an absent path as «/».
    private static string Value(in SignedRequest request, string component) => component switch
    {
        "@method" => request.Method,
        "@authority" => request.Authority.ToLowerInvariant(),
        "@path" => request.Path.Length == 0 ? "/" : request.Path,
        "@query" => request.Query.Length == 0 ? "?" : request.Query,
        _ => request.ContentDigest ?? "",
    };

    private static bool Base64Item(string? field, string start, Span<byte> target) =>
        field is not null && field.StartsWith(start, StringComparison.Ordinal) && field.EndsWith(':') && field.Length == start.Length + (target.Length + 2) / 3 * 4 + 1
            && Convert.TryFromBase64Chars(field.AsSpan(start.Length, field.Length - start.Length - 1), target, out var written) && written == target.Length;
}
