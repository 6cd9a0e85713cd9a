using Keten.Contracts.Money;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Testing;

namespace Keten.Tests.Contracts;

/// <summary>Who appears in the stories of the contracts, and what stands in their background.</summary>
internal static class Cast
{
    public static readonly Actor Bank = new("Bank"), Grid = new("Grid"), Ada = new("Ada"), Judge = new("Judge"), Box = new("Box"), OtherBox = new("OtherBox"), Eve = new("Eve");

    public static readonly Unit Euro = new(1), Kwh = new(2);

    public static readonly Agreement<EMoney> Money = new(1);

    public static readonly Agreement<Measure> Energy = new(2);

    public static readonly Agreement<Tariff> Prices = new(3);

    public static Amount Cents(long cents) => Euro.Of(cents);

    public static Amount Wh(long wh) => Kwh.Of(wh);

    public static Hash Paper(string name) => Hash.Of(System.Text.Encoding.UTF8.GetBytes(name));

    public static Reference Ref(byte number)
    {
        var bytes = new byte[Reference.Size];
        bytes[^1] = number;
        return new Reference(bytes);
    }

    public static Instant Day(int day, int hour = 0) => World.Began.PlusDays(day).Plus(hour * 3_600);

    /// <summary>A mandate of so many cents each and in all.</summary>
    public static Mandate UpTo(long each, long inAll, int days = 1_000) => new(Cents(each), Cents(inAll), Day(days));

    /// <summary>So much a kWh with 20 % VAT, and nothing else.</summary>
    public static TariffTerms PerKwh(long millionths) =>
        new(Euro, 2, Kwh, new Many<TariffElement>(new TariffElement(new Many<PriceComponent>(new PriceComponent(Dimension.Energy, millionths, 1, new Rate(200_000))))));

    /// <summary>Ada and Grid have 100.00 each, and a kWh costs 0.50 without VAT, 0.60 with it.</summary>
    public static World NewWorld()
    {
        var world = new World(Bank, Grid, Ada, Judge, Box, OtherBox, Eve);
        world.Open(new EMoney.Begin(Bank, "EUR", 2), Bank);
        world.Open(new Measure.Define(Grid, "kWh", 3), Grid);
        world.Do(Money, new EMoney.Issue(Ada, Cents(10_000), Paper("paid in by Ada")), Bank);
        world.Do(Money, new EMoney.Issue(Grid, Cents(10_000), Paper("paid in by Grid")), Bank);
        return world;
    }

    /// <summary>The same, with Grid's tariff published.</summary>
    public static World PricedWorld()
    {
        var world = NewWorld();
        world.Open(new Tariff.Publish(Grid, PerKwh(500_000), World.Began), Grid);
        return world;
    }
}
