using Keten.Contracts.Parts;

namespace Keten.Connectors.Epcis;

/// <summary>
/// A GS1 identifier as a web address (GS1 Digital Link Standard: URI Syntax 1.4): a key, its qualifiers, and attributes in the query. Compressed addresses are not read, nor alphabetic
/// short names (<c>/gtin/</c>), which the standard gave up.
/// </summary>
/// <param name="Key">The key and its qualifiers, in the standard's order.</param>
/// <param name="Attributes">The application identifiers of the query; what else stands there is not the identifier's.</param>
public sealed record DigitalLink(IReadOnlyList<Gs1Element> Key, IReadOnlyList<Gs1Element> Attributes)
{
    /// <summary>No address is longer, in characters.</summary>
    public const int MaxLength = 2_048;

    /// <summary>Where GS1 resolves them, and where the canonical form stands.</summary>
    public const string Canonical = "https://id.gs1.org/";

    /// <summary>The part that it names, where it names one.</summary>
    public Sgtin? Part => Key[0].Identifier == "01" && Value("21") is { } serial ? new Sgtin(Key[0].Value, serial) : null;

    /// <summary>Reads an address; null, and why, where it is none.</summary>
    public static DigitalLink? Read(string uri, out DigitalLinkFault fault)
    {
        if (uri.Length > MaxLength) return No(DigitalLinkFault.TooLong, out fault);
        var path = uri.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? uri[8..] : uri.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? uri[7..] : null;
        if (path is null || path.IndexOf('/', StringComparison.Ordinal) is not (> 0 and var host)) return No(DigitalLinkFault.NotAnAddress, out fault);
        path = path[(host + 1)..];
        if (path.IndexOf('#', StringComparison.Ordinal) is >= 0 and var fragment) path = path[..fragment];
        var query = path.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? path[(mark + 1)..] : "";
        var parts = (query.Length > 0 || path.EndsWith('?') ? path[..path.IndexOf('?', StringComparison.Ordinal)] : path).TrimEnd('/').Split('/');
        var at = KeyAt(parts);
        if (at < 0) return No(DigitalLinkFault.NoKey, out fault);
        var key = new List<Gs1Element>();
        for (var each = at; each < parts.Length; each += 2)
        {
            if (each + 1 == parts.Length || Gs1Identifiers.Find(parts[each]) is not { } identifier) return No(DigitalLinkFault.NotAnIdentifier, out fault);
            if (identifier.Read(Uri.UnescapeDataString(parts[each + 1]), out fault) is not { } value) return null;
            if (key.Count > 0 && !Gs1Identifiers.Follows(key, identifier.Name)) return No(DigitalLinkFault.WrongQualifier, out fault);
            key.Add(new Gs1Element(identifier.Name, value));
        }
        return Attribute(query, out fault) is { } attributes ? new DigitalLink(key, attributes) : null;
    }

    /// <summary>The value of a qualifier.</summary>
    public string? Value(string identifier)
    {
        foreach (var element in Key)
            if (element.Identifier == identifier) return element.Value;
        return null;
    }

    /// <summary>The canonical address of a part.</summary>
    /// <param name="part">Well formed.</param>
    public static string Of(in Sgtin part) => Canonical + "01/" + part.Gtin + "/21/" + Uri.EscapeDataString(part.Serial);

    /// <summary>The canonical address of a batch.</summary>
    /// <param name="gtin">Of which article.</param>
    /// <param name="batch">As its maker numbers it (AI 10).</param>
    public static string Batch(string gtin, string batch) => Canonical + "01/" + gtin + "/10/" + Uri.EscapeDataString(batch);

    /// <summary>The canonical form (§4.12): under id.gs1.org, attributes in the query in the order of their identifiers.</summary>
    public override string ToString()
    {
        var path = Canonical + string.Join('/', Key.Select(element => element.Identifier + "/" + Uri.EscapeDataString(element.Value)));
        return Attributes.Count == 0 ? path
            : path + "?" + string.Join('&', Attributes.OrderBy(element => element.Identifier, StringComparer.Ordinal).Select(element => element.Identifier + "=" + Uri.EscapeDataString(element.Value)));
    }

    /// <summary>
    /// The constrained canonical form by which events are told apart (CBV 2.0, §8.9): the key with its finest qualifier alone, without the query.
    /// </summary>
    public string Constrained()
    {
        var key = Canonical + Key[0].Identifier + "/" + Key[0].Value;
        foreach (var finest in Gs1Identifiers.Finest(Key[0].Identifier))
            if (Value(finest) is { } value) return key + "/" + finest + "/" + value;
        return key;
    }

    // What stands before the key is the resolver's own path.
    private static int KeyAt(string[] parts)
    {
        for (var each = 0; each + 1 < parts.Length; each++)
            if (Gs1Identifiers.Find(parts[each]) is { IsKey: true }) return each;
        return -1;
    }

    private static List<Gs1Element>? Attribute(string query, out DigitalLinkFault fault)
    {
        fault = DigitalLinkFault.None;
        var attributes = new List<Gs1Element>();
        foreach (var pair in query.Split(['&', ';'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (pair.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals) || !pair[..equals].All(char.IsAsciiDigit)) continue;
            if (attributes.Exists(other => other.Identifier == pair[..equals]))
            {
                fault = DigitalLinkFault.Twice;
                return null;
            }
            attributes.Add(new Gs1Element(pair[..equals], Uri.UnescapeDataString(pair[(equals + 1)..])));
        }
        return attributes;
    }

    private static DigitalLink? No(DigitalLinkFault because, out DigitalLinkFault fault)
    {
        fault = because;
        return null;
    }
}

/// <summary>An application identifier and its value.</summary>
/// <param name="Identifier">Two to four digits.</param>
/// <param name="Value">What it says.</param>
public readonly record struct Gs1Element(string Identifier, string Value);

/// <summary>Why an address is no GS1 Digital Link.</summary>
public enum DigitalLinkFault
{
    /// <summary>It is one.</summary>
    None = 0,

    /// <summary>It is longer than 2,048 characters.</summary>
    TooLong = 1,

    /// <summary>It is no http or https address with a path.</summary>
    NotAnAddress = 2,

    /// <summary>There is no GS1 key in its path.</summary>
    NoKey = 3,

    /// <summary>An application identifier is unknown, or has no value.</summary>
    NotAnIdentifier = 4,

    /// <summary>A value has not the length or the signs of its identifier.</summary>
    NotAValue = 5,

    /// <summary>A check digit does not hold.</summary>
    CheckDigit = 6,

    /// <summary>A qualifier does not belong to the key, or comes out of order.</summary>
    WrongQualifier = 7,

    /// <summary>An attribute is given twice.</summary>
    Twice = 8,
}
