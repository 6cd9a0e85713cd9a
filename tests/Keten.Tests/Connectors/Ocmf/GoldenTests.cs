using System.Text;
using System.Text.Json;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

public class GoldenTests
{
    private static readonly Lazy<OcmfReport> Report = new(() => OcmfReport.Of(Data.Path("ocmf")));

    [DataFact]
    public void Every_signature_is_what_the_folder_expects()
    {
        using var expected = JsonDocument.Parse(File.ReadAllText(Data.Path("ocmf", "expected.json")));
        var files = expected.RootElement.GetProperty("files");
        var total = 0;
        foreach (var file in files.EnumerateObject())
        {
            var wanted = file.Value.GetProperty("verifiedByUs").EnumerateArray().Select(item => item.GetString()!.Split('(')[0]).ToArray();
            var found = Report.Value.Values.Where(line =>
                line.File == file.Name).Select(line => $"{line.Algorithm}:{line.Signature.ToString().ToUpperInvariant()}");
            Assert.Equal(wanted, found);
            total += wanted.Length;
        }
        Assert.Equal(109, total);
        Assert.Equal(113, Report.Value.Values.Count);
        Assert.Equal(108, Report.Value.Valid);
    }

    [DataFact]
    public void The_values_of_other_formats_are_unsupported_and_named()
    {
        var others = Report.Value.Values.Where(line => line.Format != "OCMF").ToArray();
        Assert.Equal(
            ["SIGinvalid.pcdf PCDF", "isa-edl-40p-ok.xml ISA_EDL_40_P", "isa-edl-40p-sign-fail.xml ISA_EDL_40_P", "valid.pcdf PCDF"],
            others.Select(line => $"{line.File} {line.Format}"));
        Assert.All(others, line => Assert.Equal(OcmfSignatureState.Unsupported, line.Signature));
        Assert.All(others, line => Assert.Equal([OcmfFault.UnsupportedFormat], line.Reasons));
    }

    [DataFact]
    public void The_101_values_with_an_unsynchronised_clock_are_valid_but_not_admissible()
    {
        var unsynchronised = Report.Value.Values.Where(line => line.Reasons.Contains(OcmfFault.ClockNotSynchronised)).ToArray();
        Assert.Equal(101, unsynchronised.Length);
        Assert.All(unsynchronised, line => Assert.Equal((OcmfSignatureState.Valid, false), (line.Signature, line.Admissible)));
        Assert.All(unsynchronised, line => Assert.Equal([OcmfFault.ClockNotSynchronised], line.Reasons));
        Assert.Equal(7, Report.Value.Admissible);
        Assert.Equal([OcmfFault.BadSignature], Report.Value.Values.Single(line => line.File == "test_ocmf_keba_kcp30_fail.xml").Reasons);
    }

    [DataFact]
    public void Readings_come_out_exact()
    {
        var line = Report.Value.Values.Single(line => line.File == "fromweb.xml");
        Assert.Equal(("17619300", "T32", 259.6m, 259.7m, 0.1m), (line.Meter, line.Pagination, line.BeginWh, line.EndWh, line.EnergyWh));
        Assert.Equal(1304m, Report.Value.Values.Single(line => line.File == "chargepoint_3.xml").EnergyWh);
        var two = Report.Value.Values.Where(line => line.File == "test_ocmf_ebee_01.xml").ToArray();
        Assert.Equal((7753m, null, 7753m, 0m), (two[0].BeginWh, two[0].EnergyWh, two[1].EndWh, two[1].EnergyWh));
    }

    [DataFact]
    public void Nothing_of_the_report_names_a_user()
    {
        var json = JsonSerializer.Serialize(Report.Value);
        Assert.DoesNotContain("ad228beb", json, StringComparison.Ordinal);
        Assert.DoesNotContain("7bcf78ad", json, StringComparison.Ordinal);
        Assert.Contains("\"Signature\":\"valid\"", json, StringComparison.Ordinal);
        Assert.Contains("\"Reasons\":[\"ClockNotSynchronised\"]", json, StringComparison.Ordinal);
    }

    [DataFact]
    public void With_a_wrong_key_every_verdict_turns()
    {
        using var stranger = Craft.Key(99);
        var keys = new OcmfKeys().Add(OcmfKeys.Any, OcmfPublicKey.Of(stranger));
        var lines = OcmfReport.Of(Data.Path("ocmf"), keys).Values.Where(line => line.Format == "OCMF").ToArray();
        Assert.Equal(109, lines.Length);
        Assert.All(lines, line => Assert.Equal((OcmfSignatureState.Invalid, false), (line.Signature, line.Admissible)));
        Assert.All(lines, line => Assert.Contains(line.Algorithm!.Contains("brainpool",
            StringComparison.Ordinal) ? OcmfFault.KeyMismatch : OcmfFault.BadSignature, line.Reasons));
    }

    [DataFact]
    public void With_the_keys_of_the_files_the_verdicts_stay()
    {
        var text = new StringBuilder("# taken from the files\n");
        foreach (var file in Directory.GetFiles(Data.Path("ocmf"), "*.xml"))
            foreach (var value in OcmfFile.Read(File.ReadAllBytes(file)).Where(value => value.Problem is null))
                text.Append(OcmfDocument.Read(value.SignedData, out _)!.Meter).Append(' ').AppendLine(value.PublicKey);
        var trusted = OcmfReport.Of(Data.Path("ocmf"), OcmfKeys.Read(new StringReader(text.ToString())));
        Assert.Equal(Report.Value.Values.Select(Shown), trusted.Values.Select(Shown));

        static string Shown(OcmfReportLine line) => JsonSerializer.Serialize(line);
    }

    [DataFact]
    public void One_changed_byte_of_any_record_turns_its_verdict()
    {
        var random = new Random(20240501);
        foreach (var file in Directory.GetFiles(Data.Path("ocmf"), "*.xml"))
            foreach (var (value, before) in OcmfFile.Read(File.ReadAllBytes(file)).Zip(Report.Value.Values.Where(line => line.File == Path.GetFileName(file))))
            {
                if (before.Signature != OcmfSignatureState.Valid) continue;
                var end = value.SignedData.LastIndexOf('|');
                var data = value.SignedData.IndexOf("\"SD\":\"", StringComparison.Ordinal) + 6;
                foreach (var place in new[] { random.Next(5, end), random.Next(5, end), data + random.Next(8, 120) })
                {
                    var changed = value.SignedData.ToCharArray();
                    changed[place] = (char)(changed[place] ^ (1 << random.Next(7)));
                    var verdict = new OcmfJudge().Judge(value with { SignedData = new string(changed) });
                    Assert.NotEqual(OcmfSignatureState.Valid, verdict.Signature);
                    Assert.False(verdict.Admissible);
                }
            }
    }
}
