using System.Text.Json;
using Keten.Connectors.Epcis;
using Keten.Contracts.Parts;

namespace Keten.Tests.Connectors.Epcis;

public sealed class DigitalLinkTests
{
    [DataFact]
    public void The_published_addresses_are_read_and_written_back()
    {
        using var vectors = JsonDocument.Parse(File.ReadAllText(Data.Path("gs1", "digital_link.json")));
        foreach (var vector in vectors.RootElement.GetProperty("cases").EnumerateArray())
        {
            var link = DigitalLink.Read(vector.GetProperty("uri").GetString()!, out var fault);
            Assert.Equal(DigitalLinkFault.None, fault);
            Assert.Equal(vector.GetProperty("ai").EnumerateObject().Select(each => (each.Name, each.Value.GetString()!)), link!.Key.Select(each => (each.Identifier, each.Value)));
            Assert.Equal(vector.GetProperty("uri").GetString(), link.ToString());
        }
    }

    [Theory]
    [InlineData("https://id.gs1.org/01/05412345000014", DigitalLinkFault.CheckDigit)]
    [InlineData("https://id.gs1.org/00/998440410914660972", DigitalLinkFault.CheckDigit)]
    [InlineData("https://id.gs1.org/01/0541234500001", DigitalLinkFault.CheckDigit)]
    [InlineData("https://id.gs1.org/01/054123450000", DigitalLinkFault.CheckDigit)]
    [InlineData("https://id.gs1.org/01/054123450", DigitalLinkFault.NotAValue)]
    [InlineData("https://id.gs1.org/01/0541234500001X", DigitalLinkFault.NotAValue)]
    [InlineData("https://id.gs1.org/01/05412345000013/21/123456789012345678901", DigitalLinkFault.NotAValue)]
    [InlineData("https://id.gs1.org/01/05412345000013/21/a%20b", DigitalLinkFault.NotAValue)]
    [InlineData("https://id.gs1.org/01/05412345000013/21/1/10/2", DigitalLinkFault.WrongQualifier)]
    [InlineData("https://id.gs1.org/01/05412345000013/21/1/21/2", DigitalLinkFault.WrongQualifier)]
    [InlineData("https://id.gs1.org/01/05412345000013/254/1", DigitalLinkFault.WrongQualifier)]
    [InlineData("https://id.gs1.org/01/05412345000013/21/1/235/2", DigitalLinkFault.WrongQualifier)]
    [InlineData("https://id.gs1.org/01/05412345000013/21", DigitalLinkFault.NotAnIdentifier)]
    [InlineData("https://id.gs1.org/01/05412345000013/9999/1", DigitalLinkFault.NotAnIdentifier)]
    [InlineData("https://id.gs1.org/01/05412345000013?17=201225&17=201226", DigitalLinkFault.Twice)]
    [InlineData("https://id.gs1.org/gtin/05412345000013", DigitalLinkFault.NoKey)]
    [InlineData("https://id.gs1.org/", DigitalLinkFault.NoKey)]
    [InlineData("https://id.gs1.org", DigitalLinkFault.NotAnAddress)]
    [InlineData("ftp://id.gs1.org/01/05412345000013", DigitalLinkFault.NotAnAddress)]
    public void What_is_no_address_of_an_identifier_says_why(string uri, DigitalLinkFault because)
    {
        Assert.Null(DigitalLink.Read(uri, out var fault));
        Assert.Equal(because, fault);
    }

    [Theory]
    [InlineData("https://example.com/some/where/01/05412345000013/10/AB%2F1/21/7?17=201225&linkType=gs1:pip&11=200101#top", "https://id.gs1.org/01/05412345000013/10/AB%2F1/21/7?11=200101&17=201225", "https://id.gs1.org/01/05412345000013/21/7")]
    [InlineData("http://example.com/01/5412345000013/", "https://id.gs1.org/01/05412345000013", "https://id.gs1.org/01/05412345000013")]
    [InlineData("https://example.com/414/4012345000115/254/x", "https://id.gs1.org/414/4012345000115/254/x", "https://id.gs1.org/414/4012345000115/254/x")]
    public void The_canonical_form_is_under_gs1_in_order_and_the_constrained_one_is_the_finest_alone(string uri, string canonical, string constrained)
    {
        var link = DigitalLink.Read(uri, out _)!;
        Assert.Equal(canonical, link.ToString());
        Assert.Equal(constrained, link.Constrained());
    }

    // EPC Tag Data Standard 2.0, §6.3 and §7: the examples of the schemes, with their keys.
    [Theory]
    [InlineData("urn:epc:id:sgtin:0614141.107346.2018", "https://id.gs1.org/01/10614141073464/21/2018")]
    [InlineData("urn:epc:idpat:sgtin:4012345.098765.*", "https://id.gs1.org/01/04012345987652")]
    [InlineData("urn:epc:class:lgtin:4012345.012345.998877", "https://id.gs1.org/01/04012345123456/10/998877")]
    [InlineData("urn:epc:id:sscc:4012345.0111111111", "https://id.gs1.org/00/040123451111111110")]
    [InlineData("urn:epc:id:sgln:0614141.07346.1234", "https://id.gs1.org/414/0614141073467/254/1234")]
    [InlineData("urn:epc:id:sgln:4012345.00005.0", "https://id.gs1.org/414/4012345000054")]
    [InlineData("urn:epc:id:pgln:4012345.00225", "https://id.gs1.org/417/4012345002256")]
    [InlineData("urn:epc:id:grai:4012345.55555.987", "https://id.gs1.org/8003/04012345555554987")]
    [InlineData("urn:epc:id:giai:4000001.111", "https://id.gs1.org/8004/4000001111")]
    [InlineData("urn:epc:id:gsrn:0614141.0000010253", "https://id.gs1.org/8018/061414100000102534")]
    [InlineData("urn:epc:id:gdti:0614141.00001.1618034", "https://id.gs1.org/253/06141410000121618034")]
    [InlineData("urn:epc:id:sgtin:0614141.10734.2018", null)]
    [InlineData("urn:epc:id:sgtin:061414X.107346.2018", null)]
    [InlineData("urn:epc:id:adi:1.2.3", null)]
    [InlineData("urn:epc:tag:sgtin-96:3.0614141.107346.2018", null)]
    [InlineData("urn:epc", null)]
    public void An_epc_becomes_its_address(string urn, string? address) => Assert.Equal(address, EpcUri.ToDigitalLink(urn));

    [Fact]
    public void A_part_is_read_from_either_and_written_back()
    {
        var part = new Sgtin("10614141073464", "20/18");
        Assert.Equal(part, EpcUri.Part(DigitalLink.Of(part)));
        Assert.Equal(part with { Serial = "2018" }, EpcUri.Part("urn:epc:id:sgtin:0614141.107346.2018"));
        Assert.Null(EpcUri.Part("https://id.gs1.org/01/10614141073464"));
        Assert.Null(EpcUri.Part("urn:epc:id:sscc:4012345.0111111111"));
        Assert.Null(EpcUri.Part("no"));
    }
}
