using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Parts;

/// <summary>
/// The parts of a Brand, each by its serial: made in batches, put into each other, mounted in vehicles, taken out, scrapped. A step that cannot be right is entered all the same, because it was
/// signed; it raises an alarm that stands in the part's own record. Which vehicles hold parts of a batch, deep inside others too, can be read at any time.
/// </summary>
/// <param name="Brand">Who keeps this record, and answers for the parts in its vehicles.</param>
/// <param name="Register">Whose accredited garages mount parts, besides the Brand's own members.</param>
/// <param name="Batches">How many batches have been made.</param>
/// <param name="Alarms">How many alarms have been raised.</param>
/// <param name="Unexplained">How many of them the Brand has not explained.</param>
/// <param name="Telling">The batch that has been called back and whose vehicles are being told, page by page; none, once that is done.</param>
public sealed record SerialParts(Party Brand, Agreement<Registration> Register, uint Batches, uint Alarms, uint Unexplained, Telling? Telling) : IReadBy
{
    /// <summary>A clock elsewhere may be so many seconds ahead of ledger time.</summary>
    public const int SecondsAhead = 900;

    /// <summary>So many members, and so many serials in one call.</summary>
    public const int MembersAtMost = 200, SerialsAtMost = 1_000;

    /// <summary>So many parts in one batch.</summary>
    public const uint BatchAtMost = 10_000_000;

    /// <summary>So many vehicles may a part be said to be in.</summary>
    public const int VinsAtMost = 8;

    /// <summary>So many vehicles are told in one go.</summary>
    public const int VehiclesAtOnce = 100;

    public static readonly Refusal<SerialParts> NotAMember = new(1, "That party is no member, may not do that, or there are 200 already.");
    public static readonly Refusal<SerialParts> NotAPart = new(2, "That is no serial number of a trade item, or its check digit does not hold.");
    public static readonly Refusal<SerialParts> NotAnArticle = new(3, "The article is not listed, is listed already, or its number's check digit does not hold.");
    public static readonly Refusal<SerialParts> NotABatch = new(4, "A batch is of 1 to 10,000,000 parts in a row, or of 1 to 1,000 serials of which none is twice.");
    public static readonly Refusal<SerialParts> MadeAlready = new(5, "A part with such a serial has been made already.");
    public static readonly Refusal<SerialParts> NotAVin = new(6, "That is no vehicle identification number.");
    public static readonly Refusal<SerialParts> AheadOfTime = new(7, "The step is of a later time than it is.");
    public static readonly Refusal<SerialParts> ThereAlready = new(8, "That is where the part is.");
    public static readonly Refusal<SerialParts> NotThere = new(9, "The part is not there.");
    public static readonly Refusal<SerialParts> IntoItself = new(10, "A part is not put into itself, and parts nest no deeper than eight.");
    public static readonly Refusal<SerialParts> TooMuch = new(11, "A part is said to be in 8 vehicles at most, and has parts of 200 batches in it at most.");
    public static readonly Refusal<SerialParts> StillInUse = new(12, "A part is taken out before it is scrapped, and scrapped once.");
    public static readonly Refusal<SerialParts> NotTheLatest = new(13, "There is no such step, or it is not the latest that stands: later ones are corrected first.");
    public static readonly Refusal<SerialParts> NoSuchBatch = new(14, "There is no such batch, or it is called back already.");
    public static readonly Refusal<SerialParts> StillTelling = new(15, "The vehicles of a batch that was called back are still being told.");
    public static readonly Refusal<SerialParts> NoSuchAlarm = new(16, "There is no such alarm, or it is explained.");

    /// <summary>Who reads, and who of them mounts.</summary>
    public static readonly Records<Party, Membership> Members = new(1);

    /// <summary>What is made, by its number.</summary>
    public static readonly Records<GtinKey, Article> Articles = new(2);

    /// <summary>The batches, by number from 1.</summary>
    public static readonly Records<BatchKey, Batch> Made = new(3);

