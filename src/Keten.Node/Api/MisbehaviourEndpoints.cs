using System.Text.Json.Nodes;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>What validators did against the rules. That they did is told to readers; the evidence holds what others have signed, and is for validators, or for all where all may read.</summary>
internal static class MisbehaviourEndpoints
{
    private const string Nothing = "There is no such evidence, or it is not for this reader.";

    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/misbehaviour", List).About("Network", "What other validators did against the rules, as this node has seen it, for readers and validators");
        app.MapGet("/v1/misbehaviour/{validator}/{kind}", One).About("Network", "The evidence, for validators: keten evidence check says whether it holds", Answers.Cbor);
    }

    private static async Task<IResult> List(HttpContext http, LedgerNode node, ReaderGuard guard)
    {
        var reader = await guard.ReaderOf(http, validatorsToo: true);
        if (!reader.Open && reader.Key.IsNone) return reader.Refuse(Nothing);
        return Answers.Json(Show.List(node.Misbehaviour, kept => new JsonObject
        {
            ["validator"] = kept.Validator.ToString(), ["kind"] = Show.Camel(kept.Kind.ToString()), ["count"] = kept.Count,
            ["evidence"] = kept.Evidence is null ? null : $"/v1/misbehaviour/{kept.Validator}/{Show.Camel(kept.Kind.ToString())}",
        }));
    }

    private static async Task<IResult> One(HttpContext http, string validator, string kind, LedgerNode node, ReaderGuard guard)
    {
        var reader = await guard.ReaderOf(http, validatorsToo: true);
        if (!reader.Open && (reader.Key.IsNone || node.Read(ledger => ledger.Validators.Find(reader.Key)) is null)) return reader.Refuse(Nothing);
        foreach (var kept in node.Misbehaviour)
            if (kept.Validator.ToString() == validator && Show.Camel(kept.Kind.ToString()) == kind && kept.Evidence is { } evidence) return Answers.Binary(evidence.ToBytes(), Answers.Cbor);
        return Problem.NotFound(Nothing);
    }
}
