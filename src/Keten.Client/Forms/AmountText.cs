using System.Globalization;

namespace Keten.Client;

/// <summary>Amounts as people and programs outside write them: a decimal number with as many decimals as the unit has («12.50»). No floating point on the way.</summary>
public static class AmountText
{
    /// <summary>Most decimals of a unit.</summary>
    public const int DecimalsAtMost = 9;

    /// <summary>So many smallest parts as a decimal number.</summary>
    public static string Write(long minor, int decimals)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)decimals, (uint)DecimalsAtMost, nameof(decimals));
        var digits = Int128.Abs(minor).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var sign = minor < 0 ? "-" : "";
        return decimals == 0 ? sign + digits : $"{sign}{digits[..^decimals]}.{digits[^decimals..]}";
    }

    /// <summary>Reads digits, with a point and no more decimals than the unit has; a minus in front. False for anything else, and for what 64 bits do not hold.</summary>
    public static bool TryParse(string? text, int decimals, out long minor)
    {
        minor = 0;
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)decimals, (uint)DecimalsAtMost, nameof(decimals));
        if (text is not { Length: > 0 and <= 32 }) return false;
        var (negative, digits) = text[0] == '-' ? (true, text[1..]) : (false, text);
        var point = digits.IndexOf('.');
        var (whole, fraction) = point < 0 ? (digits, "") : (digits[..point], digits[(point + 1)..]);
        if (whole.Length == 0 || (point >= 0 && fraction.Length == 0) || fraction.Length > decimals || !whole.All(char.IsAsciiDigit) || !fraction.All(char.IsAsciiDigit)) return false;
        var read = Int128.Parse(whole + fraction.PadRight(decimals, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
        if (negative) read = -read;
        if (read < long.MinValue || read > long.MaxValue) return false;
        minor = (long)read;
        return true;
    }
}
