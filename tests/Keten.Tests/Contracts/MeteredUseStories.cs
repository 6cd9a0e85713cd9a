using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

/// <summary>Sessions and money: agreeing, charging, collecting, crediting, ending. The disputes are told in DisputeStories.cs.</summary>
public sealed partial class MeteredUseStories : ContractTests<MeteredUse>
{
    private static readonly Agreement<MeteredUse> It = new(4);

    private static readonly Hash Session = Paper("session"), Second = Paper("second session"), Claim = Paper("claim"), Reply = Paper("reply"), Note = Paper("credit note");

    private static readonly World Signing = PricedWorld();

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 300);

    [Fact]
    public void Both_agree_and_what_is_paid_in_is_held() => Prepaid(2_000)
        .ThenEmitted(new MeteredUse.Agreed(Grid, Ada, Prices)).ThenHeld(Cents(2_000)).ThenBalance(Ada, Cents(8_000)).ThenState(Plain)
        .ThenKept(MeteredUse.Meters, Box.Party, new MeteredUse.Meter(true, null, null));

    [Fact]
    public void Neither_side_agrees_alone() => Open(PricedWorld(), Terms(0, null), [Grid]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void Nobody_judges_their_own_cause() =>
        Open(PricedWorld(), Terms(0, null) with { Arbiter = Grid }, [Grid, Ada]).ThenRefused(MeteredUse.NotThreeParties);

    [Fact]
    public void What_is_paid_in_is_of_the_tariffs_currency() =>
        Open(PricedWorld(), Terms(0, null) with { PaidIn = Wh(1) }, [Grid, Ada]).ThenRefused(MeteredUse.NotThisMoney);

    [Fact]
    public void Mandates_are_in_the_tariffs_currency() =>
        Open(PricedWorld(), Terms(0, new Mandate(Wh(1), Wh(1), Day(9))), [Grid, Ada]).ThenRefused(MeteredUse.NotThisMoney);

    [Fact]
    public void A_session_is_priced_and_paid_under_the_mandate() => Opened()
        .When(Reading(Session, 0, 10_000))
        .ThenEmitted(new MeteredUse.Charged(Session, Box, Day(0), Day(0).Plus(300), Wh(10_000), Cents(500), Cents(100), Cents(600), Cents(600)))
        .ThenBalance(Ada, Cents(9_400)).ThenBalance(Grid, Cents(10_600)).ThenHeld(Cents(0)).ThenState(Plain)
        .ThenKept(MeteredUse.Sessions, Session, Charged(600, 600))
        .ThenKept(MeteredUse.Meters, Box.Party, new MeteredUse.Meter(true, Wh(10_000), Day(0).Plus(300)));

    [Fact]
    public void A_session_is_paid_out_of_what_was_paid_in_first() => Open(PricedWorld(), Terms(400, UpTo(1_000, 3_000)), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenHeld(Cents(0)).ThenBalance(Ada, Cents(9_400)).ThenBalance(Grid, Cents(10_600)).ThenState(Plain);

    [Fact]
    public void A_session_of_nothing_settles_at_nothing() => Opened()
        .When(Reading(Session, 500, 500))
        .ThenEmitted(new MeteredUse.Charged(Session, Box, Day(0), Day(0).Plus(300), Wh(0), Cents(0), Cents(0), Cents(0), Cents(0))).ThenBalance(Ada, Cents(10_000));

    [Fact]
    public void What_cannot_be_collected_is_booked_as_arrears() => Open(PricedWorld(), Terms(0, UpTo(250, 3_000)), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_750)).ThenState(Plain with { Arrears = Cents(350) })
        .ThenKept(MeteredUse.Sessions, Session, Charged(600, 250));

    [Fact]
    public void A_payer_with_an_empty_account_runs_into_arrears() => Opened().Meanwhile(Spend(Ada, 9_900))
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(0)).ThenState(Plain with { Arrears = Cents(500) });

    [Fact]
    public void Arrears_are_collected_bit_by_bit() => Open(PricedWorld(), Terms(0, UpTo(250, 3_000)), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenState(Plain with { Arrears = Cents(350) })
        .When(new MeteredUse.Collect(Session), signedBy: [Grid]).ThenEmitted(new MeteredUse.Collected(Session, Cents(250), Cents(0)))
        .When(new MeteredUse.Collect(Session), signedBy: [Grid]).ThenEmitted(new MeteredUse.Collected(Session, Cents(100), Cents(0)))
        .ThenState(Plain).ThenBalance(Ada, Cents(9_400)).ThenBalance(Grid, Cents(10_600))
        .When(new MeteredUse.Collect(Session), signedBy: [Grid]).ThenRefused(MeteredUse.NothingToCollect);

    [Fact]
    public void A_customer_pays_arrears_out_of_a_top_up() => Open(PricedWorld(), Terms(0, null), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenState(Plain with { Arrears = Cents(600) })
        .When(new MeteredUse.TopUp(Cents(1_000)), signedBy: [Ada]).ThenEmitted(new MeteredUse.ToppedUp(Cents(1_000))).ThenHeld(Cents(1_000))
        .When(new MeteredUse.Collect(Session), signedBy: [Ada]).ThenState(Plain).ThenHeld(Cents(400)).ThenBalance(Grid, Cents(10_600));

    [Fact]
    public void Only_what_was_charged_is_collected() => Opened()
        .When(new MeteredUse.Collect(Session), signedBy: [Grid]).ThenRefused(MeteredUse.NoSuchSession)
        .When(new MeteredUse.Collect(Session), signedBy: [Eve]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void A_top_up_is_in_the_tariffs_currency() => Opened()
        .When(new MeteredUse.TopUp(Wh(5)), signedBy: [Ada]).ThenRefused(MeteredUse.NotThisMoney)
        .When(new MeteredUse.TopUp(Cents(0)), signedBy: [Ada]).ThenRefused(MeteredUse.NotThisMoney);

    [Fact]
    public void A_top_up_takes_no_more_than_its_signer_allows() => Opened()
        .When(new MeteredUse.TopUp(Cents(500)), signedBy: [Ada], (Ada, Cents(499))).ThenRefused(KernelRefusal.OverCap).ThenHeld(Cents(0));

    [Fact]
    public void A_document_is_charged_once() => Opened()
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(Reading(Session, 0, 10_000)).ThenRefused(MeteredUse.ChargedAlready)
        .When(Reading(Session, 10_000, 20_000)).ThenRefused(MeteredUse.ChargedAlready).ThenBalance(Ada, Cents(9_400));

    [Fact]
    public void Only_an_accepted_meter_is_heard() => Opened()
        .When(Reading(Session, 0, 10_000, by: OtherBox)).ThenRefused(MeteredUse.NotTheMeter)
        .When(Reading(Session, 0, 10_000, by: Grid)).ThenRefused(MeteredUse.NotTheMeter).ThenBalance(Ada, Cents(10_000));

    [Fact]
    public void A_reading_for_another_agreement_is_not_heard()
    {
        var world = PricedWorld();
        world.Open(Terms(0, UpTo(1_000, 3_000)), Grid, Ada);
        Open(world, Terms(0, UpTo(1_000, 3_000)), [Grid, Ada]).When(Reading(Session, 0, 10_000)).ThenRefused(MeteredUse.NotTheMeter);
    }

    [Fact]
    public void A_reading_that_was_tampered_with_does_not_verify()
    {
        var reading = Reading(Session, 0, 10_000).Usage;
        var tampered = reading with { Statement = reading.Statement with { Document = Second } };
        Opened().When(new MeteredUse.Charge(tampered)).ThenRefused(KernelRefusal.BadReference);
    }

    [Fact]
    public void A_register_never_runs_back() => Opened()
        .When(Reading(Session, 5_000, 10_000)).ThenBalance(Ada, Cents(9_700))
        .When(Reading(Second, 9_999, 12_000, day: 1)).ThenRefused(MeteredUse.RunsBack)
        .When(Reading(Second, null, new MeterPoint(Day(0), Wh(10_000)), new MeterPoint(Day(0).Plus(700), Wh(12_000)))).ThenRefused(MeteredUse.RunsBack)
        .When(Reading(Second, null, new MeterPoint(Day(0).Plus(300), Wh(10_000)), new MeterPoint(Day(0).Plus(700), Wh(9_000)))).ThenRefused(MeteredUse.RunsBack)
        .When(Reading(Second, null, new MeterPoint(Day(0).Plus(300), Wh(10_000)), new MeterPoint(Day(0).Plus(700), Wh(11_000)))).ThenBalance(Ada, Cents(9_640));

    [Fact]
    public void Times_within_a_reading_never_run_back() => Opened()
        .When(Reading(Session, null, new MeterPoint(Day(0).Plus(9), Wh(0)), new MeterPoint(Day(0), Wh(10)))).ThenRefused(MeteredUse.RunsBack);

    [Fact]
    public void A_reading_has_points() => Opened().When(Reading(Session, null)).ThenRefused(MeteredUse.NoReading);

    [Fact]
    public void A_reading_from_tomorrow_waits() => Opened()
        .When(Reading(Session, 0, 10_000, day: 1)).ThenRefused(MeteredUse.AheadOfTime)
        .Later(1).When(Reading(Session, 0, 10_000, day: 1)).ThenBalance(Ada, Cents(9_400));

    [Fact]
    public void Before_the_tariff_there_is_no_price() => Opened().When(Reading(Session, 0, 10_000, day: -1)).ThenRefused(MeteredUse.NoTariffThen);

    [Fact]
    public void A_reading_in_another_unit_cannot_be_priced() => Opened()
        .When(Reading(Session, null, new MeterPoint(Day(0), Cents(0)), new MeterPoint(Day(0), Cents(5)))).ThenRefused(MeteredUse.CannotBePriced);

    [Fact]
    public void A_register_in_another_unit_is_not_compared_with_the_last() => Opened()
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(Reading(Second, null, new MeterPoint(Day(0).Plus(300), Cents(10_000)), new MeterPoint(Day(0).Plus(700), Cents(10_005)))).ThenRefused(MeteredUse.CannotBePriced);

    [Fact]
    public void A_session_keeps_the_terms_under_which_it_began() => Opened()
        .Meanwhile(world => world.Do(Prices, new Tariff.Revise(PerKwh(1_000_000), Day(1)), Grid)).Later(2)
        .When(Reading(Session, null, new MeterPoint(Day(1).Plus(-1), Wh(0)), new MeterPoint(Day(1).Plus(300), Wh(10_000)))).ThenBalance(Ada, Cents(9_400))
        .When(Reading(Second, null, new MeterPoint(Day(1).Plus(300), Wh(10_000)), new MeterPoint(Day(1).Plus(700), Wh(12_000)))).ThenBalance(Ada, Cents(9_160));

    [Fact]
    public void After_a_withdrawal_only_what_began_before_is_priced() => Opened()
        .Meanwhile(world => world.Do(Prices, new Tariff.Withdraw(Day(1)), Grid)).Later(2)
        .When(Reading(Session, 0, 1_000, day: 1)).ThenRefused(MeteredUse.NoTariffThen)
        .When(Reading(Session, null, new MeterPoint(Day(1).Plus(-1), Wh(0)), new MeterPoint(Day(1).Plus(300), Wh(10_000)))).ThenBalance(Ada, Cents(9_400));

    [Fact]
    public void Both_accept_and_drop_a_meter() => Opened()
        .When(new MeteredUse.AcceptMeter(OtherBox), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.MeterAccepted(OtherBox))
        .When(Reading(Session, 0, 10_000, by: OtherBox)).ThenBalance(Ada, Cents(9_400))
        .When(new MeteredUse.DropMeter(OtherBox), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.MeterDropped(OtherBox))
        .When(Reading(Second, 10_000, 20_000, by: OtherBox)).ThenRefused(MeteredUse.NotTheMeter);

    [Fact]
    public void A_meter_accepted_again_goes_on_from_what_it_showed() => Opened()
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(new MeteredUse.DropMeter(Box), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.MeterDropped(Box))
        .When(new MeteredUse.DropMeter(Box), signedBy: [Grid, Ada]).ThenRefused(MeteredUse.NotAMeterHere)
        .When(new MeteredUse.AcceptMeter(Box), signedBy: [Grid, Ada]).ThenEmitted(new MeteredUse.MeterAccepted(Box))
        .When(new MeteredUse.AcceptMeter(Box), signedBy: [Grid, Ada]).ThenRefused(MeteredUse.NotAMeterHere)
        .When(Reading(Second, 0, 10_000)).ThenRefused(MeteredUse.RunsBack);

    [Fact]
    public void A_customer_renews_the_mandate() => Open(PricedWorld(), Terms(0, UpTo(600, 600)), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(Reading(Second, 10_000, 20_000, day: 0, after: 300)).ThenState(Plain with { Arrears = Cents(600) })
        .When(new MeteredUse.Renew(Ada, UpTo(700, 700)), signedBy: [Ada]).ThenEmitted(new MeteredUse.Renewed(Ada, UpTo(700, 700)))
        .When(new MeteredUse.Collect(Second), signedBy: [Grid]).ThenState(Plain).ThenBalance(Ada, Cents(8_800));

    [Fact]
    public void A_mandate_ends_on_its_day() => Open(PricedWorld(), Terms(0, UpTo(600, 600, days: 1)), [Grid, Ada]).Later(1)
        .When(Reading(Session, 0, 10_000)).ThenState(Plain with { Arrears = Cents(600) }).ThenBalance(Ada, Cents(10_000));

    [Fact]
    public void Nobody_else_gives_a_mandate_here() => Opened()
        .When(new MeteredUse.Renew(Eve, UpTo(1, 1)), signedBy: [Eve]).ThenRefused(MeteredUse.NotAPayer)
        .When(new MeteredUse.Renew(Ada, UpTo(1, 1)), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MeteredUse.Renew(Ada, new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Ada]).ThenRefused(MeteredUse.NotThisMoney);

    [Fact]
    public void A_credit_gives_back_what_was_charged_too_much() => Opened()
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(new MeteredUse.Credit(Session, Cents(360), Cents(60), Note), signedBy: [Grid])
        .ThenEmitted(new MeteredUse.Credited(Session, Cents(600), Cents(360), Cents(60), Cents(240), Note))
        .ThenBalance(Ada, Cents(9_640)).ThenBalance(Grid, Cents(10_360)).ThenState(Plain).ThenKept(MeteredUse.Sessions, Session, Charged(360, 360));

    [Fact]
    public void A_credit_comes_off_the_arrears_first() => Open(PricedWorld(), Terms(0, UpTo(250, 3_000)), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenState(Plain with { Arrears = Cents(350) })
        .When(new MeteredUse.Credit(Session, Cents(360), Cents(60), Note), signedBy: [Grid]).ThenState(Plain with { Arrears = Cents(110) }).ThenBalance(Ada, Cents(9_750))
        .When(new MeteredUse.Credit(Session, Cents(120), Cents(20), Note), signedBy: [Grid]).ThenState(Plain).ThenBalance(Ada, Cents(9_880));

    [Fact]
    public void A_credit_only_lowers() => Opened()
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(new MeteredUse.Credit(Session, Cents(601), Cents(100), Note), signedBy: [Grid]).ThenRefused(MeteredUse.NotLess)
        .When(new MeteredUse.Credit(Session, Cents(60), Cents(61), Note), signedBy: [Grid]).ThenRefused(MeteredUse.NotLess)
        .When(new MeteredUse.Credit(Session, Cents(600), Cents(-1), Note), signedBy: [Grid]).ThenRefused(MeteredUse.NotLess)
        .When(new MeteredUse.Credit(Session, Wh(1), Cents(0), Note), signedBy: [Grid]).ThenRefused(MeteredUse.NotThisMoney)
        .When(new MeteredUse.Credit(Second, Cents(1), Cents(0), Note), signedBy: [Grid]).ThenRefused(MeteredUse.NoSuchSession)
        .When(new MeteredUse.Credit(Session, Cents(1), Cents(0), Note), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing).ThenBalance(Ada, Cents(9_400));

    [Fact]
    public void A_session_can_be_credited_after_the_end() => Opened()
        .When(Reading(Session, 0, 10_000)).ThenBalance(Ada, Cents(9_400))
        .When(new MeteredUse.End(), signedBy: [Ada]).ThenEnded()
        .When(new MeteredUse.Credit(Session, Cents(0), Cents(0), Note), signedBy: [Grid]).ThenBalance(Ada, Cents(10_000));

    [Fact]
    public void At_the_end_the_customer_has_back_what_is_left() => Prepaid(2_000)
        .When(Reading(Session, 0, 10_000)).ThenHeld(Cents(1_400))
        .When(new MeteredUse.End(), signedBy: [Grid]).ThenEmitted(new MeteredUse.Ended(Cents(1_400))).ThenEnded().ThenHeld(Cents(0)).ThenBalance(Ada, Cents(9_400))
        .When(Reading(Second, 10_000, 20_000, day: 0, after: 300)).ThenRefused(KernelRefusal.AgreementEnded);

    [Fact]
    public void Who_owes_cannot_end_it() => Open(PricedWorld(), Terms(0, null), [Grid, Ada])
        .When(Reading(Session, 0, 10_000)).ThenState(Plain with { Arrears = Cents(600) })
        .When(new MeteredUse.End(), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MeteredUse.End(), signedBy: [Grid]).ThenEnded();

    protected override World NewWorld() => PricedWorld();

    protected override Story<MeteredUse> Opened() => Open(PricedWorld(), Terms(paidIn: 0, UpTo(1_000, 3_000)), [Grid, Ada]);

    private Story<MeteredUse> Prepaid(long cents) => Open(PricedWorld(), Terms(cents, null), [Grid, Ada]);

    private static MeteredUse Plain => new(Grid, Ada, Judge, Prices, Cents(0), Cents(0), null, null);

    private static MeteredUse.Agree Terms(long paidIn, Mandate? leave) => new(Grid, Ada, Judge, Prices, new Many<Party>(Box), Cents(paidIn), leave, UpTo(2_000, 5_000));

    private static Session Charged(long cost, long paid) => new(Box, Day(0), Day(0), Wh(10_000), Cents(cost), Cents(cost / 6), Cents(paid), false);

    private static Action<World> Spend(Actor by, long cents) => world => world.Do(Money, new Keten.Contracts.Money.EMoney.Redeem(by, Cents(cents), Paper("account")), by);

    private static MeteredUse.Charge Reading(Hash document, long from, long until, int day = 0, int after = 0, Actor? by = null) =>
        Reading(document, by, new MeterPoint(Day(day).Plus(after), Wh(from)), new MeterPoint(Day(day).Plus(after + 300), Wh(until)));

    private static MeteredUse.Charge Reading(Hash document, Actor? by, params MeterPoint[] points) =>
        new(Signing.Signed(new MeteredUse.Usage(It, document, new Many<MeterPoint>(points)), by ?? Box));
}
