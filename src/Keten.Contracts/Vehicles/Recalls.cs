using Keten.Kernel;

namespace Keten.Contracts.Vehicles;

/// <summary>
/// What a Maker has built, and what it calls back of it. A recall is opened by a range of numbers, or of one batch within it, and closed vehicle by vehicle by a garage. A vehicle that
/// was built and has no open record has no open recall, which can be proved: none is missing once nothing is being spread.
/// </summary>
/// <param name="Maker">Who built the vehicles, or answers for them as the importer.</param>
/// <param name="Register">Whose accredited garages remedy.</param>
/// <param name="Count">How many recalls there have been.</param>
/// <param name="Spreading">The recall that is being written to the vehicles of its range, page by page; none, once that is done.</param>
public sealed record Recalls(Party Maker, Agreement<Registration> Register, uint Count, Spreading? Spreading) : IReadBy
{
    /// <summary>So many vehicles in one call.</summary>
    public const int VehiclesAtMost = 500;

    /// <summary>So many recalls in all.</summary>
    public const uint RecallsAtMost = 4_000;

    public static readonly Refusal<Recalls> NotAVin = new(1, "That is no vehicle identification number, or its check digit does not hold; or the range ends before it begins.");
    public static readonly Refusal<Recalls> BuiltAlready = new(2, "A vehicle with that number has been built already.");
    public static readonly Refusal<Recalls> NotBuilt = new(3, "The Maker has not built that vehicle.");
    public static readonly Refusal<Recalls> TooMany = new(4, "From 1 to 500 vehicles go into one call, and 4,000 recalls into one agreement.");
    public static readonly Refusal<Recalls> StillSpreading = new(5, "A recall is still being written to the vehicles of its range.");
    public static readonly Refusal<Recalls> NotOpen = new(6, "There is no such recall, or it is not open on that vehicle.");
    public static readonly Refusal<Recalls> NotAGarage = new(7, "Only a garage that the register's authority has accredited remedies a recall.");
    public static readonly Refusal<Recalls> NotRemedied = new(8, "That vehicle has not been remedied under that recall.");

    /// <summary>What has been built.</summary>
    public static readonly Records<VinKey, Made> Built = new(1);

    /// <summary>The recalls, by number from 1.</summary>
    public static readonly Records<RecallNumber, Recall> Campaigns = new(2);

    /// <summary>The recalls that are open on a vehicle; no record, where none is.</summary>
    public static readonly Records<VinKey, Pending> Open = new(3);

    /// <summary>What was remedied.</summary>
    public static readonly Records<RemedyKey, Remedied> Remedies = new(4);

    public readonly record struct RecallNumber(uint Number);

    /// <summary>A vehicle under a recall.</summary>
    public readonly record struct RemedyKey(ulong First, ulong Next, byte Last, uint Recall)
    {
        public static RemedyKey Of(VinKey vehicle, uint recall) => new(vehicle.First, vehicle.Next, vehicle.Last, recall);
    }

    /// <summary>A vehicle that was built.</summary>
    /// <param name="Vin">Its identification number.</param>
    /// <param name="Batch">Of which batch, by the Maker's own name for it.</param>
    public readonly record struct Made(string Vin, string Batch);

    /// <summary>A recall.</summary>
    /// <param name="Number">As the authority or the Maker numbers it.</param>
    /// <param name="Component">What is wrong with the vehicles, in a few words.</param>
    /// <param name="Remedy">Commitment to the instructions.</param>
    /// <param name="From">The first number of its range.</param>
    /// <param name="To">The last number.</param>
    /// <param name="Batch">The one batch that it is of; all of the range, where none is named.</param>
    /// <param name="At">When it was opened.</param>
    public readonly record struct Recall(string Number, string Component, Hash Remedy, string From, string To, string? Batch, Instant At);

    public readonly record struct Remedied(Party Garage, Hash Work, Instant At);

    public Readers MayRead(Facts facts) => Readers.Everyone;

