using Keten.Connectors.Insurance;

namespace Keten.Tests.Connectors.Insurance;

/// <summary>Relativities from portfolios: small ones, worked by hand, and the published one.</summary>
public sealed class RelativitiesTests
{
    private static readonly FactorColumn Age = new("age", [18, 30]), Area = new("area", [0, 1]);

    [Fact]
    public void A_portfolio_is_read_by_the_names_of_its_columns()
    {
        var read = Read("area,x,nclaims,age,exposure,amount\n1,?,2,29,0.5,300.5\n0,?,0,30,1,0\n0,?,0,17,1e-1,0\n", Age, Area);
        Assert.Empty(read.Refused);
        Assert.Equal([[0, 1], [1, 0], [0, 0]], read.Rows.Select(row => row.Levels));
        Assert.Equal((2, 0.5, 300.5), (read.Rows[0].Claims, read.Rows[0].Exposure, read.Rows[0].Amount));
    }

    [Theory]
    [InlineData("20,1,-1,1,0")]
    [InlineData("20,1,1,0,0")]
    [InlineData("20,1,1,11,0")]
    [InlineData("20,1,1,NaN,0")]
    [InlineData("20,1,1,1,-5")]
    [InlineData("20,1,1001,1,5")]
    [InlineData("old,1,1,1,0")]
    [InlineData("20,1,1,1")]
    [InlineData("20,1,1,1,\"0")]
    public void A_row_that_is_no_policy_is_refused_by_its_line(string row)
    {
        var read = Read("age,area,nclaims,exposure,amount\n20,0,0,1,0\n" + row + "\n30,1,0,1,0\n", Age, Area);
        Assert.Equal([3], read.Refused);
        Assert.Equal(2, read.Rows.Count);
    }

    [Theory]
    [InlineData("age,nclaims,exposure,amount\n")]
    [InlineData("age,area,area,nclaims,exposure,amount\n")]
    [InlineData("")]
    public void A_header_has_each_column_once(string text) => Assert.Throws<FormatException>(() => Read(text, Age, Area));

    [Fact]
    public void A_factor_is_written_as_its_column_and_its_levels()
    {
        Assert.Equal([18u, 30u], FactorColumn.Parse("age:18,30")!.From);
        foreach (var wrong in new[] { "age", ":18", "age:", "age:18,18", "age:-1", "age:1,x", "age:" + string.Join(',', Enumerable.Range(0, 33)) }) Assert.Null(FactorColumn.Parse(wrong));
        Assert.Equal(0, Age.LevelOf(5));
        Assert.Equal(0, Age.LevelOf(29));
        Assert.Equal(1, Age.LevelOf(30));
    }

    // The young have twice the claims and live where there are more: one factor at a time would count the area twice.
    [Fact]
    public void What_two_factors_do_together_is_told_apart()
    {
        var cells = new (int Age, int Area, int Exposure, double Frequency)[] { (0, 0, 1_000, 0.2), (0, 1, 3_000, 0.3), (1, 0, 6_000, 0.1), (1, 1, 2_000, 0.15) };
        var rates = Relativities.Derive(Portfolio(cells), [Age, Area]);
        Assert.Equal([2.0, 1.0], rates.Factors[0].Levels.Select(level => Math.Round(level.Own / rates.Factors[0].Levels[1].Own, 9)));
        Assert.Equal([1.0, 1.5], rates.Factors[1].Levels.Select(level => Math.Round(level.Own / rates.Factors[1].Levels[0].Own, 9)));
        // All of it is believed, almost: there are hundreds of claims in each level.
        Assert.InRange(rates.Factors[0].Levels[0].Millionths, 1_980_000u, 2_000_000u);
        Assert.Equal(1_000_000u, rates.Factors[0].Levels[1].Millionths);
        Assert.Equal(1_000_000u, rates.Factors[1].Levels[0].Millionths);
    }

