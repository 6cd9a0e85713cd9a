namespace Keten.Bench.Harness;

/// <summary>One thing that was measured, once in each round.</summary>
/// <param name="Name">Its key in JSON.</param>
/// <param name="Unit">What it counts.</param>
/// <param name="Rounds">In the order measured.</param>
internal sealed record Figure(string Name, string Unit, double[] Rounds)
{
    public double Median => Percentile(Rounds, 0.5);

    public double Min => Rounds.Min();

    public double Max => Rounds.Max();

    /// <summary>Of values in any order, the one that such a part of them does not exceed; of an even number's middle, the mean of the two.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, double part)
    {
        if (values.Count == 0) return 0;
        var sorted = values.Order().ToArray();
        if (part == 0.5 && sorted.Length % 2 == 0) return (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        return sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];
    }

    /// <summary>Rounded to four figures: more was not measured.</summary>
    public static double Shown(double value)
    {
        if (value == 0 || !double.IsFinite(value)) return 0;
        var digits = 3 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits >= 0 ? Math.Round(value, Math.Min(15, digits)) : Math.Round(value);
    }
}

/// <summary>Where to get to. Told beside the figure; nothing fails for it.</summary>
/// <param name="Figure">Of which figure.</param>
/// <param name="Value">The figure's median.</param>
/// <param name="AtLeast">The least that is aimed for, or null.</param>
/// <param name="AtMost">The most that is aimed for, or null.</param>
internal sealed record Aim(string Figure, double Value, double? AtLeast, double? AtMost)
{
    public bool Met => (AtLeast is null || Value >= AtLeast) && (AtMost is null || Value <= AtMost);

    public string Words => AtLeast is { } least ? FormattableString.Invariant($"≥ {least:#,0.##}") : FormattableString.Invariant($"≤ {AtMost:#,0.##}");
}

/// <summary>A figure as it went over something else: time, accounts, load offered.</summary>
/// <param name="Name">Its key in JSON.</param>
/// <param name="Across">What the first numbers count.</param>
/// <param name="Up">What the second numbers count.</param>
/// <param name="Points">In order.</param>
internal sealed record Series(string Name, string Across, string Up, List<(double X, double Y)> Points);
