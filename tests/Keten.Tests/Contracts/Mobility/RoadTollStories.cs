using Keten.Contracts.Metering;
using Keten.Contracts.Mobility;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Mobility;

public sealed class RoadTollStories : ContractTests<RoadToll>
{
    private static readonly Hash One = Paper("one"), Two = Paper("two"), Plate = Paper("plate"), Note = Paper("note");

    private static readonly Agreement<RoadToll> Road = new(3);

    private static readonly TollClass Car = new(1, Cents(50), Cents(800)), Lorry = new(4, Cents(100), Cents(2_000));

    private static readonly Many<TollClass> Classes = new(Car, Lorry);

    private static readonly World Signing = Cast.NewWorld();

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 150);

    [Fact]
    public void The_passages_of_a_day_are_one_payment() => Opened().ThenEmitted(new RoadToll.Agreed(Grid, Ada))
        .When(Pass(One, 25_000)).ThenEmitted(new RoadToll.Passed(One, Box, 1, 25_000, Day(0), Cents(250))).ThenBalance(Ada, Cents(10_000))
        .ThenKept(RoadToll.Passages, One, new RoadToll.Passage(Day(0), Day(0), Cents(250), false))
        .When(Pass(Two, 40_000, by: OtherBox)).ThenState(Due(620)).ThenHeld(Cents(0))
        .At(Day(1).Plus(-1)).ThenBalance(Grid, Cents(10_000))
        .At(Day(1)).ThenEmitted(new RoadToll.Netted(Cents(620), Cents(0), Cents(0))).ThenBalance(Ada, Cents(9_380)).ThenBalance(Grid, Cents(10_620)).ThenState(Due(0))
        .At(Day(3)).ThenEmitted().ThenBalance(Ada, Cents(9_380));

    [Fact]
    public void A_passage_costs_by_class_and_distance()
    {
        Assert.Equal(Cents(50), Car.For(0));
        Assert.Equal(Cents(53), Car.For(333));
        Assert.Equal(Cents(100), Lorry.For(25));
        Assert.Equal(Cents(102), Lorry.For(75));
        Opened().When(Pass(One, 25_000, type: 4)).ThenState(Due(600))
            .When(Pass(Two, 25_000, type: 2)).ThenRefused(RoadToll.NoSuchClass);
    }

    [Fact]
    public void A_passage_is_entered_once_and_no_vehicle_passes_a_gantry_twice_in_a_minute() => Opened()
        .When(Pass(One, 25_000)).When(Pass(One, 25_000)).ThenRefused(RoadToll.PassedAlready)
        .When(Pass(One, 25_000, after: 600)).ThenRefused(RoadToll.PassedAlready)
        .When(Pass(Two, 25_000, after: 59)).ThenRefused(RoadToll.PassedAlready)
        .When(Pass(Two, 25_000, after: -59)).ThenRefused(RoadToll.PassedAlready)
        .When(Pass(Two, 25_000, vehicle: Paper("another"))).ThenState(Due(500))
        .When(Pass(Paper("three"), 25_000, after: 60)).ThenState(Due(750))
        .When(Pass(Paper("four"), 25_000, after: -600)).ThenState(Due(1_000))
        .When(Pass(Paper("five"), 25_000, after: 61)).ThenRefused(RoadToll.PassedAlready);

    [Fact]
    public void Only_the_operators_gantries_sign_for_this_agreement_and_in_time() => Opened()
        .When(Pass(One, 25_000, by: Eve)).ThenRefused(RoadToll.NotAGantry)
        .When(Pass(One, 25_000, road: new(4))).ThenRefused(KernelRefusal.BadReference)
        .When(Pass(One, 25_000, after: 901)).ThenRefused(RoadToll.CannotBeEntered)
        .When(Pass(One, 25_000, after: -(30 * 86_400) - 1)).ThenRefused(RoadToll.CannotBeEntered)
        .When(Pass(One, 2_000_001)).ThenRefused(RoadToll.CannotBeEntered)
        .When(new RoadToll.Mount(Eve), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new RoadToll.Mount(Eve), signedBy: [Grid]).ThenEmitted(new RoadToll.Mounted(Eve))
        .When(new RoadToll.Mount(Eve), signedBy: [Grid]).ThenRefused(RoadToll.MountedAlready)
        .When(Pass(One, 2_000_000, by: Eve, after: 900)).ThenState(Due(16_050))
        .When(new RoadToll.Dismount(Eve), signedBy: [Grid]).ThenEmitted(new RoadToll.Dismounted(Eve))
        .When(new RoadToll.Dismount(Eve), signedBy: [Grid]).ThenRefused(RoadToll.MountedAlready)
        .When(Pass(Two, 25_000, by: Eve)).ThenRefused(RoadToll.NotAGantry)
        .When(Pass(Two, 25_000, after: -(30 * 86_400))).ThenState(Due(16_300));

    [Fact]
    public void A_passage_of_another_agreement_is_not_this_ones() => Opened()
        .Meanwhile(world => world.Open(Agree(), Grid, Ada))
        .When(Pass(One, 25_000, road: new(4))).ThenRefused(RoadToll.NotAGantry);

    [Fact]
    public void What_is_contested_is_left_out_of_the_days_payment() => Opened()
        .When(Pass(One, 25_000)).When(Pass(Two, 40_000, by: OtherBox))
        .When(new RoadToll.Contest(One, Note), signedBy: [Ada]).ThenEmitted(new RoadToll.Contested(One, Cents(250), Note)).ThenState(Due(370))
        .ThenKept(RoadToll.Objections, One, new RoadToll.Objection(Note, null))
        .When(new RoadToll.GiveBack(One, Cents(1), Note), signedBy: [Grid]).ThenRefused(RoadToll.UnderObjection)
        .At(Day(1)).ThenEmitted(new RoadToll.Netted(Cents(370), Cents(0), Cents(0)))
        .When(new RoadToll.End(), signedBy: [Ada]).ThenRefused(RoadToll.UnderObjection)
        .When(new RoadToll.Concede(One), signedBy: [Grid]).ThenEmitted(new RoadToll.Settled(One, Settlement.Conceded, Cents(0))).ThenState(Due(0))
        .ThenKept(RoadToll.Passages, One, new RoadToll.Passage(Day(0), Day(0), Cents(0), true))
        .When(new RoadToll.Concede(One), signedBy: [Grid]).ThenRefused(RoadToll.NotObjected)
        .At(Day(20)).ThenEmitted().ThenBalance(Ada, Cents(9_630));

    [Fact]
    public void What_was_paid_comes_back_when_it_is_contested_and_is_owed_again_when_it_stands() => Opened()
        .When(Pass(One, 25_000)).At(Day(1)).ThenBalance(Ada, Cents(9_750))
        .When(new RoadToll.Contest(One, Note), signedBy: [Ada]).ThenState(Due(-250))
        .At(Day(2)).ThenEmitted(new RoadToll.Netted(Cents(0), Cents(250), Cents(0))).ThenBalance(Ada, Cents(10_000)).ThenBalance(Grid, Cents(10_000))
        .When(new RoadToll.Rule(One, true), signedBy: [Judge]).ThenRefused(RoadToll.NotObjected)
        .When(new RoadToll.Answer(One, Note), signedBy: [Grid]).ThenEmitted(new RoadToll.Answered(One, Note))
        .When(new RoadToll.Answer(One, Note), signedBy: [Grid]).ThenRefused(RoadToll.NotObjected)
        .When(new RoadToll.Rule(One, true), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new RoadToll.Rule(One, true), signedBy: [Judge]).ThenEmitted(new RoadToll.Settled(One, Settlement.Ruled, Cents(250))).ThenState(Due(250))
        .At(Day(3)).ThenEmitted(new RoadToll.Netted(Cents(250), Cents(0), Cents(0))).ThenBalance(Ada, Cents(9_750))
        .When(new RoadToll.Contest(One, Note), signedBy: [Ada]).ThenRefused(RoadToll.CannotBeObjected);

    [Fact]
    public void An_objection_comes_to_its_end_by_itself()
    {
        Opened().When(Pass(One, 25_000)).When(new RoadToll.Contest(One, Note), signedBy: [Ada])
            .At(Day(14)).ThenEmitted(new RoadToll.Settled(One, Settlement.Unanswered, Cents(0))).ThenState(Due(0));
        Opened().When(Pass(One, 25_000)).When(new RoadToll.Contest(One, Note), signedBy: [Ada]).When(new RoadToll.Answer(One, Note), signedBy: [Grid])
            .At(Day(30)).ThenEmitted(new RoadToll.Settled(One, Settlement.Unruled, Cents(250))).At(Day(31)).ThenBalance(Ada, Cents(9_750));
        Opened().When(Pass(One, 25_000)).When(new RoadToll.Contest(One, Note), signedBy: [Ada])
            .When(new RoadToll.Drop(One), signedBy: [Ada]).ThenEmitted(new RoadToll.Settled(One, Settlement.Dropped, Cents(250))).ThenState(Due(250))
            .When(new RoadToll.Drop(One), signedBy: [Ada]).ThenRefused(RoadToll.NotObjected);
        Opened().When(Pass(One, 25_000)).When(new RoadToll.Contest(One, Note), signedBy: [Ada]).When(new RoadToll.Answer(One, Note), signedBy: [Grid])
            .When(new RoadToll.Rule(One, false), signedBy: [Judge]).ThenEmitted(new RoadToll.Settled(One, Settlement.Ruled, Cents(0))).ThenState(Due(0));
    }

    [Fact]
    public void An_objection_has_its_window()
    {
        Opened().When(Pass(One, 25_000)).When(new RoadToll.Contest(Two, Note), signedBy: [Ada]).ThenRefused(RoadToll.NoSuchPassage)
            .At(Day(30).Plus(1)).When(new RoadToll.Contest(One, Note), signedBy: [Ada]).ThenRefused(RoadToll.CannotBeObjected);
        Opened().When(Pass(One, 25_000)).At(Day(30)).When(new RoadToll.Contest(One, Note), signedBy: [Ada]).ThenState(Due(-250));
        var story = Opened();
        for (byte each = 0; each <= RoadToll.ObjectionsAtMost; each++) story.When(Pass(Hash.Of([each]), 25_000, vehicle: Hash.Of([each])));
        for (byte each = 0; each < RoadToll.ObjectionsAtMost; each++) story.When(new RoadToll.Contest(Hash.Of([each]), Note), signedBy: [Ada]);
        story.When(new RoadToll.Contest(Hash.Of([RoadToll.ObjectionsAtMost]), Note), signedBy: [Ada]).ThenRefused(RoadToll.TooManyObjections).ThenState(Due(250));
    }

    [Fact]
    public void What_the_mandate_does_not_reach_stays_due() => Open(NewWorld(), Agree() with { Tolls = UpTo(300, 500) }, [Grid, Ada])
        .When(new RoadToll.Pay(Cents(1)), signedBy: [Ada]).ThenRefused(RoadToll.NotOwed)
        .When(Pass(One, 25_000)).When(Pass(Two, 40_000, by: OtherBox))
        .At(Day(1)).ThenEmitted(new RoadToll.Netted(Cents(300), Cents(0), Cents(320))).ThenBalance(Ada, Cents(9_700))
        .At(Day(2)).ThenBalance(Ada, Cents(9_700))
        .When(new RoadToll.End(), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new RoadToll.Pay(Cents(321)), signedBy: [Ada]).ThenRefused(RoadToll.NotOwed)
        .When(new RoadToll.Pay(Wh(1)), signedBy: [Ada]).ThenRefused(RoadToll.NotThisMoney)
        .When(new RoadToll.Pay(Cents(120)), signedBy: [Ada]).ThenEmitted(new RoadToll.PaidUp(Ada, Cents(120))).ThenState(Due(200))
        .When(new RoadToll.End(), signedBy: [Grid]).ThenEmitted(new RoadToll.Ended(Cents(200))).ThenEnded();

    [Fact]
    public void What_the_operator_owes_it_pays_too() => Open(NewWorld(), Agree() with { Safeguard = UpTo(100, 100) }, [Grid, Ada])
        .When(Pass(One, 25_000)).At(Day(1)).When(new RoadToll.Contest(One, Note), signedBy: [Ada]).When(new RoadToll.Concede(One), signedBy: [Grid])
        .At(Day(2)).ThenEmitted(new RoadToll.Netted(Cents(0), Cents(100), Cents(-150)))
        .When(new RoadToll.End(), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new RoadToll.Pay(Cents(151)), signedBy: [Grid]).ThenRefused(RoadToll.NotOwed)
        .When(new RoadToll.Pay(Cents(150)), signedBy: [Grid]).ThenEmitted(new RoadToll.PaidUp(Grid, Cents(150))).ThenBalance(Ada, Cents(10_000)).ThenBalance(Grid, Cents(10_000))
        .When(new RoadToll.End(), signedBy: [Ada]).ThenEnded();

    [Fact]
    public void What_a_passage_should_not_have_cost_is_given_back_also_afterwards() => Opened()
        .When(Pass(One, 25_000, type: 4)).At(Day(1))
        .When(new RoadToll.GiveBack(One, Cents(601), Note), signedBy: [Grid]).ThenRefused(RoadToll.NoSuchPassage)
        .When(new RoadToll.GiveBack(Two, Cents(1), Note), signedBy: [Grid]).ThenRefused(RoadToll.NoSuchPassage)
        .When(new RoadToll.GiveBack(One, Cents(0), Note), signedBy: [Grid]).ThenRefused(RoadToll.NotThisMoney)
        .When(new RoadToll.GiveBack(One, Cents(350), Note), signedBy: [Grid]).ThenEmitted(new RoadToll.GivenBack(One, Cents(350), Note)).ThenBalance(Ada, Cents(9_750))
        .When(new RoadToll.End(), signedBy: [Ada]).ThenEnded()
        .When(new RoadToll.GiveBack(One, Cents(250), Note), signedBy: [Grid]).ThenBalance(Ada, Cents(10_000))
        .When(new RoadToll.GiveBack(One, Cents(1), Note), signedBy: [Grid]).ThenRefused(RoadToll.NoSuchPassage);

    [Fact]
    public void Prices_and_mandates_change_as_those_agree_whose_they_are() => Opened()
        .When(new RoadToll.Revise(new(Car with { PerPassage = Cents(70) })), signedBy: [Grid, Ada]).ThenEmitted(new RoadToll.Revised(new(Car with { PerPassage = Cents(70) })))
        .When(Pass(One, 25_000)).ThenEmitted(new RoadToll.Passed(One, Box, 1, 25_000, Day(0), Cents(270)))
        .When(new RoadToll.Revise(default), signedBy: [Grid, Ada]).ThenRefused(RoadToll.NotClasses)
        .When(new RoadToll.Revise(new(new TollClass(1, Wh(1), Wh(1)))), signedBy: [Grid, Ada]).ThenRefused(RoadToll.NotThisMoney)
        .When(new RoadToll.Renew(Eve, UpTo(1, 1)), signedBy: [Eve]).ThenRefused(RoadToll.NotAPayer)
        .When(new RoadToll.Renew(Ada, new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Ada]).ThenRefused(RoadToll.NotThisMoney)
        .When(new RoadToll.Renew(Ada, UpTo(100, 100)), signedBy: [Ada]).ThenEmitted(new RoadToll.Renewed(Ada, UpTo(100, 100)))
        .When(new RoadToll.Renew(Grid, UpTo(100, 100)), signedBy: [Grid])
        .At(Day(1)).ThenEmitted(new RoadToll.Netted(Cents(100), Cents(0), Cents(170)));

    [Fact]
    public void Terms_are_of_three_parties_and_in_one_money()
    {
        Open(NewWorld(), Agree() with { Driver = Grid }, [Grid]).ThenRefused(RoadToll.NotThreeParties);
        Refused(Agree() with { Arbiter = Ada }, RoadToll.NotThreeParties);
        Refused(Agree() with { Arbiter = Grid }, RoadToll.NotThreeParties);
        Refused(Agree() with { Classes = default }, RoadToll.NotClasses);
        Refused(Agree() with { Classes = new(Car, Car) }, RoadToll.NotClasses);
        Refused(Agree() with { Classes = new(Car, Lorry with { PerHundredKilometres = Wh(1) }) }, RoadToll.NotClasses);
        Refused(Agree() with { Classes = new(Car with { PerPassage = Cents(-1) }) }, RoadToll.NotClasses);
        Refused(Agree() with { Classes = new([.. Enumerable.Range(1, 33).Select(number => Car with { Number = (byte)number })]) }, RoadToll.NotClasses);
        Refused(Agree() with { Tolls = new Mandate(Wh(1), Wh(1), Day(9)) }, RoadToll.NotThisMoney);
        Refused(Agree() with { Safeguard = new Mandate(Wh(1), Wh(1), Day(9)) }, RoadToll.NotThisMoney);

        void Refused(RoadToll.Agree terms, Refusal<RoadToll> because) => Open(NewWorld(), terms, [Grid, Ada]).ThenRefused(because);
    }

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<RoadToll> Opened() => Open(NewWorld(), Agree(), [Grid, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var record = Hash.Of([(byte)random.Next(25)]);
        return clause == typeof(RoadToll.Pass) || clause == typeof(RoadToll.Mount) || clause == typeof(RoadToll.Revise)
                ? new RoadToll.Pass(world.Signed(new RoadToll.Passing(Road, record, Plate, (byte)(random.Next(2) == 0 ? 1 : 4), (uint)random.Next(90_000), world.Now.Plus(-random.Next(9_000))), Box))
            : clause == typeof(RoadToll.Contest) ? new RoadToll.Contest(record, Note)
            : clause == typeof(RoadToll.Answer) ? new RoadToll.Answer(record, Note)
            : clause == typeof(RoadToll.Rule) ? new RoadToll.Rule(record, random.Next(2) == 0)
            : clause == typeof(RoadToll.GiveBack) ? new RoadToll.GiveBack(record, Cents(random.Next(-1, 300)), Note)
            : clause == typeof(RoadToll.End) && random.Next(9) > 0 ? new RoadToll.Pay(Cents(random.Next(1, 400)))
            : null;
    }

    // It never holds anything: there is nothing to get out.
    protected override void Release(Story<RoadToll> story) => story.ThenHeld(Cents(0));

    private static RoadToll.Agree Agree() => new(Grid, Ada, Judge, Classes, new Many<Party>(Box, OtherBox), UpTo(50_000, 500_000), UpTo(50_000, 500_000));

    private static RoadToll Due(long cents) => new(Grid, Ada, Judge, Classes, Cents(cents));

    private static RoadToll.Pass Pass(Hash record, uint metres, int after = 0, byte type = 1, Actor? by = null, Hash? vehicle = null, Agreement<RoadToll>? road = null) =>
        new(Signing.Signed(new RoadToll.Passing(road ?? Road, record, vehicle ?? Plate, type, metres, Day(0).Plus(after)), by ?? Box));
}
