using Keten.Kernel;

namespace Keten.Contracts.Banking;

/// <summary>A day of the Gregorian calendar. Banks count in days and months, and no clock is needed for either.</summary>
/// <param name="Year">From 1970.</param>
/// <param name="Month">From 1 to 12.</param>
/// <param name="Day">From 1.</param>
public readonly record struct CalendarDate(int Year, int Month, int Day)
{
    /// <summary>Days since 1970-01-01. Years are counted from March, so that the leap day is their last.</summary>
    public long Number
    {
        get
        {
            long year = Month > 2 ? Year : Year - 1;
            var inYear = (153 * (Month > 2 ? Month - 3 : Month + 9) + 2) / 5 + Day - 1;
            return year * 365 + year / 4 - year / 100 + year / 400 + inYear - 719_468;
        }
    }

    /// <summary>The day's first moment, by which dates stand on the ledger.</summary>
    public Instant Begin => new(Number * Instant.Day);

    /// <summary>How many days the month has.</summary>
    public int DaysOfMonth => Month == 2 ? (Year % 4 == 0 && Year % 100 != 0) || Year % 400 == 0 ? 29 : 28 : Month is 4 or 6 or 9 or 11 ? 30 : 31;

    /// <summary>The day of a number of days since 1970-01-01.</summary>
    public static CalendarDate Of(long number)
    {
        var days = number + 719_468;
        var (era, inEra) = (days / 146_097, days % 146_097);
        var year = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365;
        var inYear = inEra - (365 * year + year / 4 - year / 100);
        var month = (5 * inYear + 2) / 153;
        var day = inYear - (153 * month + 2) / 5 + 1;
        return new CalendarDate((int)(year + era * 400 + (month < 10 ? 0 : 1)), (int)(month < 10 ? month + 3 : month - 9), (int)day);
    }

    /// <summary>The day in UTC of a moment.</summary>
    public static CalendarDate Of(Instant moment) => Of(moment.DayNumber);

    /// <summary>The same day so many months later, or the month's last where it has no such day.</summary>
    public CalendarDate PlusMonths(int months)
    {
        var count = Year * 12 + Month - 1 + months;
        var first = new CalendarDate(count / 12, count % 12 + 1, 1);
        var last = first.DaysOfMonth;
        return first with { Day = Day < last ? Day : last };
    }
}
