using Keten.Contracts.Money;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Vehicles;

/// <summary>Who appears in the stories of vehicles, and what stands in their background: agreements 1 money, 2 register, 3 recalls, 4 and 5 the books of two vehicles.</summary>
internal static class Garage
{
    public const string Vin = "1M8GDM9AXKP042788", OtherVin = "1HGCM82633A004352", Italian = "ZACCJABT0FPB66932", Unknown = "JHMCM56557C404453";

    public static readonly Actor Office = new("Office"), Works = new("Works"), Shop = new("Shop"), Tester = new("Tester"), Police = new("Police"), Bob = new("Bob");

    public static readonly Agreement<Registration> Register = new(2);

    public static readonly Agreement<Recalls> Called = new(3);

    public static readonly Agreement<VehicleLife> Book = new(4), OtherBook = new(5);

    /// <summary>Two vehicles are built and have books; nobody has registered them. Ada, Bob and Grid have 100.00 each.</summary>
    public static World BuiltWorld(bool countersigns = false, params Actor[] others)
    {
        var world = new World([Bank, Ada, Bob, Judge, Grid, Eve, Office, Works, Shop, Tester, Police, .. others]);
        world.Open(new EMoney.Begin(Bank, "EUR", 2), Bank);
        foreach (var one in new[] { Ada, Bob, Grid }) world.Do(Money, new EMoney.Issue(one, Cents(10_000), Paper("paid in by " + one.Name)), Bank);
        world.Open(new Registration.Establish(Office, "NL", countersigns), Office);
        world.Do(Register, new Registration.Accredit(Shop, new Registration.Accreditation(true, false, false)), Office);
        world.Do(Register, new Registration.Accredit(Tester, new Registration.Accreditation(false, true, false)), Office);
        world.Do(Register, new Registration.Accredit(Police, new Registration.Accreditation(false, false, true)), Office);
        world.Open(new Recalls.Begin(Works, Register), Works);
        world.Do(Called, new Recalls.Build(new Many<string>(Vin, OtherVin), "spring"), Works);
        world.Open(new VehicleLife.Begin(Vin, Works, Register, Called), Works);
        world.Open(new VehicleLife.Begin(OtherVin, Works, Register, Called), Works);
        return world;
    }

    /// <summary>The same, and Ada keeps the first.</summary>
    public static World KeptWorld(bool countersigns = false, params Actor[] others) => BuiltWorld(countersigns, others).Do(Register, new Registration.Admit(Vin, Ada, Book), Office, Ada);
}
