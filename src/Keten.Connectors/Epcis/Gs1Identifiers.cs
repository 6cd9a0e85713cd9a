using Keten.Contracts.Parts;

namespace Keten.Connectors.Epcis;

/// <summary>An application identifier that can stand in the path of a GS1 Digital Link (GS1 General Specifications, §3).</summary>
/// <param name="Name">Two to four digits.</param>
/// <param name="IsKey">Whether it identifies by itself.</param>
/// <param name="Digits">With how many digits its value begins.</param>
/// <param name="CheckAt">After how many of them the check digit stands; 0: there is none.</param>
/// <param name="More">How many signs of set 82 may follow.</param>
/// <param name="Least">How many must.</param>
internal sealed record Gs1Identifier(string Name, bool IsKey, int Digits, int CheckAt, int More, int Least = 0)
{
    /// <summary>The value as it is kept; null, and why, where it is none.</summary>
    public string? Read(string value, out DigitalLinkFault fault)
    {
        // A shorter trade item number is carried in fourteen digits.
        if (Name == "01" && value.Length is 8 or 12 or 13) value = value.PadLeft(14, '0');
        fault = DigitalLinkFault.NotAValue;
        if (value.Length < Digits + Least || value.Length > Digits + More) return null;
        for (var each = 0; each < value.Length; each++)
            if (each < Digits ? !char.IsAsciiDigit(value[each]) : !Gs1.IsSerial(value[each].ToString())) return null;
        fault = CheckAt > 0 && !Gs1.HoldsCheckDigit(value[..CheckAt]) ? DigitalLinkFault.CheckDigit : DigitalLinkFault.None;
        return fault == DigitalLinkFault.None ? value : null;
    }
}

/// <summary>The keys and qualifiers of GS1 Digital Link (URI Syntax 1.4, §4.7).</summary>
internal static class Gs1Identifiers
{
    private static readonly Dictionary<string, Gs1Identifier> All = new Gs1Identifier[]
    {
        new("00", true, 18, 18, 0), new("01", true, 14, 14, 0), new("253", true, 13, 13, 17), new("255", true, 13, 13, 12), new("401", true, 0, 0, 30, 1), new("402", true, 17, 17, 0),
        new("414", true, 13, 13, 0), new("415", true, 13, 13, 0), new("417", true, 13, 13, 0), new("8003", true, 14, 14, 16), new("8004", true, 0, 0, 30, 1), new("8006", true, 18, 14, 0),
        new("8010", true, 0, 0, 30, 1), new("8013", true, 0, 0, 25, 1), new("8017", true, 18, 18, 0), new("8018", true, 18, 18, 0),
        new("22", false, 0, 0, 20, 1), new("10", false, 0, 0, 20, 1), new("21", false, 0, 0, 20, 1), new("235", false, 0, 0, 28, 1), new("254", false, 0, 0, 20, 1),
        new("7040", false, 0, 0, 4, 4), new("8011", false, 0, 0, 12, 1), new("8019", false, 0, 0, 10, 1), new("8020", false, 0, 0, 25, 1),
    }.ToDictionary(identifier => identifier.Name, StringComparer.Ordinal);

    // In the order in which they stand; what is in one key's second list excludes its first.
    private static readonly Dictionary<string, string[][]> Qualifiers = new(StringComparer.Ordinal)
    {
        ["01"] = [["22", "10", "21"], ["235"]], ["8006"] = [["22", "10", "21"]], ["414"] = [["254"], ["7040"]], ["415"] = [["8020"]], ["417"] = [["7040"]], ["8010"] = [["8011"]],
        ["8017"] = [["8019"]], ["8018"] = [["8019"]],
    };

    private static readonly Dictionary<string, string[]> FinestOf = new(StringComparer.Ordinal)
    {
        ["01"] = ["21", "10", "235"], ["8006"] = ["21", "10"], ["414"] = ["254"], ["8010"] = ["8011"],
    };

    public static Gs1Identifier? Find(string name) => All.GetValueOrDefault(name);

    /// <summary>The qualifiers of a key from the finest on.</summary>
    public static string[] Finest(string key) => FinestOf.GetValueOrDefault(key) ?? [];

    /// <summary>Whether a qualifier may come after what there is.</summary>
    public static bool Follows(List<Gs1Element> path, string qualifier)
    {
        foreach (var list in Qualifiers.GetValueOrDefault(path[0].Identifier) ?? [])
        {
            var last = -1;
            if (path.Skip(1).All(element => (last = Array.IndexOf(list, element.Identifier)) >= 0) && Array.IndexOf(list, qualifier) > last) return true;
        }
        return false;
    }
}
