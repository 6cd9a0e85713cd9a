using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>Transactions in, and what became of them.</summary>
internal static class TransactionEndpoints
{
    public static void Map(WebApplication app)
    {
        app.MapPost("/v1/transactions", Submit).About("Transactions", "Submit one transaction (application/cose) or many (application/cbor-seq, or application/cbor: an array of byte strings)")
            .Accepts<byte[]>(Answers.Cose, Answers.CborSequence, Answers.Cbor);
        app.MapGet("/v1/transactions/{id}", Status).About("Transactions", "What became of a transaction; with calls=true what its calls did, for its readers");
        app.MapGet("/v1/transactions/{id}/receipt", ReceiptOf).About("Transactions", "The receipt, for the transaction's readers", Answers.Cose);
    }

    private static async Task<IResult> Submit(HttpContext http, string? wait, LedgerNode node, HttpSection limits)
    {
        var until = wait switch
        {
            "accepted" => WaitFor.Accepted,
            null or "final" => WaitFor.Final,
            _ => throw new ProblemException(Problem.BadRequest("«wait» is accepted or final.")),
        };
        // Before the body is read: saying no must cost less than what is refused.
        if (node.IsObserver) return Problem.Observes(node.Validators);
        if (node.IsBusy) return Problem.Refused(KernelRefusal.Busy);
        var (transactions, single) = await SubmittedBody.Read(http.Request, limits.TransactionsAtMost);
        var answers = await node.SubmitAsync(transactions, until, http.RequestAborted);
        if (answers[0].Refusal == KernelRefusal.Busy) return Problem.Refused(KernelRefusal.Busy);
        var promises = new byte[]?[answers.Length];
        for (var each = 0; each < promises.Length; each++)
            if (answers[each].Status == AnswerStatus.Accepted) promises[each] = node.PromiseOf(Transaction.Parse(transactions[each].Span))?.ToBytes();
        if (http.Request.Accepts(Answers.Cbor)) return Answers.Binary(Compact(answers, promises), Answers.Cbor);
        if (!single) return Answers.Json(new JsonArray([.. answers.Select((answer, place) => (JsonNode)Of(answer, node.Catalogue, promises[place]))]));
        var only = answers[0];
        return only.Status is AnswerStatus.Done or AnswerStatus.Accepted ? Answers.Json(Of(only, node.Catalogue, promises[0]), only.Status == AnswerStatus.Done ? 200 : 202) : Problem.Refused(only, node.Catalogue);
    }

    private static async Task<IResult> Status(HttpContext http, string id, string? calls, LedgerNode node, ReaderGuard guard, RecordJson records, UnitNames units)
    {
        var transaction = Answers.HashOf(id, "id");
        var whole = Answers.Flag(calls, "calls");
        if (!whole)
            return node.Find(transaction) is { } place ? Answers.Json(Of(transaction, place, node))
                : node.PrunedIn(transaction) is { } height ? Problem.PrunedIn(height) : Problem.NotFound("No decided transaction has this id.");
        var reader = await guard.ReaderOf(http);
        var (problem, receipt) = Readable(reader, transaction, 0, node);
        if (receipt is null) return problem!;
        if (node.Find(transaction) is not { } at) return Problem.PrunedIn(receipt.Header.Height);
        var json = Of(transaction, at, node);
        json["time"] = Show.Time(receipt.Header.Time);
        json["signers"] = Show.List(receipt.Transaction.Signers.ToArray(), signer => JsonValue.Create(signer.Key.ToString()));
        json["callCount"] = receipt.Transaction.Calls.Length;
        json["calls"] = Show.List(receipt.Outcomes, outcome => new CallJson(records, units, node).Of(receipt.Transaction, OutcomeLeaf.Read(outcome.Leaf)));
        return Answers.Json(json);
    }

    private static async Task<IResult> ReceiptOf(HttpContext http, string id, string? from, string? known, LedgerNode node, ReaderGuard guard)
    {
        var transaction = Answers.HashOf(id, "id");
        var first = Answers.Number(from, "from", 0, 0, Transaction.CallsAtMost);
        var (problem, receipt) = Readable(await guard.ReaderOf(http), transaction, first, node, known is null ? 0 : Answers.Number(known, "known"));
        return receipt is null ? problem! : Answers.Binary(receipt.ToBytes(), Answers.Cose);
    }

    // Whose it is is known from its body alone, so of a pruned one everybody who signs learns that it is gone: that it was decided is for all to see anyway.
    private static (Problem? Problem, Receipt? Receipt) Readable(Reader reader, Hash transaction, int from, LedgerNode node, ulong known = 0)
    {
        const string What = "No decided transaction has this id, or it is not for this reader.";
        if (!reader.Open && reader.Party.IsNone) return (reader.Refuse(What), null);
        if (node.ReceiptOf(transaction, knownChange: known) is not { } shown) return (node.PrunedIn(transaction) is { } height ? Problem.PrunedIn(height) : reader.Refuse(What), null);
        if (!TransactionReaders.May(reader, shown, node)) return (reader.Refuse(What), null);
        if (from == 0) return (null, shown);
        return from < shown.Transaction.Calls.Length && node.ReceiptOf(transaction, from, known) is { } later ? (null, later) : (Problem.NotFound("The transaction has no such call."), null);
    }

    private static JsonObject Of(Hash id, TransactionPlace place, LedgerNode node)
    {
        var json = new JsonObject { ["id"] = id.ToString(), ["status"] = place.Code == 0 ? "done" : "refused", ["height"] = place.Height, ["historyIndex"] = place.HistoryIndex };
        if (place.Code == 0) return json;
        (json["refusal"], json["name"]) = (place.Code, Problem.NameOf(place.Code, node.Catalogue));
        return json;
    }

    private static JsonObject Of(Answer answer, Catalogue catalogue, byte[]? promise)
    {
        var json = new JsonObject { ["id"] = answer.Id.IsNone ? null : answer.Id.ToString(), ["status"] = Show.Camel(answer.Status.ToString()) };
        if (answer.Height > 0) json["height"] = answer.Height;
        if (promise is not null) json["promise"] = Convert.ToHexStringLower(promise);
        if (answer.Refusal is not { } refusal) return json;
        (json["refusal"], json["name"], json["sentence"]) = (answer.Code, Problem.NameOf(answer.Code, catalogue), refusal.Sentence);
        if (answer.Status == AnswerStatus.Refused) json["call"] = answer.Call;
        return json;
    }

    // [[id or null, status, refusal, call, height], or with the promise behind it …]
    private static byte[] Compact(Answer[] answers, byte[]?[] promises)
    {
        var writer = new CborWriter(answers.Length * 48 + 8);
        writer.Array(answers.Length);
        for (var each = 0; each < answers.Length; each++)
        {
            var answer = answers[each];
            writer.Array(promises[each] is null ? 5 : 6);
            if (answer.Id.IsNone) writer.Null();
            else writer.Hash(answer.Id);
            writer.Unsigned((ulong)answer.Status);
            writer.Unsigned(answer.Code);
            writer.Integer(answer.Call);
            writer.Unsigned(answer.Height);
            if (promises[each] is { } promise) writer.Bytes(promise);
        }
        return writer.ToArray();
    }
}
