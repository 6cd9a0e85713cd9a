using Keten.Kernel;

namespace Keten.Contracts.Money;

/// <summary>A unit that is counted and never held: kilowatt-hours, minutes. It gives a quantity its unit; nobody can issue any, and so nobody owns any.</summary>
/// <param name="Keeper">Who defined it.</param>
/// <param name="Unit">What is counted.</param>
public sealed record Measure(Party Keeper, Unit Unit) : IReadBy
{
    public Readers MayRead(Facts facts) => Readers.Everyone;

    /// <summary>The Keeper defines a unit to count in.</summary>
    /// <param name="Keeper">Who defines it.</param>
    /// <param name="Symbol">Its symbol in the SI or its standard code: kWh, min.</param>
    /// <param name="Decimals">Of its smallest part: 3 for the watt-hours of a kWh.</param>
    public sealed record Define(Party Keeper, string Symbol, byte Decimals) : IOpening<Measure>
    {
        public Signers MustSign(Facts facts) => Signers.All(Keeper);

        public Outcome<Measure> Decide(Facts facts) =>
            facts.Accept(new Measure(Keeper, facts.NewUnit)).Create(facts.NewUnit, Symbol, Decimals).Emit(new Defined(facts.NewUnit, Symbol, Decimals));
    }

    public readonly record struct Defined(Unit Unit, string Symbol, byte Decimals) : IEvent;

    public static readonly Contract<Measure> Contents = new Contract<Measure>(code: 2, version: 1, Codecs.Measure.State)
        .Opens(1, Codecs.Measure.Define).Tells(1, Codecs.Measure.Defined);
}
