using Keten.Contracts.Machines;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Machines.Hall;

namespace Keten.Tests.Contracts.Machines;

/// <summary>What is owed and who has what of it, to the end.</summary>
public sealed partial class MachineUseStories
{
    [Fact]
    public void What_the_mandate_does_not_cover_is_owed_and_comes_with_the_next_month() => Open(NewWorld(), Agree(each: 15_000), All)
        .Makes(1, day: 10, pieces: 150, hours: 10)
        .At(February).ThenEmitted(SettledMonth(January, February, 150, 10, 0, cost: 26_000, credit: 0, paid: 15_000, owed: 11_000))
        .ThenBalance(Lender, Cents(4_500)).ThenBalance(Insurer, Cents(750)).ThenBalance(Maker, Cents(109_750))
        .When(new MachineUse.Renew(UpTo(100_000, 500_000)), signedBy: [Shop]).ThenEmitted(new MachineUse.Renewed(UpTo(100_000, 500_000)))
        .When(new MachineUse.Renew(new Mandate(new Unit(9).Of(1), new Unit(9).Of(1), Day(90))), signedBy: [Shop]).ThenRefused(MachineUse.NotThisMoney)
        .At(March).ThenEmitted(SettledMonth(February, March, 0, 0, 0, cost: 20_000, credit: 0, paid: 31_000, owed: 0));

