using Keten.Contracts.Financing;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Financing.Showroom;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Financing;

/// <summary>Ada buys the Dealer's car with the Lender's money, and pays it back: 10,000.00 at 6 % over a year.</summary>
public sealed partial class LoanStories : ContractTests<Loan>
{
    private static readonly Plan ByUse = Year with { By = Repayment.ByUse, Use = new UsePrice(Box, Cents(25), 1_000, Cents(20_000)) };

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void The_money_goes_out_when_the_title_is_retained() => Secured()
        .ThenEmitted(new Loan.Agreed(Ada, Cents(1_000_000), Cents(86_066))).ThenHeld(Cents(1_000_000)).ThenBalance(Lender, Cents(1_000_000))
        .When(new Loan.Draw(), signedBy: [Ada]).ThenRefused(Loan.NoTitle)
        .Meanwhile(world => world.Do(Register, new Registration.Transfer(Vin, Ada), Dealer, Ada))
        .When(new Loan.Draw(), signedBy: [Ada]).ThenRefused(Loan.NoTitle)
        .Meanwhile(world => world.Do(Register, new Registration.Retain(Vin, TheLoan), Ada).Do(Register, new Registration.ReportStolen(Vin), Ada))
        .When(new Loan.Draw(), signedBy: [Ada]).ThenRefused(Loan.NoTitle)
        .Meanwhile(world => world.Do(Register, new Registration.ReportFound(Vin), Office))
        .When(new Loan.Draw(), signedBy: [Lender]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Loan.Draw(), signedBy: [Ada]).ThenEmitted(new Loan.Drawn(Dealer, Cents(1_000_000), Day(31))).ThenHeld(Cents(0)).ThenBalance(Dealer, Cents(1_100_000))
        .When(new Loan.Draw(), signedBy: [Ada]).ThenRefused(Loan.NotNow)
        .When(new Loan.StepBack(Ada), signedBy: [Ada]).ThenRefused(Loan.NotNow);

    [Fact]
    public void What_nobody_draws_goes_back()
    {
        Secured().Later(14).ThenEmitted(new Loan.CalledOff(Cents(1_000_000))).ThenBalance(Lender, Cents(2_000_000)).ThenEnded();
        Secured().When(new Loan.StepBack(Ada), signedBy: [Ada]).ThenEmitted(new Loan.CalledOff(Cents(1_000_000))).ThenBalance(Lender, Cents(2_000_000)).ThenEnded();
        Secured().When(new Loan.StepBack(Lender), signedBy: [Lender]).ThenEnded();
        Secured().When(new Loan.StepBack(Eve), signedBy: [Lender]).ThenEnded();
    }

    [Fact]
    public void The_title_is_free_in_the_step_that_pays_the_last_cent() => Running(more: 1_000_000, Year with { Months = 3 })
        .At(Day(31)).ThenEmitted(new Loan.Fell(1, Day(31), Cents(5_000), Cents(331_672), Cents(336_672), Cents(0), Cents(668_328)))
        .ThenBalance(Ada, Cents(963_328)).ThenBalance(Lender, Cents(1_336_672))
        .At(Day(89)).Meanwhile(world => Refused(world, new Registration.Transfer(Vin, Eve), Registration.TitleIsRetained, Ada, Eve))
        .At(Day(90)).ThenEmitted(new Loan.Fell(3, Day(90), Cents(1_675), Cents(334_998), Cents(336_673), Cents(0), Cents(0)), new Loan.PaidOff(Ada)).ThenEnded()
        .ThenBalance(Lender, Cents(2_010_017)).ThenBalance(Ada, Cents(289_983))
        .Meanwhile(world => world.Do(Register, new Registration.Transfer(Vin, Eve), Ada, Eve));

    [Fact]
    public void Months_are_those_of_the_calendar_however_the_payout_fell() => Open(NewWorld().Gives(Ada, 1_000_000), Cash(Year with { Counting = DayCount.Actual365 }), [Lender, Ada])
        .At(Day(10, 15)).When(new Loan.Draw(), signedBy: [Ada])
        .At(Day(41)).ThenEmitted(new Loan.Fell(1, Day(41), Cents(5_096), Cents(80_970), Cents(86_066), Cents(0), Cents(919_030)));

