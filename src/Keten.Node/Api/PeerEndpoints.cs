using Keten.Kernel;
using Keten.Node.Joining;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Keten.Node.Api;

/// <summary>What nodes give each other (docs/api.md, «Between nodes»). Certificates are for all; the rest is for nodes.</summary>
internal static class PeerEndpoints
{
    public static void Map(WebApplication app)
    {
        // A setting that cannot be followed is said at the start.
        _ = app.Services.GetRequiredService<PeerGuard>();
        app.MapGet("/v1/certificates", Certificates).About("Between nodes", "Certificates from a height on, as many as are given at once", Answers.Cbor);
        app.MapGet("/v1/peers/tip", (HttpContext http, LedgerNode node, PeerGuard guard) => Answer(http, node, guard, new PeerQuestion(PeerTopic.Tip)))
            .About("Between nodes", "How far the node is, and which snapshot it gives", Answers.Cbor);
        app.MapGet("/v1/peers/leaves", (HttpContext http, string? from, LedgerNode node, PeerGuard guard) => Answer(http, node, guard, new PeerQuestion(PeerTopic.Leaves, Number(from, "from"))))
            .About("Between nodes", "Leaf hashes of the history from an index on, 32 bytes each", Answers.Bytes);
        app.MapGet("/v1/peers/snapshots/{height}", Snapshot).About("Between nodes", "A snapshot from a byte on, a megabyte at a time", Answers.Bytes);
        app.MapGet("/v1/peers/entries", (HttpContext http, string? after, LedgerNode node, PeerGuard guard) => Answer(http, node, guard, new PeerQuestion(PeerTopic.Entries, Number(after, "after"))))
            .About("Between nodes", "The log's entries after a position, up to the newest certified block", Answers.Cbor);
        app.MapGet("/v1/peers/epoch", (HttpContext http, LedgerNode node, PeerGuard guard) => Answer(http, node, guard, new PeerQuestion(PeerTopic.Epoch)))
            .About("Between nodes", "The record by which the epoch of the node's order began, as keten epoch takes it", Answers.Cbor);
        app.MapGet("/v1/peers/attested/{key}", (HttpContext http, string key, LedgerNode node, PeerGuard guard) =>
            Answer(http, node, guard, new PeerQuestion(PeerTopic.Attested, Key: KeyId.TryParse(key, out var id) ? id : throw new ProblemException(Problem.BadRequest("«key» is 40 hexadecimal digits.")))))
            .About("Between nodes", "What a validator was seen to attest last", Answers.Cbor);
    }

    private static async Task<IResult> Certificates(HttpContext http, string? from, LedgerNode node, PeerGuard guard)
    {
        using var place = guard.Enter();
        return Of(await node.Serving.AnswerAsync(new PeerQuestion(PeerTopic.Certificates, Number(from, "from")), http.RequestAborted), Answers.Cbor);
    }

    private static Task<IResult> Snapshot(HttpContext http, string height, string? from, LedgerNode node, PeerGuard guard) =>
        Answer(http, node, guard, new PeerQuestion(PeerTopic.Snapshot, Number(height, "height"), Number(from, "from")));

    private static async Task<IResult> Answer(HttpContext http, LedgerNode node, PeerGuard guard, PeerQuestion question)
    {
        using var place = await guard.EnterAsync(http);
        return Of(await node.Serving.AnswerAsync(question, http.RequestAborted), question.Topic is PeerTopic.Leaves or PeerTopic.Snapshot ? Answers.Bytes : Answers.Cbor);
    }

    private static IResult Of(byte[]? answer, string type) => answer is null ? Problem.NotFound("There is none, or none any more.") : Answers.Binary(answer, type);

    private static ulong Number(string? text, string called) => text is null ? 0 : Answers.Number(text, called);
}
