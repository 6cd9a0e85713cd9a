using Keten.Contracts.Money;
using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Parts;

/// <summary>Who appears in the stories of parts, and what stands in their background: agreements 1 money, 2 register, 3 the brand's parts.</summary>
internal static class Stores
{
    public const string Vin = "1M8GDM9AXKP042788", OtherVin = "1HGCM82633A004352";

    /// <summary>Articles: batteries, cells.</summary>
    public const string Battery = "04012345000016", Cell = "04012345000023", Unlisted = "04012345000030";

    public static readonly Actor Office = new("Office"), Brand = new("Brand"), Maker = new("Maker"), Works = new("Works"), Shop = new("Shop"), Backyard = new("Backyard");

    public static readonly Agreement<Registration> Register = new(2);

    public static readonly Agreement<SerialParts> PartsBook = new(3);

    public static readonly Cover Promise = new(20, 100_000);

    public static readonly Hash Sheet = Paper("sheet"), Done = Paper("protocol"), Why = Paper("why");

    public static Sgtin BatteryNo(string serial) => new(Battery, serial);

    public static Sgtin CellNo(string serial) => new(Cell, serial);

    public static PartNote By(Actor who, int day = 0, uint? kilometres = null) => new(who, Day(day), Done, kilometres is { } shown ? new Odometer(shown, DistanceUnit.Kilometre) : null);

    /// <summary>Money for all, a register with one accredited garage.</summary>
    public static World NewWorld()
    {
        var world = new World(Bank, Ada, Judge, Eve, Office, Brand, Maker, Works, Shop, Backyard);
        world.Open(new EMoney.Begin(Bank, "EUR", 2), Bank);
        foreach (var one in new[] { Brand, Maker, Works, Shop }) world.Do(Money, new EMoney.Issue(one, Cents(1_000_000), Paper("paid in by " + one.Name)), Bank);
        world.Open(new Registration.Establish(Office, "NL", false), Office);
        world.Do(Register, new Registration.Accredit(Shop, new Registration.Accreditation(true, false, false)), Office);
        return world;
    }

    /// <summary>The same, and the brand's record has its articles, and 10,000 cells (batch 1) and 100 batteries (batch 2) are made.</summary>
    public static World StockedWorld()
    {
        var world = NewWorld();
        world.Open(new SerialParts.Begin(Brand, Register), Brand);
        Stock(world, PartsBook);
        return world;
    }

    public static void Stock(World world, Agreement<SerialParts> record) => world
        .Do(record, new SerialParts.Admit(Maker, false), Brand).Do(record, new SerialParts.Admit(Works, true), Brand)
        .Do(record, new SerialParts.Approve(Cell, Maker, "cell", default), Brand, Maker).Do(record, new SerialParts.Approve(Battery, Maker, "battery", Promise), Brand, Maker)
        .Do(record, new SerialParts.Make(new Lot(Cell, "1", 10_000), "C-26-01", Sheet), Maker).Do(record, new SerialParts.Make(new Lot(Battery, "5001", 100), "B-26-01", Sheet), Maker);
}
