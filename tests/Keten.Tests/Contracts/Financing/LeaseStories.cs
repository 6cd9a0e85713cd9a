using Keten.Contracts.Financing;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Financing.Showroom;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Financing;

/// <summary>Ada leases the Dealer's car for three months: 448.01 each, 3,000 km, and she may buy it for 8,800.00.</summary>
public sealed class LeaseStories : ContractTests<Lease>
{
    private static readonly Hash Report = Paper("report");

    private static Lease.Claimed ScratchClaimed => new(Cents(30_000), Report);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void Months_begin_when_the_vehicle_is_taken_over() => Opened()
        .ThenEmitted(new Lease.Agreed(Ada, Cents(44_801)))
        .Meanwhile(world => Assert.Equal([Dealer.Party, Ada.Party, Eve.Party], AgreementReaders.Of(world.State, 5, world.State.Agreement(5)!).Named.ToArray()))
        .When(new Lease.TakeOver(Shown(1_000, by: Ada)), signedBy: [Ada]).ThenRefused(Lease.NotTheVehicle)
        .When(new Lease.TakeOver(Shown(1_000, Day(0).Plus(-86_401))), signedBy: [Ada]).ThenRefused(Lease.NotTheVehicle)
        .When(new Lease.TakeOver(Shown(1_000)), signedBy: [Dealer]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Lease.TakeOver(Shown(1_000)), signedBy: [Ada]).ThenEmitted(new Lease.TakenOver(1_000_000, Day(31))).ThenBalance(Ada, Cents(250_000)).ThenBalance(Dealer, Cents(150_000))
        .When(new Lease.TakeOver(Shown(1_000)), signedBy: [Ada]).ThenRefused(Lease.NotNow)
        .When(new Lease.StepBack(Ada), signedBy: [Ada]).ThenRefused(Lease.NotNow)
        .At(Day(31)).ThenEmitted(new Lease.Charged(Cents(44_801), Cents(44_801), Cents(0))).ThenBalance(Ada, Cents(205_199)).ThenBalance(Dealer, Cents(194_801));

    [Fact]
    public void What_the_lessor_does_not_keep_is_not_taken_over() => Opened()
        .Meanwhile(world => world.Do(Register, new Registration.Transfer(Vin, Eve), Dealer, Eve))
        .When(new Lease.TakeOver(Shown(1_000)), signedBy: [Ada]).ThenRefused(Lease.NoTitle);

    [Fact]
    public void What_nobody_takes_over_lapses()
    {
        Opened().Later(7).ThenEmitted(new Lease.CalledOff()).ThenEnded();
        Opened().When(new Lease.StepBack(Ada), signedBy: [Ada]).ThenEmitted(new Lease.CalledOff()).ThenEnded();
        Opened().When(new Lease.StepBack(Eve), signedBy: [Dealer]).ThenEnded();
    }

    [Fact]
    public void At_the_end_the_vehicle_is_returned_and_the_way_beyond_is_paid() => Ended()
        .ThenEmitted(new Lease.Charged(Cents(44_801), Cents(44_801), Cents(0)), new Lease.Ran(Day(100))).ThenBalance(Ada, Cents(115_597))
        .At(Day(95)).When(new Lease.Return(Shown(5_500, Day(95))), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Lease.Return(Shown(5_500, Day(93))), signedBy: [Dealer]).ThenRefused(Lease.NotTheVehicle)
        .When(new Lease.Return(Shown(999, Day(95))), signedBy: [Dealer]).ThenRefused(Lease.RunsBack)
        .When(new Lease.Return(Shown(5_500, Day(95))), signedBy: [Dealer])
        .ThenEmitted(new Lease.Charged(Cents(15_000), Cents(15_000), Cents(0)), new Lease.Returned(4_500_000, Cents(15_000))).ThenBalance(Ada, Cents(100_597))
        .When(new Lease.Return(Shown(5_500, Day(95))), signedBy: [Dealer]).ThenRefused(Lease.NotNow)
        .Later(7).ThenEmitted(new Lease.Closed(Cents(0))).ThenEnded();

    [Fact]
    public void Where_the_lessor_does_not_say_so_the_arbiter_does() => Ended()
        .At(Day(95)).When(new Lease.Return(Shown(2_000, Day(95))), signedBy: [Eve]).ThenEmitted(new Lease.Returned(1_000_000, Cents(0)));

