using System.Globalization;
using Keten.Connectors.Sessions;

namespace Keten.Connectors.Insurance;

/// <summary>A risk factor of a portfolio: a column of whole numbers, divided into levels.</summary>
/// <param name="Column">Its name in the header.</param>
/// <param name="From">The least value of each level, rising; what is below the first counts to it.</param>
public sealed record FactorColumn(string Column, IReadOnlyList<uint> From)
{
    /// <summary>The level of a value, counted from 0.</summary>
    public int LevelOf(uint value)
    {
        var level = 0;
        for (var each = 1; each < From.Count; each++)
            if (From[each] <= value) level = each;
        return level;
    }

    /// <summary>Reads <c>column:18,25,40</c>; null for anything else, and for more than 32 levels.</summary>
    public static FactorColumn? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0) return null;
        var from = new List<uint>();
        foreach (var part in text[(colon + 1)..].Split(','))
        {
            if (!uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || (from.Count > 0 && value <= from[^1])) return null;
            from.Add(value);
        }
        return from.Count <= 32 ? new FactorColumn(text[..colon], from) : null;
    }
}

/// <summary>A policy of a portfolio, for as long as it was exposed.</summary>
/// <param name="Levels">The level of each factor, from 0.</param>
/// <param name="Claims">How many claims there were.</param>
/// <param name="Exposure">In years.</param>
/// <param name="Amount">What all of them cost.</param>
public readonly record struct PolicyRow(int[] Levels, int Claims, double Exposure, double Amount);

/// <summary>A portfolio as it was read.</summary>
/// <param name="Rows">The policies.</param>
/// <param name="Refused">Lines that are no policy, from 1; the header is line 1.</param>
public sealed record Portfolio(IReadOnlyList<PolicyRow> Rows, IReadOnlyList<int> Refused);

/// <summary>
/// Reads a portfolio from a CSV: columns <c>nclaims</c>, <c>exposure</c> (years), <c>amount</c> and those of the factors, found by the header's names; the others are skipped. A row that lacks
/// one, whose exposure is not more than nothing and at most ten years, or whose claims or amount are no number, is refused by its line.
/// </summary>
public static class PortfolioCsv
{
    /// <summary>The most rows of one file.</summary>
    public const int MaxRows = 1_000_000;

    private const int MaxColumns = 256;

    private static readonly string[] Needed = ["nclaims", "exposure", "amount"];

    /// <summary>Reads all of it.</summary>
    /// <exception cref="FormatException">The header lacks a column or has one twice, or there are too many rows.</exception>
    public static Portfolio Read(TextReader text, IReadOnlyList<FactorColumn> factors)
    {
        var lines = new LineReader(text);
        var header = lines.Next() && !lines.TooLong ? Csv.Split(lines.Line, MaxColumns) : null;
        var places = new List<int>();
        foreach (var name in Needed.Concat(factors.Select(factor => factor.Column)))
        {
            var place = header?.IndexOf(name) ?? -1;
            if (place < 0 || header!.LastIndexOf(name) != place) throw new FormatException($"The file has no column {name}, or has it twice.");
            places.Add(place);
        }
        var (rows, refused) = (new List<PolicyRow>(), new List<int>());
        while (lines.Next())
        {
            if (lines.Number > MaxRows + 1) throw new FormatException($"The file has more than {MaxRows} rows.");
            if (!lines.TooLong && lines.Line.Length == 0) continue;
            if (!lines.TooLong && Csv.Split(lines.Line, MaxColumns) is { } cells && cells.Count == header!.Count && Row(cells, places, factors) is { } row) rows.Add(row);
            else refused.Add(lines.Number);
        }
        return new Portfolio(rows, refused);
    }

    private static PolicyRow? Row(List<string> cells, List<int> places, IReadOnlyList<FactorColumn> factors)
    {
        if (Whole(cells[places[0]]) is not { } claims || claims > 1_000 || Number(cells[places[1]]) is not { } exposure || Number(cells[places[2]]) is not { } amount) return null;
        if (exposure is <= 0 or > 10) return null;
        var levels = new int[factors.Count];
        for (var each = 0; each < levels.Length; each++)
        {
            if (Whole(cells[places[Needed.Length + each]]) is not { } value) return null;
            levels[each] = factors[each].LevelOf(value);
        }
        return new PolicyRow(levels, (int)claims, exposure, amount);
    }

    private static uint? Whole(string text) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1e15 ? value : null;
}
