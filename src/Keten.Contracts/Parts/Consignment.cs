using Keten.Kernel;

namespace Keten.Contracts.Parts;

/// <summary>
/// Parts that a member of a record has sent to somebody: what the despatch advice says, what arrived, and so what is short and what is over. What arrived and nobody has made is told apart.
/// </summary>
/// <param name="From">Who sent them.</param>
/// <param name="To">Who receives them.</param>
/// <param name="Parts">In whose record they stand.</param>
/// <param name="Number">The despatch advice's number.</param>
/// <param name="Advised">What it lists.</param>
/// <param name="Sent">When.</param>
/// <param name="Receipt">What arrived, once it has been counted.</param>
public sealed record Consignment(Party From, Party To, Agreement<SerialParts> Parts, string Number, Many<Lot> Advised, Instant Sent, Receipt? Receipt)
{
    public static readonly Refusal<Consignment> NotTwoParties = new(1, "Who sends and who receives are two parties.");
    public static readonly Refusal<Consignment> NotAMember = new(2, "Only the brand and its members send parts of its record.");
    public static readonly Refusal<Consignment> NotParts = new(3, "A list has from 1 to 200 lots, each well formed and of parts that are in no other.");
    public static readonly Refusal<Consignment> NotMade = new(4, "A part of the list has not been made, or a lot is not of one batch.");
    public static readonly Refusal<Consignment> CountedAlready = new(5, "What arrived has been counted: a wrong count is corrected.");
    public static readonly Refusal<Consignment> NotCounted = new(6, "What arrived has not been counted.");

    private static Accepted<Consignment> Count(Consignment agreed, Facts facts, Many<Lot> arrived, Hash note, out Receipt receipt)
    {
        var (parts, strange) = (facts.Of(agreed.Parts), new List<Lot>());
        foreach (var lot in arrived)
            if (SerialParts.BatchOf(parts, lot) == 0) strange.Add(lot);
        receipt = new Receipt(facts.Now, arrived, new(Lots.Without(agreed.Advised, arrived)), new(Lots.Without(arrived, agreed.Advised)), new(strange.ToArray()), note);
        var accepted = facts.Accept(agreed with { Receipt = receipt });
        return receipt.Strange.Count == 0 ? accepted : accepted.Emit(new NeverMade(agreed.From, receipt.Strange));
    }

    /// <summary>A member sends parts: the despatch advice.</summary>
    /// <param name="From">Who.</param>
    /// <param name="To">To whom.</param>
    /// <param name="Parts">In whose record they stand.</param>
    /// <param name="Number">The advice's number.</param>
    /// <param name="Advised">Which parts; each lot of one batch.</param>
    public sealed record Send(Party From, Party To, Agreement<SerialParts> Parts, string Number, Many<Lot> Advised) : IOpening<Consignment>
    {
        public Signers MustSign(Facts facts) => Signers.All(From);

        public Outcome<Consignment> Decide(Facts facts)
        {
            var parts = facts.Of(Parts);
            if (From == To) return NotTwoParties;
            if (parts.State.Brand != From && parts.Find(SerialParts.Members, From) is null) return NotAMember;
            if (!Lots.AreDistinct(Advised)) return NotParts;
            foreach (var lot in Advised)
                if (SerialParts.BatchOf(parts, lot) == 0) return NotMade;
            return facts.Accept(new Consignment(From, To, Parts, Number, Advised, facts.Now, null)).Emit(new Despatched(From, To, Number, Advised));
        }
    }

    /// <summary>The receiver has counted what arrived. Where it is what was advised it is done with; else the sender is to say that it has seen the difference.</summary>
    /// <param name="Arrived">Which parts; none, where nothing did.</param>
    /// <param name="Note">Commitment to the goods received note.</param>
    public sealed record Receive(Many<Lot> Arrived, Hash Note) : IClause<Consignment>
    {
        public Signers MustSign(Consignment agreed, Facts facts) => Signers.All(agreed.To);

        public Outcome<Consignment> Decide(Consignment agreed, Facts facts)
        {
            if (agreed.Receipt is not null) return CountedAlready;
            if (Arrived.Count > 0 && !Lots.AreDistinct(Arrived)) return NotParts;
            var accepted = Count(agreed, facts, Arrived, Note, out var receipt).Emit(new Received(Lots.Count(Arrived), receipt.Missing, receipt.Surplus));
            return receipt.IsAsAdvised ? accepted.End() : accepted;
        }
    }