    [Fact]
    public void The_expected_claims_of_all_are_those_that_there_were()
    {
        var portfolio = Portfolio([(0, 0, 900, 0.2), (0, 1, 700, 0.4), (1, 0, 5_000, 0.1), (1, 1, 3_000, 0.13)]);
        var rates = Relativities.Derive(portfolio, [Age, Area]);
        var expected = portfolio.Rows.Sum(row => row.Exposure * rates.BaseFrequency * rates.Factors[0].Levels[row.Levels[0]].Millionths / 1e6 * rates.Factors[1].Levels[row.Levels[1]].Millionths / 1e6);
        Assert.Equal(rates.Claims, expected, 6);
    }

    [Fact]
    public void Levels_that_scatter_no_more_than_chance_would_have_them_say_nothing()
    {
        var rates = Relativities.Derive(Portfolio([(0, 0, 100, 0.11), (1, 0, 100, 0.10), (0, 1, 100, 0.1), (1, 1, 100, 0.1)]), [Age, Area]);
        Assert.All(rates.Factors, factor =>
        {
            Assert.Null(factor.Constant);
            Assert.All(factor.Levels, level => Assert.Equal((0.0, 1_000_000u), (level.Credibility, level.Millionths)));
        });
    }

    [Fact]
    public void A_level_with_few_claims_is_believed_less()
    {
        var three = new FactorColumn("age", [18, 30, 60]);
        var rates = Relativities.Derive(Portfolio([(0, 0, 4_000, 0.2), (1, 0, 6_000, 0.1), (2, 0, 10, 0.4)]), [three, Area]).Factors[0];
        Assert.True(rates.Levels[2].Own > rates.Levels[0].Own);
        Assert.True(rates.Levels[2].Credibility < 0.5 && rates.Levels[0].Credibility > 0.95);
        var believed = rates.Levels[2].Millionths / 1e6 * (1 + rates.Levels[1].Credibility * (rates.Levels[1].Own - 1));
        Assert.Equal(1 + rates.Levels[2].Credibility * (rates.Levels[2].Own - 1), believed, 5);
    }

    [Fact]
    public void A_level_that_nobody_is_in_is_of_the_mean()
    {
        var three = new FactorColumn("age", [18, 30, 60]);
        var rates = Relativities.Derive(Portfolio([(0, 0, 4_000, 0.2), (1, 0, 6_000, 0.1)]), [three, Area]).Factors[0];
        Assert.Equal((1.0, 0.0), (rates.Levels[2].Own, rates.Levels[2].Credibility));
        Assert.True(rates.Levels[2].Millionths > 1_000_000);
    }

    [Fact]
    public void Without_a_claim_nothing_can_be_derived() =>
        Assert.Throws<FormatException>(() => Relativities.Derive(Portfolio([(0, 0, 10, 0)]), [Age, Area]));

    [Fact]
    public void A_large_claim_is_counted_up_to_a_limit_where_one_is_set()
    {
        var portfolio = new Portfolio([new PolicyRow([0, 0], 1, 1, 100), new PolicyRow([1, 1], 1, 1, 9_900)], []);
        Assert.Equal(5_000, Relativities.Derive(portfolio, [Age, Area]).AverageClaim);
        Assert.Equal(550, Relativities.Derive(portfolio, [Age, Area], largest: 1_000).AverageClaim);
    }

    private static Portfolio Read(string text, params FactorColumn[] factors) => PortfolioCsv.Read(new StringReader(text), factors);

    private static Portfolio Portfolio(IEnumerable<(int Age, int Area, int Exposure, double Frequency)> cells)
    {
        var rows = new List<PolicyRow>();
        foreach (var (age, area, exposure, frequency) in cells)
            for (var (each, claims) = (0, (int)Math.Round(exposure * frequency)); each < exposure; each++) rows.Add(new PolicyRow([age, area], each < claims ? 1 : 0, 1, each < claims ? 100 : 0));
        return new Portfolio(rows, []);
    }
}
