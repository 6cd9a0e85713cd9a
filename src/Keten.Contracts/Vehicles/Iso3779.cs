namespace Keten.Contracts.Vehicles;

/// <summary>What a vehicle identification number says of itself (ISO 3779:2009), without asking anybody.</summary>
public static class Iso3779
{
    /// <summary>So many signs, always.</summary>
    public const int Length = 17;

    // By place from the left; the check digit's own counts nothing (49 CFR 565.15 (c), table IV).
    private static ReadOnlySpan<byte> Weights => [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

    /// <summary>Whether a text is a number that a vehicle can bear: well formed, and with its check digit where one applies.</summary>
    public static bool IsValid(string text) => IsWellFormed(text) && (!BearsCheckDigit(text) || HoldsCheckDigit(text));

    /// <summary>Seventeen digits and capital letters without I, O and Q, of which the last four are digits (ISO 3779, §5).</summary>
    public static bool IsWellFormed(string text)
    {
        if (text.Length != Length) return false;
        for (var each = 0; each < Length; each++)
            if (ValueOf(text[each]) < 0 || (each > 12 && !IsDigit(text[each]))) return false;
        return true;
    }

    /// <summary>Whether the law of its region asks for a check digit: in North America, whose numbers begin with 1 to 5 (ISO 3780; 49 CFR 565). Others may use its place as they like.</summary>
    public static bool BearsCheckDigit(string text) => text[0] is >= '1' and <= '5';

    /// <summary>Whether the ninth sign is the check digit of the others: their weighted sum modulo 11, X for 10 (49 CFR 565.15 (c)).</summary>
    /// <param name="text">Well formed.</param>
    public static bool HoldsCheckDigit(string text)
    {
        var sum = 0;
        for (var each = 0; each < Length; each++) sum += ValueOf(text[each]) * Weights[each];
        var rest = sum % 11;
        return rest == 10 ? text[8] == 'X' : IsDigit(text[8]) && text[8] - '0' == rest;
    }

    /// <summary>The key of a vehicle's records.</summary>
    /// <param name="text">Well formed.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static VinKey Key(string text) => IsWellFormed(text) ? new VinKey(Pack(text, 0), Pack(text, 8), (byte)text[16]) : throw new ArgumentException("That is no vehicle identification number.", nameof(text));

    private static ulong Pack(string text, int from)
    {
        ulong packed = 0;
        for (var each = from; each < from + 8; each++) packed = packed * 256 + text[each];
        return packed;
    }

    // 49 CFR 565.15 (c), table III; below nothing where a number has no such sign.
    private static int ValueOf(char sign) => sign switch
    {
        >= '0' and <= '9' => sign - '0',
        >= 'A' and <= 'H' => sign - 'A' + 1,
        >= 'J' and <= 'N' or 'P' or 'R' => sign - 'I',
        >= 'S' and <= 'Z' => sign - 'Q',
        _ => -1,
    };

    private static bool IsDigit(char sign) => sign is >= '0' and <= '9';
}

/// <summary>A vehicle identification number as the key of records, in its own order: its 17 signs in ASCII.</summary>
/// <param name="First">Of signs 1 to 8.</param>
/// <param name="Next">Of signs 9 to 16.</param>
/// <param name="Last">Sign 17.</param>
public readonly record struct VinKey(ulong First, ulong Next, byte Last)
{
    /// <summary>Later in order.</summary>
    public bool IsAfter(VinKey other) => First > other.First || (First == other.First && (Next > other.Next || (Next == other.Next && Last > other.Last)));
}
