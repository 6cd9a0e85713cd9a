using static Keten.Connectors.Invoices.InvoiceRule;

namespace Keten.Connectors.Invoices.Rules;

/// <summary>Of the rules on UBL's own syntax (CEN/TS 16931-3-2: UBL-SR-*, UBL-DT-*) those without which a term could be read in two ways.</summary>
internal static class SyntaxRules
{
    private const int TaxNumbersAtMost = 2;

    public static IEnumerable<InvoiceRule> All =>
    [
        Whole("UBL-SR-12", "The seller's VAT identifier (BT-31) stands once.", invoice => invoice.Every("BT-31").Count() <= 1),
        Whole("UBL-SR-42", "The seller has at most two tax numbers: one for VAT (BT-31) and another (BT-32).", invoice => invoice.Element.Along("AccountingSupplierParty/Party/PartyTaxScheme").Count() <= TaxNumbersAtMost),
        Whole("UBL-SR-44", "What the payer is to quote (BT-83) is the same in all payment instructions.", invoice => invoice.Every("BT-83").Select(term => term.Text).Distinct(StringComparer.Ordinal).Count() <= 1),
        Whole("UBL-SR-47", "The means of payment (BT-81) is the same in all payment instructions.", invoice => invoice.Every("BT-81").Select(term => term.Text).Distinct(StringComparer.Ordinal).Count() <= 1),
        Elements("UBL-DT-06", "What is embedded says its media type.", element => element.Name == "EmbeddedDocumentBinaryObject", element => element.Attribute("mimeCode") is { Length: > 0 }),
    ];
}
