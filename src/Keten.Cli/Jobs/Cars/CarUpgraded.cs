using Keten.Client;
using Keten.Contracts.Mobility;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>In the car Ada rents a map, which is within the wallet's limits, and gives it back while it is tried.</summary>
internal static class CarUpgraded
{
    private const ushort Map = 1, Autopilot = 2;

    private static readonly Hash Vehicle = CarWorld.Paper(CarWorld.Vin);

    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, wallet, maker) = (world.Cast.Ada, world.Cast.Wallet, world.Cast.Maker);
        world.GoTo(1, 28);
        var offers = new Many<FeatureOffer>(new FeatureOffer(Map, CarWorld.Euro(3_000), Days: 30, DaysToTry: 2), new FeatureOffer(Autopilot, CarWorld.Euro(50_000), Days: 0, DaysToTry: 2));
        var features = await world.OpenAsync<Features>("features are offered", [maker, ada], one => one.Open(Features.Contents, new Features.Agree(maker.Party, ada.Party, offers)));
        await world.DoAsync("the wallet rents a map", [wallet], one => Buy(one, Map, 3_000));
        await world.RefusedAsync("it is rented again", Features.HeldAlready, [wallet], one => Buy(one, Map, 3_000));
        await world.RefusedAsync("the wallet buys what is beyond its limits", KernelRefusal.OverDelegateLimit, [wallet], one => Buy(one, Autopilot, 50_000));
        world.GoTo(1, 29);
        await world.DoAsync("the map is given back, and so is the money", [ada], one => one.Call(Features.Contents, features, new Features.Return(Vehicle, Map)));
        await world.RefusedAsync("it is given back again", Features.NotHeld, [ada], one => one.Call(Features.Contents, features, new Features.Return(Vehicle, Map)));
        await world.DoAsync("nothing more is bought", [ada], one => one.Call(Features.Contents, features, new Features.End()));

        TransactionBuilder Buy(TransactionBuilder one, ushort offer, long cents) =>
            one.Call(Features.Contents, features, new Features.Buy(Vehicle, offer)).AtMost(wallet.Key.Id, CarWorld.Euro(cents));
    }
}