    /// <summary>The receiver counted wrongly, and counts again; also when all is over.</summary>
    /// <param name="Arrived">Which parts arrived; none, where nothing did.</param>
    /// <param name="Note">Commitment to why.</param>
    public sealed record Recount(Many<Lot> Arrived, Hash Note) : ICorrection<Consignment>
    {
        public Signers MustSign(Consignment agreed, Facts facts) => Signers.All(agreed.To);

        public Outcome<Consignment> Decide(Consignment agreed, Facts facts)
        {
            if (agreed.Receipt is null) return NotCounted;
            if (Arrived.Count > 0 && !Lots.AreDistinct(Arrived)) return NotParts;
            return Count(agreed, facts, Arrived, Note, out var receipt).Emit(new Recounted(Lots.Count(Arrived), receipt.Missing, receipt.Surplus));
        }
    }

    /// <summary>The sender has seen what was short or over, and it is done with.</summary>
    /// <param name="Note">Commitment to what they say to it.</param>
    public readonly record struct Acknowledge(Hash Note) : IClause<Consignment>
    {
        public Signers MustSign(Consignment agreed, Facts facts) => Signers.All(agreed.From);

        public Outcome<Consignment> Decide(Consignment agreed, Facts facts) =>
            agreed.Receipt is not { } receipt ? NotCounted : facts.Accept(agreed).Emit(new Acknowledged(receipt.Missing, receipt.Surplus, Note)).End();
    }

    /// <summary>The sender withdraws the advice before anything is counted.</summary>
    public readonly record struct Withdraw : IClause<Consignment>, IExit
    {
        public Signers MustSign(Consignment agreed, Facts facts) => Signers.All(agreed.From);

        public Outcome<Consignment> Decide(Consignment agreed, Facts facts) =>
            agreed.Receipt is not null ? CountedAlready : facts.Accept(agreed).Emit(new Withdrawn(agreed.Number)).End();
    }

    public readonly record struct Despatched(Party From, Party To, string Number, Many<Lot> Advised) : IEvent;
    public readonly record struct Received(long Parts, long Missing, long Surplus) : IEvent;
    public readonly record struct NeverMade(Party From, Many<Lot> Lots) : IEvent;
    public readonly record struct Recounted(long Parts, long Missing, long Surplus) : IEvent;
    public readonly record struct Acknowledged(long Missing, long Surplus, Hash Note) : IEvent;
    public readonly record struct Withdrawn(string Number) : IEvent;

    public static readonly Contract<Consignment> Contents = new Contract<Consignment>(code: 61, version: 1, Codecs.Consignment.State)
        .Opens(1, Codecs.Consignment.Send).Does(2, Codecs.Consignment.Receive).Corrects(3, Codecs.Consignment.Recount).Does(4, Codecs.Consignment.Acknowledge)
        .Does(5, Codecs.Consignment.Withdraw)
        .Tells(1, Codecs.Consignment.Despatched).Tells(2, Codecs.Consignment.Received).Warns(3, "part", Codecs.Consignment.NeverMade).Tells(4, Codecs.Consignment.Recounted)
        .Tells(5, Codecs.Consignment.Acknowledged).Tells(6, Codecs.Consignment.Withdrawn)
        .Refuses(NotTwoParties, NotAMember, NotParts, NotMade, CountedAlready, NotCounted);
}

/// <summary>What arrived, held against what was advised.</summary>
/// <param name="At">When it was counted.</param>
/// <param name="Arrived">What arrived.</param>
/// <param name="Short">What was advised and did not.</param>
/// <param name="Over">What arrived and was not advised.</param>
/// <param name="Strange">What of it nobody has made, or is in lots that are not of one batch.</param>
/// <param name="Note">Commitment to the goods received note.</param>
public readonly record struct Receipt(Instant At, Many<Lot> Arrived, Many<Stretch> Short, Many<Stretch> Over, Many<Lot> Strange, Hash Note)
{
    /// <summary>How many parts are short.</summary>
    public long Missing => Count(Short);

    /// <summary>How many parts are over.</summary>
    public long Surplus => Count(Over);

    /// <summary>Whether just that arrived which was advised, and all of it was made.</summary>
    public bool IsAsAdvised => Short.Count == 0 && Over.Count == 0 && Strange.Count == 0;

    private static long Count(Many<Stretch> stretches)
    {
        long count = 0;
        foreach (var stretch in stretches) count += (long)stretch.Count;
        return count;
    }
}
