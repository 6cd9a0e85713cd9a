using Keten.Contracts.Insurance;
using Keten.Contracts.Money;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using Keten.Tests.Contracts.Vehicles;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Insurance.Underwriting;

namespace Keten.Tests.Contracts.Insurance;

/// <summary>Ada's car is insured for a year and for the next, by what she stated, how far she drives, and whether she has claims.</summary>
public sealed class MotorPolicyStories : ContractTests<MotorPolicy>
{
    private static readonly Instant February = Day(31), March = Day(59), April = Day(90), NextYear = Day(365);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, steps: 120);

    [Fact]
    public void A_quote_follows_from_the_tariff_and_lapses_by_itself() => Quoted()
        .ThenEmitted(new MotorPolicy.Quoted(Ada, Priced, Day(0), Day(10)))
        .ThenState(new MotorPolicy(
            Insurer, Ada, Box, Market, Garage.Register, Garage.Vin, Risk, PolicyStage.Quoted, Day(10), new PolicyYear(1, Day(0), Priced, 4, 0), Driving.From(Start), PremiumAccount.None(Euro), 0, null,
            false, null))
        .When(new MotorPolicy.Renew(Accept().Leave), signedBy: [Ada]).ThenRefused(MotorPolicy.NotNow)
        .At(Day(10)).ThenEmitted(new MotorPolicy.Expired()).ThenEnded();

    [Fact]
    public void The_insurer_steps_back_from_a_quote() =>
        Quoted().When(new MotorPolicy.Cancel(), signedBy: [Insurer]).ThenEmitted(new MotorPolicy.Expired()).ThenEnded();

    [Fact]
    public void A_quote_is_for_the_keeper_by_what_the_tariff_has()
    {
        Refused(Quote() with { Holder = Insurer }, MotorPolicy.NotThreeParties);
        Refused(Quote() with { Box = Ada }, MotorPolicy.NotThreeParties);
        Refused(Quote() with { Box = Insurer }, MotorPolicy.NotThreeParties);
        Refused(Quote() with { Box = new Actor("nobody") }, MotorPolicy.NotThreeParties);
        Refused(Quote() with { Holder = Garage.Bob }, MotorPolicy.NotTheKeeper);
        Refused(Quote() with { Vin = Garage.OtherVin }, MotorPolicy.NotTheKeeper);
        Refused(Quote() with { Risk = Risk with { Levels = new Many<byte>(3, 0) } }, MotorPolicy.NotOnTheTariff);
        Refused(Quote() with { Class = 8 }, MotorPolicy.NotOnTheTariff);
        Refused(Quote() with { Instalments = 3 }, MotorPolicy.NotInstalments);
        Refused(Quote() with { From = Day(0, 1) }, MotorPolicy.NotATime);
        Refused(Quote() with { From = Day(-1) }, MotorPolicy.NotATime);
        Refused(Quote() with { From = Day(91) }, MotorPolicy.NotATime);
        Refused(Quote() with { Until = Day(0) }, MotorPolicy.NotATime);
        Refused(Quote() with { Until = Day(61) }, MotorPolicy.NotATime);
        Refused(Quote() with { Start = Start with { At = Day(1) } }, MotorPolicy.AheadOfTime);
        Open(TariffWorld(), Quote(), []).ThenRefused(KernelRefusal.SignatureMissing);
        Open(TariffWorld().Do(Market, new InsuranceTariff.Close(), Insurer), Quote(), [Insurer]).ThenRefused(MotorPolicy.NotOnTheTariff);
        Open(TariffWorld().Do(Garage.Register, new Registration.ReportStolen(Garage.Vin), Ada), Quote(), [Insurer]).ThenRefused(MotorPolicy.NotTheKeeper);

        void Refused(MotorPolicy.Quote quote, Refusal<MotorPolicy> because) => Open(TariffWorld(), quote, [Insurer]).ThenRefused(because);
    }

    [Fact]
    public void Who_accepts_pays_the_first_instalment_which_is_held_until_it_is_earned() => Bought()
        .ThenEmitted(new MotorPolicy.Bought(Ada, Cents(12_000))).ThenBalance(Ada, Cents(88_000)).ThenHeld(Cents(12_000)).ThenBalance(Insurer, Cents(1_000_000))
        .ThenKept(MotorPolicy.Covers, Day(0), new MotorPolicy.Cover(NextYear, Terms.Cover))
        .When(Accept(), signedBy: [Ada]).ThenRefused(MotorPolicy.NotNow)
        .At(February).ThenEmitted(Settled(Day(0), earned: 4_000, driven: 0, paid: 0, owed: 0)).ThenBalance(Insurer, Cents(1_004_000)).ThenHeld(Cents(8_000))
        .At(March).ThenHeld(Cents(4_000))
        .At(April).ThenEmitted(Settled(March, earned: 4_000, driven: 0, paid: 12_000, owed: 0)).ThenHeld(Cents(12_000)).ThenBalance(Ada, Cents(76_000)).ThenBalance(Insurer, Cents(1_012_000));

    [Fact]
    public void A_quote_is_accepted_by_the_keeper_in_its_money_and_before_it_begins()
    {
        Quoted().When(Accept(), signedBy: [Insurer]).ThenRefused(KernelRefusal.SignatureMissing);
        Quoted().When(new MotorPolicy.Accept(new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Ada]).ThenRefused(MotorPolicy.NotThisMoney);
        Quoted().Meanwhile(Sell).When(Accept(), signedBy: [Ada]).ThenRefused(MotorPolicy.NotTheKeeper);
        Quoted().At(Day(1)).When(Accept(), signedBy: [Ada]).ThenRefused(MotorPolicy.NotNow);
    }

    [Fact]
    public void Instalments_and_months_sum_to_the_premium_to_the_cent()
    {
        foreach (var premium in new long[] { 1, 11, 47_999, 48_000, 100_003 })
            foreach (byte instalments in new byte[] { 1, 2, 4, 12 })
            {
                var year = new PolicyYear(1, Day(0), Priced with { Premium = Cents(premium) }, instalments, 0);
                Assert.Equal(premium, Enumerable.Range(0, 12).Sum(month => year.InstalmentAt(month).Minor));
                Assert.Equal(premium, Enumerable.Range(0, 12).Sum(month => (year with { Months = (byte)month }).Monthly.Minor));
                // No month is earned before it is billed.
                for (var month = 0; month < 12; month++)
                    Assert.True(Enumerable.Range(0, month + 1).Sum(each => year.InstalmentAt(each).Minor) >= Enumerable.Range(0, month + 1).Sum(each => (year with { Months = (byte)each }).Monthly.Minor));
            }
    }

    [Fact]
    public void What_the_box_signs_is_paid_by_the_kilometre_and_the_hour() => Bought().At(Day(10))
        .When(Driven(After(1, Day(10), 800, 10))).ThenEmitted(new MotorPolicy.Counts(4, 800_000, 36_000))
        .At(Day(20)).When(Driven(After(5, Day(20), 1_000, 15))).ThenEmitted(new MotorPolicy.Counts(8, 200_000, 18_000))
        .At(February).ThenEmitted(Settled(Day(0), earned: 4_000, driven: 1_740, paid: 1_740, owed: 0))
        .ThenBalance(Ada, Cents(86_260)).ThenBalance(Insurer, Cents(1_005_740)).ThenHeld(Cents(8_000))
        .At(March).ThenEmitted(Settled(February, earned: 4_000, driven: 0, paid: 0, owed: 0));

    [Fact]
    public void A_reading_that_is_not_as_it_should_be_is_refused_for_its_reason() => Bought().At(Day(10))
        .When(Driven(After(2, Day(10), 800, 10)))
        .When(Driven(After(3, Day(10), 800, 10), by: OtherBox)).ThenRefused(MotorPolicy.NotTheBox)
        .When(Driven(After(3, Day(10), 800, 10), agreement: new Agreement<MotorPolicy>(8))).ThenRefused(KernelRefusal.BadReference)
        .Meanwhile(world => world.Open(Quote() with { From = Day(11), Until = Day(20) }, Insurer))
        .When(Driven(After(3, Day(10), 800, 10), agreement: new Agreement<MotorPolicy>(8))).ThenRefused(MotorPolicy.NotTheBox)
        .When(Driven(After(2, Day(10), 900, 11))).ThenRefused(MotorPolicy.CountedAlready)
        .When(Driven(After(1, Day(10), 700, 9))).ThenRefused(MotorPolicy.CountedAlready)
        .When(Driven(After(3, Day(10), 799, 10))).ThenRefused(MotorPolicy.RunsBack)
        .When(Driven(After(3, Day(10), 800, 9))).ThenRefused(MotorPolicy.RunsBack)
        .When(Driven(After(3, Day(10).Plus(-1), 800, 10))).ThenRefused(MotorPolicy.RunsBack)
        .When(Driven(After(3, Day(10).Plus(901), 800, 10))).ThenRefused(MotorPolicy.AheadOfTime)
        .When(Driven(After(3, Day(10).Plus(900), 800, 11))).ThenRefused(MotorPolicy.MoreThanTime)
        .At(Day(11)).When(Driven(After(3, Day(11), 800 + 289, 11))).ThenRefused(MotorPolicy.MoreThanTime)
        .When(Driven(After(3, Day(11), 800 + 288, 11))).ThenEmitted(new MotorPolicy.Counts(6, 288_000, 3_600));

    [Fact]
    public void Who_does_not_pay_is_warned_and_then_not_covered() => Broke()
        .At(February).ThenEmitted(new MotorPolicy.InArrears(Cents(4_000), Day(45)), Settled(Day(0), earned: 4_000, driven: 0, paid: 0, owed: 4_000)).ThenHeld(Cents(0))
        .At(Day(45)).ThenEmitted(new MotorPolicy.Finished(PolicyEnd.Lapsed, Day(45), Cents(0), Cents(2_000)))
        .ThenKept(MotorPolicy.Covers, Day(0), new MotorPolicy.Cover(Day(45), Terms.Cover))
        .When(Driven(After(1, Day(45), 1, 1))).ThenRefused(MotorPolicy.NotNow)
        .When(new MotorPolicy.Pay(Cents(2_001)), signedBy: [Ada]).ThenRefused(MotorPolicy.NothingOwed)
        .When(new MotorPolicy.Pay(Cents(0)), signedBy: [Ada]).ThenRefused(MotorPolicy.NotThisMoney)
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Ada, Cents(5_000), Note), Bank))
        .When(new MotorPolicy.Pay(Cents(500)), signedBy: [Ada]).ThenEmitted(new MotorPolicy.Received(Cents(500), Cents(1_500))).ThenBalance(Insurer, Cents(1_004_500))
        .When(new MotorPolicy.Pay(Cents(1_500)), signedBy: [Ada]).ThenEnded().ThenBalance(Insurer, Cents(1_006_000));

    [Fact]
    public void Who_pays_within_the_days_of_grace_stays_covered() => Broke().At(February)
        .When(new MotorPolicy.Collect(), signedBy: [Insurer]).ThenRefused(MotorPolicy.NothingOwed)
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Ada, Cents(1_500), Note), Bank))
        .When(new MotorPolicy.Collect(), signedBy: [Insurer]).ThenEmitted(new MotorPolicy.Received(Cents(1_500), Cents(2_500))).ThenHeld(Cents(1_500))
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Ada, Cents(2_500), Paper("more")), Bank)).At(Day(44))
        .When(new MotorPolicy.Pay(Cents(2_500)), signedBy: [Ada]).ThenEmitted(new MotorPolicy.Received(Cents(2_500), Cents(0))).ThenHeld(Cents(4_000))
        .At(Day(45)).ThenEmitted().ThenKept(MotorPolicy.Covers, Day(0), new MotorPolicy.Cover(NextYear, Terms.Cover));

    [Fact]
    public void What_was_missed_is_collected_with_the_months_that_follow_and_warned_of_once() =>
        Open(TariffWorld().Do(Market, new InsuranceTariff.Revise(Terms with { DaysOfGrace = 60 }, Note), Insurer), Quote() with { Instalments = 12 }, [Insurer])
            .When(Accept(each: 15_000), signedBy: [Ada]).Meanwhile(Impoverish)
            .At(March).ThenEmitted(new MotorPolicy.InArrears(Cents(4_000), Day(91)), Settled(Day(0), 4_000, 0, 0, 4_000), Settled(February, 4_000, 0, 0, 8_000))
            .Meanwhile(world => world.Do(Money, new EMoney.Issue(Ada, Cents(20_000), Note), Bank))
            .At(April).ThenEmitted(Settled(March, 4_000, 0, 12_000, 0)).ThenBalance(Ada, Cents(8_000)).ThenHeld(Cents(4_000)).At(Day(91)).ThenEmitted();

    [Fact]
    public void The_insurer_lets_go_what_is_owed_at_the_end() => Broke().At(Day(45))
        .When(new MotorPolicy.Waive(), signedBy: [Insurer]).ThenEmitted(new MotorPolicy.Waived(Cents(2_000))).ThenEnded()
        .When(new MotorPolicy.GiveBack(Cents(4_001), Note), signedBy: [Insurer]).ThenRefused(MotorPolicy.NotSoMuch)
        .When(new MotorPolicy.GiveBack(Cents(4_000), Note), signedBy: [Insurer]).ThenEmitted(new MotorPolicy.GivenBack(Cents(4_000), Note)).ThenBalance(Insurer, Cents(1_000_000));

    [Fact]
    public void Nothing_is_let_go_while_it_runs_and_what_was_not_had_is_not_given_back() => Bought()
        .When(new MotorPolicy.Waive(), signedBy: [Insurer]).ThenRefused(MotorPolicy.NotNow)
        .When(new MotorPolicy.GiveBack(Cents(1), Note), signedBy: [Insurer]).ThenRefused(MotorPolicy.NotSoMuch)
        .When(new MotorPolicy.GiveBack(Cents(0), Note), signedBy: [Insurer]).ThenRefused(MotorPolicy.NotThisMoney)
        .At(February).When(new MotorPolicy.GiveBack(Cents(4_000), Note), signedBy: [Insurer]).ThenBalance(Ada, Cents(92_000)).ThenHeld(Cents(8_000));

    [Fact]
    public void Who_leaves_has_back_what_was_not_earned() => Bought().At(Day(10))
        .When(Driven(After(1, Day(10), 100, 2)))
        .At(Day(45)).When(new MotorPolicy.Cancel(), signedBy: [Ada])
        // January 40.00, 14 of 28 days of February 20.00, and 1.92 that was driven in January.
        .ThenEmitted(new MotorPolicy.Finished(PolicyEnd.Cancelled, Day(45), Cents(6_000), Cents(0))).ThenBalance(Ada, Cents(93_808)).ThenBalance(Insurer, Cents(1_006_192)).ThenEnded()
        .ThenKept(MotorPolicy.Covers, Day(0), new MotorPolicy.Cover(Day(45), Terms.Cover));

    [Fact]
    public void Who_leaves_and_owes_something_need_not_pay_at_once() => Open(TariffWorld(), Quote() with { Instalments = 12 }, [Insurer]).When(Accept(), signedBy: [Ada]).At(Day(30))
        .When(Driven(After(1, Day(30), 10_000, 200)))
        .When(new MotorPolicy.Cancel(), signedBy: [Ada], atMost: (Ada, Cents(1))).ThenEmitted(new MotorPolicy.Finished(PolicyEnd.Cancelled, Day(30), Cents(0), Cents(19_071)))
        .When(new MotorPolicy.Collect(), signedBy: [Insurer]).ThenEmitted(new MotorPolicy.Received(Cents(19_071), Cents(0))).ThenBalance(Insurer, Cents(1_023_071)).ThenEnded();

    [Fact]
    public void Who_leaves_before_it_begins_has_all_of_it_back() => Open(TariffWorld(), Quote() with { From = Day(40) }, [Insurer]).When(Accept(), signedBy: [Ada])
        .At(Day(9)).When(new MotorPolicy.Cancel(), signedBy: [Ada]).ThenBalance(Ada, Cents(100_000)).ThenEnded()
        .ThenKept(MotorPolicy.Covers, Day(40), new MotorPolicy.Cover(Day(40), Terms.Cover));

    [Fact]
    public void Who_sells_is_covered_until_then() => Bought().At(Day(45))
        .When(new MotorPolicy.EndBySale()).ThenRefused(MotorPolicy.StillTheKeeper)
        .Meanwhile(Sell).At(Day(50))
        .When(new MotorPolicy.EndBySale()).ThenEmitted(new MotorPolicy.Finished(PolicyEnd.NotTheKeeper, Day(45), Cents(6_000), Cents(0))).ThenEnded();

    [Fact]
    public void A_sale_that_nobody_mentions_is_seen_at_the_months_end() => Bought().At(Day(45)).Meanwhile(Sell)
        .At(March).ThenEmitted(new MotorPolicy.Finished(PolicyEnd.NotTheKeeper, Day(45), Cents(6_000), Cents(0))).ThenBalance(Ada, Cents(94_000)).ThenEnded();

    [Fact]
    public void A_claim_that_was_paid_counts_once_and_one_that_was_paid_back_does_not() => Claimed()
        .When(new MotorPolicy.CountClaim(Claims, 1)).ThenRefused(MotorPolicy.NotAClaim)
        .Meanwhile(world => world.Do(Claims, new MotorClaims.Close(1), Ada))
        .When(new MotorPolicy.CountClaim(Claims, 2)).ThenRefused(MotorPolicy.NotAClaim)
        .Meanwhile(world => world.Do(Claims, new MotorClaims.Seek(1, Garage.Bob, Cents(10_000), Note), Insurer).Do(Claims, new MotorClaims.Repay(1, Cents(9_999)), Garage.Bob))
        .When(new MotorPolicy.CountClaim(Claims, 1)).ThenEmitted(new MotorPolicy.ClaimCounted(Claims, 1))
        .When(new MotorPolicy.CountClaim(Claims, 1)).ThenRefused(MotorPolicy.NotAClaim)
        .Meanwhile(world => world.Open(Quote() with { From = Day(23), Until = Day(24) }, Insurer)).Meanwhile(world => world.Do(new Agreement<MotorPolicy>(9), Accept(), Ada))
        .Meanwhile(world => Assert.Throws<StoryException>(() => world.Do(new Agreement<MotorPolicy>(9), new MotorPolicy.CountClaim(Claims, 1))));

    [Fact]
    public void A_claim_that_was_paid_back_whole_does_not_count() => Claimed()
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Garage.Bob, Cents(111_800), Paper("Bob's")), Bank).Do(Claims, new MotorClaims.Close(1), Ada))
        .Meanwhile(world => world.Do(Claims, new MotorClaims.Seek(1, Garage.Bob, Cents(121_800), Note), Insurer).Do(Claims, new MotorClaims.Repay(1, Cents(121_800)), Garage.Bob))
        .When(new MotorPolicy.CountClaim(Claims, 1)).ThenRefused(MotorPolicy.NotAClaim);

