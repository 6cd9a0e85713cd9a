namespace Keten.Connectors.Invoices;

/// <summary>Where a term or a group of EN 16931-1 stands in UBL.</summary>
/// <param name="Of">The group that it is a part of.</param>
/// <param name="Id">BT or BG, by its number.</param>
/// <param name="Path">From the group's element.</param>
/// <param name="Only">Which of the elements there; null for all. Given are the element and the group's.</param>
public sealed record Bound(string Of, string Id, string Path, Func<UblElement, UblElement, bool>? Only = null);

/// <summary>The binding of EN 16931-1 to UBL 2.1 (CEN/TS 16931-3-2), as a list. What a list of names with bars between binds differs between Invoice and CreditNote.</summary>
public static class UblBinding
{
    /// <summary>The id of the whole invoice.</summary>
    public const string Whole = "INVOICE";

    /// <summary>The id of UBL's total of VAT in one currency, which the model does not have: it holds BT-110 or BT-111, and the breakdown.</summary>
    public const string TaxTotal = "TAXTOTAL";

    /// <summary>The namespace of UBL's Invoice.</summary>
    public const string InvoiceSpace = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2";

    /// <summary>The namespace of UBL's CreditNote.</summary>
    public const string CreditNoteSpace = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2";

    private const string ObjectReference = "130";

