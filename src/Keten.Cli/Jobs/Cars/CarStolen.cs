using Keten.Client;
using Keten.Contracts.Vehicles;

namespace Keten.Cli.Jobs;

/// <summary>The car is reported stolen, a gantry sees it, and the authority finds it. Meanwhile it changes no hands.</summary>
internal static class CarStolen
{
    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, bob, road, authority) = (world.Cast.Ada, world.Cast.Bob, world.Cast.Road, world.Cast.Authority);
        world.GoTo(3, 25);
        await world.DoAsync("the car is reported stolen", [ada], one => one.Call(Registration.Contents, world.Register, new Registration.ReportStolen(CarWorld.Vin)));
        var sight = new Registration.Sight(CarWorld.Vin, road.Party, CarWorld.Paper("a picture at the gantry"));
        await world.DoAsync("it is seen on the road", [road], one => one.Call(Registration.Contents, world.Register, sight));
        await world.RefusedAsync("somebody sells it meanwhile", Registration.IsStolen, [ada, bob, authority], one => one.Call(
            Registration.Contents, world.Register, new Registration.Transfer(CarWorld.Vin, bob.Party)));
        world.GoTo(3, 27);
        await world.DoAsync("the authority has found it", [authority], one => one.Call(Registration.Contents, world.Register, new Registration.ReportFound(CarWorld.Vin)));
        await world.RefusedAsync("it is seen again, which is no alarm now", Registration.NotStolen, [road], one => one.Call(Registration.Contents, world.Register, sight));
    }
}