    // In order of the numbers. The cursor is in the state, so that whoever reads it knows whether all vehicles have been reached.
    private Accepted<Recalls> Spread(Facts facts, in Spreading page, in Recall recall, uint count)
    {
        var concerned = new List<Row<VinKey, Made>>();
        var (seen, end, next) = (0, Iso3779.Key(recall.To), default(string));
        foreach (var row in facts.From(Built, Iso3779.Key(page.Next), VehiclesAtMost + 1))
        {
            if (row.Key.IsAfter(end)) break;
            if (seen == VehiclesAtMost) next = row.Value.Vin;
            else if (recall.Batch is null || recall.Batch == row.Value.Batch) concerned.Add(row);
            seen++;
        }
        var reached = page.Reached + (uint)concerned.Count;
        var accepted = facts.Accept(this with { Count = count, Spreading = next is null ? null : new Spreading(page.Recall, next, reached) });
        foreach (var row in concerned.ToArray())
            accepted.Put(Open, row.Key, (facts.Find(Open, row.Key) ?? default).With(page.Recall)).Emit(new Recalled(row.Value.Vin, page.Recall));
        return next is null ? accepted.Emit(new Complete(page.Recall, reached)) : accepted.Wake(new GoOn(), at: facts.Now);
    }

    private static Accepted<Recalls> Close(Accepted<Recalls> accepted, VinKey vehicle, in Pending left) =>
        left.Recalls.Count == 0 ? accepted.Remove(Open, vehicle) : accepted.Put(Open, vehicle, left);

    /// <summary>A Maker begins its list.</summary>
    /// <param name="Maker">Who built the vehicles, or answers for them as the importer.</param>
    /// <param name="Register">Whose accredited garages remedy.</param>
    public sealed record Begin(Party Maker, Agreement<Registration> Register) : IOpening<Recalls>
    {
        public Signers MustSign(Facts facts) => Signers.All(Maker);

        public Outcome<Recalls> Decide(Facts facts) => facts.Accept(new Recalls(Maker, Register, 0, null));
    }

    /// <summary>The Maker lists what it has built. What it lists later, an earlier recall does not reach by itself: it extends the recall.</summary>
    /// <param name="Vins">At most 500, each once.</param>
    /// <param name="Batch">Of which batch all of them are.</param>
    public sealed record Build(Many<string> Vins, string Batch) : IClause<Recalls>
    {
        public Signers MustSign(Recalls agreed, Facts facts) => Signers.All(agreed.Maker);

        public Outcome<Recalls> Decide(Recalls agreed, Facts facts)
        {
            if (Vins.Count is 0 or > VehiclesAtMost) return TooMany;
            if (agreed.Spreading is not null) return StillSpreading;
            foreach (var vin in Vins)
            {
                if (!Iso3779.IsValid(vin)) return NotAVin;
                if (facts.Find(Built, Iso3779.Key(vin)) is not null) return BuiltAlready;
            }
            var accepted = facts.Accept(agreed);
            foreach (var vin in Vins) accepted.Put(Built, Iso3779.Key(vin), new Made(vin, Batch));
            return accepted.Emit(new Listed((uint)Vins.Count, Batch));
        }
    }

    /// <summary>The Maker opens a recall of all that it has built from one number to another.</summary>
    /// <param name="Number">As the authority or the Maker numbers it.</param>
    /// <param name="Component">What is wrong with the vehicles, in a few words.</param>
    /// <param name="Remedy">Commitment to the instructions.</param>
    /// <param name="From">The first number.</param>
    /// <param name="To">The last number.</param>
    /// <param name="Batch">Only this batch of them, where one is named.</param>
    public sealed record CallBack(string Number, string Component, Hash Remedy, string From, string To, string? Batch) : IClause<Recalls>
    {
        public Signers MustSign(Recalls agreed, Facts facts) => Signers.All(agreed.Maker);

        public Outcome<Recalls> Decide(Recalls agreed, Facts facts)
        {
            if (!Iso3779.IsWellFormed(From) || !Iso3779.IsWellFormed(To) || Iso3779.Key(From).IsAfter(Iso3779.Key(To))) return NotAVin;
            if (agreed.Spreading is not null) return StillSpreading;
            if (agreed.Count >= RecallsAtMost) return TooMany;
            var (number, recall) = (agreed.Count + 1, new Recall(Number, Component, Remedy, From, To, Batch, facts.Now));
            return agreed.Spread(facts, new Spreading(number, From, 0), recall, number).Put(Campaigns, new RecallNumber(number), recall).Emit(new Opened(number, recall));
        }
    }

