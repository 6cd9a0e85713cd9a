using System.Globalization;
using System.Text.Json;
using Keten.Connectors.Json;

namespace Keten.Connectors.Epcis;

/// <summary>
/// An EPCIS 2.0 document in JSON-LD: an EPCISDocument, an EPCISQueryDocument with a query's results, or one event. What the standard demands is demanded; vocabulary that it does not list is
/// let through, as the standard does with URIs.
/// </summary>
/// <param name="Events">In the document's order.</param>
public sealed record EpcisDocument(IReadOnlyList<EpcisEvent> Events)
{
    /// <summary>No document is longer, in bytes.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>No document has more events.</summary>
    public const int MaxEvents = 10_000;

    /// <summary>No list of an event is longer.</summary>
    public const int MaxItems = 50_000;

    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"];

    /// <summary>Reads a document.</summary>
    /// <param name="json">UTF-8.</param>
    public static JsonRead<EpcisDocument> Read(ReadOnlyMemory<byte> json) => JsonFields.Document(json, MaxBytes, Document);

    private static EpcisDocument Document(JsonFields fields)
    {
        var prefixes = Prefixes(fields.Element, new Dictionary<string, string>(StringComparer.Ordinal) { ["cbvmda"] = "urn:epcglobal:cbv:mda" });
        var type = fields.Text("type", 64);
        if (type is not ("EPCISDocument" or "EPCISQueryDocument")) return new EpcisDocument([Event(fields, prefixes)]);
        if (fields.OptionalText("schemaVersion", 16, required: true) is { } version && !version.StartsWith("2.", StringComparison.Ordinal)) fields.Note("schemaVersion", JsonFaultReason.UnknownValue);
        if (Time(fields, "creationDate") is null) fields.Note("creationDate", JsonFaultReason.NotATime);
        if (!fields.Element.TryGetProperty("@context", out _)) fields.Note("@context", JsonFaultReason.Missing);
        var body = fields.Object("epcisBody", required: true);
        if (type == "EPCISQueryDocument") body = body?.Object("queryResults", required: true)?.Object("resultsBody", required: true);
        var events = new List<EpcisEvent>();
        foreach (var each in body?.Objects("eventList", MaxEvents) ?? []) events.Add(Event(each, prefixes));
        if (body is not null && !body.Element.TryGetProperty("eventList", out _)) body.Note("eventList", JsonFaultReason.Missing);
        return new EpcisDocument(events);
    }

    private static EpcisEvent Event(JsonFields fields, Dictionary<string, string> around)
    {
        var kind = fields.Text("type", 64);
        if (!Enum.TryParse<EpcisEventType>(kind, out var type) || !Enum.IsDefined(type) || kind != type.ToString())
        {
            fields.Note("type", JsonFaultReason.UnknownValue);
            type = EpcisEventType.ObjectEvent;
        }
        var (epcs, outputs, quantities) = type switch
        {
            EpcisEventType.ObjectEvent or EpcisEventType.TransactionEvent => ("epcList", null, "quantityList"),
            EpcisEventType.TransformationEvent => ("inputEPCList", "outputEPCList", "inputQuantityList"),
            _ => ("childEPCs", (string?)null, "childQuantityList"),
        };
        var read = new EpcisEvent(fields.Element.Clone(), Prefixes(fields.Element, around))
        {
            Type = type, Time = Time(fields, "eventTime") ?? default, Offset = fields.Text("eventTimeZoneOffset", 6), Id = fields.OptionalText("eventID", 2_048), Action = Action(fields, type),
            Epcs = Uris(fields, epcs), Outputs = outputs is null ? [] : Uris(fields, outputs), Quantities = Quantities(fields, quantities), Parent = fields.OptionalText("parentID", 2_048),
        };
        Check(fields, read);
        // What is of another form than the standard's is found here, and not when its hash is wanted.
        try
        {
            _ = EventHash.Text(read);
        }
        catch (InvalidOperationException)
        {
            fields.Note("", JsonFaultReason.WrongType);
        }
        return read;
    }

