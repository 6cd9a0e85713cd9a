using System.Text.Json.Nodes;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Who the validators are, for all; how they came to be, certified; and what they vote on, for themselves.</summary>
internal static class ValidatorEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/validators", Now).About("Validators", "Who signs entries and certifies now; the catalogue in force, and the next; contracts that are suspended");
        app.MapGet("/v1/validators/changes", Changes).About("Validators", "The certified changes of validators after from=HEIGHT, in order: what a light client goes on by", "application/json", Answers.Cbor);
        app.MapGet("/v1/proposals", Proposals).About("Validators", "What is open to votes, for the validators' parties");
    }

    private static IResult Now(LedgerNode node) => Answers.Json(node.Read(ledger =>
    {
        var state = ledger.State;
        var json = ChainJson.Of(ledger.Validators);
        json["since"] = state.ChangesOfValidators(0, ulong.MaxValue, int.MaxValue) is [.., var last] ? last : 0;
        json["muted"] = Show.List([.. ledger.Validators.All.ToArray().Where(one => state.IsMuted(one.Party))], one => JsonValue.Create(one.Party.ToString()));
        json["catalogue"] = ledger.InForce.Hash.ToString();
        json["nextCatalogue"] = state.NextCatalogue is { } next ? new JsonObject { ["catalogue"] = next.Catalogue.ToString(), ["height"] = next.Height, ["known"] = ledger.Catalogue.ByHash(next.Catalogue) is not null } : null;
        json["suspended"] = Show.List([.. ledger.Catalogue.Contracts.Where(one => state.IsSuspended(one.Code, one.Version))],
            one => new JsonObject { ["contract"] = one.Code, ["version"] = one.Version, ["name"] = one.Name });
        return json;
    }));

    private static IResult Changes(HttpContext http, string? from, LedgerNode node)
    {
        var changes = node.ChangesOfValidators(from is null ? 0 : Answers.Number(from, "from"));
        return http.Request.Accepts(Answers.Cbor) ? Answers.Binary(SetChange.ToBytes(changes), Answers.Cbor)
            : Answers.Json(new JsonObject { ["changes"] = Show.List(changes, ChainJson.Of) });
    }

    private static async Task<IResult> Proposals(HttpContext http, LedgerNode node, ReaderGuard guard, RecordJson records)
    {
        var reader = await guard.ReaderOf(http);
        var (may, open) = node.Read(ledger => (ledger.ReadersOfVotes(), ledger.State.OpenProposals.Select(number => (number, ledger.State.ProposalOf(number)!)).ToArray()));
        if (!reader.May(may)) return reader.Refuse("Only validators' parties see what is voted on.");
        return Answers.Json(new JsonObject { ["proposals"] = Show.List(open, one => Of(one.number, one.Item2, records)) });
    }

    private static JsonObject Of(ulong number, OpenProposal open, RecordJson records) => new()
    {
        ["proposal"] = number, ["by"] = open.By.ToString(), ["until"] = Show.Time(open.Until), ["change"] = records.Of(Kernel.Codecs.KernelCalls.Change, Kernel.Codecs.KernelCalls.Change.ToBytes(open.Change)),
        ["yes"] = Show.List(open.Yes, party => JsonValue.Create(party.ToString())), ["no"] = Show.List(open.No, party => JsonValue.Create(party.ToString())),
    };
}
