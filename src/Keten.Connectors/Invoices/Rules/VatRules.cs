using static Keten.Connectors.Invoices.InvoiceRule;

namespace Keten.Connectors.Invoices.Rules;

/// <summary>BR-S-*, BR-Z-*, BR-E-*, BR-AE-*, BR-IC-*, BR-G-*, BR-O-*, BR-AF-*, BR-AG-*, BR-B-*: what holds of each VAT category (EN 16931-1, 6.4.3). Most hold of several, and are said once.</summary>
internal static class VatRules
{
    private static readonly Category[] categories =
    [
        new("BR-S", "S", "standard rate", Rate.Positive, Seller: SellerOrTax), new("BR-Z", "Z", "zero rate", Rate.Zero, Seller: SellerOrTax), new("BR-E", "E", "exempt", Rate.Zero, Seller: SellerOrTax, Exempts: true),
        new("BR-AE", "AE", "reverse charge", Rate.Zero, Seller: SellerOrTax, Buyer: buyer => HasIn(buyer, "BG-7", "BT-48") || HasIn(buyer, "BG-7", "BT-47"), Exempts: true),
        new("BR-IC", "K", "intra-community supply", Rate.Zero, Seller: SellerVat, Buyer: buyer => HasIn(buyer, "BG-7", "BT-48"), Exempts: true),
        new("BR-G", "G", "export", Rate.Zero, Seller: SellerVat, Exempts: true), new("BR-O", "O", "not subject to VAT", Rate.None, Seller: NobodysVat, Exempts: true),
        new("BR-AF", "L", "the Canary Islands' tax", Rate.NotNegative, Seller: SellerOrTax), new("BR-AG", "M", "the tax of Ceuta and Melilla", Rate.NotNegative, Seller: SellerOrTax),
    ];

    private enum Rate
    {
        Positive,
        NotNegative,
        Zero,
        None,
    }

    public static IEnumerable<InvoiceRule> All => [.. categories.SelectMany(Of), .. Alone, .. IntraCommunity, .. Split];

    private sealed record Category(string Rules, string Code, string Name, Rate Rate, Func<Group, bool> Seller, Func<Group, bool>? Buyer = null, bool Exempts = false)
    {
        public bool ByRate => Rate is Rate.Positive or Rate.NotNegative;

        public string Where => $"VAT category {Code}, {Name}";
    }

    // Where a category and a rate stand, in lines, allowances and charges, and what is taxed there.
    private sealed record Place(string Group, string Code, string Percent, string What);

    private static readonly Place line = new("BG-30", "BT-151", "BT-152", "a line");
    private static readonly Place allowance = new("BG-20", "BT-95", "BT-96", "an allowance on the document");
    private static readonly Place charge = new("BG-21", "BT-102", "BT-103", "a charge on the document");
    private static readonly Place breakdown = new("BG-23", "BT-118", "BT-119", "the breakdown");
    private static readonly Place[] taxed = [line, allowance, charge];

    private static IEnumerable<InvoiceRule> Of(Category category) =>
    [
        Whole($"{category.Rules}-01", $"What is of {category.Where}, stands in {(category.ByRate ? "the breakdown" : "exactly one breakdown")} too.", invoice => InBreakdown(invoice, category)),
        .. taxed.Select((place, each) => Whole(
            $"{category.Rules}-0{each + 2}", $"With {place.What} of {category.Where}, the parties say {(category.Rate == Rate.None ? "no VAT identifiers" : "the tax identifiers that it needs")}.",
            invoice => !Are(invoice, place, category).Any() || (category.Seller(invoice) && category.Buyer?.Invoke(invoice) != false))),
        .. taxed.Select((place, each) => Each(
            $"{category.Rules}-0{each + 5}", place.Group, $"In {place.What} of {category.Where}, the rate is {Words(category.Rate)} ({place.Percent}).",
            group => group.Text(place.Code) != category.Code || RateHolds(group, place.Percent, category.Rate))),
        Each($"{category.Rules}-08", "BG-23", $"The taxable amount (BT-116) of {category.Where}, is the sum of its lines, less allowances plus charges{(category.ByRate ? ", for each rate" : "")}.",
            vat => vat.Text("BT-118") != category.Code || TaxableHolds(vat, category)),
        Each($"{category.Rules}-09", "BG-23", $"The tax (BT-117) of {category.Where}, is {(category.ByRate ? "its taxable amount by its rate" : "nothing")}.",
            vat => vat.Text("BT-118") != category.Code || TaxHolds(vat, category)),
        Each($"{category.Rules}-10", "BG-23", $"The breakdown of {category.Where}, says {(category.Exempts ? "why it is exempt (BT-120 or BT-121)" : "no reason for exemption (BT-120, BT-121)")}.",
            vat => vat.Text("BT-118") != category.Code || category.Exempts == (vat.Has("BT-120") || vat.Has("BT-121"))),
    ];

