using System.Text.Json.Nodes;
using Keten.Bench.Harness;

namespace Keten.Bench.Plots;

/// <summary>Draws what was kept: for each figure the newest result that has it.</summary>
internal static class Plot
{
    private static readonly (string File, string Title, string Unit, (string Scenario, string Figure, string Label)[] Bars)[] Charts =
    [
        ("throughput", "Transfers a second, median and spread of the rounds", "/s",
        [
            ("signed", "transfersPerSecond", "Keten, each signed"), ("signed", "onePerRequestPerSecond", "Keten, one a request"), ("signed", "verifyRatePerSecond", "raw P-256 checks"),
            ("peers", "anvilPerSecond", "Anvil, ERC-20"), ("peers", "postgresPerSecond", "PostgreSQL, single"),
        ]),
        ("batched", "Transfers a second in batches", "/s",
        [
            ("batched", "callsPerSecond", "Keten, transfers"), ("batched", "clearingPerSecond", "Keten, clearing"), ("peers", "postgresBatchedPerSecond", "PostgreSQL, checked"), ("peers", "postgresSetsPerSecond", "PostgreSQL, sets"),
            ("peers", "redisPerSecond", "Redis, pipelined"),
        ]),
        ("bytes", "Bytes on disk for a transfer", "B",
        [
            ("signed", "bytesPerTransfer", "Keten, each signed"), ("batched", "callsBytesPerTransfer", "Keten, batched"), ("batched", "clearingBytesPerTransfer", "Keten, clearing"), ("peers", "redisBytesPerTransfer", "Redis"),
            ("peers", "postgresBytesPerRow", "PostgreSQL, table"), ("peers", "postgresWalBytesPerTransfer", "PostgreSQL, WAL"),
        ]),
        ("latency", "Milliseconds until final", "ms",
        [
            ("signed", "p50Ms", "half load, median"), ("signed", "p99Ms", "half load, p99"), ("signed", "onePerRequestP99Ms", "one a request, p99"), ("signed", "fullLoadP99Ms", "full load, p99"),
        ]),
    ];

    /// <summary>Writes every chart that there are figures for, and gives their paths.</summary>
    public static List<string> Write()
    {
        var (results, written) = (Results.Newest(), new List<string>());
        foreach (var (file, title, unit, wanted) in Charts)
        {
            var bars = wanted.Where(bar => Figure(results, bar) is not null).Select(bar => (bar.Label, Figure: Figure(results, bar)!))
                .Select(bar => (bar.Label, (double)bar.Figure["median"]!, (double)bar.Figure["min"]!, (double)bar.Figure["max"]!)).ToList();
            if (bars.Count > 0) written.Add(Save(file, Chart.Bars(title, unit, bars)));
        }
        foreach (var (scenario, result) in results)
            foreach (var series in result["series"]?.AsArray() ?? [])
                written.Add(Save($"{scenario}-{(string)series!["name"]!}", Chart.Line(
                    $"{scenario}: {(string)series["name"]!}", (string)series["across"]!, (string)series["up"]!,
                    [.. series["points"]!.AsArray().Select(point => ((double)point![0]!, (double)point[1]!))])));
        return written;
    }

    private static JsonNode? Figure(Dictionary<string, JsonObject> results, (string Scenario, string Figure, string Label) bar) =>
        results.TryGetValue(bar.Scenario, out var result) ? result["figures"]![bar.Figure] : null;

    private static string Save(string name, string svg)
    {
        var path = Path.Combine(Results.Folder, name + ".svg");
        File.WriteAllText(path, svg);
        return path;
    }
}
