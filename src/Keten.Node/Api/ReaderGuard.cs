using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Keten.Node.Api;

/// <summary>Finds who asks (docs/api.md, «Who may read»). What is not for all is answered only to a reader who signed the request and is named.</summary>
public sealed class ReaderGuard(LedgerNode node, RequestLimits limits, TimeProvider clock)
{
    private readonly KeyCache keys = new(10_000);
    private readonly bool open = node.Genesis.OpenToRead;

    /// <summary>Who asks. Where the request is signed it counts against its reader's limit, and a body is read and put back.</summary>
    /// <param name="http">The request.</param>
    /// <param name="validatorsToo">Whether a validator's key may sign as well, which is no party's.</param>
    /// <exception cref="ProblemException">The reader asks too often.</exception>
    public async ValueTask<Reader> ReaderOf(HttpContext http, bool validatorsToo = false)
    {
        KeyRecord? record = null;
        var (fault, key) = await Check(http, id => (record = Current(id) ?? (validatorsToo ? ValidatorOf(id) : null))?.Key);
        if (fault != RequestFault.None) return new Reader(fault, default, default, default, open);
        limits.Count(record!.Party);
        return new Reader(fault, key, record.Role == KeyRole.Own ? record.Party : default, record.Role, open);
    }

    private KeyRecord? ValidatorOf(KeyId id) => node.Read(ledger => ledger.Validators.Find(id)) is { } key ? new KeyRecord(Party.Of(id), key, KeyRole.Own) : null;

    /// <summary>Whose key signed the request, of those that are known to whoever asks; a body is read and put back.</summary>
    internal async ValueTask<(RequestFault Fault, KeyId Key)> Check(HttpContext http, Func<KeyId, PublicKey?> known)
    {
        var headers = http.Request.Headers;
        if (headers["Signature-Input"].Count == 0 && headers["Signature"].Count == 0) return (RequestFault.Unsigned, default);
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!target.StartsWith('/')) return (RequestFault.Malformed, default);
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var request = new SignedRequest(
            http.Request.Method, http.Request.Host.Value ?? "", query < 0 ? target : target[..query], query < 0 ? "" : target[query..],
            Field(headers["Signature-Input"]), Field(headers["Signature"]), Field(headers["Content-Digest"]), await BodyOf(http));
        return RequestSignature.Check(request, known, clock.GetUtcNow(), keys);
    }

    /// <summary>Whether a key may still read: a long answer asks again as it goes.</summary>
    public bool IsCurrent(Reader reader) => reader.Key.IsNone || Current(reader.Key) is not null;

    internal KeyRecord? Current(KeyId id) => node.Read(ledger => ledger.State.KeyOf(id)) is { Role: not KeyRole.Retired } record ? record : null;

    // Two fields of one name are joined as HTTP joins them, and are then not the one form that is read.
    private static string? Field(StringValues values) => values.Count == 0 ? null : values.ToString();

    private static async ValueTask<Hash?> BodyOf(HttpContext http)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true) return null;
        http.Request.EnableBuffering();
        var digest = await System.Security.Cryptography.SHA256.HashDataAsync(http.Request.Body, http.RequestAborted);
        var length = http.Request.Body.Position;
        http.Request.Body.Position = 0;
        return length == 0 ? null : new Hash(digest);
    }
}
