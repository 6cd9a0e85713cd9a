using System.Security.Cryptography;
using System.Text;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

/// <summary>Writes records by hand, also wrong ones, signed with a P-256 key of known value.</summary>
internal static class Craft
{
    internal const string Good = """{"TM":"2024-05-01T08:00:00,000+0200 S","TX":"B","RV":1.5,"RI":"1-0:1.8.0","RU":"kWh","EF":"","ST":"G"}""";
    internal const string GoodEnd = """{"TM":"2024-05-01T09:00:00,000+0200 S","TX":"E","RV":4.25}""";

    internal static ECDsa Key(byte seed = 7)
    {
        var d = new byte[32];
        d[31] = seed;
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
    }

    internal static string Payload(string readings, string page = "T1", string head = "\"FV\":\"1.0\",\"GS\":\"g1\",\"MS\":\"m1\"") =>
        $"{{{head},\"PG\":\"{page}\",\"IS\":false,\"RD\":[{readings}]}}";

    internal static string Signed(string payload, ECDsa? key = null, string more = "", string hash = "SHA256")
    {
        key ??= Key();
        var data = key.SignData(Encoding.UTF8.GetBytes(payload), new HashAlgorithmName(hash), DSASignatureFormat.Rfc3279DerSequence);
        return $"OCMF|{payload}|{{\"SD\":\"{Convert.ToHexString(data)}\"{more}}}";
    }

    internal static OcmfDocument Record(string text)
    {
        var record = OcmfDocument.Read(text, out var problem);
        Assert.True(record is not null, problem?.Detail);
        Assert.Null(problem);
        return record;
    }

    internal static OcmfProblem Refused(string text)
    {
        Assert.Null(OcmfDocument.Read(text, out var problem));
        Assert.NotNull(problem);
        return problem;
    }

    internal static OcmfVerdict Verdict(string text, OcmfClockDemand clock = OcmfClockDemand.Energy) => Verdicts(clock, text)[0];

    internal static OcmfVerdict[] Verdicts(params string[] texts) => Verdicts(OcmfClockDemand.Energy, texts);

    internal static OcmfVerdict[] Verdicts(OcmfClockDemand clock, params string[] texts)
    {
        var judge = new OcmfJudge(clock: clock);
        var key = OcmfPublicKey.Of(Key());
        return [.. texts.Select(text => judge.Judge(Record(text), key))];
    }

    /// <summary>Checks a record with the base library alone: no code of ours but the split at the bars.</summary>
    internal static bool VerifiesWithoutUs(string record, byte[] spki)
    {
        var parts = record.Split('|');
        using var section = System.Text.Json.JsonDocument.Parse(parts[2]);
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(spki, out _);
        var signature = Convert.FromHexString(section.RootElement.GetProperty("SD").GetString()!);
        return key.VerifyData(Encoding.UTF8.GetBytes(parts[1]), signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }
}
