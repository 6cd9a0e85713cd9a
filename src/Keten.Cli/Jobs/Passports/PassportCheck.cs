using System.Globalization;
using Keten.Client;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Cli.Jobs;

/// <summary>Checks a passport link by link, offline: with the file, and the genesis of the ledger that is meant.</summary>
public sealed class PassportCheck
{
    /// <summary>Before the readings: register, vehicle, keeper, book, recalls, built, open recalls.</summary>
    internal const int Fixed = 7;

    private readonly Passport passport;
    private readonly Genesis? expected;
    private readonly List<PassportReading> readings = [];
    private readonly HashSet<Hash> headers = [];
    private KnownCertificates known = null!;
    private Registration.Vehicle vehicle;
    private VehicleLife book = null!;
    private Instant at;

    private PassportCheck(Passport passport, Genesis? expected) => (this.passport, this.expected) = (passport, expected);

    /// <summary>Checks every link until one does not hold.</summary>
    /// <param name="passport">What was handed over.</param>
    /// <param name="expected">The genesis of the ledger that is meant; without it the passport's own, and the reader is to compare the ledger's id.</param>
    public static PassportReport Check(Passport passport, Genesis? expected = null)
    {
        var check = new PassportCheck(passport, expected);
        var links = new List<PassportFinding>();
        foreach (var (link, holds) in check.Links())
        {
            try
            {
                links.Add(new PassportFinding(link, true, holds()));
            }
            catch (Exception broken) when (broken is BrokenLinkException or MalformedException)
            {
                links.Add(new PassportFinding(link, false, broken.Message));
                break;
            }
        }
        return new PassportReport(links, passport.Vin, check.vehicle.Keeper, [.. Enumerable.Reverse(check.readings)], check.at);
    }

    private IEnumerable<(PassportLink Link, Func<string> Holds)> Links() =>
    [
        (PassportLink.Ledger, Ledger), (PassportLink.Keeper, Keeper), (PassportLink.NotStolen, NotStolen), (PassportLink.Book, Book), (PassportLink.Odometer, Odometer),
        (PassportLink.NoOpenRecall, NoOpenRecall), (PassportLink.Receipts, Receipts), (PassportLink.OneMoment, OneMoment), (PassportLink.Seal, Seal),
    ];

    private string Ledger()
    {
        var genesis = Genesis.FromBytes(passport.Genesis);
        if (expected is not null && expected.LedgerId != genesis.LedgerId) throw new BrokenLinkException("The passport is of another ledger.");
        if (passport.Evidence.Count < Fixed) throw new BrokenLinkException("Evidence is missing.");
        known = new KnownCertificates(genesis);
        return $"It is of ledger {genesis.LedgerId}{(expected is null ? ", which is to be compared" : "")}.";
    }

    private string Keeper()
    {
        var register = PassportRecords.State(Registration.Contents, Value(0, RecordKeys.Agreement(passport.Register), "register"));
        if (!Iso3779.IsWellFormed(passport.Vin)) throw new BrokenLinkException("That is no vehicle identification number.");
        vehicle = PassportRecords.Row<Registration.Vehicle>(Registration.Contents, Registration.Vehicles.Number, Value(1, PassportRecords.Vehicle(passport.Register, passport.Vin), "vehicle"));
        if (vehicle.Standing != Standing.Registered) throw new BrokenLinkException($"The vehicle has left the register: {vehicle.Standing}.");
        return $"Party {vehicle.Keeper} keeps {passport.Vin} since {MomentText.Write(vehicle.Since)}, as keeper {vehicle.Keepers}, in the register {passport.Register} of {register.Country} that {register.Authority} keeps."
            + (vehicle.Corrections == 0 ? "" : $" The record has been corrected {vehicle.Corrections} times.");
    }

    private string NotStolen() => vehicle.StolenAt is { } stolen
        ? throw new BrokenLinkException($"It is reported stolen since {MomentText.Write(stolen)}.") : "It is not reported stolen.";

    private string Book()
    {
        book = PassportRecords.State(VehicleLife.Contents, Value(3, RecordKeys.Agreement(vehicle.Life.Number), "book"));
        if (book.Vin != passport.Vin || book.Register.Number != passport.Register) throw new BrokenLinkException("The book is another vehicle's.");
        return $"Book {vehicle.Life.Number} has {book.Entries} entries.";
    }

