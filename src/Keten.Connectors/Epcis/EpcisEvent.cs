using System.Text.Json;

namespace Keten.Connectors.Epcis;

/// <summary>What an EPCIS event tells (EPCIS 2.0, §7.4).</summary>
public enum EpcisEventType
{
    /// <summary>Something happened to objects.</summary>
    ObjectEvent = 1,

    /// <summary>Objects were put on or into something, or taken off it.</summary>
    AggregationEvent = 2,

    /// <summary>Objects belong to a business transaction.</summary>
    TransactionEvent = 3,

    /// <summary>Objects were used up and others made of them.</summary>
    TransformationEvent = 4,

    /// <summary>An object was made part of another, or taken out of it, for good.</summary>
    AssociationEvent = 5,
}

/// <summary>How an event relates to what it is about (EPCIS 2.0, §7.3.2).</summary>
public enum EpcisAction
{
    /// <summary>It was seen.</summary>
    Observe = 1,

    /// <summary>It begins here.</summary>
    Add = 2,

    /// <summary>It ends here.</summary>
    Delete = 3,
}

/// <summary>So much of a class.</summary>
/// <param name="Class">Its URI.</param>
/// <param name="Quantity">How much, as it stands; null where it is not said.</param>
/// <param name="Unit">Of what, by UN/CEFACT Recommendation 20; null: pieces.</param>
public readonly record struct EpcisQuantity(string Class, string? Quantity, string? Unit);

/// <summary>An EPCIS 2.0 event, as it was read. What has no word here is in it all the same, and counts in its hash.</summary>
public sealed class EpcisEvent
{
    internal EpcisEvent(JsonElement body, IReadOnlyDictionary<string, string> prefixes) => (Body, Prefixes) = (body, prefixes);

    /// <summary>What it tells.</summary>
    public required EpcisEventType Type { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>In which zone, as it stands: <c>+01:00</c>.</summary>
    public required string Offset { get; init; }

    /// <summary>What it calls itself.</summary>
    public string? Id { get; init; }

    /// <summary>How it relates to what it is about; null in a transformation.</summary>
    public EpcisAction? Action { get; init; }

    /// <summary>The objects: of an aggregation or association those inside, of a transformation those used up.</summary>
    public required IReadOnlyList<string> Epcs { get; init; }

    /// <summary>What a transformation made.</summary>
    public required IReadOnlyList<string> Outputs { get; init; }

    /// <summary>Quantities of classes: of an aggregation or association those inside, of a transformation those used up.</summary>
    public required IReadOnlyList<EpcisQuantity> Quantities { get; init; }

    /// <summary>What is around.</summary>
    public string? Parent { get; init; }

    /// <summary>The step of the business, without the vocabulary's own beginning: <c>shipping</c>.</summary>
    public string? Step => Word("bizStep", "BizStep-", "bizstep");

    /// <summary>Whether somebody has declared it to be wrong.</summary>
    public bool IsDeclaredWrong => Body.TryGetProperty("errorDeclaration", out _);

    internal JsonElement Body { get; }

    internal IReadOnlyDictionary<string, string> Prefixes { get; }

    /// <summary>The business transactions of a type: <c>desadv</c>.</summary>
    public IEnumerable<string> Transactions(string type)
    {
        foreach (var each in List("bizTransactionList"))
            if (Bare(Text(each, "type") ?? "", "BTT-", "btt") == type && Text(each, "bizTransaction") is { } named) yield return named;
    }

    /// <summary>The destination of a type: <c>possessing_party</c>.</summary>
    public string? Destination(string type)
    {
        foreach (var each in List("destinationList"))
            if (Bare(Text(each, "type") ?? "", "SDT-", "sdt") == type) return Text(each, "destination");
        return null;
    }

    /// <summary>A field of the instance or lot master data, by the local name of the standard's own: <c>lotNumber</c>.</summary>
    public string? MasterData(string name) => Body.TryGetProperty("ilmd", out var ilmd) && ilmd.ValueKind == JsonValueKind.Object ? Text(ilmd, "cbvmda:" + name) : null;

    internal static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.String ? found.GetString() : null;

    internal IEnumerable<JsonElement> List(string name) =>
        Body.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private string? Word(string name, string web, string urn) => Text(Body, name) is { } text ? Bare(text, web, urn) : null;

    private static string Bare(string text, string web, string urn) =>
        text.StartsWith(EventHash.Vocabulary + web, StringComparison.Ordinal) ? text[(EventHash.Vocabulary.Length + web.Length)..]
        : text.StartsWith("urn:epcglobal:cbv:" + urn + ":", StringComparison.Ordinal) ? text[(19 + urn.Length)..] : text;
}
