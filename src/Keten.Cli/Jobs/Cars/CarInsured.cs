using Keten.Client;
using Keten.Contracts.Insurance;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>The car is insured by what is stated of the risk and by how it is driven. A crash opens a claim by itself, which pays the garage.</summary>
internal static class CarInsured
{
    private const uint Hour = 3_600;

    /// <summary>480.00 a year for the base risk, 12.00 for a thousand kilometres and 36.00 for a hundred hours; 150.00 of each damage are the holder's, and 5,000.00 the most that is paid.</summary>
    private static readonly PremiumTerms Terms = new(
        CarWorld.Euro(48_000),
        new(
            new RatingFactor("age of the holder in years", new(new RatingLevel(18, 1_500_000), new RatingLevel(25, 1_200_000), new RatingLevel(40, 1_000_000))),
            new RatingFactor("power in kW", new(new RatingLevel(0, 900_000), new RatingLevel(60, 1_000_000), new RatingLevel(100, 1_250_000)))),
        new ClassScale(new Many<uint>(700_000, 800_000, 900_000, 1_000_000, 1_200_000, 1_500_000), First: 3, Down: 1, Up: 2),
        new DrivePrice(CarWorld.Euro(1_200), CarWorld.Euro(3_600)), new CoverTerms(CarWorld.Euro(15_000), CarWorld.Euro(500_000)), DaysOfGrace: 14);

    /// <summary>From 10 km/h 800.00 are expected, from 20 km/h 1,600.00. Two days to veto, and four rules that have a human look.</summary>
    private static readonly ClaimTerms Handling = new(
        new(new ExpectedDamage(10, CarWorld.Euro(80_000)), new ExpectedDamage(20, CarWorld.Euro(160_000))), HoursToVeto: 48, DaysToContest: 5, DaysToRule: 7, DaysToRepair: 10, new Rate(840_000),
        new(new Watch(Suspicion.SameEvent, 86_400), new Watch(Suspicion.BoughtAfter, 86_400), new Watch(Suspicion.OdometerMisfit, 1_000_000), new Watch(Suspicion.NotInTheBook, 0)));

    /// <summary>A quote, a policy, and how claims are handled.</summary>
    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, insurer) = (world.Cast.Ada, world.Cast.Insurer);
        world.GoTo(1, 6);
        var tariff = await world.OpenAsync<InsuranceTariff>(
            "the insurer publishes its tariff", [insurer], one => one.Open(InsuranceTariff.Contents, new InsuranceTariff.Publish(insurer.Party, Terms, CarWorld.Paper("derivation"))));
        var quote = new MotorPolicy.Quote(
            tariff, world.Register, CarWorld.Vin, ada.Party, world.Cast.Car.Party, Shown(1, CarWorld.At(1, 6, 9), 200, 4), new StatedRisk(new Many<byte>(2, 1), CarWorld.Paper("stated")),
            null, Instalments: 1, CarWorld.At(1, 6), CarWorld.At(1, 16));
        await world.RefusedAsync("a quote for who does not keep the car", MotorPolicy.NotTheKeeper, [insurer], one => one.Open(MotorPolicy.Contents, quote with { Holder = world.Cast.Bob.Party }));
        world.Policy = await world.OpenAsync<MotorPolicy>("a quote for Ada", [insurer], one => one.Open(MotorPolicy.Contents, quote));
        await world.DoAsync("Ada takes it, and pays the year", [ada], one => one
            .Call(MotorPolicy.Contents, world.Policy, new MotorPolicy.Accept(CarWorld.UpTo(50_000, 200_000))).AtMost(ada.Key.Id, CarWorld.Euro(48_000 + 200_000)));
        var agree = new MotorClaims.Agree(world.Policy, world.Cast.Assessor.Party, world.Cast.Arbiter.Party, Handling, CarWorld.UpTo(600_000, 1_000_000));
        world.Claims = await world.OpenAsync<MotorClaims>(
            "how claims are handled is agreed", [insurer, ada], one => one.Open(MotorClaims.Contents, agree).AtMost(insurer.Key.Id, CarWorld.Euro(1_000_000)));
    }

    /// <summary>What the car says it was driven.</summary>
    public static async Task DriveAsync(CarWorld world)
    {
        world.GoTo(1, 20);
        var driven = new MotorPolicy.Drive(world.Sign(world.Cast.Car, MotorPolicy.Contents.ClauseOf<MotorPolicy.Drive>(), new MotorPolicy.Driven(world.Policy, Shown(2, world.Now, 2_400, 37))));
        await world.DoAsync("2,200 km are counted for the premium", [world.Cast.Ada], one => one.Call(MotorPolicy.Contents, world.Policy, driven));
        await world.RefusedAsync("they are counted again", MotorPolicy.CountedAlready, [world.Cast.Ada], one => one.Call(MotorPolicy.Contents, world.Policy, driven));
    }

    /// <summary>A crash, and its repair.</summary>
    public static async Task CrashAsync(CarWorld world)
    {
        var (ada, garage, police) = (world.Cast.Ada, world.Cast.Garage, world.Cast.Police);
        world.GoTo(1, 21, 18);
        var crash = new MotorClaims.Report(world.Sign(world.Cast.Car, MotorClaims.Contents.ClauseOf<MotorClaims.Report>(), new MotorClaims.Crash(world.Claims, CarWorld.Paper("crash record"), world.Now, 2_450_000, 25)));
        await world.DoAsync("a crash opens a claim by itself", [ada], one => one.Call(MotorClaims.Contents, world.Claims, crash));
        await world.RefusedAsync("the same record is handed in again", MotorClaims.SeenAlready, [ada], one => one.Call(MotorClaims.Contents, world.Claims, crash));
        await world.DoAsync("the police enter the collision into the book", [police], one => one.Call(
            VehicleLife.Contents, world.Book, new VehicleLife.Collide(new VehicleLife.Note(police.Party, world.Now, CarWorld.Paper("police report"), null))));

        // Two days later nobody has vetoed it.
        world.GoTo(1, 24);
        var invoice = CarWorld.Paper("invoice for a bumper");
        var entered = ChargingNetwork.Told<VehicleLife.Serviced>(VehicleLife.Contents, await world.DoAsync("the garage repairs, and the book shows it", [garage], one => one.Call(
            VehicleLife.Contents, world.Book, new VehicleLife.Service(new VehicleLife.Note(garage.Party, world.Now, invoice, null), CarWorld.Paper("a bumper"), CarWorld.Paper("four hours")))));
        var repair = world.Sign(garage, MotorClaims.Contents.ClauseOf<MotorClaims.Invoice>(), new MotorClaims.Repair(world.Claims, 1, CarWorld.Euro(120_000), invoice, entered.Number));
        await world.RefusedAsync("an invoice that the car itself signed", MotorClaims.NotAGarage, [ada], one => one.Call(
            MotorClaims.Contents, world.Claims, new MotorClaims.Invoice(world.Sign(world.Cast.Car, MotorClaims.Contents.ClauseOf<MotorClaims.Invoice>(), repair.Statement))));
        await world.DoAsync("the claim pays the garage", [ada], one => one.Call(MotorClaims.Contents, world.Claims, new MotorClaims.Invoice(repair)));
        await world.DoAsync("Ada wants no more of it", [ada], one => one.Call(MotorClaims.Contents, world.Claims, new MotorClaims.Close(1)));
    }

    private static DriveCounter Shown(uint number, Instant at, uint kilometres, uint hours) => new(number, at, kilometres * 1_000, hours * Hour);
}