    /// <summary>All terms.</summary>
    public static IReadOnlyList<Bound> AllTerms { get; } =
    [
        new(Whole, "BT-1", "ID"), new(Whole, "BT-2", "IssueDate"), new(Whole, "BT-3", "InvoiceTypeCode|CreditNoteTypeCode"), new(Whole, "BT-5", "DocumentCurrencyCode"),
        new(Whole, "BT-6", "TaxCurrencyCode"), new(Whole, "BT-7", "TaxPointDate"), new(Whole, "BT-8", "InvoicePeriod/DescriptionCode"), new(Whole, "BT-9", "DueDate"),
        new(Whole, "BT-9", "PaymentMeans/PaymentDueDate"), new(Whole, "BT-10", "BuyerReference"), new(Whole, "BT-11", "ProjectReference/ID"), new(Whole, "BT-12", "ContractDocumentReference/ID"),
        new(Whole, "BT-13", "OrderReference/ID"), new(Whole, "BT-14", "OrderReference/SalesOrderID"), new(Whole, "BT-15", "ReceiptDocumentReference/ID"),
        new(Whole, "BT-16", "DespatchDocumentReference/ID"), new(Whole, "BT-17", "OriginatorDocumentReference/ID"), new(Whole, "BT-19", "AccountingCost"),
        new(Whole, "BT-20", "PaymentTerms/Note"), new(Whole, "BT-22", "Note"), new(Whole, "BT-23", "ProfileID"), new(Whole, "BT-24", "CustomizationID"),
        new("BG-3", "BT-25", "InvoiceDocumentReference/ID"), new("BG-3", "BT-26", "InvoiceDocumentReference/IssueDate"),
        new("BG-4", "BT-27", "Party/PartyLegalEntity/RegistrationName"), new("BG-4", "BT-28", "Party/PartyName/Name"), new("BG-4", "BT-29", "Party/PartyIdentification/ID", NotSepa),
        new("BG-4", "BT-30", "Party/PartyLegalEntity/CompanyID"), new("BG-4", "BT-33", "Party/PartyLegalEntity/CompanyLegalForm"), new("BG-4", "BT-34", "Party/EndpointID"),
        new("BG-4", "BT-90", "Party/PartyIdentification/ID", Sepa), new("VATID-4", "BT-31", "CompanyID"), new("TAXID-4", "BT-32", "CompanyID"),
        .. Address("BG-5", 35), new("BG-6", "BT-41", "Name"), new("BG-6", "BT-42", "Telephone"), new("BG-6", "BT-43", "ElectronicMail"),
        new("BG-7", "BT-44", "Party/PartyLegalEntity/RegistrationName"), new("BG-7", "BT-45", "Party/PartyName/Name"), new("BG-7", "BT-46", "Party/PartyIdentification/ID"),
        new("BG-7", "BT-47", "Party/PartyLegalEntity/CompanyID"), new("BG-7", "BT-49", "Party/EndpointID"), new("VATID-7", "BT-48", "CompanyID"),
        .. Address("BG-8", 50), new("BG-9", "BT-56", "Name"), new("BG-9", "BT-57", "Telephone"), new("BG-9", "BT-58", "ElectronicMail"),
        new("BG-10", "BT-59", "PartyName/Name"), new("BG-10", "BT-60", "PartyIdentification/ID", NotSepa), new("BG-10", "BT-61", "PartyLegalEntity/CompanyID"),
        new("BG-10", "BT-90", "PartyIdentification/ID", Sepa), new("BG-11", "BT-62", "PartyName/Name"), new("VATID-11", "BT-63", "CompanyID"), .. Address("BG-12", 64),
        new("BG-13", "BT-70", "DeliveryParty/PartyName/Name"), new("BG-13", "BT-71", "DeliveryLocation/ID"), new("BG-13", "BT-72", "ActualDeliveryDate"),
        new("BG-14", "BT-73", "StartDate"), new("BG-14", "BT-74", "EndDate"), .. Address("BG-15", 75),
        new("BG-16", "BT-81", "PaymentMeansCode"), new("BG-16", "BT-83", "PaymentID"), new("BG-17", "BT-84", "ID"), new("BG-17", "BT-85", "Name"),
        new("BG-17", "BT-86", "FinancialInstitutionBranch/ID"), new("BG-18", "BT-87", "PrimaryAccountNumberID"), new("BG-18", "BT-88", "HolderName"),
        new("BG-19", "BT-89", "ID"), new("BG-19", "BT-91", "PayerFinancialAccount/ID"),
        .. Document("BG-20", 92), .. Document("BG-21", 99),
        new("BG-22", "BT-106", "LineExtensionAmount"), new("BG-22", "BT-107", "AllowanceTotalAmount"), new("BG-22", "BT-108", "ChargeTotalAmount"), new("BG-22", "BT-109", "TaxExclusiveAmount"),
        new("BG-22", "BT-112", "TaxInclusiveAmount"), new("BG-22", "BT-113", "PrepaidAmount"), new("BG-22", "BT-114", "PayableRoundingAmount"), new("BG-22", "BT-115", "PayableAmount"),
        new(Whole, "BT-110", "TaxTotal/TaxAmount", InDocumentCurrency), new(Whole, "BT-111", "TaxTotal/TaxAmount", InTaxCurrency), new(TaxTotal, "TAX", "TaxAmount"),
        new("BG-23", "BT-116", "TaxableAmount"), new("BG-23", "BT-117", "TaxAmount"), new("BG-23", "BT-118", "TaxCategory/ID"), new("BG-23", "BT-119", "TaxCategory/Percent"),
        new("BG-23", "BT-120", "TaxCategory/TaxExemptionReason"), new("BG-23", "BT-121", "TaxCategory/TaxExemptionReasonCode"),
        new("OBJECT", "BT-18", "ID"), new("BG-24", "BT-122", "ID"), new("BG-24", "BT-123", "DocumentDescription"),
        new("BG-24", "BT-124", "Attachment/ExternalReference/URI"), new("BG-24", "BT-125", "Attachment/EmbeddedDocumentBinaryObject"),
        new("BG-25", "BT-126", "ID"), new("BG-25", "BT-127", "Note"), new("BG-25", "BT-128", "DocumentReference/ID"), new("BG-25", "BT-129", "InvoicedQuantity|CreditedQuantity"),
        new("BG-25", "BT-131", "LineExtensionAmount"), new("BG-25", "BT-132", "OrderLineReference/LineID"), new("BG-25", "BT-133", "AccountingCost"),
        new("BG-26", "BT-134", "StartDate"), new("BG-26", "BT-135", "EndDate"), .. OfLine("BG-27", 136), .. OfLine("BG-28", 141),
        new("BG-29", "BT-146", "PriceAmount"), new("BG-29", "BT-147", "AllowanceCharge/Amount"), new("BG-29", "BT-148", "AllowanceCharge/BaseAmount"), new("BG-29", "BT-149", "BaseQuantity"),
        new("BG-30", "BT-151", "ID"), new("BG-30", "BT-152", "Percent"), new("BG-31", "BT-153", "Name"), new("BG-31", "BT-154", "Description"),
        new("BG-31", "BT-155", "SellersItemIdentification/ID"), new("BG-31", "BT-156", "BuyersItemIdentification/ID"), new("BG-31", "BT-157", "StandardItemIdentification/ID"),
        new("BG-31", "BT-158", "CommodityClassification/ItemClassificationCode"), new("BG-31", "BT-159", "OriginCountry/IdentificationCode"),
        new("BG-32", "BT-160", "Name"), new("BG-32", "BT-161", "Value"),
    ];

