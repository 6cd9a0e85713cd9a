using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed class TariffStories : ContractTests<Tariff>
{
    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void An_operator_publishes_what_it_charges() => Opened()
        .ThenEmitted(new Tariff.Published(PerKwh(500_000), Day(0), 0)).ThenState(new Tariff(Grid, PerKwh(500_000), Day(0), 0, null));

    [Fact]
    public void Everybody_may_read_it() => Assert.True(new Tariff(Grid, PerKwh(1), Day(0), 0, null).MayRead(null!).IsEveryone);

    [Fact]
    public void Terms_with_a_fault_are_not_published() =>
        Open(NewWorld(), new Tariff.Publish(Grid, PerKwh(-1), Day(0)), [Grid]).ThenRefused(Tariff.FaultyTerms);

    [Theory]
    [InlineData(1, 3, 2)] // Cents that the unit has not.
    [InlineData(2, 2, 1)] // Energy counted in cents.
    [InlineData(9, 2, 2)] // A currency that there is not.
    [InlineData(1, 2, 9)] // A unit of energy that there is not.
    public void Terms_whose_units_are_not_the_ledgers_are_not_published(uint currency, int decimals, uint energy) =>
        Open(NewWorld(), new Tariff.Publish(Grid, PerKwh(1) with { Currency = new(currency), CurrencyDecimals = decimals, Energy = new(energy) }, Day(0)), [Grid])
            .ThenRefused(Tariff.FaultyTerms);

    [Fact]
    public void A_revision_keeps_what_was_in_force_before() => Opened()
        .When(new Tariff.Revise(PerKwh(600_000), Day(2)), signedBy: [Grid]).ThenEmitted(new Tariff.Published(PerKwh(600_000), Day(2), 1))
        .ThenState(new Tariff(Grid, PerKwh(600_000), Day(2), 1, null)).ThenKept(Tariff.Revisions, Day(2), new Tariff.Earlier(Day(0), PerKwh(500_000)));

    [Fact]
    public void A_revision_is_not_in_the_past_nor_before_the_one_before_it() => Opened()
        .Later(1).When(new Tariff.Revise(PerKwh(6), Day(1).Plus(-1)), signedBy: [Grid]).ThenRefused(Tariff.NotAhead)
        .When(new Tariff.Revise(PerKwh(6), Day(2)), signedBy: [Grid])
        .When(new Tariff.Revise(PerKwh(7), Day(2)), signedBy: [Grid]).ThenRefused(Tariff.NotAhead)
        .When(new Tariff.Revise(PerKwh(-7), Day(3)), signedBy: [Grid]).ThenRefused(Tariff.FaultyTerms)
        .When(new Tariff.Revise(PerKwh(7), Day(3)), signedBy: [Eve]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void A_revision_keeps_the_units() => Opened().Meanwhile(world => world.Open(new Keten.Contracts.Money.Measure.Define(Grid, "MJ", 3), Grid))
        .When(new Tariff.Revise(PerKwh(6) with { Energy = new Unit(3) }, Day(2)), signedBy: [Grid]).ThenRefused(Tariff.OtherUnits);

    [Fact]
    public void A_withdrawn_tariff_is_not_revised() => Opened()
        .When(new Tariff.Withdraw(Day(-1)), signedBy: [Grid]).ThenRefused(Tariff.NotAhead)
        .When(new Tariff.Withdraw(Day(3)), signedBy: [Grid]).ThenEmitted(new Tariff.TakenOff(Day(3))).ThenState(new Tariff(Grid, PerKwh(500_000), Day(0), 0, Day(3)))
        .When(new Tariff.Revise(PerKwh(6), Day(2)), signedBy: [Grid]).ThenRefused(Tariff.IsWithdrawn)
        .When(new Tariff.Withdraw(Day(4)), signedBy: [Grid]).ThenRefused(Tariff.IsWithdrawn);

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<Tariff> Opened() => Open(NewWorld(), new Tariff.Publish(Grid, PerKwh(500_000), Day(0)), [Grid]);

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(Tariff.Revise) ? new Tariff.Revise(PerKwh(random.Next()), world.Now.Plus(random.Next(9_000)))
        : clause == typeof(Tariff.Withdraw) && random.Next(9) > 0 ? new Tariff.Revise(PerKwh(random.Next()), world.Now)
        : null;
}
