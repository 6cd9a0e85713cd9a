using System.Collections.Frozen;
using static Keten.Connectors.Invoices.InvoiceRule;

namespace Keten.Connectors.Invoices.Rules;

/// <summary>BR-CL-*: codes are of the lists that EN 16931 names. Those whose lists run to hundreds or thousands of codes are named in <see cref="InvoiceRules.NotImplemented"/>.</summary>
internal static class CodeRules
{
    private static readonly string[] vatCategoryTerms = ["BT-95", "BT-102", "BT-118"];

    public static IEnumerable<InvoiceRule> All =>
    [
        Coded("BR-CL-01", ["BT-3"], "The document's type is of UNTDID 1001.", CodeLists.DocumentTypes),
        Attributed("BR-CL-03", "An amount's currency is of ISO 4217.", element => element.Name.EndsWith("Amount", StringComparison.Ordinal), "currencyID", CodeLists.Currencies),
        Coded("BR-CL-04", ["BT-5"], "The invoice's currency is of ISO 4217.", CodeLists.Currencies),
        Coded("BR-CL-05", ["BT-6"], "The currency in which VAT is accounted for is of ISO 4217.", CodeLists.Currencies),
        Coded("BR-CL-06", ["BT-8"], "When VAT falls due is said by a code of UNTDID 2005.", CodeLists.TaxPoints),
        Schemed("BR-CL-10", ["BT-29", "BT-46", "BT-60"], "A party's identifier is by a scheme of ISO/IEC 6523.", CodeLists.Identifiers),
        Attributed("BR-CL-11", "A registration is by a scheme of ISO/IEC 6523.", IsRegistration, "schemeID", CodeLists.Identifiers),
        Elements("BR-CL-14", "A country is of ISO 3166-1.", element => element.Name == "Country", country => country.Along("IdentificationCode").All(code => CodeLists.Countries.Contains(code.Text))),
        Coded("BR-CL-15", ["BT-159"], "The country of origin is of ISO 3166-1.", CodeLists.Countries),
        Coded("BR-CL-16", ["BT-81"], "The means of payment is of UNTDID 4461.", CodeLists.PaymentMeans),
        Coded("BR-CL-17", vatCategoryTerms, "A VAT category is of UNTDID 5305.", CodeLists.VatCategories),
        Coded("BR-CL-18", ["BT-151"], "A line's VAT category is of UNTDID 5305.", CodeLists.VatCategories),
        Coded("BR-CL-19", ["BT-98", "BT-140"], "The reason of an allowance is of UNTDID 5189.", CodeLists.AllowanceReasons),
        Schemed("BR-CL-21", ["BT-157"], "An item's standard identifier is by a scheme of ISO/IEC 6523.", CodeLists.Identifiers),
        Attributed("BR-CL-24", "What is embedded is of a media type that the rules take.", element => element.Name == "EmbeddedDocumentBinaryObject", "mimeCode", CodeLists.MediaTypes),
        Schemed("BR-CL-25", ["BT-34", "BT-49"], "An electronic address is by a scheme of the list EAS.", CodeLists.ElectronicAddresses),
        Schemed("BR-CL-26", ["BT-71"], "A place of delivery is by a scheme of ISO/IEC 6523.", CodeLists.Identifiers),
    ];

    private static InvoiceRule Coded(string id, string[] terms, string sentence, FrozenSet<string> codes) => Terms(id, terms, sentence, term => codes.Contains(term.Text));

    private static InvoiceRule Schemed(string id, string[] terms, string sentence, FrozenSet<string> codes) =>
        Terms(id, terms, sentence, term => term.Element.Attribute("schemeID") is not { } scheme || codes.Contains(scheme));

    private static InvoiceRule Attributed(string id, string sentence, Func<UblElement, bool> chosen, string attribute, FrozenSet<string> codes) =>
        Elements(id, sentence, chosen, element => element.Attribute(attribute) is not { } code || codes.Contains(code));

    // A party's tax numbers are in elements of the same name, and by no scheme.
    private static bool IsRegistration(UblElement element) => element is { Name: "CompanyID" };
}
