using System.Globalization;

namespace Keten.Tests.Simulation;

/// <summary>The seeds that the environment variable KETEN_SEEDS asks for.</summary>
internal static class Seeds
{
    /// <summary>From one to before another; the usual ones where nothing is asked for.</summary>
    public static (int From, int To) Or(string usual)
    {
        var text = Environment.GetEnvironmentVariable("KETEN_SEEDS") is { Length: > 0 } set ? set : usual;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var from = dash < 0 ? 0 : int.Parse(text.AsSpan(0, dash), CultureInfo.InvariantCulture);
        return (from, int.Parse(text.AsSpan(dash + 1), CultureInfo.InvariantCulture));
    }
}