#pragma warning disable xUnit1013 // Two years of hourly ticks take their time: they are told once, by the first test of all.
    public void The_next_year_costs_what_class_statement_and_tariff_say_then_and_nobody_need_want_it() => Claimed()
        .Meanwhile(world => world.Do(Claims, new MotorClaims.Close(1), Ada)).When(new MotorPolicy.CountClaim(Claims, 1))
        .When(new MotorPolicy.Restate(Risk with { Levels = new Many<byte>(9, 9) }), signedBy: [Insurer, Ada]).ThenRefused(MotorPolicy.NotOnTheTariff)
        .When(new MotorPolicy.Restate(Risk with { Levels = new Many<byte>(1, 1) }), signedBy: [Insurer, Ada]).ThenEmitted(new MotorPolicy.Restated(Risk with { Levels = new Many<byte>(1, 1) }))
        .Meanwhile(world => world.Do(Market, new InsuranceTariff.Revise(Terms with { Base = Cents(60_000) }, Note), Insurer))
        .At(Day(335).Plus(-1)).At(Day(335)).ThenEmitted(new MotorPolicy.Offered(Worse, 1))
        .When(new MotorPolicy.Decline(Insurer), signedBy: [Insurer]).ThenRefused(MotorPolicy.NotNow)
        .When(new MotorPolicy.Decline(Garage.Bob), signedBy: [Garage.Bob]).ThenRefused(MotorPolicy.NotAPartyHere)
        .At(NextYear).ThenEmitted(Settled(Day(334), earned: 4_000, driven: 0, paid: 27_000, owed: 0), new MotorPolicy.Renewed(2, Worse))
        .ThenKept(MotorPolicy.Covers, NextYear, new MotorPolicy.Cover(Day(730), Terms.Cover)).ThenHeld(Cents(27_000)).ThenBalance(Insurer, Cents(1_048_000 - 121_800))
        .At(Day(700).Plus(-1)).When(new MotorPolicy.Decline(Insurer), signedBy: [Insurer]).ThenEmitted(new MotorPolicy.Declined(Insurer))
        .When(new MotorPolicy.Decline(Ada), signedBy: [Ada]).ThenRefused(MotorPolicy.NotNow)
        .At(Day(700)).ThenEmitted(new MotorPolicy.NotRenewed())
        .At(Day(730)).ThenEmitted(new MotorPolicy.Finished(PolicyEnd.RanOut, Day(730), Cents(0), Cents(0))).ThenBalance(Insurer, Cents(1_048_000 - 121_800 + 108_000)).ThenEnded();
