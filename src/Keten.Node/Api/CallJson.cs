using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;

namespace Keten.Node.Api;

/// <summary>One call of a transaction and what it did, in JSON.</summary>
internal sealed class CallJson(RecordJson records, UnitNames units, LedgerNode node)
{
    public JsonObject Of(Transaction transaction, OutcomeLeaf outcome)
    {
        var call = transaction.Calls[(int)outcome.Index];
        var contract = ContractOf(call, outcome.Agreement);
        var codec = call.IsKernel ? KernelContents.Find(call.Clause)?.ArgumentsCodec : contract?.ClauseOf(call.Clause)?.ArgumentsCodec;
        var json = new JsonObject
        {
            ["call"] = outcome.Index, ["agreement"] = outcome.Agreement == 0 ? null : outcome.Agreement, ["contract"] = call.IsKernel ? "Kernel" : contract?.Name,
            ["clause"] = codec?.Name ?? call.Clause.ToString(null, null), ["arguments"] = Arguments(codec, call),
        };
        if (outcome.Code != 0) (json["refusal"], json["name"]) = (outcome.Code, Problem.NameOf(outcome.Code, node.Catalogue));
        json["postings"] = Show.List(outcome.Postings, posting => Show.Posting(posting, units));
        json["events"] = Show.List(outcome.Events, told => Event(call.IsKernel ? KernelContents.Events : contract, told.Number, told.Content));
        return json;
    }

    /// <summary>An event's name and content.</summary>
    public JsonObject Event(Contract? contract, ushort number, ReadOnlySpan<byte> content)
    {
        foreach (var kind in contract?.Events ?? [])
            if (kind.Number == number) return new JsonObject { ["name"] = kind.EventCodec.Name, ["content"] = records.Of(kind.EventCodec, content) };
        return new JsonObject { ["number"] = number, ["content"] = Convert.ToHexStringLower(content) };
    }

    private Contract? ContractOf(Call call, ulong agreement)
    {
        if (call.IsKernel) return null;
        return node.Read(ledger => ledger.State.Agreement(agreement))?.Contract ?? (call.Opens ? node.Catalogue.Newest(call.Contract) : null);
    }

    // The arguments of a refused call may be another type's, or nothing's.
    private JsonNode Arguments(Codec? codec, Call call)
    {
        try
        {
            if (codec is not null) return records.Of(codec, call.Arguments);
        }
        catch (Keten.Kernel.Cbor.MalformedException)
        {
            return JsonValue.Create(Convert.ToHexStringLower(call.Arguments));
        }
        return JsonValue.Create(Convert.ToHexStringLower(call.Arguments));
    }
}
