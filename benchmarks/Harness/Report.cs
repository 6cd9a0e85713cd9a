using System.Text.Json.Nodes;
using Spectre.Console;

namespace Keten.Bench.Harness;

/// <summary>What a run found, for programs and for people.</summary>
internal static class Report
{
    /// <summary>Medians under their own names, and beside them each figure with its spread.</summary>
    public static JsonObject ToJson(Run run)
    {
        var json = new JsonObject { ["scenario"] = run.Scenario.Name, ["length"] = run.Options.Length.ToString().ToLowerInvariant(), ["seconds"] = run.Seconds };
        foreach (var figure in run.Figures.Values) json[figure.Name] = Figure.Shown(figure.Median);
        var figures = new JsonObject();
        foreach (var figure in run.Figures.Values)
            figures[figure.Name] = new JsonObject
            {
                ["unit"] = figure.Unit, ["median"] = Figure.Shown(figure.Median), ["min"] = Figure.Shown(figure.Min), ["max"] = Figure.Shown(figure.Max),
                ["rounds"] = new JsonArray([.. figure.Rounds.Select(value => (JsonNode)Figure.Shown(value))]),
            };
        json["figures"] = figures;
        json["aims"] = new JsonArray([.. run.Aims.Select(aim => (JsonNode)new JsonObject
        {
            ["figure"] = aim.Figure, ["value"] = Figure.Shown(aim.Value), ["atLeast"] = aim.AtLeast, ["atMost"] = aim.AtMost, ["met"] = aim.Met,
        })]);
        if (run.Series.Count > 0)
            json["series"] = new JsonArray([.. run.Series.Select(series => (JsonNode)new JsonObject
            {
                ["name"] = series.Name, ["across"] = series.Across, ["up"] = series.Up,
                ["points"] = new JsonArray([.. series.Points.Select(point => (JsonNode)new JsonArray(Figure.Shown(point.X), Figure.Shown(point.Y)))]),
            })]);
        if (run.Rows.Count > 0) json["rows"] = new JsonArray([.. run.Rows.Select(row => (JsonNode)row.DeepClone())]);
        json["notes"] = new JsonArray([.. run.Notes.Select(note => (JsonNode)note)]);
        return json;
    }

    public static void Print(Run run, IAnsiConsole console)
    {
        var table = new Table().Title(run.Scenario.Name).AddColumns("figure", "median", "min", "max", "", "aim");
        foreach (var column in table.Columns.Skip(1).Take(3)) column.RightAligned();
        foreach (var figure in run.Figures.Values)
        {
            var aim = run.Aims.Find(one => one.Figure == figure.Name);
            table.AddRow([.. new[]
            {
                figure.Name, Text(figure.Median), figure.Rounds.Length > 1 ? Text(figure.Min) : "", figure.Rounds.Length > 1 ? Text(figure.Max) : "", figure.Unit,
                aim is null ? "" : $"{aim.Words}{(aim.Met ? " ✓" : " ✗")}",
            }.Select(Markup.Escape)]);
        }
        console.Write(table);
        foreach (var row in run.Rows) console.WriteLine(string.Join("; ", row.Select(field => $"{field.Key}: {field.Value}")));
        foreach (var note in run.Notes) console.WriteLine(note);
    }

    private static string Text(double value) => FormattableString.Invariant($"{Figure.Shown(value):#,0.####}");
}
