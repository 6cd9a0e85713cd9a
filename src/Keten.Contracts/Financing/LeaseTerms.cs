using Keten.Kernel;

namespace Keten.Contracts.Financing;

/// <summary>On what terms a vehicle is leased.</summary>
/// <param name="Plan">An annuity over the price less the down payment, with the residual value as its balloon: that gives the instalment. The residual value itself is not owed.</param>
/// <param name="DownPayment">What is paid when the vehicle is handed over; may be nothing.</param>
/// <param name="Kilometres">How far the vehicle may go in all, for the instalments.</param>
/// <param name="PerKilometre">What each kilometre beyond costs.</param>
/// <param name="Option">For how much the Lessee may buy the vehicle at the end of the term, if at all.</param>
/// <param name="DaysToHandOver">So long the Lessor's offer to hand over stands.</param>
/// <param name="DaysToReturn">So long after the end the Lessee may return or buy; after that each month begun costs an instalment.</param>
/// <param name="DaysToInspect">So long after the return the Lessor may claim damage.</param>
/// <param name="MonthsOnEnd">Who ends the lease early, or makes the Lessor do so, owes so many instalments besides, and no more than were left.</param>
/// <param name="Arrears">What happens when an instalment is not paid.</param>
public readonly record struct LeaseTerms(
    Plan Plan, Amount DownPayment, uint Kilometres, Amount PerKilometre, Amount? Option, ushort DaysToHandOver, ushort DaysToReturn, ushort DaysToInspect, ushort MonthsOnEnd, ArrearsTerms Arrears)
{
    private const long MetresOfKilometre = 1_000;

    /// <summary>The money of all of it.</summary>
    public Unit Currency => Plan.Currency;

    /// <summary>Whether they can be carried out: an annuity, all in one money, and a day at least to hand over, to return and to inspect.</summary>
    public bool AreWhole =>
        Plan is { IsWhole: true, By: Repayment.Annuity } && IsSum(DownPayment) && IsSum(PerKilometre) && PerKilometre.Minor <= 1L << 24 && (Option is not { } price || IsSum(price))
        && DaysToHandOver > 0 && DaysToReturn > 0 && DaysToInspect > 0 && Arrears.AreIn(Currency);

    /// <summary>What is owed for the way beyond the allowance, rounded half-even. Of a lease that ended early the allowance is that of the months that have fallen due.</summary>
    /// <param name="metres">How far the vehicle went.</param>
    /// <param name="months">How many months have fallen due.</param>
    public Amount ForWay(long metres, int months)
    {
        var allowed = Exact.MultiplyDivide(Kilometres * MetresOfKilometre, Math.Min(months, Plan.Months), Plan.Months, Rounding.Down);
        return metres <= allowed ? Currency.Of(0) : PerKilometre.Times(metres - allowed, MetresOfKilometre, Rounding.HalfEven);
    }

    private bool IsSum(Amount amount) => amount.Unit == Currency && amount.Minor is >= 0 and <= Plan.PrincipalAtMost;
}

/// <summary>How far a lease is.</summary>
public enum LeaseStage
{
    /// <summary>The vehicle waits to be handed over.</summary>
    Agreed = 1,

    /// <summary>The Lessee has it, and pays each month.</summary>
    Running = 2,

    /// <summary>The term is over, or was ended: the vehicle is to be returned or bought.</summary>
    Ending = 3,

    /// <summary>The Lessor has it again, and inspects it.</summary>
    Returned = 4,

    /// <summary>The Lessor claims damage.</summary>
    Claimed = 5,

    /// <summary>All is over but for what is owed.</summary>
    Over = 6,
}
