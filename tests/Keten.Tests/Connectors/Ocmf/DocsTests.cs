using System.Security.Cryptography;
using System.Text.Json;
using Keten.Connectors.Ocmf;

namespace Keten.Tests.Connectors.Ocmf;

/// <summary>docs/ocmf.md shows the example below, word for word, and what it prints; and its table of reasons is the code's.</summary>
public class DocsTests
{
    private static readonly JsonSerializerOptions Shown = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository(), "docs", "ocmf.md"));

    private static string[] Example(ECDsa key)
    {
        // <example>
        var meter = new MeterSimulator("K-0001", key, milliwattHours: 1_500_000_000, pagination: 7);
        var at = new DateTimeOffset(2026, 3, 2, 18, 0, 0, TimeSpan.FromHours(1));
        string[] records = [meter.Begin(at), meter.TariffChange(at.AddMinutes(30), 5_200_000), meter.End(at.AddMinutes(55), 4_200_000)];

        var trusted = new OcmfKeys().Add("K-0001", meter.PublicKey);
        var judge = new OcmfJudge(trusted);
        var printed = new List<string>();
        foreach (var record in records.Append(records[2]))
        {
            var verdict = judge.Judge(new OcmfValue { SignedData = record });
            printed.Add($"{verdict.Document!.Pagination} {verdict.Signature} {verdict.EnergyWh} {string.Join(", ", verdict.Reasons)}".Trim());
        }
        // </example>
        return [.. printed];
    }

    [Fact]
    public void The_page_shows_this_example_and_what_it_prints()
    {
        var source = File.ReadAllText(Path.Combine(Repository(), "tests", "Keten.Tests", "Connectors", "Ocmf", "DocsTests.cs"));
        var lines = source.Split("// <example>\n")[1].Split("        // </example>")[0].Split('\n').Select(line => line.Length > 8 ? line[8..] : line);
        Assert.Contains("```csharp\n" + string.Join('\n', lines) + "```", Page, StringComparison.Ordinal);

        using var key = Craft.Key();
        Assert.Contains("```text\n" + string.Join('\n', Example(key)) + "\n```", Page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_lists_every_reason_in_its_own_words()
    {
        foreach (var fault in Enum.GetValues<OcmfFault>()) Assert.Contains($"| `{fault}` | {fault.Text()} |", Page, StringComparison.Ordinal);
    }

    [DataFact]
    public void The_page_shows_a_line_of_the_report()
    {
        var line = OcmfReport.Of(Data.Path("ocmf", "ocmf_tariff_1.xml")).Values[0];
        Assert.Contains("```json\n" + JsonSerializer.Serialize(line, Shown) + "\n```", Page, StringComparison.Ordinal);
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return folder.FullName;
    }
}