    /// <summary>All groups. BG-1 and BG-2 are no elements of their own in UBL; what identifies a party for VAT or another tax, or the object that is invoiced, is, and has ids of the house.</summary>
    public static IReadOnlyList<Bound> AllGroups { get; } =
    [
        new(Whole, "BG-3", "BillingReference"), new(Whole, "BG-4", "AccountingSupplierParty"), new("BG-4", "BG-5", "Party/PostalAddress"), new("BG-4", "BG-6", "Party/Contact"),
        new("BG-4", "VATID-4", "Party/PartyTaxScheme", IsVat), new("BG-4", "TAXID-4", "Party/PartyTaxScheme", IsOtherTax),
        new(Whole, "BG-7", "AccountingCustomerParty"), new("BG-7", "BG-8", "Party/PostalAddress"), new("BG-7", "BG-9", "Party/Contact"), new("BG-7", "VATID-7", "Party/PartyTaxScheme", IsVat),
        new(Whole, "BG-10", "PayeeParty"), new(Whole, "BG-11", "TaxRepresentativeParty"), new("BG-11", "BG-12", "PostalAddress"), new("BG-11", "VATID-11", "PartyTaxScheme", IsVat),
        new(Whole, "BG-13", "Delivery"), new(Whole, "BG-14", "InvoicePeriod"), new("BG-13", "BG-15", "DeliveryLocation/Address"),
        new(Whole, "BG-16", "PaymentMeans"), new("BG-16", "BG-17", "PayeeFinancialAccount"), new("BG-16", "BG-18", "CardAccount"), new("BG-16", "BG-19", "PaymentMandate"),
        new(Whole, "BG-20", "AllowanceCharge", Allowance), new(Whole, "BG-21", "AllowanceCharge", Charge), new(Whole, "BG-22", "LegalMonetaryTotal"),
        new(Whole, TaxTotal, "TaxTotal"), new(TaxTotal, "BG-23", "TaxSubtotal"), new(Whole, "BG-24", "AdditionalDocumentReference", (reference, _) => !IsObject(reference)),
        new(Whole, "OBJECT", "AdditionalDocumentReference", (reference, _) => IsObject(reference)),
        new(Whole, "BG-25", "InvoiceLine|CreditNoteLine"), new("BG-25", "BG-26", "InvoicePeriod"), new("BG-25", "BG-27", "AllowanceCharge", Allowance), new("BG-25", "BG-28", "AllowanceCharge", Charge),
        new("BG-25", "BG-29", "Price"), new("BG-25", "BG-31", "Item"), new("BG-31", "BG-30", "ClassifiedTaxCategory"), new("BG-31", "BG-32", "AdditionalItemProperty"),
    ];

    private static readonly ILookup<string, Bound> terms = AllTerms.ToLookup(bound => bound.Of, StringComparer.Ordinal);
    private static readonly ILookup<string, Bound> groups = AllGroups.ToLookup(bound => bound.Of, StringComparer.Ordinal);

    /// <summary>The terms of a group.</summary>
    public static IEnumerable<Bound> Terms(string group) => terms[group];

    /// <summary>The groups of a group.</summary>
    public static IEnumerable<Bound> Groups(string group) => groups[group];

    private static bool IsObject(UblElement reference) => Says(reference, "DocumentTypeCode", ObjectReference);

    // BT-35 to BT-40 and BT-162 stand alike in each address; of an address's seven only the number of the first differs.
    private static Bound[] Address(string group, int first) =>
    [
        new(group, $"BT-{first}", "StreetName"), new(group, $"BT-{first + 1}", "AdditionalStreetName"), new(group, $"BT-{first + 2}", "CityName"), new(group, $"BT-{first + 3}", "PostalZone"),
        new(group, $"BT-{first + 4}", "CountrySubentity"), new(group, $"BT-{first + 5}", "Country/IdentificationCode"),
    ];

    private static Bound[] Document(string group, int first) =>
    [
        new(group, $"BT-{first}", "Amount"), new(group, $"BT-{first + 1}", "BaseAmount"), new(group, $"BT-{first + 2}", "MultiplierFactorNumeric"), new(group, $"BT-{first + 3}", "TaxCategory/ID"),
        new(group, $"BT-{first + 4}", "TaxCategory/Percent"), new(group, $"BT-{first + 5}", "AllowanceChargeReason"), new(group, $"BT-{first + 6}", "AllowanceChargeReasonCode"),
    ];

    private static Bound[] OfLine(string group, int first) =>
    [
        new(group, $"BT-{first}", "Amount"), new(group, $"BT-{first + 1}", "BaseAmount"), new(group, $"BT-{first + 2}", "MultiplierFactorNumeric"),
        new(group, $"BT-{first + 3}", "AllowanceChargeReason"), new(group, $"BT-{first + 4}", "AllowanceChargeReasonCode"),
    ];

    private static bool Says(UblElement element, string path, string text) => element.Along(path).Any(each => each.Text == text);

    private static bool Allowance(UblElement element, UblElement group) => Says(element, "ChargeIndicator", "false") || Says(element, "ChargeIndicator", "0");

    private static bool Charge(UblElement element, UblElement group) => Says(element, "ChargeIndicator", "true") || Says(element, "ChargeIndicator", "1");

    private static bool IsVat(UblElement element, UblElement group) => Says(element, "TaxScheme/ID", "VAT");

    private static bool IsOtherTax(UblElement element, UblElement group) => !IsVat(element, group);

    private static bool Sepa(UblElement element, UblElement group) => element.Attribute("schemeID") == "SEPA";

    private static bool NotSepa(UblElement element, UblElement group) => !Sepa(element, group);

    private static bool InDocumentCurrency(UblElement element, UblElement invoice) => element.Attribute("currencyID") is not { } currency || Says(invoice, "DocumentCurrencyCode", currency);

    private static bool InTaxCurrency(UblElement element, UblElement invoice) => element.Attribute("currencyID") is { } currency && Says(invoice, "TaxCurrencyCode", currency);
}