    [Fact]
    public void What_cannot_be_collected_is_owed_bears_late_interest_and_brings_notices() => InArrears()
        .At(Day(45)).ThenEmitted(new Loan.Reminded(1, Cents(36_692)))
        .At(Day(59)).ThenEmitted(new Loan.Fell(2, Day(59), Cents(4_595), Cents(81_471), Cents(0), Cents(122_884), Cents(837_463)), new Loan.Reminded(2, Cents(123_384)))
        .At(Day(73)).ThenEmitted(new Loan.Reminded(3, Cents(124_311)))
        .At(Day(90)).ThenEmitted(new Loan.Fell(3, Day(90), Cents(4_187), Cents(81_879), Cents(0), Cents(210_896), Cents(755_584)))
        .When(new Loan.Collect(), signedBy: [Lender]).ThenRefused(Loan.NothingOwed)
        .Meanwhile(world => world.Gives(Ada, 300_000))
        .When(new Loan.Pay(Cents(210_897)), signedBy: [Ada]).ThenRefused(Loan.NothingOwed)
        .When(new Loan.Pay(Cents(0)), signedBy: [Ada]).ThenRefused(Loan.NotThisMoney)
        .When(new Loan.Pay(Wh(5)), signedBy: [Ada]).ThenRefused(Loan.NotThisMoney)
        .When(new Loan.Collect(), signedBy: [Lender]).ThenEmitted(new Loan.Received(Cents(100_000), Cents(110_896)))
        .ThenState(Now(Year, 3, 755_584) with { Arrears = new Arrears(Cents(108_198), Cents(2_698), Day(31), Day(90), 3) })
        .When(new Loan.Pay(Cents(110_000)), signedBy: [Ada]).ThenEmitted(new Loan.Received(Cents(110_000), Cents(896)))
        .ThenState(Now(Year, 3, 755_584) with { Arrears = new Arrears(Cents(0), Cents(896), Day(31), Day(90), 3) })
        .When(new Loan.Pay(Cents(896)), signedBy: [Ada]).ThenState(Now(Year, 3, 755_584) with { Arrears = new Arrears(Cents(0), Cents(0), null, Day(90), 0) })
        .Later(30).ThenEmitted(new Loan.Fell(4, Day(120), Cents(3_778), Cents(82_288), Cents(86_066), Cents(0), Cents(673_296)));

    [Fact]
    public void What_is_paid_in_time_brings_no_notice() => InArrears()
        .Meanwhile(world => world.Gives(Ada, 100_000)).At(Day(40)).When(new Loan.Collect(), signedBy: [Lender]).ThenEmitted(new Loan.Received(Cents(36_147), Cents(0)))
        .At(Day(58)).ThenEmitted();

    [Fact]
    public void A_loan_is_called_in_and_the_vehicle_taken_back() => InArrears()
        .At(Day(90)).When(new Loan.CallIn(), signedBy: [Lender]).ThenRefused(Loan.NotYet)
        .Meanwhile(world => Refused(world, new Registration.TakeBack(Vin), Registration.NotRetained, Lender))
        .At(Day(91)).When(new Loan.CallIn(), signedBy: [Lender]).ThenEmitted(new Loan.CalledIn(Cents(966_658)))
        .When(new Loan.CallIn(), signedBy: [Lender]).ThenRefused(Loan.NotNow)
        .When(new Loan.Settle(), signedBy: [Ada]).ThenRefused(Loan.NotNow)
        .Meanwhile(world => world.Do(Register, new Registration.TakeBack(Vin), Lender))
        .When(new Loan.Credit(Cents(800_000), Note), signedBy: [Lender]).ThenEmitted(new Loan.Credited(Cents(800_000), Cents(0), Note))
        .Meanwhile(world => world.Gives(Ada, 200_000))
        .When(new Loan.Collect(), signedBy: [Lender]).ThenEmitted(new Loan.Received(Cents(100_000), Cents(66_658)))
        .When(new Loan.Pay(Cents(66_658)), signedBy: [Ada]).ThenEmitted(new Loan.Received(Cents(66_658), Cents(0)), new Loan.PaidOff(Ada)).ThenEnded().ThenBalance(Ada, Cents(33_342));

    [Fact]
    public void Nothing_is_called_in_while_nothing_is_owed() => Running().When(new Loan.CallIn(), signedBy: [Lender]).ThenRefused(Loan.NotYet);

