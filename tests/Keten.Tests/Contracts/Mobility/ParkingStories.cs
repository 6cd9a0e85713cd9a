using Keten.Contracts.Mobility;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Mobility;

public sealed class ParkingStories : ContractTests<Parking>
{
    private static readonly Hash Plate = Paper("plate"), Other = Paper("other plate"), Note = Paper("why");

    private static readonly ParkingZone Street = new(17, Cents(2), 1, Cents(300), 240, 10, Cents(2_500));

    private static readonly ParkingZone House = new(4, Cents(150), 30, Cents(1_200), 1_440, 15, Cents(1_000));

    private static readonly Many<ParkingZone> Zones = new(Street, House);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 150);

    [Fact]
    public void Who_leaves_early_has_the_rest_back() => Opened()
        .ThenEmitted(new Parking.Agreed(Grid, Ada)).ThenState(new Parking(Grid, Ada, Zones, 0, Cents(0)))
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).ThenEmitted(new Parking.Started(Plate, 17, Minute(60), Cents(120))).ThenHeld(Cents(120)).ThenBalance(Ada, Cents(9_880))
        .ThenKept(Parking.Parked, Plate, new Parking.Stay(1, Street, Minute(0), Minute(60), Cents(120)))
        .At(Minute(24).Plus(1))
        .When(new Parking.Stop(Plate), signedBy: [Ada]).ThenEmitted(new Parking.Stopped(1, Plate, Cents(50), Cents(70))).ThenHeld(Cents(0))
        .ThenBalance(Ada, Cents(9_950)).ThenBalance(Grid, Cents(10_050)).ThenKept(Parking.Parked, Plate, null)
        .ThenKept(Parking.Bills, new Parking.BillNumber(1), new Parking.Bill(Plate, 17, Minute(0), Minute(24).Plus(1), Cents(50)))
        .When(new Parking.Stop(Plate), signedBy: [Ada]).ThenRefused(Parking.NotParked)
        .Later(1).ThenBalance(Grid, Cents(10_050));

    [Fact]
    public void A_step_that_has_begun_is_paid_and_a_stay_has_a_highest_price()
    {
        Assert.Equal(Cents(2), Street.For(0));
        Assert.Equal(Cents(2), Street.For(60));
        Assert.Equal(Cents(4), Street.For(61));
        Assert.Equal(Cents(300), Street.For(14_400));
        Assert.Equal(Cents(150), House.For(1_800));
        Assert.Equal(Cents(300), House.For(1_801));
        Opened().When(new Parking.Start(Plate, 4, 1_440), signedBy: [Ada]).ThenHeld(Cents(1_200))
            .At(Minute(31)).When(new Parking.Stop(Plate), signedBy: [Ada]).ThenBalance(Grid, Cents(10_300)).ThenBalance(Ada, Cents(9_700));
    }

    [Fact]
    public void A_session_is_not_begun_twice() => Opened()
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada])
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).ThenRefused(Parking.ParkedAlready)
        .When(new Parking.Start(Plate, 4, 60), signedBy: [Ada]).ThenRefused(Parking.ParkedAlready)
        .When(new Parking.End(), signedBy: [Ada]).ThenRefused(Parking.ParkedAlready)
        .When(new Parking.Start(Other, 4, 60), signedBy: [Ada]).ThenHeld(Cents(420))
        .When(new Parking.Stop(Plate), signedBy: [Ada]).When(new Parking.Start(Plate, 17, 1), signedBy: [Ada]).ThenHeld(Cents(302));

    [Fact]
    public void A_stay_is_where_and_as_long_as_the_sign_says() => Opened()
        .When(new Parking.Start(Plate, 18, 60), signedBy: [Ada]).ThenRefused(Parking.NoSuchZone)
        .When(new Parking.Start(Plate, 17, 0), signedBy: [Ada]).ThenRefused(Parking.NotSoLong)
        .When(new Parking.Start(Plate, 17, 241), signedBy: [Ada]).ThenRefused(Parking.NotSoLong)
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada], (Ada, Cents(119))).ThenRefused(KernelRefusal.OverCap)
        .When(new Parking.Start(Plate, 17, 240), signedBy: [Ada]).ThenHeld(Cents(300));

    [Fact]
    public void A_stay_that_is_extended_costs_what_one_stay_costs() => Opened()
        .When(new Parking.Extend(Plate, 1), signedBy: [Ada]).ThenRefused(Parking.NotParked)
        .When(new Parking.Start(Plate, 4, 45), signedBy: [Ada]).ThenHeld(Cents(300))
        .When(new Parking.Extend(Plate, 0), signedBy: [Ada]).ThenRefused(Parking.NotSoLong)
        .When(new Parking.Extend(Plate, 1_396), signedBy: [Ada]).ThenRefused(Parking.NotSoLong)
        .When(new Parking.Extend(Plate, 15), signedBy: [Ada]).ThenEmitted(new Parking.Extended(Plate, Minute(60), Cents(300))).ThenHeld(Cents(300))
        .When(new Parking.Extend(Plate, 1), signedBy: [Ada]).ThenHeld(Cents(450))
        .At(Minute(75)).ThenHeld(Cents(450)).At(Minute(76)).ThenHeld(Cents(0)).ThenBalance(Grid, Cents(10_450 + 1_000));

    [Fact]
    public void Who_overstays_pays_the_penalty_and_within_the_grace_nothing()
    {
        Opened().When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).At(Minute(70).Plus(-1)).When(new Parking.Stop(Plate), signedBy: [Ada])
            .ThenEmitted(new Parking.Stopped(1, Plate, Cents(120), Cents(0))).Later(1).ThenBalance(Ada, Cents(9_880));
        Opened().When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).At(Minute(70))
            .ThenEmitted(new Parking.Overstayed(1, Plate, Cents(120), Cents(2_500), Cents(0))).ThenBalance(Ada, Cents(7_380)).ThenBalance(Grid, Cents(12_620)).ThenHeld(Cents(0))
            .When(new Parking.Stop(Plate), signedBy: [Ada]).ThenRefused(Parking.NotParked);
    }

    [Fact]
    public void What_the_mandate_does_not_reach_is_owed_and_paid_before_the_next_stay() => Open(NewWorld(), Agree(UpTo(2_000, 3_000)), [Grid, Ada])
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).At(Minute(70))
        .ThenEmitted(new Parking.Overstayed(1, Plate, Cents(120), Cents(2_500), Cents(500))).ThenState(new Parking(Grid, Ada, Zones, 1, Cents(500)))
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).ThenRefused(Parking.InArrears)
        .When(new Parking.Pay(Cents(501)), signedBy: [Ada]).ThenRefused(Parking.NotOwed)
        .When(new Parking.Pay(Cents(0)), signedBy: [Ada]).ThenRefused(Parking.NotThisMoney)
        .When(new Parking.Pay(Wh(1)), signedBy: [Ada]).ThenRefused(Parking.NotThisMoney)
        .When(new Parking.Pay(Cents(500)), signedBy: [Ada]).ThenEmitted(new Parking.PaidUp(Cents(500))).ThenBalance(Grid, Cents(12_620))
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).Later(1).ThenState(new Parking(Grid, Ada, Zones, 2, Cents(1_500)))
        .When(new Parking.End(), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Parking.End(), signedBy: [Grid]).ThenEmitted(new Parking.Ended(Cents(1_500))).ThenEnded();

    [Fact]
    public void Who_only_forgot_to_stop_has_the_penalty_back_also_afterwards() => Open(NewWorld(), Agree(UpTo(2_000, 3_000)), [Grid, Ada])
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada]).Later(1)
        .When(new Parking.GiveBack(1, Cents(2_621), Note), signedBy: [Grid]).ThenRefused(Parking.NotPaid)
        .When(new Parking.GiveBack(2, Cents(1), Note), signedBy: [Grid]).ThenRefused(Parking.NotPaid)
        .When(new Parking.GiveBack(1, Cents(0), Note), signedBy: [Grid]).ThenRefused(Parking.NotThisMoney)
        .When(new Parking.GiveBack(1, Cents(2_500), Note), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Parking.GiveBack(1, Cents(2_500), Note), signedBy: [Grid]).ThenEmitted(new Parking.GivenBack(1, Cents(2_000), Cents(500), Note)).ThenBalance(Ada, Cents(9_880))
        .When(new Parking.End(), signedBy: [Ada]).ThenEmitted(new Parking.Ended(Cents(0)))
        .When(new Parking.GiveBack(1, Cents(120), Note), signedBy: [Grid]).ThenEmitted(new Parking.GivenBack(1, Cents(120), Cents(0), Note)).ThenBalance(Ada, Cents(10_000))
        .When(new Parking.GiveBack(1, Cents(1), Note), signedBy: [Grid]).ThenRefused(Parking.NotPaid);

    [Fact]
    public void Other_prices_are_for_the_stays_that_begin_from_then_on() => Opened()
        .When(new Parking.Start(Plate, 17, 60), signedBy: [Ada])
        .When(new Parking.Revise(new Many<ParkingZone>(Street with { PerStep = Cents(3) })), signedBy: [Grid, Ada]).ThenEmitted(new Parking.Revised(new(Street with { PerStep = Cents(3) })))
        .When(new Parking.Start(Other, 17, 60), signedBy: [Ada]).ThenHeld(Cents(300))
        .At(Minute(30)).When(new Parking.Stop(Plate), signedBy: [Ada]).ThenBalance(Grid, Cents(10_060))
        .When(new Parking.Revise(default), signedBy: [Grid, Ada]).ThenRefused(Parking.NotZones)
        .When(new Parking.Revise(new Many<ParkingZone>(InWattHours())), signedBy: [Grid, Ada]).ThenRefused(Parking.NotThisMoney)
        .When(new Parking.Renew(new Mandate(Wh(1), Wh(1), Day(1))), signedBy: [Ada]).ThenRefused(Parking.NotThisMoney)
        .When(new Parking.Renew(UpTo(1, 1)), signedBy: [Ada]).ThenEmitted(new Parking.Renewed(UpTo(1, 1)));

    [Fact]
    public void The_vehicles_own_key_parks_up_to_its_limits_and_does_nothing_else()
    {
        var car = new Actor("Ada's car");
        var parks = new Many<Scope>(new Scope(14, 2), new Scope(14, 3), new Scope(14, 4));
        Opened()
            .Meanwhile(world => world.Call(new KernelCalls.AddDelegate(Ada, car.Public, parks, new Many<SpendingLimit>(new SpendingLimit(Cents(150), Cents(250))), Day(30)), Ada, car))
            .When(new Parking.Start(Plate, 17, 60), signedBy: [car]).ThenHeld(Cents(120)).ThenBalance(Ada, Cents(9_880))
            .When(new Parking.Start(Other, 4, 60), signedBy: [car]).ThenRefused(KernelRefusal.OverDelegateLimit)
            .When(new Parking.Start(Other, 17, 66), signedBy: [car]).ThenRefused(KernelRefusal.OverDelegateLimit)
            .When(new Parking.Stop(Plate), signedBy: [car]).ThenBalance(Ada, Cents(9_998))
            .When(new Parking.End(), signedBy: [car]).ThenRefused(KernelRefusal.OutsideDelegation)
            .Later(31).When(new Parking.Start(Plate, 17, 1), signedBy: [car]).ThenRefused(KernelRefusal.OutsideDelegation);
    }

    [Fact]
    public void Fifteen_vehicles_are_parked_at_once()
    {
        var story = Opened();
        for (byte each = 0; each < Parking.StaysAtMost; each++) story.When(new Parking.Start(Hash.Of([each]), 17, 10), signedBy: [Ada]);
        story.When(new Parking.Start(Plate, 17, 10), signedBy: [Ada]).ThenRefused(Parking.TooManyStays).ThenHeld(Cents(300))
            .At(Minute(20)).ThenHeld(Cents(0)).ThenState(new Parking(Grid, Ada, Zones, 15, Cents((15 * 2_500) - 9_700)));
    }

    [Fact]
    public void Terms_are_of_two_parties_with_zones_in_one_money_that_lasts()
    {
        Refused(Agree() with { Driver = Grid }, Parking.NotTwoParties, Grid);
        Refused(Agree() with { Zones = default }, Parking.NotZones);
        Refused(Agree() with { Zones = new(Street, Street) }, Parking.NotZones);
        Refused(Agree() with { Zones = new(Street, House with { Penalty = Wh(1) }) }, Parking.NotZones);
        Refused(Agree() with { Zones = new(Street with { Most = Cents(1) }) }, Parking.NotZones);
        Refused(Agree() with { Zones = new(Street with { MinutesPerStep = 0 }) }, Parking.NotZones);
        Refused(Agree() with { Zones = new(Street with { MinutesAtMost = 0 }) }, Parking.NotZones);
        Refused(Agree() with { Zones = new(Street with { PerStep = Cents(-1) }) }, Parking.NotZones);
        Refused(Agree() with { Zones = new(Street with { Penalty = Cents((1L << 36) + 1) }) }, Parking.NotZones);
        Refused(Agree() with { Zones = new([.. Enumerable.Range(1, 65).Select(number => Street with { Number = (ushort)number })]) }, Parking.NotZones);
        Refused(Agree() with { Penalties = new Mandate(Wh(1), Wh(1), Day(1)) }, Parking.NotThisMoney);
        Open(NewWorld(), Agree(), [Ada]).ThenRefused(KernelRefusal.SignatureMissing);

        void Refused(Parking.Agree terms, Refusal<Parking> because, params Actor[] signedBy) => Open(NewWorld(), terms, signedBy.Length > 0 ? signedBy : [Grid, Ada]).ThenRefused(because);
    }

    protected override World NewWorld() => Cast.NewWorld();

    protected override Story<Parking> Opened() => Open(NewWorld(), Agree(), [Grid, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var vehicle = Hash.Of([(byte)random.Next(4)]);
        return clause == typeof(Parking.Start) ? new Parking.Start(vehicle, (ushort)(random.Next(2) == 0 ? 17 : 4), (ushort)random.Next(260))
            : clause == typeof(Parking.Extend) ? new Parking.Extend(vehicle, (ushort)random.Next(90))
            : clause == typeof(Parking.Stop) ? new Parking.Stop(vehicle)
            : clause == typeof(Parking.GiveBack) ? new Parking.GiveBack((uint)random.Next(1, 12), Cents(random.Next(-1, 200)), Note)
            : clause == typeof(Parking.End) && random.Next(9) > 0 ? new Parking.Pay(Cents(random.Next(1, 2_000)))
            : null;
    }

    private static Parking.Agree Agree(Mandate? penalties = null) => new(Grid, Ada, Zones, penalties ?? UpTo(100_000, 900_000));

    private static ParkingZone InWattHours() => Street with { PerStep = Wh(1), Most = Wh(1), Penalty = Wh(1) };

    private static Instant Minute(int minute) => Day(0).Plus(minute * 60);
}
