using System.Text;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class FuzzTests
{
    private static void Judged(byte[] bytes)
    {
        var lines = OcmfReport.Judge("fuzz", bytes);
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Equal(line.Admissible, line.Signature == OcmfSignatureState.Valid && line.Reasons.Count == 0));
        Assert.All(lines, line => Assert.True(line.Signature == OcmfSignatureState.Valid || line.Reasons.Count > 0));
    }

    [Fact]
    public void Random_bytes_give_a_verdict_and_no_exception()
    {
        var random = new Random(11);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Judged(bytes);
            Judged([.. "<values>"u8, .. bytes]);
            Judged([.. "OCMF|"u8, .. bytes]);
            OcmfPublicKey.Read(bytes);
            OcmfPublicKey.Read(Encoding.Latin1.GetString(bytes));
        }
    }

    [Fact]
    public void Random_pieces_of_the_format_give_a_verdict_and_no_exception()
    {
        string[] pieces =
        [
            "OCMF|", "{", "}", "[", "]", "|", ":", ",", "\"PG\"", "\"T1\"", "\"RD\"", Craft.Good, Craft.GoodEnd, "\"SD\"", "\"00\"", "null", "1e99",
                "-0", "\"\\ud800\"", "\ud83d\ude00", "\"LC\"", "\"RV\"",
            "<values>", "<value>", "<signedData>", "</signedData>", "</value>", "</values>", "<publicKey>", "</publicKey>", "<![CDATA[", "]]>", "&#0;", "\0",
        ];
        var random = new Random(12);
        for (var i = 0; i < 6000; i++)
            Judged(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => pieces[random.Next(pieces.Length)]))));
    }

    [Fact]
    public void Any_cut_of_a_record_is_malformed()
    {
        var record = Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}"));
        for (var length = 0; length < record.Length; length++) Assert.Equal(OcmfFault.MalformedRecord, Craft.Refused(record[..length]).Fault);
    }

    [Fact]
    public void Any_json_value_in_any_place_gives_a_verdict()
    {
        string[] values = ["null", "true", "1", "-1.5", "1e400", "\"\"", "\" \"", "\"|\"", "\"\\u0000\"", "\"\\udfff\"", "[]", "[[]]", "{}",
            "{\"TM\":1}", "99999999999999999999999999"];
        var places = new[] { "\"FV\":\"1.0\"", "\"GS\":\"g1\"", "\"MS\":\"m1\"", "\"PG\":\"T1\"", "\"IS\":false" }
            .Concat(["\"TX\":\"B\"", "\"RV\":1.5", "\"RI\":\"1-0:1.8.0\"", "\"RU\":\"kWh\"", "\"EF\":\"\"", "\"ST\":\"G\""]);
        var payload = Craft.Payload($"{Craft.Good},{Craft.GoodEnd}");
        var key = OcmfPublicKey.Of(Craft.Key()).ToString();
        foreach (var place in places)
            foreach (var value in values)
            {
                var changed = payload.Replace(place, $"{place[..place.IndexOf(':', StringComparison.Ordinal)]}:{value}", StringComparison.Ordinal);
                var verdict = new OcmfJudge().Judge(new OcmfValue { SignedData = Craft.Signed(changed), PublicKey = key });
                Assert.True(verdict.Signature is not OcmfSignatureState.Invalid, $"{place} {value}");
            }
    }

    [DataFact]
    public void Mutated_files_give_a_verdict_and_no_exception()
    {
        var random = new Random(13);
        foreach (var file in Directory.GetFiles(Data.Path("ocmf")))
        {
            var original = File.ReadAllBytes(file)[..(int)Math.Min(new FileInfo(file).Length, 4000)];
            for (var i = 0; i < 120; i++)
            {
                var bytes = (byte[])original.Clone();
                for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                if (i % 4 == 0) bytes = bytes[..random.Next(bytes.Length)];
                if (i % 5 == 0) bytes = [.. bytes, .. bytes];
                Judged(bytes);
            }
        }
    }
}
