using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Contracts.Parts;
using Keten.Kernel;

namespace Keten.Connectors.Epcis;

/// <summary>A part's history as EPCIS 2.0 events in JSON-LD. Each bears its hash ID; what was corrected bears an error declaration. Times are in UTC, to the second.</summary>
public static class EpcisWriter
{
    private const string Context = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>A document of events.</summary>
    /// <param name="events">What the other methods gave.</param>
    /// <param name="created">When the document is made.</param>
    public static string Document(IEnumerable<JsonObject> events, Instant created) => Around(events, created).ToJsonString(Indented) + "\n";

    /// <summary>A batch was made.</summary>
    /// <param name="batch">What the record says of it.</param>
    /// <param name="parts">The parts of it that are told; none: the batch as a quantity.</param>
    public static JsonObject Made(in Batch batch, IReadOnlyList<Sgtin> parts)
    {
        var told = Event("ObjectEvent", batch.At);
        told["action"] = "ADD";
        told["bizStep"] = "commissioning";
        told["disposition"] = "active";
        if (parts.Count > 0)
        {
            told["epcList"] = Uris(parts.Select(part => DigitalLink.Of(part)));
            told["ilmd"] = new JsonObject { ["cbvmda:lotNumber"] = batch.Number };
        }
        else told["quantityList"] = new JsonArray(new JsonObject { ["epcClass"] = DigitalLink.Batch(batch.Gtin, batch.Number), ["quantity"] = batch.Count });
        return Named(told);
    }

    /// <summary>A step of a part.</summary>
    public static JsonObject Of(in Sgtin part, in PartStep step)
    {
        var scrapped = step.Kind == StepKind.Scrapped;
        var told = Event(scrapped ? "ObjectEvent" : "AssociationEvent", step.Note.At);
        told["action"] = step.Kind is StepKind.Mounted or StepKind.Assembled ? "ADD" : "DELETE";
        told["bizStep"] = step.Kind switch
        {
            StepKind.Mounted => "installing",
            StepKind.Assembled => "assembling",
            StepKind.Removed => step.Vin is null ? "disassembling" : "removing",
            _ => "decommissioning",
        };
        if (scrapped) told["disposition"] = "inactive";
        else told["parentID"] = step.Vin is { } vin ? EpcisIntake.Vehicle + vin : DigitalLink.Of(step.Other!.Value);
        told[scrapped ? "epcList" : "childEPCs"] = Uris([DigitalLink.Of(part)]);
        Named(told);
        if (step.Correction is { } correction) told["errorDeclaration"] = new JsonObject { ["declarationTime"] = Time(correction.At), ["reason"] = "did_not_occur" };
        return told;
    }

    /// <summary>A consignment: that it was sent, and what arrived once it was counted.</summary>
    /// <param name="consignment">As it stands.</param>
    /// <param name="uriOf">The URI by which a party is known.</param>
    /// <param name="most">No more parts than these are listed one by one; a larger lot is told as a quantity of its article.</param>
    public static IEnumerable<JsonObject> Of(Consignment consignment, Func<Party, string> uriOf, uint most = 1_000)
    {
        ArgumentNullException.ThrowIfNull(consignment);
        yield return Moved("shipping", "in_transit", consignment, consignment.Advised, consignment.Sent, uriOf, most);
        if (consignment.Receipt is { } receipt) yield return Moved("receiving", "in_progress", consignment, receipt.Arrived, receipt.At, uriOf, most);
    }

    private static JsonObject Moved(string step, string disposition, Consignment consignment, Many<Lot> lots, Instant at, Func<Party, string> uriOf, uint most)
    {
        var told = Event("ObjectEvent", at);
        told["action"] = "OBSERVE";
        told["bizStep"] = step;
        told["disposition"] = disposition;
        told["epcList"] = Uris(lots.Where(lot => lot.Count <= most).SelectMany(Serials).Select(part => DigitalLink.Of(part)));
        var large = lots.Where(lot => lot.Count > most).Select(lot => (JsonNode)new JsonObject { ["epcClass"] = DigitalLink.Canonical + "01/" + lot.Gtin, ["quantity"] = lot.Count }).ToArray();
        if (large.Length > 0) told["quantityList"] = new JsonArray(large);
        told["bizTransactionList"] = new JsonArray(new JsonObject { ["type"] = "desadv", ["bizTransaction"] = Advice(consignment.Number) });
        told["sourceList"] = new JsonArray(new JsonObject { ["type"] = "possessing_party", ["source"] = uriOf(consignment.From) });
        told["destinationList"] = new JsonArray(new JsonObject { ["type"] = "possessing_party", ["destination"] = uriOf(consignment.To) });
        return Named(told);
    }

    // A business transaction is a URI; a number that is none is one below ours.
    private static string Advice(string number) => number.Contains(':', StringComparison.Ordinal) ? number : "urn:keten:desadv:" + Uri.EscapeDataString(number);

    private static IEnumerable<Sgtin> Serials(Lot lot)
    {
        if (Gs1.Counting(lot.From) is not { } first) yield return new Sgtin(lot.Gtin, lot.From);
        else
            for (var each = first; each < first + lot.Count; each++) yield return new Sgtin(lot.Gtin, each.ToString(CultureInfo.InvariantCulture));
    }

    private static JsonObject Event(string type, Instant at) => new() { ["type"] = type, ["eventTime"] = Time(at), ["eventTimeZoneOffset"] = "+00:00" };

    private static JsonArray Uris(IEnumerable<string> uris) => new([.. uris.Select(uri => (JsonNode)uri)]);

    private static JsonObject Named(JsonObject told)
    {
        var read = EpcisDocument.Read(JsonSerializer.SerializeToUtf8Bytes(Around([(JsonObject)told.DeepClone()], new Instant(1)))).Value;
        if (read is not null) told["eventID"] = EventHash.Of(read.Events[0]);
        return told;
    }

    private static JsonObject Around(IEnumerable<JsonObject> events, Instant created) => new()
    {
        ["@context"] = new JsonArray(Context), ["type"] = "EPCISDocument", ["schemaVersion"] = "2.0", ["creationDate"] = Time(created),
        ["epcisBody"] = new JsonObject { ["eventList"] = new JsonArray([.. events.Select(each => (JsonNode)each.DeepClone())]) },
    };

    private static string Time(Instant at) => DateTimeOffset.FromUnixTimeSeconds(at.Seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