    /// <summary>Which serials that count are of which batch, by the last of each range.</summary>
    public static readonly Records<RangeKey, Serials> Ranges = new(4);

    /// <summary>The parts with which something was done, or whose serial does not count. Any other is as it was made.</summary>
    public static readonly Records<PartKey, Part> Items = new(5);

    /// <summary>What was done with a part, by number from 1.</summary>
    public static readonly Records<StepKey, PartStep> Steps = new(6);

    /// <summary>How many parts of a batch are in a part, however deep.</summary>
    public static readonly Records<InsideKey, Inside> Inner = new(7);

    /// <summary>Which vehicles hold parts of a batch now, however deep, and how many: a recall's list.</summary>
    public static readonly Records<HoldingKey, Holding> Holders = new(8);

    /// <summary>Which parts stand in a vehicle now.</summary>
    public static readonly Records<FitKey, Fit> Fitted = new(9);

    /// <summary>The alarms, by number from 1.</summary>
    public static readonly Records<AlarmKey, Alarm> Raised = new(10);

    /// <summary>The documents of a part, by number from 1: a battery's passport.</summary>
    public static readonly Records<StepKey, Paper> Papers = new(11);

    /// <summary>A member.</summary>
    /// <param name="Fits">Whether they may put parts into each other, mount, take out and scrap them.</param>
    public readonly record struct Membership(bool Fits);

    /// <summary>A range of serials.</summary>
    /// <param name="First">The first of them.</param>
    /// <param name="Batch">Of which batch they are.</param>
    public readonly record struct Serials(ulong First, uint Batch);

    public readonly record struct Inside(uint Parts);
    public readonly record struct Holding(string Vin, uint Parts);
    public readonly record struct Fit(Sgtin Part);

    /// <summary>The Brand and its members.</summary>
    public Readers MayRead(Facts facts)
    {
        var readers = new List<Party> { Brand };
        foreach (var member in facts.Next(Members, after: null, MembersAtMost)) readers.Add(member.Key);
        return Readers.Of(readers.ToArray());
    }

    /// <summary>A part as it stands; null where the serial is none. One that nobody has made is of batch 0.</summary>
    public static Part? Find(in Known<SerialParts> parts, Sgtin id)
    {
        if (!id.IsValid) return null;
        if (parts.Find(Items, id.Key) is { } item) return item;
        return Part.New(id, Gs1.Counting(id.Serial) is { } number ? BatchOf(parts, id.Gtin, number, number) : 0);
    }

    /// <summary>Of which batch a lot is; 0 where not all of it is of one.</summary>
    public static uint BatchOf(in Known<SerialParts> parts, in Lot lot)
    {
        if (!lot.IsValid) return 0;
        var stretch = Stretch.Of(lot);
        return stretch.Text is null ? BatchOf(parts, lot.Gtin, stretch.First, stretch.Last) : Find(parts, new Sgtin(lot.Gtin, lot.From))?.Batch ?? 0;
    }

    private static uint BatchOf(in Known<SerialParts> parts, string gtin, ulong first, ulong last)
    {
        var article = Gs1.Number(gtin);
        foreach (var row in parts.Next(Ranges, new RangeKey(article, first - 1), 1))
            if (row.Key.Gtin == article && row.Value.First <= first && last <= row.Key.Last) return row.Value.Batch;
        return 0;
    }

    private static Known<SerialParts> Here(Facts facts) => facts.Of(facts.Self<SerialParts>());

    private Refusal<SerialParts>? Against(Facts facts, in PartNote note, in Sgtin part)
    {
        if (!part.IsValid) return NotAPart;
        if (note.At > facts.Now.Plus(SecondsAhead)) return AheadOfTime;
        var isMember = note.By == Brand || facts.Find(Members, note.By) is { Fits: true };
        return isMember || facts.Of(Register).Find(Registration.Accredited, note.By) is { Garage: true } ? null : NotAMember;
    }

