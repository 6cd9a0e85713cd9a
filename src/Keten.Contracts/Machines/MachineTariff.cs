using Keten.Kernel;

namespace Keten.Contracts.Machines;

/// <summary>
/// What a month of use costs: by the piece, by the hour, or both, each flat or in steps; at least the minimum; less what is credited for the hours that the machine stood. Prices are whole
/// numbers of the currency's smallest part, without VAT.
/// </summary>
/// <param name="PerPiece">For pieces; none, where they cost nothing.</param>
/// <param name="PerHour">For hours of running; none, where they cost nothing.</param>
/// <param name="PerDownHour">What is credited for an hour of standing; may be nothing.</param>
/// <param name="Minimum">What a whole month costs at least; may be nothing.</param>
public sealed record MachineTariff(Many<PriceStep> PerPiece, Many<PriceStep> PerHour, Amount PerDownHour, Amount Minimum)
{
    /// <summary>No table has more steps.</summary>
    public const int StepsAtMost = 8;

    /// <summary>No price is higher, in the currency's smallest part.</summary>
    public const long ChargeAtMost = 1L << 24;

    /// <summary>No month costs more, in the currency's smallest part.</summary>
    public const long MonthAtMost = 1L << 40;

    private const long Hour = 3_600;

    /// <summary>The money of all prices.</summary>
    public Unit Currency => Minimum.Unit;

    /// <summary>Whether every month can be priced by it: one money, steps from nothing upwards, no price below nothing.</summary>
    public bool IsPriceable =>
        Minimum.Minor is >= 0 and <= MonthAtMost && PerDownHour.Unit == Currency && PerDownHour.Minor is >= 0 and <= ChargeAtMost && AreSteps(PerPiece) && AreSteps(PerHour);

    /// <summary>
    /// The bill of a month. Each step's price, the minimum of a month that was not whole (in proportion to its time) and the credit are each rounded once, half-even. The credit comes after the
    /// minimum, and is no more than the month costs.
    /// </summary>
    /// <param name="month">What was used.</param>
    /// <param name="until">Until when; not before the month began.</param>
    public Bill BillFor(in Month month, Instant until)
    {
        var use = Sum(PerPiece, month.Pieces, 1) + Sum(PerHour, month.Seconds, Hour);
        var cost = use.OrAtLeast(Minimum.Times(until - month.Began, month.Length, Rounding.HalfEven)).OrAtMost(Currency.Of(MonthAtMost));
        var credit = PerDownHour.Times(month.Down, Hour, Rounding.HalfEven) + month.Late;
        return new Bill(month, until, cost, credit.OrAtMost(cost), Currency.Of(0));
    }

    // What lies between a step and the next is priced by that step.
    private Amount Sum(Many<PriceStep> steps, long quantity, long scale)
    {
        var cost = Currency.Of(0);
        for (var each = 0; each < steps.Count; each++)
        {
            var (after, charge, per) = steps[each];
            var until = each + 1 < steps.Count ? Math.Min(quantity, steps[each + 1].After * scale) : quantity;
            if (until > after * scale) cost += charge.Times(until - after * scale, per * scale, Rounding.HalfEven);
        }
        return cost;
    }

    private bool AreSteps(Many<PriceStep> steps)
    {
        if (steps.Count > StepsAtMost) return false;
        for (var each = 0; each < steps.Count; each++)
        {
            var (after, charge, per) = steps[each];
            if (each == 0 ? after != 0 : after <= steps[each - 1].After) return false;
            if (per == 0 || charge.Unit != Currency || charge.Minor is < 0 or > ChargeAtMost) return false;
        }
        return true;
    }
}

/// <summary>A price for what is used beyond so much in a month, up to the next step.</summary>
/// <param name="After">Pieces or hours; 0 in the first step.</param>
/// <param name="Charge">What is paid.</param>
/// <param name="Per">For so many pieces or hours.</param>
public readonly record struct PriceStep(uint After, Amount Charge, uint Per);
