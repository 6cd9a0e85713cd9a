using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>What an Operator charges, published for all to read. A session is priced by the terms that were in force when it began, whatever was published since.</summary>
/// <param name="Operator">Who charges.</param>
/// <param name="Terms">As published last.</param>
/// <param name="Since">From when they are in force.</param>
/// <param name="Revision">How often they have been revised.</param>
/// <param name="Withdrawn">From when no session may begin under it, if it is withdrawn.</param>
public sealed record Tariff(Party Operator, TariffTerms Terms, Instant Since, int Revision, Instant? Withdrawn) : IReadBy
{
    public static readonly Refusal<Tariff> FaultyTerms = new(1, "The terms have a fault, or their units are not as the ledger has them.");
    public static readonly Refusal<Tariff> OtherUnits = new(2, "A revision keeps the currency and the unit of energy: agreements rest on them.");
    public static readonly Refusal<Tariff> NotAhead = new(3, "Terms come into force now or later, and after those before them.");
    public static readonly Refusal<Tariff> IsWithdrawn = new(4, "The tariff has been withdrawn.");

    /// <summary>Terms of before, by the moment from which they were no longer in force.</summary>
    public static readonly Records<Instant, Earlier> Revisions = new(1);

    public readonly record struct Earlier(Instant Since, TariffTerms Terms);

    public Readers MayRead(Facts facts) => Readers.Everyone;

    /// <summary>The Operator publishes what it charges.</summary>
    /// <param name="Operator">Who charges.</param>
    /// <param name="Terms">What it charges.</param>
    /// <param name="From">From when; sessions that began before have no price.</param>
    public sealed record Publish(Party Operator, TariffTerms Terms, Instant From) : IOpening<Tariff>
    {
        public Signers MustSign(Facts facts) => Signers.All(Operator);

        public Outcome<Tariff> Decide(Facts facts) =>
            !Fit(Terms, facts) ? FaultyTerms : facts.Accept(new Tariff(Operator, Terms, From, 0, null)).Emit(new Published(Terms, From, 0));
    }

    /// <summary>The Operator charges otherwise from a moment on. Sessions that began before it keep their terms.</summary>
    /// <param name="Terms">What it charges then.</param>
    /// <param name="From">From when: not in the past.</param>
    public sealed record Revise(TariffTerms Terms, Instant From) : IClause<Tariff>
    {
        public Signers MustSign(Tariff agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<Tariff> Decide(Tariff agreed, Facts facts)
        {
            if (agreed.Withdrawn is not null) return IsWithdrawn;
            if (!Fit(Terms, facts)) return FaultyTerms;
            if (Terms.Currency != agreed.Terms.Currency || Terms.Energy != agreed.Terms.Energy) return OtherUnits;
            if (From < facts.Now || From <= agreed.Since) return NotAhead;
            return facts.Accept(agreed with { Terms = Terms, Since = From, Revision = agreed.Revision + 1 })
                .Put(Revisions, From, new Earlier(agreed.Since, agreed.Terms)).Emit(new Published(Terms, From, agreed.Revision + 1));
        }
    }

    /// <summary>The Operator lets no session begin any more from a moment on. Those that began before it are still priced.</summary>
    /// <param name="From">From when: not in the past, nor before terms that are still to come.</param>
    public readonly record struct Withdraw(Instant From) : IClause<Tariff>
    {
        public Signers MustSign(Tariff agreed, Facts facts) => Signers.All(agreed.Operator);

        public Outcome<Tariff> Decide(Tariff agreed, Facts facts) =>
            agreed.Withdrawn is not null ? IsWithdrawn
            : From < facts.Now || From < agreed.Since ? NotAhead
            : facts.Accept(agreed with { Withdrawn = From }).Emit(new TakenOff(From));
    }

    public readonly record struct Published(TariffTerms Terms, Instant From, int Revision) : IEvent;
    public readonly record struct TakenOff(Instant From) : IEvent;

    public static readonly Contract<Tariff> Contents = new Contract<Tariff>(code: 3, version: 1, Codecs.Tariff.State)
        .Opens(1, Codecs.Tariff.Publish).Does(2, Codecs.Tariff.Revise).Does(3, Codecs.Tariff.Withdraw)
        .Tells(1, Codecs.Tariff.Published).Tells(2, Codecs.Tariff.TakenOff)
        .Keeps(Revisions, Codecs.Tariff.Earlier).Refuses(FaultyTerms, OtherUnits, NotAhead, IsWithdrawn);

    // A price in cents of a unit that has mils would be ten times too low: the ledger's own decimals decide.
    private static bool Fit(TariffTerms terms, Facts facts) =>
        TermsCheck.Of(terms) == TermsFault.None && facts.Describe(terms.Currency) is { } currency && currency.Decimals == terms.CurrencyDecimals
            && facts.Describe(terms.Energy) is { Decimals: 3 };
}

/// <summary>What other agreements ask of a tariff.</summary>
public static class TariffInForce
{
    /// <summary>The terms that were in force at a moment; none before the first, nor from the withdrawal on.</summary>
    public static TariffTerms? At(this Known<Tariff> tariff, Instant moment)
    {
        var latest = tariff.State;
        if (moment >= latest.Withdrawn) return null;
        if (moment >= latest.Since) return latest.Terms;
        foreach (var (_, earlier) in tariff.Next(Tariff.Revisions, after: moment, atMost: 1))
            return moment >= earlier.Since ? earlier.Terms : null;
        return null;
    }
}