    [Fact]
    public void Damage_that_the_lessee_accepts_is_paid() => Inspected()
        .When(new Lease.Claim(Cents(0), Report), signedBy: [Dealer]).ThenRefused(Lease.NotThisMoney)
        .When(new Lease.Accept(), signedBy: [Ada]).ThenRefused(Lease.NotNow)
        .When(new Lease.Claim(Cents(30_000), Report), signedBy: [Dealer]).ThenEmitted(ScratchClaimed)
        .When(new Lease.Claim(Cents(30_000), Report), signedBy: [Dealer]).ThenRefused(Lease.NotNow)
        .When(new Lease.Accept(), signedBy: [Ada]).ThenEmitted(new Lease.Charged(Cents(30_000), Cents(30_000), Cents(0)), new Lease.Closed(Cents(30_000))).ThenEnded().ThenBalance(Ada, Cents(85_597));

    [Fact]
    public void What_is_not_accepted_the_arbiter_rules_or_it_is_not_owed()
    {
        Inspected().When(new Lease.Rule(Cents(1)), signedBy: [Eve]).ThenRefused(Lease.NotNow)
            .When(new Lease.Claim(Cents(30_000), Report), signedBy: [Dealer])
            .When(new Lease.Rule(Cents(30_001)), signedBy: [Eve]).ThenRefused(Lease.TooMuch)
            .When(new Lease.Rule(Cents(-1)), signedBy: [Eve]).ThenRefused(Lease.NotThisMoney)
            .When(new Lease.Rule(Cents(10_000)), signedBy: [Dealer]).ThenRefused(KernelRefusal.SignatureMissing)
            .When(new Lease.Rule(Cents(10_000)), signedBy: [Eve]).ThenEmitted(new Lease.Charged(Cents(10_000), Cents(10_000), Cents(0)), new Lease.Closed(Cents(10_000))).ThenEnded();
        Inspected().When(new Lease.Claim(Cents(30_000), Report), signedBy: [Dealer]).Later(30).ThenEmitted(new Lease.Closed(Cents(0))).ThenEnded();
    }

    [Fact]
    public void Who_keeps_it_beyond_the_window_pays_another_month() => Ended()
        .At(Day(100)).ThenEmitted(new Lease.Charged(Cents(44_801), Cents(44_801), Cents(0)))
        .At(Day(101)).When(new Lease.Return(Shown(4_000, Day(101))), signedBy: [Dealer]).ThenEmitted(new Lease.Returned(3_000_000, Cents(0)));

    [Fact]
    public void At_the_end_the_lessee_may_buy_money_against_title() => Ended()
        .Meanwhile(world => world.Gives(Ada, 1_000_000))
        .At(Day(92)).When(new Lease.Buy(), signedBy: [Ada]).ThenRefused(Lease.NoTitle)
        .Meanwhile(world => world.Do(Register, new Registration.Transfer(Vin, Ada), Dealer, Ada))
        .When(new Lease.Buy(), signedBy: [Ada], (Ada, Cents(879_999))).ThenRefused(KernelRefusal.OverCap)
        .When(new Lease.Buy(), signedBy: [Ada]).ThenEmitted(new Lease.Bought(Cents(880_000), Cents(0))).ThenEnded().ThenBalance(Ada, Cents(235_597)).ThenBalance(Dealer, Cents(1_164_403));

    [Fact]
    public void Without_an_option_and_before_the_end_nothing_is_bought()
    {
        Running().When(new Lease.Buy(), signedBy: [Ada]).ThenRefused(Lease.NotNow).When(new Lease.EndEarly(), signedBy: [Ada]).When(new Lease.Buy(), signedBy: [Ada]).ThenRefused(Lease.NoOption);
        Open(NewWorld(), Agree() with { Terms = Terms with { Option = null } }, [Dealer, Ada]).When(new Lease.TakeOver(Shown(1_000)), signedBy: [Ada])
            .At(Day(90)).When(new Lease.Buy(), signedBy: [Ada]).ThenRefused(Lease.NoOption);
    }

    [Fact]
    public void Who_ends_early_pays_for_it_and_has_the_way_of_the_months_gone() => Running()
        .At(Day(40)).When(new Lease.EndEarly(), signedBy: [Ada]).ThenEmitted(new Lease.Charged(Cents(89_602), Cents(89_602), Cents(0)), new Lease.EndedEarly(Cents(89_602), Day(50)))
        .When(new Lease.EndEarly(), signedBy: [Ada]).ThenRefused(Lease.NotNow)
        .When(new Lease.CallIn(), signedBy: [Dealer]).ThenRefused(Lease.NotNow)
        .At(Day(45)).When(new Lease.Return(Shown(2_500, Day(45))), signedBy: [Dealer])
        .ThenEmitted(new Lease.Charged(Cents(5_000), Cents(5_000), Cents(0)), new Lease.Returned(1_500_000, Cents(5_000)));

