using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Connectors.Ocpi;

/// <summary>What a charge detail record says that pricing does not know.</summary>
/// <param name="Id">The record's id, at most 36 characters.</param>
/// <param name="SessionId">The session's id.</param>
/// <param name="Token">What started it.</param>
/// <param name="AuthMethod">How that was checked.</param>
/// <param name="Location">Where.</param>
/// <param name="MeterId">The meter.</param>
/// <param name="SignedData">What the meter signed.</param>
/// <param name="Remark">A remark.</param>
/// <param name="Made">When the record is made.</param>
public sealed record CdrHead(
    string Id, string? SessionId, CdrToken Token, CdrAuthMethod AuthMethod, CdrLocation Location, string? MeterId, CdrSignedData? SignedData, string? Remark,
    Instant Made);

/// <summary>
/// Makes a charge detail record of a priced session. Costs are in the currency's decimals, each rounded half-even from the exact lines; only the total is what
/// is paid, and the
/// costs by dimension may differ from it by their rounding and by a least or highest price. Volumes have OCPI's four decimals, rounded half-even.
/// </summary>
public static class CdrBuilder
{
    /// <summary>The record.</summary>
    public static Cdr Build(CdrHead head, OcpiTariff tariff, Priced priced)
    {
        var (periods, charging, parking) = (new List<CdrPeriod>(), 0L, 0L);
        foreach (var period in priced.Periods)
        {
            periods.Add(new CdrPeriod(period.From, Dimensions(period), tariff.Id));
            if (period.Activity == Activity.Charging) charging += period.Duration;
            else if (period.Activity == Activity.Parking) parking += period.Duration;
        }
        var terms = tariff.Terms;
        return new Cdr(
            tariff.CountryCode, tariff.PartyId, head.Id, priced.Begin, priced.End, head.SessionId, head.Token, head.AuthMethod, null, head.Location,
            head.MeterId,
            tariff.Currency, [tariff], periods, head.SignedData, new CdrPrice(Major(priced.ExclVat, terms), Major(priced.InclVat, terms)),
            Cost(priced, terms, line => !line.Reserved && line.Dimension == Dimension.Flat), priced.Energy.Minor / 1_000m,
            Cost(priced, terms, line => line.Dimension == Dimension.Energy), Hours(charging + parking),
            Cost(priced, terms, line => !line.Reserved && line.Dimension == Dimension.Time), Hours(parking),
            Cost(priced, terms, line => line.Dimension == Dimension.ParkingTime), Cost(priced, terms, line => line.Reserved), head.Remark, null, null, null,
            null, head.Made);
    }

    private static List<CdrDimension> Dimensions(PricedPeriod period)
    {
        var dimensions = new List<CdrDimension>();
        if (period.Energy > 0) dimensions.Add(new(CdrDimensionType.Energy, Four(period.Energy / 1_000_000_000m)));
        dimensions.Add(new(period.Activity switch { Activity.Charging => CdrDimensionType.Time, Activity.Parking => CdrDimensionType.ParkingTime,
            _ => CdrDimensionType.ReservationTime },
            Hours(period.Duration)));
        if (period.Current is { } current) dimensions.Add(new(CdrDimensionType.MaxCurrent, current / 1_000m));
        if (period.Power is { } power) dimensions.Add(new(CdrDimensionType.MaxPower, power / 1_000m));
        return dimensions;
    }

    private static CdrPrice? Cost(Priced priced, TariffTerms terms, Func<PricedLine, bool> counts)
    {
        var (excl, incl, any) = ((Int128)0, (Int128)0, false);
        foreach (var line in priced.Lines)
            if (counts(line)) (excl, incl, any) = (excl + line.Exact, incl + line.ExactInclVat, true);
        var perMinor = PricedLine.PerMajor;
        for (var i = 0; i < terms.CurrencyDecimals; i++) perMinor /= 10;
        return !any ? null : new CdrPrice(Major(terms.Currency.Of(Exact.Divide(excl, perMinor, Rounding.HalfEven)), terms),
            Major(terms.Currency.Of(Exact.Divide(incl, (Int128)perMinor * Rate.One, Rounding.HalfEven)), terms));
    }

    /// <summary>An amount with all decimals of its currency: 4.40 and not 4.4.</summary>
    private static decimal Major(Amount amount, TariffTerms terms) =>
        new decimal(1, 0, 0, false, (byte)terms.CurrencyDecimals) * amount.Minor;

    private static decimal Hours(long micros) => Four(micros / 3_600_000_000m);

    private static decimal Four(decimal volume) => decimal.Round(volume, 4, MidpointRounding.ToEven);
}