    [Fact]
    public void A_payment_ahead_bears_no_more_interest_and_shortens_the_term() => Running(more: 1_000_000, Year with { Months = 4 })
        .At(Day(10, 7)).When(new Loan.PayAhead(Cents(300_000)), signedBy: [Ada], (Ada, Cents(301_499))).ThenRefused(KernelRefusal.OverCap)
        .When(new Loan.PayAhead(Cents(300_000)), signedBy: [Ada]).ThenEmitted(new Loan.PaidAhead(Cents(300_000), Cents(1_500), Cents(700_000))).ThenBalance(Ada, Cents(998_500))
        .At(Day(31)).ThenEmitted(new Loan.Fell(1, Day(31), Cents(4_000), Cents(249_133), Cents(253_133), Cents(0), Cents(450_867)))
        .When(new Loan.PayAhead(Cents(450_867)), signedBy: [Ada]).ThenRefused(Loan.SettlesIt)
        .When(new Loan.PayAhead(Cents(-1)), signedBy: [Ada]).ThenRefused(Loan.NotThisMoney)
        .At(Day(89)).At(Day(90)).ThenEmitted(new Loan.Fell(3, Day(90), Cents(1_000), Cents(199_988), Cents(200_988), Cents(0), Cents(0)), new Loan.PaidOff(Ada)).ThenEnded();

    [Fact]
    public void What_is_owed_is_paid_before_anything_ahead()
    {
        InArrears().Meanwhile(world => world.Gives(Ada, 100_000)).When(new Loan.PayAhead(Cents(100)), signedBy: [Ada]).ThenRefused(Loan.FirstWhatIsOwed);
        Secured().When(new Loan.PayAhead(Cents(100)), signedBy: [Ada]).ThenRefused(Loan.NotNow);
    }

    [Fact]
    public void It_is_settled_early_for_what_is_left_its_interest_and_the_compensation()
    {
        var story = Running(more: 1_000_000).At(Day(45, 3));
        Assert.Equal(Cents(925_672), story.State.SettlementOn(Day(45, 3)));
        story.When(new Loan.Settle(), signedBy: [Ada]).ThenEmitted(new Loan.Settled(Cents(925_672), Cents(4_594)), new Loan.PaidOff(Ada)).ThenEnded().ThenBalance(Ada, Cents(288_262))
            .Later(40).ThenEmitted().Meanwhile(world => world.Do(Register, new Registration.Transfer(Vin, Eve), Ada, Eve));
    }

    [Fact]
    public void What_is_owed_is_settled_with_the_rest() => InArrears().Meanwhile(world => world.Gives(Ada, 1_000_000))
        .At(Day(40)).When(new Loan.Settle(), signedBy: [Ada]).ThenEmitted(new Loan.Settled(Cents(36_147 + 918_934 + 1_378 + 4_594), Cents(4_594)), new Loan.PaidOff(Ada)).ThenEnded();

    [Fact]
    public void The_compensation_is_the_years_share_and_never_more_than_the_interest()
    {
        var loan = Open(NewWorld(), Cash(Year with { Months = 24 }) with { Leave = UpTo(100_000, 2_000_000) }, [Lender, Ada]).State;
        Assert.Equal(Cents(1_000), loan.CompensationFor(Cents(100_000), Day(364)));
        Assert.Equal(Cents(500), loan.CompensationFor(Cents(100_000), Day(365)));
        Assert.Equal(Cents(82), loan.CompensationFor(Cents(100_000), Day(725)));
        Assert.Equal(Cents(0), loan.CompensationFor(Cents(100_000), Day(800)));
    }

    [Fact]
    public void The_debt_goes_to_another_lender_and_the_mandate_and_the_title_with_it() => Running()
        .When(new Loan.Assign(Ada), signedBy: [Lender, Ada]).ThenRefused(Loan.NotAnotherLender)
        .When(new Loan.Assign(Lender), signedBy: [Lender]).ThenRefused(Loan.NotAnotherLender)
        .When(new Loan.Assign(OtherLender), signedBy: [Lender, OtherLender]).ThenEmitted(new Loan.Assigned(Lender, OtherLender, Cents(1_000_000), Cents(0)))
        .Meanwhile(world => Assert.Equal([OtherLender.Party, Ada.Party], AgreementReaders.Of(world.State, TheLoan.Number, world.State.Agreement(TheLoan.Number)!).Named.ToArray()))
        .At(Day(31)).ThenBalance(OtherLender, Cents(2_086_066)).ThenBalance(Lender, Cents(1_000_000))
        .When(new Loan.Collect(), signedBy: [Lender]).ThenRefused(KernelRefusal.SignatureMissing)
        .Meanwhile(world => Refused(world, new Registration.LetGo(Vin), KernelRefusal.SignatureMissing, Lender))
        .Meanwhile(world => world.Do(Register, new Registration.LetGo(Vin), OtherLender).Do(Register, new Registration.Transfer(Vin, Eve), Ada, Eve));

    [Fact]
    public void Money_that_waits_to_be_drawn_is_not_passed_on() =>
        Secured().When(new Loan.Assign(OtherLender), signedBy: [Lender, OtherLender]).ThenRefused(Loan.NotNow);

