using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Parts.Stores;

namespace Keten.Tests.Contracts.Parts;

/// <summary>Parts by their serials: made in one call, mounted once, and found in vehicles by their batch.</summary>
public sealed class SerialPartsStories : ContractTests<SerialParts>
{
    private static readonly Sgtin First = BatteryNo("5001"), Second = BatteryNo("5002"), OneCell = CellNo("77");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 150);

    [Fact]
    public void Ten_thousand_parts_are_made_in_one_call_and_no_serial_twice() => Opened()
        .When(new SerialParts.Admit(Maker, false), signedBy: [Brand]).ThenEmitted(new SerialParts.Admitted(Maker, false))
        .When(new SerialParts.Approve(Cell, Maker, "cell", Promise), signedBy: [Brand, Maker]).ThenEmitted(new SerialParts.Approved(Cell, Maker, "cell", Promise))
        .When(new SerialParts.Make(new Lot(Cell, "1", 10_000), "C-26-01", Sheet), signedBy: [Maker]).ThenEmitted(new SerialParts.Produced(1, new Lot(Cell, "1", 10_000), "C-26-01", Sheet))
        .ThenKept(SerialParts.Made, new BatchKey(1), new Batch(Cell, "C-26-01", 10_000, Day(0), Sheet, null))
        .ThenKept(SerialParts.Ranges, new RangeKey(Gs1.Number(Cell), 10_000), new SerialParts.Serials(1, 1)).ThenState(new SerialParts(Brand, Register, 1, 0, 0, null))
        .When(new SerialParts.Make(new Lot(Cell, "10000", 1), "C-26-02", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.MadeAlready)
        .When(new SerialParts.Make(new Lot(Cell, "10001", 5), "C-26-02", Sheet), signedBy: [Maker]).ThenState(new SerialParts(Brand, Register, 2, 0, 0, null))
        .When(new SerialParts.Make(new Lot(Cell, "9999", 100), "C-26-03", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.MadeAlready)
        .When(new SerialParts.Make(new Lot(Cell, "20000", SerialParts.BatchAtMost + 1), "C", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.Make(new Lot(Cell, "20000", 0), "C", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.Make(new Lot(Cell, "A1", 1), "C", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.Make(new Lot(Cell, "01", 1), "C", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.Make(new Lot(Battery, "1", 1), "B", Sheet), signedBy: []).ThenRefused(SerialParts.NotAnArticle)
        .When(new SerialParts.Make(new Lot(Cell, "20000", 1), "C", Sheet), signedBy: [Brand]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void Serials_of_letters_are_listed_one_by_one() => Stocked()
        .When(new SerialParts.MakeListed(Battery, new("A-1", "007"), "B-26-02", Sheet), signedBy: [Maker]).ThenEmitted(new SerialParts.Produced(3, new Lot(Battery, "A-1", 2), "B-26-02", Sheet))
        .ThenKept(SerialParts.Items, BatteryNo("A-1").Key, New(BatteryNo("A-1"), 3))
        .When(new SerialParts.MakeListed(Battery, new("007"), "B", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.MadeAlready)
        .When(new SerialParts.MakeListed(Battery, new("B", "B"), "B", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.MakeListed(Battery, new("7"), "B", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.MakeListed(Battery, new("a b"), "B", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.MakeListed(Battery, default, "B", Sheet), signedBy: [Maker]).ThenRefused(SerialParts.NotABatch)
        .When(new SerialParts.MakeListed(Unlisted, new("A-1"), "B", Sheet), signedBy: []).ThenRefused(SerialParts.NotAnArticle)
        .When(new SerialParts.Mount(BatteryNo("007"), Vin, By(Works)), signedBy: [Works]).ThenState(Stand(batches: 3));

    [Fact]
    public void An_article_is_agreed_once_between_brand_and_maker() => Stocked()
        .When(new SerialParts.Approve(Cell, Maker, "cell", Promise), signedBy: [Brand, Maker]).ThenRefused(SerialParts.NotAnArticle)
        .When(new SerialParts.Approve("04012345000031", Maker, "wheel", Promise), signedBy: [Brand, Maker]).ThenRefused(SerialParts.NotAnArticle)
        .When(new SerialParts.Approve(Unlisted, Backyard, "wheel", Promise), signedBy: [Brand, Backyard]).ThenRefused(SerialParts.NotAMember)
        .When(new SerialParts.Approve(Unlisted, Maker, "wheel", Promise), signedBy: [Brand]).ThenRefused(KernelRefusal.SignatureMissing);

    [Fact]
    public void A_part_is_mounted_and_taken_out_by_members_and_accredited_garages() => Stocked()
        .When(Mount(First, Vin, Works), signedBy: [Works]).ThenEmitted(new SerialParts.Stepped(First, 1, Mounted(Works, Vin, 0)))
        .ThenKept(SerialParts.Items, First.Key, Somewhere(First, 2, 1, 1, Vin)).ThenKept(SerialParts.Steps, StepKey.Of(First.Key, 1), Mounted(Works, Vin, 0))
        .ThenKept(SerialParts.Fitted, FitKey.Of(Iso3779.Key(Vin), First.Key), new SerialParts.Fit(First))
        .ThenKept(SerialParts.Holders, HoldingKey.Of(2, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 1)).ThenState(Stand())
        .When(Mount(First, Vin, Works), signedBy: [Works]).ThenRefused(SerialParts.ThereAlready)
        .When(new SerialParts.Remove(First, OtherVin, By(Shop)), signedBy: [Shop]).ThenRefused(SerialParts.NotThere)
        .When(new SerialParts.Remove(First, null, By(Shop)), signedBy: [Shop]).ThenRefused(SerialParts.NotThere)
        .When(new SerialParts.Remove(First, Vin, By(Shop)), signedBy: [Shop])
        .ThenEmitted(new SerialParts.Stepped(First, 2, new PartStep(StepKind.Removed, By(Shop), Vin, null, 1, null)))
        .ThenKept(SerialParts.Items, First.Key, Somewhere(First, 2, 2, 2)).ThenKept(SerialParts.Fitted, FitKey.Of(Iso3779.Key(Vin), First.Key), null)
        .ThenKept(SerialParts.Holders, HoldingKey.Of(2, Iso3779.Key(Vin)), null)
        .When(Mount(First, OtherVin, Shop), signedBy: [Shop]).ThenState(Stand())
        .When(Mount(Second, Vin, Backyard), signedBy: [Backyard]).ThenRefused(SerialParts.NotAMember)
        .When(Mount(Second, Vin, Maker), signedBy: [Maker]).ThenRefused(SerialParts.NotAMember)
        .When(Mount(Second, "VIN", Works), signedBy: [Works]).ThenRefused(SerialParts.NotAVin)
        .When(Mount(new Sgtin(Battery, "a b"), Vin, Works), signedBy: [Works]).ThenRefused(SerialParts.NotAPart)
        .When(Mount(new Sgtin("04012345000017", "1"), Vin, Works), signedBy: [Works]).ThenRefused(SerialParts.NotAPart)
        .When(new SerialParts.Mount(Second, Vin, By(Works, day: 1)), signedBy: [Works]).ThenRefused(SerialParts.AheadOfTime);

    [Fact]
    public void A_part_that_is_in_two_vehicles_raises_an_alarm_and_stays_on_both_lists() => Stocked()
        .When(Mount(First, Vin, Works), signedBy: [Works])
        .When(Mount(First, OtherVin, Shop), signedBy: [Shop])
        .ThenEmitted(new SerialParts.Stepped(First, 2, Mounted(Shop, OtherVin, 1)), new SerialParts.Alarmed(1, AlarmKind.Elsewhere, First, Shop, OtherVin))
        .ThenKept(SerialParts.Raised, new AlarmKey(1), new Alarm(AlarmKind.Elsewhere, First, 2, Shop, OtherVin, Day(0), null))
        .ThenKept(SerialParts.Items, First.Key, Somewhere(First, 2, 2, 2, Vin, OtherVin) with { Alarms = 1, Unexplained = 1 }).ThenState(Stand(alarms: 1, unexplained: 1))
        .ThenKept(SerialParts.Holders, HoldingKey.Of(2, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 1))
        .ThenKept(SerialParts.Holders, HoldingKey.Of(2, Iso3779.Key(OtherVin)), new SerialParts.Holding(OtherVin, 1))
        .When(new SerialParts.Explain(1, Why), signedBy: [Brand]).ThenEmitted(new SerialParts.Explained(1, Why)).ThenState(Stand(alarms: 1))
        .ThenKept(SerialParts.Raised, new AlarmKey(1), new Alarm(AlarmKind.Elsewhere, First, 2, Shop, OtherVin, Day(0), Why))
        .When(new SerialParts.Explain(1, Why), signedBy: [Brand]).ThenRefused(SerialParts.NoSuchAlarm)
        .When(new SerialParts.Explain(2, Why), signedBy: [Brand]).ThenRefused(SerialParts.NoSuchAlarm)
        .When(new SerialParts.Correct(First, 1, Why), signedBy: [Works]).ThenRefused(SerialParts.NotTheLatest)
        .When(new SerialParts.Correct(First, 2, Why), signedBy: [Shop]).ThenEmitted(new SerialParts.Corrected(First, 2, Why))
        .ThenKept(SerialParts.Items, First.Key, Somewhere(First, 2, 2, 1, Vin) with { Alarms = 1 }).ThenKept(SerialParts.Holders, HoldingKey.Of(2, Iso3779.Key(OtherVin)), null)
        .ThenKept(SerialParts.Steps, StepKey.Of(First.Key, 2), Mounted(Shop, OtherVin, 1) with { Correction = new PartCorrection(Day(0), Why) })
        .When(new SerialParts.Correct(First, 2, Why), signedBy: [Shop]).ThenRefused(SerialParts.NotTheLatest)
        .When(new SerialParts.Correct(First, 9, Why), signedBy: []).ThenRefused(SerialParts.NotTheLatest);

    [Fact]
    public void What_was_used_before_it_was_made_stays_of_no_batch() => Stocked()
        .When(Mount(BatteryNo("X-1"), Vin, Shop), signedBy: [Shop])
        .When(new SerialParts.MakeListed(Battery, new("X-1", "X-2"), "B-26-02", Sheet), signedBy: [Maker]).ThenKept(SerialParts.Items, BatteryNo("X-2").Key, New(BatteryNo("X-2"), 3))
        .ThenKept(SerialParts.Items, BatteryNo("X-1").Key, Somewhere(BatteryNo("X-1"), 0, 1, 1, Vin) with { Alarms = 1, Unexplained = 1 })
        .When(new SerialParts.Remove(BatteryNo("X-1"), Vin, By(Shop)), signedBy: [Shop]).ThenKept(SerialParts.Holders, HoldingKey.Of(0, Iso3779.Key(Vin)), null);

    [Fact]
    public void A_part_is_said_to_be_in_eight_vehicles_at_most()
    {
        var story = Stocked();
        for (var each = 0; each < SerialParts.VinsAtMost; each++) story.When(Mount(First, Numbered(each), Works), signedBy: [Works]);
        story.ThenState(Stand(alarms: 7, unexplained: 7)).When(Mount(First, Numbered(8), Works), signedBy: [Works]).ThenRefused(SerialParts.TooMuch);
    }

    [Fact]
    public void A_part_that_nobody_made_is_mounted_with_an_alarm_and_never_forgotten()
    {
        var copy = BatteryNo("9999");
        Stocked().When(Mount(copy, Vin, Shop), signedBy: [Shop])
            .ThenEmitted(new SerialParts.Stepped(copy, 1, Mounted(Shop, Vin, 0)), new SerialParts.Alarmed(1, AlarmKind.NeverMade, copy, Shop, Vin))
            .ThenKept(SerialParts.Holders, HoldingKey.Of(0, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 1)).ThenKept(SerialParts.Items, copy.Key, Somewhere(copy, 0, 1, 1, Vin) with { Alarms = 1, Unexplained = 1 });
    }

    [Fact]
    public void What_was_scrapped_does_not_come_back_unseen() => Stocked()
        .When(Mount(First, Vin, Works), signedBy: [Works])
        .When(new SerialParts.Scrap(First, By(Shop)), signedBy: [Shop]).ThenRefused(SerialParts.StillInUse)
        .When(new SerialParts.Remove(First, Vin, By(Shop)), signedBy: [Shop])
        .When(new SerialParts.Scrap(First, By(Shop)), signedBy: [Shop]).ThenKept(SerialParts.Items, First.Key, Somewhere(First, 2, 3, 3) with { Scrapped = true })
        .When(new SerialParts.Scrap(First, By(Shop)), signedBy: [Shop]).ThenRefused(SerialParts.StillInUse)
        .When(new SerialParts.Scrap(new Sgtin(Battery, ""), By(Shop)), signedBy: [Shop]).ThenRefused(SerialParts.NotAPart)
        .When(Mount(First, OtherVin, Shop), signedBy: [Shop])
        .ThenEmitted(new SerialParts.Stepped(First, 4, Mounted(Shop, OtherVin, 3)), new SerialParts.Alarmed(1, AlarmKind.Scrapped, First, Shop, OtherVin))
        .When(new SerialParts.Correct(First, 4, Why), signedBy: [Shop])
        .When(new SerialParts.Correct(First, 3, Why), signedBy: [Shop]).ThenKept(SerialParts.Items, First.Key, Somewhere(First, 2, 4, 2) with { Alarms = 1, Unexplained = 1 })
        .When(new SerialParts.Correct(First, 2, Why), signedBy: [Shop]).ThenKept(SerialParts.Items, First.Key, Somewhere(First, 2, 4, 1, Vin) with { Alarms = 1, Unexplained = 1 })
        .ThenKept(SerialParts.Holders, HoldingKey.Of(2, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 1));

    [Fact]
    public void What_is_in_a_part_goes_where_the_part_goes() => Stocked()
        .When(new SerialParts.Assemble(OneCell, First, By(Works)), signedBy: [Works])
        .ThenEmitted(new SerialParts.Stepped(OneCell, 1, new PartStep(StepKind.Assembled, By(Works), null, First, 0, null)))
        .ThenKept(SerialParts.Inner, InsideKey.Of(First.Key, 1), new SerialParts.Inside(1)).ThenKept(SerialParts.Items, First.Key, New(First, 2) with { Depth = 1 })
        .When(new SerialParts.Assemble(CellNo("78"), First, By(Works)), signedBy: [Works]).ThenKept(SerialParts.Inner, InsideKey.Of(First.Key, 1), new SerialParts.Inside(2))
        .When(new SerialParts.Assemble(OneCell, First, By(Works)), signedBy: [Works]).ThenRefused(SerialParts.ThereAlready)
        .When(Mount(First, Vin, Works), signedBy: [Works]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 2))
        .When(new SerialParts.Assemble(CellNo("79"), First, By(Shop)), signedBy: [Shop]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 3))
        .When(new SerialParts.Remove(CellNo("78"), null, By(Shop)), signedBy: [Shop]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 2))
        .When(new SerialParts.Correct(CellNo("78"), 2, Why), signedBy: [Shop]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 3))
        .When(new SerialParts.Correct(CellNo("79"), 1, Why), signedBy: [Shop]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 2))
        .When(new SerialParts.Remove(First, Vin, By(Shop)), signedBy: [Shop]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), null)
        .ThenKept(SerialParts.Inner, InsideKey.Of(First.Key, 1), new SerialParts.Inside(2))
        .When(new SerialParts.Assemble(First, OneCell, By(Works)), signedBy: [Works]).ThenRefused(SerialParts.IntoItself)
        .When(new SerialParts.Assemble(First, First, By(Works)), signedBy: [Works]).ThenRefused(SerialParts.IntoItself)
        .When(new SerialParts.Assemble(First, new Sgtin(Cell, ""), By(Works)), signedBy: [Works]).ThenRefused(SerialParts.NotAPart);

    [Fact]
    public void What_comes_into_a_part_counts_in_each_vehicle_as_often_as_the_parts_around_it_are_said_to_be_there() => Stocked()
        .When(new SerialParts.Assemble(First, Second, By(Works)), signedBy: [Works]).When(Mount(First, Vin, Works), signedBy: [Works]).When(Mount(Second, Vin, Shop), signedBy: [Shop])
        .When(Mount(Second, OtherVin, Shop), signedBy: [Shop])
        .When(new SerialParts.Assemble(OneCell, First, By(Works)), signedBy: [Works]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 2))
        .ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(OtherVin)), new SerialParts.Holding(OtherVin, 1)).ThenKept(SerialParts.Inner, InsideKey.Of(Second.Key, 1), new SerialParts.Inside(1))
        .When(new SerialParts.Remove(First, Vin, By(Works)), signedBy: [Works]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 1))
        .When(new SerialParts.Remove(OneCell, null, By(Works)), signedBy: [Works]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), null)
        .ThenKept(SerialParts.Inner, InsideKey.Of(Second.Key, 1), null);

    [Fact]
    public void A_cell_that_is_in_one_battery_is_not_in_another() => Stocked()
        .When(new SerialParts.Assemble(OneCell, First, By(Works)), signedBy: [Works])
        .When(new SerialParts.Assemble(OneCell, Second, By(Shop)), signedBy: [Shop])
        .ThenEmitted(new SerialParts.Stepped(OneCell, 2, new PartStep(StepKind.Assembled, By(Shop), null, Second, 1, null)), new SerialParts.Alarmed(1, AlarmKind.Elsewhere, OneCell, Shop, null))
        .ThenKept(SerialParts.Items, OneCell.Key, Somewhere(OneCell, 1, 2, 2) with { Into = First, Alarms = 1, Unexplained = 1 }).ThenKept(SerialParts.Inner, InsideKey.Of(Second.Key, 1), null)
        .When(new SerialParts.Correct(OneCell, 2, Why), signedBy: [Shop]).ThenKept(SerialParts.Items, OneCell.Key, Somewhere(OneCell, 1, 2, 1) with { Into = First, Alarms = 1, Unexplained = 1 })
        .When(Mount(OneCell, Vin, Works), signedBy: [Works])
        .ThenEmitted(new SerialParts.Stepped(OneCell, 3, Mounted(Works, Vin, 1)), new SerialParts.Alarmed(2, AlarmKind.Elsewhere, OneCell, Works, Vin));

    [Fact]
    public void Parts_nest_eight_deep_from_inside_and_from_outside()
    {
        var story = Stocked();
        for (var level = 1; level <= 8; level++) story.When(new SerialParts.Assemble(CellNo(level + ""), CellNo(level + 1 + ""), By(Works)), signedBy: [Works]);
        story.When(new SerialParts.Assemble(CellNo("9"), CellNo("10"), By(Works)), signedBy: [Works]).ThenRefused(SerialParts.IntoItself)
            .When(new SerialParts.Assemble(CellNo("11"), CellNo("1"), By(Works)), signedBy: [Works]).ThenRefused(SerialParts.IntoItself)
            .When(new SerialParts.Assemble(CellNo("11"), CellNo("2"), By(Works)), signedBy: [Works]).ThenKept(SerialParts.Inner, InsideKey.Of(CellNo("9").Key, 1), new SerialParts.Inside(9))
            .When(Mount(CellNo("9"), Vin, Works), signedBy: [Works]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), new SerialParts.Holding(Vin, 10));
    }

    [Fact]
    public void A_batch_that_is_called_back_lists_its_vehicles_and_raises_an_alarm_where_it_is_mounted() => Stocked()
        .When(new SerialParts.Assemble(OneCell, First, By(Works)), signedBy: [Works]).When(Mount(First, Vin, Works), signedBy: [Works])
        .When(Mount(CellNo("80"), OtherVin, Works), signedBy: [Works]).When(new SerialParts.Assemble(CellNo("81"), Second, By(Works)), signedBy: [Works])
        .When(new SerialParts.CallBack(1, "26V103000", Sheet), signedBy: [Maker])
        .ThenEmitted(new SerialParts.Concerned(1, OtherVin, 1), new SerialParts.Concerned(1, Vin, 1), new SerialParts.AllTold(1, 2), new SerialParts.CalledBack(1, new BatchRecall("26V103000", Sheet, Day(0))))
        .ThenKept(SerialParts.Made, new BatchKey(1), new Batch(Cell, "C-26-01", 10_000, Day(0), Sheet, new BatchRecall("26V103000", Sheet, Day(0))))
        .When(new SerialParts.CallBack(1, "26V103000", Sheet), signedBy: [Brand]).ThenRefused(SerialParts.NoSuchBatch)
        .When(new SerialParts.CallBack(3, "26V103000", Sheet), signedBy: []).ThenRefused(SerialParts.NoSuchBatch)
        .When(Mount(Second, OtherVin, Shop), signedBy: [Shop])
        .ThenEmitted(new SerialParts.Stepped(Second, 1, Mounted(Shop, OtherVin, 0)), new SerialParts.Alarmed(1, AlarmKind.CalledBack, Second, Shop, OtherVin))
        .When(new SerialParts.Remove(First, Vin, By(Shop)), signedBy: [Shop]).ThenKept(SerialParts.Holders, HoldingKey.Of(1, Iso3779.Key(Vin)), null);

    [Fact]
    public void A_large_batch_is_told_page_by_page()
    {
        var story = Stocked();
        for (var each = 0; each < 1_001; each++) story.World.Do(story.Agreement, Mount(CellNo((each + 1).ToString(System.Globalization.CultureInfo.InvariantCulture)), Numbered(each), Works), Works);
        story.When(new SerialParts.CallBack(1, "1", Sheet), signedBy: [Brand]).ThenState(Stand() with { Telling = new Telling(1, Numbered(99), 100) })
            .When(new SerialParts.CallBack(2, "2", Sheet), signedBy: [Brand]).ThenRefused(SerialParts.StillTelling)
            .Later(1).ThenState(Stand()).When(new SerialParts.CallBack(2, "2", Sheet), signedBy: [Maker]).ThenEmitted(new SerialParts.AllTold(2, 0), new SerialParts.CalledBack(2, new BatchRecall("2", Sheet, Day(1))));
    }

    [Fact]
    public void A_battery_has_its_passport_attached() => Stocked()
        .When(new SerialParts.Attach(First, "batterypass/GeneralProductInformation", Sheet, Maker), signedBy: [Maker])
        .ThenEmitted(new SerialParts.Attached(First, 1, "batterypass/GeneralProductInformation", Sheet, Maker))
        .ThenKept(SerialParts.Papers, StepKey.Of(First.Key, 1), new Paper("batterypass/GeneralProductInformation", Sheet, Maker, Day(0)))
        .When(new SerialParts.Attach(First, "batterypass/PerformanceAndDurability", Why, Works), signedBy: [Works]).ThenKept(SerialParts.Items, First.Key, New(First, 2) with { Papers = 2 })
        .When(new SerialParts.Attach(First, "report", Why, Shop), signedBy: [Shop]).ThenRefused(SerialParts.NotAMember)
        .When(new SerialParts.Attach(new Sgtin(Battery, ""), "report", Why, Works), signedBy: [Works]).ThenRefused(SerialParts.NotAPart);

    [Fact]
    public void A_member_that_is_dismissed_mounts_no_more() => Stocked()
        .When(new SerialParts.Dismiss(Works), signedBy: [Brand]).ThenEmitted(new SerialParts.Dismissed(Works))
        .When(Mount(First, Vin, Works), signedBy: [Works]).ThenRefused(SerialParts.NotAMember)
        .When(new SerialParts.Dismiss(Works), signedBy: [Brand]).ThenRefused(SerialParts.NotAMember);

    protected override World NewWorld() => Stores.NewWorld();

    protected override Story<SerialParts> Opened() => Open(NewWorld(), new SerialParts.Begin(Brand, Register), [Brand]);

    // Nothing is ever held here, and it does not end.
    protected override void Release(Story<SerialParts> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var (part, vin, note) = (Some(random), random.Next(2) == 0 ? Vin : OtherVin, By(random.Next(2) == 0 ? Works : Shop));
        return clause == typeof(SerialParts.Admit) ? new SerialParts.Admit(random.Next(2) == 0 ? Maker : Works, random.Next(4) > 0)
            : clause == typeof(SerialParts.Dismiss) ? new SerialParts.Explain((uint)random.Next(1, 9), Why)
            : clause == typeof(SerialParts.Approve) ? new SerialParts.Approve(random.Next(2) == 0 ? Cell : Battery, Maker, "part", Promise)
            : clause == typeof(SerialParts.Make) ? new SerialParts.Make(new Lot(random.Next(2) == 0 ? Cell : Battery, random.Next(1, 9) + "", (uint)random.Next(1, 6)), "B", Sheet)
            : clause == typeof(SerialParts.Assemble) ? new SerialParts.Assemble(part, Some(random), note)
            : clause == typeof(SerialParts.Mount) ? new SerialParts.Mount(part, vin, note)
            : clause == typeof(SerialParts.Remove) ? new SerialParts.Remove(part, random.Next(2) == 0 ? vin : null, note)
            : clause == typeof(SerialParts.Scrap) ? new SerialParts.Scrap(part, note)
            : clause == typeof(SerialParts.Correct) ? new SerialParts.Correct(part, (uint)random.Next(1, 6), Why)
            : clause == typeof(SerialParts.CallBack) && random.Next(3) == 0 ? new SerialParts.CallBack((uint)random.Next(1, 4), "1", Sheet)
            : null;
    }

    private static Sgtin Some(Random random) => new(random.Next(2) == 0 ? Cell : Battery, random.Next(1, 5) + "");

    private Story<SerialParts> Stocked()
    {
        var story = Opened();
        Stock(story.World, story.Agreement);
        return story;
    }

    private static SerialParts.Mount Mount(Sgtin part, string vin, Actor by) => new(part, vin, By(by));

    private static PartStep Mounted(Actor by, string vin, uint before) => new(StepKind.Mounted, By(by), vin, null, before, null);

    private static Part New(Sgtin id, uint batch) => new(id, batch, false, null, default, 0, 0, 0, 0, 0, 0);

    private static Part Somewhere(Sgtin id, uint batch, uint steps, uint latest, params string[] vins) => New(id, batch) with { Steps = steps, Latest = latest, Vins = new(vins) };

    private static SerialParts Stand(uint alarms = 0, uint unexplained = 0, uint batches = 2) => new(Brand, Register, batches, alarms, unexplained, null);

    private static string Numbered(int number) => "ZACCJABT0FPB" + number.ToString("D5", System.Globalization.CultureInfo.InvariantCulture);
}
