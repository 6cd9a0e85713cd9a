using System.Text.Json;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Vehicles;

/// <summary>A vehicle's book: who writes what into it, what is an alarm, and how an entry is put right.</summary>
public sealed class VehicleLifeStories : ContractTests<VehicleLife>
{
    private static readonly Hash Sheet = Paper("sheet"), Right = Paper("what is right");

    [Fact]
    public void The_contract_is_told_whole() => CheckTold();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_sequence_of_calls_keeps_the_rules(int seed) => CheckAnySequence(seed, 200);

    [Fact]
    public void A_maker_begins_the_book_of_what_it_has_built()
    {
        Open(KeptWorld(), new VehicleLife.Begin(Unknown, Works, Register, Called), [Works]).ThenRefused(VehicleLife.NotBuilt);
        Open(KeptWorld(), new VehicleLife.Begin("", Works, Register, Called), [Works]).ThenRefused(VehicleLife.NotBuilt);
        Open(KeptWorld(), new VehicleLife.Begin(Vin, Shop, Register, Called), [Shop]).ThenRefused(VehicleLife.NotBuilt);
        Opened().ThenEmitted(new VehicleLife.Begun(Vin, Works)).ThenState(State(0, 0, 0));
    }

    [Fact]
    public void A_garage_services_with_parts_and_labour() => Opened()
        .When(new VehicleLife.Service(Note(Shop, 40_000), Paper("parts"), Paper("labour")), signedBy: [Shop])
        .ThenEmitted(
            new VehicleLife.Entered(1, Entry(EntryKind.Service, Shop)), new VehicleLife.Read(1, Km(40_000)), new VehicleLife.Serviced(1, Paper("parts"), Paper("labour")))
        .ThenState(State(1, 1, 0)).ThenKept(VehicleLife.Readings, new(1), new VehicleLife.Reading(Day(0), Km(40_000), null, 40_000_000_000, false, 0));

    [Fact]
    public void Each_writes_what_they_may() => Opened()
        .When(new VehicleLife.Service(Note(Tester), Sheet, Sheet), signedBy: [Tester]).ThenRefused(VehicleLife.MayNotWrite)
        .When(new VehicleLife.Inspect(Note(Shop), true, null), signedBy: [Shop]).ThenRefused(VehicleLife.MayNotWrite)
        .When(new VehicleLife.Collide(Note(Ada)), signedBy: [Ada]).ThenRefused(VehicleLife.MayNotWrite)
        .When(new VehicleLife.Update(Note(Police), Firmware, Result.Done), signedBy: [Police]).ThenRefused(VehicleLife.MayNotWrite)
        .When(new VehicleLife.ReadOdometer(Note(Eve, 5)), signedBy: [Eve]).ThenRefused(VehicleLife.MayNotWrite)
        .When(new VehicleLife.Measure(Note(Bob), "Vehicle.Speed", 5), signedBy: [Bob]).ThenRefused(VehicleLife.MayNotWrite)
        .When(new VehicleLife.ReadOdometer(Note(Ada, 5)), signedBy: [Shop]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new VehicleLife.Inspect(Note(Tester), true, Day(365)), signedBy: [Tester])
        .ThenEmitted(new VehicleLife.Entered(1, Entry(EntryKind.Inspection, Tester, Result.Passed)), new VehicleLife.Inspected(1, true, Day(365)))
        .When(new VehicleLife.Inspect(Note(Tester), false, null), signedBy: [Tester]).ThenKept(VehicleLife.Log, new(2), Entry(EntryKind.Inspection, Tester, Result.Failed))
        .When(new VehicleLife.Collide(Note(Police)), signedBy: [Police]).ThenEmitted(new VehicleLife.Entered(3, Entry(EntryKind.Collision, Police)))
        .When(new VehicleLife.ReadOdometer(Note(Ada, 5)), signedBy: [Ada]).ThenState(State(4, 4, 0));

