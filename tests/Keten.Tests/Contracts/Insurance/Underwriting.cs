using Keten.Contracts.Insurance;
using Keten.Contracts.Money;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using Keten.Tests.Contracts.Vehicles;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Insurance;

/// <summary>
/// Who appears in the stories of insurance: agreement 1 is the money, 2 the register, 4 the book of Ada's car, 6 the tariff, 7 her policy, 8 the claims under it. She has 1,000.00, the insurer
/// 10,000.00.
/// </summary>
internal static class Underwriting
{
    public static readonly Actor Insurer = new("Insurer"), Assessor = new("Assessor");

    public static readonly Agreement<InsuranceTariff> Market = new(6);

    public static readonly Agreement<MotorPolicy> Policy = new(7);

    public static readonly Agreement<MotorClaims> Claims = new(8);

    public static readonly Hash Derived = Paper("derivation"), Note = Paper("note");

    public static readonly RatingFactor Age = new("age of the holder in years", new(new RatingLevel(18, 1_500_000), new RatingLevel(25, 1_200_000), new RatingLevel(40, 1_000_000)));

    public static readonly RatingFactor Power = new("power in kW", new(new RatingLevel(0, 900_000), new RatingLevel(60, 1_000_000), new RatingLevel(100, 1_250_000)));

    public static readonly ClassScale Scale = new(new Many<uint>(500_000, 600_000, 700_000, 800_000, 900_000, 1_000_000, 1_200_000, 1_500_000), 5, 1, 2);

    /// <summary>480.00 a year; 12.00 for a thousand kilometres, 36.00 for a hundred hours; 150.00 of each damage are the holder's, and 5,000.00 the most that is paid.</summary>
    public static readonly PremiumTerms Terms = new(Cents(48_000), new(Age, Power), Scale, new DrivePrice(Cents(1_200), Cents(3_600)), new CoverTerms(Cents(15_000), Cents(500_000)), 14);

    /// <summary>Forty and sixty: the base risk.</summary>
    public static readonly StatedRisk Risk = new(new Many<byte>(2, 1), Paper("stated"));

    public static readonly PricedRisk Priced = new(5, Cents(48_000), Terms.Driving, Terms.Cover);

    public static readonly DriveCounter Start = new(3, Day(0), 50_000_000, 4_000_000);

    private static readonly World Signing = NewWorld();

    public static World NewWorld()
    {
        var world = Garage.KeptWorld(false, Insurer, Assessor, Box, OtherBox);
        world.Do(Money, new EMoney.Issue(Ada, Cents(90_000), Paper("more of Ada's")), Bank);
        return world.Do(Money, new EMoney.Issue(Insurer, Cents(1_000_000), Paper("the insurer's")), Bank);
    }

    public static World TariffWorld()
    {
        var world = NewWorld();
        world.Open(new InsuranceTariff.Publish(Insurer, Terms, Derived), Insurer);
        return world;
    }

    /// <summary>A year from today, in four instalments.</summary>
    public static MotorPolicy.Quote Quote() => new(Market, Garage.Register, Garage.Vin, Ada, Box, Start, Risk, null, 4, Day(0), Day(10));

    public static MotorPolicy.Accept Accept(long each = 50_000) => new(UpTo(each, 500_000, 2_000));

    /// <summary>What the box shows after so many kilometres and hours, at a moment.</summary>
    public static DriveCounter After(uint number, Instant at, uint kilometres, uint hours) => new(Start.Number + number, at, Start.Metres + kilometres * 1_000, Start.Seconds + hours * 3_600);

    public static MotorPolicy.Drive Driven(DriveCounter counter, Actor? by = null, Agreement<MotorPolicy>? agreement = null) =>
        new(Signing.Signed(new MotorPolicy.Driven(agreement ?? Policy, counter), by ?? Box));

    /// <summary>
    /// From 10 km/h 800.00 are expected, from 20 km/h 1,600.00, from 40 km/h 8,000.00. Two days to veto, 5 to contest, 7 to rule, 10 to repair. In money it is 84 %. Two claims within a day, cover
    /// bought less than a day before, and more than 1,000 km a day are looked at, and repairs that are not in the book.
    /// </summary>
    public static readonly ClaimTerms Handling = new(
        new(new ExpectedDamage(10, Cents(80_000)), new ExpectedDamage(20, Cents(160_000)), new ExpectedDamage(40, Cents(800_000))), 48, 5, 7, 10, new Rate(840_000),
        new(new Watch(Suspicion.SameEvent, 86_400), new Watch(Suspicion.BoughtAfter, 86_400), new Watch(Suspicion.OdometerMisfit, 1_000_000), new Watch(Suspicion.NotInTheBook, 0)));

    /// <summary>Ada has bought her policy.</summary>
    public static World InsuredWorld()
    {
        var world = TariffWorld();
        world.Open(Quote(), Insurer);
        return world.Do(Policy, Accept(), Ada);
    }

    public static MotorClaims.Agree Agree(long each = 600_000) => new(Policy, Assessor, Judge, Handling, UpTo(each, 5_000_000));

    /// <summary>The box has noticed a crash, by default of a severity of which 1,600.00 are expected.</summary>
    public static MotorClaims.Report Crash(string record, Instant at, uint kilometres, ushort severity = 25, Actor? by = null, Agreement<MotorClaims>? agreement = null) =>
        new(Signing.Signed(new MotorClaims.Crash(agreement ?? Claims, Paper(record), at, Start.Metres + kilometres * 1_000, severity), by ?? Box));

    public static MotorClaims.Reckon Estimate(string document, long cents, uint claim = 1, Actor? by = null) =>
        new(Signing.Signed(new MotorClaims.Estimate(Claims, claim, Cents(cents), Paper(document)), by ?? Garage.Shop));

    public static MotorClaims.Invoice Repair(string document, long cents, uint entry, uint claim = 1, Actor? by = null) =>
        new(Signing.Signed(new MotorClaims.Repair(Claims, claim, Cents(cents), Paper(document), entry), by ?? Garage.Shop));

    /// <summary>The garage enters a service into the car's book.</summary>
    public static void Serve(World world, string document) =>
        world.Do(Garage.Book, new VehicleLife.Service(new VehicleLife.Note(Garage.Shop, world.Now, Paper(document), null), Paper("parts"), Paper("labour")), Garage.Shop);

    /// <summary>The car is Bob's from now on.</summary>
    public static void Sell(World world) => world.Do(Garage.Register, new Registration.Transfer(Garage.Vin, Bob), Ada, Garage.Bob);

    private static Actor Bob => Garage.Bob;
}