    [Fact]
    public void A_lease_in_arrears_is_ended_by_the_lessor() => Running().When(new Lease.CallIn(), signedBy: [Dealer]).ThenRefused(Lease.NotYet)
        .Meanwhile(world => world.Takes(Ada, 230_000))
        .At(Day(31)).ThenEmitted(new Lease.Charged(Cents(44_801), Cents(20_000), Cents(24_801)))
        .When(new Lease.Collect(), signedBy: [Dealer]).ThenRefused(Lease.NothingOwed)
        .At(Day(45)).ThenEmitted(new Lease.Reminded(1, Cents(25_388)))
        .At(Day(59)).ThenEmitted(new Lease.Charged(Cents(44_801), Cents(0), Cents(70_276)), new Lease.Reminded(2, Cents(70_776)))
        .At(Day(60)).When(new Lease.CallIn(), signedBy: [Dealer]).ThenRefused(Lease.NotYet)
        .At(Day(61)).When(new Lease.CallIn(), signedBy: [Dealer]).ThenEmitted(new Lease.Charged(Cents(44_801), Cents(0), Cents(115_612)), new Lease.EndedEarly(Cents(44_801), Day(71)))
        .Meanwhile(world => world.Gives(Ada, 200_000))
        .When(new Lease.Collect(), signedBy: [Dealer]).ThenEmitted(new Lease.Received(Cents(100_000), Cents(15_612)))
        .When(new Lease.Pay(Cents(15_613)), signedBy: [Ada]).ThenRefused(Lease.NothingOwed)
        .When(new Lease.Pay(Cents(0)), signedBy: [Ada]).ThenRefused(Lease.NotThisMoney)
        .When(new Lease.Pay(Cents(15_612)), signedBy: [Ada]).ThenEmitted(new Lease.Received(Cents(15_612), Cents(0)))
        .Later(9).ThenEmitted();

    [Fact]
    public void What_is_owed_at_the_end_keeps_it_open_until_it_is_paid_or_let_go()
    {
        Owing().When(new Lease.Pay(Cents(30_000)), signedBy: [Ada]).ThenEmitted(new Lease.Received(Cents(30_000), Cents(0))).ThenEnded();
        Owing().When(new Lease.Credit(Cents(0), Note), signedBy: [Dealer]).ThenRefused(Lease.NotThisMoney)
            .When(new Lease.Credit(Cents(30_500), Note), signedBy: [Dealer]).ThenEmitted(new Lease.Credited(Cents(30_500), Cents(500), Note)).ThenEnded().ThenBalance(Ada, Cents(100_500))
            .When(new Lease.Credit(Cents(5), Note), signedBy: [Dealer]).ThenEmitted(new Lease.Credited(Cents(5), Cents(5), Note));
    }

    [Fact]
    public void Allowances_are_of_whole_months()
    {
        Assert.Equal([0L, 0, 5, 10], new long[] { 0, 1_000_000, 1_000_500, 1_001_000 }.Select(metres => Terms.ForWay(metres, 1).Minor));
        Assert.Equal(Cents(0), Terms.ForWay(3_000_000, 7));
        Assert.Equal(Cents(10), Terms.ForWay(1_000, 0));
    }

    [Fact]
    public void What_cannot_be_carried_out_is_not_agreed()
    {
        Refused(Agree() with { Arbiter = Ada }, Lease.NotThreeParties);
        Refused(Agree() with { Arbiter = Dealer }, Lease.NotThreeParties);
        Open(NewWorld(), Agree() with { Lessee = Dealer }, [Dealer]).ThenRefused(Lease.NotThreeParties);
        Refused(Agree() with { Arbiter = new Actor("Stranger") }, Lease.NotThreeParties);
        Refused(Agree() with { Vehicle = new Actor("Stranger") }, Lease.NotThreeParties);
        RefusedTerms(Terms with { Plan = Terms.Plan with { Months = 0 } });
        RefusedTerms(Terms with { Plan = Terms.Plan with { By = Repayment.Linear } });
        RefusedTerms(Terms with { DownPayment = Wh(1) });
        RefusedTerms(Terms with { DownPayment = Cents(-1) });
        RefusedTerms(Terms with { PerKilometre = Cents((1 << 24) + 1) });
        RefusedTerms(Terms with { PerKilometre = Wh(1) });
        RefusedTerms(Terms with { Option = Wh(1) });
        RefusedTerms(Terms with { DaysToHandOver = 0 });
        RefusedTerms(Terms with { DaysToReturn = 0 });
        RefusedTerms(Terms with { DaysToInspect = 0 });
        RefusedTerms(Terms with { Arrears = Terms.Arrears with { DaysToRemind = 0 } });
        Refused(Agree() with { Leave = UpTo(100_000, 1_000_000, days: 107) }, Lease.NotThisMandate);
        var other = new Mandate(new Unit(9).Of(1), new Unit(9).Of(1), Day(900));
        Refused(Agree() with { Leave = other }, Lease.NotThisMandate);
        Open(NewWorld(), Agree() with { Leave = UpTo(100_000, 1_000_000, days: 108) }, [Dealer, Ada])
            .When(new Lease.Renew(other), signedBy: [Ada]).ThenRefused(Lease.NotThisMandate)
            .When(new Lease.Renew(UpTo(1, 2)), signedBy: [Ada]).ThenEmitted(new Lease.Renewed(UpTo(1, 2)));
    }

