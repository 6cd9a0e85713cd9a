namespace Keten.Connectors.Ocmf;

/// <summary>Numbers of OCMF, read exactly: what is written is what is kept, or it is refused. Nothing is rounded.</summary>
public static class OcmfNumber
{
    /// <summary>Most digits after the decimal point.</summary>
    public const int MaxScale = 12;

    /// <summary>Most digits before the decimal point.</summary>
    public const int MaxIntegerDigits = 15;

    /// <summary>
    /// Reads a JSON number (RFC 8259, section 6), which some meters write as a string; leading zeros are tolerated. Decimal places are kept
    /// as written ("1.50" stays 1.50). False for anything else and for more digits than the limits of this class, exponent included.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out decimal number)
    {
        number = 0;
        var negative = text.StartsWith("-");
        if (negative) text = text[1..];
        var mark = text.IndexOfAny('e', 'E');
        var exponent = 0;
        if (mark >= 0 && !TryExponent(text[(mark + 1)..], out exponent)) return false;
        var digits = mark >= 0 ? text[..mark] : text;
        var point = digits.IndexOf('.');
        var whole = point < 0 ? digits : digits[..point];
        var fraction = point < 0 ? [] : digits[(point + 1)..];
        if (!AreDigits(whole) || (point >= 0 && !AreDigits(fraction))) return false;

        var scale = fraction.Length - exponent;
        if (scale > MaxScale || whole.Length + fraction.Length > MaxIntegerDigits + MaxScale) return false;
        foreach (var digit in whole) number = (number * 10) + (digit - '0');
        foreach (var digit in fraction) number = (number * 10) + (digit - '0');
        return Scale(ref number, scale, negative);
    }

    // A decimal has 28 sure digits: 27 are read and the power of ten below only moves the point, so no step rounds.
    private static bool Scale(ref decimal number, int scale, bool negative)
    {
        for (; scale < 0; scale++)
        {
            if (number >= 1_000_000_000_000_000m) return false;
            number *= 10;
        }
        var bits = decimal.GetBits(number);
        number = new decimal(bits[0], bits[1], bits[2], negative, (byte)scale);
        return decimal.Abs(number) < 1_000_000_000_000_000m;
    }

    private static bool TryExponent(ReadOnlySpan<char> text, out int exponent)
    {
        exponent = 0;
        var negative = text.StartsWith("-");
        if (negative || text.StartsWith("+")) text = text[1..];
        if (text.Length > 2 || !AreDigits(text)) return false;
        foreach (var digit in text) exponent = (exponent * 10) + (digit - '0');
        if (negative) exponent = -exponent;
        return true;
    }

    private static bool AreDigits(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
}

/// <summary>Energy of OCMF: the units that the standard predefines (table 20) and whole milliwatt-hours for the ledger.</summary>
public static class OcmfEnergy
{
    /// <summary>The value in watt-hours, exact; null for a unit that is no energy known here.</summary>
    public static decimal? WattHours(decimal? value, string? unit) => unit switch
    {
        "kWh" => value * 1000,
        "Wh" => value,
        _ => null,
    };

    /// <summary>Whole milliwatt-hours; null where the amount has a finer part or does not fit.</summary>
    public static long? MilliwattHours(decimal? wattHours)
    {
        if (wattHours is not { } wh || decimal.Abs(wh) > long.MaxValue / 1000) return null;
        return decimal.IsInteger(wh * 1000) ? (long)(wh * 1000) : null;
    }

    /// <summary>The same number without trailing zeros.</summary>
    public static decimal? Plain(decimal? number) => number / 1.0000000000000000000000000000m;
}