#pragma warning restore xUnit1013

    [Fact]
    public void Another_box_begins_where_it_stands() => Bought().At(Day(10))
        .When(Driven(After(1, Day(10), 100, 2)))
        .When(new MotorPolicy.Exchange(Ada, Start), signedBy: [Insurer, Ada]).ThenRefused(MotorPolicy.NotThreeParties)
        .When(new MotorPolicy.Exchange(OtherBox, Start with { At = Day(11) }), signedBy: [Insurer, Ada]).ThenRefused(MotorPolicy.AheadOfTime)
        .When(new MotorPolicy.Exchange(OtherBox, new DriveCounter(1, Day(10), 5, 5)), signedBy: [Insurer, Ada])
        .ThenEmitted(new MotorPolicy.Exchanged(Box, OtherBox, new DriveCounter(1, Day(10), 5, 5)))
        .When(Driven(After(2, Day(10), 100, 2))).ThenRefused(MotorPolicy.NotTheBox)
        .When(Driven(new DriveCounter(2, Day(10), 5, 5), by: OtherBox))
        .At(February).ThenEmitted(Settled(Day(0), earned: 4_000, driven: 0, paid: 192, owed: 0)).ThenBalance(Insurer, Cents(1_004_192));

    [Fact]
    public void Another_mandate_takes_the_place_of_the_first() => Bought()
        .When(new MotorPolicy.Renew(new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Ada]).ThenRefused(MotorPolicy.NotThisMoney)
        .When(new MotorPolicy.Renew(UpTo(100, 100)), signedBy: [Ada]).ThenEmitted(new MotorPolicy.MandateRenewed(UpTo(100, 100)))
        .At(Day(10)).When(Driven(After(1, Day(10), 1_000, 15)))
        .At(February).ThenEmitted(new MotorPolicy.InArrears(Cents(1_640), Day(45)), Settled(Day(0), earned: 4_000, driven: 1_740, paid: 100, owed: 1_640));

    [Fact]
    public void What_is_over_is_over() => Broke().At(Day(45))
        .When(new MotorPolicy.Cancel(), signedBy: [Ada]).ThenRefused(MotorPolicy.NotNow)
        .When(new MotorPolicy.EndBySale()).ThenRefused(MotorPolicy.NotNow)
        .When(new MotorPolicy.Restate(Risk), signedBy: [Insurer, Ada]).ThenRefused(MotorPolicy.NotNow)
        .When(new MotorPolicy.Exchange(OtherBox, Start), signedBy: [Insurer, Ada]).ThenRefused(MotorPolicy.NotNow)
        .When(new MotorPolicy.Decline(Ada), signedBy: [Ada]).ThenRefused(MotorPolicy.NotNow);

    [Fact]
    public void Insurer_and_holder_read_it()
    {
        var story = Bought();
        var readers = story.World.Ledger.ReadersOf(Policy.Number)!.Value;
        Assert.Equal([Insurer.Party, Ada.Party], readers.Named.ToArray());
    }

    protected override World NewWorld() => TariffWorld();

    protected override Story<MotorPolicy> Opened() => Bought();

    protected override void Release(Story<MotorPolicy> story)
    {
        if (story.State.Stage == PolicyStage.Running) story.When(new MotorPolicy.Cancel(), signedBy: [Ada]);
        if (!story.HasEnded) story.When(new MotorPolicy.Waive(), signedBy: [Insurer]);
        story.ThenEnded();
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var state = world.StateOf(Policy);
        var last = state.Driving.Last;
        if (clause == typeof(MotorPolicy.Pay)) return new MotorPolicy.Pay(Cents(random.NextInt64(-1, Math.Max(5, state.Account.Owed.Minor + 2))));
        if (clause == typeof(MotorPolicy.GiveBack)) return new MotorPolicy.GiveBack(Cents(random.Next(-1, 3_000)), Note);
        if (clause == typeof(MotorPolicy.Renew)) return new MotorPolicy.Renew(UpTo(random.Next(1, 30_000), 90_000));
        if (clause == typeof(MotorPolicy.Decline) && random.Next(9) > 0) return new MotorPolicy.Collect();
        if ((clause == typeof(MotorPolicy.Cancel) || clause == typeof(MotorPolicy.Waive)) && random.Next(9) == 0) return null;
        if (clause == typeof(MotorPolicy.Exchange)) return new MotorPolicy.Exchange(state.Box == Box.Party ? OtherBox : Box, last with { Number = 1 });
        var time = (uint)Math.Max(0, Math.Min(world.Now - last.At, 100_000));
        var next = new DriveCounter(last.Number + (uint)random.Next(3), world.Now, last.Metres + (uint)random.Next(200_000), last.Seconds + time / 3);
        return Driven(next, state.Box == Box.Party ? Box : OtherBox);
    }

    internal static MotorPolicy.Settled Settled(Instant began, long earned, long driven, long paid, long owed) => new(began, Cents(earned), Cents(driven), Cents(paid), Cents(owed));

    // 600.00 × 1.2 × 1.5.
    private static PricedRisk Worse => new(7, Cents(108_000), new DrivePrice(Cents(2_160), Cents(6_480)), Terms.Cover);

    private Story<MotorPolicy> Quoted() => Open(TariffWorld(), Quote(), [Insurer]);

    private Story<MotorPolicy> Bought() => Quoted().When(Accept(), signedBy: [Ada]);

    // Ada has had a crash, and 1,218.00 for it.
    private Story<MotorPolicy> Claimed() => Bought().Meanwhile(world => world.Open(Agree(), Insurer, Ada)).At(Day(20))
        .Meanwhile(world => world.Do(Claims, Crash("crash", Day(20), 400))).At(Day(22)).Meanwhile(world => world.Do(Claims, new MotorClaims.TakeMoney(1, Note), Ada));

    // Ada has nothing left after the first instalment.
    private Story<MotorPolicy> Broke() => Open(TariffWorld(), Quote() with { Instalments = 12 }, [Insurer]).When(Accept(), signedBy: [Ada]).Meanwhile(Impoverish);

    private static void Impoverish(World world) => world.Do(Money, new EMoney.Redeem(Ada, Cents(96_000), Note), Ada);
}
