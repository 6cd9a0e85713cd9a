using Keten.Contracts.Mobility;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Mobility;

public sealed class FeaturesStories : ContractTests<Features>
{
    private static readonly Hash Car = Paper("vin"), Other = Paper("other vin"), Note = Paper("note");

    private static readonly FeatureOffer Seats = new(1, Cents(1_500), 0, 14), Map = new(2, Cents(3_000), 30, 2), Horn = new(3, Cents(200), 0, 0);

    private static readonly Many<FeatureOffer> Offers = new(Seats, Map, Horn);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 120);

    [Fact]
    public void What_is_bought_is_paid_when_the_time_to_try_is_over() => Opened()
        .ThenEmitted(new Features.Agreed(Grid, Ada)).ThenState(new Features(Grid, Ada, Offers, Euro))
        .When(new Features.Buy(Car, 1), signedBy: [Ada]).ThenEmitted(new Features.Bought(Car, 1, Cents(1_500), 0)).ThenHeld(Cents(1_500))
        .ThenKept(Features.Rights, new Features.FeatureKey(Car, 1), new Features.Right(Day(0), null))
        .ThenKept(Features.Open, new Features.FeatureKey(Car, 1), new Features.Pending(Seats, Day(0), Day(14)))
        .When(new Features.Buy(Car, 1), signedBy: [Ada]).ThenRefused(Features.HeldAlready)
        .When(new Features.End(), signedBy: [Ada]).ThenRefused(Features.StillPending)
        .At(Day(14)).ThenEmitted(new Features.Settled(Car, 1, Cents(1_500), Cents(0), true)).ThenBalance(Grid, Cents(11_500)).ThenHeld(Cents(0))
        .ThenKept(Features.Rights, new Features.FeatureKey(Car, 1), new Features.Right(Day(0), null))
        .When(new Features.Return(Car, 1), signedBy: [Ada]).ThenRefused(Features.NotHeld)
        .When(new Features.Buy(Car, 1), signedBy: [Ada]).ThenRefused(Features.HeldAlready)
        .When(new Features.Buy(Car, 3), signedBy: [Ada]).Later(0, 1).ThenBalance(Grid, Cents(11_700))
        .When(new Features.End(), signedBy: [Ada]).ThenEnded();

    [Fact]
    public void What_is_tried_comes_back_for_nothing() => Opened()
        .When(new Features.Buy(Car, 1), signedBy: [Ada]).At(Day(14).Plus(-1))
        .When(new Features.Return(Car, 1), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Features.Return(Car, 1), signedBy: [Ada]).ThenEmitted(new Features.Settled(Car, 1, Cents(0), Cents(1_500), false)).ThenBalance(Ada, Cents(10_000))
        .ThenKept(Features.Rights, new Features.FeatureKey(Car, 1), null)
        .At(Day(20)).ThenEmitted().When(new Features.Buy(Car, 1), signedBy: [Ada]).ThenHeld(Cents(1_500));

    [Fact]
    public void Of_a_rent_the_days_that_have_not_begun_come_back()
    {
        Assert.Equal((Cents(0), Cents(300), Cents(400), Cents(3_000)), (Map.ForUse(2 * 86_400 - 1), Map.ForUse(2 * 86_400), Map.ForUse(3 * 86_400), Map.ForUse(99 * 86_400)));
        Assert.Equal((Cents(0), Cents(1_500), Cents(200)), (Seats.ForUse(0), Seats.ForUse(14 * 86_400), Horn.ForUse(0)));
        Opened().When(new Features.Buy(Car, 2), signedBy: [Ada]).ThenKept(Features.Rights, new Features.FeatureKey(Car, 2), new Features.Right(Day(0), Day(30)))
            .At(Day(9, 12)).When(new Features.Return(Car, 2), signedBy: [Ada]).ThenEmitted(new Features.Settled(Car, 2, Cents(1_000), Cents(2_000), false)).ThenBalance(Ada, Cents(9_000));
        Opened().When(new Features.Buy(Car, 2), signedBy: [Ada]).At(Day(30)).ThenEmitted(new Features.Settled(Car, 2, Cents(3_000), Cents(0), false))
            .ThenKept(Features.Rights, new Features.FeatureKey(Car, 2), null).When(new Features.Buy(Car, 2), signedBy: [Ada]).ThenHeld(Cents(3_000));
    }

    [Fact]
    public void Each_offer_is_as_it_was_when_it_was_bought() => Opened()
        .When(new Features.Buy(Car, 9), signedBy: [Ada]).ThenRefused(Features.NoSuchOffer)
        .When(new Features.Buy(Car, 1), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Features.Buy(Car, 1), signedBy: [Ada])
        .When(new Features.Revise(new(Seats with { Price = Cents(9_000) })), signedBy: [Grid]).ThenEmitted(new Features.Revised(new(Seats with { Price = Cents(9_000) })))
        .When(new Features.Buy(Other, 1), signedBy: [Ada], (Ada, Cents(1_500))).ThenRefused(KernelRefusal.OverCap)
        .When(new Features.Revise(default), signedBy: [Grid]).ThenRefused(Features.NotOffers)
        .When(new Features.Revise(new(Seats with { Price = Wh(1) })), signedBy: [Grid]).ThenRefused(Features.NotThisMoney)
        .At(Day(14)).ThenBalance(Grid, Cents(11_500));

    [Fact]
    public void Fifteen_are_tried_or_rented_at_once()
    {
        var story = Opened();
        for (byte each = 0; each < Features.PendingAtMost; each++) story.When(new Features.Buy(Hash.Of([each]), 3), signedBy: [Ada]);
        story.When(new Features.Buy(Car, 3), signedBy: [Ada]);
        story = Open(NewWorld(), new Features.Agree(Grid, Ada, new(Seats with { Price = Cents(1) })), [Grid, Ada]);
        for (byte each = 0; each < Features.PendingAtMost; each++) story.When(new Features.Buy(Hash.Of([each]), 1), signedBy: [Ada]);
        story.When(new Features.Buy(Car, 1), signedBy: [Ada]).ThenRefused(Features.TooMany);
    }

    [Fact]
    public void A_service_that_failed_is_given_back_also_afterwards() => Opened()
        .When(new Features.Buy(Car, 3), signedBy: [Ada])
        .Later(0, 1).When(new Features.GiveBack(Car, 3, Cents(201), Note), signedBy: [Grid]).ThenRefused(Features.NotPaid)
        .When(new Features.GiveBack(Other, 3, Cents(1), Note), signedBy: [Grid]).ThenRefused(Features.NotPaid)
        .When(new Features.GiveBack(Car, 3, Cents(0), Note), signedBy: [Grid]).ThenRefused(Features.NotThisMoney)
        .When(new Features.End(), signedBy: [Grid]).ThenEnded()
        .When(new Features.GiveBack(Car, 3, Cents(200), Note), signedBy: [Grid]).ThenEmitted(new Features.GivenBack(Car, 3, Cents(200), Note)).ThenBalance(Ada, Cents(10_000))
        .When(new Features.GiveBack(Car, 3, Cents(1), Note), signedBy: [Grid]).ThenRefused(Features.NotPaid);

    [Fact]
    public void Terms_are_of_two_parties_with_offers_in_one_money()
    {
        Open(NewWorld(), new Features.Agree(Grid, Grid, Offers), [Grid]).ThenRefused(Features.NotTwoParties);
        Refused(default);
        Refused(new(Seats, Seats));
        Refused(new(Seats, Map with { Price = Wh(1) }));
        Refused(new(Seats with { Price = Cents(-1) }));
        Refused(new(Map with { DaysToTry = 31 }));
        Refused(new([.. Enumerable.Range(1, 65).Select(number => Seats with { Number = (ushort)number })]));

        void Refused(Many<FeatureOffer> offers) => Open(NewWorld(), new Features.Agree(Grid, Ada, offers), [Grid, Ada]).ThenRefused(Features.NotOffers);
    }

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<Features> Opened() => Open(NewWorld(), new Features.Agree(Grid, Ada, Offers), [Grid, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var (car, number) = (Hash.Of([(byte)random.Next(3)]), (ushort)random.Next(1, 4));
        return clause == typeof(Features.Buy) ? new Features.Buy(car, number)
            : clause == typeof(Features.Return) ? new Features.Return(car, number)
            : clause == typeof(Features.GiveBack) ? new Features.GiveBack(car, number, Cents(random.Next(-1, 90)), Note)
            : clause == typeof(Features.End) && random.Next(9) > 0 ? new Features.Buy(car, number)
            : null;
    }
}
