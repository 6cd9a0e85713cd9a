using Keten.Contracts.Mobility;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Mobility;

/// <summary>Grid is the platform, Box drives, Ada rides; OtherBox keeps the toll road, and Eve has the surcharges.</summary>
public sealed class RidesStories : ContractTests<Rides>
{
    private static readonly Hash One = Paper("one"), Two = Paper("two"), Note = Paper("note");

    private static readonly Agreement<Rides> It = new(3);

    private static readonly World Signing = Cast.NewWorld();

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 120);

    [Fact]
    public void Each_has_its_part_of_a_ride() => Opened().ThenState(new Rides(Grid, new Rate(200_000), OtherBox, Eve, Euro))
        .When(Pay(Ride()), signedBy: [Ada]).ThenEmitted(new Rides.Settled(One, Box, Cents(1_003), Cents(215), Cents(576), Cents(330), Cents(200)))
        .ThenBalance(Ada, Cents(10_000 - 2_124)).ThenBalance(Box, Cents(803 + 215)).ThenBalance(Grid, Cents(10_200)).ThenBalance(OtherBox, Cents(576)).ThenBalance(Eve, Cents(330))
        .ThenHeld(Cents(0)).ThenKept(Rides.Payments, One, new Rides.Paid(Ada, Box, Cents(2_124), Cents(1_018)))
        .When(Pay(Ride()), signedBy: [Ada]).ThenRefused(Rides.PaidAlready)
        .When(Pay(Ride() with { Record = Two }), signedBy: [Ada], (Ada, Cents(2_123))).ThenRefused(KernelRefusal.OverCap);

    [Fact]
    public void A_ride_is_signed_by_an_admitted_driver_and_paid_by_its_rider() => Opened()
        .When(Pay(Ride()), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(Pay(Ride(), Judge), signedBy: [Ada]).ThenRefused(Rides.NotADriver)
        .When(new Rides.Admit(Judge), signedBy: [Grid]).ThenEmitted(new Rides.Admitted(Judge))
        .When(new Rides.Admit(Judge), signedBy: [Grid]).ThenRefused(Rides.AdmittedAlready)
        .When(new Rides.Admit(new Actor("nobody")), signedBy: [Grid]).ThenRefused(Rides.NotEnrolled)
        .When(new Rides.Admit(Eve), signedBy: [Eve]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(Pay(Ride(), Judge), signedBy: [Ada]).ThenBalance(Judge, Cents(1_018))
        .When(new Rides.Dismiss(Judge), signedBy: [Grid]).ThenEmitted(new Rides.Dismissed(Judge))
        .When(new Rides.Dismiss(Judge), signedBy: [Grid]).ThenRefused(Rides.AdmittedAlready)
        .When(Pay(Ride() with { Record = Two }, Judge), signedBy: [Ada]).ThenRefused(Rides.NotADriver)
        .Meanwhile(world => world.Open(Begin(), Grid))
        .When(Pay(Ride() with { For = new(4), Record = Two }), signedBy: [Ada]).ThenRefused(Rides.NotADriver);

    [Fact]
    public void Only_the_platform_sees_who_rode_where()
    {
        var story = Opened();
        Assert.Equal([Grid.Party], AgreementReaders.Of(story.World.State, It.Number, story.World.State.Agreement(It.Number)!).Named.ToArray());
    }

    [Fact]
    public void What_makes_no_sense_is_not_paid()
    {
        Refused(Ride() with { Total = Cents(-2_124), Fare = Cents(-1_003) }, Rides.BelowNothing);
        Refused(Ride() with { Total = Cents(0) }, Rides.BelowNothing);
        Refused(Ride() with { Tip = Cents(-1) }, Rides.BelowNothing);
        Refused(Ride() with { Tolls = Cents(-1) }, Rides.BelowNothing);
        Refused(Ride() with { Fare = Cents(-1) }, Rides.BelowNothing);
        Refused(Ride() with { Total = Cents(1_793) }, Rides.MoreThanTotal);
        Refused(Ride() with { Tolls = Wh(1) }, Rides.NotThisMoney);
        Refused(Ride() with { Total = Cents(Amount.Limit) }, Rides.NotThisMoney);
        Refused(Ride() with { Until = Day(-1).Plus(-1) }, Rides.NotATime);
        Refused(Ride() with { Until = Day(0).Plus(901) }, Rides.NotATime);
        Opened().When(Pay(Ride() with { Total = Cents(1_794), Until = Day(0).Plus(900) }), signedBy: [Ada]).ThenBalance(Eve, Cents(0)).ThenBalance(Ada, Cents(10_000 - 1_794));

        void Refused(Rides.Ride ride, Refusal<Rides> because) => Opened().When(Pay(ride), signedBy: [Ada]).ThenRefused(because).ThenBalance(Ada, Cents(10_000));
    }

    [Fact]
    public void What_a_ride_should_not_have_cost_the_driver_gives_back_also_afterwards() => Opened()
        .When(Pay(Ride()), signedBy: [Ada])
        .When(new Rides.GiveBack(Two, Cents(1), Note), signedBy: []).ThenRefused(Rides.NotPaid)
        .When(new Rides.GiveBack(One, Cents(1_019), Note), signedBy: [Box]).ThenRefused(Rides.NotPaid)
        .When(new Rides.GiveBack(One, Cents(0), Note), signedBy: [Box]).ThenRefused(Rides.NotThisMoney)
        .When(new Rides.GiveBack(One, Cents(18), Note), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Rides.GiveBack(One, Cents(18), Note), signedBy: [Box]).ThenEmitted(new Rides.GivenBack(One, Cents(18), Note)).ThenBalance(Box, Cents(1_000))
        .When(new Rides.End(), signedBy: [Grid]).ThenEnded()
        .When(new Rides.GiveBack(One, Cents(1_000), Note), signedBy: [Box]).ThenBalance(Box, Cents(0)).ThenBalance(Ada, Cents(10_000 - 1_106));

    [Fact]
    public void A_platform_names_a_share_a_money_and_known_payees()
    {
        Open(NewWorld(), Begin(), [Grid]).ThenEmitted(new Rides.Begun(new Rate(200_000), OtherBox, Eve));
        Refused(Begin() with { Commission = new Rate(1_000_001) }, Rides.NotAShare);
        Refused(Begin() with { Commission = new Rate(-1) }, Rides.NotAShare);
        Refused(Begin() with { Money = new Unit(9) }, Rides.NotThisMoney);
        Refused(Begin() with { Road = new Actor("nobody") }, Rides.NotEnrolled);
        Refused(Begin() with { Surcharges = new Actor("nobody") }, Rides.NotEnrolled);

        void Refused(Rides.Begin terms, Refusal<Rides> because) => Open(NewWorld(), terms, [Grid]).ThenRefused(because);
    }

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<Rides> Opened() => Open(NewWorld(), Begin(), [Grid]).When(new Rides.Admit(Box), signedBy: [Grid]);

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var record = Hash.Of([(byte)random.Next(40)]);
        if (clause == typeof(Rides.GiveBack)) return new Rides.GiveBack(record, Cents(random.Next(-1, 60)), Note);
        if (clause != typeof(Rides.Pay) && (clause != typeof(Rides.End) || random.Next(9) == 0)) return null;
        var ride = Ride() with { Record = record, Fare = Cents(random.Next(-1, 90)), Tip = Cents(random.Next(20)), Tolls = Cents(random.Next(20)), Total = Cents(random.Next(200)) };
        return new Rides.Pay(world.Signed(ride, Box));
    }

    // It never holds anything: there is nothing to get out.
    protected override void Release(Story<Rides> story) => story.ThenHeld(Cents(0));

    internal static Rides.Begin Begin() => new(Grid, new Rate(200_000), OtherBox, Eve, Euro);

    internal static Rides.Ride Ride() => new(It, One, Ada, Day(-1), Day(-1).Plus(900), Cents(1_003), Cents(215), Cents(576), Cents(2_124));

    internal static Rides.Pay Pay(Rides.Ride ride, Actor? driver = null) => new(Signing.Signed(ride, driver ?? Box));
}
