using FsCheck;
using FsCheck.Fluent;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Sepa;

public sealed class CalendarTests
{
    [Fact]
    public void A_date_is_the_calendars_own_for_two_hundred_years()
    {
        var day = new DateOnly(1970, 1, 1);
        for (var number = 0; number < 73_050; number++, day = day.AddDays(1))
        {
            var date = CalendarDate.Of(number);
            Assert.Equal((day.Year, day.Month, day.Day, number), (date.Year, date.Month, date.Day, date.Number));
            Assert.Equal(DateTime.DaysInMonth(day.Year, day.Month), date.DaysOfMonth);
        }
    }

    [Fact]
    public void Months_later_is_what_the_platform_says() => Prop.ForAll(Gen.Choose(0, 60_000).ToArbitrary(), Gen.Choose(0, 400).ToArbitrary(), (number, months) =>
    {
        var (date, later) = (CalendarDate.Of(number).PlusMonths(months), new DateOnly(1970, 1, 1).AddDays(number).AddMonths(months));
        return (date.Year, date.Month, date.Day) == (later.Year, later.Month, later.Day);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(2000, 4, 23)]
    [InlineData(2008, 3, 23)]
    [InlineData(2011, 4, 24)]
    [InlineData(2024, 3, 31)]
    [InlineData(2025, 4, 20)]
    [InlineData(2026, 4, 5)]
    [InlineData(2027, 3, 28)]
    [InlineData(2038, 4, 25)]
    [InlineData(2285, 3, 22)]
    public void Easter_is_on_its_day(int year, int month, int day) => Assert.Equal(new CalendarDate(year, month, day), TargetCalendar.EasterSunday(year));

    [Fact]
    public void The_closing_days_of_2026_are_those_that_the_central_bank_names()
    {
        // Beside the weekends; 26 December 2026 is a Saturday.
        var closed = Enumerable.Range(0, 365).Select(day => new CalendarDate(2026, 1, 1).Number + day).Where(day => !TargetCalendar.IsOpen(day) && (day + 4) % 7 is not (0 or 6))
            .Select(day => CalendarDate.Of(day)).ToArray();
        Assert.Equal([new(2026, 1, 1), new(2026, 4, 3), new(2026, 4, 6), new(2026, 5, 1), new(2026, 12, 25)], closed);
    }

    [Fact]
    public void Weekends_are_closed_by_the_platforms_calendar() => Prop.ForAll(Gen.Choose(0, 60_000).ToArbitrary(), number =>
        !TargetCalendar.IsOpen(number) || new DateOnly(1970, 1, 1).AddDays(number).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).QuickCheckThrowOnFailure();

    [Fact]
    public void Open_days_are_counted_one_by_one() => Prop.ForAll(Gen.Choose(0, 60_000).ToArbitrary(), Gen.Choose(0, 20).ToArbitrary(), (number, days) =>
    {
        var later = TargetCalendar.Plus(number, days);
        var between = Enumerable.Range(1, (int)(later - number)).Count(step => TargetCalendar.IsOpen(number + step));
        return TargetCalendar.IsOpen(later) && (days == 0 ? later == TargetCalendar.OnOrAfter(number) : between == days);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Only_a_days_first_moment_is_a_day() => Assert.False(TargetCalendar.IsOpen(new CalendarDate(2026, 1, 12).Begin.Plus(1)));

    [Theory]
    [InlineData(Scheme.Core, Undoing.Refund, false, 2026, 3, 13)]           // 8 weeks after Monday, 12 January are Monday, 9 March, and four days for the booking
    [InlineData(Scheme.Core, Undoing.Refund, true, 2027, 2, 18)]
    [InlineData(Scheme.Core, Undoing.Return, false, 2026, 1, 23)]
    [InlineData(Scheme.B2B, Undoing.Return, false, 2026, 1, 21)]
    [InlineData(Scheme.B2B, Undoing.Reversal, false, 2026, 1, 23)]
    public void What_is_settled_can_be_undone_until_a_day(Scheme scheme, Undoing how, bool unauthorised, int year, int month, int day) =>
        Assert.Equal(new CalendarDate(year, month, day), CalendarDate.Of(UndoingTimes.LastDay(scheme, how, unauthorised, new CalendarDate(2026, 1, 12).Begin)!.Value));

    [Fact]
    public void What_the_scheme_does_not_know_has_no_day()
    {
        Assert.Null(UndoingTimes.LastDay(Scheme.B2B, Undoing.Refund, true, default));
        Assert.Null(UndoingTimes.LastDay(Scheme.Core, Undoing.Reject, false, default));
    }

    [Fact]
    public void A_debt_taken_in_cents_leaves_less_than_a_cent_or_more_than_a_debit_carries() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(0, 9).ToArbitrary(), (minor, decimals) =>
    {
        var unit = new Unit(1);
        var debt = new Debt(unit.Of(minor * 1_000L), unit.Of(0), unit.Of(0));
        var taken = debt.InCents((byte)decimals);
        var cent = (long)Math.Pow(10, Math.Max(0, decimals - 2));
        return taken.Minor % cent == 0 && taken <= debt.Open && ((debt.Open - taken).Minor < cent || taken.Minor >= 999_999_999);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_debt_keeps_what_it_comes_to_whatever_happens() => Prop.ForAll<(byte What, ushort Much)[]?>(steps =>
    {
        var unit = new Unit(1);
        var (debt, owed) = (Debt.None(unit), 0L);
        foreach (var (what, much) in steps ?? [])
        {
            var amount = unit.Of(much);
            switch (what % 5)
            {
                case 0: (debt, owed) = (debt.Owed(amount), owed + much); break;
                case 1 when amount <= debt.Open: (debt, owed) = (debt.Paid(amount), owed - much); break;
                case 2 when amount <= debt.Open: debt = debt.Taken(amount); break;
                case 3 when amount <= debt.Underway: (debt, owed) = (debt.Arrived(amount), owed - much); break;
                case 4 when amount <= debt.Underway: debt = debt.Stopped(amount).Late(amount); break;
            }
            if ((debt.Open + debt.Underway).Minor != owed || debt.Arrears > debt.Open) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();
}
