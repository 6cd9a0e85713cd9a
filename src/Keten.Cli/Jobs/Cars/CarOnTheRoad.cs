using System.Security.Cryptography;
using Keten.Client;
using Keten.Contracts.Mobility;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Cli.Jobs;

/// <summary>The car has a wallet: a key of Ada's that may pay a little. It parks, passes a gantry, and charges by ticks while it drives.</summary>
internal static class CarOnTheRoad
{
    private const ushort Street = 17;
    private const uint Ticks = 2_000, Driven = 1_500;

    /// <summary>The plate, as operators know it.</summary>
    private static readonly Hash Plate = CarWorld.Paper("AB-123-C");

    public static async Task PlayAsync(CarWorld world)
    {
        world.GoTo(1, 15);
        await WalletAsync(world);
        await ParkAsync(world);
        await PassAsync(world);
        await ChargeAsync(world);
    }

    private static async Task WalletAsync(CarWorld world)
    {
        var (ada, wallet) = (world.Cast.Ada, world.Cast.Wallet);
        Many<Scope> may = new(MayUse<Parking.Start>(Parking.Contents), MayUse<Parking.Extend>(Parking.Contents), MayUse<Parking.Stop>(Parking.Contents), MayUse<Features.Buy>(Features.Contents));
        await world.DoAsync("the car has a wallet: 40.00 at once, 60.00 a day", [ada, wallet], one => one.Do(
            new KernelCalls.AddDelegate(ada.Party, wallet.Key.Public, may, new Many<SpendingLimit>(new SpendingLimit(CarWorld.Euro(4_000), CarWorld.Euro(6_000))), world.Now.PlusDays(365))));

        static Scope MayUse<TClause>(Contract contract) => new(contract.Code, contract.ClauseOf<TClause>().Number);
    }

    // A minute is 0.02; ten minutes of grace, then a penalty of 25.00.
    private static async Task ParkAsync(CarWorld world)
    {
        var (ada, wallet, carPark) = (world.Cast.Ada, world.Cast.Wallet, world.Cast.CarPark);
        var zone = new ParkingZone(Street, CarWorld.Euro(2), 1, CarWorld.Euro(300), 180, 10, CarWorld.Euro(2_500));
        var parking = await world.OpenAsync<Parking>("parking is agreed", [carPark, ada], one => one
            .Open(Parking.Contents, new Parking.Agree(carPark.Party, ada.Party, new Many<ParkingZone>(zone), CarWorld.UpTo(2_500, 10_000))).AtMost(ada.Key.Id, CarWorld.Euro(10_000)));
        await world.DoAsync("the car parks for an hour", [wallet], one => Start(one, 60));
        await world.RefusedAsync("it parks where it is parked", Parking.ParkedAlready, [wallet], one => Start(one, 60));
        await world.RefusedAsync("the wallet ends the agreement", KernelRefusal.OutsideDelegation, [wallet], one => one.Call(Parking.Contents, parking, new Parking.End()));
        world.GoTo(1, 15, 9, 24);
        await world.DoAsync("it leaves early, and has the rest back", [wallet], one => one.Call(Parking.Contents, parking, new Parking.Stop(Plate)));
        await world.DoAsync("it parks again, and stays", [wallet], one => Start(one, 30));
        world.GoTo(1, 15, 11);
        await world.RefusedAsync("it leaves when the stay has ended by itself", Parking.NotParked, [wallet], one => one.Call(Parking.Contents, parking, new Parking.Stop(Plate)));
        await world.DoAsync("it had only forgotten to: the penalty is given back", [carPark], one => one
            .Call(Parking.Contents, parking, new Parking.GiveBack(2, CarWorld.Euro(2_500), CarWorld.Paper("the camera saw it leave"))).AtMost(carPark.Key.Id, CarWorld.Euro(2_500)));
        await world.DoAsync("parking ends", [ada], one => one.Call(Parking.Contents, parking, new Parking.End()));

        TransactionBuilder Start(TransactionBuilder one, ushort minutes) =>
            one.Call(Parking.Contents, parking, new Parking.Start(Plate, Street, minutes)).AtMost(wallet.Key.Id, CarWorld.Euro(2L * minutes));
    }