    [Fact]
    public void Software_over_the_air_leaves_version_hash_and_outcome() => Opened()
        .When(new VehicleLife.Update(Note(Works), Firmware, Result.RolledBack), signedBy: [Works])
        .ThenEmitted(new VehicleLife.Entered(1, Entry(EntryKind.Software, Works, Result.RolledBack)), new VehicleLife.Updated(1, Firmware, Result.RolledBack))
        .ThenKept(VehicleLife.Software, new(1), Firmware);

    [Fact]
    public void A_measure_bears_the_name_of_its_signal() => Opened()
        .When(new VehicleLife.Measure(Note(Ada), "Vehicle.Powertrain.TractionBattery.StateOfHealth", 93_500), signedBy: [Ada])
        .ThenEmitted(new VehicleLife.Entered(1, Entry(EntryKind.Measurement, Ada)), new VehicleLife.Measured(1, "Vehicle.Powertrain.TractionBattery.StateOfHealth", 93_500))
        .When(new VehicleLife.Measure(Note(Ada), "Vehicle", 1), signedBy: [Ada]).ThenRefused(VehicleLife.NotASignal)
        .When(new VehicleLife.Measure(Note(Ada), "Vehicle.", 1), signedBy: [Ada]).ThenRefused(VehicleLife.NotASignal)
        .When(new VehicleLife.Measure(Note(Ada), "Vehicle..Speed", 1), signedBy: [Ada]).ThenRefused(VehicleLife.NotASignal)
        .When(new VehicleLife.Measure(Note(Ada), "Vehicle.The speed", 1), signedBy: [Ada]).ThenRefused(VehicleLife.NotASignal)
        .When(new VehicleLife.Measure(Note(Ada), "Vehikel.Speed", 1), signedBy: [Ada]).ThenRefused(VehicleLife.NotASignal);

    [Fact]
    public void An_odometer_that_shows_less_is_an_alarm_in_whatever_it_counts() => Opened()
        .When(new VehicleLife.ReadOdometer(Note(Ada, 100_000)), signedBy: [Ada])
        .When(new VehicleLife.ReadOdometer(Note(Ada) with { Odometer = new Odometer(62_138, DistanceUnit.Mile) }), signedBy: [Ada]).ThenState(State(2, 2, 0))
        .When(new VehicleLife.ReadOdometer(Note(Ada, 100_000)), signedBy: [Ada])
        .ThenEmitted(new VehicleLife.Entered(3, Entry(EntryKind.Reading, Ada)), new VehicleLife.Read(3, Km(100_000)), new VehicleLife.RolledBack(3, Km(100_000), 100_001_417_472))
        .ThenState(State(3, 3, 1))
        .ThenKept(VehicleLife.Readings, new(3), new VehicleLife.Reading(Day(0), Km(100_000), null, 100_001_417_472, true, 2));

    [Fact]
    public void Readings_are_entered_in_the_order_of_time() => Opened().Later(2)
        .When(new VehicleLife.ReadOdometer(Note(Ada, 10) with { At = Day(2) }), signedBy: [Ada])
        .When(new VehicleLife.ReadOdometer(Note(Ada, 11) with { At = Day(1) }), signedBy: [Ada]).ThenRefused(VehicleLife.OutOfOrder)
        .When(new VehicleLife.ReadOdometer(Note(Ada, 11) with { At = Day(2).Plus(10_000) }), signedBy: [Ada]).ThenRefused(VehicleLife.AheadOfTime)
        .When(new VehicleLife.ReadOdometer(Note(Ada)), signedBy: [Ada]).ThenRefused(VehicleLife.NoReading)
        .When(new VehicleLife.Collide(Note(Police)), signedBy: [Police]).ThenState(State(2, 1, 0));

