using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Parties and keys. Public keys are for all, since whoever checks a signature needs them; the rest of a party is for itself.</summary>
internal static class PartyEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/parties/{id}", Party).About("Parties", "A party's keys for all; delegates, guardians and what is pending for itself, with proof=true and the evidence", "application/json", Answers.Cbor);
        app.MapGet("/v1/keys/{id}", Key).About("Parties", "A key: whose it is, for all; for its party, and for the key itself, the highest counter used in each lane");
    }

    private static async Task<IResult> Party(HttpContext http, string id, string? proof, LedgerNode node, ReaderGuard guard, UnitNames units)
    {
        var (party, proven) = (Answers.PartyOf(id, "id"), Answers.Flag(proof, "proof"));
        var reader = await guard.ReaderOf(http);
        if (proven && !reader.Is(party)) return reader.Refuse("There is no such party, or its record is not for this reader.");
        var json = node.Read(ledger => ledger.State.PartyOf(party) is not { } record ? null
            : reader.Is(party) ? PartyJson.All(party, record, ledger.State, units) : PartyJson.Keys(party, record, ledger.State));
        if (json is null && !proven) return Problem.NotFound("There is no such party.");
        json ??= new JsonObject { ["party"] = party.ToString() };
        return proven ? await Proofs.Answer(http, () => json, RecordKeys.Party(party), node) : Answers.Json(json);
    }

    private static async Task<IResult> Key(HttpContext http, string id, LedgerNode node, ReaderGuard guard)
    {
        if (!KeyId.TryParse(id, out var key) || key.ToString() != id) return Problem.BadRequest("«id» is 40 hexadecimal digits in lower case.");
        var reader = await guard.ReaderOf(http);
        if (node.Read(ledger => ledger.State.KeyOf(key)) is not { } record) return Problem.NotFound("There is no such key.");
        var json = PartyJson.Key(key, record);
        json["party"] = record.Party.ToString();
        if (reader.Is(record.Party) || reader.Key == key) json["lanes"] = node.Read(ledger => Lanes(key, ledger.State));
        return Answers.Json(json);
    }

    private static JsonArray Lanes(KeyId key, LedgerState state)
    {
        var lanes = new JsonArray();
        for (byte lane = 0; lane < SignerSlot.Lanes; lane++)
            if (state.WindowOf(key, lane) is { Highest: > 0 } window) lanes.Add((JsonNode)new JsonObject { ["lane"] = (int)lane, ["highest"] = window.Highest });
        return lanes;
    }
}
