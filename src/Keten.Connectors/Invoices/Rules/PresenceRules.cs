using static Keten.Connectors.Invoices.InvoiceRule;

namespace Keten.Connectors.Invoices.Rules;

/// <summary>BR-1 to BR-65: what an invoice must have (EN 16931-1, 6.4.1).</summary>
internal static class PresenceRules
{
    private const int CardDigitsAtMost = 10;
    private static readonly string[] creditTransfers = ["30", "58"];

    public static IEnumerable<InvoiceRule> All =>
    [
        Whole("BR-01", "An invoice says by which specification it is made (BT-24).", invoice => invoice.Has("BT-24")),
        Whole("BR-02", "An invoice has a number (BT-1).", invoice => invoice.Has("BT-1")),
        Whole("BR-03", "An invoice has a date of issue (BT-2).", invoice => invoice.Has("BT-2")),
        Whole("BR-04", "An invoice says of which type it is (BT-3).", invoice => invoice.Has("BT-3")),
        Whole("BR-05", "An invoice says its currency (BT-5).", invoice => invoice.Has("BT-5")),
        Whole("BR-06", "An invoice names the seller (BT-27).", invoice => invoice.All("BG-4").Any(seller => seller.Has("BT-27"))),
        Whole("BR-07", "An invoice names the buyer (BT-44).", invoice => invoice.All("BG-7").Any(buyer => buyer.Has("BT-44"))),
        Whole("BR-08", "An invoice has the seller's postal address (BG-5).", invoice => invoice.All("BG-5").Any()),
        Each("BR-09", "BG-5", "The seller's address says its country (BT-40).", address => address.Has("BT-40")),
        Whole("BR-10", "An invoice has the buyer's postal address (BG-8).", invoice => invoice.All("BG-8").Any()),
        Each("BR-11", "BG-8", "The buyer's address says its country (BT-55).", address => address.Has("BT-55")),
        Each("BR-12", "BG-22", "The totals have the sum of the lines (BT-106).", totals => totals.Has("BT-106")),
        Each("BR-13", "BG-22", "The totals have the amount without VAT (BT-109).", totals => totals.Has("BT-109")),
        Each("BR-14", "BG-22", "The totals have the amount with VAT (BT-112).", totals => totals.Has("BT-112")),
        Each("BR-15", "BG-22", "The totals have the amount due (BT-115).", totals => totals.Has("BT-115")),
        Whole("BR-16", "An invoice has a line (BG-25).", invoice => invoice.All("BG-25").Any()),
        Each("BR-17", "BG-10", "A payee who is not the seller has a name (BT-59).", payee => payee.Has("BT-59")),
        Each("BR-18", "BG-11", "The seller's tax representative has a name (BT-62).", representative => representative.Has("BT-62")),
        Each("BR-19", "BG-11", "The seller's tax representative has a postal address (BG-12).", representative => representative.All("BG-12").Any()),
        Each("BR-20", "BG-12", "The tax representative's address says its country (BT-69).", address => address.Has("BT-69")),
        Each("BR-21", "BG-25", "A line has an identifier (BT-126).", line => line.Has("BT-126")),
        Each("BR-22", "BG-25", "A line has a quantity (BT-129).", line => line.Has("BT-129")),
        Each("BR-23", "BG-25", "A line says in which unit its quantity is (BT-130).", line => line.Terms.Any(term => term.Id == "BT-129" && term.Element.Attribute("unitCode") is { Length: > 0 })),
        Each("BR-24", "BG-25", "A line has a net amount (BT-131).", line => line.Has("BT-131")),
        Each("BR-25", "BG-25", "A line names its item (BT-153).", line => line.Every("BT-153").Any(term => term.Text.Length > 0)),
        Each("BR-26", "BG-25", "A line has the item's net price (BT-146).", line => line.Every("BT-146").Any(term => term.Text.Length > 0)),
        Each("BR-27", "BG-29", "The item's net price (BT-146) is not below nothing.", price => !price.Has("BT-146") || price.Number("BT-146") >= 0),
        Each("BR-28", "BG-29", "The item's gross price (BT-148) is not below nothing.", price => !price.Has("BT-148") || price.Number("BT-148") >= 0),
        Each("BR-29", "BG-14", "The invoiced period does not end (BT-74) before it starts (BT-73).", period => InOrder(period, "BT-73", "BT-74")),
        Each("BR-30", "BG-26", "A line's period does not end (BT-135) before it starts (BT-134).", period => InOrder(period, "BT-134", "BT-135")),
        Each("BR-31", "BG-20", "An allowance on the document has an amount (BT-92).", allowance => allowance.Has("BT-92")),
        Each("BR-32", "BG-20", "An allowance on the document says its VAT category (BT-95).", allowance => allowance.Has("BT-95")),
        Each("BR-33", "BG-20", "An allowance on the document has a reason (BT-97) or its code (BT-98).", allowance => allowance.Has("BT-97") || allowance.Has("BT-98")),
        Each("BR-36", "BG-21", "A charge on the document has an amount (BT-99).", charge => charge.Has("BT-99")),
        Each("BR-37", "BG-21", "A charge on the document says its VAT category (BT-102).", charge => charge.Has("BT-102")),
        Each("BR-38", "BG-21", "A charge on the document has a reason (BT-104) or its code (BT-105).", charge => charge.Has("BT-104") || charge.Has("BT-105")),
        Each("BR-41", "BG-27", "An allowance on a line has an amount (BT-136).", allowance => allowance.Has("BT-136")),
        Each("BR-42", "BG-27", "An allowance on a line has a reason (BT-139) or its code (BT-140).", allowance => allowance.Has("BT-139") || allowance.Has("BT-140")),
        Each("BR-43", "BG-28", "A charge on a line has an amount (BT-141).", charge => charge.Has("BT-141")),
        Each("BR-44", "BG-28", "A charge on a line has a reason (BT-144) or its code (BT-145).", charge => charge.Has("BT-144") || charge.Has("BT-145")),
        Each("BR-45", "BG-23", "A VAT breakdown has a taxable amount (BT-116).", vat => vat.Has("BT-116")),
        Each("BR-46", "BG-23", "A VAT breakdown has a tax amount (BT-117).", vat => vat.Has("BT-117")),
        Each("BR-47", "BG-23", "A VAT breakdown says its category (BT-118).", vat => vat.Has("BT-118")),
        Each("BR-48", "BG-23", "A VAT breakdown says its rate (BT-119), unless it is not subject to VAT.", vat => vat.Has("BT-119") || vat.Text("BT-118") == "O"),
        Each("BR-49", "BG-16", "A payment instruction says by which means (BT-81).", payment => payment.Has("BT-81")),
        Each("BR-50", "BG-17", "An account to pay to has an identifier (BT-84), where the means is a credit transfer.", account => account.Has("BT-84") || !IsCreditTransfer(account.Parent!)),
        Each("BR-51", "BG-18", "Of a card's number (BT-87) at most the first six and the last four digits are told.", card => card.Text("BT-87").Length is > 0 and <= CardDigitsAtMost),
        Each("BR-52", "BG-24", "A supporting document has a reference (BT-122).", document => document.Has("BT-122")),
        Whole("BR-53", "Where VAT is accounted for in another currency (BT-6), its total in that is told (BT-111).", invoice => !invoice.Has("BT-6") || invoice.Has("BT-111")),
        Each("BR-54", "BG-32", "An item's attribute has a name (BT-160) and a value (BT-161).", attribute => attribute.Has("BT-160") && attribute.Has("BT-161")),
        Each("BR-55", "BG-3", "A preceding invoice is named by its number (BT-25).", preceding => preceding.Has("BT-25")),
        Each("BR-56", "BG-11", "The seller's tax representative has a VAT identifier (BT-63).", representative => representative.Every("BT-63").Any(term => term.Text.Length > 0)),
        Each("BR-57", "BG-15", "The address of delivery says its country (BT-80).", address => address.Has("BT-80")),
        Each("BR-61", "BG-16", "Who is to be paid by credit transfer says to which account (BT-84).", payment => !IsCreditTransfer(payment) || payment.Every("BT-84").Any(term => term.Text.Length > 0)),
        Terms("BR-62", ["BT-34"], "The seller's electronic address says by which scheme it is one.", HasScheme),
        Terms("BR-63", ["BT-49"], "The buyer's electronic address says by which scheme it is one.", HasScheme),
        Terms("BR-64", ["BT-157"], "An item's standard identifier says by which scheme it is one.", HasScheme),
        Terms("BR-65", ["BT-158"], "An item's classification says by which list it is one.", term => term.Element.Attribute("listID") is { Length: > 0 }),
    ];

    private static bool InOrder(Group period, string start, string end) =>
        !period.Has(start) || !period.Has(end) || period[start]!.Day is { } first && period[end]!.Day is { } last && first <= last;

    private static bool IsCreditTransfer(Group payment) => creditTransfers.Contains(payment.Text("BT-81"), StringComparer.Ordinal);

    private static bool HasScheme(Term term) => term.Element.Attribute("schemeID") is { Length: > 0 };
}
