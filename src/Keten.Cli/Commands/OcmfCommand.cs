using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Connectors.Ocmf;

namespace Keten.Cli.Commands;

/// <summary>Meter records in OCMF: their signatures, and whether they may be billed.</summary>
internal static class OcmfCommand
{

    public static Command Create() => new("ocmf", "Meter records in the Open Charge Metering Format (docs/ocmf.md).") { Verify() };

    private static Command Verify()
    {
        var path = new Argument<string>("path") { Description = "A file, or a folder of .xml, .ocmf and .pcdf files." };
        var keys = new Option<FileInfo?>("--keys") { Description = "The trusted meters: a line each, serial and public key. Without it the key in each file is taken, which shows that a record is whole, not whose it is.", HelpName = "FILE" };
        var clock = new Option<OcmfClockDemand>("--clock") { Description = "What is priced, which says how good the clock must be.", DefaultValueFactory = _ => OcmfClockDemand.Energy };
        var command = new Command("verify", "Checks each value's signature, and whether it may be billed. Exit code 1 where one may not.") { path, keys, clock };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var trusted = parse.GetValue(keys) is { } file ? OcmfKeys.Load(file.FullName) : null;
            var report = OcmfReport.Of(parse.GetRequiredValue(path), trusted, parse.GetValue(clock));
            terminal.Show(["file", "value", "meter", "signature", "admissible", "why not", "kWh"], report.Values.Select(Row));
            terminal.Plain($"{report.Values.Count} values: {report.Valid} valid signatures, {report.Admissible} admissible.");
            terminal.Result(new JsonObject
            {
                ["count"] = report.Values.Count, ["valid"] = report.Valid, ["admissible"] = report.Admissible,
                ["values"] = new JsonArray([.. report.Values.Select(line => (JsonNode)ToJson(line))]),
            });
            return report.AllAdmissible ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static string?[] Row(OcmfReportLine line) =>
    [
        line.File, line.Index.ToString(), line.Meter, NameOf(line.Signature), line.Admissible ? "yes" : "no", string.Join(", ", line.Reasons), (line.EnergyWh / 1000)?.ToString(),
    ];

    private static JsonObject ToJson(OcmfReportLine line) => new()
    {
        ["file"] = line.File, ["index"] = line.Index, ["format"] = line.Format, ["algorithm"] = line.Algorithm,
        ["signature"] = NameOf(line.Signature), ["admissible"] = line.Admissible,
        ["reasons"] = new JsonArray([.. line.Reasons.Select(reason => (JsonNode)reason.ToString())]), ["detail"] = line.Detail,
        ["meter"] = line.Meter, ["pagination"] = line.Pagination, ["beginWh"] = line.BeginWh, ["endWh"] = line.EndWh, ["energyWh"] = line.EnergyWh,
    };

    private static string NameOf(OcmfSignatureState state) => JsonNamingPolicy.CamelCase.ConvertName(state.ToString());
}
