using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Tests.Tariffs;

public class Pricing
{
    private static readonly TariffTerms DayAndNight = Rig.Terms(
        Rig.Element(Rig.Price(Dimension.Energy, 0.40m), new Restrictions(8 * 60, 20 * 60)),
        Rig.Element(Rig.Price(Dimension.Energy, 0.20m), new Restrictions(20 * 60, 8 * 60)));

    [Fact]
    public void A_stretch_over_a_change_by_the_clock_is_split_at_that_second()
    {
        var priced = Rig.Priced(DayAndNight, Rig.Point(Rig.At(19), 0), Rig.Point(Rig.At(22), 1_000));
        Assert.Equal([333_333_333L, 666_666_667], priced.Lines.Select(line => line.Volume));
        Assert.Equal([Rig.At(19), Rig.At(20)], priced.Periods.Select(period => period.From));
        Assert.Equal(1_000_000_000, priced.Periods.Sum(period => period.Energy));
    }

    [Fact]
    public void A_stretch_over_an_energy_bound_is_split_at_that_watt_hour()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 0.10m), new Restrictions(MaxEnergy: 1_000)),
            new TariffElement(new(Rig.Price(Dimension.Energy, 0.20m), Rig.Price(Dimension.Time, 6m, 0)), new Restrictions(MinEnergy: 1_000)));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 500), Rig.Point(Rig.At(10), 3_500));
        Assert.Equal([1_000_000_000L, 2_000_000_000, 2_400_000_000], priced.Lines.Select(line => line.Volume));
        Assert.Equal("4.50 4.50", Rig.Cost(priced));
    }

    [Fact]
    public void A_weekday_begins_at_local_midnight_of_the_zone_in_the_terms()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 1m), new Restrictions(Days: Weekday.Monday)),
        Rig.Element(Rig.Price(Dimension.Energy, 2m)))
            with { Zone = new(new ZoneOffset(default, 3_600)) };
        Assert.Equal("1.00 1.00", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(22), 0), Rig.Point(Rig.At(23), 1_000))));
        Assert.Equal("2.00 2.00", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(23), 0), Rig.Point(Rig.At(24), 1_000))));
    }

    [Fact]
    public void Where_the_clock_is_put_back_the_hour_counts_twice()
    {
        // From 02:00 UTC local time falls from 04:00 to 03:00: local 03:00 to 04:00 passes twice.
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Time, 6m), new Restrictions(180, 240))) with
        {
            Zone = new(new ZoneOffset(default, 7_200), new ZoneOffset(Rig.At(2), 3_600)),
        };
        Assert.Equal("12.00 12.00", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(0), 0), Rig.Point(Rig.At(6), 1_000))));
    }

    [Theory]
    [InlineData(5, 31, 2)]
    [InlineData(6, 1, 1)]
    [InlineData(9, 30, 1)]
    [InlineData(10, 1, 2)]
    [InlineData(2, 29, 2)]
    public void A_season_recurs_and_has_both_its_days(int month, int day, int price)
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 1m), new Restrictions(Season: new Season(601, 930))),
            Rig.Element(Rig.Price(Dimension.Energy, 2m), new Restrictions(Season: new Season(1001, 531))));
        foreach (var year in (int[])[2016, 2020, 2096])
        {
            var begin = new Instant(new DateTimeOffset(year, month, day, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());
            Assert.Equal(price * 100, Rig.Priced(terms, Rig.Point(begin, 0), Rig.Point(begin.Plus(60), 1_000)).ExclVat.Minor);
        }
    }

    [Theory]
    [InlineData(31.999, 1)]
    [InlineData(32, 2)]
    public void A_lower_bound_holds_at_its_value_and_an_upper_one_does_not(double amperes, int price)
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 1m), new Restrictions(MaxCurrent: 32_000)),
            Rig.Element(Rig.Price(Dimension.Energy, 2m), new Restrictions(MinCurrent: 32_000)));
        var point = Rig.Point(Rig.At(9), 0) with { Current = (long)(amperes * 1_000) };
        Assert.Equal(price * 100, Rig.Priced(terms, point, Rig.Point(Rig.At(10), 1_000)).ExclVat.Minor);
    }

    [Fact]
    public void Power_is_the_average_where_it_is_not_stated()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 1m), new Restrictions(MaxPower: 16_000)), Rig.Element(Rig.Price(Dimension.Energy, 2m)));
        Assert.Equal("7.99 7.99", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(9, 30), 7_994))));
        Assert.Equal("16.00 16.00", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(9, 30), 8_000))));
        Assert.Equal("8.00 8.00", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(9), 0) with { Power = 15_999 }, Rig.Point(Rig.At(9, 30), 8_000))));
    }

    [Fact]
    public void A_date_is_from_its_day_and_until_before_its_end()
    {
        var day = (int)Rig.Monday.DayNumber;
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 1m), new Restrictions(StartDate: day, EndDate: day + 1)));
        Assert.Equal(0, Rig.Priced(terms, Rig.Point(Rig.At(23, day: -1), 0), Rig.Point(Rig.At(24, day: -1), 1_000)).ExclVat.Minor);
        Assert.Equal(100, Rig.Priced(terms, Rig.Point(Rig.At(0), 0), Rig.Point(Rig.At(24), 1_000)).ExclVat.Minor);
        Assert.Equal(0, Rig.Priced(terms, Rig.Point(Rig.At(24), 0), Rig.Point(Rig.At(25), 1_000)).ExclVat.Minor);
    }

    [Fact]
    public void One_flat_fee_a_session_even_when_another_element_takes_over()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Flat, 1m), new Restrictions(Days: Weekday.Monday)), Rig.Element(Rig.Price(Dimension.Flat, 2m)));
        Assert.Equal("1.00 1.00", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(23), 0), Rig.Point(Rig.At(25), 1_000))));
    }

    [Fact]
    public void A_session_without_duration_or_energy_costs_its_flat_fee_alone()
    {
        var terms = Rig.Terms(new TariffElement(new(Rig.Price(Dimension.Flat, 1m), Rig.Price(Dimension.Energy, 1m), Rig.Price(Dimension.Time, 1m, 600))));
        Assert.Equal("1.00 1.00", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(9), 7), Rig.Point(Rig.At(9), 7))));
        Assert.Equal("0.00 0.00", Rig.Cost(Rig.Priced(DayAndNight, Rig.Point(Rig.At(9), 7), Rig.Point(Rig.At(10), 7))));
        Assert.Single(Rig.Priced(terms, Rig.Point(Rig.At(9), 7)).Periods);
    }

    [Fact]
    public void Totals_are_rounded_half_to_even_once_and_what_the_lines_lack_is_stated()
    {
        // Two lines of 0.005 each show 0.00, and together make a cent.
        var terms = Rig.Terms(
            Rig.Element(Rig.Price(Dimension.Energy, 0.005m, 1, 0), new Restrictions(MaxEnergy: 1_000)), Rig.Element(Rig.Price(Dimension.Energy, 0.005m)));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(10), 2_000));
        Assert.Equal([0L, 0], priced.Lines.Select(line => line.Cost.Minor));
        Assert.Equal((1, 1), (priced.ExclVat.Minor, priced.Difference.Minor));
        Assert.Equal(0, Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(10), 1_000)).ExclVat.Minor);
        Assert.Equal(2, Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(10), 3_000)).ExclVat.Minor);
    }

    [Theory]
    [InlineData(10_000, 0.5, null, null, null, "2.50 2.75 0")]
    [InlineData(1_000, 1.0, null, null, null, "1.00 1.10 75")]          // VAT in proportion
    [InlineData(1_000, 1.0, 1.5, null, null, "1.00 1.50 75")]
    [InlineData(10_000, null, null, 1.0, null, "1.00 1.10 -150")]
    [InlineData(10_000, null, null, 1.0, 1.05, "1.00 1.05 -150")]
    [InlineData(10_000, null, null, 9.0, 2.60, "2.50 2.60 0")]          // only the total with VAT is over
    public void Each_total_is_held_to_its_own_limit(long wattHours, double? least, double? leastVat, double? most, double? mostVat, string wanted)
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 0.25m, 1, 10))) with { MinPrice = Limit(least, leastVat),
        MaxPrice = Limit(most, mostVat) };
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(10), wattHours));
        Assert.Equal(wanted, Rig.Cost(priced) + " " + priced.Adjustment.Minor);
        Assert.Equal(priced.ExclVat.Minor, priced.Lines.Sum(line => line.Cost.Minor) + priced.Difference.Minor + priced.Adjustment.Minor);

        static PriceLimit? Limit(double? excl, double? incl) => excl is { } price
            ? new PriceLimit((long)(price * 1_000_000), incl is { } vat ? (long)(vat * 1_000_000) : null) : null;
    }

    [Fact]
    public void What_a_session_can_cause_is_a_numbered_outcome()
    {
        var terms = DayAndNight with { ValidFrom = Rig.At(6), ValidUntil = Rig.At(30) };
        MeterPoint begin = Rig.Point(Rig.At(9), 100), end = Rig.Point(Rig.At(10), 200);
        Assert.Equal(PricingOutcome.Priced, Rig.Outcome(terms, begin, end));
        Assert.Equal(PricingOutcome.NoPoints, Rig.Outcome(terms));
        Assert.Equal(PricingOutcome.TimeRunsBack, Rig.Outcome(terms, begin, end with { At = Rig.At(8) }));
        Assert.Equal(PricingOutcome.RegisterRunsBack, Rig.Outcome(terms, begin, end with { Register = Rig.Wh.Of(99) }));
        Assert.Equal(PricingOutcome.RegisterRunsBack, Rig.Outcome(terms, begin with { Register = Rig.Wh.Of(-1) }, end));
        Assert.Equal(PricingOutcome.WrongUnit, Rig.Outcome(terms, begin, end with { Register = Rig.Euro.Of(200) }));
        Assert.Equal(PricingOutcome.OutOfRange, Rig.Outcome(terms, begin, end with { Register = Rig.Wh.Of(200_000_000) }));
        Assert.Equal(PricingOutcome.OutOfRange, Rig.Outcome(terms, begin, end with { At = Rig.At(9, day: 401) }));
        Assert.Equal(PricingOutcome.OutOfRange, Rig.Outcome(terms, begin with { Power = -1 }, end));
        Assert.Equal(PricingOutcome.NotValidThen, Rig.Outcome(terms with { ValidFrom = Rig.At(10) }, begin, end));
        Assert.Equal(PricingOutcome.NotValidThen, Rig.Outcome(terms, begin with { At = Rig.At(31) }, end with { At = Rig.At(32) }));
        Assert.Equal(PricingOutcome.WrongActivity, Rig.Outcome(terms, begin with { Activity = Activity.Reserved }, end));
        Assert.Equal(PricingOutcome.BadTerms, Rig.Outcome(terms with { Elements = default }, begin, end));
        Assert.Equal(PricingOutcome.TooManySegments, Rig.Outcome(terms, new MeterPoint[TariffPricing.MaxSegments + 1]));
        Assert.Equal(PricingOutcome.CurrentNotStated,
            Rig.Outcome(Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 1m), new Restrictions(MaxCurrent: 16_000))), begin, end));
        Assert.Equal(PricingOutcome.NoPoints, TariffPricing.Price(terms, [begin, end], new Reservation(Rig.At(8), Rig.At(9), Expired: true)).Outcome);
        Assert.Equal(PricingOutcome.TimeRunsBack, TariffPricing.Price(terms, [begin, end], new Reservation(Rig.At(8), Rig.At(7))).Outcome);
    }

    [Fact]
    public void Too_many_periods_or_cuts_are_refused_and_take_no_time()
    {
        var elements = new TariffElement[128];
        for (var i = 0; i < elements.Length; i++) elements[i] = Rig.Element(Rig.Price(Dimension.Energy, i % 2), new Restrictions(i * 5, i * 5 + 5));
        Assert.Equal(PricingOutcome.TooManySegments, Rig.Outcome(Rig.Terms(elements), Rig.Point(Rig.At(0), 0), Rig.Point(Rig.At(0, day: 399), 90_000_000)));
        var alternating = new MeterPoint[2_000];
        for (var i = 0; i < alternating.Length; i++) alternating[i] = Rig.Point(Rig.Monday.Plus(i), i, (Activity)(i % 2));
        Assert.Equal(PricingOutcome.TooManySegments, Rig.Outcome(DayAndNight, alternating));
    }

    [Fact]
    public void The_largest_prices_and_volumes_do_not_overflow()
    {
        var most = new PriceComponent(Dimension.Energy, PriceComponent.MaxPrice, PriceComponent.MaxStep, new Rate(10 * Rate.One));
        var terms = new TariffTerms(Rig.Euro, 6, Rig.Wh, new(
            new TariffElement(new(most, most with { Dimension = Dimension.Time }, most with { Dimension = Dimension.Flat }),
            new Restrictions(MaxEnergy: 50_000_001)),
            new TariffElement(new(most with { Price = most.Price - 1 }, most with { Dimension = Dimension.Time }))),
            MinPrice: new PriceLimit(PriceLimit.Max));
        Assert.Equal(TermsFault.None, TermsCheck.Of(terms));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(0), 1), Rig.Point(Rig.At(0, day: 400), 1 + TariffPricing.MaxEnergy));
        Assert.True(priced.InclVat > priced.ExclVat);
    }
}
