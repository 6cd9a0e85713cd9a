using Keten.Client;
using Keten.Contracts.Financing;
using Keten.Contracts.Insurance;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Ada settles the loan before its time and sells the car: money against title, and fourteen days to return it. The insurance ends with the sale.</summary>
internal static class CarSold
{
    private const long Price = 800_000, Deposit = 80_000;

    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, bob, authority) = (world.Cast.Ada, world.Cast.Bob, world.Cast.Authority);
        world.GoTo(4, 10);
        var offer = new Sale.Offer(
            ada.Party, bob.Party, world.Cast.Arbiter.Party, world.Register, CarWorld.Vin, CarWorld.Euro(Price), CarWorld.Euro(Deposit), new SaleTerms(7, 7, 7, 14, 0), null);
        var sale = await world.OpenAsync<Sale>("Ada offers the car for 8,000.00", [ada], one => one.Open(Sale.Contents, offer));
        await world.DoAsync("Bob accepts, and pays the deposit in", [bob], one => one.Call(Sale.Contents, sale, new Sale.Accept()).AtMost(bob.Key.Id, CarWorld.Euro(Deposit)));
        await world.RefusedAsync("Bob pays without the title", Sale.NoTitle, [bob], one => Complete(one));
        await world.RefusedAsync("title against money while the lender has the title", Registration.TitleIsRetained, [ada, bob, authority], one => Complete(Transfer(one)));

        await SettleAsync(world);
        await world.RefusedAsync("the insurance ends while Ada keeps the car", MotorPolicy.StillTheKeeper, [ada], one => one.Call(MotorPolicy.Contents, world.Policy, new MotorPolicy.EndBySale()));
        await world.DoAsync("money against title: Bob keeps the car", [ada, bob, authority], one => Complete(Transfer(one)));
        await world.DoAsync("the insurance ends, and the rest of the year goes back", [ada], one => one.Call(MotorPolicy.Contents, world.Policy, new MotorPolicy.EndBySale()));
        // The days to return it are over, and Ada is paid.
        world.GoTo(4, 25);
        await world.RefusedAsync("Bob returns the car too late", KernelRefusal.AgreementEnded, [bob], one => one.Call(Sale.Contents, sale, new Sale.Return()));

        TransactionBuilder Transfer(TransactionBuilder one) => one.Call(Registration.Contents, world.Register, new Registration.Transfer(CarWorld.Vin, bob.Party));
        TransactionBuilder Complete(TransactionBuilder one) => one.Call(Sale.Contents, sale, new Sale.Complete()).AtMost(bob.Key.Id, CarWorld.Euro(Price - Deposit));
    }

    // What it takes on a day can be worked out before: here it is what the ledger is asked to take at most.
    private static async Task SettleAsync(CarWorld world)
    {
        var ada = world.Cast.Ada;
        await world.PayInAsync(ada, 900_000, "Ada's bank lends her what is left");
        await world.DoAsync("Ada settles the loan before its time", [ada], one => one.Call(Loan.Contents, world.Loan, new Loan.Settle()).AtMost(ada.Key.Id, CarWorld.Euro(900_000)));
    }
}
