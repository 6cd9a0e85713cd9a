using Keten.Client;
using Keten.Contracts.Financing;
using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Ada buys the car for 10,000.00, which she borrows: the dealer is paid and the title retained in one transaction.</summary>
internal static class CarBought
{
    private const long Price = 1_000_000;

    /// <summary>6 % over a year: 860.66 a month, and 860.70 at last.</summary>
    private static readonly Plan TwelveMonths = new(CarWorld.Euro(Price), new Rate(60_000), DayCount.Thirty360, Repayment.Annuity, 12, CarWorld.Euro(0), null);

    /// <summary>9.125 % on what is late, a notice for 5.00 each 14 days, called in after 60; 1 % for what is paid back early, in the last year a half.</summary>
    private static readonly LoanTerms Terms = new(14, new ArrearsTerms(new Rate(91_250), 14, CarWorld.Euro(500), 60), new Rate(10_000), new Rate(5_000));

    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, bob, dealer, lender, authority) = (world.Cast.Ada, world.Cast.Bob, world.Cast.Dealer, world.Cast.Lender, world.Cast.Authority);
        world.GoTo(1, 5);
        var leave = CarWorld.UpTo(100_000, 2 * Price);
        world.Loan = await world.OpenAsync<Loan>("a loan is agreed", [lender, ada], one => one
            .Open(Loan.Contents, new Loan.Agree(lender.Party, ada.Party, dealer.Party, TwelveMonths, Terms, new Security(world.Register, CarWorld.Vin), 0, leave))
            .AtMost(lender.Key.Id, CarWorld.Euro(Price)).AtMost(ada.Key.Id, leave.InAll));
        await world.RefusedAsync("the money is drawn without the title", Loan.NoTitle, [ada], one => one.Call(Loan.Contents, world.Loan, new Loan.Draw()));
        await world.RefusedAsync("dealer and buyer leave the authority out", KernelRefusal.SignatureMissing, [dealer, ada], one => one.Call(
            Registration.Contents, world.Register, new Registration.Transfer(CarWorld.Vin, ada.Party)));
        await world.DoAsync("money against title: Ada keeps the car, and the lender its title", [dealer, ada, authority], one => one
            .Call(Registration.Contents, world.Register, new Registration.Transfer(CarWorld.Vin, ada.Party))
            .Call(Registration.Contents, world.Register, new Registration.Retain(CarWorld.Vin, world.Loan))
            .Call(Loan.Contents, world.Loan, new Loan.Draw()));
        await world.RefusedAsync("Ada passes the car on while it is not paid", Registration.TitleIsRetained, [ada, bob, authority], one => one.Call(
            Registration.Contents, world.Register, new Registration.Transfer(CarWorld.Vin, bob.Party)));
    }
}