    [Fact]
    public void A_corrected_reading_shows_what_it_was_and_clears_false_alarms() => Opened()
        .When(new VehicleLife.ReadOdometer(Note(Ada, 9_000)), signedBy: [Ada])
        .When(new VehicleLife.Service(Note(Shop, 1_000_000), Sheet, Sheet), signedBy: [Shop])
        .When(new VehicleLife.ReadOdometer(Note(Ada, 10_100)), signedBy: [Ada]).ThenState(State(3, 3, 1))
        .When(new VehicleLife.Correct(2, Right, Result.Done, Km(10_000)), signedBy: [Ada]).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new VehicleLife.Correct(2, Right, Result.Done, Km(10_000)), signedBy: [Shop]).ThenEmitted(new VehicleLife.Corrected(2, 4, Km(10_000)))
        .ThenState(State(4, 3, 0))
        .ThenKept(VehicleLife.Log, new(2), Entry(EntryKind.Service, Shop) with { CorrectedBy = 4 })
        .ThenKept(VehicleLife.Log, new(4), new VehicleLife.Entry(EntryKind.Correction, Shop, Day(0), Result.Done, Right, 2, null))
        .ThenKept(VehicleLife.Readings, new(2), new VehicleLife.Reading(Day(0), Km(10_000), Km(1_000_000), 10_000_000_000, false, 1))
        .ThenKept(VehicleLife.Readings, new(3), new VehicleLife.Reading(Day(0), Km(10_100), null, 10_100_000_000, false, 2))
        .When(new VehicleLife.Correct(2, Right, Result.Done, Km(20_000)), signedBy: [Shop]).ThenState(State(5, 3, 1))
        .ThenKept(VehicleLife.Readings, new(2), new VehicleLife.Reading(Day(0), Km(20_000), Km(1_000_000), 20_000_000_000, false, 1));

    [Fact]
    public void Only_what_was_entered_is_corrected() => Opened()
        .When(new VehicleLife.Collide(Note(Police)), signedBy: [Police])
        .When(new VehicleLife.Correct(1, Right, Result.Done, Km(1)), signedBy: [Police]).ThenRefused(VehicleLife.NoReading)
        .When(new VehicleLife.Correct(2, Right, Result.Done, null), signedBy: []).ThenRefused(VehicleLife.NoSuchEntry)
        .When(new VehicleLife.Correct(1, Right, Result.Done, null), signedBy: [Police]).ThenEmitted(new VehicleLife.Corrected(1, 2, null))
        .When(new VehicleLife.Correct(2, Right, Result.Done, null), signedBy: []).ThenRefused(KernelRefusal.SignatureMissing)
        .When(new VehicleLife.Correct(2, Right, Result.Done, null), signedBy: [Police]).ThenRefused(VehicleLife.NoSuchEntry);

    [Fact]
    public void A_reading_with_too_many_behind_it_stays()
    {
        var story = Opened();
        for (uint each = 0; each <= VehicleLife.ReadingsAtMost; each++) story.World.Do(story.Agreement, new VehicleLife.ReadOdometer(Note(Ada, each)), Ada);
        story.When(new VehicleLife.Correct(1, Right, Result.Done, Km(1)), signedBy: [Ada]).ThenRefused(VehicleLife.TooOld)
            .When(new VehicleLife.Correct(2, Right, Result.Done, Km(1)), signedBy: [Ada]).ThenEmitted(new VehicleLife.Corrected(2, 502, Km(1)));
    }

    [Fact]
    public void An_entry_on_a_stolen_vehicle_is_an_alarm() => Opened().Meanwhile(world => world.Do(Register, new Registration.ReportStolen(Vin), Ada))
        .When(new VehicleLife.Collide(Note(Police)), signedBy: [Police])
        .ThenEmitted(new VehicleLife.Entered(1, Entry(EntryKind.Collision, Police)), new VehicleLife.UsedWhileStolen(1, Police));

    [Fact]
    public void The_keeper_of_the_day_and_the_authority_read_and_before_that_the_maker()
    {
        var world = KeptWorld();
        Assert.Equal([Ada.Party, Office.Party], ReadersOf(world, Book));
        Assert.Equal([Works.Party, Office.Party], ReadersOf(world, OtherBook));
        world.Do(Register, new Registration.Transfer(Vin, Bob), Ada, Bob);
        Assert.Equal([Bob.Party, Office.Party], ReadersOf(world, Book));
    }

    [DataFact]
    public void The_readings_of_a_real_car_end_in_an_alarm()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Data.Path("odometer", "odometer.json")));
        var story = Opened().Later(0);
        var alarms = new List<uint>();
        uint before = 0, number = 0;
        foreach (var reading in file.RootElement[0].GetProperty("readings").EnumerateArray())
        {
            var at = new Instant(new DateTimeOffset(DateTime.Parse(reading[0].GetString()!, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeSeconds());
            var (shown, last) = (reading[1].GetUInt32(), story.State.RollBacks);
            story.When(new VehicleLife.ReadOdometer(new VehicleLife.Note(Ada, at, Sheet, new Odometer(shown, DistanceUnit.Mile))), signedBy: [Ada]);
            number++;
            if (story.State.RollBacks > last) alarms.Add(shown);
            else before = shown;
        }
        Assert.Equal([115_000u], alarms);
        Assert.Equal((115_893u, 10u), (before, number));
    }

    [DataTheory]
    [InlineData("TraveledDistance", "Vehicle/Vehicle.vspec", "m")]
    [InlineData("StateOfHealth", "Powertrain/TractionBattery.vspec", "percent")]
    public void The_signals_that_are_named_are_in_the_specification(string name, string file, string unit)
    {
        var lines = File.ReadAllLines(Data.Path(["covesa-vss", "spec", .. file.Split('/')]));
        var at = Array.FindIndex(lines, line => line == name + ":");
        Assert.Contains(lines[at..(at + 6)], line => line.Trim() == "unit: " + unit);
    }

    protected override World NewWorld() => KeptWorld();

    protected override Story<VehicleLife> Opened() => Open(KeptWorld(), new VehicleLife.Begin(Vin, Works, Register, Called), [Works]);

    // Nothing is ever held here, and a book does not end.
    protected override void Release(Story<VehicleLife> story)
    {
    }

    protected override object? AnyOf(Type clause, Random random, World world)
    {
        var note = new VehicleLife.Note(Ada, world.Now, Sheet, random.Next(3) == 0 ? null : Km((uint)random.Next(1_000)));
        return clause == typeof(VehicleLife.ReadOdometer) ? new VehicleLife.ReadOdometer(note)
            : clause == typeof(VehicleLife.Measure) ? new VehicleLife.Measure(note, "Vehicle.Speed", random.Next(200))
            : clause == typeof(VehicleLife.Service) ? new VehicleLife.Service(note with { By = Shop }, Sheet, Sheet)
            : clause == typeof(VehicleLife.Correct) ? new VehicleLife.Correct((uint)random.Next(1, 12), Right, Result.Done, note.Odometer)
            : null;
    }

    private static VehicleLife.Installed Firmware => new("brake control", "4.2.1", Paper("image"));

    private static Odometer Km(uint shown) => new(shown, DistanceUnit.Kilometre);

    private static VehicleLife.Note Note(Actor by, uint? km = null) => new(by, Day(0), Sheet, km is { } shown ? Km(shown) : null);

    private static VehicleLife.Entry Entry(EntryKind kind, Actor by, Result result = Result.Done) => new(kind, by, Day(0), result, Sheet, null, null);

    private static VehicleLife State(uint entries, uint lastReading, uint rollBacks) => new(Vin, Works, Register, Called, entries, lastReading, rollBacks);

    private static Party[] ReadersOf(World world, Agreement<VehicleLife> book) =>
        AgreementReaders.Of(world.State, book.Number, world.State.Agreement(book.Number)!).Named.ToArray();
}
