using Keten.Contracts.Banking;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

/// <summary>Grid bills Ada and draws it from her account at a bank; Box is the gateway. Day 0 is Thursday, 1 January 2026.</summary>
public sealed partial class CollectionStories : ContractTests<Collection>
{
    private static readonly Hash January = Paper("January's invoice"), February = Paper("February's invoice"), Note = Paper("credit note"), File = Paper("a file"), Entry = Paper("an entry");

    private static readonly Hash GridsAccount = Paper("Grid's account"), AdasAccount = Paper("Ada's account"), OtherAccount = Paper("Ada's other account");

    private static readonly SepaMandate Signed = new("GRID-0001", "DE98ZZZ09999999999", Scheme.Core, OneOff: false, Day(-10), AdasAccount, null);

    // Monday the 12th, with five days of notice from Wednesday the 7th at the latest.
    private static readonly Instant Monday = Day(11), Tuesday = Day(12);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 150);

    [Fact]
    public void What_is_billed_is_announced_handed_over_settled_and_passed_on() => Opened()
        .ThenEmitted(new Collection.Agreed(Grid, Ada, ByDebit))
        .When(new Collection.Bill(January, Cents(1_250)), signedBy: [Grid]).ThenEmitted(new Collection.Billed(January, Cents(1_250)))
        .ThenState(Plain with { Debt = Owes(1_250) }).ThenKept(Collection.Invoices, January, new Collection.Invoice(Cents(1_250), Cents(0)))
        .When(new Collection.Announce(Monday, Last: false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(1, Cents(1_250), Monday, Sequence.First, "GRID-0001"))
        .ThenState(Plain with { Debt = Owes(0, underway: 1_250), Use = new MandateUse(1, Monday, false) }).ThenKept(Collection.Debits, Number(1), First(1_250))
        .When(new Collection.Present(1, File), signedBy: [Box]).ThenEmitted(new Collection.Presented(1, File))
        .When(new Collection.TakeIn(1), signedBy: [Box]).ThenEmitted(new Collection.TakenIn(1)).ThenBalance(Grid, Cents(10_000))
        .At(Tuesday).When(new Collection.Settle(1, Monday, Entry), signedBy: [Box]).ThenEmitted(new Collection.Settled(1, Cents(1_250), Entry))
        .ThenBalance(Grid, Cents(11_250)).ThenBalance(Box, Cents(48_750)).ThenBalance(Ada, Cents(10_000)).ThenHeld(Cents(0))
        .ThenState(Plain with { Use = new MandateUse(1, Monday, false) })
        .ThenKept(Collection.Debits, Number(1), First(1_250) with { Stage = Stage.Settled, File = File, SettledOn = Monday });

    [Fact]
    public void An_invoice_is_billed_once_and_is_of_something() => Opened()
        .When(new Collection.Bill(January, Cents(100)), signedBy: [Grid])
        .When(new Collection.Bill(January, Cents(100)), signedBy: [Grid]).ThenRefused(Collection.BilledAlready)
        .When(new Collection.Bill(February, Cents(0)), signedBy: [Grid]).ThenRefused(Collection.NotThisMoney)
        .When(new Collection.Bill(February, Wh(5)), signedBy: [Grid]).ThenRefused(Collection.NotThisMoney)
        .When(new Collection.Bill(February, Cents(Collection.OwedAtMost - 99)), signedBy: [Grid]).ThenRefused(Collection.NotThisMoney)
        .When(new Collection.Bill(February, Cents(5)), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing).ThenState(Plain with { Debt = Owes(100) });

    [Fact]
    public void A_debit_is_announced_in_time_for_a_day_of_banks_and_for_something() => Opened()
        .When(new Collection.Announce(Monday, false), signedBy: [Grid]).ThenRefused(Collection.NothingOwed)
        .When(new Collection.Bill(January, Cents(100)), signedBy: [Grid])
        .When(new Collection.Announce(Day(4), false), signedBy: [Grid]).ThenRefused(Collection.NotInTime)
        .When(new Collection.Announce(Day(367), false), signedBy: [Grid]).ThenRefused(Collection.NotABankDay)
        .When(new Collection.Announce(Day(368), false), signedBy: [Grid]).ThenRefused(Collection.NotInTime)
        .When(new Collection.Announce(Day(9), false), signedBy: [Grid]).ThenRefused(Collection.NotABankDay)         // a Saturday
        .When(new Collection.Announce(Day(92), false), signedBy: [Grid]).ThenRefused(Collection.NotABankDay)        // Good Friday
        .When(new Collection.Announce(Monday.Plus(1), false), signedBy: [Grid]).ThenRefused(Collection.NotABankDay)
        .When(new Collection.Announce(Day(5), false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(1, Cents(100), Day(5), Sequence.First, "GRID-0001"));

    [Fact]
    public void A_debit_goes_into_one_file_only_and_its_steps_follow_each_other() => Announced()
        .When(new Collection.TakeIn(1), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit)
        .When(new Collection.Settle(1, Monday, Entry), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit)
        .When(new Collection.Present(2, File), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit)
        .When(new Collection.Present(1, File), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Collection.Present(1, File), signedBy: [Box])
        .When(new Collection.Present(1, Paper("another file")), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit)
        .When(new Collection.Drop(1), signedBy: [Grid]).ThenRefused(Collection.NoSuchDebit)
        .When(new Collection.Settle(1, Monday.Plus(1), Entry), signedBy: [Box]).ThenRefused(Collection.NotABankDay)
        .When(new Collection.Settle(1, Monday, Entry), signedBy: [Box]).ThenBalance(Grid, Cents(11_000))
        .When(new Collection.Settle(1, Monday, Entry), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit).ThenBalance(Grid, Cents(11_000));

    [Fact]
    public void Who_was_never_at_the_bank_is_dropped_without_a_fee() => Announced()
        .When(new Collection.Drop(1), signedBy: [Grid]).ThenEmitted(new Collection.Undone(1, Undoing.Cancellation, "", Cents(1_000), Cents(0), Cents(0)))
        .ThenState(Plain with { Debt = Owes(1_000), Use = new MandateUse(0, Monday, false) })
        .When(new Collection.Present(1, File), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit);

    [Theory]
    [InlineData(Undoing.Reject, "AC01", 300)]
    [InlineData(Undoing.Refusal, "SL01", 300)]
    [InlineData(Undoing.Cancellation, "DUPL", 0)]
    public void What_fails_before_it_is_settled_moves_nothing_and_is_owed_again(Undoing how, string reason, long fee)
    {
        var story = Presented().When(new Collection.Undo(1, how, reason, Monday), signedBy: [Box])
            .ThenEmitted(new Collection.Undone(1, how, reason, Cents(1_000), Cents(fee), Cents(0))).ThenBalance(Grid, Cents(10_000)).ThenBalance(Box, Cents(50_000))
            .ThenState(Plain with { Debt = fee == 0 ? Owes(1_000) : Owes(1_300, arrears: 1_300), Use = new MandateUse(0, Monday, false) });
        story.When(new Collection.Undo(1, how, reason, Monday), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit)
            .When(new Collection.Announce(Day(14), false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(2, Cents(1_000 + fee), Day(14), Sequence.First, "GRID-0001"));
    }

    [Theory]
    [InlineData(Undoing.Return, "AM04", 300, 1_300)]
    [InlineData(Undoing.Refund, "MD06", 300, 1_300)]
    [InlineData(Undoing.Reversal, "MS02", 0, 0)]
    public void What_is_undone_afterwards_is_unwound_to_the_cent(Undoing how, string reason, long fee, long arrears)
    {
        var story = Settled().When(new Collection.Undo(1, how, reason, Tuesday), signedBy: [Box])
            .ThenEmitted(new Collection.Undone(1, how, reason, Cents(1_000), Cents(fee), Cents(1_000)))
            .ThenBalance(Grid, Cents(10_000)).ThenBalance(Box, Cents(50_000)).ThenBalance(Ada, Cents(10_000)).ThenHeld(Cents(0))
            .ThenState(Plain with { Debt = Owes(1_000 + fee, arrears), Use = new MandateUse(1, Monday, false) });
        story.When(new Collection.Undo(1, how, reason, Tuesday), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit).ThenBalance(Grid, Cents(10_000))
            .When(new Collection.Announce(Day(19), false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(2, Cents(1_000 + fee), Day(19), Sequence.Recurring, "GRID-0001"));
    }

    [Fact]
    public void Arrears_are_reminded_of_three_times() => Settled()
        .When(new Collection.Undo(1, Undoing.Return, "AM04", Tuesday), signedBy: [Box])
        .Later(7).ThenEmitted(new Collection.Reminded(Cents(1_300), 1)).Later(7).ThenEmitted(new Collection.Reminded(Cents(1_300), 2))
        .Later(7).ThenEmitted(new Collection.Reminded(Cents(1_300), 3)).Later(7).ThenEmitted();

    [Fact]
    public void Arrears_that_are_met_are_not_reminded_of() => Settled()
        .When(new Collection.Undo(1, Undoing.Return, "AM04", Tuesday), signedBy: [Box])
        .When(new Collection.Pay(Cents(1_301)), signedBy: [Ada]).ThenRefused(Collection.NothingOwed)
        .When(new Collection.Pay(Cents(0)), signedBy: [Ada]).ThenRefused(Collection.NotThisMoney)
        .When(new Collection.Pay(Cents(300)), signedBy: [Ada]).Later(7).ThenEmitted(new Collection.Reminded(Cents(1_000), 1))
        .When(new Collection.Pay(Cents(1_000)), signedBy: [Ada]).ThenEmitted(new Collection.Paid(Cents(1_000))).ThenBalance(Ada, Cents(8_700)).ThenBalance(Grid, Cents(11_300))
        .ThenState(Plain with { Use = new MandateUse(1, Monday, false) }).Later(15).ThenEmitted();

    [Fact]
    public void What_was_authorised_is_claimed_back_for_eight_weeks() => Settled()
        .When(new Collection.Undo(1, Undoing.Refund, "MD06", Day(11 + 56 + 7)), signedBy: [Box]).ThenRefused(Collection.TooLate)
        .When(new Collection.Undo(1, Undoing.Return, "AM04", Day(11 + 15)), signedBy: [Box]).ThenRefused(Collection.TooLate)
        .When(new Collection.Undo(1, Undoing.Refund, "MD06", Day(11 + 56 + 4)), signedBy: [Box]).ThenBalance(Grid, Cents(10_000));

    [Fact]
    public void What_was_never_authorised_ends_the_mandate_and_costs_no_fee() => Settled()
        .When(new Collection.Undo(1, Undoing.Refund, "MD01", Day(300)), signedBy: [Box])
        .ThenEmitted(new Collection.Undone(1, Undoing.Refund, "MD01", Cents(1_000), Cents(0), Cents(1_000)), new Collection.MandateEnded("GRID-0001"))
        .ThenState(Plain with { Mandate = null, Debt = Owes(1_000, 1_000), Use = new MandateUse(1, Monday, false) }).ThenBalance(Grid, Cents(10_000))
        .When(new Collection.Announce(Day(19), false), signedBy: [Grid]).ThenRefused(Collection.NoMandate);

    [Fact]
    public void Between_companies_nothing_authorised_is_claimed_back() => Settled(Signed with { Scheme = Scheme.B2B })
        .When(new Collection.Undo(1, Undoing.Refund, "MD06", Tuesday), signedBy: [Box]).ThenRefused(Collection.TooLate)
        .When(new Collection.Undo(1, Undoing.Return, "AM04", Day(22)), signedBy: [Box]).ThenRefused(Collection.TooLate)
        .When(new Collection.Undo(1, Undoing.Return, "AM04", Day(20)), signedBy: [Box]).ThenBalance(Grid, Cents(10_000));

    [Fact]
    public void A_reason_is_such_as_banks_give() => Settled()
        .When(new Collection.Undo(1, Undoing.Return, "", Tuesday), signedBy: [Box]).ThenRefused(Collection.NotAReason)
        .When(new Collection.Undo(1, Undoing.Return, "no\nline", Tuesday), signedBy: [Box]).ThenRefused(Collection.NotAReason)
        .When(new Collection.Undo(9, Undoing.Return, "AM04", Tuesday), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit)
        .When(new Collection.Undo(1, Undoing.Reject, "AM04", Tuesday), signedBy: [Box]).ThenRefused(Collection.NoSuchDebit)
        .When(new Collection.Undo(1, Undoing.Return, "AM04", Tuesday), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing).ThenBalance(Grid, Cents(11_000));

    [Fact]
    public void What_the_creditor_has_not_left_the_gateway_has_back_later() => Settled().Meanwhile(Spend(Grid, 10_600))
        .When(new Collection.Undo(1, Undoing.Return, "AM04", Tuesday), signedBy: [Box]).ThenEmitted(new Collection.Undone(1, Undoing.Return, "AM04", Cents(1_000), Cents(300), Cents(400)))
        .ThenBalance(Grid, Cents(0)).ThenBalance(Box, Cents(49_400)).ThenState(Plain with { Debt = Owes(1_300, 1_300), Use = new MandateUse(1, Monday, false), Shortfall = Cents(600) })
        .When(new Collection.Recover(), signedBy: [Box]).ThenRefused(Collection.NothingOwed)
        .Meanwhile(world => world.Do(Money, new EMoney.Issue(Grid, Cents(700), Paper("more")), Bank))
        .When(new Collection.Recover(), signedBy: [Box]).ThenEmitted(new Collection.Recovered(Cents(600))).ThenBalance(Box, Cents(50_000)).ThenBalance(Grid, Cents(100))
        .When(new Collection.Renew(Grid, UpTo(5, 5)), signedBy: [Grid]).ThenEmitted(new Collection.Renewed(Grid, UpTo(5, 5)))
        .When(new Collection.Renew(Ada, new Mandate(Wh(5), Wh(5), Day(9))), signedBy: [Ada]).ThenRefused(Collection.NotThisMoney)
        .When(new Collection.Renew(Eve, UpTo(5, 5)), signedBy: [Eve]).ThenRefused(Collection.NotAPayer);

    [Fact]
    public void Less_than_a_cent_waits_until_more_comes_to_it() => Open(FineWorld(), Terms(Signed) with { Terms = ByDebit with { Fee = Fine(0) }, Leave = null, Safeguard = FineMandate }, [Grid, Ada])
        .When(new Collection.Bill(January, Fine(12_349)), signedBy: [Grid]).When(new Collection.Bill(February, Fine(50)), signedBy: [Grid])
        .When(new Collection.Announce(Monday, false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(1, Fine(12_300), Monday, Sequence.First, "GRID-0001"))
        .When(new Collection.Announce(Tuesday, false), signedBy: [Grid]).ThenRefused(Collection.NothingOwed)
        .When(new Collection.Bill(Note, Fine(1)), signedBy: [Grid])
        .When(new Collection.Announce(Tuesday, false), signedBy: [Grid]).ThenEmitted(new Collection.Announced(2, Fine(100), Tuesday, Sequence.Recurring, "GRID-0001"));

    [Fact]
    public void A_bill_is_credited_and_what_was_paid_goes_back() => Settled()
        .When(new Collection.Credit(January, Cents(1_001), Note), signedBy: [Grid]).ThenRefused(Collection.NoSuchBill)
        .When(new Collection.Credit(February, Cents(1), Note), signedBy: [Grid]).ThenRefused(Collection.NoSuchBill)
        .When(new Collection.Credit(January, Cents(0), Note), signedBy: [Grid]).ThenRefused(Collection.NotThisMoney)
        .When(new Collection.Credit(January, Cents(400), Note), signedBy: [Grid]).ThenEmitted(new Collection.Credited(January, Cents(400), Cents(400), Note))
        .ThenBalance(Ada, Cents(10_400)).ThenBalance(Grid, Cents(10_600)).ThenKept(Collection.Invoices, January, new Collection.Invoice(Cents(1_000), Cents(400)))
        .When(new Collection.Bill(February, Cents(50)), signedBy: [Grid])
        .When(new Collection.Credit(January, Cents(600), Note), signedBy: [Grid]).ThenEmitted(new Collection.Credited(January, Cents(600), Cents(550), Note)).ThenBalance(Ada, Cents(10_950));

    [Fact]
    public void What_comes_by_a_credit_transfer_counts_once() => On(Rail.CreditTransfer)
        .When(new Collection.Bill(January, Cents(1_000)), signedBy: [Grid])
        .When(new Collection.Announce(Monday, false), signedBy: [Grid]).ThenRefused(Collection.NotThisRail)
        .When(new Collection.Receive(Cents(400), Entry), signedBy: [Box]).ThenEmitted(new Collection.Received(Cents(400), Cents(400), Entry)).ThenBalance(Grid, Cents(10_400))
        .When(new Collection.Receive(Cents(400), Entry), signedBy: [Box]).ThenRefused(Collection.CountedAlready)
        .When(new Collection.Receive(Cents(0), File), signedBy: [Box]).ThenRefused(Collection.NotThisMoney)
        .When(new Collection.Receive(Cents(1), File), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Collection.Receive(Cents(700), File), signedBy: [Box]).ThenEmitted(new Collection.Received(Cents(700), Cents(600), File))
        .ThenBalance(Grid, Cents(11_000)).ThenBalance(Ada, Cents(10_100)).ThenBalance(Box, Cents(48_900)).ThenKept(Collection.Receipts, File, new Collection.Receipt(Cents(700)));

    [Fact]
    public void Another_rail_is_the_gateways_word_alone() => On(Rail.Other)
        .When(new Collection.Bill(January, Cents(1_000)), signedBy: [Grid])
        .When(new Collection.Receive(Cents(1_000), Paper("a token that was burnt elsewhere")), signedBy: [Box]).ThenBalance(Grid, Cents(11_000));

    [Fact]
    public void E_money_is_collected_under_leave_as_far_as_it_goes() => On(Rail.EMoney)
        .When(new Collection.Bill(January, Cents(700)), signedBy: [Grid])
        .When(new Collection.Collect(), signedBy: [Grid]).ThenEmitted(new Collection.Paid(Cents(500))).ThenBalance(Ada, Cents(9_500)).ThenBalance(Grid, Cents(10_500))
        .When(new Collection.Collect(), signedBy: [Grid]).ThenEmitted(new Collection.Paid(Cents(200)))
        .When(new Collection.Collect(), signedBy: [Grid]).ThenRefused(Collection.NothingOwed)
        .When(new Collection.Choose(ByDebit), signedBy: [Grid, Ada]).ThenEmitted(new Collection.Chosen(ByDebit))
        .When(new Collection.Collect(), signedBy: [Grid]).ThenRefused(Collection.NotThisRail)
        .When(new Collection.Choose(ByDebit with { Fee = Wh(1) }), signedBy: [Grid, Ada]).ThenRefused(Collection.NotThisMoney);

    protected override World NewWorld() => Cast.NewWorld().Do(Money, new EMoney.Issue(Box, Cents(50_000), Paper("the bank's credits")), Bank);

    protected override Story<Collection> Opened() => Opened(Signed);

    /// <summary>Nothing is held.</summary>
    protected override void Release(Story<Collection> story)
    {
    }
}
