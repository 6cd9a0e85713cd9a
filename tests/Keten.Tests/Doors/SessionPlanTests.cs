using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Doors;
using Keten.Kernel;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Doors;

/// <summary>How a session keeps to what was wished. A kWh costs 0.60; the charge point gives 11 kW; local time is an hour ahead of UTC.</summary>
public sealed class SessionPlanTests
{
    private static readonly TariffTerms Terms = PerKwh(500_000) with { Zone = new Many<ZoneOffset>(new ZoneOffset(Day(-1), 3_600)) };

    private static readonly Instant Began = Day(0, 20);

    [Fact]
    public void Without_a_wish_it_charges_as_it_can() => Assert.Equal(default, Plan(new SessionWish(Day(0), null, false, null, null), 5_000));

    [Theory]
    [InlineData(1_000, null, false)]
    [InlineData(3_990, null, false)]
    [InlineData(4_000, null, true)]
    [InlineData(3_000, 2_000L, true)]
    [InlineData(3_000, 2_500L, false)]
    public void It_stops_before_the_next_value_would_cost_more(long wattHours, long? before, bool stops) =>
        Assert.Equal(stops, Plan(new SessionWish(Day(0), Cents(240), false, null, null), wattHours, before: before).Stops);

    [Fact]
    public void It_stops_when_the_energy_that_was_wanted_is_in()
    {
        var wish = new SessionWish(Day(0), null, false, Wh(10_000), null);
        Assert.Equal((false, true), (Plan(wish, 9_999).Stops, Plan(wish, 10_000).Stops));
    }

    [Theory]
    [InlineData(null, 0L)]
    [InlineData(1_379L, 0L)]
    [InlineData(1_380L, 1_380L)]
    [InlineData(20_000L, 11_000L)]
    public void Only_surplus_is_what_the_sun_gives_from_six_amperes_on(long? surplus, long? watts) =>
        Assert.Equal(new Order(false, watts), Plan(new SessionWish(Day(0), null, true, null, null), 0, surplus: surplus));

    [Theory]
    [InlineData(4, 0L)]
    [InlineData(5, null)]
    public void Full_by_seven_comes_before_the_sun_when_it_takes_all_the_time_that_is_left(int hour, long? watts) =>
        // 11 kWh take an hour at 11 kW; seven o'clock in local time is six in UTC.
        Assert.Equal(new Order(false, watts), Plan(new SessionWish(Day(0), null, true, Wh(11_000), 7 * 60), 0, now: Day(1, hour)));

    [Theory]
    [InlineData(0, 20, 7 * 60, 1, 6)]
    [InlineData(0, 5, 7 * 60, 0, 6)]
    [InlineData(0, 6, 7 * 60, 0, 6)]
    [InlineData(0, 23, 30, 1, 23)]
    public void The_next_time_a_local_clock_shows_a_minute(int day, int hour, int minute, int expectedDay, int expectedHour) =>
        Assert.Equal(Day(expectedDay, expectedHour).Plus(minute % 60 * 60), SessionPlan.Next(Terms, Day(day, hour).Plus(minute == 30 ? 1_801 : 0), minute));

    private static Order Plan(SessionWish wish, long wattHours, long? surplus = null, Instant? now = null, long? before = null)
    {
        var at = now ?? Began.Plus(600);
        return SessionPlan.For(
            wish, Terms, new MeterPoint(Began, Wh(0)), new MeterPoint(at, Wh(wattHours)), before is { } earlier ? new MeterPoint(Began.Plus(300), Wh(earlier)) : null, at, surplus, 11_000);
    }
}
