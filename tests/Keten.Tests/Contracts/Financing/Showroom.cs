using Keten.Contracts.Financing;
using Keten.Contracts.Money;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Financing;

/// <summary>
/// Who appears in the stories of financing: agreements 1 money, 2 register, 3 recalls, 4 the book of a vehicle that the Dealer keeps; 5 is the loan or the lease. Lender and OtherLender have
/// 20,000.00 each, Ada 3,000.00, the Dealer 1,000.00.
/// </summary>
internal static class Showroom
{
    public static readonly Actor Lender = new("Lender"), OtherLender = new("OtherLender"), Dealer = new("Dealer");

    public static readonly Agreement<Loan> TheLoan = new(5);

    public static readonly Hash Note = Paper("note");

    /// <summary>10,000.00 at 6 % over a year: 860.66 a month, and 860.70 at last.</summary>
    public static readonly Plan Year = new(Cents(1_000_000), new Rate(60_000), DayCount.Thirty360, Repayment.Annuity, 12, Cents(0), null);

    /// <summary>9.125 % on what is late, a notice for 5.00 each 14 days, called in after 60; 1 % for what is paid back early, in the last year a half.</summary>
    public static readonly LoanTerms Terms = new(14, new ArrearsTerms(new Rate(91_250), 14, Cents(500), 60), new Rate(10_000), new Rate(5_000));

    public static World NewWorld()
    {
        var world = new World(Bank, Lender, OtherLender, Dealer, Ada, Eve, Box, Office, Works);
        world.Open(new EMoney.Begin(Bank, "EUR", 2), Bank);
        foreach (var (who, cents) in new[] { (Lender, 2_000_000L), (OtherLender, 2_000_000L), (Ada, 300_000L), (Dealer, 100_000L) }) world.Do(Money, new EMoney.Issue(who, Cents(cents), Paper("paid in by " + who.Name)), Bank);
        world.Open(new Registration.Establish(Office, "NL", false), Office);
        world.Open(new Recalls.Begin(Works, Register), Works);
        world.Do(Called, new Recalls.Build(new Many<string>(Vin), "spring"), Works);
        world.Open(new VehicleLife.Begin(Vin, Works, Register, Called), Works);
        return world.Do(Register, new Registration.Admit(Vin, Dealer, Book), Office, Dealer);
    }

    /// <summary>Somebody pays in.</summary>
    public static World Gives(this World world, Actor who, long cents) => world.Do(Money, new EMoney.Issue(who, Cents(cents), Paper($"{who.Name} {cents} {world.Now}")), Bank);

    /// <summary>Somebody takes out.</summary>
    public static World Takes(this World world, Actor who, long cents) => world.Do(Money, new EMoney.Redeem(who, Cents(cents), Paper($"{who.Name} {cents} {world.Now} out")), who);

    public static Loan.Agree Agree(Plan? plan = null, LoanTerms? terms = null) =>
        new(Lender, Ada, Dealer, plan ?? Year, terms ?? Terms, new Security(Register, Vin), 0, UpTo(100_000, 2_000_000));

    /// <summary>The same without a vehicle, for cash.</summary>
    public static Loan.Agree Cash(Plan? plan = null, LoanTerms? terms = null) => Agree(plan, terms) with { Payee = Ada, Security = null };

    /// <summary>The Dealer makes Ada the keeper, and she has the title retained.</summary>
    public static World Sells(this World world) =>
        world.Do(Register, new Registration.Transfer(Vin, Ada), Dealer, Ada).Do(Register, new Registration.Retain(Vin, TheLoan), Ada);
}
