using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Kernel.Execution;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;

namespace Keten.Node.Api;

/// <summary>Of a final block, what one reader may read of its events and movements, as text of an event stream.</summary>
internal sealed class BlockEvents(LedgerNode node, Reader reader, EventFilter filter, RecordJson records, UnitNames units)
{
    private readonly CallJson calls = new(records, units, node);

    /// <summary>Every event and movement has a place in its block, whoever reads: movements of a call, then its events, call after call.</summary>
    /// <param name="block">The block.</param>
    /// <param name="after">Places up to this one were read before.</param>
    /// <param name="text">Takes the text.</param>
    public void Write(FinalBlock block, long after, StringBuilder text)
    {
        var place = 0L;
        foreach (var call in block.Outcomes.Calls)
        {
            for (var each = call.Postings.Start.Value; each < call.Postings.End.Value; each++)
                if (place++ > after && Posting(block, call, block.Outcomes.Postings[each]) is { } json) Append(text, block, place - 1, "posting", json);
            for (var each = call.Events.Start.Value; each < call.Events.End.Value; each++)
                if (place++ > after && reader.May(block.Readers[each]) && Event(block, call, block.Outcomes.Events[each]) is { } json) Append(text, block, place - 1, "event", json);
        }
    }

    private JsonObject? Posting(FinalBlock block, in CallOutcome call, in Posting posting)
    {
        var owner = posting.Account.Owner;
        var agreement = call.Agreement;
        if (!(owner.Party is { } party ? reader.Is(party) : node.Read(ledger => ledger.ReadersOf(owner.Agreement)) is { } readers && reader.May(readers))) return null;
        if (!filter.Takes(agreement, () => node.Read(ledger => ledger.State.Agreement(agreement))?.Contract)) return null;
        var json = Begin(block, call);
        json["posting"] = Show.Posting(posting, units);
        return json;
    }

    private JsonObject? Event(FinalBlock block, in CallOutcome call, in EventRecord told)
    {
        var contract = told.Contract;
        if (!filter.Takes(told.Agreement, () => contract)) return null;
        var json = Begin(block, call);
        json["contract"] = contract.Name;
        foreach (var (name, value) in calls.Event(contract, told.Number, block.Outcomes.EventBytes[told.Content])) json[name] = value?.DeepClone();
        return json;
    }

    private static JsonObject Begin(FinalBlock block, in CallOutcome call) => new()
    {
        ["height"] = block.Certificate.Header.Height, ["time"] = Show.Time(block.Certificate.Header.Time), ["origin"] = call.Origin.ToString(), ["call"] = call.Index,
        ["agreement"] = call.Agreement == 0 ? null : call.Agreement,
    };

    private static void Append(StringBuilder text, FinalBlock block, long place, string name, JsonObject json) => text
        .Append(CultureInfo.InvariantCulture, $"id: {block.Certificate.Header.Height}.{place}\nevent: {name}\ndata: ").Append(json.ToJsonString()).Append("\n\n");
}
