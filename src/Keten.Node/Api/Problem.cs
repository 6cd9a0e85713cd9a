using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>An error as RFC 9457 writes it, with the refusal's number on the wire where the ledger refused.</summary>
/// <param name="status">Of the answer.</param>
/// <param name="name">For programs; also the end of «type».</param>
/// <param name="title">One sentence, the same each time.</param>
/// <param name="detail">What about this request; nothing secret, and nothing of its bytes.</param>
public sealed class Problem(int status, string name, string title, string? detail = null) : IResult, IStatusCodeHttpResult
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/problem+json";

    private readonly JsonObject more = [];
    private int retryAfter;
    private bool asksForSignature;

    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <summary>Nothing is there, or nothing that this reader may know of: the two look alike.</summary>
    public static Problem NotFound(string what) => new(404, "not-found", "There is no such thing, or it is not for this reader.", what);

    /// <summary>It was there, and has been pruned on this node.</summary>
    public static Problem Pruned(string detail) => new(410, "pruned", "What was asked for has been pruned on this node; receipts that were given stay valid.", detail);

    /// <summary>A transaction whose body has been pruned, and the block in which it was decided.</summary>
    public static Problem PrunedIn(ulong height)
    {
        var problem = Pruned("A transaction whose id begins with the same 8 bytes was decided in that block; its body has been pruned.");
        problem.more["height"] = height;
        return problem;
    }

    /// <summary>The request cannot be read.</summary>
    public static Problem BadRequest(string detail) => new(400, "bad-request", "The request is not one that can be read.", detail);

    /// <summary>Signed is the word.</summary>
    public static Problem Unauthorized(string detail) => new(401, "signature-required", "A signed request is needed to read this.", detail) { asksForSignature = true };

    /// <summary>Who signs may not.</summary>
    public static Problem Forbidden(string detail) => new(403, "forbidden", "This key may not do that.", detail);

    /// <summary>The node observes; who takes transactions.</summary>
    public static Problem Observes(IReadOnlyList<string> validators)
    {
        var problem = new Problem(403, "observer", "This node observes: it takes no transactions, and hands none on.", "Submit to a node that validates.");
        var known = new JsonArray();
        foreach (var one in validators) known.Add((JsonNode)one);
        problem.more["validators"] = known;
        return problem;
    }

    /// <summary>Too much at once; when to come again, in seconds.</summary>
    public static Problem Busy(string detail, int retryAfterSeconds = 1) => new(503, "busy", "The node has no room for more just now.", detail) { retryAfter = retryAfterSeconds };

    /// <summary>Too often; when to come again, in seconds.</summary>
    public static Problem TooMany(string detail, int retryAfterSeconds = 1) => new(429, "too-many-requests", "Too many requests.", detail) { retryAfter = retryAfterSeconds };

    /// <summary>What the ledger, or its door, refused.</summary>
    public static Problem Refused(Answer answer, Catalogue catalogue)
    {
        var problem = new Problem(StatusOf(answer.Refusal), "refused", answer.Refusal?.Sentence ?? "The transaction was refused.");
        problem.more["refusal"] = answer.Code;
        problem.more["name"] = NameOf(answer.Code, catalogue);
        if (!answer.Id.IsNone) problem.more["id"] = answer.Id.ToString();
        if (answer.Status == AnswerStatus.Refused)
        {
            problem.more["call"] = answer.Call;
            problem.more["height"] = answer.Height;
        }
        return problem;
    }

    /// <summary>One that the door itself gives before anything is asked of the ledger.</summary>
    public static Problem Refused(KernelRefusal refusal, string? detail = null)
    {
        var problem = new Problem(StatusOf(refusal), "refused", refusal.Sentence, detail) { retryAfter = refusal == KernelRefusal.Busy ? 1 : 0 };
        problem.more["refusal"] = (uint)refusal.Number;
        problem.more["name"] = refusal.Name;
        return problem;
    }

    /// <summary>What a refusal is called, by its number on the wire.</summary>
    public static string NameOf(uint code, Catalogue catalogue)
    {
        if (code >> 16 == 0)
        {
            foreach (var refusal in KernelRefusal.All)
                if (refusal.Number == code) return refusal.Name;
            return "";
        }
        var contract = catalogue.Newest((ushort)(code >> 16));
        return contract is null ? "" : contract.Name + "." + (code & 0xffff).ToString(CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = MediaType;
        if (retryAfter > 0) response.Headers.RetryAfter = retryAfter.ToString(CultureInfo.InvariantCulture);
        if (asksForSignature) response.Headers.WWWAuthenticate = "Signature algs=\"ecdsa-p256-sha256\", components=\"@method @authority @path @query content-digest\"";
        var json = new JsonObject { ["type"] = "urn:keten:problem:" + name, ["title"] = title, ["status"] = status };
        if (detail is not null) json["detail"] = detail;
        foreach (var (field, value) in more) json[field] = value?.DeepClone();
        if (!json.ContainsKey("name")) json["name"] = name;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(json);
        response.ContentLength = bytes.Length;
        return response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }

    private static int StatusOf(IRefusal? refusal) => refusal switch
    {
        _ when refusal == KernelRefusal.Malformed => 400,
        _ when refusal == KernelRefusal.TooLarge => 413,
        _ when refusal == KernelRefusal.Replayed => 409,
        _ when refusal == KernelRefusal.Busy || refusal == KernelRefusal.NotOrdered => 503,
        _ => 422,
    };
}
