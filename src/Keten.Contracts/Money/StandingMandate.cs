using Keten.Kernel;

namespace Keten.Contracts.Money;

/// <summary>A Payer lets a Payee collect: up to so much each time, so much in all, until a day. What was collected can be given back, also afterwards.</summary>
/// <param name="Payer">Who pays.</param>
/// <param name="Payee">Who collects.</param>
/// <param name="Currency">In which unit.</param>
public sealed record StandingMandate(Party Payer, Party Payee, Unit Currency)
{
    public static readonly Refusal<StandingMandate> NotThisMoney = new(1, "The amount is of another unit, or of nothing.");
    public static readonly Refusal<StandingMandate> CollectedAlready = new(2, "There has been a collection under this reference already.");
    public static readonly Refusal<StandingMandate> NoSuchCollection = new(3, "There is no collection under this reference, or less of it is left to give back.");
    public static readonly Refusal<StandingMandate> OneAndTheSame = new(4, "Payer and payee are two parties.");

    /// <summary>What was collected, by the Payee's reference.</summary>
    public static readonly Records<Reference, Collection> Collections = new(1);

    public readonly record struct Collection(Amount Amount, Amount GivenBack);

    /// <summary>The Payer lets the Payee collect.</summary>
    /// <param name="Payer">Who pays.</param>
    /// <param name="Payee">Who may collect.</param>
    /// <param name="Mandate">Up to so much each, in all, until.</param>
    public sealed record Give(Party Payer, Party Payee, Mandate Mandate) : IOpening<StandingMandate>
    {
        public Signers MustSign(Facts facts) => Signers.All(Payer);

        public Outcome<StandingMandate> Decide(Facts facts) =>
            Payer == Payee ? OneAndTheSame
            : facts.Accept(new StandingMandate(Payer, Payee, Mandate.InAll.Unit)).Allow(Payer, Mandate).Emit(new Given(Mandate));
    }

    /// <summary>The Payee collects.</summary>
    /// <param name="Amount">How much.</param>
    /// <param name="Reference">The Payee's own, each once: a collection that is sent again is not collected again.</param>
    public readonly record struct Collect(Amount Amount, Reference Reference) : IClause<StandingMandate>
    {
        public Signers MustSign(StandingMandate agreed, Facts facts) => Signers.All(agreed.Payee);

        public Outcome<StandingMandate> Decide(StandingMandate agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Collections, Reference) is not null) return CollectedAlready;
            return facts.Accept(agreed).Move(Amount, from: agreed.Payer, to: agreed.Payee)
                .Put(Collections, Reference, new Collection(Amount, agreed.Currency.Of(0))).Emit(new Collected(Amount, Reference));
        }
    }

    /// <summary>The Payer changes or renews the mandate; it replaces the one before, with what was left of it.</summary>
    /// <param name="Mandate">In the same unit.</param>
    public readonly record struct Change(Mandate Mandate) : IClause<StandingMandate>
    {
        public Signers MustSign(StandingMandate agreed, Facts facts) => Signers.All(agreed.Payer);

        public Outcome<StandingMandate> Decide(StandingMandate agreed, Facts facts) =>
            Mandate.InAll.Unit != agreed.Currency ? NotThisMoney : facts.Accept(agreed).Allow(agreed.Payer, Mandate).Emit(new Given(Mandate));
    }

    /// <summary>The Payer takes the mandate away, which ends the agreement.</summary>
    public readonly record struct Revoke : IClause<StandingMandate>, IExit
    {
        public Signers MustSign(StandingMandate agreed, Facts facts) => Signers.All(agreed.Payer);

        public Outcome<StandingMandate> Decide(StandingMandate agreed, Facts facts) =>
            facts.Accept(agreed).Withdraw(agreed.Payer, agreed.Currency).Emit(new Revoked(facts.Now)).End();
    }

    /// <summary>The Payee gives back what was collected by mistake, or a part of it.</summary>
    /// <param name="Reference">Of the collection.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Reason">Commitment to the credit note.</param>
    public readonly record struct GiveBack(Reference Reference, Amount Amount, Hash Reason) : ICorrection<StandingMandate>, IExit
    {
        public Signers MustSign(StandingMandate agreed, Facts facts) => Signers.All(agreed.Payee);

        public Outcome<StandingMandate> Decide(StandingMandate agreed, Facts facts)
        {
            if (Amount.Unit != agreed.Currency || Amount.Minor <= 0) return NotThisMoney;
            if (facts.Find(Collections, Reference) is not { } was || Amount > was.Amount - was.GivenBack) return NoSuchCollection;
            return facts.Accept(agreed).Move(Amount, from: agreed.Payee, to: agreed.Payer)
                .Put(Collections, Reference, was with { GivenBack = was.GivenBack + Amount }).Emit(new GivenBack(Reference, Amount, Reason));
        }
    }

    public readonly record struct Given(Mandate Mandate) : IEvent;
    public readonly record struct Collected(Amount Amount, Reference Reference) : IEvent;
    public readonly record struct Revoked(Instant At) : IEvent;
    public readonly record struct GivenBack(Reference Reference, Amount Amount, Hash Reason) : IEvent;

    public static readonly Contract<StandingMandate> Contents = new Contract<StandingMandate>(code: 5, version: 1, Codecs.StandingMandate.State)
        .Opens(1, Codecs.StandingMandate.Give).Does(2, Codecs.StandingMandate.Collect).Does(3, Codecs.StandingMandate.Change).Does(4, Codecs.StandingMandate.Revoke)
        .Corrects(5, Codecs.StandingMandate.GiveBack)
        .Tells(1, Codecs.StandingMandate.Given).Tells(2, Codecs.StandingMandate.Collected).Tells(3, Codecs.StandingMandate.Revoked).Tells(4, Codecs.StandingMandate.GivenBack)
        .Keeps(Collections, Codecs.StandingMandate.Collection).Refuses(NotThisMoney, CollectedAlready, NoSuchCollection, OneAndTheSame);
}
