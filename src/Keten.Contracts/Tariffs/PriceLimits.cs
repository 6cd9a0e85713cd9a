using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>Holds a session's exact totals to the least and the highest price, each total to its own.</summary>
internal static class PriceLimits
{
    private const long PerMillionth = PricedLine.PerMajor / Micro.One;

    public static (Int128 Excl, Int128 Incl) Hold(TariffTerms terms, Int128 excl, Int128 incl)
    {
        if (terms.MinPrice is { } least) (excl, incl) = Raise(least, excl, incl);
        if (terms.MaxPrice is { } most) (excl, incl) = Lower(most, excl, incl);
        return (excl, incl);
    }

    private static (Int128 Excl, Int128 Incl) Raise(PriceLimit least, Int128 excl, Int128 incl)
    {
        var floor = (Int128)least.ExclVat * PerMillionth;
        var inclFloor = least.InclVat is { } given ? (Int128)given * PerMillionth * Rate.One : floor > excl ? InProportion(floor, excl, incl) : incl;
        return (Int128.Max(excl, floor), Int128.Max(incl, inclFloor));
    }

    private static (Int128 Excl, Int128 Incl) Lower(PriceLimit most, Int128 excl, Int128 incl)
    {
        var ceiling = (Int128)most.ExclVat * PerMillionth;
        var inclCeiling = most.InclVat is { } given ? (Int128)given * PerMillionth * Rate.One : ceiling < excl ? InProportion(ceiling, excl, incl) : incl;
        return (Int128.Min(excl, ceiling), Int128.Min(incl, inclCeiling));
    }

    /// <summary>
    /// The total with VAT that is to the limit as it was to the total without: by the VAT's average rate, to a millionth, half-even. A session that cost
    /// nothing has no VAT.
    /// </summary>
    private static Int128 InProportion(Int128 limit, Int128 excl, Int128 incl) =>
        excl == 0 ? limit * Rate.One : limit * Exact.Divide(incl, excl, Rounding.HalfEven);
}
