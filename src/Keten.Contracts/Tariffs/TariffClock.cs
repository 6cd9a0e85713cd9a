using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>When a tariff's prices change by the clock alone.</summary>
public static class TariffClock
{
    /// <summary>
    /// The moments after <paramref name="from"/> and before <paramref name="to"/> at which time of day, date, season or weekday change what a tariff charges,
    /// in order: where
    /// a meter signs, so that no price rests on an estimate. A moment at which another element with the same price takes over is none.
    /// </summary>
    /// <returns><see cref="PricingOutcome.TooManySegments"/>, and none, where there are more than a record's list holds or it takes too long to find
    /// them.</returns>
    public static PricingOutcome Boundaries(TariffTerms terms, Instant from, Instant to, out Many<Instant> moments)
    {
        moments = default;
        if (TermsCheck.Of(terms) != TermsFault.None) return PricingOutcome.BadTerms;
        var found = new Instant[TariffPricing.MaxPeriods];
        var (count, steps) = (0, TariffPricing.MaxSegments);
        for (var next = Next(terms, from, to, ref steps); next is { } moment; next = Next(terms, moment, to, ref steps))
        {
            if (count == found.Length) return PricingOutcome.TooManySegments;
            found[count++] = moment;
        }
        if (steps < 0) return PricingOutcome.TooManySegments;
        moments = new Many<Instant>(found.AsSpan(0, count));
        return PricingOutcome.Priced;
    }

    /// <summary>The next change after a moment and before another; none also when the steps are used up, which are negative then.</summary>
    internal static Instant? Next(TariffTerms terms, Instant after, Instant before, ref int steps)
    {
        while (Candidate(terms, after) is { } moment && moment < before && --steps >= 0)
        {
            if (Changes(terms, moment)) return moment;
            after = moment;
        }
        return null;
    }

    /// <summary>The next moment at which a restriction could begin or end to hold.</summary>
    private static Instant? Candidate(TariffTerms terms, Instant after)
    {
        var local = LocalTime.At(terms.Zone, after);
        long? next = null;
        foreach (var element in terms.Elements)
        {
            if (element.Restrictions is not { NamesTime: true } restrictions) continue;
            if (restrictions.StartTime is { } start) Consider(start * 60L);
            if (restrictions.EndTime is { } end) Consider(end * 60L);
            if (restrictions.NamesDay || (restrictions.StartTime is null) != (restrictions.EndTime is null)) Consider(0);
        }
        if (next is not { } found) return null;
        var moment = new Instant(found - LocalTime.Offset(terms.Zone, after));
        return LocalTime.NextShift(terms.Zone, after) is { } shift && shift < moment ? shift : moment;

        void Consider(long inDay)
        {
            var candidate = local.DayStart + inDay;
            if (candidate <= local.Seconds) candidate += Instant.Day;
            if (next is null || candidate < next) next = candidate;
        }
    }

    private static bool Changes(TariffTerms terms, Instant moment)
    {
        var (before, now) = (LocalTime.At(terms.Zone, moment.Plus(-1)), LocalTime.At(terms.Zone, moment));
        var differs = false;
        foreach (var element in terms.Elements) differs |= Holds(element, before) != Holds(element, now);
        if (!differs) return false;
        for (var kind = ReservationKind.None; kind <= ReservationKind.Expires; kind++)
            for (var dimension = Dimension.Flat; dimension <= Dimension.ParkingTime; dimension++)
                if (!SameOffer(terms, dimension, kind, before, now)) return true;
        return false;
    }

    private static bool Holds(TariffElement element, LocalTime now) => element.Restrictions?.HoldAt(now) ?? true;

    /// <summary>Whether, whatever else is restricted, the same prices are offered in the same order at both moments.</summary>
    private static bool SameOffer(TariffTerms terms, Dimension dimension, ReservationKind kind, LocalTime before, LocalTime now)
    {
        // Each turn moves on by one element at least, so that there are no more turns than elements.
        var (i, j) = (0, 0);
        for (var left = terms.Elements.Count; left >= 0; left--, i++, j++)
        {
            (i, j) = (Offer(terms, dimension, kind, before, i), Offer(terms, dimension, kind, now, j));
            if (i == terms.Elements.Count || j == terms.Elements.Count) return i == j;
            if (i != j && terms.Elements[i].Find(dimension) != terms.Elements[j].Find(dimension)) return false;
            var unrestricted = new Restrictions(Reservation: kind);
            var (earlier, later) = (terms.Elements[i].Restrictions?.Untimed() ?? unrestricted, terms.Elements[j].Restrictions?.Untimed() ?? unrestricted);
            if (earlier != later) return false;
            if (earlier == unrestricted) return true;
        }
        return true;
    }

    /// <summary>The first element from an index on that offers a price at a moment; the count where none does.</summary>
    private static int Offer(TariffTerms terms, Dimension dimension, ReservationKind kind, LocalTime now, int from)
    {
        for (var i = from; i < terms.Elements.Count; i++)
        {
            var element = terms.Elements[i];
            if ((element.Restrictions?.Reservation ?? ReservationKind.None) == kind && element.Find(dimension) is not null && Holds(element, now)) return i;
        }
        return terms.Elements.Count;
    }
}
