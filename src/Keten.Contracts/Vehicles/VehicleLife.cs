using Keten.Kernel;

namespace Keten.Contracts.Vehicles;

/// <summary>
/// A vehicle's book of life: what was done to it and what became of it, each entry signed by whoever made it. Nothing is ever struck out. An entry that was wrong is corrected by its maker,
/// and says so itself: nobody who reads it can miss that. An odometer that shows less than before is an alarm.
/// </summary>
/// <param name="Vin">The vehicle's identification number.</param>
/// <param name="Maker">Who built it, or answers for it as the importer.</param>
/// <param name="Register">Where it is registered, and who is accredited to write here.</param>
/// <param name="Recalls">Where the Maker's recalls stand.</param>
/// <param name="Entries">How many entries there are.</param>
/// <param name="LastReading">The entry in which the odometer was read last; 0, where it never was.</param>
/// <param name="RollBacks">How many readings, as they stand now, show less than one before them.</param>
public sealed record VehicleLife(string Vin, Party Maker, Agreement<Registration> Register, Agreement<Recalls> Recalls, uint Entries, uint LastReading, uint RollBacks) : IReadBy
{
    /// <summary>A clock elsewhere may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    /// <summary>No more readings than these may lie behind one that is corrected, itself included.</summary>
    public const int ReadingsAtMost = 500;

    public static readonly Refusal<VehicleLife> NotBuilt = new(1, "The Maker has not built that vehicle, or the recalls are another maker's.");
    public static readonly Refusal<VehicleLife> MayNotWrite = new(2, "That party may not make such an entry in this book.");
    public static readonly Refusal<VehicleLife> AheadOfTime = new(3, "The entry is of a later time than it is.");
    public static readonly Refusal<VehicleLife> OutOfOrder = new(4, "The odometer has been read later than that already.");
    public static readonly Refusal<VehicleLife> NoReading = new(5, "There is no reading of the odometer in it.");
    public static readonly Refusal<VehicleLife> NoSuchEntry = new(6, "There is no such entry, or it is a correction itself.");
    public static readonly Refusal<VehicleLife> TooOld = new(7, "More than 500 readings have followed: that one can no longer be changed, only said to be wrong.");
    public static readonly Refusal<VehicleLife> NotASignal = new(8, "A measure is named by its path in the vehicle signal specification: Vehicle, and names of letters and digits after dots.");

    /// <summary>The entries, by number from 1.</summary>
    public static readonly Records<EntryNumber, Entry> Log = new(1);

    /// <summary>What the odometer showed, by the entry's number. Each names the one before, so that a history can be seen to be whole.</summary>
    public static readonly Records<EntryNumber, Reading> Readings = new(2);

    /// <summary>What software was written, by the entry's number.</summary>
    public static readonly Records<EntryNumber, Installed> Software = new(3);

    public readonly record struct EntryNumber(uint Number);

    /// <summary>An entry.</summary>
    /// <param name="Kind">What it is about.</param>
    /// <param name="By">Who made it.</param>
    /// <param name="At">When that was.</param>
    /// <param name="Result">How it came out.</param>
    /// <param name="Document">Commitment to what is written of it.</param>
    /// <param name="Corrects">The entry that it puts right.</param>
    /// <param name="CorrectedBy">The entry that puts it right: whoever reads this one reads that too.</param>
    public readonly record struct Entry(EntryKind Kind, Party By, Instant At, Result Result, Hash Document, uint? Corrects, uint? CorrectedBy);

    /// <summary>What the odometer showed.</summary>
    /// <param name="At">When.</param>
    /// <param name="Odometer">What it showed.</param>
    /// <param name="Was">What had been entered at first, where that was corrected.</param>
    /// <param name="Highest">The most of this reading and all before it, in millimetres.</param>
    /// <param name="RolledBack">Whether one before it showed more.</param>
    /// <param name="Before">The entry with the reading before it; 0: there was none.</param>
    public readonly record struct Reading(Instant At, Odometer Odometer, Odometer? Was, ulong Highest, bool RolledBack, uint Before);

    /// <summary>Software of a control unit.</summary>
    /// <param name="Component">Which control unit.</param>
    /// <param name="Version">Which version.</param>
    /// <param name="Image">SHA-256 of what was written.</param>
    public readonly record struct Installed(string Component, string Version, Hash Image);

    /// <summary>What every entry says.</summary>
    /// <param name="By">Who makes it, and signs.</param>
    /// <param name="At">When that was.</param>
    /// <param name="Document">Commitment to what is written of it.</param>
    /// <param name="Odometer">What the odometer showed, where it was read.</param>
    public readonly record struct Note(Party By, Instant At, Hash Document, Odometer? Odometer);

