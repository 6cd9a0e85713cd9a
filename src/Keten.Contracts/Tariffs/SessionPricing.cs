using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>One session on its way through a tariff: cuts it into stretches of one price, and finds each stretch's prices.</summary>
internal sealed class SessionPricing(TariffTerms terms)
{
    private readonly SessionBill bill = new(terms);
    private int steps = TariffPricing.MaxSegments;
    private Instant begin;
    private long firstRegister;

    /// <summary>What is even between two readings: where it starts, how long it lasts and how much energy flows.</summary>
    private readonly record struct Stretch(Instant From, long Seconds, long UsedBefore, long Energy, Activity Activity, long? Current, long? Power)
    {
        public long Watts => Power ?? (Activity == Activity.Charging && Seconds > 0 ? Exact.MultiplyDivide(Energy, 3_600, Seconds, Rounding.Down) : 0);
    }

    public PricingOutcome Reserve(Reservation reservation)
    {
        begin = reservation.From;
        var kind = reservation.Expired ? ReservationKind.Expires : ReservationKind.Reservation;
        return Run(new Stretch(reservation.From, reservation.Until - reservation.From, 0, 0, Activity.Reserved, null, null), kind);
    }

    public PricingOutcome Run(ReadOnlySpan<MeterPoint> points)
    {
        (begin, firstRegister) = (points[0].At, points[0].Register.Minor);
        var moved = false;
        for (var i = 0; i + 1 < points.Length; i++)
        {
            var stretch = Between(points[i], points[i + 1]);
            if (stretch is { Seconds: 0, Energy: 0 }) continue;
            moved = true;
            if (Run(stretch, ReservationKind.None) is var outcome and not PricingOutcome.Priced) return outcome;
        }
        return moved ? PricingOutcome.Priced : Run(Between(points[0], points[0]), ReservationKind.None);
    }

    public void FillSteps() => bill.FillSteps();

    public Priced Total(Instant from, Instant until, Amount energy, bool limited) => bill.Total(from, until, energy, limited);

    private Stretch Between(in MeterPoint point, in MeterPoint next) => new(point.At, next.At - point.At, point.Register.Minor - firstRegister,
        next.Register.Minor - point.Register.Minor, point.Activity, point.Current, point.Power);

    private PricingOutcome Run(in Stretch stretch, ReservationKind kind)
    {
        var (time, energy) = (0L, 0L);
        var end = (Time: stretch.Seconds * Micro.One, Energy: stretch.Energy * Micro.One);
        var clockChange = (Instant?)stretch.From;
        do
        {
            if (--steps < 0) return PricingOutcome.TooManySegments;
            var now = stretch.From.Plus(time / Micro.One);
            if (clockChange <= now) clockChange = TariffClock.Next(terms, now, stretch.From.Plus(stretch.Seconds), ref steps);
            if (steps < 0) return PricingOutcome.TooManySegments;
            var cut = NextCut(stretch, time, energy, clockChange) ?? end;
            if (Charge(stretch, kind, now, time, energy, cut) is var outcome and not PricingOutcome.Priced) return outcome;
            (time, energy) = cut;
        }
        while (time < end.Time || energy < end.Energy);
        return PricingOutcome.Priced;
    }

    /// <summary>Where, strictly within the stretch and after this place, a price could change next: in millionths of a second and of a Wh.</summary>
    private (long Time, long Energy)? NextCut(in Stretch stretch, long time, long energy, Instant? clockChange)
    {
        var (seconds, wattHours) = (clockChange is { } change ? change - stretch.From : stretch.Seconds, stretch.Energy);
        var elapsedBefore = stretch.From - begin;
        foreach (var element in terms.Elements)
        {
            if (element.Restrictions is not { } restrictions) continue;
            Nearer(restrictions.MinDuration - elapsedBefore, time, ref seconds);
            Nearer(restrictions.MaxDuration - elapsedBefore, time, ref seconds);
            Nearer(restrictions.MinEnergy - stretch.UsedBefore, energy, ref wattHours);
            Nearer(restrictions.MaxEnergy - stretch.UsedBefore, energy, ref wattHours);
        }
        var (byTime, byEnergy) = (seconds < stretch.Seconds, wattHours < stretch.Energy);
        if (!byTime && !byEnergy) return null;
        var (timeShare, energyShare) = ((Int128)seconds * stretch.Energy, (Int128)wattHours * stretch.Seconds);
        if (byTime && byEnergy && timeShare == energyShare && stretch.Seconds > 0) return (seconds * Micro.One, wattHours * Micro.One);
        return byTime && (!byEnergy || timeShare < energyShare)
            ? (seconds * Micro.One, Exact.MultiplyDivide(stretch.Energy * Micro.One, seconds, stretch.Seconds, Rounding.Down))
            : (Exact.MultiplyDivide(stretch.Seconds * Micro.One, wattHours, stretch.Energy, Rounding.Down), wattHours * Micro.One);

        static void Nearer(long? bound, long place, ref long nearest)
        {
            if (bound is { } at && at < nearest && at > 0 && at * Micro.One > place) nearest = at;
        }
    }

    private PricingOutcome Charge(in Stretch stretch, ReservationKind kind, Instant now, long time, long energy, (long Time, long Energy) cut)
    {
        var local = LocalTime.At(terms.Zone, now);
        var elapsed = (stretch.From - begin) * Micro.One + time;
        var used = stretch.UsedBefore * Micro.One + energy;
        var current = stretch.Current ?? (stretch.Activity == Activity.Charging ? -1 : 0);
        var unknown = false;
        var (duration, volume) = (cut.Time - time, cut.Energy - energy);
        var timed = stretch.Activity == Activity.Parking ? Dimension.ParkingTime : Dimension.Time;
        var watts = stretch.Watts;
        var flat = Match(Dimension.Flat);
        var byEnergy = volume > 0 ? Match(Dimension.Energy) : null;
        var byTime = duration > 0 ? Match(timed) : null;
        if (unknown) return PricingOutcome.CurrentNotStated;
        bill.Flat(flat, kind != ReservationKind.None);
        bill.Add(byEnergy, false, volume);
        bill.Add(byTime, kind != ReservationKind.None, duration);
        return bill.Period(new PricedPeriod(now, stretch.Activity, volume, duration, stretch.Current, stretch.Power), byEnergy, byTime)
            ? PricingOutcome.Priced : PricingOutcome.TooManySegments;

        PriceComponent? Match(Dimension dimension) =>
            First(dimension, kind) ?? (kind == ReservationKind.Expires ? First(dimension, ReservationKind.Reservation) : null);

        PriceComponent? First(Dimension dimension, ReservationKind of)
        {
            foreach (var element in terms.Elements)
            {
                if (element.Find(dimension) is not { } component) continue;
                if (element.Restrictions is not { } restrictions)
                {
                    if (of == ReservationKind.None) return component;
                    continue;
                }
                if (restrictions.Reservation != of || !restrictions.HoldAt(local)) continue;
                unknown |= current < 0 && (restrictions.MinCurrent ?? restrictions.MaxCurrent) is not null;
                if (restrictions.HoldFor(elapsed, used, current, watts)) return component;
            }
            return null;
        }
    }
}