    [Fact]
    public void Who_drives_little_pays_little_and_the_rest_is_due_at_the_end()
    {
        var story = Open(NewWorld().Gives(Ada, 1_000_000), Cash(ByUse with { Months = 3 }) with { Shown = 1_000_000 }, [Lender, Ada]);
        story.When(Reading(story.World, 1_000_000)).ThenRefused(Loan.NotNow)
            .When(new Loan.Draw(), signedBy: [Ada])
            .When(Reading(story.World, 999_999)).ThenRefused(Loan.RunsBack)
            .When(Reading(story.World, 2_000_000, by: Ada)).ThenRefused(Loan.NotTheMeter)
            .When(Reading(story.World, 3_000_000)).ThenEmitted(new Loan.Counted(3_000_000, 2_000_000))
            .At(Day(31)).ThenEmitted(new Loan.Fell(1, Day(31), Cents(5_000), Cents(45_000), Cents(50_000), Cents(0), Cents(955_000)))
            .At(Day(59)).ThenEmitted(new Loan.Fell(2, Day(59), Cents(4_775), Cents(15_225), Cents(20_000), Cents(0), Cents(939_775)))
            .When(Reading(story.World, 3_100_000))
            .When(new Loan.Renew(UpTo(2_000_000, 2_000_000)), signedBy: [Ada]).ThenEmitted(new Loan.Renewed(UpTo(2_000_000, 2_000_000)))
            .At(Day(90)).ThenEmitted(new Loan.Fell(3, Day(90), Cents(4_699), Cents(939_775), Cents(944_474), Cents(0), Cents(0)), new Loan.PaidOff(Ada)).ThenEnded();
    }

    [Fact]
    public void A_reading_is_for_its_own_loan()
    {
        var story = Open(NewWorld(), Cash(ByUse), [Lender, Ada]);
        story.World.Open(Cash(ByUse), Lender, Ada);
        story.When(new Loan.Draw(), signedBy: [Ada])
            .When(new Loan.Count(story.World.Signed(new Loan.Reading(new Agreement<Loan>(6), 5), Box))).ThenRefused(Loan.NotTheMeter);
        Running().When(Reading(story.World, 5)).ThenRefused(Loan.NotTheMeter);
    }

