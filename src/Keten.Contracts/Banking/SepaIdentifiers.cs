namespace Keten.Contracts.Banking;

/// <summary>What the SEPA rulebooks allow in identifiers, without asking anybody.</summary>
public static class SepaIdentifiers
{
    /// <summary>No identifier is longer (ISO 20022, Max35Text).</summary>
    public const int AtMost = 35;

    /// <summary>Letters, digits and the signs that every bank of the scheme takes (EPC217-08, §1.4), a space among them.</summary>
    public static bool IsCharacter(char sign) => IsUpper(sign) || IsDigit(sign) || sign is (>= 'a' and <= 'z') or ' ' or '/' or '-' or '?' or ':' or '(' or ')' or '.' or ',' or '\'' or '+';

    /// <summary>Whether a text may identify a mandate, a message or a payment: 1 to 35 such signs, no space or slash at either end, and no two slashes in a row.</summary>
    public static bool IsReference(string text)
    {
        if (text.Length is 0 or > AtMost || text[0] is ' ' or '/' || text[^1] is ' ' or '/') return false;
        for (var each = 0; each < text.Length; each++)
            if (!IsCharacter(text[each]) || (text[each] == '/' && text[each - 1] == '/')) return false;
        return true;
    }

    /// <summary>
    /// Whether a text is a creditor identifier (AT-02; EPC262-08): country, check digits, a business code of three, and the national part, at most 35 together. The check digits are those of
    /// ISO 7064 mod 97-10 over the national part, country and digits; the business code is left out.
    /// </summary>
    public static bool IsCreditorId(string text)
    {
        if (text.Length is < 8 or > AtMost || !AreUpper(text, 0, 2) || !AreDigits(text, 2, 4)) return false;
        for (var each = 4; each < text.Length; each++)
            if (!IsUpper(text[each]) && !IsDigit(text[each])) return false;
        return Mod97(text, 0, 4, Mod97(text, 7, text.Length, 0)) == 1;
    }

    /// <summary>What is left of a text read as a number, letters counting as 10 to 35, divided by 97; −1 where it holds anything else (ISO 7064, mod 97-10).</summary>
    /// <param name="text">Upper-case letters and digits.</param>
    /// <param name="from">The first sign.</param>
    /// <param name="until">Behind the last.</param>
    /// <param name="rest">What was left of the signs before these.</param>
    public static int Mod97(string text, int from, int until, int rest)
    {
        for (var each = from; each < until && rest >= 0; each++)
        {
            var sign = text[each];
            rest = IsDigit(sign) ? (rest * 10 + (sign - '0')) % 97 : IsUpper(sign) ? (rest * 100 + (sign - 'A' + 10)) % 97 : -1;
        }
        return rest;
    }

    private static bool IsUpper(char sign) => sign is >= 'A' and <= 'Z';

    private static bool IsDigit(char sign) => sign is >= '0' and <= '9';

    private static bool AreUpper(string text, int from, int until)
    {
        for (var each = from; each < until; each++)
            if (!IsUpper(text[each])) return false;
        return true;
    }

    private static bool AreDigits(string text, int from, int until)
    {
        for (var each = from; each < until; each++)
            if (!IsDigit(text[each])) return false;
        return true;
    }
}
