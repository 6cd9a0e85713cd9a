using System.Globalization;

namespace Keten.Bench.Harness;

/// <summary>How much time there is.</summary>
internal enum Length
{
    Quick = 0,
    Usual = 1,
    Long = 2,
}

/// <summary>What the command line asked for.</summary>
/// <param name="Length">How much time there is.</param>
/// <param name="RoundsAsked">How many rounds, where that was said.</param>
/// <param name="Json">Whether standard output ends with one JSON object.</param>
/// <param name="Keep">Whether the results are kept under benchmarks/results.</param>
/// <param name="Names">Words that are no options.</param>
internal sealed record Options(Length Length, int? RoundsAsked, bool Json, bool Keep, IReadOnlyList<string> Names)
{
    /// <summary>How many seeds a simulation runs, where that was said.</summary>
    public int? Seeds { get; init; }

    /// <summary>Which of a scenario's parts, with commas between, where that was said.</summary>
    public string? Only { get; init; }

    /// <summary>How many rounds are measured.</summary>
    public int Rounds => RoundsAsked ?? (Length == Length.Quick ? 3 : 5);

    /// <summary>One of three, by the time there is.</summary>
    public T Pick<T>(T quick, T usual, T whenLong) => Length switch
    {
        Length.Quick => quick,
        Length.Usual => usual,
        _ => whenLong,
    };

    /// <summary>Reads the command line; null where it cannot be read.</summary>
    public static Options? Read(string[] words)
    {
        var read = new Options(Length.Usual, null, false, false, []);
        var names = new List<string>();
        for (var at = 0; at < words.Length; at++)
        {
            switch (words[at])
            {
                case "--quick": read = read with { Length = Length.Quick }; break;
                case "--long": read = read with { Length = Length.Long }; break;
                case "--json": read = read with { Json = true }; break;
                case "--keep": read = read with { Keep = true }; break;
                case "--rounds" when ++at < words.Length && int.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= 100:
                    read = read with { RoundsAsked = rounds };
                    break;
                case "--seeds" when ++at < words.Length && int.TryParse(words[at], NumberStyles.None, CultureInfo.InvariantCulture, out var seeds) && seeds is > 0 and <= 10_000_000:
                    read = read with { Seeds = seeds };
                    break;
                case "--only" when ++at < words.Length: read = read with { Only = words[at] }; break;
                case ['-', ..]: return null;
                default: names.Add(words[at]); break;
            }
        }
        return read with { Names = names };
    }
}