    [Fact]
    public void What_was_wrong_is_credited_also_when_all_is_over()
    {
        InArrears().When(new Loan.Credit(Cents(0), Note), signedBy: [Lender]).ThenRefused(Loan.NotThisMoney)
            .When(new Loan.Credit(Cents(36_000), Note), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
            .When(new Loan.Credit(Cents(40_000), Note), signedBy: [Lender]).ThenEmitted(new Loan.Credited(Cents(40_000), Cents(3_934), Note)).ThenBalance(Ada, Cents(3_934));
        Running(more: 1_000_000).When(new Loan.Settle(), signedBy: [Ada]).ThenEnded().ThenBalance(Lender, Cents(2_005_000))
            .When(new Loan.Credit(Cents(5_000), Note), signedBy: [Lender]).ThenEmitted(new Loan.Credited(Cents(5_000), Cents(5_000), Note)).ThenBalance(Lender, Cents(2_000_000));
    }

    [Fact]
    public void A_last_credit_ends_it() => InArrears().At(Day(91)).When(new Loan.CallIn(), signedBy: [Lender])
        .When(new Loan.Credit(Cents(966_658), Note), signedBy: [Lender]).ThenEmitted(new Loan.Credited(Cents(966_658), Cents(0), Note), new Loan.PaidOff(Ada)).ThenEnded();

    [Fact]
    public void What_cannot_be_carried_out_is_not_agreed()
    {
        Refused(Cash() with { Payee = new Actor("Stranger") }, Loan.NotTwoParties);
        Refused(Cash(ByUse with { Use = ByUse.Use!.Value with { Meter = new Actor("Stranger") } }), Loan.NotTwoParties);
        Open(NewWorld(), Cash() with { Borrower = Lender }, [Lender]).ThenRefused(Loan.NotTwoParties);
        Refused(Cash(Year with { Months = 0 }), Loan.NotThisPlan);
        Refused(Cash(terms: Terms with { Compensation = new Rate(-1) }), Loan.NotThisPlan);
        Refused(Cash(terms: Terms with { CompensationInLastYear = new Rate(1_000_001) }), Loan.NotThisPlan);
        Refused(Cash(terms: Terms with { Arrears = Terms.Arrears with { Late = new Rate(-1) } }), Loan.NotThisPlan);
        Refused(Cash(terms: Terms with { Arrears = Terms.Arrears with { DaysToRemind = 0 } }), Loan.NotThisPlan);
        Refused(Cash(terms: Terms with { Arrears = Terms.Arrears with { DaysToCallIn = 13 } }), Loan.NotThisPlan);
        Refused(Cash(terms: Terms with { Arrears = Terms.Arrears with { Fee = Wh(1) } }), Loan.NotThisPlan);
        Refused(Cash(terms: Terms with { Arrears = Terms.Arrears with { Fee = Cents(-1) } }), Loan.NotThisPlan);
        var (none, terms) = (new Unit(9), Terms with { Arrears = Terms.Arrears with { Fee = new Unit(9).Of(0) } });
        Refused(Cash(new Plan(none.Of(100), new Rate(0), DayCount.Thirty360, Repayment.Linear, 1, none.Of(0), null), terms), Loan.NotThisMoney);
        Refused(Cash() with { Leave = UpTo(100_000, 2_000_000, days: 379) }, Loan.NotThisMandate);
        Refused(Cash() with { Leave = new Mandate(none.Of(1), none.Of(1), Day(900)) }, Loan.NotThisMandate);
        Open(NewWorld(), Cash() with { Leave = UpTo(100_000, 2_000_000, days: 380) }, [Lender, Ada])
            .When(new Loan.Renew(new Mandate(none.Of(1), none.Of(1), Day(900))), signedBy: [Ada]).ThenRefused(Loan.NotThisMandate);
    }

    protected override World NewWorld() => Showroom.NewWorld();

    // By use, without a vehicle: of random calls many are then accepted.
    protected override Story<Loan> Opened() => Open(NewWorld().Gives(Ada, 300_000), Cash(ByUse) with { Shown = 1_000 }, [Lender, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause == typeof(Loan.Pay) ? new Loan.Pay(Cents(random.Next(-1, random.Next(2) == 0 ? 100 : 40_000)))
        : clause == typeof(Loan.PayAhead) ? new Loan.PayAhead(Cents(random.Next(-1, 20_000)))
        : clause == typeof(Loan.Credit) ? new Loan.Credit(Cents(random.Next(-1, 20_000)), Note)
        : clause == typeof(Loan.Count) ? Reading(world, (uint)random.Next(1_000_000))
        : clause == typeof(Loan.StepBack) && random.Next(10) > 0 ? new Loan.Draw()
        : clause == typeof(Loan.Settle) && random.Next(8) > 0 ? new Loan.Collect()
        : clause == typeof(Loan.Assign) ? new Loan.Assign(random.Next(2) == 0 ? Lender : OtherLender)
        : clause == typeof(Loan.Renew) ? new Loan.Renew(UpTo(random.Next(1, 60_000), random.Next(60_000, 900_000)))
        : null;

    private static Loan.Count Reading(World world, uint shows, Actor? by = null) => new(world.Signed(new Loan.Reading(TheLoan, shows), by ?? Box));

    // As it stands after so many instalments.
    private static Loan Now(Plan plan, ushort fallen, long left) => new(
        Lender, Ada, Dealer, plan, Terms, new Security(Register, Vin), LoanStage.Running,
        new Debt(Day(0), Cents(86_066), fallen, Cents(left), Cents(0), Plan.DueDate(Day(0), fallen)), Arrears.None(Euro), default);

    private Story<Loan> Secured() => Open(NewWorld(), Agree(), [Lender, Ada]);

    private Story<Loan> Running(long more = 1, Plan? plan = null) => Open(NewWorld().Gives(Ada, more), Agree(plan) with { Leave = UpTo(400_000, 2_000_000) }, [Lender, Ada]).Meanwhile(world => world.Sells()).When(new Loan.Draw(), signedBy: [Ada]);

    // Of the first 860.66 Ada has 500.00, and then nothing.
    private Story<Loan> InArrears() => Secured().Meanwhile(world => world.Sells().Takes(Ada, 250_000)).When(new Loan.Draw(), signedBy: [Ada])
        .At(Day(31)).ThenEmitted(new Loan.Fell(1, Day(31), Cents(5_000), Cents(81_066), Cents(50_000), Cents(36_066), Cents(918_934))).ThenBalance(Ada, Cents(0));

    private void Refused(Loan.Agree agree, Refusal<Loan> because) => Open(NewWorld(), agree, [Lender, Ada]).ThenRefused(because);

    private static void Refused(World world, object clause, IRefusal because, params Actor[] signedBy) =>
        Assert.Contains(because.Sentence, Assert.Throws<StoryException>(() => world.Do(Register, clause, signedBy)).Message, StringComparison.Ordinal);
}
