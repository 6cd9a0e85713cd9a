using System.Numerics;
using Keten.Contracts.Financing;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Financing;

/// <summary>Plans to the cent: against tables worked out elsewhere, and against an independent calculation in fractions.</summary>
public sealed class PlanTests
{
    private static readonly Plan Year = new(Cents(1_000_000), new Rate(60_000), DayCount.Thirty360, Repayment.Annuity, 12, Cents(0), null);

    [Theory]
    [InlineData(100_000, 240_000, 6, 17_853)]           // 1,000.00 at 2 % a month over six: a textbook's 178.53
    [InlineData(1_000_000, 60_000, 12, 86_066)]
    [InlineData(10_000_000, 60_000, 360, 59_955)]
    [InlineData(20_000_000, 65_000, 360, 126_414)]
    [InlineData(1_200_000, 0, 12, 100_000)]
    [InlineData(1_000, 0, 3, 333)]
    [InlineData(1, 1_000_000, 600, 0)]
    public void The_annuity_is_what_tables_say(long cents, long millionths, ushort months, long instalment) =>
        Assert.Equal(Cents(instalment), (Year with { Principal = Cents(cents), Yearly = new Rate(millionths), Months = months }).Level);

    [Fact]
    public void A_textbooks_first_months_come_out()
    {
        var table = (Year with { Principal = Cents(100_000), Yearly = new Rate(240_000), Months = 6 }).Table(World.Began);
        Assert.Equal(new PlannedInstalment(Day(31), Cents(2_000), Cents(15_853), Cents(84_147)), table[0]);
        Assert.Equal(new PlannedInstalment(Day(59), Cents(1_683), Cents(16_170), Cents(67_977)), table[1]);
    }

    [Fact]
    public void The_last_instalment_takes_the_rest() => Expect(
        Year,
        (5_000, 81_066), (4_595, 81_471), (4_187, 81_879), (3_778, 82_288), (3_366, 82_700), (2_953, 83_113),
        (2_537, 83_529), (2_120, 83_946), (1_700, 84_366), (1_278, 84_788), (854, 85_212), (428, 85_642));

    [Fact]
    public void Linear_parts_are_alike_and_the_balloon_comes_last() => Expect(
        Year with { By = Repayment.Linear, Balloon = Cents(100_000) },
        (5_000, 75_000), (4_625, 75_000), (4_250, 75_000), (3_875, 75_000), (3_500, 75_000), (3_125, 75_000),
        (2_750, 75_000), (2_375, 75_000), (2_000, 75_000), (1_625, 75_000), (1_250, 75_000), (875, 175_000));

    [Fact]
    public void By_the_calendar_a_month_bears_its_days_and_falls_on_its_last_where_it_is_short()
    {
        var plan = Year with { Counting = DayCount.Actual365, Balloon = Cents(400_000) };
        Assert.Equal(Cents(53_640), plan.Level);
        var table = plan.Table(Day(30, 15));
        Assert.Equal([Day(58), Day(89), Day(119)], new[] { table[0].Due, table[1].Due, table[2].Due });
        Assert.Equal(new PlannedInstalment(Day(58), Cents(4_603), Cents(49_037), Cents(950_963)), table[0]);
        Assert.Equal(new PlannedInstalment(Day(395), Cents(2_299), Cents(451_190), Cents(0)), table[11]);
    }

    [Fact]
    public void An_instalment_that_does_not_cover_the_interest_pays_back_nothing_and_never_less()
    {
        var interestOnly = (Year with { Counting = DayCount.Actual365, Balloon = Cents(1_000_000) }).Table(World.Began);
        foreach (var line in interestOnly) Assert.True(line.Principal.Minor >= 0);
        Assert.Equal((Cents(5_096), Cents(0)), (interestOnly[0].Interest, interestOnly[0].Principal));
        var use = (Year with { By = Repayment.ByUse, Use = new UsePrice(Box, Cents(10), 1_000, Cents(100)) }).Table(World.Began);
        Assert.Equal((Cents(5_000), Cents(0), Cents(1_000_000)), (use[0].Interest, use[0].Principal, use[0].Left));
        Assert.Equal((Cents(5_000), Cents(1_000_000), Cents(0)), (use[11].Interest, use[11].Principal, use[11].Left));
    }

    [Fact]
    public void Any_annuity_is_the_formulas_to_the_cent()
    {
        var random = new Random(7);
        for (var each = 0; each < 300; each++)
        {
            var plan = Any(random) with { By = Repayment.Annuity, Use = null };
            Assert.Equal(Annuity(plan), plan.Level.Minor);
        }
    }

    [Fact]
    public void Of_any_plan_the_parts_of_principal_sum_to_it_and_interest_is_on_what_is_open()
    {
        var random = new Random(8);
        for (var each = 0; each < 400; each++)
        {
            var plan = Any(random);
            var drawn = World.Began.Plus(random.NextInt64(2_000 * Instant.Day));
            var (left, number) = (plan.Principal.Minor, 0);
            foreach (var line in plan.Table(drawn))
            {
                number++;
                var days = plan.Counting == DayCount.Thirty360 ? 30 : (line.Due - Plan.DueDate(drawn, number - 1)) / Instant.Day;
                Assert.Equal(HalfEven((BigInteger)left * plan.Yearly.Millionths * days, (BigInteger)1_000_000 * (plan.Counting == DayCount.Thirty360 ? 360 : 365)), line.Interest.Minor);
                Assert.InRange(line.Principal.Minor, 0, left);
                left -= line.Principal.Minor;
                Assert.Equal(left, line.Left.Minor);
            }
            Assert.Equal((0, (int)plan.Months), (left, number));
        }
    }

