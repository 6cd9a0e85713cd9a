using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Agreements and their child records, for those whom the agreement names as its readers.</summary>
internal static class AgreementEndpoints
{
    private const string What = "There is no such agreement, or it is not for this reader.";

    public static void Map(WebApplication app)
    {
        app.MapGet("/v1/agreements/{number}", Agreement).About("Agreements", "An agreement's state; with proof=true and the evidence that it is so", "application/json", Answers.Cbor);
        app.MapGet("/v1/agreements/{number}/records/{table}", Records).About("Agreements", "Child records of a table after a key, in the order of their keys");
        app.MapGet("/v1/agreements/{number}/records/{table}/{key}", Record).About("Agreements", "One child record; with proof=true and the evidence that it is so", "application/json", Answers.Cbor);
    }

    private static async Task<IResult> Agreement(HttpContext http, string number, string? proof, LedgerNode node, ReaderGuard guard, RecordJson records, UnitNames units)
    {
        var (agreement, proven) = (Answers.Number(number, "number"), Answers.Flag(proof, "proof"));
        var reader = await guard.ReaderOf(http);
        if (Readable(reader, agreement, node) is { } problem) return problem;
        var (record, readers, held, due, height, time) = node.Read(ledger => (
            ledger.State.Agreement(agreement)!, ledger.ReadersOf(agreement)!.Value, ledger.State.AccountsOf(Owner.Of(agreement)).ToArray(), ledger.State.WakeUpsOf(agreement), ledger.State.Height, ledger.State.Now));
        var json = new JsonObject
        {
            ["number"] = agreement, ["contract"] = new JsonObject { ["code"] = record.Contract.Code, ["version"] = record.Contract.Version, ["name"] = record.Contract.Name },
            ["opened"] = Show.Time(record.Opened), ["ended"] = record.Ended, ["readers"] = Of(readers), ["state"] = records.Of(record.Contract.StateCodec, record.StateBytes),
            ["held"] = Show.List(held, account => AccountEndpoints.Of(account.Key, account.Value, units)),
            ["wakeUps"] = Show.List(due, wake => Of(wake, record.Contract, records)), ["height"] = height, ["time"] = Show.Time(time),
        };
        return proven ? await Proofs.Answer(http, () => json, RecordKeys.Agreement(agreement), node) : Answers.Json(json);
    }

    private static async Task<IResult> Records(HttpContext http, string number, string table, string? after, string? limit, LedgerNode node, ReaderGuard guard, RecordJson records)
    {
        var agreement = Answers.Number(number, "number");
        var (from, atMost) = (after is null ? null : KeyOf(after, "after"), Answers.Number(limit, "limit", 100, 1, 1_000));
        if (Readable(await guard.ReaderOf(http), agreement, node) is { } problem) return problem;
        if (TableOf(agreement, table, node) is not { } kind) return Problem.NotFound("The contract keeps no such records.");
        var rows = node.Read(ledger => ledger.State.RowsOf(agreement, kind.Number, from, atMost));
        return Answers.Json(new JsonObject
        {
            ["records"] = Show.List(rows, row => new JsonObject { ["key"] = Convert.ToHexStringLower(row.Key), ["record"] = records.Of(kind.ValueCodec, row.Value) }),
            ["next"] = rows.Count == atMost ? Convert.ToHexStringLower(rows[^1].Key) : null,
        });
    }

    private static async Task<IResult> Record(HttpContext http, string number, string table, string key, string? proof, LedgerNode node, ReaderGuard guard, RecordJson records)
    {
        var (agreement, bytes, proven) = (Answers.Number(number, "number"), KeyOf(key, "key"), Answers.Flag(proof, "proof"));
        if (Readable(await guard.ReaderOf(http), agreement, node) is { } problem) return problem;
        if (TableOf(agreement, table, node) is not { } kind) return Problem.NotFound("The contract keeps no such records.");
        var row = node.Read(ledger => ledger.State.RowOf(agreement, kind.Number, bytes));
        if (row is null && !proven) return Problem.NotFound("There is no such record.");
        var json = new JsonObject { ["key"] = Convert.ToHexStringLower(bytes), ["record"] = row is null ? null : records.Of(kind.ValueCodec, row) };
        return proven ? await Proofs.Answer(http, () => json, RecordKeys.Row(agreement, kind.Number, bytes), node) : Answers.Json(json);
    }

    /// <summary>What stands between a reader and an agreement; null where nothing does.</summary>
    internal static Problem? Readable(Reader reader, ulong agreement, LedgerNode node) => node.Read(ledger => ledger.ReadersOf(agreement)) switch
    {
        { } readers when reader.May(readers) => null,
        null when reader.Open => Problem.NotFound(What),
        _ => reader.Refuse(What),
    };

    private static ChildTable? TableOf(ulong agreement, string number, LedgerNode node)
    {
        var table = Answers.Number(number, "table");
        foreach (var kept in node.Read(ledger => ledger.State.Agreement(agreement)!.Contract).Tables)
            if (kept.Number == table) return kept;
        return null;
    }

    private static byte[] KeyOf(string hex, string called)
    {
        var bytes = new byte[hex.Length / 2];
        return hex.Length is > 0 and <= 128 && Convert.FromHexString(hex, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : throw new ProblemException(Problem.BadRequest($"«{called}» is a key in hexadecimal digits."));
    }

    private static JsonNode Of(Readers readers) =>
        readers.IsEveryone ? JsonValue.Create("everyone") : Show.List(readers.Named.ToArray(), party => JsonValue.Create(party.ToString()));

    private static JsonObject Of(WakeUp wake, Contract contract, RecordJson records) => new()
    {
        ["at"] = Show.Time(wake.At), ["clause"] = contract.ClauseOf(wake.Clause)?.ArgumentsCodec.Name, ["parked"] = wake.Parked,
        ["arguments"] = contract.ClauseOf(wake.Clause) is { } clause ? records.Of(clause.ArgumentsCodec, wake.Arguments) : null,
    };
}
