using Keten.Contracts.Machines;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Machines;

/// <summary>What months cost under the shapes that a tariff can have.</summary>
public sealed class MachineTariffTests
{
    private static readonly Instant January = World.Began, February = Day(31);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 100)]
    [InlineData(100, 10_000)]
    [InlineData(101, 10_080)]
    [InlineData(500, 42_000)]
    [InlineData(501, 42_033)]
    [InlineData(503, 42_100)]
    [InlineData(1_500, 75_300)]
    public void Pieces_are_priced_step_by_step(uint pieces, long cents) =>
        Assert.Equal(Cents(cents), Cost(new(new(new PriceStep(0, Cents(100), 1), new PriceStep(100, Cents(80), 1), new PriceStep(500, Cents(333), 10)), default, Cents(0), Cents(0)), pieces, 0));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3_600, 1_250)]
    [InlineData(36_000, 12_500)]
    [InlineData(36_003, 12_501)]
    [InlineData(72_000, 22_500)]
    public void Hours_are_priced_to_the_second_and_rounded_once_a_step(uint seconds, long cents) =>
        Assert.Equal(Cents(cents), Cost(new(default, new(new PriceStep(0, Cents(1_250), 1), new PriceStep(10, Cents(1_000), 1)), Cents(0), Cents(0)), 0, seconds));

    [Fact]
    public void A_half_goes_to_the_even_neighbour()
    {
        var tariff = new MachineTariff(new(new PriceStep(0, Cents(1), 2)), default, Cents(0), Cents(0));
        Assert.Equal([0, 1, 2, 2, 2], new uint[] { 1, 2, 3, 4, 5 }.Select(pieces => Cost(tariff, pieces, 0).Minor));
    }

    [Fact]
    public void A_month_costs_the_minimum_at_least_and_a_part_of_one_its_part()
    {
        var tariff = new MachineTariff(new(new PriceStep(0, Cents(100), 1)), default, Cents(0), Cents(31_000));
        Assert.Equal(Cents(31_000), Cost(tariff, 310, 0));
        Assert.Equal(Cents(31_100), Cost(tariff, 311, 0));
        Assert.Equal(Cents(31_000), Cost(tariff, 0, 0));
        Assert.Equal(Cents(1_000), tariff.BillFor(Month.From(Day(30), Euro), February).Cost);
        Assert.Equal(Cents(31_000), tariff.BillFor(Month.From(February, Euro), Day(59)).Cost);
        Assert.Equal(Cents(0), tariff.BillFor(Month.From(February, Euro), February).Cost);
    }

    [Fact]
    public void Standing_is_credited_after_the_minimum_and_never_beyond_what_the_month_costs()
    {
        var tariff = new MachineTariff(new(new PriceStep(0, Cents(100), 1)), default, Cents(1_500), Cents(10_000));
        var bill = tariff.BillFor(Month.From(January, Euro) with { Down = 5_400, Late = Cents(100) }, February);
        Assert.Equal((Cents(10_000), Cents(2_350), Cents(7_650)), (bill.Cost, bill.Credit, bill.Due));
        Assert.Equal(Cents(0), tariff.BillFor(Month.From(January, Euro) with { Down = 360_000 }, February).Due);
    }

    [Fact]
    public void No_month_costs_more_than_can_be_owed()
    {
        var tariff = new MachineTariff(
            new(new PriceStep(0, Cents(MachineTariff.ChargeAtMost), 1)), new(new PriceStep(0, Cents(MachineTariff.ChargeAtMost), 1)), Cents(MachineTariff.ChargeAtMost), Cents(MachineTariff.MonthAtMost));
        Assert.True(tariff.IsPriceable);
        var most = Month.From(January, Euro) with { Pieces = uint.MaxValue, Seconds = uint.MaxValue, Down = uint.MaxValue };
        Assert.Equal((Cents(MachineTariff.MonthAtMost), Cents(0)), tariff.BillFor(most with { Down = 0 }, February) is var bill ? (bill.Cost, bill.Credit) : default);
        Assert.Equal(Cents(0), tariff.BillFor(most, February).Due);
    }

    [Fact]
    public void Steps_begin_at_nothing_and_rise_in_one_money()
    {
        Assert.True(Of(new PriceStep(0, Cents(0), 1)).IsPriceable);
        Assert.True(Of([.. Enumerable.Range(0, 8).Select(each => new PriceStep((uint)each, Cents(1), 1))]).IsPriceable);
        Assert.False(Of([.. Enumerable.Range(0, 9).Select(each => new PriceStep((uint)each, Cents(1), 1))]).IsPriceable);
        Assert.False(Of(new PriceStep(1, Cents(1), 1)).IsPriceable);
        Assert.False(Of(new PriceStep(0, Cents(1), 1), new PriceStep(0, Cents(1), 1)).IsPriceable);
        Assert.False(Of(new PriceStep(0, Cents(1), 1), new PriceStep(9, Cents(1), 1), new PriceStep(8, Cents(1), 1)).IsPriceable);
        Assert.False(Of(new PriceStep(0, Cents(1), 0)).IsPriceable);
        Assert.False(Of(new PriceStep(0, Cents(-1), 1)).IsPriceable);
        Assert.False(Of(new PriceStep(0, Cents(MachineTariff.ChargeAtMost + 1), 1)).IsPriceable);
        Assert.False(Of(new PriceStep(0, Wh(1), 1)).IsPriceable);
        Assert.False(new MachineTariff(default, default, Cents(0), Cents(-1)).IsPriceable);
        Assert.False(new MachineTariff(default, default, Cents(0), Cents(MachineTariff.MonthAtMost + 1)).IsPriceable);
        Assert.False(new MachineTariff(default, default, Cents(-1), Cents(0)).IsPriceable);
        Assert.False(new MachineTariff(default, default, Wh(0), Cents(0)).IsPriceable);
    }

    private static MachineTariff Of(params PriceStep[] steps) => new(new Many<PriceStep>(steps), new Many<PriceStep>(steps), Cents(0), Cents(0));

    private static Amount Cost(MachineTariff tariff, uint pieces, uint seconds) => tariff.BillFor(Month.From(January, Euro) with { Pieces = pieces, Seconds = seconds }, February).Cost;
}
