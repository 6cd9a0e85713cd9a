using System.Collections.Frozen;

namespace Keten.Connectors.Sepa;

/// <summary>
/// What follows country and check digits in each country's IBAN: so many digits (n), capitals (a), or either (c). From the IBAN registry of SWIFT (ISO 13616-2), release 99, and, behind
/// it, from the practice of countries that use IBANs without standing there; some of those, and some that changed, have two forms.
/// </summary>
internal static class IbanFormats
{
    private const string Registry =
        "AD n8c12 AE n19 AL n8c16 AT n16 AZ a4c20 BA n16 BE n12 BG a4n6c8 BH a4c14 BI n23 BR n23a1c1 BY c4n4c16 CH n5c12 CR n18 CY n8c16 CZ n20 DE n18 DJ n23 DK n14 DO c4n20 EE n16 EG n25 "
        + "ES n20 FI n14 FK a2n12 FO n14 FR n10c11n2 GB a4n14 GE a2n16 GI a4c15 GL n14 GR n7c16 GT c24 HN a4n20 HR n17 HU n24 IE a4n14 IL n19 IQ a4n15 IS n22 IT a1n10c12 JO a4n4c18 KW a4c22 "
        + "KZ n3c13 LB n4c20 LC a4c24 LI n5c12 LT n16 LU n3c13 LV a4c13 LY n21 MC n10c11n2 MD c20 ME n18 MK n3c10n2 MN n16 MR n23 MT a4n5c18 MU a4n19a3 NI a4n20 NL a4n10 NO n11 OM n3c16 PK a4c16 "
        + "PL n24 PS a4c21 PT n21 QA a4c21 RO a4c16 RS n18 RU n14c15 SA n2c18 SC a4n20a3 SD n14 SE n20 SI n15 SK n20 SM a1n10c12 SO n19 ST n21 SV a4n20 TL n19 TN n20 TR n6c16 UA n6c19 VA n18 VG a4n16 "
        + "XK n16 YE a4n4c18";

    private const string Practice =
        "AO n21 BF n23 BF c2n22 BI n12 BJ c2n22 CF n23 CG n23 CI c2n22 CM n23 CV n21 DZ n22 DZ n20 GA n23 GF n10c11n2 GP n10c11n2 GQ n23 GW c2n19 IR n22 KM n23 MA n24 MG n23 ML c2n22 MQ n10c11n2 MZ n21 "
        + "NC n10c11n2 NE c2n22 PF n10c11n2 PM n10c11n2 RE n10c11n2 SN c2n22 TD n23 TF n10c11n2 TG c2n22 WF n10c11n2 YT n10c11n2 BL n10c11n2 MF n10c11n2";

    private static readonly FrozenDictionary<string, string[]> Of = Read();

    /// <summary>The forms of a country's IBAN; null where none is known.</summary>
    public static IReadOnlyList<string>? Find(string country) => Of.TryGetValue(country, out var forms) ? forms : null;

    /// <summary>Whether a text is of a form.</summary>
    public static bool Fits(string form, ReadOnlySpan<char> text)
    {
        for (var at = 0; at < form.Length;)
        {
            var kind = form[at++];
            var count = 0;
            for (; at < form.Length && char.IsAsciiDigit(form[at]); at++) count = count * 10 + form[at] - '0';
            if (text.Length < count) return false;
            foreach (var sign in text[..count])
                if (!(kind switch { 'n' => char.IsAsciiDigit(sign), 'a' => char.IsAsciiLetterUpper(sign), _ => char.IsAsciiDigit(sign) || char.IsAsciiLetterUpper(sign) })) return false;
            text = text[count..];
        }
        return text.IsEmpty;
    }

    /// <summary>How many signs a form has.</summary>
    public static int LengthOf(string form)
    {
        var (sum, count) = (0, 0);
        foreach (var sign in form)
        {
            if (char.IsAsciiDigit(sign)) count = count * 10 + sign - '0';
            else (sum, count) = (sum + count, 0);
        }
        return sum + count;
    }

    private static FrozenDictionary<string, string[]> Read()
    {
        var words = (Registry + " " + Practice).Split(' ');
        var forms = new Dictionary<string, string[]>(StringComparer.Ordinal);
        for (var each = 0; each < words.Length; each += 2) forms[words[each]] = [.. forms.GetValueOrDefault(words[each], []), words[each + 1]];
        return forms.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