    [Fact]
    public void What_the_account_does_not_hold_is_owed_and_collected_later() => Opened()
        .Makes(1, day: 10, pieces: 150, hours: 10)
        .Meanwhile(world => world.Do(Money, new EMoney.Redeem(Shop, Cents(989_000), Paper("an account")), Shop))
        .At(February).ThenEmitted(SettledMonth(January, February, 150, 10, 0, cost: 26_000, credit: 0, paid: 1_000, owed: 25_000)).ThenBalance(Shop, Cents(0))
        .When(new MachineUse.Collect(), signedBy: [Maker]).ThenRefused(MachineUse.NothingOwed)
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Shop, Cents(30_000), Paper("paid in again")), Bank))
        .When(new MachineUse.Pay(Cents(25_001)), signedBy: [Shop]).ThenRefused(MachineUse.NothingOwed)
        .When(new MachineUse.Pay(Cents(0)), signedBy: [Shop]).ThenRefused(MachineUse.NotThisMoney)
        .When(new MachineUse.Pay(Wh(5)), signedBy: [Shop]).ThenRefused(MachineUse.NotThisMoney)
        .When(new MachineUse.Pay(Cents(5_000)), signedBy: [Shop]).ThenEmitted(new MachineUse.Received(Cents(5_000), Cents(20_000)))
        .When(new MachineUse.Collect(), signedBy: [Shop]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MachineUse.Collect(), signedBy: [Maker]).ThenEmitted(new MachineUse.Received(Cents(20_000), Cents(0)))
        .ThenBalance(Shop, Cents(5_000)).ThenBalance(Lender, Cents(7_800)).ThenBalance(Insurer, Cents(1_300)).ThenBalance(Maker, Cents(116_900))
        .When(new MachineUse.Collect(), signedBy: [Maker]).ThenRefused(MachineUse.NothingOwed);

    [Fact]
    public void Shares_lose_nothing_to_rounding_however_small_the_payments()
    {
        var story = Open(NewWorld(), Agree(each: 1), All).Makes(1, day: 10, pieces: 150, hours: 10).At(February);
        for (var each = 0; each < 100; each++) story.When(new MachineUse.Pay(Cents(1)), signedBy: [Shop]);
        story.ThenBalance(Lender, Cents(30)).ThenBalance(Insurer, Cents(5)).ThenBalance(Maker, Cents(100_066));
    }

    [Fact]
    public void The_lender_has_its_instalments_and_no_more() => Opened()
        .Makes(1, day: 30, pieces: 4_000, hours: 100).At(February).ThenBalance(Lender, Cents(100_000)).ThenBalance(Insurer, Cents(22_100))
        .At(March).ThenBalance(Lender, Cents(100_000)).ThenBalance(Insurer, Cents(23_100)).ThenBalance(Shop, Cents(528_000));

    [Fact]
    public void Without_bank_and_insurer_all_is_the_owners() => Open(NewWorld(), Agree() with { Terms = Terms with { Instalment = null, Premium = null } }, [Maker, Shop])
        .Makes(1, day: 10, pieces: 150, hours: 10).At(February).ThenBalance(Maker, Cents(126_000)).ThenBalance(Lender, Cents(0)).ThenBalance(Insurer, Cents(0));

    [Fact]
    public void A_credit_comes_off_what_is_owed_and_the_rest_is_given_back_by_the_owner_alone() => Open(NewWorld(), Agree(each: 15_000), All)
        .Makes(1, day: 10, pieces: 150, hours: 10).At(February)
        .When(new MachineUse.Credit(January, Cents(6_000), Note), signedBy: [Maker]).ThenEmitted(new MachineUse.Credited(January, Cents(6_000), Cents(0), Note))
        .When(new MachineUse.Credit(January, Cents(7_000), Note), signedBy: [Maker]).ThenEmitted(new MachineUse.Credited(January, Cents(7_000), Cents(2_000), Note))
        .ThenBalance(Shop, Cents(977_000)).ThenBalance(Maker, Cents(107_750)).ThenBalance(Lender, Cents(4_500)).ThenBalance(Insurer, Cents(750))
        .ThenKept(MachineUse.Bills, January, new Bill(new Month(January, 150, 36_000, 0, 0, Cents(0)), February, Cents(26_000), Cents(0), Cents(13_000)))
        .When(new MachineUse.Credit(January, Cents(13_001), Note), signedBy: [Maker]).ThenRefused(MachineUse.NoSuchMonth)
        .When(new MachineUse.Credit(February, Cents(1), Note), signedBy: [Maker]).ThenRefused(MachineUse.NoSuchMonth)
        .When(new MachineUse.Credit(January, Cents(0), Note), signedBy: [Maker]).ThenRefused(MachineUse.NotThisMoney)
        .When(new MachineUse.Credit(January, Wh(1), Note), signedBy: [Maker]).ThenRefused(MachineUse.NotThisMoney)
        .When(new MachineUse.Credit(January, Cents(1), Note), signedBy: [Shop]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void Other_prices_take_both_and_hold_for_the_month_that_is_running()
    {
        var dearer = Tariff with { PerHour = new(new PriceStep(0, Cents(2_000), 1)) };
        Opened().Makes(1, day: 10, pieces: 150, hours: 10)
            .When(new MachineUse.Revise(Tariff with { PerDownHour = Cents(-1) }), signedBy: [Maker, Shop]).ThenRefused(MachineUse.NotTheseTerms)
            .When(new MachineUse.Revise(new MachineTariff(default, default, Wh(0), Wh(0))), signedBy: [Maker, Shop]).ThenRefused(MachineUse.NotThisMoney)
            .When(new MachineUse.Revise(dearer), signedBy: [Maker, Shop]).ThenEmitted(new MachineUse.Revised(dearer))
            .At(February).ThenEmitted(SettledMonth(January, February, 150, 10, 0, cost: 34_000, credit: 0, paid: 34_000, owed: 0));
    }

    [Fact]
    public void An_exchanged_counter_goes_on_from_what_it_shows()
    {
        var fresh = new Counter(0, Day(10), 0, 0, 0, 0);
        Opened().Makes(1, day: 10, pieces: 120, hours: 8)
            .When(new MachineUse.Exchange(Maker, fresh), signedBy: [Maker, Shop]).ThenRefused(MachineUse.NotThreeParties)
            .When(new MachineUse.Exchange(OtherPress, fresh with { At = Day(10).Plus(901) }), signedBy: [Maker, Shop]).ThenRefused(MachineUse.AheadOfTime)
            .When(new MachineUse.Exchange(OtherPress, fresh), signedBy: [Maker, Shop]).ThenEmitted(new MachineUse.Exchanged(Press, OtherPress, fresh))
            .At(Day(11)).When(Reading(After(2, Day(11), 150, 10))).ThenRefused(MachineUse.NotTheMachine)
            .When(Reading(new Counter(1, Day(11), 30, 7_200, 0, 3), by: OtherPress)).ThenEmitted(new MachineUse.Counted(1, 30, 7_200, 0), Call(ServiceCause.Failures, 0, 0))
            .When(new MachineUse.Serve(Report), signedBy: [Fitter])
            .At(February).ThenEmitted(SettledMonth(January, February, 150, 10, 0, cost: 26_000, credit: 0, paid: 26_000, owed: 0));
    }

    [Fact]
    public void Who_leaves_says_so_in_time_and_the_deposit_comes_back() => Opened()
        .Makes(1, day: 1, pieces: 10, hours: 1)
        .When(new MachineUse.Leave(Fitter), signedBy: [Fitter]).ThenRefused(MachineUse.NotAPartyHere)
        .When(new MachineUse.Waive(), signedBy: [Maker]).ThenRefused(MachineUse.NotNow)
        .When(new MachineUse.Leave(Shop), signedBy: [Shop]).ThenEmitted(new MachineUse.NoticeGiven(Shop, Day(15)))
        .When(new MachineUse.Leave(Maker), signedBy: [Maker]).ThenRefused(MachineUse.NotNow)
        .At(Day(14)).When(Reading(After(2, Day(14), 50, 4), new Condition(200, 0)))
        .At(Day(15)).ThenEmitted(SettledMonth(January, Day(15), 50, 4, 0, cost: 9_800, credit: 0, paid: 9_800, owed: 0), new MachineUse.Finished(Cents(0), Cents(97_060), Cents(10_000)))
        .ThenEnded().ThenHeld(Cents(0)).ThenBalance(Shop, Cents(990_200)).ThenBalance(Lender, Cents(2_940)).ThenBalance(Insurer, Cents(490))
        .When(Reading(After(3, Day(14), 51, 4))).ThenRefused(KernelRefusal.AgreementEnded)
        .When(new MachineUse.Credit(January, Cents(300), Note), signedBy: [Maker]).ThenBalance(Shop, Cents(990_500))
        .Later(40).ThenEmitted();

    [Fact]
    public void What_is_owed_at_the_end_comes_out_of_the_deposit_and_the_rest_stays_owed() => Open(NewWorld(), Agree(each: 1), All)
        .Makes(1, day: 10, pieces: 150, hours: 10)
        .When(new MachineUse.Leave(Shop), signedBy: [Shop])
        .At(Day(24)).ThenEmitted(SettledMonth(January, Day(24), 150, 10, 0, cost: 26_000, credit: 0, paid: 10_001, owed: 15_999), new MachineUse.Finished(Cents(15_999), Cents(97_000), Cents(0)))
        .ThenHeld(Cents(0)).ThenBalance(Lender, Cents(3_000)).ThenBalance(Insurer, Cents(500))
        .When(Reading(After(2, Day(24), 151, 10))).ThenRefused(MachineUse.NotNow)
        .When(new MachineUse.Leave(Maker), signedBy: [Maker]).ThenRefused(MachineUse.NotNow)
        .When(new MachineUse.Exchange(OtherPress, Start), signedBy: [Maker, Shop]).ThenRefused(MachineUse.NotNow)
        .Later(40).ThenEmitted()
        .When(new MachineUse.Credit(January, Cents(999), Note), signedBy: [Maker])
        .When(new MachineUse.Pay(Cents(14_999)), signedBy: [Shop]).ThenEmitted(new MachineUse.Received(Cents(14_999), Cents(1)))
        .When(new MachineUse.Pay(Cents(1)), signedBy: [Shop]).ThenEnded().ThenBalance(Lender, Cents(7_500)).ThenBalance(Insurer, Cents(1_250));

    [Fact]
    public void A_last_credit_ends_it_too() => Owing()
        .When(new MachineUse.Credit(January, Cents(15_999), Note), signedBy: [Maker]).ThenEmitted(new MachineUse.Credited(January, Cents(15_999), Cents(0), Note)).ThenEnded();

    [Fact]
    public void The_owner_can_let_go_what_is_owed() => Owing()
        .When(new MachineUse.Waive(), signedBy: [Shop]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new MachineUse.Waive(), signedBy: [Maker]).ThenEmitted(new MachineUse.Waived(Cents(15_999))).ThenEnded();

    [Fact]
    public void The_owner_need_not_wait_while_more_is_owed_than_the_deposit_covers() => Open(NewWorld(), Agree(each: 10_000), All)
        .Makes(1, day: 10, pieces: 150, hours: 10).At(February)
        .When(new MachineUse.Leave(Shop), signedBy: [Shop]).ThenEmitted(new MachineUse.NoticeGiven(Shop, Day(45)))
        .When(new MachineUse.Leave(Maker), signedBy: [Maker]).ThenEmitted(new MachineUse.NoticeGiven(Maker, February))
        .Later(0, seconds: 1).ThenEmitted(SettledMonth(February, February, 0, 0, 0, cost: 0, credit: 0, paid: 16_000, owed: 0), new MachineUse.Finished(Cents(0), Cents(92_200), Cents(4_000))).ThenEnded();

    [Fact]
    public void The_owner_waits_like_the_user_while_the_deposit_covers_it() => Open(NewWorld(), Agree(each: 16_000), All)
        .Makes(1, day: 10, pieces: 150, hours: 10).At(February)
        .When(new MachineUse.Leave(Maker), signedBy: [Maker]).ThenEmitted(new MachineUse.NoticeGiven(Maker, Day(45)));

    private Story<MachineUse> Owing() => Open(NewWorld(), Agree(each: 1), All)
        .Makes(1, day: 10, pieces: 150, hours: 10).When(new MachineUse.Leave(Shop), signedBy: [Shop]).At(Day(24));
}
