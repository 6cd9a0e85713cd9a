using Keten.Contracts.Vehicles;
using Keten.Kernel;

namespace Keten.Contracts.Financing;

/// <summary>What is agreed of a loan beside its plan.</summary>
/// <param name="DaysToDraw">So long the lender's money waits to be drawn; then it goes back.</param>
/// <param name="Arrears">What happens when an instalment is not paid.</param>
/// <param name="Compensation">What the lender has for what is paid back early, of the sum, while more than a year is left; may be nothing.</param>
/// <param name="CompensationInLastYear">The same in the last year.</param>
public readonly record struct LoanTerms(ushort DaysToDraw, ArrearsTerms Arrears, Rate Compensation, Rate CompensationInLastYear)
{
    /// <summary>Whether they can be carried out in this money.</summary>
    public bool AreIn(Unit currency) => Arrears.AreIn(currency) && IsShare(Compensation) && IsShare(CompensationInLastYear);

    private static bool IsShare(Rate rate) => rate.Millionths is >= 0 and <= Rate.One;
}

/// <summary>The vehicle that secures a loan: until the loan is paid its title is the lender's.</summary>
/// <param name="Register">Where it is registered.</param>
/// <param name="Vin">Its identification number.</param>
public readonly record struct Security(Agreement<Registration> Register, string Vin);

/// <summary>What is lent and has not fallen due.</summary>
/// <param name="Drawn">When the money was paid out; before, when it was agreed.</param>
/// <param name="Instalment">What each instalment is, where they are alike.</param>
/// <param name="Fallen">How many instalments have fallen due.</param>
/// <param name="Left">Principal that has not fallen due.</param>
/// <param name="Accrued">Interest of the month that is running, where the principal changed in it.</param>
/// <param name="AccruedTo">Up to which day interest has fallen due or is in what has accrued.</param>
public readonly record struct Debt(Instant Drawn, Amount Instalment, ushort Fallen, Amount Left, Amount Accrued, Instant AccruedTo)
{
    /// <summary>The first moment of the month that is running.</summary>
    public Instant Began => Plan.DueDate(Drawn, Fallen);

    /// <summary>When the next instalment is due.</summary>
    public Instant Due => Plan.DueDate(Drawn, Fallen + 1);

    /// <summary>The interest of the month that is running up to a day of it.</summary>
    public Amount InterestTo(Instant day, in Plan plan) => Accrued + plan.InterestOn(Left, plan.Days(AccruedTo, day, Began, Due));

    /// <summary>Less is left from a day of the month on.</summary>
    public Debt Less(Amount amount, Instant day, in Plan plan) => this with { Left = Left - amount, Accrued = InterestTo(day, plan), AccruedTo = day };

    /// <summary>The month is over, and so much of the principal has fallen due.</summary>
    public Debt Next(Amount principal) => this with { Fallen = (ushort)(Fallen + 1), Left = Left - principal, Accrued = Accrued - Accrued, AccruedTo = Due };
}

/// <summary>What a counter showed, where instalments go by use.</summary>
/// <param name="Shown">Last.</param>
/// <param name="Counted">What of it has been in an instalment.</param>
public readonly record struct Use(uint Shown, uint Counted);

/// <summary>How far a loan is.</summary>
public enum LoanStage
{
    /// <summary>The money waits to be drawn.</summary>
    Agreed = 1,

    /// <summary>It was paid out, and is paid back.</summary>
    Running = 2,

    /// <summary>All of it was called in.</summary>
    CalledIn = 3,
}
