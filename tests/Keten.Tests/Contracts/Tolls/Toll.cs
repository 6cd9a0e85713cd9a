using Keten.Kernel;

namespace Keten.Contracts.Tolls;

/// <summary>A Driver pays the Operator of a road for each passage, under a mandate. What was collected for a passage that never was is given back.</summary>
/// <param name="Operator">Who keeps the road, and is paid.</param>
/// <param name="Driver">Who passes, and pays.</param>
/// <param name="PerPassage">What a passage costs.</param>
public sealed record Toll(Party Operator, Party Driver, Amount PerPassage)
{
    public static readonly Refusal<Toll> NoToll = new(1, "A toll is more than nothing, and the mandate is in the same money.");
    public static readonly Refusal<Toll> PaidAlready = new(2, "That passage has been paid already.");
    public static readonly Refusal<Toll> NotPaid = new(3, "That passage has not been paid, or was given back.");

    /// <summary>What was paid for each passage, by the commitment of its record.</summary>
    public static readonly Records<Hash, Passage> Passages = new(1);

    public readonly record struct Passage(Amount Paid);

    /// <summary>The Driver lets the Operator collect the toll.</summary>
    /// <param name="Operator">Who keeps the road, and is paid.</param>
    /// <param name="Driver">Who passes, and pays.</param>
    /// <param name="PerPassage">What a passage costs.</param>
    /// <param name="Mandate">Up to so much each, in all, until.</param>
    public sealed record Agree(Party Operator, Party Driver, Amount PerPassage, Mandate Mandate) : IOpening<Toll>
    {
        public Signers MustSign(Facts facts) => Signers.All(Operator, Driver);

        public Outcome<Toll> Decide(Facts facts) =>
            PerPassage.Minor <= 0 || Mandate.InAll.Unit != PerPassage.Unit ? NoToll
            : facts.Accept(new Toll(Operator, Driver, PerPassage)).Allow(Driver, Mandate);
    }

    /// <summary>The Operator collects the toll for a passage.</summary>
    /// <param name="Record">Commitment to the record of the passage; each is paid once.</param>
    public readonly record struct Pass(Hash Record) : IClause<Toll>
    {
        public Signers MustSign(Toll agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<Toll> Decide(Toll agreed, Facts facts) =>
            facts.Find(Passages, Record) is not null ? PaidAlready
            : facts.Accept(agreed).Move(agreed.PerPassage, from: agreed.Driver, to: agreed.Operator)
                .Put(Passages, Record, new Passage(agreed.PerPassage)).Emit(new Passed(Record, agreed.PerPassage));
    }

    /// <summary>The Operator gives back what it collected for a passage that never was.</summary>
    /// <param name="Record">Of the passage.</param>
    /// <param name="Reason">Commitment to the credit note.</param>
    public readonly record struct GiveBack(Hash Record, Hash Reason) : ICorrection<Toll>
    {
        public Signers MustSign(Toll agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<Toll> Decide(Toll agreed, Facts facts) =>
            facts.Find(Passages, Record) is not { Paid.IsZero: false } passage ? NotPaid
            : facts.Accept(agreed).Move(passage.Paid, from: agreed.Operator, to: agreed.Driver)
                .Put(Passages, Record, new Passage(passage.Paid - passage.Paid)).Emit(new GivenBack(Record, passage.Paid, Reason));
    }

    /// <summary>The Driver leaves.</summary>
    public readonly record struct Leave : IClause<Toll>
    {
        public Signers MustSign(Toll agreed, Facts facts) => Signers.All(agreed.Driver);

        public Outcome<Toll> Decide(Toll agreed, Facts facts) => facts.Accept(agreed).Withdraw(agreed.Driver, agreed.PerPassage.Unit).End();
    }

    public readonly record struct Passed(Hash Record, Amount Paid) : IEvent;
    public readonly record struct GivenBack(Hash Record, Amount Amount, Hash Reason) : IEvent;

    public static readonly Contract<Toll> Contents = new Contract<Toll>(code: 1000, version: 1, Codecs.Toll.State)
        .Opens(1, Codecs.Toll.Agree).Does(2, Codecs.Toll.Pass).Corrects(3, Codecs.Toll.GiveBack).Does(4, Codecs.Toll.Leave)
        .Tells(1, Codecs.Toll.Passed).Tells(2, Codecs.Toll.GivenBack)
        .Keeps(Passages, Codecs.Toll.Passage).Refuses(NoToll, PaidAlready, NotPaid);
}
