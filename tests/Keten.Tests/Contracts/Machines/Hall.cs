using Keten.Contracts.Machines;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;

namespace Keten.Tests.Contracts.Machines;

/// <summary>Who appears in the stories of machines: agreement 1 is the money, 2 the use of a press. A month of it begins with the world.</summary>
internal static class Hall
{
    public static readonly Actor Maker = new("Maker"), Shop = new("Shop"), Press = new("Press"), OtherPress = new("OtherPress"), Lender = new("Lender"), Insurer = new("Insurer"), Fitter = new("Fitter");

    public static readonly Agreement<MachineUse> Use = new(2);

    public static readonly Instant January = World.Began, February = Day(31), March = Day(59);

    /// <summary>1.00 a piece, 0.80 beyond the hundredth; 12.00 an hour; 15.00 credited for an hour of standing; 200.00 a month at least.</summary>
    public static readonly MachineTariff Tariff = new(new(new PriceStep(0, Cents(100), 1), new PriceStep(100, Cents(80), 1)), new(new PriceStep(0, Cents(1_200), 1)), Cents(1_500), Cents(20_000));

    /// <summary>200 minutes of wear, 11,000 min·N·m or three failures call the fitter, who has three days.</summary>
    public static readonly ServiceTerms Service = new(Fitter, 200, 11_000, 3, 3, Cents(5_000));

    /// <summary>The lender has 30 % up to 1,000.00, the insurer 5 %.</summary>
    public static readonly MachineTerms Terms = new(Tariff, Service, new Instalment(Lender, new Rate(300_000), Cents(100_000)), new Premium(Insurer, new Rate(50_000)), 14);

    public static readonly Counter Start = new(7, Day(-1), 10_000, 3_600_000, 7_200, 4);

    public static readonly Actor[] All = [Maker, Shop, Lender, Insurer];

    private static readonly World Signing = NewWorld();

    /// <summary>The shop has 10,000.00, the maker 1,000.00.</summary>
    public static World NewWorld()
    {
        var world = new World(Bank, Maker, Shop, Press, OtherPress, Lender, Insurer, Fitter);
        world.Open(new EMoney.Begin(Bank, "EUR", 2), Bank);
        world.Do(Money, new EMoney.Issue(Shop, Cents(1_000_000), Paper("the shop's")), Bank);
        return world.Do(Money, new EMoney.Issue(Maker, Cents(100_000), Paper("the maker's")), Bank);
    }

    /// <summary>The shop lets the maker collect 5,000.00 a month, and leaves 100.00 as security.</summary>
    public static MachineUse.Agree Agree(long each = 500_000) => new(Maker, Shop, Press, Terms, Start, UpTo(each, 5_000_000), Cents(10_000));

    /// <summary>The first state of it.</summary>
    public static MachineUse Begun => new(Maker, Shop, Press, Terms, Start, Month.From(January, Euro), new Upkeep(4, null), Dues.None(Euro), null, false);

    /// <summary>What the counter shows after so much use, by default at a moment when that is possible.</summary>
    public static Counter After(uint number, Instant at, uint pieces = 0, uint hours = 0, uint down = 0, uint failures = 0) =>
        new(Start.Number + number, at, Start.Pieces + pieces, Start.Seconds + hours * 3_600, Start.Down + down * 3_600, Start.Failures + failures);

    public static MachineUse.Count Reading(Counter counter, Condition condition = default, Actor? by = null, Agreement<MachineUse>? agreement = null) =>
        new(Signing.Signed(new MachineUse.Reading(agreement ?? Use, counter, condition), by ?? Press));

    /// <summary>Time passes to a day, on which the machine signs what it has made since the beginning.</summary>
    public static Story<MachineUse> Makes(this Story<MachineUse> story, uint number, int day, uint pieces, uint hours, uint down = 0) =>
        story.At(Day(day)).When(Reading(After(number, Day(day), pieces, hours, down)));

    /// <summary>The story's agreement a month later: what it told of the month alone.</summary>
    public static MachineUse.Settled SettledMonth(Instant began, Instant until, uint pieces, uint hours, uint down, long cost, long credit, long paid, long owed) =>
        new(began, until, pieces, hours * 3_600, down * 3_600, Cents(cost), Cents(credit), Cents(paid), Cents(owed));
}