    // EPCIS 2.0, §7.4: what each kind of event cannot be without.
    private static void Check(JsonFields fields, EpcisEvent read)
    {
        if (fields.Element.TryGetProperty("eventTime", out _) ? read.Time == default : true) fields.Note("eventTime", JsonFaultReason.NotATime);
        if (!IsOffset(read.Offset)) fields.Note("eventTimeZoneOffset", JsonFaultReason.NotATime);
        var hasObjects = read.Epcs.Count > 0 || read.Quantities.Count > 0;
        switch (read.Type)
        {
            case EpcisEventType.ObjectEvent when !hasObjects && !Has(fields, "sensorElementList"):
                fields.Note("epcList", JsonFaultReason.Missing);
                break;
            case EpcisEventType.AssociationEvent when read.Parent is null:
            case EpcisEventType.AggregationEvent when read.Parent is null && read.Action != EpcisAction.Observe:
                fields.Note("parentID", JsonFaultReason.Missing);
                break;
            case EpcisEventType.TransactionEvent when !Has(fields, "bizTransactionList"):
                fields.Note("bizTransactionList", JsonFaultReason.Missing);
                break;
            case EpcisEventType.TransformationEvent when !hasObjects && !Has(fields, "transformationID"):
                fields.Note("inputEPCList", JsonFaultReason.Missing);
                break;
            case EpcisEventType.TransformationEvent when read.Outputs.Count == 0 && !Has(fields, "outputQuantityList") && !Has(fields, "transformationID"):
                fields.Note("outputEPCList", JsonFaultReason.Missing);
                break;
            default:
                break;
        }
    }

    private static bool Has(JsonFields fields, string name) =>
        fields.Element.TryGetProperty(name, out var found) && (found.ValueKind != JsonValueKind.Array || found.GetArrayLength() > 0);

    private static EpcisAction? Action(JsonFields fields, EpcisEventType type)
    {
        if (type == EpcisEventType.TransformationEvent) return null;
        switch (fields.OptionalText("action", 16, required: true))
        {
            case "OBSERVE": return EpcisAction.Observe;
            case "ADD": return EpcisAction.Add;
            case "DELETE": return EpcisAction.Delete;
            case null: return null;
            default:
                fields.Note("action", JsonFaultReason.UnknownValue);
                return null;
        }
    }

    private static List<string> Uris(JsonFields fields, string name)
    {
        var uris = new List<string>();
        foreach (var (item, path) in fields.Items(name, MaxItems))
            if (item.ValueKind == JsonValueKind.String && item.GetString() is { Length: <= 2_048 } text && text.Contains(':', StringComparison.Ordinal)) uris.Add(text);
            else fields.Note(path[(fields.Path.Length == 0 ? 0 : fields.Path.Length + 1)..], JsonFaultReason.WrongType);
        return uris;
    }

    private static List<EpcisQuantity> Quantities(JsonFields fields, string name)
    {
        var quantities = new List<EpcisQuantity>();
        foreach (var each in fields.Objects(name, MaxItems))
            quantities.Add(new EpcisQuantity(each.Text("epcClass", 2_048), each.Number("quantity")?.ToString(CultureInfo.InvariantCulture), each.OptionalText("uom", 3)));
        return quantities;
    }

    private static DateTimeOffset? Time(JsonFields fields, string name) =>
        fields.OptionalText(name, 40, required: true) is { } text && Moment(text) is { } moment && moment >= DateTimeOffset.UnixEpoch ? moment : null;

    /// <summary>A moment with its zone, as XML Schema writes it; null where it is none.</summary>
    internal static DateTimeOffset? Moment(string text) =>
        text.Length is >= 20 and <= 40 && DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? moment : null;

    private static bool IsOffset(string text) =>
        text.Length == 6 && text[0] is '+' or '-' && TimeOnly.TryParseExact(text[1..], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var offset) && offset <= new TimeOnly(14, 0);

    // A context is an address, an object of prefixes, or a list of both; what stands at the event comes on top.
    private static Dictionary<string, string> Prefixes(JsonElement element, Dictionary<string, string> around)
    {
        if (!element.TryGetProperty("@context", out var context)) return around;
        var prefixes = new Dictionary<string, string>(around, StringComparer.Ordinal);
        var all = context.ValueKind == JsonValueKind.Array ? context.EnumerateArray().ToArray() : [context];
        foreach (var each in all)
        {
            if (each.ValueKind != JsonValueKind.Object) continue;
            foreach (var prefix in each.EnumerateObject())
                if (prefix.Value.ValueKind == JsonValueKind.String) prefixes[prefix.Name] = prefix.Value.GetString()!;
        }
        return prefixes;
    }
}
