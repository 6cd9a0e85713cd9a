using Keten.Contracts.Money;
using Keten.Contracts.Tolls;
using Keten.Kernel;
using Keten.Testing;

namespace Keten.Tests.Contracts.Tolls;

public sealed class TollStories : ContractTests<Toll>
{
    private static readonly Actor Bank = new("Bank"), Road = new("Road"), Ada = new("Ada");

    private static readonly Unit Euro = new(1);

    private static readonly Hash Monday = Hash.Of("Monday"u8), Tuesday = Hash.Of("Tuesday"u8), Note = Hash.Of("credit note"u8);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, steps: 200);

    [Fact]
    public void A_passage_is_paid_once() => Opened()
        .When(new Toll.Pass(Monday), signedBy: [Road]).ThenEmitted(new Toll.Passed(Monday, Euro.Of(250))).ThenBalance(Ada, Euro.Of(9_750)).ThenBalance(Road, Euro.Of(10_250))
        .When(new Toll.Pass(Monday), signedBy: [Road]).ThenRefused(Toll.PaidAlready).ThenBalance(Ada, Euro.Of(9_750));

    [Fact]
    public void Only_the_operator_collects_and_no_more_than_the_mandate() => Opened()
        .When(new Toll.Pass(Monday), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Toll.Pass(Monday), signedBy: [Road])
        .When(new Toll.Pass(Tuesday), signedBy: [Road]).ThenRefused(KernelRefusal.OverMandate).ThenBalance(Ada, Euro.Of(9_750));

    [Fact]
    public void What_never_was_is_given_back_also_afterwards() => Opened()
        .When(new Toll.Pass(Monday), signedBy: [Road])
        .When(new Toll.Leave(), signedBy: [Ada]).ThenEnded()
        .When(new Toll.GiveBack(Monday, Note), signedBy: [Road]).ThenEmitted(new Toll.GivenBack(Monday, Euro.Of(250), Note)).ThenBalance(Ada, Euro.Of(10_000))
        .When(new Toll.GiveBack(Monday, Note), signedBy: [Road]).ThenRefused(Toll.NotPaid);

    [Fact]
    public void A_toll_is_more_than_nothing() =>
        Open(NewWorld(), new Toll.Agree(Road, Ada, Euro.Of(0), UpTo(400)), [Road, Ada]).ThenRefused(Toll.NoToll);

    protected override World NewWorld()
    {
        var world = new World(new Catalogue(EMoney.Contents, Toll.Contents), Bank, Road, Ada);
        var money = world.Open(new EMoney.Begin(Bank, "EUR", 2), Bank);
        return world.Do(money, new EMoney.Issue(Ada, Euro.Of(10_000), Monday), Bank).Do(money, new EMoney.Issue(Road, Euro.Of(10_000), Tuesday), Bank);
    }

    protected override Story<Toll> Opened() => Open(NewWorld(), new Toll.Agree(Road, Ada, Euro.Of(250), UpTo(400)), [Road, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(Toll.Leave) && random.Next(9) > 0 ? new Toll.GiveBack(Hash.Of([(byte)random.Next(6)]), Note) : null;

    private static Mandate UpTo(long cents) => new(Euro.Of(cents), Euro.Of(cents), World.Began.PlusDays(365));
}
