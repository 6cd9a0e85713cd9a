using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Keten.Connectors.Epcis;

/// <summary>
/// The EPCIS Event Hash ID (GS1 Core Business Vocabulary 2.0, §8.9): a name for an event that comes from what it says, however it is written. The event's fields in a fixed order become one
/// text; its SHA-256 is the name, as a named-information URI (RFC 6920). Left out are <c>eventID</c>, <c>recordTime</c>, <c>certificationInfo</c> and <c>errorDeclaration</c>.
/// </summary>
public static class EventHash
{
    internal const string Vocabulary = "https://ref.gs1.org/cbv/";

    /// <summary>The event's hash ID: <c>ni:///sha-256;…?ver=CBV2.0</c>.</summary>
    public static string Of(EpcisEvent read) => Named(Text(read));

    /// <summary>The digest in it.</summary>
    public static byte[] Digest(EpcisEvent read) => SHA256.HashData(Encoding.UTF8.GetBytes(Text(read)));

    /// <summary>The text whose hash it is.</summary>
    public static string Text(EpcisEvent read) => new EventText(read, draft: false).Write();

    /// <summary>
    /// The same by a draft of the standard, in which EPC URIs and the vocabulary's URNs stood as they are. Published examples of EPCIS 2.0 still bear such names; nothing new should.
    /// </summary>
    public static string OfDraft(EpcisEvent read) => Named(new EventText(read, draft: true).Write());

    private static string Named(string text) => "ni:///sha-256;" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) + "?ver=CBV2.0";
}

/// <summary>Writes the text of one event.</summary>
/// <param name="read">The event.</param>
/// <param name="draft">Whether by the draft.</param>
internal sealed class EventText(EpcisEvent read, bool draft)
{
    private const string Measures = "https://gs1.org/voc/";

    private static readonly string[] Metadata = ["time", "startTime", "endTime", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "bizRules"];

    private static readonly string[] Report =
    [
        "type", "exception", "deviceID", "deviceMetadata", "rawData", "dataProcessingMethod", "time", "microorganism", "chemicalSubstance", "value", "component", "stringValue", "booleanValue",
        "hexBinaryValue", "uriValue", "minValue", "maxValue", "meanValue", "sDev", "percRank", "percValue", "uom", "coordinateReferenceSystem",
    ];

