using Keten.Contracts.Parts;

namespace Keten.Connectors.Epcis;

/// <summary>
/// EPC URIs (<c>urn:epc:id:sgtin:4012345.011122.25</c>; GS1 EPC Tag Data Standard 2.0, §6 and §7) as GS1 Digital Links. Back is not possible by itself: a URN says where the company prefix
/// ends, and an address does not.
/// </summary>
public static class EpcUri
{
    /// <summary>The canonical address of an EPC, EPC class or pattern; null where the URN is not well formed or of a scheme that has no GS1 key.</summary>
    public static string? ToDigitalLink(string urn)
    {
        var pieces = urn.Split(':', 5);
        if (pieces.Length != 5 || pieces[0] != "urn" || pieces[1] != "epc" || pieces[2] is not ("id" or "class" or "idpat")) return null;
        var (scheme, fields) = (pieces[3], pieces[4].Split('.', 3));
        var (prefix, item, rest) = (fields[0], fields.Length > 1 ? fields[1] : "", fields.Length > 2 ? fields[2] : "");
        if (!prefix.All(char.IsAsciiDigit)) return null;
        return scheme switch
        {
            "sgtin" when Key(item, prefix, 13) is { } gtin => DigitalLink.Canonical + "01/" + gtin + (rest == "*" ? "" : "/21/" + rest),
            "lgtin" when Key(item, prefix, 13) is { } gtin => DigitalLink.Canonical + "01/" + gtin + "/10/" + rest,
            "sscc" when fields.Length == 2 && Key(item, prefix, 17) is { } sscc => DigitalLink.Canonical + "00/" + sscc,
            "sgln" when Checked(prefix + item, 12) is { } gln => DigitalLink.Canonical + "414/" + gln + (rest is "0" or "" ? "" : "/254/" + rest),
            "pgln" when fields.Length == 2 && Checked(prefix + item, 12) is { } gln => DigitalLink.Canonical + "417/" + gln,
            "grai" when Checked(prefix + item, 12) is { } grai => DigitalLink.Canonical + "8003/0" + grai + (rest == "*" ? "" : rest),
            "giai" => DigitalLink.Canonical + "8004/" + prefix + string.Join('.', fields[1..]),
            "gsrn" when fields.Length == 2 && Checked(prefix + item, 17) is { } gsrn => DigitalLink.Canonical + "8018/" + gsrn,
            "gsrnp" when fields.Length == 2 && Checked(prefix + item, 17) is { } gsrn => DigitalLink.Canonical + "8017/" + gsrn,
            "gdti" when Checked(prefix + item, 12) is { } gdti => DigitalLink.Canonical + "253/" + gdti + (rest == "*" ? "" : rest),
            "sgcn" when Checked(prefix + item, 12) is { } sgcn => DigitalLink.Canonical + "255/" + sgcn + (rest == "*" ? "" : rest),
            "gsin" when fields.Length == 2 && Checked(prefix + item, 16) is { } gsin => DigitalLink.Canonical + "402/" + gsin,
            "ginc" => DigitalLink.Canonical + "401/" + prefix + string.Join('.', fields[1..]),
            "upui" when Key(item, prefix, 13) is { } gtin => DigitalLink.Canonical + "01/" + gtin + "/235/" + rest,
            "cpi" => DigitalLink.Canonical + "8010/" + prefix + item + (rest is "*" or "" ? "" : "/8011/" + rest),
            "itip" => Itip(pieces[4]),
            _ => null,
        };
    }

    /// <summary>An identifier in the form by which events are told apart: an EPC's canonical address, an address's constrained form; null where it is neither.</summary>
    public static string? Canonical(string uri) =>
        uri.StartsWith("urn:epc:", StringComparison.Ordinal) ? ToDigitalLink(uri)
        : uri.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? DigitalLink.Read(uri, out _)?.Constrained() : null;

    /// <summary>The part that a URN or an address names; null where it names none.</summary>
    public static Sgtin? Part(string uri)
    {
        var address = uri.StartsWith("urn:epc:id:sgtin:", StringComparison.Ordinal) ? ToDigitalLink(uri) : uri;
        return address is not null && DigitalLink.Read(address, out _)?.Part is { IsValid: true } part ? part : null;
    }

    // The indicator or extension digit, which the URN has before the item, is the key's first.
    private static string? Key(string item, string prefix, int digits) => item.Length == 0 ? null : Checked(item[0] + prefix + item[1..], digits);

    private static string? Checked(string digits, int length) =>
        digits.Length == length && digits.All(char.IsAsciiDigit) ? digits + (char)('0' + Gs1.CheckDigit(digits, digits.Length)) : null;

    private static string? Itip(string fields)
    {
        var pieces = fields.Split('.', 5);
        return pieces.Length == 5 && Key(pieces[1], pieces[0], 13) is { } gtin && pieces[2].Length == 2 && pieces[3].Length == 2
            ? DigitalLink.Canonical + "8006/" + gtin + pieces[2] + pieces[3] + (pieces[4] == "*" ? "" : "/21/" + pieces[4]) : null;
    }
}