    // The step is entered, and what cannot be right about it beside it.
    private Accepted<SerialParts> Enter(Facts facts, in Part before, in Part after, in PartStep step, bool isCalledBack = false)
    {
        var (id, number, raised, alarms) = (before.Id, before.Steps + 1, Alarms, Doubts(before, step.Kind, isCalledBack));
        var more = (uint)alarms.Length;
        var accepted = facts.Accept(more == 0 ? this : this with { Alarms = Alarms + more, Unexplained = Unexplained + more });
        accepted.Put(Items, id.Key, after with { Steps = number, Latest = number, Alarms = before.Alarms + more, Unexplained = before.Unexplained + more }).Put(Steps, StepKey.Of(id.Key, number), step);
        accepted.Emit(new Stepped(id, number, step));
        foreach (var kind in alarms)
        {
            raised++;
            accepted.Put(Raised, new AlarmKey(raised), new Alarm(kind, id, number, step.Note.By, step.Vin, facts.Now, null)).Emit(new Alarmed(raised, kind, id, step.Note.By, step.Vin));
        }
        return accepted;
    }

    // What is taken out or scrapped was somewhere before: that has raised its alarm then.
    private static AlarmKind[] Doubts(in Part part, StepKind kind, bool isCalledBack)
    {
        var doubts = new List<AlarmKind>();
        if (kind is StepKind.Removed or StepKind.Scrapped) return doubts.ToArray();
        if (part.Batch == 0) doubts.Add(AlarmKind.NeverMade);
        if (part.IsSomewhere) doubts.Add(AlarmKind.Elsewhere);
        if (part.Scrapped) doubts.Add(AlarmKind.Scrapped);
        if (isCalledBack) doubts.Add(AlarmKind.CalledBack);
        return doubts.ToArray();
    }

    // Into a part, or out of it; with all that is in it.
    private static Accepted<SerialParts> Nest(Accepted<SerialParts> accepted, Facts facts, in Part part, Nesting around, bool comes)
    {
        if (comes)
            foreach (var deeper in around.Deepened(part)) accepted.Put(Items, deeper.Id.Key, deeper);
        return Tally.Of(facts, part).Move(accepted, facts, around, comes);
    }

    // Into a vehicle, or out of it.
    private static Accepted<SerialParts> Seat(Accepted<SerialParts> accepted, Facts facts, in Part part, string vin, bool comes)
    {
        var key = FitKey.Of(Iso3779.Key(vin), part.Id.Key);
        if (comes) accepted.Put(Fitted, key, new Fit(part.Id));
        else accepted.Remove(Fitted, key);
        return Tally.Of(facts, part).Move(accepted, facts, vin, comes);
    }

    private static Signers MakerOf(Facts facts, string gtin) =>
        Gs1.IsGtin(gtin) && facts.Find(Articles, new GtinKey(Gs1.Number(gtin))) is { } article ? Signers.All(article.Maker) : Signers.Anyone;

    private Accepted<SerialParts> Tell(Facts facts, in Telling page)
    {
        var (seen, told, after) = (0, page.Vehicles, default(string));
        var vehicles = new List<Holding>();
        var from = page.After is { } last ? HoldingKey.Of(page.Batch, Iso3779.Key(last)) : new HoldingKey(page.Batch, 0, 0, 0);
        foreach (var row in facts.Next<HoldingKey, Holding>(Holders, from, VehiclesAtOnce + 1))
        {
            if (row.Key.Batch != page.Batch) break;
            if (++seen > VehiclesAtOnce) break;
            vehicles.Add(row.Value);
            after = row.Value.Vin;
        }
        var more = seen > VehiclesAtOnce;
        told += (uint)vehicles.Count;
        var accepted = facts.Accept(this with { Telling = more ? new Telling(page.Batch, after, told) : null });
        foreach (var vehicle in vehicles.ToArray()) accepted.Emit(new Concerned(page.Batch, vehicle.Vin, vehicle.Parts));
        return more ? accepted.Wake(new GoOn(), at: facts.Now) : accepted.Emit(new AllTold(page.Batch, told));
    }

