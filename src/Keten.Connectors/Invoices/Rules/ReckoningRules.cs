using static Keten.Connectors.Invoices.InvoiceRule;

namespace Keten.Connectors.Invoices.Rules;

/// <summary>BR-CO-*: what must agree within an invoice (EN 16931-1, 6.4.2), and BR-DEC-*: how finely amounts are written.</summary>
internal static class ReckoningRules
{
    public static IEnumerable<InvoiceRule> All => [.. Conditions, .. Sums, .. Decimals];

    private static InvoiceRule[] Conditions =>
    [
        Whole("BR-CO-03", "The date on which VAT falls due (BT-7) and a code for it (BT-8) exclude each other.", invoice => !invoice.Has("BT-7") || !invoice.Has("BT-8")),
        Each("BR-CO-04", "BG-25", "A line says its VAT category (BT-151).", line => line.Every("BT-151").Any(term => term.Text.Length > 0)),
        Terms("BR-CO-09", ["BT-31", "BT-48", "BT-63"], "A VAT identifier begins with the code of its country; Greece's may be EL.", term => CodeLists.Countries.Contains(Prefix(term.Text)) || Prefix(term.Text) is "EL" or "XI"),
        Each("BR-CO-19", "BG-14", "An invoiced period says its start (BT-73), its end (BT-74) or for what VAT falls due (BT-8).", period => period.Has("BT-73") || period.Has("BT-74") || period.Element.Along("DescriptionCode").Any()),
        Each("BR-CO-20", "BG-26", "A line's period says its start (BT-134) or its end (BT-135).", period => period.Has("BT-134") || period.Has("BT-135")),
        Each("BR-CO-21", "BG-20", "An allowance on the document has a reason (BT-97), its code (BT-98) or both.", allowance => allowance.Has("BT-97") || allowance.Has("BT-98")),
        Each("BR-CO-22", "BG-21", "A charge on the document has a reason (BT-104), its code (BT-105) or both.", charge => charge.Has("BT-104") || charge.Has("BT-105")),
        Each("BR-CO-23", "BG-27", "An allowance on a line has a reason (BT-139), its code (BT-140) or both.", allowance => allowance.Has("BT-139") || allowance.Has("BT-140")),
        Each("BR-CO-24", "BG-28", "A charge on a line has a reason (BT-144), its code (BT-145) or both.", charge => charge.Has("BT-144") || charge.Has("BT-145")),
        Each("BR-CO-25", "BG-22", "Where something is due on an invoice (BT-115), it says by when (BT-9) or on which terms (BT-20).",
            totals => totals.Invoice.Element.Name == "CreditNote" || !(totals.Number("BT-115") > 0) || totals.Invoice.Has("BT-9") || totals.Invoice.Has("BT-20")),
        Each("BR-CO-26", "BG-4", "The seller has an identifier (BT-29), a registration (BT-30) or a VAT identifier (BT-31).", seller => seller.Has("BT-29") || seller.Has("BT-30") || seller.Every("BT-31").Any()),
    ];

    private static InvoiceRule[] Sums =>
    [
        Each("BR-CO-10", "BG-22", "The sum of the lines (BT-106) is that of their net amounts (BT-131).", totals => Agrees(totals, "BT-106", Rounding.Sum(totals.Invoice.All("BG-25"), "BT-131"))),
        Each("BR-CO-11", "BG-22", "The sum of allowances (BT-107) is that of the document's (BT-92).", totals => Agrees(totals, "BT-107", Rounding.Sum(totals.Invoice.All("BG-20"), "BT-92"))),
        Each("BR-CO-12", "BG-22", "The sum of charges (BT-108) is that of the document's (BT-99).", totals => Agrees(totals, "BT-108", Rounding.Sum(totals.Invoice.All("BG-21"), "BT-99"))),
        Each("BR-CO-13", "BG-22", "The amount without VAT (BT-109) is that of the lines (BT-106) less allowances (BT-107) plus charges (BT-108).",
            totals => Agrees(totals, "BT-109", totals.Number("BT-106") - Or0(totals, "BT-107") + Or0(totals, "BT-108"))),
        Each("BR-CO-14", UblBinding.TaxTotal, "The total of VAT (BT-110) is the sum of the breakdown's (BT-117).", vat => !vat.All("BG-23").Any() || Agrees(vat, "TAX", Rounding.Sum(vat.All("BG-23"), "BT-117"))),
        Each("BR-CO-15", "BG-22", "The amount with VAT (BT-112) is that without (BT-109) plus the total of VAT (BT-110).", totals => Agrees(totals, "BT-112", totals.Number("BT-109") + TotalVat(totals.Invoice))),
        Each("BR-CO-16", "BG-22", "The amount due (BT-115) is that with VAT (BT-112) less what was paid (BT-113) plus rounding (BT-114).",
            totals => Agrees(totals, "BT-115", totals.Number("BT-112") - Or0(totals, "BT-113") + Or0(totals, "BT-114"))),
        Each("BR-CO-17", "BG-23", "The VAT of a breakdown (BT-117) is its taxable amount (BT-116) by its rate (BT-119), rounded to cents.",
            vat => !vat.Has("BT-117") || !vat.Has("BT-116") || vat.Number("BT-117") is { } tax && vat.Number("BT-116") is { } on && tax == Rounding.Vat(on, Or0(vat, "BT-119") ?? 0)),
        Whole("BR-CO-18", "An invoice has a VAT breakdown (BG-23).", invoice => invoice.All("BG-23").Any()),
    ];

    // An amount that is missing breaks another rule than this, where it must be there.
    private static bool Agrees(Group group, string term, decimal? sum) => !group.Has(term) || group.Number(term) is { } told && sum is { } reckoned && told == Rounding.ToCents(reckoned);

    // Where a document has one total only, that is meant, in whatever currency it says it is; of several, the one in the document's currency, of which there is one.
    private static decimal? TotalVat(Group invoice)
    {
        var totals = invoice.All(UblBinding.TaxTotal).ToList();
        return totals.Count <= 1 ? Rounding.Sum(totals, "TAX") : invoice.Every("BT-110").Count() == 1 ? invoice.Number("BT-110") : null;
    }

    private static decimal? Or0(Group group, string term) => group.Has(term) ? group.Number(term) : 0;

    private static string Prefix(string text) => text.Length < 2 ? "" : text[..2];

    private static IEnumerable<InvoiceRule> Decimals => FineTerms.Select(fine =>
        Terms(fine.Rule, [fine.Term], $"{fine.Term} is written with at most two digits behind the point.", term => term.Decimals <= 2));

    private static (string Rule, string Term)[] FineTerms =>
    [
        ("BR-DEC-01", "BT-92"), ("BR-DEC-02", "BT-93"), ("BR-DEC-05", "BT-99"), ("BR-DEC-06", "BT-100"), ("BR-DEC-09", "BT-106"), ("BR-DEC-10", "BT-107"), ("BR-DEC-11", "BT-108"),
        ("BR-DEC-12", "BT-109"), ("BR-DEC-13", "BT-110"), ("BR-DEC-14", "BT-112"), ("BR-DEC-15", "BT-111"), ("BR-DEC-16", "BT-113"), ("BR-DEC-17", "BT-114"), ("BR-DEC-18", "BT-115"),
        ("BR-DEC-19", "BT-116"), ("BR-DEC-20", "BT-117"), ("BR-DEC-23", "BT-131"), ("BR-DEC-24", "BT-136"), ("BR-DEC-25", "BT-137"), ("BR-DEC-27", "BT-141"), ("BR-DEC-28", "BT-142"),
    ];
}
