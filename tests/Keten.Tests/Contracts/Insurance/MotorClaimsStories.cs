using Keten.Contracts.Insurance;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Insurance.Underwriting;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Insurance;

/// <summary>Ada's car crashes, and what its box signed has it repaired.</summary>
public sealed partial class MotorClaimsStories : ContractTests<MotorClaims>
{
    private static readonly Hash Reason = Paper("reason"), Report = Paper("report");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, steps: 150);

    [Fact]
    public void A_crash_record_opens_a_claim_and_nobody_has_to_ask() => Crashed()
        .ThenEmitted(new MotorClaims.Opened(1, Paper("crash"), Day(20), Cents(160_000), Cents(145_000)))
        .ThenHeld(Cents(145_000)).ThenBalance(Insurer, Cents(855_000)).ThenState(State with { Count = 1, Open = 1 }).ThenKept(MotorClaims.Cases, new(1), Proposed)
        .At(Day(22)).ThenEmitted(new MotorClaims.Granted(1, Cents(145_000))).ThenKept(MotorClaims.Cases, new(1), Proposed with { Stage = ClaimStage.Granted, Granted = Cents(145_000) });

    [Fact]
    public void The_garage_is_paid_against_what_it_signed() => Granted()
        .Meanwhile(world => Serve(world, "invoice"))
        .When(Repair("invoice", 160_000, 1)).ThenEmitted(new MotorClaims.Given(1, 1, Shop, Cents(160_000), Cents(145_000), Cents(145_000)))
        .ThenBalance(Shop, Cents(145_000)).ThenHeld(Cents(0)).ThenKept(MotorClaims.Payouts, new(1, 1), new Payout(Shop, Paper("invoice"), Cents(160_000), Cents(145_000), Cents(145_000), false))
        .When(Repair("invoice", 160_000, 1)).ThenRefused(MotorClaims.SeenAlready)
        .When(new MotorClaims.Close(1), signedBy: [Ada]).ThenEmitted(new MotorClaims.Closed(1, Cents(145_000), Cents(0))).ThenState(State with { Count = 1 });

    [Fact]
    public void Several_repairs_bear_the_deductible_once_and_the_holder_takes_the_rest_in_money() => Granted()
        .Meanwhile(world => Serve(world, "windscreen"))
        .When(Repair("windscreen", 10_000, 1)).ThenEmitted(new MotorClaims.Given(1, 1, Shop, Cents(10_000), Cents(0), Cents(0)))
        .Meanwhile(world => Serve(world, "bumper"))
        .When(Repair("bumper", 55_000, 2)).ThenEmitted(new MotorClaims.Given(1, 2, Shop, Cents(55_000), Cents(50_000), Cents(50_000))).ThenHeld(Cents(95_000))
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada]).ThenEmitted(new MotorClaims.Given(1, 3, Ada, Cents(79_800), Cents(79_800), Cents(79_800)))
        .ThenBalance(Ada, Cents(88_000 + 79_800)).ThenHeld(Cents(0)).ThenBalance(Insurer, Cents(1_000_000 - 50_000 - 79_800))
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NothingLeft)
        .Meanwhile(world => Serve(world, "again"))
        .When(Repair("again", 55_000, 3)).ThenEmitted(new MotorClaims.Given(1, 4, Shop, Cents(55_000), Cents(0), Cents(0)));

    [Fact]
    public void More_damage_is_proposed_anew_and_no_more_than_the_limit_is_paid() => Granted()
        .When(Estimate("low", 150_000)).ThenRefused(MotorClaims.NotNow)
        .When(Estimate("high", 900_000)).ThenEmitted(new MotorClaims.Estimated(1, Shop, Cents(900_000), Cents(500_000))).ThenHeld(Cents(500_000))
        .When(Repair("early", 10_000, 1)).ThenRefused(MotorClaims.NotNow)
        .Later(2).ThenEmitted(new MotorClaims.Granted(1, Cents(500_000)))
        .Meanwhile(world => Serve(world, "all")).When(Repair("all", 900_000, 1)).ThenBalance(Shop, Cents(500_000)).ThenHeld(Cents(0));

    [Fact]
    public void Less_damage_is_proposed_before_it_is_granted_and_the_time_begins_again() => Crashed().At(Day(21))
        .When(Estimate("paper", 100_000)).ThenEmitted(new MotorClaims.Estimated(1, Shop, Cents(100_000), Cents(85_000))).ThenHeld(Cents(85_000)).ThenBalance(Insurer, Cents(915_000))
        .When(Estimate("paper", 100_000)).ThenRefused(MotorClaims.SeenAlready)
        .At(Day(22)).ThenEmitted().At(Day(23)).ThenEmitted(new MotorClaims.Granted(1, Cents(85_000)));

    [Fact]
    public void What_the_assessor_vetoes_is_not_paid_unless_the_holder_contests_it() => Crashed()
        .When(new MotorClaims.Veto(1, Reason), signedBy: [Assessor]).ThenEmitted(new MotorClaims.Vetoed(1, Reason)).ThenHeld(Cents(0))
        .When(new MotorClaims.Veto(1, Reason), signedBy: [Assessor]).ThenRefused(MotorClaims.NotNow)
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NotNow)
        .Later(5).ThenEmitted(new MotorClaims.Closed(1, Cents(0), Cents(0))).ThenState(State with { Count = 1 });

    [Fact]
    public void The_arbiter_rules_what_is_paid() => Crashed()
        .When(new MotorClaims.Contest(1, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NotNow)
        .When(new MotorClaims.Veto(1, Reason), signedBy: [Assessor])
        .When(new MotorClaims.Rule(1, Cents(1)), signedBy: [Judge]).ThenRefused(MotorClaims.NotNow)
        .When(new MotorClaims.Contest(1, Note), signedBy: [Ada]).ThenEmitted(new MotorClaims.Contested(1, Note))
        .When(new MotorClaims.Rule(1, Cents(500_001)), signedBy: [Judge]).ThenRefused(MotorClaims.TooMuch)
        .When(new MotorClaims.Rule(1, Cents(-1)), signedBy: [Judge]).ThenRefused(MotorClaims.NotThisMoney)
        .When(new MotorClaims.Rule(1, Cents(100_000)), signedBy: [Judge]).ThenEmitted(new MotorClaims.Granted(1, Cents(100_000)), new MotorClaims.Ruled(1, Cents(100_000))).ThenHeld(Cents(100_000))
        .When(new MotorClaims.Contest(1, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NotNow)
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada]).ThenBalance(Ada, Cents(88_000 + 84_000)).ThenBalance(Insurer, Cents(916_000));

    [Fact]
    public void What_somebody_has_been_given_no_ruling_takes_away() => Granted()
        .Meanwhile(world => Serve(world, "bumper")).When(Repair("bumper", 65_000, 1)).ThenBalance(Shop, Cents(50_000))
        .When(new MotorClaims.Contest(1, Note), signedBy: [Ada]).ThenHeld(Cents(95_000))
        .When(new MotorClaims.Rule(1, Cents(10_000)), signedBy: [Judge]).ThenEmitted(new MotorClaims.Granted(1, Cents(50_000)), new MotorClaims.Ruled(1, Cents(10_000))).ThenHeld(Cents(0))
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NothingLeft);

    [Fact]
    public void A_revision_of_the_tariff_does_not_change_the_cover_of_a_year_that_is_running() => Agreed(Agree()).At(Day(20))
        .Meanwhile(world => world.Do(Market, new InsuranceTariff.Revise(Terms with { Cover = new CoverTerms(Cents(0), Cents(1)) }, Note), Insurer))
        .When(Crash("crash", Day(20), 400)).ThenHeld(Cents(145_000));

    [Fact]
    public void Where_nobody_rules_it_is_as_if_nobody_had_contested()
    {
        Crashed().When(new MotorClaims.Veto(1, Reason), signedBy: [Assessor]).When(new MotorClaims.Contest(1, Note), signedBy: [Ada])
            .Later(7).ThenEmitted(new MotorClaims.Closed(1, Cents(0), Cents(0)));
        Crashed().When(new MotorClaims.Assess(1, Cents(65_000), Report), signedBy: [Assessor]).ThenHeld(Cents(50_000)).When(new MotorClaims.Contest(1, Note), signedBy: [Ada])
            .Later(7).ThenEmitted(new MotorClaims.Granted(1, Cents(50_000))).ThenHeld(Cents(50_000));
    }

    [Fact]
    public void A_veto_of_more_leaves_what_was_granted_before() => Granted()
        .When(Estimate("high", 300_000)).ThenHeld(Cents(285_000))
        .When(new MotorClaims.Veto(1, Reason), signedBy: [Assessor]).ThenHeld(Cents(145_000))
        .Later(5).ThenEmitted(new MotorClaims.Granted(1, Cents(145_000)));

    [Fact]
    public void The_assessor_says_what_the_damage_is() => Crashed()
        .When(new MotorClaims.Assess(1, Cents(0), Report), signedBy: [Assessor]).ThenRefused(MotorClaims.NotThisMoney)
        .When(new MotorClaims.Assess(1, Cents(PremiumTerms.PriceAtMost + 1), Report), signedBy: [Assessor]).ThenRefused(MotorClaims.TooMuch)
        .When(new MotorClaims.Assess(1, Cents(215_000), Report), signedBy: [Insurer]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MotorClaims.Assess(1, Cents(215_000), Report), signedBy: [Assessor])
        .ThenEmitted(new MotorClaims.Granted(1, Cents(200_000)), new MotorClaims.Assessed(1, Cents(215_000), Report)).ThenHeld(Cents(200_000))
        .When(new MotorClaims.Assess(1, Cents(215_000), Report), signedBy: [Assessor]).ThenRefused(MotorClaims.NotNow);

    [Fact]
    public void What_cannot_be_held_or_paid_at_once_is_paid_as_soon_as_it_can() => Agreed(Agree(each: 100_000)).At(Day(20))
        .When(Crash("crash", Day(20), 400)).ThenHeld(Cents(100_000))
        .At(Day(22)).ThenHeld(Cents(145_000))
        .Meanwhile(world => world.Do(Money, new EMoney.Redeem(Insurer, Cents(855_000), Note), Insurer))
        .When(Estimate("high", 300_000)).ThenHeld(Cents(145_000)).Later(2)
        .Meanwhile(world => Serve(world, "all")).When(Repair("all", 300_000, 1)).ThenEmitted(new MotorClaims.Given(1, 1, Shop, Cents(300_000), Cents(285_000), Cents(145_000))).ThenHeld(Cents(0))
        .When(new MotorClaims.Close(1), signedBy: [Ada]).ThenRefused(MotorClaims.StillOpen)
        .When(new MotorClaims.PayRest(1, 1)).ThenRefused(MotorClaims.NothingLeft)
        .Later(10).ThenEmitted()
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Insurer, Cents(500_000), Note), Bank))
        .When(new MotorClaims.PayRest(1, 1)).ThenEmitted(new MotorClaims.PaidOut(1, 1, Shop, Cents(104_000)))
        .When(new MotorClaims.PayRest(1, 1)).ThenEmitted(new MotorClaims.PaidOut(1, 1, Shop, Cents(36_000))).ThenBalance(Shop, Cents(285_000)).ThenHeld(Cents(0))
        .When(new MotorClaims.PayRest(1, 1)).ThenRefused(MotorClaims.NothingLeft)
        .Later(10).ThenEmitted(new MotorClaims.Closed(1, Cents(285_000), Cents(0)));

    [Fact]
    public void What_nobody_repairs_in_time_goes_back_to_the_insurer() => Granted()
        .At(Day(32)).ThenEmitted(new MotorClaims.Closed(1, Cents(0), Cents(145_000))).ThenHeld(Cents(0)).ThenBalance(Insurer, Cents(1_000_000 + 4_000))
        .When(new MotorClaims.Close(1), signedBy: [Ada]).ThenRefused(MotorClaims.NotNow);

    [Fact]
    public void Whoever_caused_it_pays_it_back() => Granted()
        .When(new MotorClaims.Seek(1, Bob, Cents(1), Reason), signedBy: [Insurer]).ThenRefused(MotorClaims.TooMuch)
        .When(new MotorClaims.TakeMoney(1, Note), signedBy: [Ada])
        .When(new MotorClaims.Seek(1, Insurer, Cents(1), Reason), signedBy: [Insurer]).ThenRefused(MotorClaims.NotTheCauser)
        .When(new MotorClaims.Seek(1, Ada, Cents(1), Reason), signedBy: [Insurer]).ThenRefused(MotorClaims.NotTheCauser)
        .When(new MotorClaims.Seek(1, new Actor("nobody"), Cents(1), Reason), signedBy: [Insurer]).ThenRefused(MotorClaims.NotTheCauser)
        .When(new MotorClaims.Seek(1, Bob, Cents(0), Reason), signedBy: [Insurer]).ThenRefused(MotorClaims.NotThisMoney)
        .When(new MotorClaims.Repay(1, Cents(1))).ThenRefused(MotorClaims.NoSuchClaim)
        .When(new MotorClaims.Seek(1, Bob, Cents(121_800), Reason), signedBy: [Insurer]).ThenEmitted(new MotorClaims.Sought(1, Bob, Cents(121_800), Reason))
        .When(new MotorClaims.Close(1), signedBy: [Ada])
        .When(new MotorClaims.Repay(1, Cents(121_801)), signedBy: [Bob]).ThenRefused(MotorClaims.TooMuch)
        .When(new MotorClaims.Repay(1, Cents(0)), signedBy: [Bob]).ThenRefused(MotorClaims.NotThisMoney)
        .When(new MotorClaims.Repay(1, Cents(10_000)), signedBy: [Bob]).ThenEmitted(new MotorClaims.Recovered(1, Bob, Cents(10_000))).ThenBalance(Bob, Cents(0)).ThenBalance(Insurer, Cents(888_200))
        .When(new MotorClaims.End(), signedBy: [Insurer, Ada]).ThenEmitted(new MotorClaims.Ended(1)).ThenEnded()
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Bob, Cents(111_800), Note), Bank))
        .When(new MotorClaims.Repay(1, Cents(111_800)), signedBy: [Bob]).ThenBalance(Insurer, Cents(1_000_000));

    [Fact]
    public void What_was_paid_too_much_is_given_back_by_whoever_had_it() => Granted()
        .Meanwhile(world => Serve(world, "invoice")).When(Repair("invoice", 160_000, 1))
        .When(new MotorClaims.GiveBack(1, 2, Cents(1), Reason)).ThenRefused(MotorClaims.NoSuchClaim)
        .When(new MotorClaims.GiveBack(1, 1, Cents(0), Reason), signedBy: [Shop]).ThenRefused(MotorClaims.NotThisMoney)
        .When(new MotorClaims.GiveBack(1, 1, Cents(145_001), Reason), signedBy: [Shop]).ThenRefused(MotorClaims.TooMuch)
        .When(new MotorClaims.GiveBack(1, 1, Cents(45_000), Reason), signedBy: [Shop]).ThenEmitted(new MotorClaims.GivenBack(1, 1, Cents(45_000), Reason))
        .ThenBalance(Shop, Cents(100_000)).ThenBalance(Insurer, Cents(900_000)).ThenHeld(Cents(0))
        .ThenKept(MotorClaims.Payouts, new(1, 1), new Payout(Shop, Paper("invoice"), Cents(160_000), Cents(100_000), Cents(100_000), false));

    [Fact]
    public void Only_box_and_reporters_say_that_it_crashed_and_only_garages_what_it_costs() => Agreed(Agree()).At(Day(20))
        .When(Crash("crash", Day(20), 400, by: Eve)).ThenRefused(MotorClaims.NotAWitness)
        .When(Crash("crash", Day(20), 400, by: Shop)).ThenRefused(MotorClaims.NotAWitness)
        .When(Crash("crash", Day(20), 400, by: Police)).ThenEmitted(new MotorClaims.Opened(1, Paper("crash"), Day(20), Cents(160_000), Cents(145_000)))
        .When(Crash("crash", Day(20), 400)).ThenRefused(MotorClaims.SeenAlready)
        .When(Estimate("paper", 1, by: Eve)).ThenRefused(MotorClaims.NotAGarage)
        .When(Estimate("paper", 0)).ThenRefused(MotorClaims.NotThisMoney)
        .When(Estimate("paper", PremiumTerms.PriceAtMost + 1)).ThenRefused(MotorClaims.TooMuch)
        .When(Estimate("paper", 1, claim: 2)).ThenRefused(MotorClaims.NoSuchClaim)
        .At(Day(22))
        .When(Repair("invoice", 1, 1, by: Police)).ThenRefused(MotorClaims.NotAGarage)
        .When(Repair("invoice", 0, 1)).ThenRefused(MotorClaims.NotThisMoney)
        .When(Repair("invoice", PremiumTerms.PriceAtMost + 1, 1)).ThenRefused(MotorClaims.TooMuch)
        .When(Repair("invoice", 1, 1, claim: 2)).ThenRefused(MotorClaims.NoSuchClaim)
        .Meanwhile(world => world.Open(Agree(), Insurer, Ada))
        .When(Crash("other", Day(20), 400, agreement: new Agreement<MotorClaims>(9))).ThenRefused(MotorClaims.NotAWitness);

    [Fact]
    public void There_is_no_claim_without_cover_or_without_a_crash() => Agreed(Agree()).At(Day(20))
        .When(Crash("early", Day(0).Plus(-1), 0)).ThenRefused(MotorClaims.NotCovered)
        .When(Crash("ahead", Day(20).Plus(901), 400)).ThenRefused(MotorClaims.AheadOfTime)
        .When(Crash("bump", Day(20), 400, severity: 9)).ThenRefused(MotorClaims.NotACrash)
        .Meanwhile(world => world.Do(Policy, new MotorPolicy.Cancel(), Ada)).At(Day(21))
        .When(Crash("late", Day(20), 400)).ThenRefused(MotorClaims.NotCovered)
        .When(Crash("before", Day(20).Plus(-1), 400)).ThenEmitted(new MotorClaims.Opened(1, Paper("before"), Day(20).Plus(-1), Cents(160_000), Cents(145_000)));

    [Fact]
    public void Who_has_sold_the_car_has_no_claim_for_what_came_after() => Agreed(Agree()).At(Day(20)).Meanwhile(Sell).At(Day(21))
        .When(Crash("after", Day(20), 400)).ThenRefused(MotorClaims.NotCovered)
        .When(Crash("before", Day(20).Plus(-1), 400)).ThenHeld(Cents(145_000));

    [Fact]
    public void So_many_claims_are_open_at_once_and_each_has_a_number()
    {
        var story = Agreed(Agree()).At(Day(20));
        for (var each = 1; each <= MotorClaims.OpenAtMost; each++) story.When(Crash("crash " + each, Day(each), 0, severity: 10));
        story.When(Crash("one more", Day(16), 0)).ThenRefused(MotorClaims.TooManyClaims)
            .When(new MotorClaims.End(), signedBy: [Insurer, Ada]).ThenRefused(MotorClaims.StillOpen)
            .When(new MotorClaims.Veto(16, Reason), signedBy: [Assessor]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.Assess(16, Cents(1), Reason), signedBy: [Assessor]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.Contest(16, Reason), signedBy: [Ada]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.Rule(16, Cents(1)), signedBy: [Judge]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.PayRest(16, 1)).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.TakeMoney(16, Note), signedBy: [Ada]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.Close(16), signedBy: [Ada]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.Seek(16, Bob, Cents(1), Reason), signedBy: [Insurer]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.Admit(16, 1, Report), signedBy: [Judge]).ThenRefused(MotorClaims.NoSuchClaim)
            .When(new MotorClaims.Close(15), signedBy: [Ada]).When(Crash("one more", Day(16), 0)).ThenState(State with { Count = 16, Open = 15 });
    }

    [Fact]
    public void Terms_that_cannot_be_carried_out_are_refused()
    {
        Refused(Agree() with { Arbiter = Ada }, MotorClaims.NotFourParties);
        Refused(Agree() with { Arbiter = Insurer }, MotorClaims.NotFourParties);
        Refused(Agree() with { Arbiter = Assessor }, MotorClaims.NotFourParties);
        Refused(Agree() with { Assessor = Ada }, MotorClaims.NotFourParties);
        Refused(Agree() with { Reserve = new Mandate(Wh(1), Wh(1), Day(9)) }, MotorClaims.NotThisMoney);
        RefusedTerms(Handling with { Damages = default });
        RefusedTerms(Handling with { Damages = new(new ExpectedDamage(10, Wh(1))) });
        RefusedTerms(Handling with { Damages = new(new ExpectedDamage(10, Cents(0))) });
        RefusedTerms(Handling with { Damages = new(new ExpectedDamage(10, Cents(1)), new ExpectedDamage(10, Cents(2))) });
        RefusedTerms(Handling with { HoursToVeto = 0 });
        RefusedTerms(Handling with { DaysToContest = 0 });
        RefusedTerms(Handling with { DaysToRule = 1_001 });
        RefusedTerms(Handling with { DaysToRepair = 0 });
        RefusedTerms(Handling with { InMoney = new Rate(1_000_001) });
        RefusedTerms(Handling with { InMoney = new Rate(-1) });
        RefusedTerms(Handling with { Watches = new(new Watch(Suspicion.SameEvent, 1), new Watch(Suspicion.SameEvent, 2)) });
        Open(InsuredWorld(), Agree(), [Insurer]).ThenRefused(KernelRefusal.SignatureMissing);
        Open(InsuredWorld(), Agree() with { Assessor = Insurer }, [Insurer, Ada]).ThenEmitted(new MotorClaims.Agreed(Policy, Insurer, Judge));

        void RefusedTerms(ClaimTerms terms) => Refused(Agree() with { Terms = terms }, MotorClaims.NotTheseTerms);
        void Refused(MotorClaims.Agree agree, Refusal<MotorClaims> because) => Open(InsuredWorld(), agree, [Insurer, Ada]).ThenRefused(because);
    }

    [Fact]
    public void Those_who_handle_claims_read_them_and_the_garage_does_not()
    {
        var story = Granted();
        Assert.Equal([Insurer.Party, Ada.Party, Assessor.Party, Judge.Party], story.World.Ledger.ReadersOf(Claims.Number)!.Value.Named.ToArray());
    }

    [Fact]
    public void Another_mandate_takes_the_place_of_the_first() => Agreed(Agree())
        .When(new MotorClaims.Renew(new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Insurer]).ThenRefused(MotorClaims.NotThisMoney)
        .When(new MotorClaims.Renew(UpTo(1_000, 1_000)), signedBy: [Insurer]).ThenEmitted(new MotorClaims.MandateRenewed(UpTo(1_000, 1_000)))
        .At(Day(20)).When(Crash("crash", Day(20), 400)).ThenHeld(Cents(1_000));

    protected override World NewWorld() => InsuredWorld();

    protected override Story<MotorClaims> Opened() => Agreed(Agree());

    // What is open is vetoed, times go by, and what somebody has been given is paid.
    protected override void Release(Story<MotorClaims> story)
    {
        story.Meanwhile(world => world.Do(Money, new EMoney.Issue(Insurer, Cents(100_000_000), Note), Bank))
            .When(new MotorClaims.Renew(UpTo(1_000_000, 9_000_000)), signedBy: [Insurer]);
        for (var number = 1u; number <= story.State.Count; number++)
            if (CaseOf(story, number).Stage is ClaimStage.Proposed or ClaimStage.Flagged) story.When(new MotorClaims.Veto(number, Reason), signedBy: [Assessor]);
        story.Later(8);
        for (var number = 1u; number <= story.State.Count; number++)
        {
            for (var payout = 1u; payout <= CaseOf(story, number).Payouts; payout++)
                if (!CaseOf(story, number).Unpaid.IsZero && IsOwed(story, number, payout)) story.When(new MotorClaims.PayRest(number, payout));
            if (CaseOf(story, number).Stage != ClaimStage.Closed) story.When(new MotorClaims.Close(number), signedBy: [Ada]);
        }
        story.When(new MotorClaims.End(), signedBy: [Insurer, Ada]).ThenEnded();
    }

    private static ClaimCase CaseOf(Story<MotorClaims> story, uint number) => Row(story, MotorClaims.Cases, new(number));

    private static bool IsOwed(Story<MotorClaims> story, uint number, uint payout) => Row(story, MotorClaims.Payouts, new(number, payout)) is var row && row.Due != row.Paid;

    private static TValue Row<TKey, TValue>(Story<MotorClaims> story, Records<TKey, TValue> records, TKey key) where TKey : struct where TValue : struct
    {
        var table = MotorClaims.Contents.Table(records);
        return table.Values.FromBytes(story.World.State.Rows.Find(story.Agreement.Number, records.Number, table.KeyBytes(key))!);
    }

    private Story<MotorClaims> Agreed(MotorClaims.Agree agree) => Open(InsuredWorld(), agree, [Insurer, Ada]);

    // Four hundred kilometres on.
    private Story<MotorClaims> Crashed() => Agreed(Agree()).At(Day(20)).When(Crash("crash", Day(20), 400));

    private Story<MotorClaims> Granted() => Crashed().At(Day(22));

    private static MotorClaims State => new(Policy, Insurer, Ada, Assessor, Judge, Handling, Euro, 0, 0);

    private static ClaimCase Proposed => new(
        Paper("crash"), Day(20), Start.Metres + 400_000, ClaimStage.Proposed, Terms.Cover, Cents(160_000), Cents(0), Cents(0), Cents(0), Cents(0), Cents(145_000), Cents(0), default, false, 0);

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var claim = (uint)random.Next(1, 4);
        if (clause == typeof(MotorClaims.End) && random.Next(5) > 0) return Crash("crash " + random.Next(9), world.Now.Plus(-random.Next(100_000)), (uint)random.Next(900), (ushort)random.Next(5, 60));
        if (clause == typeof(MotorClaims.Report)) return Crash("crash " + random.Next(9), world.Now.Plus(-random.Next(100_000)), (uint)random.Next(900), (ushort)random.Next(5, 60));
        if (clause == typeof(MotorClaims.Reckon)) return Estimate("estimate " + random.Next(99), random.Next(1, 900_000), claim);
        if (clause == typeof(MotorClaims.Invoice)) return Repair("invoice " + random.Next(99), random.Next(1, 300_000), (uint)random.Next(3), claim);
        if (clause == typeof(MotorClaims.Veto)) return random.Next(3) == 0 ? new MotorClaims.Veto(claim, Reason) : new MotorClaims.Assess(claim, Cents(random.Next(1, 700_000)), Report);
        if (clause == typeof(MotorClaims.Assess)) return new MotorClaims.Assess(claim, Cents(random.Next(1, 700_000)), Report);
        if (clause == typeof(MotorClaims.Rule)) return new MotorClaims.Rule(claim, Cents(random.Next(500_000)));
        if (clause == typeof(MotorClaims.Contest)) return new MotorClaims.Contest(claim, Note);
        if (clause == typeof(MotorClaims.Admit)) return new MotorClaims.Admit(claim, (uint)random.Next(1, 4), Report);
        if (clause == typeof(MotorClaims.PayRest)) return new MotorClaims.PayRest(claim, (uint)random.Next(1, 4));
        if (clause == typeof(MotorClaims.TakeMoney)) return new MotorClaims.TakeMoney(claim, Note);
        if (clause == typeof(MotorClaims.Close)) return random.Next(3) == 0 ? new MotorClaims.Close(claim) : new MotorClaims.Seek(claim, Bob, Cents(random.Next(1, 9_000)), Reason);
        if (clause == typeof(MotorClaims.GiveBack)) return new MotorClaims.GiveBack(claim, (uint)random.Next(1, 4), Cents(random.Next(1, 9_000)), Reason);
        if (clause == typeof(MotorClaims.Renew)) return new MotorClaims.Renew(UpTo(random.Next(1, 300_000), 3_000_000));
        return clause == typeof(MotorClaims.Repay) ? new MotorClaims.Repay(claim, Cents(random.Next(1, 900))) : null;
    }
}
