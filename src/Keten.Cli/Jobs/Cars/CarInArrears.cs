using Keten.Client;
using Keten.Contracts.Financing;
using Keten.Contracts.Money;

namespace Keten.Cli.Jobs;

/// <summary>The first instalment is paid by itself. For the second there is no money: it is owed, a notice is given, and it is collected when there is some again.</summary>
internal static class CarInArrears
{
    public static async Task PlayAsync(CarWorld world)
    {
        var (ada, lender) = (world.Cast.Ada, world.Cast.Lender);
        world.GoTo(2, 6);
        await world.RefusedAsync("the lender collects what is not owed", Loan.NothingOwed, [lender], one => one.Call(Loan.Contents, world.Loan, new Loan.Collect()));
        // All that she has, to the cent.
        var left = CarWorld.Euro(world.Balance(ada));
        await world.DoAsync("Ada takes her money out", [ada], one => one
            .Call(EMoney.Contents, world.Money, new EMoney.Redeem(ada.Party, left, CarWorld.Paper("her bank"))).AtMost(ada.Key.Id, left));
        world.GoTo(3, 6);
        await world.RefusedAsync("the lender calls the loan in at once", Loan.NotYet, [lender], one => one.Call(Loan.Contents, world.Loan, new Loan.CallIn()));
        // Fourteen days after the day on which it was due the borrower is reminded.
        world.GoTo(3, 20, 12);
        await world.PayInAsync(ada, 200_000, "Ada has money again");
        await world.RefusedAsync("Ada pays ahead while something is owed", Loan.FirstWhatIsOwed, [ada], one => one
            .Call(Loan.Contents, world.Loan, new Loan.PayAhead(CarWorld.Euro(10_000))).AtMost(ada.Key.Id, CarWorld.Euro(10_000)));
        await world.DoAsync("the lender collects the instalment, with interest and the fee", [lender], one => one.Call(Loan.Contents, world.Loan, new Loan.Collect()));
    }
}
