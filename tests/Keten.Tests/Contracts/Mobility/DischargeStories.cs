using Keten.Contracts.Mobility;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Mobility;

public sealed class DischargeStories : ContractTests<Discharge>
{
    private static readonly Hash One = Paper("one"), Two = Paper("two"), Note = Paper("note");

    private static readonly Agreement<Discharge> It = new(4);

    private static readonly World Signing = Evening();

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 120);

    [Fact]
    public void What_the_register_signs_is_priced_by_the_interval_and_the_wear_is_paid_besides() => Opened()
        .ThenEmitted(new Discharge.Agreed(Grid, Ada, Prices)).ThenState(Agreed)
        .At(Day(0, 18))
        .When(Sell(One, (16, 0), (17, 2_000), (18, 6_000)))
        .ThenEmitted(new Discharge.Delivered(One, Day(0, 16), Day(0, 18), Wh(6_000), Cents(180), Cents(30), Cents(210), 700))
        .ThenBalance(Ada, Cents(10_210)).ThenBalance(Grid, Cents(9_790)).ThenHeld(Cents(0))
        .ThenState(Agreed with { Last = new Discharge.Shown(Day(0, 18), Wh(6_000)) })
        .ThenKept(Discharge.Sales, One, new Discharge.Sold(Day(0, 16), Day(0, 18), Wh(6_000), Cents(180), Cents(30)))
        .When(Sell(One, (16, 0), (17, 2_000), (18, 6_000))).ThenRefused(Discharge.SoldAlready);

    [Fact]
    public void Below_the_floor_nothing_is_sold() => Opened().At(Day(0, 18))
        .When(new Discharge.Sell(Export(One, (16, 0), (17, 2_000)), Charge(399, Day(0, 17)))).ThenRefused(Discharge.BelowFloor)
        .When(new Discharge.SetFloor(1_001), signedBy: [Ada]).ThenRefused(Discharge.NotAFloor)
        .When(new Discharge.SetFloor(399), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Discharge.SetFloor(399), signedBy: [Ada]).ThenEmitted(new Discharge.FloorSet(399))
        .When(new Discharge.Sell(Export(One, (16, 0), (17, 2_000)), Charge(399, Day(0, 17)))).ThenBalance(Ada, Cents(10_030));

    [Fact]
    public void Meter_and_vehicle_sign_for_this_agreement_and_for_the_same_moment() => Opened().At(Day(0, 18))
        .When(new Discharge.Sell(Signing.Signed(new Discharge.Export(It, One, Points((16, 0), (17, 1))), Eve), Charge(700, Day(0, 17)))).ThenRefused(Discharge.NotTheMeter)
        .When(new Discharge.Sell(Export(One, (16, 0), (17, 1)), Signing.Signed(new Discharge.ChargeState(It, Day(0, 17), 700), Box))).ThenRefused(Discharge.NotTheVehicle)
        .When(new Discharge.Sell(Export(One, (16, 0), (17, 1)), Charge(700, Day(0, 17).Plus(301)))).ThenRefused(Discharge.NotTheVehicle)
        .When(new Discharge.Sell(Export(One, (16, 0), (17, 1)), Charge(700, Day(0, 17).Plus(-301)))).ThenRefused(Discharge.NotTheVehicle)
        .Meanwhile(world => world.Open(Agree(), Grid, Ada))
        .When(new Discharge.Sell(Signing.Signed(new Discharge.Export(new(5), One, Points((16, 0), (17, 1))), Box), Charge(700, Day(0, 17)))).ThenRefused(Discharge.NotTheMeter)
        .When(new Discharge.Sell(Export(One, (16, 0), (17, 1)), Signing.Signed(new Discharge.ChargeState(new(5), Day(0, 17), 700), OtherBox))).ThenRefused(Discharge.NotTheVehicle)
        .When(new Discharge.Sell(Export(One, (16, 0), (17, 1_000)), Charge(700, Day(0, 17).Plus(300)))).ThenBalance(Ada, Cents(10_015));

    [Fact]
    public void Time_and_register_never_run_back() => Opened().At(Day(0, 18))
        .When(Sell(One)).ThenRefused(Discharge.NoReading)
        .When(Sell(One, (16, 0), (17, 2_000)))
        .When(Sell(Two, (16, 2_000), (18, 3_000))).ThenRefused(Discharge.RunsBack)
        .When(Sell(Two, (17, 1_999), (18, 3_000))).ThenRefused(Discharge.RunsBack)
        .When(Sell(Two, (17, 2_000), (18, 1_000))).ThenRefused(Discharge.RunsBack)
        .When(Sell(Two, (17, 2_000), (19, 3_000))).ThenRefused(Discharge.AheadOfTime)
        .When(Sell(Two, (17, 2_000), (18, 3_000))).ThenBalance(Ada, Cents(10_030 + 45));

    [Fact]
    public void What_cannot_be_priced_is_not_sold() => Opened().At(Day(0, 18))
        .When(new Discharge.Sell(Signing.Signed(new Discharge.Export(It, One, new Many<MeterPoint>(new(Day(0, 17), Cents(0)), new(Day(0, 18), Cents(9)))), Box), Charge(700, Day(0, 18))))
        .ThenRefused(Discharge.CannotBePriced)
        .When(Sell(One, (-1, 0), (18, 1_000))).ThenRefused(Discharge.NoTariffThen)
        .Meanwhile(world => world.Do(Prices, new Tariff.Withdraw(Day(1)), Grid)).At(Day(2))
        .When(Sell(One, (25, 0), (26, 1_000))).ThenRefused(Discharge.NoTariffThen);

    [Fact]
    public void What_the_mandate_does_not_reach_is_owed() => Open(Evening(), Agree() with { Payments = UpTo(100, 150) }, [Grid, Ada]).At(Day(0, 18))
        .When(Sell(One, (16, 0), (17, 2_000), (18, 6_000))).ThenBalance(Ada, Cents(10_100))
        .ThenState(Agreed with { Last = new Discharge.Shown(Day(0, 18), Wh(6_000)), Owed = Cents(110) })
        .When(new Discharge.End(), signedBy: [Grid]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new Discharge.Pay(Cents(111)), signedBy: [Grid]).ThenRefused(Discharge.NotOwed)
        .When(new Discharge.Pay(Cents(0)), signedBy: [Grid]).ThenRefused(Discharge.NotThisMoney)
        .When(new Discharge.Pay(Wh(1)), signedBy: [Grid]).ThenRefused(Discharge.NotThisMoney)
        .When(new Discharge.Pay(Cents(10)), signedBy: [Grid]).ThenEmitted(new Discharge.PaidUp(Cents(10))).ThenBalance(Ada, Cents(10_110))
        .When(new Discharge.Renew(UpTo(1_000, 1_000)), signedBy: [Grid]).ThenEmitted(new Discharge.Renewed(UpTo(1_000, 1_000)))
        .When(new Discharge.Renew(new Mandate(Wh(1), Wh(1), Day(9))), signedBy: [Grid]).ThenRefused(Discharge.NotThisMoney)
        .When(new Discharge.End(), signedBy: [Ada]).ThenEmitted(new Discharge.Ended(Cents(100))).ThenEnded();

    [Fact]
    public void What_a_sale_should_not_have_brought_is_given_back_also_afterwards() => Open(Evening(), Agree() with { Payments = UpTo(100, 150) }, [Grid, Ada]).At(Day(0, 18))
        .When(Sell(One, (16, 0), (17, 2_000), (18, 6_000)))
        .When(new Discharge.GiveBack(One, Cents(211), Note), signedBy: [Ada]).ThenRefused(Discharge.NotSold)
        .When(new Discharge.GiveBack(Two, Cents(1), Note), signedBy: [Ada]).ThenRefused(Discharge.NotSold)
        .When(new Discharge.GiveBack(One, Cents(0), Note), signedBy: [Ada]).ThenRefused(Discharge.NotThisMoney)
        .When(new Discharge.GiveBack(One, Cents(120), Note), signedBy: [Ada]).ThenEmitted(new Discharge.GivenBack(One, Cents(10), Cents(110), Note)).ThenBalance(Ada, Cents(10_090))
        .When(new Discharge.End(), signedBy: [Grid]).ThenEnded()
        .When(new Discharge.GiveBack(One, Cents(90), Note), signedBy: [Ada]).ThenBalance(Ada, Cents(10_000))
        .ThenKept(Discharge.Sales, One, new Discharge.Sold(Day(0, 16), Day(0, 18), Wh(6_000), Cents(0), Cents(0)))
        .When(new Discharge.GiveBack(One, Cents(1), Note), signedBy: [Ada]).ThenRefused(Discharge.NotSold);

    [Fact]
    public void Terms_are_of_two_parties_in_the_tariffs_money()
    {
        Open(Evening(), Agree() with { Owner = Grid }, [Grid]).ThenRefused(Discharge.NotTwoParties);
        Refused(Agree() with { Wear = Wh(1) }, Discharge.NotThisMoney);
        Refused(Agree() with { Wear = Cents(-1) }, Discharge.NotThisMoney);
        Refused(Agree() with { Payments = new Mandate(Wh(1), Wh(1), Day(9)) }, Discharge.NotThisMoney);
        Refused(Agree() with { Floor = 1_001 }, Discharge.NotAFloor);
        Open(Evening(), Agree(), [Grid]).ThenRefused(KernelRefusal.SignatureMissing);

        void Refused(Discharge.Agree terms, Refusal<Discharge> because) => Open(Evening(), terms, [Grid, Ada]).ThenRefused(because);
    }

    protected override World NewWorld() => Evening();

    protected override Story<Discharge> Opened() => Open(Evening(), Agree(), [Grid, Ada]);

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var document = Hash.Of([(byte)random.Next(40)]);
        if (clause == typeof(Discharge.GiveBack)) return new Discharge.GiveBack(document, Cents(random.Next(-1, 90)), Note);
        if (clause == typeof(Discharge.End) && random.Next(9) > 0) return new Discharge.Pay(Cents(random.Next(1, 90)));
        if (clause != typeof(Discharge.Sell)) return null;
        var from = world.StateOf(It).Last?.Register.Minor ?? 0;
        var points = new Many<MeterPoint>(new(world.Now, Wh(from)), new(world.Now.Plus(random.Next(600)), Wh(from + random.Next(-5, 2_000))));
        return new Discharge.Sell(
            world.Signed(new Discharge.Export(It, document, points), Box), world.Signed(new Discharge.ChargeState(It, world.Now, (ushort)random.Next(300, 1_000)), OtherBox));
    }

    /// <summary>A kWh is 0.10 until 17:00 and 0.40 from then on, without VAT.</summary>
    internal static World Evening()
    {
        var world = Cast.NewWorld();
        var terms = new TariffTerms(Euro, 2, Kwh, new Many<TariffElement>(
            new TariffElement(new Many<PriceComponent>(new PriceComponent(Dimension.Energy, 100_000, 1)), new Restrictions(EndTime: 17 * 60)),
            new TariffElement(new Many<PriceComponent>(new PriceComponent(Dimension.Energy, 400_000, 1)))));
        world.Open(new Tariff.Publish(Grid, terms, World.Began), Grid);
        return world;
    }

    internal static Discharge.Agree Agree() => new(Grid, Ada, Box, OtherBox, Prices, Cents(5), 400, UpTo(50_000, 500_000));

    private static Discharge Agreed => new(Grid, Ada, Box, OtherBox, Prices, Cents(5), 400, null, Cents(0));

    internal static Discharge.Sell Sell(Hash document, params (int Hour, long Wh)[] points) =>
        new(Export(document, points), Charge(700, points.Length == 0 ? Day(0) : Day(0, points[^1].Hour)));

    private static Signed<Discharge.Export> Export(Hash document, params (int Hour, long Wh)[] points) => Signing.Signed(new Discharge.Export(It, document, Points(points)), Box);

    private static Signed<Discharge.ChargeState> Charge(ushort thousandths, Instant at) => Signing.Signed(new Discharge.ChargeState(It, at, thousandths), OtherBox);

    private static Many<MeterPoint> Points(params (int Hour, long Wh)[] points) => new([.. points.Select(point => new MeterPoint(Day(0, point.Hour), Wh(point.Wh)))]);
}