    [Fact]
    public void The_rest_that_the_last_annuity_takes_is_small()
    {
        var random = new Random(9);
        for (var each = 0; each < 200; each++)
        {
            var plan = Any(random) with { By = Repayment.Annuity, Use = null, Counting = DayCount.Thirty360, Yearly = new Rate(random.Next(80_000)), Months = (ushort)random.Next(1, 121) };
            var last = plan.Table(World.Began)[^1];
            // Half a cent a month, with its interest: at 8 % over ten years not two cents a month.
            Assert.InRange((last.Interest + last.Principal - plan.Balloon - plan.Level).Minor, -2 * plan.Months, 2 * plan.Months);
        }
    }

    [Fact]
    public void The_days_of_a_month_sum_to_thirty_however_it_is_divided()
    {
        for (var month = 0; month < 12; month++)
        {
            var (began, ends) = (Plan.DueDate(Day(30), month), Plan.DueDate(Day(30), month + 1));
            for (var middle = began; middle <= ends; middle = middle.PlusDays(1))
            {
                var (first, second) = (Year.Days(began, middle, began, ends), Year.Days(middle, ends, began, ends));
                Assert.True(first >= 0 && second >= 0);
                Assert.Equal(30, first + second);
            }
        }
    }

    [Fact]
    public void What_cannot_be_carried_out_is_no_plan()
    {
        Assert.True(Year.IsWhole);
        Assert.False((Year with { Principal = Cents(0) }).IsWhole);
        Assert.False((Year with { Principal = Cents(Plan.PrincipalAtMost + 1) }).IsWhole);
        Assert.False((Year with { Yearly = new Rate(-1) }).IsWhole);
        Assert.False((Year with { Yearly = new Rate(1_000_001) }).IsWhole);
        Assert.False((Year with { Months = 0 }).IsWhole);
        Assert.False((Year with { Months = 601 }).IsWhole);
        Assert.False((Year with { Balloon = Cents(1_000_001) }).IsWhole);
        Assert.False((Year with { Balloon = Cents(-1) }).IsWhole);
        Assert.False((Year with { Balloon = Wh(1) }).IsWhole);
        Assert.False((Year with { By = Repayment.ByUse }).IsWhole);
        var price = new UsePrice(Box, Cents(10), 1_000, Cents(0));
        Assert.False((Year with { Use = price }).IsWhole);
        var byUse = Year with { By = Repayment.ByUse, Use = price };
        Assert.True(byUse.IsWhole);
        Assert.False((byUse with { Balloon = Cents(1) }).IsWhole);
        Assert.False((byUse with { Use = price with { Per = 0 } }).IsWhole);
        Assert.False((byUse with { Use = price with { Charge = Wh(1) } }).IsWhole);
        Assert.False((byUse with { Use = price with { Least = Cents(-1) } }).IsWhole);
        Assert.Equal(Cents(Plan.PrincipalAtMost), (price with { Charge = Cents(1 << 24), Per = 1 }).For(uint.MaxValue));
        Assert.Equal((Cents(0), Cents(2)), (price.For(50), price.For(150)));
    }

    [Fact]
    public void The_largest_plan_stays_within_what_can_be_counted()
    {
        var most = Year with { Principal = Cents(Plan.PrincipalAtMost), Yearly = new Rate(Rate.One), Months = Plan.MonthsAtMost, Counting = DayCount.Actual365 };
        Assert.Equal(Cents(0), most.Table(World.Began)[^1].Left);
        Assert.Equal(Cents(0), (most with { Balloon = most.Principal }).Table(World.Began)[^1].Left);
    }

    private static void Expect(Plan plan, params (long Interest, long Principal)[] lines)
    {
        var table = plan.Table(World.Began);
        Assert.Equal(lines, table.Select(line => (line.Interest.Minor, line.Principal.Minor)));
        Assert.Equal(Cents(0), table[^1].Left);
    }

    private static Plan Any(Random random)
    {
        var by = (Repayment)random.Next(1, 4);
        var principal = 1 + random.NextInt64(1L << random.Next(1, 36));
        return new Plan(
            Cents(principal), new Rate(random.Next(4) == 0 ? random.Next(1_000_001) : random.Next(150_000)), (DayCount)random.Next(1, 3), by, (ushort)random.Next(1, random.Next(2) == 0 ? 61 : 361),
            Cents(by != Repayment.ByUse && random.Next(2) == 0 ? random.NextInt64(principal + 1) : 0), by == Repayment.ByUse ? new UsePrice(Box, Cents(1), 1, Cents(random.NextInt64(principal + 1))) : null);
    }

    // (P·gⁿ − B)·i ÷ (gⁿ − 1) with g = 1 + i, in whole numbers.
    private static long Annuity(in Plan plan)
    {
        BigInteger whole = 12_000_000, rate = plan.Yearly.Millionths;
        if (rate.IsZero) return HalfEven(plan.Principal.Minor - plan.Balloon.Minor, plan.Months);
        var (growth, one) = (BigInteger.Pow(whole + rate, plan.Months), BigInteger.Pow(whole, plan.Months));
        return HalfEven((plan.Principal.Minor * growth - plan.Balloon.Minor * one) * rate, (growth - one) * whole);
    }

    private static long HalfEven(BigInteger value, BigInteger by)
    {
        var quotient = BigInteger.DivRem(value, by, out var rest);
        var twice = rest * 2 - by;
        return (long)(twice > 0 || (twice.IsZero && !quotient.IsEven) ? quotient + 1 : quotient);
    }
}
