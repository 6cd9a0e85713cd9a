using System.Text;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class KeysTests
{
    private static readonly string A = OcmfPublicKey.Of(Craft.Key(1)).ToString();
    private static readonly string B = OcmfPublicKey.Of(Craft.Key(2)).ToString();

    private static OcmfVerdict Judged(string keys, string head, byte key)
    {
        var record = Craft.Record(Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}", head: head), Craft.Key(key)));
        return new OcmfJudge(OcmfKeys.Read(new StringReader(keys))).Judge(record, key: null);
    }

    [Fact]
    public void A_meter_is_known_by_its_serial_or_its_gateways_or_its_charge_point()
    {
        Assert.True(Judged($"m {A}", "\"MS\":\"m\"", 1).Admissible);
        Assert.True(Judged($"g {A}", "\"GS\":\"g\",\"MS\":\"m\"", 1).Admissible);
        Assert.True(Judged($"DE*1 {A}", "\"CI\":\"DE*1\"", 1).Admissible);
        Assert.True(Judged($"* {A}", "\"MS\":\"m\"", 1).Admissible);
        Assert.True(Judged($"m {B}\nm {A}", "\"MS\":\"m\"", 1).Admissible);
    }

    [Fact]
    public void A_meter_that_is_not_listed_is_unknown_and_its_signature_shows_nothing()
    {
        var verdict = Judged($"n {A}", "\"MS\":\"m\"", 1);
        Assert.Equal((OcmfSignatureState.Invalid, OcmfFault.UnknownMeter), (verdict.Signature, Assert.Single(verdict.Reasons)));
    }

    [Fact]
    public void A_listed_meter_must_sign_with_its_own_key()
    {
        var verdict = Judged($"m {B}", "\"MS\":\"m\"", 1);
        Assert.Equal((OcmfSignatureState.Invalid, OcmfFault.BadSignature), (verdict.Signature, Assert.Single(verdict.Reasons)));
    }

    [Fact]
    public void One_trusted_meter_cannot_speak_in_the_name_of_another()
    {
        var head = "\"GS\":\"a\",\"MS\":\"b\"";
        Assert.Equal(OcmfSignatureState.Invalid, Judged($"a {A}\nb {B}", head, 1).Signature);
        Assert.Equal(OcmfSignatureState.Invalid, Judged($"a {A}\nb {B}", head, 2).Signature);
        Assert.Equal(OcmfSignatureState.Valid, Judged($"a {A}\nb {B}\nb {A}", head, 1).Signature);
    }

    [Fact]
    public void The_key_in_the_file_does_not_count_where_keys_are_given()
    {
        var record = Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}"), Craft.Key(1));
        var judge = new OcmfJudge(OcmfKeys.Read(new StringReader($"m1 {B}")));
        Assert.Equal(OcmfSignatureState.Invalid, judge.Judge(new OcmfValue { SignedData = record, PublicKey = A }).Signature);
        var trusted = new OcmfJudge(OcmfKeys.Read(new StringReader($"m1 {A}")));
        Assert.Equal(OcmfSignatureState.Valid, trusted.Judge(new OcmfValue { SignedData = record, PublicKey = "rubbish" }).Signature);
    }

    [Fact]
    public void Comments_spaces_and_base64_are_read()
    {
        var spaced = string.Join(' ', A.Chunk(4).Select(part => new string(part)));
        var base64 = Convert.ToBase64String(Convert.FromHexString(B));
        var text = $"# meters\r\n\r\n  m\t{spaced}\r\n#x y\nn   {base64}";
        Assert.True(Judged(text, "\"MS\":\"m\"", 1).Admissible);
        Assert.True(Judged(text, "\"MS\":\"n\"", 2).Admissible);
    }

    [Theory]
    [InlineData("m", 1)]
    [InlineData("# fine\n\nm 00", 3)]
    [InlineData("m zz", 1)]
    [InlineData("#\n#\n#\n   m   \n", 4)]
    public void A_wrong_line_is_refused_with_its_number(string text, int line)
    {
        var wrong = Assert.Throws<FormatException>(() => OcmfKeys.Read(new StringReader(text)));
        Assert.StartsWith($"line {line}: ", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_line_after_good_ones_and_an_endless_line_and_an_empty_file_are_refused()
    {
        Assert.StartsWith("line 2: ", Assert.Throws<FormatException>(() => OcmfKeys.Read(new StringReader($"m {A}\nm {A[..^2]}"))).Message,
            StringComparison.Ordinal);
        Assert.StartsWith("line 2: longer", Assert.Throws<FormatException>(() => OcmfKeys.Read(new StringReader($"m {A}\n" + new string('x',
            9000)))).Message, StringComparison.Ordinal);
        Assert.StartsWith("line 1: ", Assert.Throws<FormatException>(() => OcmfKeys.Read(new StringReader("# nothing\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_keys_file_is_loaded_from_disk()
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, $"m1 {A}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
            var record = Craft.Record(Craft.Signed(Craft.Payload($"{Craft.Good},{Craft.GoodEnd}"), Craft.Key(1)));
            Assert.True(new OcmfJudge(OcmfKeys.Load(path)).Judge(record, key: null).Admissible);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