    /// <summary>A recall goes on with the next vehicles of its range.</summary>
    public readonly record struct GoOn : IDue<Recalls>
    {
        public Accepted<Recalls> Decide(Recalls agreed, Facts facts) =>
            agreed.Spreading is { } page && facts.Find(Campaigns, new RecallNumber(page.Recall)) is { } recall ? agreed.Spread(facts, page, recall, agreed.Count) : facts.Accept(agreed);
    }

    /// <summary>The Maker extends a recall to further vehicles, whatever their numbers.</summary>
    /// <param name="Recall">Which.</param>
    /// <param name="Vins">At most 500.</param>
    public sealed record Extend(uint Recall, Many<string> Vins) : IClause<Recalls>
    {
        public Signers MustSign(Recalls agreed, Facts facts) => Signers.All(agreed.Maker);

        public Outcome<Recalls> Decide(Recalls agreed, Facts facts)
        {
            if (Vins.Count is 0 or > VehiclesAtMost) return TooMany;
            if (facts.Find(Campaigns, new RecallNumber(Recall)) is null) return NotOpen;
            foreach (var vin in Vins)
                if (!Iso3779.IsWellFormed(vin) || facts.Find(Built, Iso3779.Key(vin)) is null) return NotBuilt;
            var accepted = facts.Accept(agreed);
            foreach (var vin in Vins) accepted.Put(Open, Iso3779.Key(vin), (facts.Find(Open, Iso3779.Key(vin)) ?? default).With(Recall)).Emit(new Recalled(vin, Recall));
            return accepted;
        }
    }

    /// <summary>A garage has remedied a vehicle.</summary>
    /// <param name="Recall">Under which recall.</param>
    /// <param name="Vin">Which.</param>
    /// <param name="Garage">Who did it.</param>
    /// <param name="Work">Commitment to what was done.</param>
    public readonly record struct Remedy(uint Recall, string Vin, Party Garage, Hash Work) : IClause<Recalls>
    {
        public Signers MustSign(Recalls agreed, Facts facts) => Signers.All(Garage);

        public Outcome<Recalls> Decide(Recalls agreed, Facts facts)
        {
            if (facts.Of(agreed.Register).Find(Registration.Accredited, Garage) is not { Garage: true }) return NotAGarage;
            if (!Iso3779.IsWellFormed(Vin) || facts.Find(Open, Iso3779.Key(Vin)) is not { } open || !open.Has(Recall)) return NotOpen;
            var vehicle = Iso3779.Key(Vin);
            return Close(facts.Accept(agreed), vehicle, open.Without(Recall)).Put(Remedies, RemedyKey.Of(vehicle, Recall), new Remedied(Garage, Work, facts.Now)).Emit(new Closed(Vin, Recall, Garage, Work));
        }
    }

    /// <summary>What a garage said it had remedied it had not: the recall is open again on that vehicle. The garage says so, or the Maker.</summary>
    /// <param name="Recall">Under which recall.</param>
    /// <param name="Vin">Which.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Reopen(uint Recall, string Vin, Hash Reason) : ICorrection<Recalls>
    {
        public Signers MustSign(Recalls agreed, Facts facts) => Found(facts) is { } done ? Signers.Any(done.Garage, agreed.Maker) : Signers.Anyone;

        public Outcome<Recalls> Decide(Recalls agreed, Facts facts)
        {
            if (Found(facts) is null) return NotRemedied;
            var vehicle = Iso3779.Key(Vin);
            return facts.Accept(agreed).Remove(Remedies, RemedyKey.Of(vehicle, Recall)).Put(Open, vehicle, (facts.Find(Open, vehicle) ?? default).With(Recall))
                .Emit(new Reopened(Vin, Recall, Reason));
        }

        private Remedied? Found(Facts facts) => Iso3779.IsWellFormed(Vin) ? facts.Find(Remedies, RemedyKey.Of(Iso3779.Key(Vin), Recall)) : null;
    }