    // Compared by their UTF-8, which for what is beyond the basic plane is another order than that of .NET's own signs.
    private static readonly Comparer<string> Lexical = Comparer<string>.Create((left, right) => Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right)));

    private readonly StringBuilder text = new();

    public string Write()
    {
        var body = read.Body;
        text.Append("eventType=").Append(read.Type).Append("eventTime=").Append(Time(read.Time)).Append("eventTimeZoneOffset=").Append(read.Offset);
        Epcs("epcList");
        Field("parentID");
        Epcs("inputEPCList");
        Epcs("childEPCs");
        foreach (var list in (ReadOnlySpan<string>)["quantityList", "childQuantityList", "inputQuantityList"]) Quantities(list);
        Epcs("outputEPCList");
        Quantities("outputQuantityList");
        Field("action");
        Field("transformationID");
        Term("bizStep", "BizStep-", "bizstep");
        Term("disposition", "Disp-", "disp");
        Persistent();
        Place("readPoint");
        Place("bizLocation");
        Typed("bizTransactionList", "bizTransaction", "BTT-", "btt");
        Typed("sourceList", "source", "SDT-", "sdt");
        Typed("destinationList", "destination", "SDT-", "sdt");
        Listed("sensorElementList", read.List("sensorElementList").Select(Sensor));
        var ilmd = body.TryGetProperty("ilmd", out var data) ? "ilmd" + string.Concat(Extensions(data, [])) : "";
        // The draft had it among the extensions, in their order.
        if (!draft) text.Append(ilmd);
        foreach (var each in Sorted(draft && ilmd.Length > 0 ? Extensions(body, []).Append(ilmd) : Extensions(body, []))) text.Append(each);
        return text.ToString();
    }

    private void Field(string name)
    {
        if (EpcisEvent.Text(read.Body, name) is { } value) text.Append(name).Append('=').Append(Value(value));
    }

    private void Term(string name, string web, string urn)
    {
        if (EpcisEvent.Text(read.Body, name) is { } value) text.Append(name).Append('=').Append(Word(value.Trim(), web, urn));
    }

    private void Epcs(string name) => Listed(name, read.List(name).Select(epc => "epc=" + Value(epc)));

    private void Quantities(string name) => Listed(name, read.List(name).Select(each => "quantityElement" + Pair(each, "epcClass") + Pair(each, "quantity") + Pair(each, "uom")));

    // By the standard the type comes first; in the draft it came last.
    private void Typed(string list, string name, string web, string urn) => Listed(list, read.List(list).Select(each =>
    {
        var (value, type) = (Pair(each, name), EpcisEvent.Text(each, "type") is { } word ? "type=" + Word(word, web, urn) : "");
        return draft ? value + type : type + value;
    }));

    private void Persistent()
    {
        if (!read.Body.TryGetProperty("persistentDisposition", out var both)) return;
        text.Append("persistentDisposition");
        foreach (var name in (ReadOnlySpan<string>)["set", "unset"])
            if (both.TryGetProperty(name, out var words))
                foreach (var each in Sorted(words.EnumerateArray().Select(word => name + "=" + Word(word.GetString() ?? "", "Disp-", "disp")))) text.Append(each);
    }

    private void Place(string name)
    {
        if (!read.Body.TryGetProperty(name, out var place)) return;
        text.Append(name).Append(Pair(place, "id"));
        foreach (var each in Extensions(place, ["id"])) text.Append(each);
    }

    private string Sensor(JsonElement element)
    {
        var written = new StringBuilder("sensorElement");
        if (element.TryGetProperty("sensorMetadata", out var metadata)) written.Append("sensorMetadata").Append(Ordered(metadata, Metadata));
        if (element.TryGetProperty("sensorReport", out var reports))
            foreach (var report in Sorted(reports.EnumerateArray().Select(each => "sensorReport" + Ordered(each, Report)))) written.Append(report);
        foreach (var each in Extensions(element, ["sensorMetadata", "sensorReport"])) written.Append(each);
        return written.ToString();
    }

    private string Ordered(JsonElement element, string[] order)
    {
        var written = new StringBuilder();
        foreach (var name in order)
        {
            if (!element.TryGetProperty(name, out var value)) continue;
            written.Append(name).Append('=').Append(name switch
            {
                "type" => Measure(value.GetString() ?? "", ""),
                "exception" => Measure(value.GetString() ?? "", "SensorAlertType-"),
                "component" => Word(value.GetString() ?? "", "Comp-", "comp"),
                "hexBinaryValue" or "stringValue" => value.GetString()?.Trim(),
                _ => Value(value),
            });
        }
        foreach (var each in Extensions(element, order)) written.Append(each);
        return written.ToString();
    }

    private void Listed(string name, IEnumerable<string> children)
    {
        var sorted = Sorted(children);
        if (sorted.Count == 0) return;
        text.Append(name);
        foreach (var each in sorted) text.Append(each);
    }

    // What a user added: by its full name, in the order of what is written.
    private List<string> Extensions(JsonElement element, string[] known)
    {
        var all = new List<string>();
        if (element.ValueKind == JsonValueKind.Object)
            foreach (var field in element.EnumerateObject())
                if (!known.Contains(field.Name) && Named(field.Name) is { } name) all.AddRange(Extension(name, field.Value));
        return Sorted(all);
    }

    private string? Named(string name)
    {
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || name[0] == '@') return null;
        var (space, local) = read.Prefixes.TryGetValue(name[..colon], out var named) ? (named, name[(colon + 1)..]) : (name[..colon], name[(colon + 1)..]);
        return draft ? space + local : "{" + space + "}" + local;
    }

    private IEnumerable<string> Extension(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => [name + string.Concat(Extensions(value, []))],
        JsonValueKind.Array => [string.Concat(Sorted(value.EnumerateArray().SelectMany(each => Extension(name, each))))],
        _ => [name + "=" + Value(value)],
    };

    private string Pair(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? name + "=" + Value(value) : "";

    private string Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Value(value.GetString() ?? ""),
        JsonValueKind.Number => Number(value.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "",
    };

    private string Value(string value)
    {
        value = value.Trim();
        if (IsDecimal(value)) return Number(value);
        if (EpcisDocument.Moment(value) is { } moment) return Time(moment);
        return draft ? value : EpcUri.Canonical(value) ?? Expanded(value);
    }

    private string Word(string value, string web, string urn)
    {
        var of = "urn:epcglobal:cbv:" + urn + ":";
        if (!value.Contains(':', StringComparison.Ordinal)) return (draft ? of : EventHash.Vocabulary + web) + value;
        return draft ? value : value.StartsWith(of, StringComparison.Ordinal) ? EventHash.Vocabulary + web + value[of.Length..] : Expanded(value);
    }

    private string Measure(string value, string kind) =>
        value.Contains(':', StringComparison.Ordinal) ? draft ? value : Expanded(value) : (draft ? "gs1:" : Measures) + kind + value;

    // A compact URI whose prefix the context or the standard gives.
    private string Expanded(string value)
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || value.AsSpan(colon + 1).StartsWith("//")) return value;
        var space = read.Prefixes.TryGetValue(value[..colon], out var named) ? named : value[..colon] switch
        {
            "gs1" => Measures,
            "epcis" => "https://ref.gs1.org/epcis/",
            "cbv" => EventHash.Vocabulary,
            _ => null,
        };
        return space is null ? value : space + value[(colon + 1)..];
    }

    private static string Time(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        return new DateTime((utc.Ticks + 5_000) / 10_000 * 10_000, DateTimeKind.Utc).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
    }

    private static bool IsDecimal(string value)
    {
        var from = value.Length > 0 && value[0] == '-' ? 1 : 0;
        var point = value.IndexOf('.', StringComparison.Ordinal);
        return point > from && point < value.Length - 1 && value.Length <= 40 && value.Where((_, at) => at >= from && at != point).All(char.IsAsciiDigit);
    }

    private static string Number(string raw)
    {
        if (raw.Contains('e', StringComparison.OrdinalIgnoreCase) && decimal.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) raw = number.ToString(CultureInfo.InvariantCulture);
        return raw.Contains('.', StringComparison.Ordinal) ? raw.TrimEnd('0').TrimEnd('.') : raw;
    }

    private static List<string> Sorted(IEnumerable<string> texts) => [.. texts.Order(Lexical)];
}
