using System.Collections.Frozen;
using System.Globalization;

namespace Keten.Connectors.Invoices;

/// <summary>The code lists that EN 16931 takes from others and that are short enough to stand here, as their keepers publish them.</summary>
public static class CodeLists
{
    /// <summary>Countries: ISO 3166-1 alpha-2, with Kosovo's 1A and XI for Northern Ireland, which the rules take.</summary>
    public static FrozenSet<string> Countries { get; } = Set("""
        AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ
        DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT
        JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ
        NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ
        TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW 1A XI
        """);

    /// <summary>Currencies: ISO 4217 alpha-3.</summary>
    public static FrozenSet<string> Currencies { get; } = Set("""
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK
        DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
        LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
        SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST
        XAF XAG XAU XBA XBB XBC XBD XCD XDR XOF XPD XPF XPT XSU XTS XUA XXX YER ZAR ZMW ZWL
        """);

    /// <summary>Types of document: UNTDID 1001, those that bill or credit.</summary>
    public static FrozenSet<string> DocumentTypes { get; } = Set("""
        71 80 82 84 102 130 202 203 204 211 218 219 295 325 326 331 380 382 383 384 385 386 387 388 389 390 393 394 395 456 457 500 501 502 503 527 553 575 623 633 751 780 817
        870 875 876 877 935 81 83 261 262 296 308 381 396 420 458 532
        """);

    /// <summary>When VAT falls due: UNTDID 2005 as UBL takes it (BT-8).</summary>
    public static FrozenSet<string> TaxPoints { get; } = Set("3 35 432");

    /// <summary>Means of payment: UNTDID 4461.</summary>
    public static FrozenSet<string> PaymentMeans { get; } =
        Numbers((1, 70), (74, 78), (91, 98)).Append("ZZZ").ToFrozenSet(StringComparer.Ordinal);

    /// <summary>VAT categories: UNTDID 5305, those of EN 16931.</summary>
    public static FrozenSet<string> VatCategories { get; } = Set("AE L M E S Z G O K B");

    /// <summary>Reasons of allowances: UNTDID 5189, those of EN 16931.</summary>
    public static FrozenSet<string> AllowanceReasons { get; } = Set("41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105");

    /// <summary>Schemes of identifiers of organisations: the codes that ISO/IEC 6523 has given out.</summary>
    public static FrozenSet<string> Identifiers { get; } =
        Enumerable.Range(2, 240).Where(code => code is not (181 or 182)).Select(code => code.ToString("D4", CultureInfo.InvariantCulture)).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>What may be embedded, by its media type (BT-125).</summary>
    public static FrozenSet<string> MediaTypes { get; } = Set("""
        application/pdf image/png image/jpeg text/csv application/vnd.openxmlformats-officedocument.spreadsheetml.sheet application/vnd.oasis.opendocument.spreadsheet
        """);

    /// <summary>Schemes of electronic addresses: CEF's list EAS.</summary>
    public static FrozenSet<string> ElectronicAddresses { get; } = Set("""
        0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0147 0151 0154 0158 0170 0177 0183 0184 0188 0190 0191 0192 0193 0194 0195 0196 0198 0199 0200 0201 0202 0203
        0204 0205 0208 0209 0210 0211 0212 0213 0215 0216 0217 0218 0221 0225 0230 0235 0240 9901 9906 9907 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928
        9929 9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950 9951 9952 9953 9955 9957 9959 AN AQ AS AU EM
        """);

    private static FrozenSet<string> Set(string codes) => codes.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    private static IEnumerable<string> Numbers(params (int First, int Last)[] ranges) =>
        ranges.SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)).Select(number => number.ToString(CultureInfo.InvariantCulture));
}
