using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Tests.Tariffs;

public class Clock
{
    [Fact]
    public void A_meter_is_told_every_change_of_price_and_no_other_moment()
    {
        // The night's price is written as two elements: midnight changes the element and not the price.
        var terms = Rig.Terms(
            Rig.Element(Rig.Price(Dimension.Energy, 0.1m), new Restrictions(0, 8 * 60)),
            Rig.Element(Rig.Price(Dimension.Energy, 0.3m), new Restrictions(8 * 60, 23 * 60)),
            Rig.Element(Rig.Price(Dimension.Energy, 0.1m), new Restrictions(23 * 60, 0)));
        Assert.Equal([Rig.At(23), Rig.At(8, day: 1), Rig.At(23, day: 1)], Changes(terms, Rig.At(9), Rig.At(24, day: 1)));
        Assert.Empty(Changes(terms, Rig.At(8), Rig.At(23)));
    }

    [Fact]
    public void A_weekend_changes_prices_at_its_midnights_only()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 0.1m), new Restrictions(Days: Weekday.Weekend)),
        Rig.Element(Rig.Price(Dimension.Energy, 0.3m)));
        Assert.Equal([Rig.At(0, day: 5), Rig.At(0, day: 7)], Changes(terms, Rig.At(0), Rig.At(23, day: 7)));
    }

    [Fact]
    public void What_a_bound_of_energy_hides_for_now_may_still_change_with_the_clock()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 0.1m), new Restrictions(MaxEnergy: 500)),
        Rig.Element(Rig.Price(Dimension.Energy, 0.3m), new Restrictions(600, 0)));
        Assert.Equal([Rig.At(10)], Changes(terms, Rig.At(9), Rig.At(12)));
        var hidden = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 0.1m)), Rig.Element(Rig.Price(Dimension.Energy, 0.3m), new Restrictions(600, 0)));
        Assert.Empty(Changes(hidden, Rig.At(9), Rig.At(12)));
    }

    [Fact]
    public void A_shift_of_local_time_moves_the_change()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Energy, 0.1m), new Restrictions(600, 720))) with
        {
            Zone = new(new ZoneOffset(default, 3_600), new ZoneOffset(Rig.At(1, day: 1), 7_200)),
        };
        Assert.Equal([Rig.At(9), Rig.At(11), Rig.At(8, day: 1), Rig.At(10, day: 1)], Changes(terms, Rig.At(0), Rig.At(24, day: 1)));
    }

    [Fact]
    public void Signing_at_every_change_leaves_nothing_to_estimate()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var terms = RandomTerms(random);
            var (begin, seconds, energy) = (Rig.At(random.Next(200), random.Next(60)), random.Next(1, 200_000), Rig.Wh.Of(random.Next(50_000)));
            var end = begin.Plus(seconds);
            var times = Changes(terms, begin, end).Prepend(begin).Append(end);
            MeterPoint[] points = [.. times.Select(at => new MeterPoint(at, EvenSpread.At(begin, end, Rig.Wh.Of(5), energy, at)))];
            var priced = Rig.Priced(terms, points);
            Assert.All(priced.Lines, line => Assert.Equal(0, line.Volume % 1_000_000));
            Assert.Equal(energy.Minor * 1_000_000, priced.Periods.Sum(period => period.Energy));
            Assert.Equal(seconds * 1_000_000L, priced.Periods.Sum(period => period.Duration));
        }
    }

    [Fact]
    public void A_second_point_on_the_way_changes_no_cost_by_a_cent()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            var terms = RandomTerms(random);
            var (begin, half, energy) = (Rig.At(random.Next(200)), random.Next(1, 50_000), random.Next(30_000));
            var whole = Rig.Priced(terms, Rig.Point(begin, 0), Rig.Point(begin.Plus(2 * half), 2 * energy));
            var halves = Rig.Priced(terms, Rig.Point(begin, 0), Rig.Point(begin.Plus(half), energy), Rig.Point(begin.Plus(2 * half), 2 * energy));
            Assert.InRange(whole.ExclVat.Minor - halves.ExclVat.Minor, -1, 1);
            Assert.Equal(whole.Lines.Sum(line => line.Volume), halves.Lines.Sum(line => line.Volume));
        }
    }

    internal static TariffTerms RandomTerms(Random random)
    {
        var elements = new TariffElement[random.Next(1, 6)];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = new TariffElement(new(Rig.Price(Dimension.Energy, random.Next(100) / 100m), Rig.Price(Dimension.Time, random.Next(300) / 100m)),
            new Restrictions(
                Maybe(random, 1_440), Maybe(random, 1_440), Season: random.Next(3) == 0 ? new Season(101 + random.Next(28), 201 + random.Next(28))
                : null, Days: random.Next(128)));
        }
        return Rig.Terms(elements) with { Zone = new(new ZoneOffset(default, random.Next(-12, 13) * 3_600),
            new ZoneOffset(Rig.At(100), random.Next(-12, 13) * 1_800)) };
    }

    private static int? Maybe(Random random, int below) => random.Next(2) == 0 ? random.Next(below) : null;

    private static Many<Instant> Changes(TariffTerms terms, Instant from, Instant to)
    {
        Assert.Equal(PricingOutcome.Priced, TariffClock.Boundaries(terms, from, to, out var moments));
        return moments;
    }
}

public class Registers
{
    [Fact]
    public void An_even_spread_is_rounded_down_and_ends_with_all_of_the_energy()
    {
        static long At(long begin, long end, long at) => EvenSpread.At(new(begin), new(end), Rig.Wh.Of(5), Rig.Wh.Of(10), new(at)).Minor;
        Assert.Equal([5L, 5, 5, 8, 11, 15, 15], ((long[])[99, 100, 101, 110, 120, 130, 131]).Select(at => At(100, 130, at)));
        Assert.Equal(15, At(100, 100, 100));
    }
}
