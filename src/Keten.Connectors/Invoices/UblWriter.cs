using System.Globalization;
using System.Text;
using System.Xml;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Connectors.Invoices;

/// <summary>Writes invoices and credit notes in UBL 2.1 by EN 16931. The same draft gives the same bytes on every machine: no clock, no culture, UTF-8, line feeds.</summary>
public static class UblWriter
{
    private const string Aggregates = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
    private const string Basics = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
    private const string Specification = "urn:cen.eu:en16931:2017";
    private const string DirectDebit = "59";
    private const string CreditTransfer = "58";
    private const string InvoicedObject = "130";

    /// <summary>The document.</summary>
    /// <exception cref="FormatException">The draft cannot be written, or what it says breaks a rule of EN 16931; the message names the first.</exception>
    public static byte[] Write(InvoiceDraft draft)
    {
        draft.Check();
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, IndentChars = "  ", NewLineChars = "\n", NewLineHandling = NewLineHandling.Replace }))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement(draft.Credits is null ? "Invoice" : "CreditNote", draft.Credits is null ? UblBinding.InvoiceSpace : UblBinding.CreditNoteSpace);
            xml.WriteAttributeString("xmlns", "cac", ns: null, Aggregates);
            xml.WriteAttributeString("xmlns", "cbc", ns: null, Basics);
            Document(xml, draft);
            xml.WriteEndElement();
        }
        bytes.WriteByte((byte)'\n');
        var written = bytes.ToArray();
        var broken = InvoiceRules.Check(UblReader.Read(new MemoryStream(written)));
        return broken.Count == 0 ? written : throw new FormatException($"The invoice would break {broken[0].Rule.Id}: {broken[0].Rule.Sentence}");
    }

    private static void Document(XmlWriter xml, InvoiceDraft draft)
    {
        var invoice = draft.Credits is null;
        xml.Say("CustomizationID", Specification);
        xml.Say("ID", draft.Number);
        xml.Say("IssueDate", Day(draft.IssuedOn));
        if (invoice) xml.Say("DueDate", Day(draft.DueOn));
        xml.Say(invoice ? "InvoiceTypeCode" : "CreditNoteTypeCode", invoice ? "380" : "381");
        xml.Say("DocumentCurrencyCode", draft.Currency);
        if (draft.Credits is { } credited) xml.Group("BillingReference", () => xml.Group("InvoiceDocumentReference", () => xml.Say("ID", credited)));
        foreach (var support in draft.Support)
            xml.Group("AdditionalDocumentReference", () =>
            {
                xml.Say("ID", support.Reference);
                xml.Say("DocumentDescription", support.Description);
            });
        xml.Group("AccountingSupplierParty", () => Party(xml, draft.Profile.Seller, draft.Profile.Payment.Debit?.CreditorId));
        xml.Group("AccountingCustomerParty", () => Party(xml, draft.Profile.Buyer, creditorId: null));
        xml.Group("PaymentMeans", () => Payment(xml, draft.Profile.Payment));
        xml.Group("TaxTotal", () => Tax(xml, draft));
        xml.Group("LegalMonetaryTotal", () => Totals(xml, draft));
        foreach (var item in draft.Items) xml.Group(invoice ? "InvoiceLine" : "CreditNoteLine", () => Line(xml, draft, item));
    }

    private static void Party(XmlWriter xml, InvoiceParty party, string? creditorId) => xml.Group("Party", () =>
    {
        if (creditorId is not null) xml.Group("PartyIdentification", () => xml.Say("ID", creditorId, ("schemeID", "SEPA")));
        xml.Group("PostalAddress", () =>
        {
            xml.Say("StreetName", party.Street);
            xml.Say("CityName", party.City);
            xml.Say("PostalZone", party.PostalZone);
            xml.Group("Country", () => xml.Say("IdentificationCode", party.Country));
        });
        if (party.VatId is { } vat)
            xml.Group("PartyTaxScheme", () =>
            {
                xml.Say("CompanyID", vat);
                VatScheme(xml);
            });
        xml.Group("PartyLegalEntity", () =>
        {
            xml.Say("RegistrationName", party.Name);
            if (party.Registration is { } registration) xml.Say("CompanyID", registration);
        });
    });

    private static void Payment(XmlWriter xml, InvoicePayment payment)
    {
        xml.Say("PaymentMeansCode", payment.Debit is null ? CreditTransfer : DirectDebit);
        xml.Say("PaymentID", payment.Remittance);
        xml.Group("PayeeFinancialAccount", () =>
        {
            xml.Say("ID", payment.PayTo.Iban.Text);
            xml.Say("Name", payment.PayTo.Name);
        });
        if (payment.Debit is { } debit)
            xml.Group("PaymentMandate", () =>
            {
                xml.Say("ID", debit.Mandate);
                xml.Group("PayerFinancialAccount", () => xml.Say("ID", debit.From.Text));
            });
    }

    private static void Tax(XmlWriter xml, InvoiceDraft draft)
    {
        xml.Money("TaxAmount", draft.Vat, draft);
        xml.Group("TaxSubtotal", () =>
        {
            xml.Money("TaxableAmount", draft.Net, draft);
            xml.Money("TaxAmount", draft.Vat, draft);
            xml.Group("TaxCategory", () => Category(xml, draft.Profile.Vat, draft.Profile.Vat.Reason));
        });
    }

    private static void Totals(XmlWriter xml, InvoiceDraft draft)
    {
        xml.Money("LineExtensionAmount", draft.Net, draft);
        xml.Money("TaxExclusiveAmount", draft.Net, draft);
        xml.Money("TaxInclusiveAmount", draft.Gross, draft);
        if (draft.PaidCents != 0) xml.Money("PrepaidAmount", draft.Paid, draft);
        if (draft.RoundedBy != 0) xml.Money("PayableRoundingAmount", draft.RoundedBy, draft);
        xml.Money("PayableAmount", draft.Due, draft);
    }

    // The price is that of the whole quantity: so the line comes to the cent, however the price of one would have to be rounded.
    private static void Line(XmlWriter xml, InvoiceDraft draft, InvoiceItem item)
    {
        xml.Say("ID", item.Id);
        xml.Say(draft.Credits is null ? "InvoicedQuantity" : "CreditedQuantity", Number(item.Quantity), ("unitCode", item.Unit));
        xml.Money("LineExtensionAmount", item.NetCents / 100m, draft);
        xml.Group("InvoicePeriod", () =>
        {
            xml.Say("StartDate", Day(item.From));
            xml.Say("EndDate", Day(item.To));
        });
        if (item.Object is { } billed)
            xml.Group("DocumentReference", () =>
            {
                xml.Say("ID", billed);
                xml.Say("DocumentTypeCode", InvoicedObject);
            });
        xml.Group("Item", () =>
        {
            xml.Say("Name", item.Name);
            xml.Group("ClassifiedTaxCategory", () => Category(xml, draft.Profile.Vat, reason: null));
        });
        xml.Group("Price", () =>
        {
            xml.Money("PriceAmount", item.NetCents / 100m, draft);
            xml.Say("BaseQuantity", Number(item.Quantity), ("unitCode", item.Unit));
        });
    }

    private static void Category(XmlWriter xml, InvoiceVat vat, string? reason)
    {
        xml.Say("ID", vat.Category);
        if (vat.Percent is { } percent) xml.Say("Percent", Number(percent));
        if (reason is not null) xml.Say("TaxExemptionReason", reason);
        VatScheme(xml);
    }

    private static void VatScheme(XmlWriter xml) => xml.Group("TaxScheme", () => xml.Say("ID", "VAT"));

    private static void Group(this XmlWriter xml, string name, Action within)
    {
        xml.WriteStartElement("cac", name, Aggregates);
        within();
        xml.WriteEndElement();
    }

    private static void Say(this XmlWriter xml, string name, string text, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        xml.WriteStartElement("cbc", name, Basics);
        foreach (var attribute in attributes) xml.WriteAttributeString(attribute.Name, attribute.Value);
        xml.WriteString(text);
        xml.WriteEndElement();
    }

    private static void Money(this XmlWriter xml, string name, decimal value, InvoiceDraft draft) => xml.Say(name, value.ToString("0.00", CultureInfo.InvariantCulture), ("currencyID", draft.Currency));

    private static string Number(decimal value) => value.ToString("0.##########", CultureInfo.InvariantCulture);

    private static string Day(Instant day) => CalendarDate.Of(day) is var date ? string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}-{date.Day:00}") : "";
}