    /// <summary>The Maker takes a vehicle out of a recall that never concerned it.</summary>
    /// <param name="Recall">Which.</param>
    /// <param name="Vin">The vehicle.</param>
    /// <param name="Reason">Commitment to why.</param>
    public readonly record struct Except(uint Recall, string Vin, Hash Reason) : ICorrection<Recalls>
    {
        public Signers MustSign(Recalls agreed, Facts facts) => Signers.All(agreed.Maker);

        public Outcome<Recalls> Decide(Recalls agreed, Facts facts)
        {
            if (!Iso3779.IsWellFormed(Vin) || facts.Find(Open, Iso3779.Key(Vin)) is not { } open || !open.Has(Recall)) return NotOpen;
            return Close(facts.Accept(agreed), Iso3779.Key(Vin), open.Without(Recall)).Emit(new Excepted(Vin, Recall, Reason));
        }
    }

    public readonly record struct Listed(uint Vehicles, string Batch) : IEvent;
    public readonly record struct Opened(uint Number, Recall Recall) : IEvent;
    public readonly record struct Recalled(string Vin, uint Recall) : IEvent;
    public readonly record struct Complete(uint Recall, uint Vehicles) : IEvent;
    public readonly record struct Closed(string Vin, uint Recall, Party Garage, Hash Work) : IEvent;
    public readonly record struct Reopened(string Vin, uint Recall, Hash Reason) : IEvent;
    public readonly record struct Excepted(string Vin, uint Recall, Hash Reason) : IEvent;

    public static readonly Contract<Recalls> Contents = new Contract<Recalls>(code: 12, version: 1, Codecs.Recalls.State)
        .Opens(1, Codecs.Recalls.Begin).Does(2, Codecs.Recalls.Build).Does(3, Codecs.Recalls.CallBack).FallsDue(4, Codecs.Recalls.GoOn).Does(5, Codecs.Recalls.Extend)
        .Does(6, Codecs.Recalls.Remedy).Corrects(7, Codecs.Recalls.Reopen).Corrects(8, Codecs.Recalls.Except)
        .Tells(1, Codecs.Recalls.Listed).Tells(2, Codecs.Recalls.Opened).Warns(3, "recall", Codecs.Recalls.Recalled).Tells(4, Codecs.Recalls.Complete).Tells(5, Codecs.Recalls.Closed)
        .Tells(6, Codecs.Recalls.Reopened).Tells(7, Codecs.Recalls.Excepted)
        .Keeps(Built, Codecs.Recalls.VinKey, Codecs.Recalls.Made).Keeps(Campaigns, Codecs.Recalls.RecallNumberKey, Codecs.Recalls.Recall)
        .Keeps(Open, Codecs.Recalls.VinKey, Codecs.Pending).Keeps(Remedies, Codecs.Recalls.RemedyKey, Codecs.Recalls.Remedied)
        .Refuses(NotAVin, BuiltAlready, NotBuilt, TooMany, StillSpreading, NotOpen, NotAGarage, NotRemedied);
}

/// <summary>How far a recall has been written to the vehicles of its range.</summary>
/// <param name="Recall">Which.</param>
/// <param name="Next">The vehicle that comes next.</param>
/// <param name="Reached">How many it concerns so far.</param>
public readonly record struct Spreading(uint Recall, string Next, uint Reached);

/// <summary>The recalls that are open on a vehicle, by number.</summary>
/// <param name="Recalls">In the order in which they were opened on it.</param>
public readonly record struct Pending(Many<uint> Recalls)
{
    /// <summary>Whether a recall is open.</summary>
    public bool Has(uint recall)
    {
        foreach (var each in Recalls)
            if (each == recall) return true;
        return false;
    }

    /// <summary>The same with one more; once only.</summary>
    public Pending With(uint recall)
    {
        if (Has(recall)) return this;
        var all = new List<uint>();
        foreach (var each in Recalls) all.Add(each);
        all.Add(recall);
        return new Pending(new Many<uint>(all.ToArray()));
    }

    /// <summary>The same without one.</summary>
    public Pending Without(uint recall)
    {
        var left = new List<uint>();
        foreach (var each in Recalls)
            if (each != recall) left.Add(each);
        return new Pending(new Many<uint>(left.ToArray()));
    }
}
