namespace Keten.Contracts.Tariffs;

/// <summary>
/// When an element of a tariff applies: OCPI's TariffRestrictions, all of which must hold at a moment. A lower bound is inclusive, an upper one exclusive.
/// <see cref="Season"/> is an extension: OCPI's dates name a year.
/// </summary>
/// <param name="StartTime">From this minute of the local day, 0 to 1,439.</param>
/// <param name="EndTime">Until this minute of the local day; past midnight where it is not later than the start, and 0 is the end of the day.</param>
/// <param name="StartDate">From this local day, in days since 1970-01-01.</param>
/// <param name="EndDate">Until this local day, which is no longer included.</param>
/// <param name="Season">In this part of every year.</param>
/// <param name="Days">On these days of the local week, the bits of <see cref="Weekday"/>; 0 for any.</param>
/// <param name="MinEnergy">From so many Wh of the session on.</param>
/// <param name="MaxEnergy">Until so many Wh of the session.</param>
/// <param name="MinCurrent">While the sum of the phases' current is at least so many milliamperes.</param>
/// <param name="MaxCurrent">While it is less.</param>
/// <param name="MinPower">While the power is at least so many watts.</param>
/// <param name="MaxPower">While it is less.</param>
/// <param name="MinDuration">From so many seconds after the session's begin.</param>
/// <param name="MaxDuration">Until so many seconds after the session's begin.</param>
/// <param name="Reservation">For a reservation instead of a session.</param>
public sealed record Restrictions(
    int? StartTime = null, int? EndTime = null, int? StartDate = null, int? EndDate = null, Season? Season = null, int Days = 0,
    long? MinEnergy = null, long? MaxEnergy = null, long? MinCurrent = null, long? MaxCurrent = null, long? MinPower = null, long? MaxPower = null,
    long? MinDuration = null, long? MaxDuration = null, ReservationKind Reservation = ReservationKind.None)
{
    internal bool NamesDay => StartDate is not null || EndDate is not null || Season is not null || Days != 0;

    internal bool NamesTime => NamesDay || StartTime is not null || EndTime is not null;

    /// <summary>The same without what the clock decides.</summary>
    internal Restrictions Untimed() =>
        NamesTime ? this with { StartTime = null, EndTime = null, StartDate = null, EndDate = null, Season = null, Days = 0 } : this;

    /// <summary>Whether what is left to the clock holds at a local moment. A weekday is that of the moment, also past midnight.</summary>
    internal bool HoldAt(LocalTime now)
    {
        if (Days != 0 && (Days & now.Weekday) == 0) return false;
        if (StartDate > now.Day || EndDate <= now.Day) return false;
        if (Season is { } season && !season.Contains(now.MonthDay)) return false;
        var (from, until) = (StartTime ?? 0, EndTime ?? 0);
        return from < until ? now.Minute >= from && now.Minute < until : now.Minute >= from || now.Minute < until;
    }

    /// <summary>Whether what is left to the session's own progress holds: seconds and Wh in millionths.</summary>
    internal bool HoldFor(long elapsedMicros, long energyMicros, long current, long power) =>
        !(MinDuration * Micro.One > elapsedMicros || MaxDuration * Micro.One <= elapsedMicros
            || MinEnergy * Micro.One > energyMicros || MaxEnergy * Micro.One <= energyMicros
            || MinCurrent > current || MaxCurrent <= current || MinPower > power || MaxPower <= power);
}

/// <summary>A part of every year, by month and day, both included; past the year's end where it ends before it begins.</summary>
/// <param name="From">The first day: month × 100 + day, 601 for 1 June.</param>
/// <param name="Until">The last day, included.</param>
public readonly record struct Season(int From, int Until)
{
    internal bool Contains(int monthDay) => From <= Until ? monthDay >= From && monthDay <= Until : monthDay >= From || monthDay <= Until;
}

/// <summary>The bits of <see cref="Restrictions.Days"/>.</summary>
public static class Weekday
{
    /// <summary>The first day of the week, the lowest bit; Tuesday is 2, Wednesday 4, and so on to Sunday, 64.</summary>
    public const int Monday = 1;

    /// <summary>The last day of the week.</summary>
    public const int Sunday = 64;

    /// <summary>Monday to Friday.</summary>
    public const int Workdays = 31;

    /// <summary>Saturday and Sunday.</summary>
    public const int Weekend = 96;

    /// <summary>All seven.</summary>
    public const int All = 127;
}

/// <summary>Whether an element is for a reservation: OCPI's ReservationRestrictionType.</summary>
public enum ReservationKind
{
    /// <summary>It is for a session.</summary>
    None = 0,

    /// <summary>It is for a reservation.</summary>
    Reservation = 1,

    /// <summary>It is for a reservation that no session followed; it goes before <see cref="Reservation"/> then.</summary>
    Expires = 2,
}