    protected override World NewWorld() => Showroom.NewWorld();

    protected override Story<Lease> Opened() => Open(NewWorld(), Agree(), [Dealer, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(Lease.TakeOver) || (clause == typeof(Lease.StepBack) && random.Next(10) > 0) ? new Lease.TakeOver(Signed(world, 1_000, world.Now))
        : clause == typeof(Lease.Return) ? new Lease.Return(Signed(world, (uint)random.Next(1_000, 6_000), world.Now))
        : clause == typeof(Lease.Pay) ? new Lease.Pay(Cents(random.Next(-1, 1_000)))
        : clause == typeof(Lease.Claim) ? new Lease.Claim(Cents(random.Next(-1, 90_000)), Report)
        : clause == typeof(Lease.Rule) ? new Lease.Rule(Cents(random.Next(-1, 90_000)))
        : clause == typeof(Lease.Credit) ? new Lease.Credit(Cents(random.Next(-1, 1_000)), Note)
        : clause == typeof(Lease.EndEarly) && random.Next(8) > 0 ? new Lease.Collect()
        : clause == typeof(Lease.Renew) ? new Lease.Renew(UpTo(random.Next(1, 60_000), random.Next(60_000, 900_000)))
        : null;

    private static readonly LeaseTerms Terms = new(
        new Plan(Cents(1_000_000), new Rate(60_000), DayCount.Thirty360, Repayment.Annuity, 3, Cents(880_000), null),
        Cents(50_000), 3_000, Cents(10), Cents(880_000), 7, 10, 7, 2, Showroom.Terms.Arrears with { DaysToCallIn = 30 });

    internal static Lease.Agree Agree() => new(Dealer, Ada, Eve, new Security(Register, Vin), Box, Terms, UpTo(100_000, 1_000_000));

    private static readonly World Signing = Showroom.NewWorld();

    internal static Signed<Lease.Shown> Shown(uint kilometres, Instant? at = null, Actor? by = null) =>
        Signing.Signed(new Lease.Shown(new Agreement<Lease>(5), at ?? Day(0), kilometres * 1_000), by ?? Box);

    private static Signed<Lease.Shown> Signed(World world, uint kilometres, Instant at) => world.Signed(new Lease.Shown(new Agreement<Lease>(5), at, kilometres * 1_000), Box);

    private Story<Lease> Running() => Opened().When(new Lease.TakeOver(Shown(1_000)), signedBy: [Ada]);

    private Story<Lease> Ended() => Running().At(Day(89)).At(Day(90));

    private Story<Lease> Inspected() => Ended().At(Day(91)).When(new Lease.Return(Shown(1_500, Day(91))), signedBy: [Dealer]).ThenEmitted(new Lease.Returned(500_000, Cents(0)));

    // A claim of 300.00 was accepted, and the mandate gives nothing that could pay it.
    private Story<Lease> Owing() => Inspected().When(new Lease.Claim(Cents(30_000), Report), signedBy: [Dealer])
        .Meanwhile(world => world.Takes(Ada, 115_597)).When(new Lease.Accept(), signedBy: [Ada])
        .ThenEmitted(new Lease.Charged(Cents(30_000), Cents(0), Cents(30_000)), new Lease.Closed(Cents(30_000))).Meanwhile(world => world.Gives(Ada, 100_000));

    private void Refused(Lease.Agree agree, Refusal<Lease> because) => Open(NewWorld(), agree, [Dealer, Ada]).ThenRefused(because);

    private void RefusedTerms(LeaseTerms terms) => Refused(Agree() with { Terms = terms }, Lease.NotTheseTerms);
}
