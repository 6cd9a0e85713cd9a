namespace Keten.Contracts.Parts;

/// <summary>What a number says of itself by the GS1 General Specifications, without asking anybody.</summary>
public static class Gs1
{
    /// <summary>A trade item's number is carried in so many digits; shorter ones with zeros before them (§3.3.2, AI 01).</summary>
    public const int GtinLength = 14;

    /// <summary>No serial number is longer (§3.5.2, AI 21).</summary>
    public const int SerialLength = 20;

    /// <summary>A serial that counts has at most so many digits: 10¹⁸ − 1 is the highest.</summary>
    public const int CountingDigits = 18;

    /// <summary>Whether a text is a trade item's number: fourteen digits of which the last is the check digit.</summary>
    public static bool IsGtin(string text) => text.Length == GtinLength && HoldsCheckDigit(text);

    /// <summary>Whether a text's last digit is the check digit of those before it (§7.9.1): weights 3 and 1 in turn from the right, up to the next ten.</summary>
    /// <param name="text">Digits; of any length from 2.</param>
    public static bool HoldsCheckDigit(string text)
    {
        if (text.Length < 2) return false;
        for (var each = 0; each < text.Length; each++)
            if (!IsDigit(text[each])) return false;
        return text[^1] - '0' == CheckDigit(text, text.Length - 1);
    }

    /// <summary>The check digit for the first so many digits of a text (§7.9.1).</summary>
    /// <param name="text">Digits.</param>
    /// <param name="count">How many of them.</param>
    public static int CheckDigit(string text, int count)
    {
        var sum = 0;
        for (var each = 0; each < count; each++) sum += (text[each] - '0') * ((count - each) % 2 == 1 ? 3 : 1);
        return (10 - sum % 10) % 10;
    }

    /// <summary>Whether a text is a serial number: 1 to 20 signs of GS1's AI encodable character set 82 (§7.11, table 1).</summary>
    public static bool IsSerial(string text)
    {
        if (text.Length is 0 or > SerialLength) return false;
        for (var each = 0; each < text.Length; each++)
            if (!IsSign(text[each])) return false;
        return true;
    }

    /// <summary>What a serial counts, where it does: digits without a zero in front, 18 at most. Those that do can stand in ranges.</summary>
    public static ulong? Counting(string serial)
    {
        if (serial.Length is 0 or > CountingDigits || serial[0] == '0') return null;
        ulong number = 0;
        for (var each = 0; each < serial.Length; each++)
        {
            if (!IsDigit(serial[each])) return null;
            number = number * 10 + serial[each] - '0';
        }
        return number;
    }

    /// <summary>A trade item's number as a number.</summary>
    /// <param name="gtin">Fourteen digits.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static ulong Number(string gtin)
    {
        if (!IsGtin(gtin)) throw new ArgumentException("That is no global trade item number.", nameof(gtin));
        ulong number = 0;
        for (var each = 0; each < gtin.Length; each++) number = number * 10 + gtin[each] - '0';
        return number;
    }

    private static bool IsSign(char sign) =>
        sign is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '%' and <= '?') or '!' or '"' or '_';

    private static bool IsDigit(char sign) => sign is >= '0' and <= '9';
}
