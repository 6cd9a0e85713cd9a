using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Keten.Bench.Harness;

/// <summary>A scenario while it is measured: what was asked for, and what has been found so far.</summary>
internal sealed class Run(Scenario scenario, Options options)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Dictionary<string, Figure> figures = [];

    public Scenario Scenario => scenario;

    public Options Options => options;

    public int Rounds => options.Rounds;

    public IReadOnlyDictionary<string, Figure> Figures => figures;

    public List<Aim> Aims { get; } = [];

    public List<string> Notes { get; } = [];

    public List<Series> Series { get; } = [];

    /// <summary>What was found of each of several things, where figures do not say it.</summary>
    public List<JsonObject> Rows { get; } = [];

    public double Seconds => Math.Round(clock.Elapsed.TotalSeconds, 1);

    /// <summary>One of three, by the time there is.</summary>
    public T Pick<T>(T quick, T usual, T whenLong) => options.Pick(quick, usual, whenLong);

    /// <summary>Adds one round's value to a figure.</summary>
    public void Add(string name, string unit, double value) =>
        figures[name] = figures.TryGetValue(name, out var before) ? before with { Rounds = [.. before.Rounds, value] } : new Figure(name, unit, [value]);

    /// <summary>The median of a figure, or nothing where it was not measured.</summary>
    public double? Median(string name) => figures.TryGetValue(name, out var figure) ? figure.Median : null;

    /// <summary>What this round found.</summary>
    public double Last(string name) => figures[name].Rounds[^1];

    /// <summary>Adds the ratio of two figures' medians, where both were measured: rounds of different programs have no pairs.</summary>
    public void Ratio(string name, string figure, string to)
    {
        if (Median(figure) is { } value && Median(to) is > 0 and var other) Add(name, "", value / other);
    }

    /// <summary>Says what a figure should be.</summary>
    public void Aim(string name, double? atLeast = null, double? atMost = null)
    {
        if (Median(name) is { } value) Aims.Add(new Aim(name, value, atLeast, atMost));
    }

    /// <summary>Adds a point to a figure that goes over something else.</summary>
    public void Point(string name, string across, string up, double x, double y)
    {
        var series = Series.Find(one => one.Name == name);
        if (series is null) Series.Add(series = new Series(name, across, up, []));
        series.Points.Add((x, y));
    }

    /// <summary>Keeps a sentence beside the figures: what was left out and why.</summary>
    public void Note(string sentence)
    {
        Notes.Add(sentence);
        Say(sentence);
    }

    /// <summary>Tells who waits.</summary>
    public void Say(string line) => Console.Error.WriteLine(FormattableString.Invariant($"{scenario.Name,9} {clock.Elapsed.TotalSeconds,6:0.0}s  {line}"));

    /// <summary>How long something took, in seconds.</summary>
    public static double Time(Action work)
    {
        var began = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
