using System.Text;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class FileTests
{
    private static OcmfValue[] Read(string text) => [.. OcmfFile.Read(Encoding.UTF8.GetBytes(text))];

    private static OcmfFault? Fault(string text) => Assert.Single(Read(text)).Problem?.Fault;

    [Fact]
    public void Values_come_out_of_the_container_with_keys_and_notes()
    {
        var values = Read("""
            <?xml version="1.0"?><!-- note --><values context="c" transactionId="9"><other><deep/></other>
            <value><signedData> OCMF|{}|{} </signedData><encodedData>x</encodedData><publicKey encoding="hex"> 30 59 </publicKey></value>
            <value transactionId="1" context="Transaction.Begin"><publicKey/><signedData format="OCMF" encoding="plain"><![CDATA[OCMF|{"A":"<"}|{}]]></signedData></value></values>
            """);
        Assert.Equal(2, values.Length);
        Assert.Equal((" OCMF|{}|{} ", " 30 59 ", "9", "c"), (values[0].SignedData, values[0].PublicKey, values[0].TransactionId, values[0].Context));
        Assert.Equal(("OCMF|{\"A\":\"<\"}|{}", null, "1", "Transaction.Begin"), (values[1].SignedData, values[1].PublicKey, values[1].TransactionId,
            values[1].Context));
        Assert.All(values, value => Assert.Null(value.Problem));
    }

    [Fact]
    public void Signed_data_may_be_encoded()
    {
        var bytes = Encoding.UTF8.GetBytes("OCMF|{}|é");
        Assert.Equal("OCMF|{}|é", Read($"<values><value><signedData encoding='hex'>{Convert.ToHexString(bytes)}</signedData></value></values>")[0].SignedData);
        Assert.Equal("OCMF|{}|é",
            Read($"<values><value><signedData encoding='base64'>{Convert.ToBase64String(bytes)}</signedData></value></values>")[0].SignedData);
        Assert.Equal(OcmfFault.MalformedRecord, Fault("<values><value><signedData encoding='hex'>xx</signedData></value></values>"));
        Assert.Equal(OcmfFault.MalformedRecord, Fault("<values><value><signedData encoding='rot13'>xx</signedData></value></values>"));
        Assert.Equal(OcmfFault.MalformedRecord, Fault("<values><value><signedData encoding='hex'>ff</signedData></value></values>"));
    }

    [Theory]
    [InlineData("ISA_EDL_40_P")]
    [InlineData("EDL_40_P")]
    [InlineData("EDL_40_MENNEKES")]
    [InlineData("PCDF")]
    [InlineData("ALFEN")]
    public void Other_formats_come_out_as_unsupported_with_their_name(string format)
    {
        var value = Assert.Single(Read($"<values><value><signedData format=\"{format}\">1B</signedData></value></values>"));
        Assert.Equal((format, OcmfFault.UnsupportedFormat), (value.Format, value.Problem?.Fault));
        Assert.Equal(OcmfSignatureState.Unsupported, new OcmfJudge().Judge(value).Signature);
    }

    [Theory]
    [InlineData("<!DOCTYPE values [<!ENTITY x \"y\">]><values><value><signedData>&x;</signedData></value></values>")]
    [InlineData("<!DOCTYPE values SYSTEM \"http://localhost/x\"><values/>")]
    [InlineData("<values/>")]
    [InlineData("<values></values>")]
    [InlineData("<other><value/></other>")]
    [InlineData("<values><value/></values>")]
    [InlineData("<values><value><signedData><b/></signedData></value></values>")]
    [InlineData("<values><value><signedData>a</signedData><signedData>b</signedData></value></values>")]
    [InlineData("<values><value><signedData>a</signedData><publicKey>a</publicKey><publicKey>b</publicKey></value></values>")]
    [InlineData("<values><value>")]
    [InlineData("<")]
    [InlineData("<?xml version=\"1.0\" encoding=\"utf-7\"?><values/>")]
    [InlineData("<?xml version=\"1.0\" encoding=\"nonsense\"?><values/>")]
    public void A_container_that_is_wrong_is_one_malformed_value(string text) => Assert.Equal(OcmfFault.MalformedRecord, Fault(text));

    [Fact]
    public void Size_depth_and_count_are_bounded()
    {
        Assert.Equal(OcmfFault.MalformedRecord, Fault(new string(' ', OcmfFile.MaxLength + 1)));
        Assert.Equal(OcmfFault.MalformedRecord, Fault("<values>" + string.Concat(Enumerable.Repeat("<a>", 100_000))));
        Assert.Null(Fault(Nested(OcmfFile.MaxDepth)));
        Assert.Equal(OcmfFault.MalformedRecord, Fault(Nested(OcmfFile.MaxDepth + 1)));
        Assert.Equal(OcmfFault.MalformedRecord, Fault("<values>" + string.Concat(Enumerable.Repeat("<value/>", OcmfFile.MaxValues + 1)) + "</values>"));

        static string Nested(int depth) =>
            $"<values>{string.Concat(Enumerable.Repeat("<a>", depth))}{string.Concat(Enumerable.Repeat("</a>", depth))}<value><signedData>x</signedData></value></values>";
    }

    [Fact]
    public void A_bare_record_and_PCDF_are_known_by_their_begin()
    {
        Assert.Equal("OCMF|{}|{}", Assert.Single(Read("\uFEFFOCMF|{}|{}")).SignedData);
        Assert.Equal(("PCDF", OcmfFault.UnsupportedFormat), (Read("128.8.0(ST:1)")[0].Format, Read("128.8.0(ST:1)")[0].Problem!.Fault));
        Assert.Equal(OcmfFault.MalformedRecord, OcmfFile.Read(new byte[] { 0xC3, 0x28 })[0].Problem!.Fault);
    }

    [Fact]
    public void A_container_is_written_as_it_is_read()
    {
        var values = new[] { new OcmfValue { SignedData = "OCMF|{\"a\":\"<&\r\n\"}|{}", PublicKey = "AB", Context = "c", TransactionId = "1" },
            new OcmfValue { SignedData = "x" } };
        Assert.Equal(values, Read(OcmfFile.Write(values)));
    }

    [Fact]
    public void A_folder_is_judged_in_the_order_of_names_and_each_file_for_itself()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var record = Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}"));
            var xml = OcmfFile.Write([new OcmfValue { SignedData = record, PublicKey = OcmfPublicKey.Of(Craft.Key()).ToString() }]);
            File.WriteAllText(Path.Combine(folder.FullName, "b.xml"), xml);
            File.WriteAllText(Path.Combine(folder.FullName, "a.XML"), xml);
            File.WriteAllText(Path.Combine(folder.FullName, "C.ocmf"), record);
            File.WriteAllText(Path.Combine(folder.FullName, "readme.txt"), "not ours");
            var report = OcmfReport.Of(folder.FullName);
            Assert.Equal(["C.ocmf", "a.XML", "b.xml"], report.Values.Select(line => line.File));
            Assert.Equal([false, true, true], report.Values.Select(line => line.Admissible));
            Assert.Equal([OcmfFault.KeyMissing], report.Values[0].Reasons);
            Assert.Equal((2, 2, false), (report.Valid, report.Admissible, report.AllAdmissible));
            Assert.True(OcmfReport.Of(Path.Combine(folder.FullName, "b.xml")).AllAdmissible);
            Assert.Equal(OcmfSignatureState.Malformed, OcmfReport.Of(Path.Combine(folder.FullName, "readme.txt")).Values[0].Signature);
            Assert.Throws<FileNotFoundException>(() => OcmfReport.Of(Path.Combine(folder.FullName, "none")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
