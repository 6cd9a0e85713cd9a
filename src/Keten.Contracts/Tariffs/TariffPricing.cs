using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>
/// Prices a session as OCPI 2.2.1 describes (modules Tariffs and CDRs). Between two meter points energy and time flow evenly; where a price changes between
/// them the stretch is
/// split there, at whole seconds for a change by the clock and at whole Wh for a change by energy, and the other measure is cut at a millionth of a Wh or
/// second, rounded down, so
/// that the parts always sum to the whole. Where the meter signs at each change (<see cref="TariffClock.Boundaries"/>) nothing is estimated.
/// <list type="bullet">
/// <item>For each dimension the first element that has a price for it and whose restrictions hold at the stretch's begin; none, and the dimension costs
/// nothing.</item>
/// <item>A flat fee is charged once a session: the first that comes to apply. A reservation has one of its own.</item>
/// <item>The step fills up the total of ENERGY, and of the last of TIME and PARKING_TIME that had a price, once a session, at the step and the price last
/// used. A reservation's
/// time has its own step.</item>
/// <item>The totals without and with VAT are each held to the least and highest price, then rounded half-even, once. The fraction that is lost goes to
/// nobody's account.</item>
/// </list>
/// </summary>
public static class TariffPricing
{
    /// <summary>No session is priced in more periods, or cut by more of a tariff's hours.</summary>
    public const int MaxPeriods = 1_024;

    /// <summary>No session has more points, nor more moments at which a restriction begins or ends.</summary>
    public const int MaxSegments = 10_000;

    /// <summary>No session is longer: 400 days.</summary>
    public const long MaxSeconds = 400 * Instant.Day;

    /// <summary>No session takes more: 100 MWh, in Wh.</summary>
    public const long MaxEnergy = 100_000_000;

    /// <summary>Prices a session. Never throws for what a session or terms can hold.</summary>
    /// <param name="terms">The tariff.</param>
    /// <param name="points">The meter's readings in order, at least one; none for a reservation that expired.</param>
    /// <param name="reservation">The reservation before it.</param>
    public static PricingResult Price(TariffTerms terms, ReadOnlySpan<MeterPoint> points, Reservation? reservation = null)
    {
        var outcome = Check(terms, points, reservation);
        if (outcome != PricingOutcome.Priced) return new(outcome, null);
        var session = new SessionPricing(terms);
        if (reservation is { } reserved) outcome = session.Reserve(reserved);
        if (outcome == PricingOutcome.Priced && points.Length > 0) outcome = session.Run(points);
        if (outcome != PricingOutcome.Priced) return new(outcome, null);
        session.FillSteps();
        var begin = reservation?.From ?? points[0].At;
        return points.Length == 0
            ? new(outcome, session.Total(begin, reservation!.Value.Until, terms.Energy.Of(0), limited: false))
            : new(outcome, session.Total(begin, points[^1].At, points[^1].Register - points[0].Register, limited: true));
    }

    private static PricingOutcome Check(TariffTerms terms, ReadOnlySpan<MeterPoint> points, Reservation? reservation)
    {
        if (TermsCheck.Of(terms) != TermsFault.None) return PricingOutcome.BadTerms;
        if (points.Length > MaxSegments) return PricingOutcome.TooManySegments;
        if (points.IsEmpty != (reservation?.Expired ?? false)) return PricingOutcome.NoPoints;
        for (var i = 0; i < points.Length; i++)
            if (Check(terms, points[i], i == 0 ? points[i] : points[i - 1]) is var fault and not PricingOutcome.Priced) return fault;
        if (reservation is { } reserved && (reserved.From > reserved.Until || (points.Length > 0 && reserved.Until > points[^1].At)))
            return PricingOutcome.TimeRunsBack;
        var begin = reservation?.From ?? points[0].At;
        var end = points.IsEmpty ? reservation!.Value.Until : points[^1].At;
        if (begin < default(Instant) || end > Instant.Last || end - begin > MaxSeconds) return PricingOutcome.OutOfRange;
        if (points.Length > 0 && points[^1].Register.Minor - points[0].Register.Minor > MaxEnergy) return PricingOutcome.OutOfRange;
        return begin < terms.ValidFrom || begin > terms.ValidUntil ? PricingOutcome.NotValidThen : PricingOutcome.Priced;
    }

    private static PricingOutcome Check(TariffTerms terms, in MeterPoint point, in MeterPoint before) =>
        point.Register.Unit != terms.Energy ? PricingOutcome.WrongUnit
        : point.At < before.At ? PricingOutcome.TimeRunsBack
        : point.Register.Minor < 0 || point.Register.Minor < before.Register.Minor ? PricingOutcome.RegisterRunsBack
        : point.Activity is not (Activity.Charging or Activity.Parking) ? PricingOutcome.WrongActivity
        : point.Current < 0 || point.Power < 0 ? PricingOutcome.OutOfRange
        : PricingOutcome.Priced;
}
