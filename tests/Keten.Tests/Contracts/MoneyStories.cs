using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed class EMoneyStories : ContractTests<EMoney>
{
    private static readonly Hash Notice = Paper("the bank's notice"), Account = Paper("an account");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void What_is_paid_in_at_the_bank_is_issued() => Opened()
        .When(new EMoney.Issue(Ada, Cents(500), Notice), signedBy: [Bank]).ThenEmitted(new EMoney.Issued(Ada, Cents(500), Notice))
        .ThenBalance(Ada, Cents(500)).ThenHeld(Cents(-500)).ThenState(new EMoney(Bank, Euro))
        .ThenKept(EMoney.Issuances, Notice, new EMoney.Issuance(Ada, Cents(500)));

    [Fact]
    public void A_payment_at_the_bank_is_issued_for_once() => Opened()
        .When(new EMoney.Issue(Ada, Cents(500), Notice), signedBy: [Bank]).ThenBalance(Ada, Cents(500))
        .When(new EMoney.Issue(Ada, Cents(500), Notice), signedBy: [Bank]).ThenRefused(EMoney.IssuedAlready).ThenBalance(Ada, Cents(500));

    [Fact]
    public void Only_the_issuer_issues() => Opened()
        .When(new EMoney.Issue(Ada, Cents(500), Notice), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing).ThenBalance(Ada, Cents(0));

    [Fact]
    public void Only_its_own_money_and_some_of_it() => Opened().Meanwhile(world => world.Open(new Measure.Define(Grid, "kWh", 3), Grid))
        .When(new EMoney.Issue(Ada, Wh(500), Notice), signedBy: [Bank]).ThenRefused(EMoney.NotThisMoney)
        .When(new EMoney.Issue(Ada, Cents(0), Notice), signedBy: [Bank]).ThenRefused(EMoney.NotThisMoney)
        .When(new EMoney.Redeem(Ada, Cents(-1), Account), signedBy: [Ada]).ThenRefused(EMoney.NotThisMoney)
        .When(new EMoney.Lend(Ada, Wh(1)), signedBy: [Bank]).ThenRefused(EMoney.NotThisMoney);

    [Fact]
    public void A_holder_gives_money_back() => Opened()
        .When(new EMoney.Issue(Ada, Cents(500), Notice), signedBy: [Bank])
        .When(new EMoney.Redeem(Ada, Cents(200), Account), signedBy: [Ada]).ThenEmitted(new EMoney.Redeemed(Ada, Cents(200), Account)).ThenBalance(Ada, Cents(300)).ThenHeld(Cents(-300))
        .When(new EMoney.Redeem(Ada, Cents(301), Account), signedBy: [Ada]).ThenRefused(KernelRefusal.InsufficientFunds)
        .When(new EMoney.Redeem(Ada, Cents(1), Account), signedBy: [Bank]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new EMoney.Redeem(Ada, Cents(2), Account), signedBy: [Ada], (Ada, Cents(1))).ThenRefused(KernelRefusal.OverCap).ThenBalance(Ada, Cents(300));

    [Fact]
    public void The_issuer_lets_an_account_go_below_nothing_so_far() => Opened()
        .When(new EMoney.Lend(Ada, Cents(100)), signedBy: [Bank]).ThenEmitted(new EMoney.Lent(Ada, Cents(100)))
        .When(new EMoney.Redeem(Ada, Cents(101), Account), signedBy: [Ada]).ThenRefused(KernelRefusal.InsufficientFunds)
        .When(new EMoney.Redeem(Ada, Cents(100), Account), signedBy: [Ada]).ThenBalance(Ada, Cents(-100)).ThenHeld(Cents(100));

    protected override World NewWorld() => new(Bank, Grid, Ada, Eve);

    protected override Story<EMoney> Opened() => Open(NewWorld(), new EMoney.Begin(Bank, "EUR", 2), [Bank]);

    /// <summary>What it issued is out there, and nothing is held: there is nothing to release.</summary>
    protected override void Release(Story<EMoney> story)
    {
    }
}

public sealed class MeasureStories : ContractTests<Measure>
{
    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Fact]
    public void A_measure_is_defined_and_gives_its_unit() => Opened()
        .ThenEmitted(new Measure.Defined(new Unit(1), "kWh", 3)).ThenState(new Measure(Grid, new Unit(1))).ThenHeld(new Unit(1).Of(0));

    [Fact]
    public void Its_keeper_signs() => Open(NewWorld(), new Measure.Define(Grid, "kWh", 3), [Eve]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void A_measure_has_a_symbol_and_at_most_nine_decimals() =>
        Open(NewWorld(), new Measure.Define(Grid, "kWh", 10), [Grid]).ThenRefused(KernelRefusal.UnknownUnit);

    [Fact]
    public void What_is_counted_is_never_held()
    {
        var world = PricedWorld();
        Assert.DoesNotContain(world.State.AllAccounts(), account => account.Key.Unit == Kwh);
        Assert.True(new Measure(Grid, Kwh).MayRead(null!).IsEveryone);
    }

    protected override World NewWorld() => new(Grid, Eve);

    protected override Story<Measure> Opened() => Open(NewWorld(), new Measure.Define(Grid, "kWh", 3), [Grid]);
}

public sealed class StandingMandateStories : ContractTests<StandingMandate>
{
    private static readonly Hash Note = Paper("credit note");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void A_payer_lets_a_payee_collect() => Opened().ThenEmitted(new StandingMandate.Given(UpTo(500, 900)))
        .When(new StandingMandate.Collect(Cents(500), Ref(1)), signedBy: [Grid]).ThenEmitted(new StandingMandate.Collected(Cents(500), Ref(1)))
        .ThenBalance(Ada, Cents(9_500)).ThenBalance(Grid, Cents(10_500)).ThenHeld(Cents(0)).ThenState(new StandingMandate(Ada, Grid, Euro))
        .ThenKept(StandingMandate.Collections, Ref(1), new StandingMandate.Collection(Cents(500), Cents(0)));

