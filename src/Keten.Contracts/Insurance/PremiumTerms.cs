using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>How a motor insurer prices a risk, and what cover it gives. Prices are whole numbers of the currency's smallest part, with the tax on insurance.</summary>
/// <param name="Base">What a year costs at the base risk: every relativity one.</param>
/// <param name="Factors">What is asked, and what each answer is worth.</param>
/// <param name="Scale">Bonus and malus.</param>
/// <param name="Driving">What driving costs at the base risk, besides.</param>
/// <param name="Cover">What is paid of a damage.</param>
/// <param name="DaysOfGrace">So many days after a payment was missed the cover lapses.</param>
public sealed record PremiumTerms(Amount Base, Many<RatingFactor> Factors, ClassScale Scale, DrivePrice Driving, CoverTerms Cover, byte DaysOfGrace)
{
    /// <summary>No tariff asks more.</summary>
    public const int FactorsAtMost = 8;

    /// <summary>No price is higher, in the currency's smallest part.</summary>
    public const long PriceAtMost = 1L << 32;

    /// <summary>No risk costs more than a hundred times the base risk, whatever the relativities come to.</summary>
    public const long RelativityAtMost = 100 * Rate.One;

    /// <summary>The money of all prices.</summary>
    public Unit Currency => Base.Unit;

    /// <summary>Whether every risk can be priced by it: one money, tables in order, days to pay.</summary>
    public bool AreWhole
    {
        get
        {
            if (Factors.Count > FactorsAtMost || !Scale.IsScale || DaysOfGrace == 0) return false;
            foreach (var factor in Factors)
                if (!factor.IsTable) return false;
            return IsPrice(Base) && Base.Minor > 0 && IsPrice(Driving.PerThousandKilometres) && IsPrice(Driving.PerHundredHours) && IsPrice(Cover.Deductible) && IsPrice(Cover.Limit) && Cover.Limit.Minor > 0;
        }
    }

    /// <summary>
    /// What a year costs a risk. The relativities are multiplied one after the other, each product rounded half-even to a millionth; then the base, and each price of driving, is multiplied by
    /// what they come to, rounded once, half-even. Null where a level or the class is not in the tables.
    /// </summary>
    /// <param name="levels">For each factor in order, the level that is stated.</param>
    /// <param name="class">The class of bonus and malus.</param>
    public PricedRisk? Price(Many<byte> levels, byte @class)
    {
        if (levels.Count != Factors.Count || @class >= Scale.Millionths.Count) return null;
        var relativity = (long)Scale.Millionths[@class];
        for (var each = 0; each < levels.Count; each++)
        {
            if (levels[each] >= Factors[each].Levels.Count) return null;
            relativity = Math.Min(RelativityAtMost, Exact.MultiplyDivide(relativity, Factors[each].Levels[levels[each]].Millionths, Rate.One, Rounding.HalfEven));
        }
        var rate = new Rate(relativity);
        var driving = new DrivePrice(rate.Of(Driving.PerThousandKilometres, Rounding.HalfEven), rate.Of(Driving.PerHundredHours, Rounding.HalfEven));
        return new PricedRisk(@class, rate.Of(Base, Rounding.HalfEven), driving, Cover);
    }

    /// <summary>Whether other terms ask the same questions in the same money, whatever the answers are worth.</summary>
    public bool AskAs(PremiumTerms other)
    {
        if (Currency != other.Currency || Factors.Count != other.Factors.Count || Scale.Millionths.Count != other.Scale.Millionths.Count) return false;
        for (var each = 0; each < Factors.Count; each++)
            if (!Factors[each].HasShapeOf(other.Factors[each])) return false;
        return true;
    }

    private bool IsPrice(Amount amount) => amount.Unit == Currency && amount.Minor is >= 0 and <= PriceAtMost;
}

/// <summary>What driving costs, besides the premium of the year.</summary>
/// <param name="PerThousandKilometres">For distance; may be nothing.</param>
/// <param name="PerHundredHours">For time; may be nothing.</param>
public readonly record struct DrivePrice(Amount PerThousandKilometres, Amount PerHundredHours)
{
    /// <summary>What so much driving costs; distance and time are each rounded once, half-even.</summary>
    public Amount For(uint metres, uint seconds) =>
        PerThousandKilometres.Times(metres, 1_000_000, Rounding.HalfEven) + PerHundredHours.Times(seconds, 360_000, Rounding.HalfEven);
}

/// <summary>What is paid of a damage.</summary>
/// <param name="Deductible">What the holder bears of each event.</param>
/// <param name="Limit">The most that is paid for one event.</param>
public readonly record struct CoverTerms(Amount Deductible, Amount Limit)
{
    /// <summary>What is paid of so much damage.</summary>
    public Amount Of(Amount damage) => damage.Less(Deductible).OrAtMost(Limit);
}

/// <summary>A risk and its price for a year.</summary>
/// <param name="Class">Of bonus and malus.</param>
/// <param name="Premium">For the year, however much is driven.</param>
/// <param name="Driving">What driving costs besides.</param>
/// <param name="Cover">What is paid of a damage.</param>
public readonly record struct PricedRisk(byte Class, Amount Premium, DrivePrice Driving, CoverTerms Cover);