    private static IEnumerable<InvoiceRule> Alone =>
        new[] { breakdown, line, allowance, charge }.Select((place, each) => Whole($"BR-O-{each + 11}", $"Where something is not subject to VAT, {place.What} is of no other category.",
            invoice => !Codes(invoice, breakdown).Contains("O", StringComparer.Ordinal) || Codes(invoice, place).All(code => code == "O")));

    private static InvoiceRule[] IntraCommunity =>
    [
        Whole("BR-IC-11", "An intra-community supply says its day of delivery (BT-72) or its period (BG-14).", invoice => !HasK(invoice) || HasIn(invoice, "BG-13", "BT-72") || invoice.All("BG-14").Any(period => period.Has("BT-73") || period.Has("BT-74"))),
        Whole("BR-IC-12", "An intra-community supply says to which country it went (BT-80).", invoice => !HasK(invoice) || HasIn(invoice, "BG-15", "BT-80")),
    ];

    // Italy's split payment came by an amendment of the rules; its category is B.
    private static InvoiceRule[] Split =>
    [
        Whole("BR-B-01", "Split payment (VAT category B) is for sellers and buyers in Italy.", invoice => !AllCodes(invoice).Contains("B", StringComparer.Ordinal) || (HasCountry(invoice, "BG-5", "BT-40") && HasCountry(invoice, "BG-8", "BT-55"))),
        Whole("BR-B-02", "Split payment (VAT category B) and the standard rate (S) exclude each other.", invoice => !AllCodes(invoice).Contains("B", StringComparer.Ordinal) || !AllCodes(invoice).Contains("S", StringComparer.Ordinal)),
    ];

    private static bool InBreakdown(Group invoice, Category category)
    {
        var (used, broken) = (taxed.Any(place => Are(invoice, place, category).Any()), Are(invoice, breakdown, category).Count());
        return category.ByRate ? used == (broken > 0) : broken == 1 || (broken == 0 && !used);
    }

    private static bool RateHolds(Group group, string term, Rate rate) => rate switch
    {
        Rate.None => !group.Has(term),
        Rate.Zero => group.Number(term) == 0,
        Rate.Positive => group.Number(term) > 0,
        _ => group.Number(term) >= 0,
    };

    private static string Words(Rate rate) => rate switch { Rate.None => "not said", Rate.Zero => "zero", Rate.Positive => "above zero", _ => "zero or above" };

    private static bool TaxableHolds(Group vat, Category category)
    {
        bool Taken(Group group, Place place) => group.Text(place.Code) == category.Code && (!category.ByRate || group.Number(place.Percent) == vat.Number("BT-119"));
        var lines = Rounding.Sum(vat.Invoice.All("BG-25").Where(each => each.All(line.Group).Any(group => Taken(group, line))), "BT-131");
        var allowances = Rounding.Sum(vat.Invoice.All("BG-20").Where(each => Taken(each, allowance)), "BT-92");
        var charges = Rounding.Sum(vat.Invoice.All("BG-21").Where(each => Taken(each, charge)), "BT-99");
        return vat.Number("BT-116") is { } told && lines - allowances + charges is { } sum && told == Rounding.ToCents(sum);
    }

    private static bool TaxHolds(Group vat, Category category) => vat.Number("BT-117") is { } tax
        && (category.ByRate ? vat.Number("BT-116") is { } on && vat.Number("BT-119") is { } percent && tax == Rounding.Vat(on, percent) : tax == 0);

    private static IEnumerable<Group> Are(Group invoice, Place place, Category category) => invoice.All(place.Group).Where(group => group.Text(place.Code) == category.Code);

    private static IEnumerable<string> Codes(Group invoice, Place place) => invoice.All(place.Group).Select(group => group.Text(place.Code));

    private static IEnumerable<string> AllCodes(Group invoice) => taxed.Append(breakdown).SelectMany(place => Codes(invoice, place));

    private static bool HasK(Group invoice) => Codes(invoice, breakdown).Contains("K", StringComparer.Ordinal);

    private static bool HasCountry(Group invoice, string group, string term) => invoice.All(group).Any(address => address.Text(term) == "IT");

    private static bool HasIn(Group invoice, string group, string term) => invoice.All(group).Any(each => each.Every(term).Any(told => told.Text.Length > 0));

    private static bool SellerVat(Group invoice) => HasIn(invoice, "BG-4", "BT-31") || HasIn(invoice, "BG-11", "BT-63");

    private static bool SellerOrTax(Group invoice) => SellerVat(invoice) || HasIn(invoice, "BG-4", "BT-32");

    private static bool NobodysVat(Group invoice) => !SellerVat(invoice) && !HasIn(invoice, "BG-7", "BT-48");
}
