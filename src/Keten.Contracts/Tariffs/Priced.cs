using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>Whether a session could be priced, and if not, why.</summary>
public enum PricingOutcome
{
    /// <summary>It is priced.</summary>
    Priced = 0,

    /// <summary>The terms have a fault; <see cref="TermsCheck"/> names it.</summary>
    BadTerms = 1,

    /// <summary>There is neither a point nor an expired reservation, or there are both.</summary>
    NoPoints = 2,

    /// <summary>A point is before the one before it, or a reservation ends before it begins or after the session does.</summary>
    TimeRunsBack = 3,

    /// <summary>The register shows less than at the point before, or less than nothing.</summary>
    RegisterRunsBack = 4,

    /// <summary>A register is not in the tariff's unit of energy.</summary>
    WrongUnit = 5,

    /// <summary>The session has more points, price changes or periods than can be priced at once.</summary>
    TooManySegments = 6,

    /// <summary>The session lasts over 400 days or takes over 100 MWh, or a current or power is negative.</summary>
    OutOfRange = 7,

    /// <summary>The tariff was not valid when the session began.</summary>
    NotValidThen = 8,

    /// <summary>The price depends on the current, and a point does not state it.</summary>
    CurrentNotStated = 9,

    /// <summary>A point's activity is none that a meter point can have.</summary>
    WrongActivity = 10,
}

/// <summary>A priced session, or why there is none.</summary>
/// <param name="Outcome">Always there.</param>
/// <param name="Session">There when the outcome is <see cref="PricingOutcome.Priced"/>.</param>
public readonly record struct PricingResult(PricingOutcome Outcome, Priced? Session);

/// <summary>What a session costs. The lines' costs, the difference and the limit's adjustment add up to the total without VAT.</summary>
/// <param name="Lines">One for each dimension, price and rate of VAT, in the order of their first use.</param>
/// <param name="Periods">The session in stretches of one price; each ends where the next begins.</param>
/// <param name="ExclVat">The total without VAT, rounded half-even once.</param>
/// <param name="InclVat">The total with VAT, rounded half-even once.</param>
/// <param name="Difference">What the lines, each rounded, lack of the total: the remainder of rounding, stated.</param>
/// <param name="Adjustment">What the least or the highest price added to the total without VAT.</param>
/// <param name="Energy">All that the register counted, billed or not.</param>
/// <param name="Begin">When the session began, or its reservation.</param>
/// <param name="End">When it ended.</param>
public sealed record Priced(
    Many<PricedLine> Lines, Many<PricedPeriod> Periods, Amount ExclVat, Amount InclVat, Amount Difference, Amount Adjustment,
    Amount Energy, Instant Begin, Instant End)
{
    /// <summary>The VAT: the difference of the two totals.</summary>
    public Amount Vat => InclVat - ExclVat;
}

/// <summary>What one price came to. Volumes are millionths of a Wh, of a second, or of one flat fee.</summary>
/// <param name="Dimension">What was priced.</param>
/// <param name="Reserved">Whether for the reservation.</param>
/// <param name="Price">In millionths of the major unit: per session, kWh or hour, without VAT.</param>
/// <param name="Vat">The rate of VAT.</param>
/// <param name="Volume">What was used.</param>
/// <param name="Billed">What is billed: the volume, and on one line of a dimension what fills its last step.</param>
/// <param name="Cost">Without VAT, rounded half-even for show; the total is rounded from the exact costs.</param>
public readonly record struct PricedLine(Dimension Dimension, bool Reserved, long Price, Rate? Vat, long Volume, long Billed, Amount Cost)
{
    /// <summary>
    /// How many parts of the major unit <see cref="Exact"/> counts: 10⁶ for the price × 10⁶ for the volume × 18,000, which both 1,000 Wh and 3,600 seconds
    /// divide.
    /// </summary>
    public const long PerMajor = 18_000_000_000_000_000;

    /// <summary>The cost without VAT to the last fraction, of which <see cref="PerMajor"/> make one major unit.</summary>
    public Int128 Exact => (Int128)Price * Billed * Dimension switch { Dimension.Flat => 18_000, Dimension.Energy => 18, _ => 5 };

    /// <summary>The cost with VAT to the last fraction, of which <see cref="PerMajor"/> × 10⁶ make one major unit.</summary>
    public Int128 ExactInclVat => Exact * (Rate.One + (Vat?.Millionths ?? 0));
}

/// <summary>A stretch of a session in which no price changed: what OCPI calls a ChargingPeriod.</summary>
/// <param name="From">Its begin, in whole seconds.</param>
/// <param name="Activity">What the vehicle did.</param>
/// <param name="Energy">In millionths of a Wh.</param>
/// <param name="Duration">In millionths of a second.</param>
/// <param name="Current">The highest current that the meter points state, in milliamperes.</param>
/// <param name="Power">The highest power that the meter points state, in watts.</param>
public readonly record struct PricedPeriod(Instant From, Activity Activity, long Energy, long Duration, long? Current, long? Power);
