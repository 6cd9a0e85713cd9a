using System.Text;
using Keten.Connectors.Invoices;

namespace Keten.Tests.Connectors.Invoices;

/// <summary>The rules of EN 16931 against the standard's own cases.</summary>
public sealed class StandardCasesTests
{
    [DataFact]
    public void Every_case_of_a_rule_that_is_checked_agrees()
    {
        var cases = All();
        Assert.Equal(601, cases.Count);
        Assert.Equal([], cases.Where(each => !each.Missing && !each.Agrees()).Select(each => $"{each.Place} {each.Rule}"));
        Assert.Equal(591, cases.Count(each => each.Agrees()));
    }

    [DataFact]
    public void The_rules_that_are_not_checked_are_named() =>
        Assert.Equal(["BR-CL-07", "BR-CL-20", "BR-CL-23"], All().Where(each => each.Missing).Select(each => each.Rule!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Fact]
    public void A_rule_has_one_entry_and_none_is_both_checked_and_named_as_not()
    {
        var ids = InvoiceRules.All.Select(rule => rule.Id).ToList();
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Empty(ids.Intersect(InvoiceRules.NotImplemented, StringComparer.Ordinal));
        foreach (var category in new[] { "BR-S", "BR-Z", "BR-E", "BR-AE", "BR-IC", "BR-G", "BR-O", "BR-AF", "BR-AG" })
            for (var number = 1; number <= 10; number++) Assert.Contains($"{category}-{number:00}", ids);
    }

    [Theory]
    [InlineData("<Invoice", InvoiceFault.NotXml)]
    [InlineData("", InvoiceFault.NotXml)]
    [InlineData("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", InvoiceFault.DocumentType)]
    [InlineData("<Invoice/>", InvoiceFault.UnknownDocument)]
    [InlineData("<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\"/>", InvoiceFault.UnknownDocument)]
    public void What_is_no_invoice_is_named(string text, InvoiceFault fault) =>
        Assert.Equal(fault, Assert.Throws<InvoiceFileException>(() => UblReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)))).Fault);

    [Fact]
    public void What_is_too_deep_is_not_read()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 50)) + string.Concat(Enumerable.Repeat("</a>", 50));
        Assert.Equal(InvoiceFault.TooLarge, Assert.Throws<InvoiceFileException>(() => UblElement.Read(new MemoryStream(Encoding.UTF8.GetBytes(deep)))).Fault);
    }

    [Theory]
    [InlineData("2.345", "2.35")]
    [InlineData("-2.345", "-2.34")]
    [InlineData("2.344999", "2.34")]
    public void A_half_is_rounded_up(string value, string rounded) =>
        Assert.Equal(decimal.Parse(rounded, System.Globalization.CultureInfo.InvariantCulture), Rounding.ToCents(decimal.Parse(value, System.Globalization.CultureInfo.InvariantCulture)));

    private static List<InvoiceCase> All()
    {
        var cases = new List<InvoiceCase>();
        foreach (var file in Directory.EnumerateFiles(Data.Path("en16931"), "*.xml", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            using var stream = File.OpenRead(file);
            cases.AddRange(InvoiceCases.Read(stream, Path.GetFileName(file)));
        }
        return cases;
    }
}
