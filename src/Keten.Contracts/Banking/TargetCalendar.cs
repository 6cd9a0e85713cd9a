using Keten.Kernel;

namespace Keten.Contracts.Banking;

/// <summary>
/// The days on which euro payments are settled between banks: all but Saturdays, Sundays, New Year's Day, Good Friday, Easter Monday, 1 May, 25 and 26 December
/// (European Central Bank, long-term calendar for TARGET closing days, in force since 2002). Days are numbered since 1970-01-01.
/// </summary>
public static class TargetCalendar
{
    // The longest row of closed days is 24 to 28 December, or Good Friday to Easter Monday; a search that goes on for longer is at fault.
    private const int ClosedInARow = 7;

    /// <summary>Whether banks settle on this day.</summary>
    public static bool IsOpen(long day)
    {
        // Day 0 was a Thursday.
        if ((day + 4) % 7 is 0 or 6) return false;
        var date = CalendarDate.Of(day);
        if (date is { Month: 1, Day: 1 } or { Month: 5, Day: 1 } or { Month: 12, Day: 25 or 26 }) return false;
        return (day - EasterSunday(date.Year).Number) is not (-2 or 1);
    }

    /// <summary>Whether a moment is the beginning of a day on which banks settle.</summary>
    public static bool IsOpen(Instant day) => day.Seconds % Instant.Day == 0 && IsOpen(day.DayNumber);

    /// <summary>This day where it is open, or the next that is.</summary>
    public static long OnOrAfter(long day)
    {
        for (var tried = 0; tried < ClosedInARow && !IsOpen(day); tried++) day++;
        return day;
    }

    /// <summary>So many open days after a day, which itself need not be one.</summary>
    /// <param name="day">From where.</param>
    /// <param name="days">How many; nothing gives the day itself, or the next that is open.</param>
    public static long Plus(long day, int days)
    {
        if (days <= 0) return OnOrAfter(day);
        for (var left = days; left > 0; left--) day = OnOrAfter(day + 1);
        return day;
    }

    /// <summary>Easter Sunday of a year of the Gregorian calendar (Meeus, Astronomical Algorithms, chapter 8; found by Butcher, 1876).</summary>
    public static CalendarDate EasterSunday(int year)
    {
        var (a, b, c) = (year % 19, year / 100, year % 100);
        var h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
        var l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
        var m = (a + 11 * h + 22 * l) / 451;
        var n = h + l - 7 * m + 114;
        return new CalendarDate(year, n / 31, n % 31 + 1);
    }
}
