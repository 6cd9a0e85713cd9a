using System.Text.Json.Nodes;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Answers with the evidence that a record is so: as it stood at a certified checkpoint, which the answer names. A proof of absence is «none as of …».</summary>
internal static class Proofs
{
    /// <summary>The JSON with its proof, or the proof's bytes alone where CBOR is asked for; then no JSON is made.</summary>
    public static async Task<IResult> Answer(HttpContext http, Func<JsonObject> make, byte[] key, LedgerNode node)
    {
        var known = KnownTo(http);
        if (http.Request.Accepts(Answers.Cbor)) return Answers.Binary((await node.ProveAsync([key], known, http.RequestAborted))[0].ToBytes(), Answers.Cbor);
        var json = make();
        var evidence = (await node.ProveAsync([key], known, http.RequestAborted))[0];
        json["proof"] = Of(evidence);
        return Answers.Json(json);
    }

    /// <summary>The newest change of validators that the asker says it knows: known=HEIGHT.</summary>
    public static ulong KnownTo(HttpContext http) => http.Request.Query["known"].ToString() is { Length: > 0 } text ? Answers.Number(text, "known") : 0;

    private static JsonObject Of(StateEvidence evidence) => new()
    {
        ["present"] = evidence.Value is not null, ["asOfHeight"] = evidence.Certificate.Header.StateHeight, ["certifiedAt"] = Show.Time(evidence.Certificate.Header.Time),
        ["evidence"] = Convert.ToHexStringLower(evidence.ToBytes()),
    };
}
