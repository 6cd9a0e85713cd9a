using Keten.Contracts.Banking;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed class PayoutsStories : ContractTests<Payouts>
{
    private static readonly Hash One = Sorted[0], Two = Sorted[1], File = Paper("a file"), Account = Paper("an account"), Own = Paper("the gateway's account");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 100);

    [Fact]
    public void What_was_given_back_is_handed_to_the_bank_once() => Opened().ThenState(new Payouts(Box, Money))
        .When(new Payouts.HandOver(new(Of(One, 200), Of(Two, 300)), Own, false, File), signedBy: [Box]).ThenEmitted(new Payouts.HandedOver(File, 2, Cents(500)))
        .ThenKept(Payouts.Orders, One, new Payouts.Payout(Ada, Cents(200), Account, Own, Day(0), false, File, PayoutStage.HandedOver, "")).ThenHeld(Cents(0))
        .When(new Payouts.HandOver(new(Of(Two, 300)), Own, true, Paper("another file")), signedBy: [Box]).ThenRefused(Payouts.HandedOverAlready)
        .When(new Payouts.HandOver(new(Of(Paper("three"), 300)), Own, true, File), signedBy: [Bank]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void A_call_names_each_once_and_something_of_this_money() => Opened()
        .When(new Payouts.HandOver(default, Own, false, File), signedBy: [Box]).ThenRefused(Payouts.NotSoMany)
        .When(new Payouts.HandOver(new(Of(One, 1), Of(One, 1)), Own, false, File), signedBy: [Box]).ThenRefused(Payouts.HandedOverAlready)
        .When(new Payouts.HandOver(new(Of(Two, 1), Of(One, 1)), Own, false, File), signedBy: [Box]).ThenRefused(Payouts.HandedOverAlready)
        .When(new Payouts.HandOver(new(Of(One, 0)), Own, false, File), signedBy: [Box]).ThenRefused(Payouts.NotThisMoney)
        .When(new Payouts.HandOver(new(Of(One, Amount.Limit / 4)), Own, false, File), signedBy: [Box]).ThenRefused(Payouts.NotThisMoney)
        .When(new Payouts.HandOver(new(Of(One, 1) with { Amount = Wh(1) }), Own, false, File), signedBy: [Box]).ThenRefused(Payouts.NotThisMoney);

    [Fact]
    public void The_bank_pays_or_it_comes_back_and_so_it_may_after_it_was_paid() => Opened()
        .When(new Payouts.HandOver(new(Of(One, 200), Of(Two, 300)), Own, true, File), signedBy: [Box])
        .When(new Payouts.Confirm(One), signedBy: [Box]).ThenEmitted(new Payouts.Confirmed(One))
        .When(new Payouts.Confirm(One), signedBy: [Box]).ThenRefused(Payouts.NoSuchPayout)
        .When(new Payouts.ComeBack(One, "AC04"), signedBy: [Box]).ThenEmitted(new Payouts.CameBack(One, Ada, Cents(200), "AC04"))
        .When(new Payouts.ComeBack(One, "AC04"), signedBy: [Box]).ThenRefused(Payouts.NoSuchPayout)
        .When(new Payouts.ComeBack(Two, ""), signedBy: [Box]).ThenRefused(Payouts.NotAReason)
        .When(new Payouts.ComeBack(Two, "AC01"), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Payouts.ComeBack(Two, "AC01"), signedBy: [Box]).When(new Payouts.Confirm(Two), signedBy: [Box]).ThenRefused(Payouts.NoSuchPayout)
        .ThenKept(Payouts.Orders, Two, new Payouts.Payout(Ada, Cents(300), Account, Own, Day(0), true, File, PayoutStage.CameBack, "AC01"));

    [Fact]
    public void Whoever_issues_the_money_agrees() => Open(NewWorld(), new Payouts.Begin(Box, Money), [Box]).ThenRefused(KernelRefusal.SignatureMissing);

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<Payouts> Opened() => Open(NewWorld(), new Payouts.Begin(Box, Money), [Box, Bank]);

    /// <summary>Nothing is held.</summary>
    protected override void Release(Story<Payouts> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var one = Sorted[random.Next(Sorted.Length)];
        return clause == typeof(Payouts.HandOver) ? new Payouts.HandOver(new(Of(one, random.Next(1, 900))), Own, random.Next(2) == 0, File)
            : clause == typeof(Payouts.Confirm) ? new Payouts.Confirm(one) : new Payouts.ComeBack(one, "AC04");
    }

    private static Hash[] Sorted => [.. Enumerable.Range(1, 60).Select(number => Paper($"redemption {number}")).Order()];

    private static Payouts.Redeemed Of(Hash redemption, long cents) => new(redemption, Ada, Cents(cents), Account, Day(0));
}
