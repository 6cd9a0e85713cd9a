using Keten.Client;
using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;

namespace Keten.Cli.Jobs;

/// <summary>The end: the battery is taken out, the car is scrapped, and its number never comes back.</summary>
internal static class CarScrapped
{
    public static async Task PlayAsync(CarWorld world)
    {
        var (bob, garage, dealer, authority) = (world.Cast.Bob, world.Cast.Garage, world.Cast.Dealer, world.Cast.Authority);
        world.GoTo(5, 20);
        await world.RefusedAsync("the battery is scrapped while it is in the car", SerialParts.StillInUse, [garage], one => one.Call(
            SerialParts.Contents, world.Parts, new SerialParts.Scrap(CarWorld.Battery, CarBuilt.Note(world, garage, null))));
        await world.DoAsync("the battery is taken out, and scrapped", [garage], one => one
            .Call(SerialParts.Contents, world.Parts, new SerialParts.Remove(CarWorld.Battery, CarWorld.Vin, CarBuilt.Note(world, garage, null)))
            .Call(SerialParts.Contents, world.Parts, new SerialParts.Scrap(CarWorld.Battery, CarBuilt.Note(world, garage, null))));
        await world.DoAsync("the car is scrapped", [bob, authority], one => one.Call(
            Registration.Contents, world.Register, new Registration.Scrap(CarWorld.Vin, CarWorld.Paper("certificate of destruction"))));
        await world.RefusedAsync("somebody sells it", Registration.NotRegistered, [bob, dealer, authority], one => one.Call(
            Registration.Contents, world.Register, new Registration.Transfer(CarWorld.Vin, dealer.Party)));
        await world.RefusedAsync("its number is registered again", Registration.RegisteredAlready, [dealer, authority], one => one.Call(
            Registration.Contents, world.Register, new Registration.Admit(CarWorld.Vin, dealer.Party, world.Book)));
    }
}
