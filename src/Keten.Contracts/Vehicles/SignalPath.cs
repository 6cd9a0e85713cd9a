namespace Keten.Contracts.Vehicles;

/// <summary>The name of a measure in COVESA's vehicle signal specification: Vehicle.TraveledDistance, Vehicle.Powertrain.TractionBattery.StateOfHealth.</summary>
public static class SignalPath
{
    /// <summary>No path is longer.</summary>
    public const int AtMost = 128;

    /// <summary>Whether a text has the form of one: Vehicle, and one or more names of letters and digits, each after a dot.</summary>
    public static bool IsPath(string text)
    {
        if (text.Length > AtMost || !Begins(text)) return false;
        for (var each = Root.Length; each < text.Length; each++)
            if (text[each] == '.' ? each == text.Length - 1 || text[each + 1] == '.' : !IsOfName(text[each])) return false;
        return true;
    }

    private const string Root = "Vehicle";

    private static bool Begins(string text)
    {
        if (text.Length < Root.Length + 2 || text[Root.Length] != '.') return false;
        for (var each = 0; each < Root.Length; each++)
            if (text[each] != Root[each]) return false;
        return true;
    }

    private static bool IsOfName(char sign) => sign is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9');
}