    // 0.50 a passage and 8.00 for a hundred kilometres; a day's passages are one payment.
    private static async Task PassAsync(CarWorld world)
    {
        var (ada, road, gantry) = (world.Cast.Ada, world.Cast.Road, world.Cast.Gantry);
        var agree = new RoadToll.Agree(
            road.Party, ada.Party, world.Cast.Arbiter.Party, new Many<TollClass>(new TollClass(1, CarWorld.Euro(50), CarWorld.Euro(800))), new Many<Party>(gantry.Party),
            CarWorld.UpTo(5_000, 50_000), CarWorld.UpTo(5_000, 50_000));
        var toll = await world.OpenAsync<RoadToll>("toll is agreed", [road, ada], one => one
            .Open(RoadToll.Contents, agree).AtMost(ada.Key.Id, CarWorld.Euro(50_000)).AtMost(road.Key.Id, CarWorld.Euro(50_000)));
        var first = Passed("first picture", 25_000, gantry);
        await world.DoAsync("the gantry signs a passage", [road], one => one.Call(RoadToll.Contents, toll, first));
        await world.RefusedAsync("that passage is entered again", RoadToll.PassedAlready, [road], one => one.Call(RoadToll.Contents, toll, first));
        await world.RefusedAsync("the road signs one in the gantry's place", RoadToll.NotAGantry, [road], one => one.Call(RoadToll.Contents, toll, Passed("no picture", 40_000, road)));
        world.GoTo(1, 15, 12);
        await world.DoAsync("the gantry signs another passage", [road], one => one.Call(RoadToll.Contents, toll, Passed("second picture", 40_000, gantry)));
        world.GoTo(1, 16);
        await world.DoAsync("the day was one payment, and toll ends", [ada], one => one.Call(RoadToll.Contents, toll, new RoadToll.End()));

        RoadToll.Pass Passed(string record, uint metres, Actor by) => new(world.Sign(
            by, RoadToll.Contents.ClauseOf<RoadToll.Pass>(), new RoadToll.Passing(toll, CarWorld.Paper(record), Plate, 1, metres, world.Now)));
    }

    // A cent a tick: the ledger sees the opening and one link.
    private static async Task ChargeAsync(CarWorld world)
    {
        var (ada, coil) = (world.Cast.Ada, world.Cast.Coil);
        var payer = new TickPayer(RandomNumberGenerator.GetBytes(Hash.Size), Ticks);
        var open = new TickChannel.Open(ada.Party, coil.Party, CarWorld.Euro(1), Ticks, payer.Anchors, world.Now.PlusDays(1));
        var channel = await world.OpenAsync<TickChannel>("a channel of ticks is opened", [ada], one => one.Open(TickChannel.Contents, open).AtMost(ada.Key.Id, CarWorld.Euro(Ticks)));
        var receiver = new TickReceiver(new TickChannel(open.Payer, open.Payee, open.PerTick, open.Ticks, open.Anchors, open.Until, 0));
        for (uint tick = 1; tick <= Driven; tick++)
            if (!receiver.Take(tick, payer.LinkOf(tick))) throw new InvalidOperationException("A link that the payer made did not lead to the one before it.");
        await world.RefusedAsync("the coil makes up a link", TickChannel.NotALink, [coil], one => one.Call(TickChannel.Contents, channel, new TickChannel.Claim(Ticks, receiver.Link)));
        await world.DoAsync("1,500 ticks are paid by the last link", [coil], one => one.Call(TickChannel.Contents, channel, new TickChannel.Claim(receiver.Ticks, receiver.Link)));
        await world.DoAsync("the coil closes, and the rest goes back", [coil], one => one.Call(TickChannel.Contents, channel, new TickChannel.Close()));
    }
}
