using System.Text;
using System.Xml;
using System.Xml.Schema;
using Keten.Connectors.Invoices;
using Keten.Connectors.Sepa;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Invoices;

/// <summary>Invoices out, and each rule that the standard's cases leave out, broken on one of them.</summary>
public sealed class UblWriterTests
{
    private static readonly Instant Day = new(20_500 * Instant.Day);

    [Fact]
    public void The_same_draft_gives_the_same_bytes_and_keeps_every_rule()
    {
        Assert.Equal(UblWriter.Write(Draft()), UblWriter.Write(Draft()));
        Assert.Empty(InvoiceRules.Check(Read(Text())));
        Assert.Empty(InvoiceRules.Check(Read(Encoding.UTF8.GetString(UblWriter.Write(Draft() with { Credits = "7" })))));
    }

    [DataTheory]
    [InlineData(null, "UBL-Invoice-2.5.xsd")]
    [InlineData("2026-6", "UBL-CreditNote-2.5.xsd")]
    public void What_is_written_is_valid_by_the_schema(string? credits, string schema)
    {
        var faults = new List<string>();
        var set = new XmlSchemaSet { XmlResolver = new XmlUrlResolver() };
        // One of the schemas that the schemas import declares a document type of its own.
        using (var source = XmlReader.Create(Data.Path("ubl-xsd", "maindoc", schema), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore })) set.Add(null, source);
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema, Schemas = set };
        settings.ValidationEventHandler += (_, fault) => faults.Add(fault.Message);
        using var reader = XmlReader.Create(new MemoryStream(UblWriter.Write(Draft() with { Credits = credits })), settings);
        while (reader.Read())
        {
        }
        Assert.Empty(faults);
    }

    [Fact]
    public void Totals_follow_from_the_lines_and_what_rounding_made_is_told()
    {
        var draft = Draft() with { PaidCents = 100, DueCents = 1_358 };
        Assert.Equal((12.04m, 2.53m, 14.57m, 0.01m), (draft.Net, draft.Vat, draft.Gross, draft.RoundedBy));
        Assert.Contains("<cbc:PayableRoundingAmount currencyID=\"EUR\">0.01</cbc:PayableRoundingAmount>", Encoding.UTF8.GetString(UblWriter.Write(draft)), StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => UblWriter.Write(draft with { DueCents = 1_400 }));
        Assert.Throws<FormatException>(() => UblWriter.Write(draft with { Items = [] }));
    }

    [Fact]
    public void What_would_break_a_rule_is_not_written()
    {
        var draft = Draft();
        var unnamed = draft with { Profile = draft.Profile with { Seller = draft.Profile.Seller with { VatId = "ZZ1" } } };
        Assert.Contains("BR-CO-09", Assert.Throws<FormatException>(() => UblWriter.Write(unnamed)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<cbc:CustomizationID>urn:cen.eu:en16931:2017<", "<cbc:CustomizationID><", "BR-01")]
    [InlineData("<cbc:IssueDate>2026-02-16<", "<cbc:IssueDate><", "BR-03")]
    [InlineData(">EUR</cbc:DocumentCurrencyCode>", "></cbc:DocumentCurrencyCode>", "BR-05")]
    [InlineData("<cbc:RegistrationName>Bob<", "<cbc:RegistrationName><", "BR-07")]
    [InlineData("<cbc:IdentificationCode>NL<", "<cbc:IdentificationCode><", "BR-09")]
    [InlineData("<cbc:IdentificationCode>BE<", "<cbc:IdentificationCode><", "BR-11")]
    [InlineData("<cbc:TaxExclusiveAmount currencyID=\"EUR\">12.04<", "<cbc:TaxExclusiveAmount currencyID=\"EUR\"><", "BR-13")]
    [InlineData("<cbc:PayableAmount currencyID=\"EUR\">14.57<", "<cbc:PayableAmount currencyID=\"EUR\"><", "BR-15")]
    [InlineData("<cbc:ID>1</cbc:ID>", "", "BR-21")]
    [InlineData("<cbc:InvoicedQuantity unitCode=\"KWH\">", "<cbc:InvoicedQuantity>", "BR-23")]
    [InlineData("<cbc:Name>First</cbc:Name>", "", "BR-25")]
    [InlineData("<cbc:PriceAmount currencyID=\"EUR\">9.99", "<cbc:PriceAmount currencyID=\"EUR\">-9.99", "BR-27")]
    [InlineData("<cbc:EndDate>2026-02-16", "<cbc:EndDate>2026-02-15", "BR-30")]
    [InlineData("<cbc:TaxableAmount currencyID=\"EUR\">12.04<", "<cbc:TaxableAmount currencyID=\"EUR\"><", "BR-45")]
    [InlineData("<cbc:PaymentMeansCode>59<", "<cbc:PaymentMeansCode><", "BR-49")]
    [InlineData("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>", "BR-53")]
    [InlineData("<cbc:LineExtensionAmount currencyID=\"EUR\">12.04", "<cbc:LineExtensionAmount currencyID=\"EUR\">12.05", "BR-CO-10")]
    [InlineData("<cac:TaxTotal>\n    <cbc:TaxAmount currencyID=\"EUR\">2.53", "<cac:TaxTotal>\n    <cbc:TaxAmount currencyID=\"EUR\">2.54", "BR-CO-14")]
    [InlineData("<cbc:TaxInclusiveAmount currencyID=\"EUR\">14.57", "<cbc:TaxInclusiveAmount currencyID=\"EUR\">14.58", "BR-CO-15")]
    [InlineData("<cbc:Percent>21<", "<cbc:Percent>20<", "BR-CO-17")]
    [InlineData("<cbc:DueDate>2026-02-16</cbc:DueDate>", "", "BR-CO-25")]
    [InlineData("NL123456789B01", "", "BR-S-02")]
    [InlineData("<cbc:Percent>21<", "<cbc:Percent>0<", "BR-S-05")]
    [InlineData("<cbc:Percent>21<", "<cbc:Percent>20<", "BR-S-09")]
    [InlineData(">2.05</cbc:LineExtensionAmount>", ">2.050</cbc:LineExtensionAmount>", "BR-DEC-23")]
    [InlineData("<cbc:InvoiceTypeCode>380", "<cbc:InvoiceTypeCode>999", "BR-CL-01")]
    [InlineData("<cbc:DocumentCurrencyCode>EUR", "<cbc:DocumentCurrencyCode>EUX", "BR-CL-04")]
    public void A_rule_that_is_broken_is_named(string good, string bad, string rule)
    {
        var text = Text();
        Assert.Contains(good, text, StringComparison.Ordinal);
        Assert.Contains(rule, InvoiceRules.Check(Read(text.Replace(good, bad, StringComparison.Ordinal))).Select(breach => breach.Rule.Id));
    }

    private static Group Read(string text) => UblReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)));

    private static string Text() => Encoding.UTF8.GetString(UblWriter.Write(Draft()));

    private static InvoiceDraft Draft() => new(
        "2026-7", Day, Day, "EUR", new InvoiceProfile(
            new InvoiceParty("Ann", "NL123456789B01", null, "Street 1", "Town", "1000", "NL"), new InvoiceParty("Bob", null, "0123", "Street 2", "City", "2000", "BE"), new InvoiceVat("S", 21, null),
            new InvoicePayment(BankAccount.Of("Ann", "NL91ABNA0417164300", null), "1f2e3d4c-17-1", new InvoiceDebit("M-1", "DE98ZZZ09999999999", Iban.Parse("DE89370400440532013000")))),
        [new("1", "First", 3.125m, "KWH", 999, "a1", Day, Day), new("2", "Second", 1, "C62", 205, null, Day, Day)], 0, 1_457, [new InvoiceSupport("ab", "A record")]);
}