    /// <summary>A Brand begins the record of its parts.</summary>
    /// <param name="Brand">Who keeps it.</param>
    /// <param name="Register">Whose accredited garages mount parts.</param>
    public sealed record Begin(Party Brand, Agreement<Registration> Register) : IOpening<SerialParts>
    {
        public Signers MustSign(Facts facts) => Signers.All(Brand);

        public Outcome<SerialParts> Decide(Facts facts) => facts.Accept(new SerialParts(Brand, Register, 0, 0, 0, null));
    }

    /// <summary>The Brand admits a member, who reads all of it; or says anew whether they may mount.</summary>
    /// <param name="Member">A maker, a works, a garage, a dealer.</param>
    /// <param name="Fits">Whether they may put parts into each other, mount, take out and scrap them.</param>
    public readonly record struct Admit(Party Member, bool Fits) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(agreed.Brand);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts) =>
            facts.Find(Members, Member) is null && facts.Count(Members) >= MembersAtMost ? NotAMember
            : facts.Accept(agreed).Put(Members, Member, new Membership(Fits)).Emit(new Admitted(Member, Fits));
    }

    /// <summary>The Brand dismisses a member: it neither reads nor mounts any more. What it signed stands.</summary>
    /// <param name="Member">Who.</param>
    public readonly record struct Dismiss(Party Member) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(agreed.Brand);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts) =>
            facts.Find(Members, Member) is null ? NotAMember : facts.Accept(agreed).Remove(Members, Member).Emit(new Dismissed(Member));
    }

    /// <summary>Brand and maker agree on an article. Its maker, who is a member, alone makes parts of it.</summary>
    /// <param name="Gtin">Its number.</param>
    /// <param name="Maker">Who makes it.</param>
    /// <param name="Name">What it is called.</param>
    /// <param name="Cover">What its maker promises for each part.</param>
    public sealed record Approve(string Gtin, Party Maker, string Name, Cover Cover) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(agreed.Brand, Maker);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts) =>
            !Gs1.IsGtin(Gtin) || facts.Find(Articles, new GtinKey(Gs1.Number(Gtin))) is not null ? NotAnArticle
            : facts.Find(Members, Maker) is null && Maker != agreed.Brand ? NotAMember
            : facts.Accept(agreed).Put(Articles, new GtinKey(Gs1.Number(Gtin)), new Article(Maker, Name, Cover)).Emit(new Approved(Gtin, Maker, Name, Cover));
    }

    /// <summary>The maker of an article has made a batch whose serials follow each other: one call, however many.</summary>
    /// <param name="Lot">Which parts.</param>
    /// <param name="Number">As the maker numbers the batch (AI 10).</param>
    /// <param name="Sheet">Commitment to what is written of it.</param>
    public readonly record struct Make(Lot Lot, string Number, Hash Sheet) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => MakerOf(facts, Lot.Gtin);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (!Gs1.IsGtin(Lot.Gtin) || facts.Find(Articles, new GtinKey(Gs1.Number(Lot.Gtin))) is null) return NotAnArticle;
            if (!Lot.IsValid || Lot.Count > BatchAtMost || Stretch.Of(Lot) is not { Text: null } made) return NotABatch;
            var (article, number) = (Gs1.Number(Lot.Gtin), agreed.Batches + 1);
            foreach (var row in facts.From(Ranges, new RangeKey(article, made.First), 1))
                if (row.Key.Gtin == article && row.Value.First <= made.Last) return MadeAlready;
            return facts.Accept(agreed with { Batches = number }).Put(Ranges, new RangeKey(article, made.Last), new Serials(made.First, number))
                .Put(Made, new BatchKey(number), new Batch(Lot.Gtin, Number, Lot.Count, facts.Now, Sheet, null)).Emit(new Produced(number, Lot, Number, Sheet));
        }
    }

    /// <summary>The same for serials that do not count: letters, or zeros in front.</summary>
    /// <param name="Gtin">Of which article.</param>
    /// <param name="Serials">1 to 1,000.</param>
    /// <param name="Number">As the maker numbers the batch (AI 10).</param>
    /// <param name="Sheet">Commitment to what is written of it.</param>
    public sealed record MakeListed(string Gtin, Many<string> Serials, string Number, Hash Sheet) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => MakerOf(facts, Gtin);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (!Gs1.IsGtin(Gtin) || facts.Find(Articles, new GtinKey(Gs1.Number(Gtin))) is null) return NotAnArticle;
            if (Serials.Count is 0 or > SerialsAtMost) return NotABatch;
            for (var each = 0; each < Serials.Count; each++)
            {
                if (!Gs1.IsSerial(Serials[each]) || Gs1.Counting(Serials[each]) is not null) return NotABatch;
                for (var other = 0; other < each; other++)
                    if (Serials[other] == Serials[each]) return NotABatch;
                if (facts.Find(Items, new Sgtin(Gtin, Serials[each]).Key) is { Batch: not 0 }) return MadeAlready;
            }
            var number = agreed.Batches + 1;
            var accepted = facts.Accept(agreed with { Batches = number });
            foreach (var serial in Serials)
            {
                // What was used before anybody made it stays of no batch, as its alarm says.
                var id = new Sgtin(Gtin, serial);
                if (facts.Find(Items, id.Key) is null) accepted.Put(Items, id.Key, Part.New(id, number));
            }
            return accepted.Put(Made, new BatchKey(number), new Batch(Gtin, Number, (uint)Serials.Count, facts.Now, Sheet, null))
                .Emit(new Produced(number, new Lot(Gtin, Serials[0], (uint)Serials.Count), Number, Sheet));
        }
    }

    /// <summary>A part is put into another: a cell into a battery. Where it is in one already, the alarm says so and it stays there.</summary>
    /// <param name="Part">Which.</param>
    /// <param name="Into">Into which.</param>
    /// <param name="Note">Who, when, what is written of it.</param>
    public sealed record Assemble(Sgtin Part, Sgtin Into, PartNote Note) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (agreed.Against(facts, Note, Part) is { } refusal) return refusal;
            var here = Here(facts);
            if (Find(here, Part) is not { } part || Find(here, Into) is null) return NotAPart;
            if (part.Into == Into) return ThereAlready;
            var (around, tally) = (Nesting.Of(here, Into), Tally.Of(facts, part));
            if (!around.Takes(part)) return IntoItself;
            if (!tally.Fits(facts, around)) return TooMuch;
            var step = new PartStep(StepKind.Assembled, Note, null, Into, part.Latest, null);
            var isFree = part.Into is null;
            var entered = agreed.Enter(facts, part, isFree ? part with { Into = Into } : part, step, tally.IsCalledBack(facts));
            return isFree ? Nest(entered, facts, part, around, comes: true) : entered;
        }
    }

    /// <summary>A part is mounted in a vehicle. Where it is in another one, both say so until one of them is put right.</summary>
    /// <param name="Part">Which.</param>
    /// <param name="Vin">In which vehicle.</param>
    /// <param name="Note">Who, when, what is written of it, the odometer.</param>
    public sealed record Mount(Sgtin Part, string Vin, PartNote Note) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (agreed.Against(facts, Note, Part) is { } refusal) return refusal;
            if (!Iso3779.IsWellFormed(Vin)) return NotAVin;
            if (Find(Here(facts), Part) is not { } part) return NotAPart;
            if (part.Vins.Contains(Vin)) return ThereAlready;
            if (part.Vins.Count >= VinsAtMost) return TooMuch;
            var step = new PartStep(StepKind.Mounted, Note, Vin, null, part.Latest, null);
            return Seat(agreed.Enter(facts, part, part.In(Vin), step, Tally.Of(facts, part).IsCalledBack(facts)), facts, part, Vin, comes: true);
        }
    }

    /// <summary>A part is taken out.</summary>
    /// <param name="Part">Which.</param>
    /// <param name="Vin">Out of which vehicle; none: out of the part that it was put into.</param>
    /// <param name="Note">Who, when, what is written of it, the odometer.</param>
    public sealed record Remove(Sgtin Part, string? Vin, PartNote Note) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (agreed.Against(facts, Note, Part) is { } refusal) return refusal;
            var here = Here(facts);
            if (Find(here, Part) is not { } part) return NotAPart;
            var step = new PartStep(StepKind.Removed, Note, Vin, Vin is null ? part.Into : null, part.Latest, null);
            if (Vin is { } vin)
                return !part.Vins.Contains(vin) ? NotThere : Seat(agreed.Enter(facts, part, part.OutOf(vin), step), facts, part, vin, comes: false);
            return part.Into is not { } from ? NotThere : Nest(agreed.Enter(facts, part, part with { Into = null }, step), facts, part, Nesting.Of(here, from), comes: false);
        }
    }

    /// <summary>A part is scrapped, with all that is in it.</summary>
    /// <param name="Part">Which.</param>
    /// <param name="Note">Who, when, what is written of it.</param>
    public sealed record Scrap(Sgtin Part, PartNote Note) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(Note.By);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (agreed.Against(facts, Note, Part) is { } refusal) return refusal;
            return Find(Here(facts), Part) is not { } part ? NotAPart : part.Scrapped || part.IsSomewhere ? StillInUse
                : agreed.Enter(facts, part, part with { Scrapped = true }, new PartStep(StepKind.Scrapped, Note, null, null, part.Latest, null));
        }
    }

    /// <summary>Whoever took a part's latest step says that it was never taken. The step stays, with that beside it; alarms stay for the Brand to explain.</summary>
    /// <param name="Part">Which.</param>
    /// <param name="Step">The latest of its steps that stands.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Correct(Sgtin Part, uint Step, Hash Reason) : ICorrection<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Found(facts) is { } step ? Signers.All(step.Note.By) : Signers.Anyone;

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            var here = Here(facts);
            if (Found(facts) is not { Correction: null } step || Find(here, Part) is not { } part || part.Latest != Step) return NotTheLatest;
            var before = part with { Latest = step.Before };
            var accepted = facts.Accept(agreed).Put(Steps, StepKey.Of(Part.Key, Step), step with { Correction = new PartCorrection(facts.Now, Reason) }).Emit(new Corrected(Part, Step, Reason));
            if (step.Vin is { } vin)
            {
                var wasIn = step.Kind == StepKind.Removed;
                return Seat(accepted.Put(Items, Part.Key, wasIn ? before.In(vin) : before.OutOf(vin)), facts, part, vin, comes: wasIn);
            }
            if (step.Other is not { } other) return accepted.Put(Items, Part.Key, before with { Scrapped = false });
            if (step.Kind == StepKind.Assembled && part.Into != other) return accepted.Put(Items, Part.Key, before);
            var around = Nesting.Of(here, other);
            if (step.Kind == StepKind.Assembled) return Nest(accepted.Put(Items, Part.Key, before with { Into = null }), facts, part, around, comes: false);
            return !around.Takes(part) ? IntoItself : !Tally.Of(facts, part).Fits(facts, around) ? TooMuch
                : Nest(accepted.Put(Items, Part.Key, before with { Into = other }), facts, part, around, comes: true);
        }

        private PartStep? Found(Facts facts) => Part.IsValid ? facts.Find(Steps, StepKey.Of(Part.Key, Step)) : null;
    }

    /// <summary>The maker of an article, or whoever mounts parts, attaches a document to a part: a battery's passport.</summary>
    /// <param name="Part">Which.</param>
    /// <param name="Kind">Of which kind, by the name of its schema.</param>
    /// <param name="Document">SHA-256 of it, or a commitment to it. The document itself is not on the ledger.</param>
    /// <param name="By">Who.</param>
    public sealed record Attach(Sgtin Part, string Kind, Hash Document, Party By) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(By);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (!Part.IsValid || Find(Here(facts), Part) is not { } part) return NotAPart;
            var isMaker = facts.Find(Articles, new GtinKey(Gs1.Number(Part.Gtin)))?.Maker == By;
            if (!isMaker && By != agreed.Brand && facts.Find(Members, By) is not { Fits: true }) return NotAMember;
            return facts.Accept(agreed).Put(Items, Part.Key, part with { Papers = part.Papers + 1 })
                .Put(Papers, StepKey.Of(Part.Key, part.Papers + 1), new Paper(Kind, Document, By, facts.Now)).Emit(new Attached(Part, part.Papers + 1, Kind, Document, By));
        }
    }

    /// <summary>The Brand or the maker calls a batch back. All vehicles that hold parts of it are told; whoever mounts one from now on raises an alarm.</summary>
    /// <param name="Batch">Which.</param>
    /// <param name="Number">As the authority or the Brand numbers it.</param>
    /// <param name="Remedy">Commitment to the instructions.</param>
    public readonly record struct CallBack(uint Batch, string Number, Hash Remedy) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) =>
            facts.Find(Made, new BatchKey(Batch)) is { } batch && facts.Find(Articles, new GtinKey(Gs1.Number(batch.Gtin))) is { } article
                ? Signers.Any(agreed.Brand, article.Maker) : Signers.Anyone;

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (facts.Find(Made, new BatchKey(Batch)) is not { CalledBack: null } batch) return NoSuchBatch;
            if (agreed.Telling is not null) return StillTelling;
            var recall = new BatchRecall(Number, Remedy, facts.Now);
            return agreed.Tell(facts, new Telling(Batch, null, 0)).Put(Made, new BatchKey(Batch), batch with { CalledBack = recall }).Emit(new CalledBack(Batch, recall));
        }
    }

    /// <summary>The next vehicles of a batch that was called back are told.</summary>
    public readonly record struct GoOn : IDue<SerialParts>
    {
        public Accepted<SerialParts> Decide(SerialParts agreed, Facts facts) => agreed.Telling is { } page ? agreed.Tell(facts, page) : facts.Accept(agreed);
    }

    /// <summary>The Brand explains an alarm: which of two parts was the copy, whose slip it was.</summary>
    /// <param name="Alarm">Which.</param>
    /// <param name="Finding">Commitment to what it found out.</param>
    public readonly record struct Explain(uint Alarm, Hash Finding) : IClause<SerialParts>
    {
        public Signers MustSign(SerialParts agreed, Facts facts) => Signers.All(agreed.Brand);

        public Outcome<SerialParts> Decide(SerialParts agreed, Facts facts)
        {
            if (facts.Find(Raised, new AlarmKey(Alarm)) is not { Explained: null } alarm || Find(Here(facts), alarm.Part) is not { } part) return NoSuchAlarm;
            return facts.Accept(agreed with { Unexplained = agreed.Unexplained - 1 }).Put(Raised, new AlarmKey(Alarm), alarm with { Explained = Finding })
                .Put(Items, alarm.Part.Key, part with { Unexplained = part.Unexplained - 1 }).Emit(new Explained(Alarm, Finding));
        }
    }

    public readonly record struct Admitted(Party Member, bool Fits) : IEvent;
    public readonly record struct Dismissed(Party Member) : IEvent;
    public readonly record struct Approved(string Gtin, Party Maker, string Name, Cover Cover) : IEvent;
    public readonly record struct Produced(uint Batch, Lot First, string Number, Hash Sheet) : IEvent;
    public readonly record struct Stepped(Sgtin Part, uint Number, PartStep Step) : IEvent;
    public readonly record struct Alarmed(uint Number, AlarmKind Kind, Sgtin Part, Party By, string? Vin) : IEvent;
    public readonly record struct Corrected(Sgtin Part, uint Number, Hash Reason) : IEvent;
    public readonly record struct Attached(Sgtin Part, uint Number, string Kind, Hash Document, Party By) : IEvent;
    public readonly record struct CalledBack(uint Batch, BatchRecall Recall) : IEvent;
    public readonly record struct Concerned(uint Batch, string Vin, uint Parts) : IEvent;
    public readonly record struct AllTold(uint Batch, uint Vehicles) : IEvent;
    public readonly record struct Explained(uint Number, Hash Finding) : IEvent;

    public static readonly Contract<SerialParts> Contents = new Contract<SerialParts>(code: 60, version: 1, Codecs.SerialParts.State)
        .Opens(1, Codecs.SerialParts.Begin).Does(2, Codecs.SerialParts.Admit).Does(3, Codecs.SerialParts.Dismiss).Does(4, Codecs.SerialParts.Approve).Does(5, Codecs.SerialParts.Make)
        .Does(6, Codecs.SerialParts.MakeListed).Does(7, Codecs.SerialParts.Assemble).Does(8, Codecs.SerialParts.Mount).Does(9, Codecs.SerialParts.Remove)
        .Does(10, Codecs.SerialParts.Scrap).Corrects(11, Codecs.SerialParts.Correct).Does(12, Codecs.SerialParts.Attach).Does(13, Codecs.SerialParts.CallBack)
        .FallsDue(14, Codecs.SerialParts.GoOn).Does(15, Codecs.SerialParts.Explain)
        .Tells(1, Codecs.SerialParts.Admitted).Tells(2, Codecs.SerialParts.Dismissed).Tells(3, Codecs.SerialParts.Approved).Tells(4, Codecs.SerialParts.Produced)
        .Tells(5, Codecs.SerialParts.Stepped).Warns(6, "part", Codecs.SerialParts.Alarmed).Tells(7, Codecs.SerialParts.Corrected).Tells(8, Codecs.SerialParts.Attached)
        .Tells(9, Codecs.SerialParts.CalledBack).Warns(10, "recall", Codecs.SerialParts.Concerned).Tells(11, Codecs.SerialParts.AllTold).Tells(12, Codecs.SerialParts.Explained)
        .Keeps(Members, Codecs.SerialParts.Membership).Keeps(Articles, Codecs.SerialParts.GtinKey, Codecs.Article).Keeps(Made, Codecs.SerialParts.BatchKey, Codecs.Batch)
        .Keeps(Ranges, Codecs.SerialParts.RangeKey, Codecs.SerialParts.Serials).Keeps(Items, Codecs.SerialParts.PartKey, Codecs.Part).Keeps(Steps, Codecs.SerialParts.StepKey, Codecs.PartStep)
        .Keeps(Inner, Codecs.SerialParts.InsideKey, Codecs.SerialParts.Inside).Keeps(Holders, Codecs.SerialParts.HoldingKey, Codecs.SerialParts.Holding)
        .Keeps(Fitted, Codecs.SerialParts.FitKey, Codecs.SerialParts.Fit).Keeps(Raised, Codecs.SerialParts.AlarmKey, Codecs.Alarm).Keeps(Papers, Codecs.SerialParts.StepKey, Codecs.Paper)
        .Refuses(NotAMember, NotAPart, NotAnArticle, NotABatch, MadeAlready, NotAVin, AheadOfTime, ThereAlready, NotThere, IntoItself, TooMuch, StillInUse)
        .Refuses(NotTheLatest, NoSuchBatch, StillTelling, NoSuchAlarm);
}
