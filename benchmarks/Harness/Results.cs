using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Bench.Harness;

/// <summary>Results that were kept, a file each: benchmarks/results/TIME-COMMIT-NAME.json.</summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 2 };

    public static string Folder { get; } = Path.Combine(Machine.Root, "benchmarks", "results");

    public static string Keep(JsonObject result, string name)
    {
        Directory.CreateDirectory(Folder);
        var when = DateTimeOffset.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var path = Path.Combine(Folder, $"{when}-{((string)result["commit"]!).TrimEnd('+')}-{name}.json");
        File.WriteAllText(path, result.ToJsonString(Indented) + "\n");
        return path;
    }

    /// <summary>Of each scenario, the newest result that was kept.</summary>
    public static Dictionary<string, JsonObject> Newest()
    {
        var newest = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        if (!Directory.Exists(Folder)) return newest;
        foreach (var file in Directory.EnumerateFiles(Folder, "*.json").Order(StringComparer.Ordinal))
            foreach (var scenario in JsonNode.Parse(File.ReadAllText(file))!["scenarios"]!.AsArray())
                newest[(string)scenario!["scenario"]!] = scenario.AsObject();
        return newest;
    }
}