    [Fact]
    public void Never_more_than_so_much_each_and_in_all() => Opened()
        .When(new StandingMandate.Collect(Cents(501), Ref(1)), signedBy: [Grid]).ThenRefused(KernelRefusal.OverMandate)
        .When(new StandingMandate.Collect(Cents(500), Ref(1)), signedBy: [Grid])
        .When(new StandingMandate.Collect(Cents(401), Ref(2)), signedBy: [Grid]).ThenRefused(KernelRefusal.OverMandate)
        .When(new StandingMandate.Collect(Cents(400), Ref(2)), signedBy: [Grid]).ThenBalance(Ada, Cents(9_100));

    [Fact]
    public void Never_after_its_day() => Opened(UpTo(500, 900, days: 1)).At(Day(1))
        .When(new StandingMandate.Collect(Cents(1), Ref(1)), signedBy: [Grid]).ThenRefused(KernelRefusal.OverMandate);

    [Fact]
    public void A_collection_that_is_sent_again_is_not_collected_again() => Opened()
        .When(new StandingMandate.Collect(Cents(5), Ref(1)), signedBy: [Grid])
        .When(new StandingMandate.Collect(Cents(5), Ref(1)), signedBy: [Grid]).ThenRefused(StandingMandate.CollectedAlready).ThenBalance(Ada, Cents(9_995));

    [Fact]
    public void Only_the_payee_collects_and_only_this_money() => Opened()
        .When(new StandingMandate.Collect(Cents(5), Ref(1)), signedBy: [Eve]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new StandingMandate.Collect(Wh(5), Ref(1)), signedBy: [Grid]).ThenRefused(StandingMandate.NotThisMoney)
        .When(new StandingMandate.Collect(Cents(0), Ref(1)), signedBy: [Grid]).ThenRefused(StandingMandate.NotThisMoney);

    [Fact]
    public void A_payer_and_a_payee_are_two() =>
        Open(NewWorld(), new StandingMandate.Give(Ada, Ada, UpTo(500, 900)), [Ada]).ThenRefused(StandingMandate.OneAndTheSame);

    [Fact]
    public void The_payer_signs_for_all_of_it() =>
        Open(NewWorld(), new StandingMandate.Give(Ada, Grid, UpTo(500, 900)), [Ada], (Ada, Cents(899))).ThenRefused(KernelRefusal.OverCap);

    [Fact]
    public void The_payer_changes_it() => Opened()
        .When(new StandingMandate.Change(UpTo(2, 3)), signedBy: [Ada]).ThenEmitted(new StandingMandate.Given(UpTo(2, 3)))
        .When(new StandingMandate.Collect(Cents(3), Ref(1)), signedBy: [Grid]).ThenRefused(KernelRefusal.OverMandate)
        .When(new StandingMandate.Collect(Cents(2), Ref(1)), signedBy: [Grid]).ThenBalance(Ada, Cents(9_998))
        .When(new StandingMandate.Change(new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Ada]).ThenRefused(StandingMandate.NotThisMoney)
        .When(new StandingMandate.Change(UpTo(500, 900)), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void The_payer_takes_it_away() => Opened()
        .When(new StandingMandate.Revoke(), signedBy: [Ada]).ThenEmitted(new StandingMandate.Revoked(Day(0))).ThenEnded()
        .When(new StandingMandate.Collect(Cents(1), Ref(1)), signedBy: [Grid]).ThenRefused(KernelRefusal.AgreementEnded);

    [Fact]
    public void What_was_collected_by_mistake_is_given_back_also_afterwards() => Opened()
        .When(new StandingMandate.Collect(Cents(500), Ref(1)), signedBy: [Grid]).When(new StandingMandate.Revoke(), signedBy: [Ada])
        .When(new StandingMandate.GiveBack(Ref(1), Cents(200), Note), signedBy: [Grid]).ThenEmitted(new StandingMandate.GivenBack(Ref(1), Cents(200), Note)).ThenBalance(Ada, Cents(9_700))
        .When(new StandingMandate.GiveBack(Ref(1), Cents(301), Note), signedBy: [Grid]).ThenRefused(StandingMandate.NoSuchCollection)
        .When(new StandingMandate.GiveBack(Ref(2), Cents(1), Note), signedBy: [Grid]).ThenRefused(StandingMandate.NoSuchCollection)
        .When(new StandingMandate.GiveBack(Ref(1), Wh(1), Note), signedBy: [Grid]).ThenRefused(StandingMandate.NotThisMoney)
        .When(new StandingMandate.GiveBack(Ref(1), Cents(300), Note), signedBy: [Grid]).ThenBalance(Ada, Cents(10_000)).ThenBalance(Grid, Cents(10_000));

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<StandingMandate> Opened() => Opened(UpTo(500, 900));

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(StandingMandate.Collect) ? new StandingMandate.Collect(Cents(random.Next(200)), Ref((byte)random.Next(40)))
        : clause == typeof(StandingMandate.GiveBack) ? new StandingMandate.GiveBack(Ref((byte)random.Next(40)), Cents(random.Next(100)), Note)
        : clause == typeof(StandingMandate.Revoke) && random.Next(6) > 0 ? new StandingMandate.Change(UpTo(200, 1_000))
        : null;

    private Story<StandingMandate> Opened(Mandate mandate) => Open(NewWorld(), new StandingMandate.Give(Ada, Grid, mandate), [Ada]);
}
