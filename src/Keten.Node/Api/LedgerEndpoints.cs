using System.Text;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>What is for all: units, history, genesis, catalogue, refusals, health.</summary>
internal static class LedgerEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/units", Units).About("Units", "All units");
        app.MapGet("/v1/units/{number}", UnitOf).About("Units", "A unit");
        app.MapGet("/v1/history/checkpoint", Newest).About("History", "The newest certificate", "application/json", Answers.Cbor);
        app.MapGet("/v1/history/consistency", Consistency).About("History", "Proof that the history of one size grew into that of another (RFC 9162)");
        app.MapGet("/v1/blocks/{height}", Block).About("History", "The certificate of a block", "application/json", Answers.Cbor);
        app.MapGet("/v1/genesis", GenesisOf).About("History", "How the ledger began: what receipts are checked against", "application/json", Answers.Cbor);
        app.MapGet("/v1/catalogue", CatalogueOf).About("Catalogue", "The contracts with their clauses, events, records and refusals");
        app.MapGet("/v1/refusals", Refusals).About("Catalogue", "All refusals by number");
        app.MapGet("/health/live", () => Answers.Json(new JsonObject { ["status"] = "live" })).About("Health", "Whether the process answers");
        app.MapGet("/health/condition", ConditionJson.Of).About("Health", "How the node stands: what it waits for, and for whom; what keten doctor reads");
        app.MapGet("/health/ready", Ready).About("Health", "Whether the node takes transactions");
    }

    private static IResult Units(string? after, string? limit, LedgerNode node, UnitNames units)
    {
        var (from, atMost) = (Answers.Number(after, "after", 0, 0, int.MaxValue), Answers.Number(limit, "limit", 100, 1, 1_000));
        var count = node.Read(ledger => ledger.State.UnitCount);
        var list = new JsonArray();
        var next = (long)from + 1;
        for (; next <= count && list.Count < atMost; next++)
            if (units.Of(new Unit((uint)next)) is { } unit) list.Add((JsonNode)ChainJson.Of((uint)next, unit));
        return Answers.Json(new JsonObject { ["units"] = list, ["next"] = next <= count ? next - 1 : null });
    }

    private static IResult UnitOf(string number, UnitNames units) =>
        Answers.Number(number, "number") is > 0 and <= uint.MaxValue and var unit && units.Of(new Unit((uint)unit)) is { } record
            ? Answers.Json(ChainJson.Of((uint)unit, record))
            : Problem.NotFound("There is no such unit.");

    private static IResult Newest(HttpContext http, LedgerNode node) => Of(http, node.Head, "There is no block yet.");

    private static IResult Block(HttpContext http, string height, LedgerNode node) => Of(http, node.CertificateOf(Answers.Number(height, "height")), "There is no such block.");

    private static IResult Of(HttpContext http, Certificate? certificate, string otherwise) =>
        certificate is null ? Problem.NotFound(otherwise)
        : http.Request.Accepts(Answers.Cbor) ? Answers.Binary(certificate.ToBytes(), Answers.Cbor) : Answers.Json(ChainJson.Of(certificate));

    private static IResult Consistency(string? from, string? to, LedgerNode node)
    {
        if (from is null || to is null) return Problem.BadRequest("«from» and «to» are the sizes of two histories.");
        var (first, second) = (Answers.Number(from, "from"), Answers.Number(to, "to"));
        if (first > second || second > (node.Head?.Header.HistorySize ?? 0) || node.Consistency(first, second) is not { } path) return Problem.NotFound("The history has no such sizes, or not in this order.");
        return Answers.Json(new JsonObject { ["from"] = first, ["to"] = second, ["path"] = Show.List(path, hash => JsonValue.Create(hash.ToString())) });
    }

    private static IResult GenesisOf(HttpContext http, LedgerNode node) => http.Request.Accepts(Answers.Cbor)
        ? Answers.Binary(node.Genesis.ToBytes(), Answers.Cbor)
        : Answers.Binary(Encoding.UTF8.GetBytes(GenesisFile.Write(node.Genesis)), "application/json");

    private static IResult CatalogueOf(LedgerNode node) => Answers.Json(CatalogueJson.Of(node.Read(ledger => ledger.InForce)));

    private static IResult Refusals(LedgerNode node) => Answers.Json(new JsonObject { ["refusals"] = CatalogueJson.Refusals(node.Catalogue) });

    private static IResult Ready(LedgerNode node, HostState state) => state.IsStopping ? Problem.Busy("The node is stopping.", 5)
        : node.Fault is not null ? Problem.Busy("The ledger has stopped on this node.", 30)
        : Answers.Json(new JsonObject { ["status"] = "ready", ["height"] = node.Head?.Header.Height ?? 0, ["observes"] = node.IsObserver });
}
