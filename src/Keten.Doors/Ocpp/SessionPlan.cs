using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Doors;

/// <summary>What a session's charge point is to do now.</summary>
/// <param name="Stops">To end the transaction.</param>
/// <param name="Watts">Otherwise the most that it may give; null: what it can.</param>
internal readonly record struct Order(bool Stops, long? Watts);

/// <summary>How a session keeps to what the customer wished. Pure: the same facts give the same order.</summary>
internal static class SessionPlan
{
    /// <summary>Less than that no vehicle charges with (6 A at 230 V, IEC 61851-1): it is told to wait.</summary>
    public const long LeastWatts = 1_380;

    private const long Hour = 3_600, Minute = 60;

    /// <summary>What a session is to do.</summary>
    /// <param name="wish">What was in force when it began.</param>
    /// <param name="terms">The tariff in force when it began.</param>
    /// <param name="begin">The register when it began.</param>
    /// <param name="last">The register as it was told last.</param>
    /// <param name="before">The register as it was told before that, where it was: what came in between may come once more before the charge point stops.</param>
    /// <param name="now">Now.</param>
    /// <param name="surplus">How many watts of sun there are beyond the site's own use; null: not known, and so none.</param>
    /// <param name="most">What the charge point can give, in watts.</param>
    public static Order For(in SessionWish wish, TariffTerms terms, in MeterPoint begin, in MeterPoint last, in MeterPoint? before, Instant now, long? surplus, long most)
    {
        var delivered = last.Register.Minor - begin.Register.Minor;
        if (wish.Wanted is { } wanted && delivered >= wanted.Minor) return new Order(true, null);
        if (wish.AtMost is { } limit && CostOf(terms, begin, last) is { } cost)
        {
            var more = before is { } earlier && CostOf(terms, begin, earlier) is { } less ? cost - less : 0;
            if (cost + more >= limit.Minor) return new Order(true, null);
        }
        if (!wish.OnlySurplus) return default;
        if (wish is { FullBy: { } minute, Wanted: { } full } && IsTime(terms, begin.At, now, minute, full.Minor - delivered, most)) return default;
        return new Order(false, surplus is { } watts && watts >= LeastWatts ? Math.Min(watts, most) : 0);
    }

    /// <summary>The next time after a moment at which a clock in the tariff's local time shows a minute of the day.</summary>
    public static Instant Next(TariffTerms terms, Instant after, int minute)
    {
        var local = after.Seconds + Offset(terms, after);
        var midnight = local - local % Instant.Day;
        var at = midnight + minute * Minute;
        if (at < local) at += Instant.Day;
        return after.Plus(at - local);
    }

    // From when on it takes all that the charge point can give to be full in time, a twentieth of it for safety.
    private static bool IsTime(TariffTerms terms, Instant began, Instant now, int minute, long missing, long most) =>
        now >= Next(terms, began, minute).Plus(-(missing * Hour / Math.Max(1, most) * 21 / 20 + Minute));

    private static int Offset(TariffTerms terms, Instant moment)
    {
        var offset = 0;
        foreach (var zone in terms.Zone)
            if (zone.From <= moment) offset = zone.Seconds;
        return offset;
    }

    private static long? CostOf(TariffTerms terms, in MeterPoint from, in MeterPoint to) => TariffPricing.Price(terms, [from, to]).Session?.InclVat.Minor;
}
