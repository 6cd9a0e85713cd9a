using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>A wall clock's reading: seconds since 1970-01-01T00:00 local.</summary>
internal readonly record struct LocalTime(long Seconds)
{
    public long Day => Seconds >= 0 ? Seconds / Instant.Day : -((Instant.Day - 1 - Seconds) / Instant.Day);

    public long DayStart => Day * Instant.Day;

    public long Minute => (Seconds - DayStart) / 60;

    /// <summary>The bit of <see cref="Tariffs.Weekday"/>; day 0 was a Thursday.</summary>
    public int Weekday => 1 << (int)((Day % 7 + 10) % 7);

    /// <summary>Month × 100 + day of the Gregorian calendar, counted in years that begin in March, so that the leap day is their last.</summary>
    public int MonthDay
    {
        get
        {
            var days = Day + 719_468;
            var inEra = days % 146_097;
            var year = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365;
            var inYear = inEra - (365 * year + year / 4 - year / 100);
            var month = (5 * inYear + 2) / 153;
            var day = inYear - (153 * month + 2) / 5 + 1;
            return (int)((month < 10 ? month + 3 : month - 9) * 100 + day);
        }
    }

    public static LocalTime At(in Many<ZoneOffset> zone, Instant moment) => new(moment.Seconds + Offset(zone, moment));

    public static int Offset(in Many<ZoneOffset> zone, Instant moment)
    {
        var offset = 0;
        foreach (var entry in zone)
        {
            if (entry.From > moment) break;
            offset = entry.Seconds;
        }
        return offset;
    }

    /// <summary>The next moment after this at which local time shifts.</summary>
    public static Instant? NextShift(in Many<ZoneOffset> zone, Instant after)
    {
        foreach (var entry in zone)
            if (entry.From > after) return entry.From;
        return null;
    }
}

/// <summary>Volumes are counted in millionths of a Wh or a second.</summary>
internal static class Micro
{
    public const long One = 1_000_000;
}
