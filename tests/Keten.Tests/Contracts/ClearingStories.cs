using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts;

public sealed class ClearingStories : ContractTests<Clearing>
{
    private static readonly Hash Monday = Paper("Monday's statement"), Tuesday = Paper("Tuesday's statement");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 120);

    [Fact]
    public void A_party_joins_and_has_a_number() => Opened()
        .When(new Clearing.Join(Ada, UpTo(500, 900)), signedBy: [Ada]).ThenEmitted(new Clearing.Joined(Ada, 1, UpTo(500, 900)))
        .ThenState(new Clearing(Judge, Euro)).ThenKept(Clearing.Members, new Clearing.MemberNumber(1), new Clearing.Member(Ada)).ThenKept(Clearing.Numbers, (Party)Ada, new Clearing.MemberNumber(1))
        .When(new Clearing.Join(Ada, UpTo(500, 900)), signedBy: [Ada]).ThenRefused(Clearing.MemberAlready)
        .When(new Clearing.Join(Grid, new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Grid]).ThenRefused(Clearing.NotThisMoney)
        .When(new Clearing.Join(Grid, UpTo(1, 1)), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Clearing.Join(Judge, UpTo(1, 1)), signedBy: [Judge]).ThenRefused(Clearing.OneAndTheSame);

    [Fact]
    public void Many_payments_go_under_one_signature() => Joined()
        .When(new Clearing.Clear(Payments((1, 2, 300), (2, 1, 100), (1, 2, 50)), Monday), signedBy: [Judge])
        .ThenEmitted(new Clearing.Cleared(Monday, 3, Cents(450))).ThenBalance(Ada, Cents(9_750)).ThenBalance(Grid, Cents(10_250)).ThenHeld(Cents(0))
        .ThenKept(Clearing.Batches, Monday, new Clearing.Batch(Day(0)))
        .When(new Clearing.Clear(Payments((1, 2, 300)), Monday), signedBy: [Judge]).ThenRefused(Clearing.ClearedAlready).ThenBalance(Ada, Cents(9_750));

    [Fact]
    public void What_a_member_pays_in_one_clearing_is_one_sum_within_its_mandate() => Joined()
        .When(new Clearing.Clear(Payments((1, 2, 300), (1, 2, 201)), Monday), signedBy: [Judge]).ThenRefused(KernelRefusal.OverMandate).ThenBalance(Ada, Cents(10_000))
        .When(new Clearing.Clear(Payments((1, 2, 300), (1, 2, 200)), Monday), signedBy: [Judge]).ThenBalance(Ada, Cents(9_500))
        .When(new Clearing.Clear(Payments((1, 2, 401)), Tuesday), signedBy: [Judge]).ThenRefused(KernelRefusal.OverMandate)
        .When(new Clearing.Clear(Payments((1, 2, 400)), Tuesday), signedBy: [Judge]).ThenBalance(Ada, Cents(9_100));

    [Fact]
    public void All_of_it_or_nothing() => Joined()
        .When(new Clearing.Clear(Payments((1, 2, 100), (3, 1, 1)), Monday), signedBy: [Judge]).ThenRefused(Clearing.NoSuchMember)
        .When(new Clearing.Clear(Payments((1, 2, 100), (1, 3, 1)), Monday), signedBy: [Judge]).ThenRefused(Clearing.NoSuchMember)
        .When(new Clearing.Clear(Payments((1, 2, 100), (1, 2, 0)), Monday), signedBy: [Judge]).ThenRefused(Clearing.NotAPayment)
        .When(new Clearing.Clear(Payments((1, 2, 100), (1, 2, -5)), Monday), signedBy: [Judge]).ThenRefused(Clearing.NotAPayment)
        .When(new Clearing.Clear(Payments((1, 2, 100), (2, 2, 5)), Monday), signedBy: [Judge]).ThenRefused(Clearing.NotAPayment)
        .When(new Clearing.Clear(Payments((1, 2, Clearing.PaymentAtMost + 1)), Monday), signedBy: [Judge]).ThenRefused(Clearing.TooMuch)
        .When(new Clearing.Clear(new Many<Clearing.Payment>([.. Enumerable.Repeat(new Clearing.Payment(1, 2, Clearing.PaymentAtMost), 4_096)]), Monday), signedBy: [Judge])
        .ThenRefused(KernelRefusal.OverMandate)
        .When(new Clearing.Clear(Payments((1, 2, 100)), Monday), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing).ThenBalance(Ada, Cents(10_000));

    [Fact]
    public void What_somebody_has_not_got_nobody_clears() => Joined(UpTo(1_000_000, 1_000_000))
        .When(new Clearing.Clear(Payments((1, 2, 10_001)), Monday), signedBy: [Judge]).ThenRefused(KernelRefusal.InsufficientFunds)
        .When(new Clearing.Clear(Payments((1, 2, 10_001), (2, 1, 1)), Monday), signedBy: [Judge]).ThenBalance(Ada, Cents(0)).ThenBalance(Grid, Cents(20_000));

    [Fact]
    public void A_member_changes_its_mandate_and_leaves() => Joined()
        .When(new Clearing.Change(Ada, UpTo(10, 10)), signedBy: [Ada]).ThenEmitted(new Clearing.Changed(Ada, UpTo(10, 10)))
        .When(new Clearing.Clear(Payments((1, 2, 11)), Monday), signedBy: [Judge]).ThenRefused(KernelRefusal.OverMandate)
        .When(new Clearing.Change(Ada, new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Ada]).ThenRefused(Clearing.NotThisMoney)
        .When(new Clearing.Change(Eve, UpTo(10, 10)), signedBy: [Eve]).ThenRefused(Clearing.NoSuchMember)
        .When(new Clearing.Leave(Eve), signedBy: [Eve]).ThenRefused(Clearing.NoSuchMember)
        .When(new Clearing.Leave(Ada), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Clearing.Change(Ada, UpTo(10, 10)), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Clearing.Leave(Ada), signedBy: [Ada]).ThenEmitted(new Clearing.Left(Ada))
        .When(new Clearing.Clear(Payments((1, 2, 1)), Monday), signedBy: [Judge]).ThenRefused(KernelRefusal.NotChargeable)
        .When(new Clearing.Clear(Payments((2, 1, 1)), Monday), signedBy: [Judge]).ThenBalance(Ada, Cents(10_001));

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<Clearing> Opened() => Open(NewWorld(), new Clearing.Begin(Judge, Euro), [Judge]);

    /// <summary>Nothing is held.</summary>
    protected override void Release(Story<Clearing> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world) =>
        clause != typeof(Clearing.Clear) ? null
        : new Clearing.Clear(
            new Many<Clearing.Payment>([.. Enumerable.Range(0, random.Next(5)).Select(_ => new Clearing.Payment((uint)random.Next(4), (uint)random.Next(4), random.Next(-1, 300)))]),
            Paper($"statement {random.Next(60)}"));

    private Story<Clearing> Joined() => Joined(UpTo(500, 900));

    private Story<Clearing> Joined(Mandate mandate) => Opened()
        .When(new Clearing.Join(Ada, mandate), signedBy: [Ada]).When(new Clearing.Join(Grid, mandate), signedBy: [Grid]);

    private static Many<Clearing.Payment> Payments(params (uint From, uint To, long Cents)[] payments) =>
        new([.. payments.Select(payment => new Clearing.Payment(payment.From, payment.To, payment.Cents))]);
}
