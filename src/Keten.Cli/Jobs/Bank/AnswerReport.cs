using System.Text.Json.Nodes;
using Keten.Connectors.Sepa;

namespace Keten.Cli.Jobs;

/// <summary>What became of one thing that a bank's file says.</summary>
/// <param name="What">takenIn, settled, undone, issued, received, paid, cameBack, known, pending, unmatched or refused.</param>
/// <param name="Payment">Which payment: its end-to-end id, or what stands for it.</param>
/// <param name="Cents">How much; 0 where the file does not say.</param>
/// <param name="Reason">Why it was undone, refused or left alone.</param>
public sealed record AnswerLine(string What, string Payment, long Cents, string? Reason);

/// <summary>What a bank's file came to.</summary>
/// <param name="Message">Which message it is.</param>
/// <param name="MessageId">Its id.</param>
/// <param name="Lines">In the order in which they were done.</param>
public sealed record AnswerReport(string Message, string MessageId, IReadOnlyList<AnswerLine> Lines)
{
    /// <summary>Whether everything was done, or had been done before.</summary>
    public bool Holds => Lines.All(line => line.What is not ("unmatched" or "refused"));

    /// <summary>Whether anything changed on the ledger.</summary>
    public bool Changed => Lines.Any(line => line.What is not ("known" or "pending" or "unmatched" or "refused"));

    /// <summary>For programs.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject { ["message"] = Message, ["messageId"] = MessageId, ["changed"] = Changed };
        foreach (var what in new[] { "takenIn", "settled", "undone", "issued", "received", "paid", "cameBack", "known", "pending", "unmatched", "refused" }) json[what] = Lines.Count(line => line.What == what);
        json["lines"] = new JsonArray([.. Lines.Select(line => (JsonNode)new JsonObject
        {
            ["what"] = line.What, ["payment"] = line.Payment, ["amount"] = Client.AmountText.Write(line.Cents, 2), ["reason"] = line.Reason,
            ["meaning"] = line.Reason is { } reason ? ReasonCodes.Words(reason) : null,
        })]);
        return json;
    }
}
