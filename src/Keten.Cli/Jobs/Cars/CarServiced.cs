using Keten.Client;
using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>What the book is for: a service, an odometer that runs back and is put right, a battery that is said to be in two cars, a recall that a garage closes.</summary>
internal static class CarServiced
{
    public static async Task PlayAsync(CarWorld world)
    {
        await OdometerAsync(world);
        await BatteryAsync(world);
        await RecallAsync(world);
    }

    private static async Task OdometerAsync(CarWorld world)
    {
        var (ada, bob, garage) = (world.Cast.Ada, world.Cast.Bob, world.Cast.Garage);
        world.GoTo(1, 10);
        await world.RefusedAsync("a stranger enters a service", VehicleLife.MayNotWrite, [bob], one => one.Call(VehicleLife.Contents, world.Book, Service(world, bob)));
        await world.DoAsync("the garage serves the car at 1,893 km", [garage], one => one.Call(VehicleLife.Contents, world.Book, Service(world, garage)));
        world.GoTo(1, 11);
        var read = ChargingNetwork.Told<VehicleLife.Read>(VehicleLife.Contents, await world.DoAsync("the odometer shows 1,000 km", [ada], one => one.Call(
            VehicleLife.Contents, world.Book, new VehicleLife.ReadOdometer(Note(world, ada, 1_000)))));
        await world.RefusedAsync("a reading of the day before", VehicleLife.OutOfOrder, [ada], one => one.Call(
            VehicleLife.Contents, world.Book, new VehicleLife.ReadOdometer(Note(world, ada, 1_900) with { At = CarWorld.At(1, 10, 12) })));
        await world.DoAsync("Ada had misread it: 2,000 km", [ada], one => one.Call(
            VehicleLife.Contents, world.Book, new VehicleLife.Correct(read.Number, CarWorld.Paper("photograph"), Result.Done, Kilometres(2_000))));
    }

    private static async Task BatteryAsync(CarWorld world)
    {
        var (maker, garage) = (world.Cast.Maker, world.Cast.Garage);
        var mounted = ChargingNetwork.Told<SerialParts.Stepped>(SerialParts.Contents, await world.DoAsync("the battery is mounted in another car too", [garage], one => one.Call(
            SerialParts.Contents, world.Parts, new SerialParts.Mount(CarWorld.Battery, CarWorld.OtherVin, CarBuilt.Note(world, garage, null)))));
        await world.DoAsync("the maker explains that alarm", [maker], one => one.Call(SerialParts.Contents, world.Parts, new SerialParts.Explain(1, CarWorld.Paper("the serial was mistyped"))));
        await world.RefusedAsync("another one corrects the garage's step", KernelRefusal.SignatureMissing, [world.Cast.Supplier], one => one.Call(
            SerialParts.Contents, world.Parts, new SerialParts.Correct(CarWorld.Battery, mounted.Number, CarWorld.Paper("mistyped"))));
        await world.DoAsync("the garage takes that step back", [garage], one => one.Call(
            SerialParts.Contents, world.Parts, new SerialParts.Correct(CarWorld.Battery, mounted.Number, CarWorld.Paper("mistyped"))));
    }

    private static async Task RecallAsync(CarWorld world)
    {
        var (ada, maker, garage) = (world.Cast.Ada, world.Cast.Maker, world.Cast.Garage);
        world.GoTo(1, 13);
        await world.DoAsync("the maker calls the car back", [maker], one => one.Call(
            Recalls.Contents, world.Recalls, new Recalls.CallBack("26V103000", "battery connector", CarWorld.Paper("instructions"), CarWorld.Vin, CarWorld.Vin, null)));
        await world.RefusedAsync("Ada says that she has remedied it", Recalls.NotAGarage, [ada], one => one.Call(
            Recalls.Contents, world.Recalls, new Recalls.Remedy(1, CarWorld.Vin, ada.Party, CarWorld.Paper("done"))));
        var remedy = new Recalls.Remedy(1, CarWorld.Vin, garage.Party, CarWorld.Paper("connector exchanged"));
        await world.DoAsync("the garage remedies it", [garage], one => one.Call(Recalls.Contents, world.Recalls, remedy));
        await world.RefusedAsync("it is remedied again", Recalls.NotOpen, [garage], one => one.Call(Recalls.Contents, world.Recalls, remedy));
    }

    private static VehicleLife.Service Service(CarWorld world, Actor by) => new(Note(world, by, 1_893), CarWorld.Paper("oil filter"), CarWorld.Paper("one hour"));

    private static VehicleLife.Note Note(CarWorld world, Actor by, uint kilometres) => new(by.Party, world.Now, CarWorld.Paper($"{by.Name}'s note of {world.Now.Seconds}"), Kilometres(kilometres));

    private static Odometer Kilometres(uint shown) => new(shown, DistanceUnit.Kilometre);
}
