using Keten.Client;
using Keten.Contracts.Mobility;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Somebody else uses the car for an hour, and is late. Time and distance are paid to Ada, less the shares of platform, insurer and city; a scratch is paid out of the deposit.</summary>
internal static class CarShared
{
    /// <summary>A minute is 0.25, a kilometre 0.30, an hour of lateness 10.00; 20.00 are the deposit.</summary>
    private static readonly SharingTerms Terms = new(CarWorld.Euro(25), CarWorld.Euro(30), CarWorld.Euro(1_000), CarWorld.Euro(2_000), HoursToClaim: 48);

    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, renter) = (world.Cast.Ada, world.Cast.Renter);
        world.GoTo(1, 25);
        var split = new SharingSplit(world.Cast.Platform.Party, new Rate(150_000), world.Cast.Insurer.Party, new Rate(100_000), world.Cast.City.Party, new Rate(50_000));
        var book = new Sharing.Book(
            ada.Party, renter.Party, world.Cast.Arbiter.Party, world.Cast.Car.Party, split, Terms, CarWorld.At(1, 25, 10), CarWorld.At(1, 25, 11), 20, CarWorld.UpTo(5_000, 10_000));
        var sharing = await world.OpenAsync<Sharing>("the car is booked for an hour", [ada, renter], one => one.Open(Sharing.Contents, book).AtMost(renter.Key.Id, CarWorld.Euro(4_100 + 10_000)));
        await world.RefusedAsync("it is unlocked before the time", Sharing.NotNow, [renter], one => one.Call(Sharing.Contents, sharing, new Sharing.Unlock(Shown(2_500_000))));
        world.GoTo(1, 25, 10);
        await world.DoAsync("the renter unlocks it", [renter], one => one.Call(Sharing.Contents, sharing, new Sharing.Unlock(Shown(2_500_000))));
        await world.RefusedAsync("the odometer runs back meanwhile", Sharing.RunsBack, [renter], one => one.Call(Sharing.Contents, sharing, new Sharing.Return(Shown(2_499_999))));
        // At eleven it is not back, and Ada is told.
        world.GoTo(1, 25, 11, 30);
        await world.DoAsync("it is back late", [renter], one => one.Call(Sharing.Contents, sharing, new Sharing.Return(Shown(2_512_345))));
        await world.RefusedAsync("Ada claims damage and shows nothing", Sharing.NotPictures, [ada], one => one.Call(
            Sharing.Contents, sharing, new Sharing.Claim(CarWorld.Euro(1_500), default, CarWorld.Paper("a scratch"))));
        await world.DoAsync("Ada claims a scratch, with a picture", [ada], one => one.Call(
            Sharing.Contents, sharing, new Sharing.Claim(CarWorld.Euro(1_500), new Many<Hash>(CarWorld.Paper("picture")), CarWorld.Paper("a scratch"))));
        await world.DoAsync("the renter agrees", [renter], one => one.Call(Sharing.Contents, sharing, new Sharing.Accept()));

        Signed<Sharing.Shown> Shown(uint metres) => world.Sign(world.Cast.Car, Sharing.Contents.ClauseOf<Sharing.Unlock>(), new Sharing.Shown(sharing, world.Now, metres));
    }
}