    /// <summary>The keeper of the day and the register's authority; the Maker, until the vehicle is registered.</summary>
    public Readers MayRead(Facts facts)
    {
        var register = facts.Of(Register);
        return Registration.Find(register, Vin) is { } vehicle ? Readers.Of(vehicle.Keeper, register.State.Authority) : Readers.Of(Maker, register.State.Authority);
    }

    private Refusal<VehicleLife>? Against(Facts facts, EntryKind kind, in Note note)
    {
        var register = facts.Of(Register);
        var may = register.Find(Registration.Accredited, note.By) ?? default;
        var isKeeper = Registration.Find(register, Vin)?.Keeper == note.By;
        var mayWrite = kind switch
        {
            EntryKind.Service or EntryKind.Software => may.Garage || note.By == Maker,
            EntryKind.Inspection => may.Inspector,
            EntryKind.Collision => may.Reporter,
            _ => may.Garage || may.Inspector || note.By == Maker || isKeeper,
        };
        if (!mayWrite) return MayNotWrite;
        if (note.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
        return note.Odometer is not null && note.At < LastOf(facts)?.At ? OutOfOrder : null;
    }

    private Reading? LastOf(Facts facts) => LastReading == 0 ? null : facts.Find(Readings, new EntryNumber(LastReading));

    private Accepted<VehicleLife> Enter(Facts facts, EntryKind kind, in Note note, Result result = Result.Done)
    {
        var number = Entries + 1;
        var entry = new Entry(kind, note.By, note.At, result, note.Document, null, null);
        var reading = note.Odometer is { } odometer ? Next(odometer, null, note.At, LastOf(facts), LastReading) : default(Reading?);
        var accepted = facts.Accept(this with
        {
            Entries = number, LastReading = reading is null ? LastReading : number, RollBacks = RollBacks + (reading is { RolledBack: true } ? 1u : 0u),
        });
        accepted.Put(Log, new EntryNumber(number), entry).Emit(new Entered(number, entry));
        if (reading is { } read)
        {
            accepted.Put(Readings, new EntryNumber(number), read).Emit(new Read(number, read.Odometer));
            if (read.RolledBack) accepted.Emit(new RolledBack(number, read.Odometer, read.Highest));
        }
        if (Registration.Find(facts.Of(Register), Vin) is { StolenAt: not null }) accepted.Emit(new UsedWhileStolen(number, note.By));
        return accepted;
    }

    private static Reading Next(Odometer odometer, Odometer? was, Instant at, Reading? before, uint beforeAt)
    {
        var (shown, highest) = (odometer.Millimetres, before?.Highest ?? 0);
        return new Reading(at, odometer, was, shown > highest ? shown : highest, shown < highest, beforeAt);
    }

    // A reading that is put right puts those behind it in another light.
    private static Row<EntryNumber, Reading>[] Reread(Facts facts, uint from, Odometer odometer, ref uint rollBacks)
    {
        var right = new List<Row<EntryNumber, Reading>>();
        Reading? before = null;
        foreach (var row in facts.From(Readings, new EntryNumber(from), ReadingsAtMost + 1))
        {
            var was = row.Value;
            if (right.Count == 0 && was.Before > 0) before = facts.Find(Readings, new EntryNumber(was.Before));
            var now = right.Count == 0 ? Next(odometer, was.Was ?? was.Odometer, was.At, before, was.Before) : Next(was.Odometer, was.Was, was.At, before, was.Before);
            if (was.RolledBack) rollBacks--;
            if (now.RolledBack) rollBacks++;
            right.Add(new Row<EntryNumber, Reading>(row.Key, now));
            before = now;
        }
        return right.ToArray();
    }

    /// <summary>The Maker begins the book of a vehicle that it has built.</summary>
    /// <param name="Vin">Its identification number.</param>
    /// <param name="Maker">Who built it, or answers for it as the importer.</param>
    /// <param name="Register">Where it is to be registered.</param>
    /// <param name="Recalls">Where the Maker's recalls stand.</param>
    public sealed record Begin(string Vin, Party Maker, Agreement<Registration> Register, Agreement<Recalls> Recalls) : IOpening<VehicleLife>
    {
        public Signers MustSign(Facts facts) => Signers.All(Maker);

        public Outcome<VehicleLife> Decide(Facts facts)
        {
            var recalls = facts.Of(Recalls);
            return !Iso3779.IsWellFormed(Vin) || recalls.State.Maker != Maker || recalls.Find(Vehicles.Recalls.Built, Iso3779.Key(Vin)) is null ? NotBuilt
                : facts.Accept(new VehicleLife(Vin, Maker, Register, Recalls, 0, 0, 0)).Emit(new Begun(Vin, Maker));
        }
    }

    /// <summary>A garage has serviced the vehicle.</summary>
    /// <param name="Note">Who, when, the invoice, the odometer.</param>
    /// <param name="Parts">Commitment to the list of parts.</param>
    /// <param name="Labour">Commitment to the list of work.</param>
    public readonly record struct Service(Note Note, Hash Parts, Hash Labour) : IClause<VehicleLife>
    {
        public Signers MustSign(VehicleLife agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<VehicleLife> Decide(VehicleLife agreed, Facts facts) =>
            agreed.Against(facts, EntryKind.Service, Note) is { } refusal ? refusal
            : agreed.Enter(facts, EntryKind.Service, Note).Emit(new Serviced(agreed.Entries + 1, Parts, Labour));
    }

    /// <summary>An inspector has seen the vehicle.</summary>
    /// <param name="Note">Who, when, the report, the odometer.</param>
    /// <param name="Passed">Whether it may go on the road.</param>
    /// <param name="Until">Until when, where it may.</param>
    public readonly record struct Inspect(Note Note, bool Passed, Instant? Until) : IClause<VehicleLife>
    {
        public Signers MustSign(VehicleLife agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<VehicleLife> Decide(VehicleLife agreed, Facts facts) =>
            agreed.Against(facts, EntryKind.Inspection, Note) is { } refusal ? refusal
            : agreed.Enter(facts, EntryKind.Inspection, Note, Passed ? Result.Passed : Result.Failed).Emit(new Inspected(agreed.Entries + 1, Passed, Until));
    }

    /// <summary>A collision is reported, by the police, an insurer or an assessor.</summary>
    /// <param name="Note">Who, when, the report, the odometer.</param>
    public readonly record struct Collide(Note Note) : IClause<VehicleLife>
    {
        public Signers MustSign(VehicleLife agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<VehicleLife> Decide(VehicleLife agreed, Facts facts) =>
            agreed.Against(facts, EntryKind.Collision, Note) is { } refusal ? refusal : agreed.Enter(facts, EntryKind.Collision, Note);
    }

    /// <summary>Software was written to a control unit, over the air or in a garage.</summary>
    /// <param name="Note">Who, when, the log, the odometer.</param>
    /// <param name="Installed">What.</param>
    /// <param name="Result">How it came out.</param>
    public readonly record struct Update(Note Note, Installed Installed, Result Result) : IClause<VehicleLife>
    {
        public Signers MustSign(VehicleLife agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<VehicleLife> Decide(VehicleLife agreed, Facts facts) =>
            agreed.Against(facts, EntryKind.Software, Note) is { } refusal ? refusal
            : agreed.Enter(facts, EntryKind.Software, Note, Result).Put(Software, new EntryNumber(agreed.Entries + 1), Installed).Emit(new Updated(agreed.Entries + 1, Installed, Result));
    }

    /// <summary>Something was measured, tested, analysed or reset.</summary>
    /// <param name="Note">Who, when, the protocol, the odometer.</param>
    /// <param name="Signal">Its path in COVESA's vehicle signal specification.</param>
    /// <param name="Thousandths">How much, in thousandths of the unit that the specification gives it.</param>
    public readonly record struct Measure(Note Note, string Signal, long Thousandths) : IClause<VehicleLife>
    {
        public Signers MustSign(VehicleLife agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<VehicleLife> Decide(VehicleLife agreed, Facts facts) =>
            !SignalPath.IsPath(Signal) ? NotASignal
            : agreed.Against(facts, EntryKind.Measurement, Note) is { } refusal ? refusal
            : agreed.Enter(facts, EntryKind.Measurement, Note).Emit(new Measured(agreed.Entries + 1, Signal, Thousandths));
    }

    /// <summary>The odometer is read. The keeper may do it too.</summary>
    /// <param name="Note">Who, when, the photograph, and what it shows.</param>
    public readonly record struct ReadOdometer(Note Note) : IClause<VehicleLife>
    {
        public Signers MustSign(VehicleLife agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<VehicleLife> Decide(VehicleLife agreed, Facts facts) =>
            Note.Odometer is null ? NoReading
            : agreed.Against(facts, EntryKind.Reading, Note) is { } refusal ? refusal : agreed.Enter(facts, EntryKind.Reading, Note);
    }

    /// <summary>Whoever made an entry puts it right. The entry then names its correction; a reading shows what it was besides.</summary>
    /// <param name="Entry">Which.</param>
    /// <param name="Document">Commitment to what is right.</param>
    /// <param name="Result">How it came out.</param>
    /// <param name="Odometer">What the odometer showed, where that is what was wrong.</param>
    public readonly record struct Correct(uint Entry, Hash Document, Result Result, Odometer? Odometer) : ICorrection<VehicleLife>
    {
        public Signers MustSign(VehicleLife agreed, Facts facts) => facts.Find(Log, new EntryNumber(Entry)) is { } was ? Signers.All(was.By) : Signers.Anyone;

        public Outcome<VehicleLife> Decide(VehicleLife agreed, Facts facts)
        {
            if (facts.Find(Log, new EntryNumber(Entry)) is not { Kind: not EntryKind.Correction } was) return NoSuchEntry;
            var (number, rolledBack) = (agreed.Entries + 1, agreed.RollBacks);
            Row<EntryNumber, Reading>[] right = [];
            if (Odometer is { } odometer)
            {
                if (facts.Find(Readings, new EntryNumber(Entry)) is null) return NoReading;
                right = Reread(facts, Entry, odometer, ref rolledBack);
                if (right.Length > ReadingsAtMost) return TooOld;
            }
            var correction = new Entry(EntryKind.Correction, was.By, facts.Now, Result, Document, Entry, null);
            var accepted = facts.Accept(agreed with { Entries = number, RollBacks = rolledBack })
                .Put(Log, new EntryNumber(Entry), was with { CorrectedBy = number }).Put(Log, new EntryNumber(number), correction).Emit(new Corrected(Entry, number, Odometer));
            foreach (var reading in right) accepted.Put(Readings, reading.Key, reading.Value);
            return accepted;
        }
    }

    public readonly record struct Begun(string Vin, Party Maker) : IEvent;
    public readonly record struct Entered(uint Number, Entry Entry) : IEvent;
    public readonly record struct Serviced(uint Number, Hash Parts, Hash Labour) : IEvent;
    public readonly record struct Inspected(uint Number, bool Passed, Instant? Until) : IEvent;
    public readonly record struct Updated(uint Number, Installed Installed, Result Result) : IEvent;
    public readonly record struct Measured(uint Number, string Signal, long Thousandths) : IEvent;
    public readonly record struct Read(uint Number, Odometer Odometer) : IEvent;
    public readonly record struct RolledBack(uint Number, Odometer Odometer, ulong Highest) : IEvent;
    public readonly record struct UsedWhileStolen(uint Number, Party By) : IEvent;
    public readonly record struct Corrected(uint Number, uint By, Odometer? Odometer) : IEvent;

    public static readonly Contract<VehicleLife> Contents = new Contract<VehicleLife>(code: 11, version: 1, Codecs.VehicleLife.State)
        .Opens(1, Codecs.VehicleLife.Begin).Does(2, Codecs.VehicleLife.Service).Does(3, Codecs.VehicleLife.Inspect).Does(4, Codecs.VehicleLife.Collide)
        .Does(5, Codecs.VehicleLife.Update).Does(6, Codecs.VehicleLife.Measure).Does(7, Codecs.VehicleLife.ReadOdometer).Corrects(8, Codecs.VehicleLife.Correct)
        .Tells(1, Codecs.VehicleLife.Begun).Tells(2, Codecs.VehicleLife.Entered).Tells(3, Codecs.VehicleLife.Serviced).Tells(4, Codecs.VehicleLife.Inspected)
        .Tells(5, Codecs.VehicleLife.Updated).Tells(6, Codecs.VehicleLife.Measured).Tells(7, Codecs.VehicleLife.Read).Warns(8, "roll-back", Codecs.VehicleLife.RolledBack)
        .Warns(9, "theft", Codecs.VehicleLife.UsedWhileStolen).Tells(10, Codecs.VehicleLife.Corrected)
        .Keeps(Log, Codecs.VehicleLife.EntryNumberKey, Codecs.VehicleLife.Entry).Keeps(Readings, Codecs.VehicleLife.EntryNumberKey, Codecs.VehicleLife.Reading)
        .Keeps(Software, Codecs.VehicleLife.EntryNumberKey, Codecs.VehicleLife.Installed)
        .Refuses(NotBuilt, MayNotWrite, AheadOfTime, OutOfOrder, NoReading, NoSuchEntry, TooOld, NotASignal);
}