    // Each reading names the one before it, so that none can be left out; what is flagged is worked out again.
    private string Odometer()
    {
        var entry = book.LastReading;
        for (var place = Fixed; entry > 0; place++)
        {
            if (place >= passport.Evidence.Count) throw new BrokenLinkException($"The reading in entry {entry} is missing.");
            var reading = PassportRecords.Row<VehicleLife.Reading>(VehicleLife.Contents, VehicleLife.Readings.Number, Value(place, PassportRecords.Reading(vehicle.Life.Number, entry), $"reading in entry {entry}"));
            readings.Add(new PassportReading(entry, reading));
            if (reading.Before >= entry) throw new BrokenLinkException("The readings go round in a circle.");
            entry = reading.Before;
        }
        if (passport.Evidence.Count != Fixed + readings.Count) throw new BrokenLinkException("There is more evidence than there are readings.");
        var (highest, rolledBack) = (0UL, 0u);
        foreach (var (number, reading) in Enumerable.Reverse(readings))
        {
            if (reading.RolledBack != reading.Odometer.Millimetres < highest) throw new BrokenLinkException($"The reading in entry {number} is not flagged as it should be.");
            if (reading.RolledBack) rolledBack++;
            highest = Math.Max(highest, reading.Odometer.Millimetres);
        }
        if (rolledBack != book.RollBacks) throw new BrokenLinkException("The book counts other alarms than its readings show.");
        return readings.Count == 0 ? "The odometer has never been read." : rolledBack == 0 ? $"{readings.Count} readings, none of which runs back." : $"{readings.Count} readings. ALARM: {RolledBack()}";
    }

    private string RolledBack()
    {
        var said = new List<string>();
        PassportReading? most = null;
        foreach (var one in Enumerable.Reverse(readings))
        {
            if (one.Reading.RolledBack && most is not null) said.Add($"entry {one.Entry} shows {Shown(one)} after {Shown(most)} in entry {most.Entry}");
            else most = one;
        }
        return string.Join("; ", said) + ".";
    }

    private static string Shown(PassportReading one) => string.Create(CultureInfo.InvariantCulture, $"{one.Reading.Odometer.Shown:N0} {one.Reading.Odometer.In switch { DistanceUnit.Mile => "mi", DistanceUnit.Kilometre => "km", _ => "m" }}");

    private string NoOpenRecall()
    {
        var number = book.Recalls.Number;
        var recalls = PassportRecords.State(Recalls.Contents, Value(4, RecordKeys.Agreement(number), "recalls"));
        if (recalls.Maker != book.Maker) throw new BrokenLinkException("The recalls are another maker's.");
        if (recalls.Spreading is { } page) throw new BrokenLinkException($"Recall {page.Recall} is still being written to the vehicles of its range: ask again in a minute.");
        Value(5, PassportRecords.Built(number, passport.Vin), "maker's list");
        var open = Holding(6, PassportRecords.Open(number, passport.Vin), "open recalls");
        if (open.Value is { } value)
            throw new BrokenLinkException($"Open on it: recall {string.Join(", ", PassportRecords.Row<Pending>(Recalls.Contents, Recalls.Open.Number, value).Recalls.ToArray())}.");
        return $"Of the maker's {recalls.Count} recalls none is open on it: the record of one is proved to be absent.";
    }

    private string Receipts()
    {
        foreach (var bytes in passport.Receipts)
            if (ReceiptCheck.Check(bytes, known, out _) is not ReceiptFault.None and var fault) throw new BrokenLinkException($"A receipt does not hold: {fault}.");
        return $"{passport.Receipts.Count} receipts hold.";
    }

    private string OneMoment() => headers.Count == 1 ? $"All of it is of one moment, certified at {MomentText.Write(at)}." : throw new BrokenLinkException("The evidence is of several moments.");

    private string Seal()
    {
        var keys = PassportRecords.KeysOf(Value(2, RecordKeys.Party(vehicle.Keeper), "keeper's keys"));
        if (!keys.Contains(passport.Key.Id)) throw new BrokenLinkException("The passport is not sealed with a key of the keeper.");
        if (!passport.IsSealed(known.LedgerId)) throw new BrokenLinkException("The seal does not hold: something in the file was changed after it.");
        return headers.Count == 1 ? $"Sealed by the keeper with key {passport.Key.Id}." : throw new BrokenLinkException("The keeper's keys are of another moment.");
    }

    private byte[] Value(int place, byte[] key, string what) => Holding(place, key, what).Value ?? throw new BrokenLinkException($"There is no such record: {what}.");

    private StateEvidence Holding(int place, byte[] key, string what)
    {
        StateEvidence evidence;
        try
        {
            evidence = StateEvidence.FromBytes(passport.Evidence[place]);
        }
        catch (MalformedException fault)
        {
            throw new BrokenLinkException($"The evidence of the {what} cannot be read: {fault.Message}", fault);
        }
        if (!evidence.Key.AsSpan().SequenceEqual(key)) throw new BrokenLinkException($"The evidence of the {what} is of another record.");
        if (!evidence.Verify(known)) throw new BrokenLinkException($"The evidence of the {what} does not hold.");
        headers.Add(evidence.Certificate.Header.Hash);
        at = evidence.Certificate.Header.Time;
        return evidence;
    }
}
