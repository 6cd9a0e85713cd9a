using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>
/// How an Insurer prices motor risks, published for all to read: whoever states the same pays the same. A revision prices the quotes and renewals that come after it; a year that is running keeps
/// its price.
/// </summary>
/// <param name="Insurer">Who prices, and bears the risk.</param>
/// <param name="Terms">As published last.</param>
/// <param name="Derivation">Commitment to how the relativities were derived.</param>
/// <param name="Revision">How often they have been revised.</param>
/// <param name="Closed">Whether nothing is quoted or renewed by it any more.</param>
public sealed record InsuranceTariff(Party Insurer, PremiumTerms Terms, Hash Derivation, uint Revision, bool Closed) : IReadBy
{
    public static readonly Refusal<InsuranceTariff> NotTheseTerms =
        new(1, "Prices are of one money, relativities are more than nothing and at most ten, levels and classes are in order, there is a limit, and a day of grace at least.");
    public static readonly Refusal<InsuranceTariff> OtherQuestions = new(2, "A revision asks the same questions in the same money: what holders have stated must go on meaning the same.");
    public static readonly Refusal<InsuranceTariff> IsClosed = new(3, "The tariff has been closed.");

    public Readers MayRead(Facts facts) => Readers.Everyone;

    /// <summary>The Insurer publishes how it prices.</summary>
    /// <param name="Insurer">Who prices, and bears the risk.</param>
    /// <param name="Terms">Base, factors, scale, driving, cover.</param>
    /// <param name="Derivation">Commitment to how the relativities were derived.</param>
    public sealed record Publish(Party Insurer, PremiumTerms Terms, Hash Derivation) : IOpening<InsuranceTariff>
    {
        public Signers MustSign(Facts facts) => Signers.All(Insurer);

        public Outcome<InsuranceTariff> Decide(Facts facts) =>
            !Terms.AreWhole || !facts.CanBeHeld(Terms.Currency) ? NotTheseTerms
            : facts.Accept(new InsuranceTariff(Insurer, Terms, Derivation, 0, false)).Emit(new Published(Terms, Derivation, 0));
    }

    /// <summary>The Insurer gives the same answers other worth, from the next quote and the next renewal on.</summary>
    /// <param name="Terms">The same factors and levels.</param>
    /// <param name="Derivation">Commitment to how the relativities were derived.</param>
    public sealed record Revise(PremiumTerms Terms, Hash Derivation) : IClause<InsuranceTariff>
    {
        public Signers MustSign(InsuranceTariff agreed, Facts facts) => Signers.All(agreed.Insurer);

        public Outcome<InsuranceTariff> Decide(InsuranceTariff agreed, Facts facts) =>
            agreed.Closed ? IsClosed
            : !Terms.AreWhole ? NotTheseTerms
            : !Terms.AskAs(agreed.Terms) ? OtherQuestions
            : facts.Accept(agreed with { Terms = Terms, Derivation = Derivation, Revision = agreed.Revision + 1 }).Emit(new Published(Terms, Derivation, agreed.Revision + 1));
    }

    /// <summary>The Insurer quotes and renews nothing by it any more. Years that are running go on to their end.</summary>
    public readonly record struct Close : IClause<InsuranceTariff>, IExit
    {
        public Signers MustSign(InsuranceTariff agreed, Facts facts) => Signers.All(agreed.Insurer);

        public Outcome<InsuranceTariff> Decide(InsuranceTariff agreed, Facts facts) =>
            agreed.Closed ? IsClosed : facts.Accept(agreed with { Closed = true }).Emit(new TakenOff());
    }

    public readonly record struct Published(PremiumTerms Terms, Hash Derivation, uint Revision) : IEvent;
    public readonly record struct TakenOff : IEvent;

    public static readonly Contract<InsuranceTariff> Contents = new Contract<InsuranceTariff>(code: 50, version: 1, Codecs.InsuranceTariff.State)
        .Opens(1, Codecs.InsuranceTariff.Publish).Does(2, Codecs.InsuranceTariff.Revise).Does(3, Codecs.InsuranceTariff.Close)
        .Tells(1, Codecs.InsuranceTariff.Published).Tells(2, Codecs.InsuranceTariff.TakenOff)
        .Refuses(NotTheseTerms, OtherQuestions, IsClosed);
}
