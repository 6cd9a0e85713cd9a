using Keten.Contracts.Insurance;

namespace Keten.Connectors.Insurance;

/// <summary>
/// Derives relativities from a portfolio (docs/contracts/insurance.md). Three steps: marginal totals (Bailey 1963; the same numbers as a Poisson regression with a logarithm for its link), so that
/// the expected claims of each level are its own; credibility by Bühlmann and Straub (1970), which draws a level with few claims to the mean as far as the factor's own scatter says; and a base that
/// makes the expected claims of all those that there were. Sums are taken in the order of the file, so the same file gives the same numbers.
/// </summary>
public static class Relativities
{
    private const int RoundsAtMost = 1_000;
    private const double Enough = 1e-12;

    /// <summary>No relativity of a tariff is lower.</summary>
    public const uint MillionthsAtLeast = 50_000;

    /// <summary>Derives.</summary>
    /// <param name="portfolio">With a claim at least.</param>
    /// <param name="factors">Those that it was read by.</param>
    /// <param name="largest">Of a policy's claims no more than so much is counted into the average; none: all.</param>
    /// <exception cref="FormatException">There is no claim, or there are no policies.</exception>
    public static DerivedRates Derive(Portfolio portfolio, IReadOnlyList<FactorColumn> factors, double? largest = null)
    {
        var rows = portfolio.Rows;
        var (claims, exposure, amount) = (rows.Sum(row => (long)row.Claims), rows.Sum(row => row.Exposure), rows.Sum(row => Math.Min(row.Amount, largest ?? double.MaxValue)));
        if (claims == 0) throw new FormatException("There is no claim in the file.");
        var fitted = MarginalTotals(rows, factors);
        var derived = new List<DerivedFactor>();
        for (var each = 0; each < factors.Count; each++) derived.Add(Credible(rows, factors[each], each, fitted));
        var given = derived.Select(factor => factor.Levels.Select(level => level.Millionths / 1e6).ToArray()).ToArray();
        return new DerivedRates(rows.Count, claims, exposure, amount / claims, claims / rows.Sum(row => row.Exposure * Product(row, given, except: -1)), derived);
    }

    // Each factor in turn is set so that every level's expected claims are its own, until nothing changes any more.
    private static double[][] MarginalTotals(IReadOnlyList<PolicyRow> rows, IReadOnlyList<FactorColumn> factors)
    {
        var relativities = factors.Select(factor => Enumerable.Repeat(1.0, factor.From.Count).ToArray()).ToArray();
        for (var (round, change) = (0, double.MaxValue); round < RoundsAtMost && change > Enough; round++)
        {
            change = 0;
            for (var each = 0; each < factors.Count; each++)
            {
                var totals = Totals(rows, each, relativities);
                for (var level = 0; level < totals.Length; level++)
                {
                    var now = totals[level].Expected > 0 ? totals[level].Claims / totals[level].Expected : 1;
                    change = Math.Max(change, Math.Abs(now - relativities[each][level]));
                    relativities[each][level] = now;
                }
            }
        }
        return relativities;
    }

    private static DerivedFactor Credible(IReadOnlyList<PolicyRow> rows, FactorColumn factor, int place, double[][] fitted)
    {
        var totals = Totals(rows, place, fitted);
        var (all, squares, scatter, used) = (totals.Sum(level => level.Expected), totals.Sum(level => level.Expected * level.Expected), 0.0, 0);
        foreach (var level in totals)
        {
            if (level.Expected <= 0) continue;
            var beyond = level.Claims / level.Expected - 1;
            (scatter, used) = (scatter + level.Expected * beyond * beyond, used + 1);
        }
        // What the levels scatter beyond what chance alone would: the variance between them.
        var between = all > squares / all ? (scatter - (used - 1)) / (all - squares / all) : 0;
        var constant = between > 0 ? 1 / between : double.PositiveInfinity;
        var shrunk = new double[totals.Length];
        var (credibility, most) = (new double[totals.Length], 0);
        for (var level = 0; level < totals.Length; level++)
        {
            credibility[level] = between > 0 ? totals[level].Expected / (totals[level].Expected + constant) : 0;
            shrunk[level] = totals[level].Expected > 0 ? 1 + credibility[level] * (totals[level].Claims / totals[level].Expected - 1) : 1;
            if (totals[level].Exposure > totals[most].Exposure) most = level;
        }
        var levels = new List<DerivedLevel>();
        for (var level = 0; level < totals.Length; level++)
        {
            var raw = totals[level].Expected > 0 ? totals[level].Claims / totals[level].Expected : 1;
            levels.Add(new DerivedLevel(factor.From[level], totals[level].Claims, totals[level].Exposure, raw, credibility[level], Millionths(shrunk[level] / shrunk[most])));
        }
        return new DerivedFactor(factor.Column, between > 0 ? constant : null, levels);
    }

    // What each level's claims would be by the other factors alone, scaled so that they sum to those that there were.
    private static Total[] Totals(IReadOnlyList<PolicyRow> rows, int place, double[][] relativities)
    {
        var totals = new Total[relativities[place].Length];
        foreach (var row in rows)
        {
            ref var level = ref totals[row.Levels[place]];
            level = new Total(level.Claims + row.Claims, level.Exposure + row.Exposure, level.Expected + row.Exposure * Product(row, relativities, except: place));
        }
        var scale = totals.Sum(level => level.Claims) / totals.Sum(level => level.Expected);
        return Array.ConvertAll(totals, level => level with { Expected = level.Expected * scale });
    }

    private static double Product(in PolicyRow row, double[][] relativities, int except)
    {
        var product = 1.0;
        for (var each = 0; each < relativities.Length; each++)
            if (each != except) product *= relativities[each][row.Levels[each]];
        return product;
    }

    private static uint Millionths(double relativity) =>
        (uint)Math.Clamp(Math.Round(relativity * 1e6, MidpointRounding.ToEven), MillionthsAtLeast, RatingFactor.MillionthsAtMost);

    private readonly record struct Total(long Claims, double Exposure, double Expected);
}
