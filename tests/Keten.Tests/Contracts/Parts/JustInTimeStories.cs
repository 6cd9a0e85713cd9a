using Keten.Contracts.Parts;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Parts.Stores;

namespace Keten.Tests.Contracts.Parts;

/// <summary>Parts called off into windows, paid as they arrive, and a penalty for a window that is missed.</summary>
public sealed class JustInTimeStories : ContractTests<JustInTime>
{
    private static readonly SupplyTerms Terms = new(Cell, Cents(250), Cents(5_000), Cents(100), 50);

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 150);

    [Fact]
    public void What_arrives_in_its_window_is_paid_and_in_stock() => Opened()
        .ThenEmitted(new JustInTime.Agreed(Works, Maker, Terms)).ThenState(Standing(0, 0, true))
        .When(new JustInTime.CallOff(100, Day(1), Day(2)), signedBy: [Works]).ThenEmitted(new JustInTime.Called(1, 100, Day(1), Day(2)))
        .ThenKept(JustInTime.Windows, new JustInTime.CallOffKey(1), new JustInTime.Window(Day(2)))
        .When(new JustInTime.Advise(1, "DA-7", new(new Lot(Cell, "1", 100))), signedBy: [Maker]).ThenEmitted(new JustInTime.Advised(1, "DA-7", 100, 0))
        .ThenKept(JustInTime.Advices, new JustInTime.CallOffKey(1), new JustInTime.Advice("DA-7", new(new Lot(Cell, "1", 100))))
        .At(Day(1)).When(new JustInTime.Receive(1, new(new Lot(Cell, "1", 60)), 0, Done), signedBy: [Works])
        .ThenEmitted(new JustInTime.Received(1, 60, 0, 40, 40, Cents(15_000), Cents(0), Done)).ThenState(Standing(1, 60, false))
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "61", 40)), 3, Done), signedBy: [Works])
        .ThenEmitted(new JustInTime.Received(1, 40, 3, 60, 0, Cents(10_000), Cents(0), Done)).ThenBalance(Maker, Cents(1_025_000)).ThenBalance(Works, Cents(975_000))
        .ThenKept(JustInTime.CallOffs, new JustInTime.CallOffKey(1), new JustInTime.CalledOff(100, Day(1), Day(2), 100, 3, false, Cents(25_000), Cents(0)))
        .ThenKept(JustInTime.Windows, new JustInTime.CallOffKey(1), null)
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "200", 1)), 0, Done), signedBy: [Works]).ThenRefused(JustInTime.NotCalledOff)
        .When(new JustInTime.Advise(1, "DA-8", new(new Lot(Cell, "1", 1))), signedBy: [Maker]).ThenRefused(JustInTime.NotCalledOff)
        .Later(2).ThenBalance(Maker, Cents(1_025_000));

    [Fact]
    public void A_window_that_closes_on_less_costs_the_supplier_its_penalty_by_itself() => CalledOff()
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "1", 90)), 0, Done), signedBy: [Works])
        .At(Day(2)).ThenEmitted(new JustInTime.WindowMissed(1, 10, Cents(6_000), Cents(0))).ThenBalance(Maker, Cents(1_022_500 - 6_000)).ThenBalance(Works, Cents(977_500 + 6_000))
        .ThenKept(JustInTime.CallOffs, new JustInTime.CallOffKey(1), new JustInTime.CalledOff(100, Day(1), Day(2), 90, 0, true, Cents(22_500), Cents(6_000)))
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "91", 10)), 0, Done), signedBy: [Works]).ThenBalance(Maker, Cents(1_025_000 - 6_000))
        .When(new JustInTime.LetOff(1, Cents(6_001), Why), signedBy: [Works]).ThenRefused(JustInTime.NotSoMuch)
        .When(new JustInTime.LetOff(1, Cents(0), Why), signedBy: [Works]).ThenRefused(JustInTime.NotThisMoney)
        .When(new JustInTime.LetOff(1, Cents(1_000), Why), signedBy: [Works]).ThenEmitted(new JustInTime.LeftOff(1, Cents(1_000), Cents(1_000), Why)).ThenBalance(Maker, Cents(1_020_000))
        .When(new JustInTime.Credit(1, Cents(25_001), Why), signedBy: [Maker]).ThenRefused(JustInTime.NotSoMuch)
        .When(new JustInTime.Credit(1, Cents(0), Why), signedBy: [Maker]).ThenRefused(JustInTime.NotThisMoney)
        .When(new JustInTime.End(Judge), signedBy: [Judge]).ThenRefused(JustInTime.NotAPartyHere)
        .When(new JustInTime.End(Works), signedBy: [Works]).ThenEmitted(new JustInTime.Ended(Works, Cents(0))).ThenEnded()
        .When(new JustInTime.Credit(1, Cents(500), Why), signedBy: [Maker]).ThenEmitted(new JustInTime.Credited(1, Cents(500), Cents(500), Why)).ThenBalance(Maker, Cents(1_019_500));

    [Fact]
    public void What_the_mandates_do_not_reach_is_owed_and_less_of_it_when_it_is_let_off() => Open(NewWorld(), Agree(UpTo(5_000, 5_000), UpTo(2_000, 2_000)), [Works, Maker])
        .When(new JustInTime.CallOff(100, Day(1), Day(2)), signedBy: [Works])
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "1", 60)), 0, Done), signedBy: [Works])
        .ThenEmitted(new JustInTime.Received(1, 60, 0, 0, 40, Cents(5_000), Cents(10_000), Done)).ThenState(Standing(1, 60, false, plantOwes: 10_000))
        .At(Day(2)).ThenEmitted(new JustInTime.WindowMissed(1, 40, Cents(2_000), Cents(7_000))).ThenState(Standing(1, 60, false, 10_000, 7_000))
        .When(new JustInTime.LetOff(1, Cents(7_500), Why), signedBy: [Works]).ThenEmitted(new JustInTime.LeftOff(1, Cents(7_500), Cents(500), Why)).ThenState(Standing(1, 60, false, 10_000, 0))
        .When(new JustInTime.Credit(1, Cents(4_000), Why), signedBy: [Maker]).ThenEmitted(new JustInTime.Credited(1, Cents(4_000), Cents(0), Why)).ThenState(Standing(1, 60, false, 6_000, 0))
        .When(new JustInTime.Pay(Works, Cents(6_001)), signedBy: [Works]).ThenRefused(JustInTime.NotSoMuch)
        .When(new JustInTime.Pay(Works, Cents(0)), signedBy: [Works]).ThenRefused(JustInTime.NotThisMoney)
        .When(new JustInTime.Pay(Judge, Cents(1)), signedBy: [Judge]).ThenRefused(JustInTime.NotAPartyHere)
        .When(new JustInTime.Pay(Works, Cents(1_000)), signedBy: [Works]).ThenEmitted(new JustInTime.PaidUp(Works, Cents(1_000))).ThenBalance(Maker, Cents(1_000_000 + 5_000 - 2_000 + 500 + 1_000))
        .When(new JustInTime.Renew(Judge, UpTo(1, 1)), signedBy: [Judge]).ThenRefused(JustInTime.NotAPartyHere)
        .When(new JustInTime.Renew(Works, UpTo(9, 9)), signedBy: [Works]).ThenEmitted(new JustInTime.Renewed(Works, UpTo(9, 9)))
        .When(new JustInTime.End(Works), signedBy: [Works]).ThenRefused(JustInTime.StillOpen)
        .When(new JustInTime.End(Maker), signedBy: [Maker]).ThenEmitted(new JustInTime.Ended(Maker, Cents(5_000))).ThenEnded();

    [Fact]
    public void Stock_is_kept_by_serial_and_below_the_safety_stock_both_are_told() => CalledOff()
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "1", 60), new Lot(Cell, "101", 40)), 0, Done), signedBy: [Works]).ThenState(Standing(1, 100, false))
        .When(new JustInTime.Use(new Lot(Cell, "11", 10)), signedBy: [Works]).ThenEmitted(new JustInTime.Used(new Lot(Cell, "11", 10), 90))
        .ThenKept(JustInTime.Stock, new RangeKey(Gs1.Number(Cell), 10), new JustInTime.Kept(1)).ThenKept(JustInTime.Stock, new RangeKey(Gs1.Number(Cell), 60), new JustInTime.Kept(21))
        .When(new JustInTime.Use(new Lot(Cell, "11", 1)), signedBy: [Works]).ThenRefused(JustInTime.NotInStock)
        .When(new JustInTime.Use(new Lot(Cell, "60", 2)), signedBy: [Works]).ThenRefused(JustInTime.NotInStock)
        .When(new JustInTime.Use(new Lot(Cell, "9", 3)), signedBy: [Works]).ThenRefused(JustInTime.NotInStock)
        .When(new JustInTime.Use(new Lot(Battery, "5001", 1)), signedBy: [Works]).ThenRefused(JustInTime.NotParts)
        .When(new JustInTime.Use(new Lot(Cell, "101", 40)), signedBy: [Works]).ThenState(Standing(1, 50, false)).ThenKept(JustInTime.Stock, new RangeKey(Gs1.Number(Cell), 140), null)
        .When(new JustInTime.Use(new Lot(Cell, "1", 1)), signedBy: [Works]).ThenEmitted(new JustInTime.Used(new Lot(Cell, "1", 1), 49), new JustInTime.Low(49, 50)).ThenState(Standing(1, 49, true))
        .When(new JustInTime.Use(new Lot(Cell, "2", 1)), signedBy: [Works]).ThenEmitted(new JustInTime.Used(new Lot(Cell, "2", 1), 48))
        .When(new JustInTime.CallOff(10, Day(1), Day(3)), signedBy: [Works])
        .When(new JustInTime.Receive(2, new(new Lot(Cell, "1", 10)), 0, Done), signedBy: [Works]).ThenRefused(JustInTime.InStockAlready)
        .When(new JustInTime.Receive(2, new(new Lot(Cell, "1", 2)), 0, Done), signedBy: [Works]).ThenState(Standing(2, 50, false));

    [Fact]
    public void Only_parts_that_were_made_and_called_off_are_taken_in() => CalledOff()
        .When(new JustInTime.Receive(2, new(new Lot(Cell, "1", 1)), 0, Done), signedBy: [Works]).ThenRefused(JustInTime.NotCalledOff)
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "1", 101)), 0, Done), signedBy: [Works]).ThenRefused(JustInTime.TooMany)
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "9990", 20)), 0, Done), signedBy: [Works]).ThenRefused(JustInTime.NotMade)
        .When(new JustInTime.Receive(1, new(new Lot(Battery, "5001", 1)), 0, Done), signedBy: [Works]).ThenRefused(JustInTime.NotParts)
        .When(new JustInTime.Receive(1, new(new Lot(Cell, "A1", 1)), 0, Done), signedBy: [Works]).ThenRefused(JustInTime.NotParts)
        .When(new JustInTime.Receive(1, default, 0, Done), signedBy: [Works]).ThenRefused(JustInTime.NotParts)
        .When(new JustInTime.Advise(2, "DA", new(new Lot(Cell, "1", 1))), signedBy: [Maker]).ThenRefused(JustInTime.NotCalledOff)
        .When(new JustInTime.Advise(1, "DA", new(new Lot(Cell, "20000", 1))), signedBy: [Maker]).ThenRefused(JustInTime.NotMade);

    [Fact]
    public void A_window_is_ahead_and_fifteen_are_open_at_once()
    {
        var story = Opened()
            .When(new JustInTime.CallOff(0, Day(1), Day(2)), signedBy: [Works]).ThenRefused(JustInTime.NotAWindow)
            .When(new JustInTime.CallOff(1_000_001, Day(1), Day(2)), signedBy: [Works]).ThenRefused(JustInTime.NotAWindow)
            .When(new JustInTime.CallOff(1, Day(2), Day(2)), signedBy: [Works]).ThenRefused(JustInTime.NotAWindow)
            .When(new JustInTime.CallOff(1, Day(-1), Day(0)), signedBy: [Works]).ThenRefused(JustInTime.NotAWindow)
            .When(new JustInTime.CallOff(1, Day(1), Day(401)), signedBy: [Works]).ThenRefused(JustInTime.NotAWindow);
        for (var each = 0; each < JustInTime.WindowsAtMost; each++) story.When(new JustInTime.CallOff(1, Day(1), Day(2)), signedBy: [Works]);
        story.When(new JustInTime.CallOff(1, Day(1), Day(2)), signedBy: [Works]).ThenRefused(JustInTime.TooManyWindows)
            .When(new JustInTime.End(Works), signedBy: [Works]).ThenRefused(JustInTime.StillOpen);
    }

    [Fact]
    public void Nothing_more_is_called_off_when_more_is_owed_than_can_be_reckoned_with()
    {
        var story = Open(NewWorld(), Agree() with { Terms = Terms with { PerMissing = Cents(1L << 36) } }, [Works, Maker]);
        for (var each = 0; each < JustInTime.WindowsAtMost; each++) story.When(new JustInTime.CallOff(JustInTime.PiecesAtMost, Day(1), Day(2)), signedBy: [Works]);
        story.Later(2).When(new JustInTime.CallOff(1, Day(3), Day(4)), signedBy: [Works]).ThenRefused(JustInTime.InArrears);
    }

    [Fact]
    public void Terms_are_of_two_parties_in_one_money()
    {
        Refused(Agree() with { Supplier = Works }, Works);
        Refused(Agree() with { Terms = Terms with { Gtin = "1" } }, Works, Maker);
        Refused(Agree() with { Terms = Terms with { Price = Cents(0) } }, Works, Maker);
        Refused(Agree() with { Terms = Terms with { Missed = Cents(-1) } }, Works, Maker);
        Refused(Agree() with { Terms = Terms with { PerMissing = Cents((1L << 36) + 1) } }, Works, Maker);
        Open(NewWorld(), Agree(), [Works]).ThenRefused(KernelRefusal.SignatureMissing);

        void Refused(JustInTime.Agree terms, params Actor[] signedBy) => Open(NewWorld(), terms, signedBy).ThenRefused(JustInTime.NotTheseTerms);
    }

    protected override World NewWorld() => StockedWorld();

    protected override Story<JustInTime> Opened() => Open(NewWorld(), Agree(), [Works, Maker]);

    // Nothing is ever held here.
    protected override void Release(Story<JustInTime> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var (number, lot) = ((uint)random.Next(1, 6), new Lot(Cell, random.Next(1, 200) + "", (uint)random.Next(1, 20)));
        return clause == typeof(JustInTime.CallOff) ? new JustInTime.CallOff((uint)random.Next(1, 60), world.Now, world.Now.Plus(random.Next(1, 500_000)))
            : clause == typeof(JustInTime.Receive) ? new JustInTime.Receive(number, new(lot), (uint)random.Next(3), Done)
            : clause == typeof(JustInTime.Advise) ? new JustInTime.Advise(number, "DA", new(lot))
            : clause == typeof(JustInTime.Use) ? new JustInTime.Use(new Lot(Cell, random.Next(1, 200) + "", 1))
            : clause == typeof(JustInTime.LetOff) ? new JustInTime.LetOff(number, Cents(random.Next(1, 3_000)), Why)
            : clause == typeof(JustInTime.Credit) ? new JustInTime.Credit(number, Cents(random.Next(1, 3_000)), Why)
            : clause == typeof(JustInTime.End) && random.Next(9) > 0 ? new JustInTime.Pay(random.Next(2) == 0 ? Works : Maker, Cents(random.Next(1, 500)))
            : null;
    }

    private Story<JustInTime> CalledOff() => Opened().When(new JustInTime.CallOff(100, Day(1), Day(2)), signedBy: [Works]);

    private static JustInTime.Agree Agree(Mandate? payment = null, Mandate? penalties = null) =>
        new(Works, Maker, PartsBook, Terms, payment ?? UpTo(100_000, 900_000), penalties ?? UpTo(100_000, 900_000));

    private static JustInTime Standing(uint count, long inStock, bool isLow, long plantOwes = 0, long supplierOwes = 0) =>
        new(Works, Maker, PartsBook, Terms, count, inStock, isLow, Cents(plantOwes), Cents(supplierOwes));
}
