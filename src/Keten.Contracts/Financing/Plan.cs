using Keten.Kernel;

namespace Keten.Contracts.Financing;

/// <summary>
/// How money lent is paid back, month by month, in whole numbers of the currency's smallest part. The interest of a stretch is rounded once, half-even; the last instalment takes what is left,
/// so that the parts of principal sum to the principal exactly.
/// </summary>
/// <param name="Principal">What is lent.</param>
/// <param name="Yearly">The nominal rate of a year: 60,000 millionths are 6 %.</param>
/// <param name="Counting">How days are counted for interest.</param>
/// <param name="By">What the instalments are alike in.</param>
/// <param name="Months">How many instalments there are, one a month; at most <see cref="MonthsAtMost"/>.</param>
/// <param name="Balloon">What the instalments leave for the end; it is due with the last of them. May be nothing.</param>
/// <param name="Use">What use costs, where instalments go by use; otherwise none.</param>
public readonly record struct Plan(Amount Principal, Rate Yearly, DayCount Counting, Repayment By, ushort Months, Amount Balloon, UsePrice? Use)
{
    /// <summary>No plan is longer.</summary>
    public const int MonthsAtMost = 600;

    /// <summary>No principal is more, in the currency's smallest part.</summary>
    public const long PrincipalAtMost = 1L << 36;

    private const int DaysOfMonth = 30, DaysOfYear = 360, DaysOfCalendarYear = 365;

    // Powers of the discount factor are fractions of this.
    private const long One = 1L << 62;

    /// <summary>The money of all of it.</summary>
    public Unit Currency => Principal.Unit;

    /// <summary>Whether it can be carried out: something is lent, at a rate from nothing to 100 % a year, over 1 to 600 months, and no more than that is left for the end.</summary>
    public bool IsWhole =>
        Principal.Minor is > 0 and <= PrincipalAtMost && IsPart(Balloon) && Yearly.Millionths is >= 0 and <= Rate.One && Months is > 0 and <= MonthsAtMost
        && By == Repayment.ByUse == Use is not null && (Use is not { } price || (Balloon.IsZero && price.IsIn(Currency)));

    /// <summary>
    /// The instalment of an annuity: (principal − balloon × vⁿ) ÷ (v + v² + … + vⁿ), where v = 1 ÷ (1 + yearly ÷ 12), rounded to the nearest, half-even. The powers are counted in
    /// 2⁻⁶², which moves the unrounded instalment by less than a thousandth of the smallest part.
    /// </summary>
    public Amount Level
    {
        get
        {
            var growth = One + Exact.MultiplyDivide(One, Yearly.Millionths, 12 * Rate.One, Rounding.HalfEven);
            var discount = Exact.MultiplyDivide(One, One, growth, Rounding.HalfEven);
            var (power, sum) = (One, (Int128)0);
            for (var month = 0; month < Months; month++)
            {
                power = Exact.MultiplyDivide(power, discount, One, Rounding.HalfEven);
                sum += power;
            }
            return Currency.Of(Exact.Divide((Int128)Principal.Minor * One - (Int128)Balloon.Minor * power, sum, Rounding.HalfEven));
        }
    }

    /// <summary>The interest on a sum for so many days of the plan's counting, rounded half-even.</summary>
    public Amount InterestOn(Amount open, long days) =>
        open.Times(Yearly.Millionths * days, Rate.One * (Counting == DayCount.Thirty360 ? DaysOfYear : DaysOfCalendarYear), Rounding.HalfEven);

    /// <summary>
    /// How many days there are between two moments of one month of the plan. By 30/360 the whole month has 30, and until it is over no day counts beyond the thirtieth.
    /// </summary>
    /// <param name="from">Of the stretch.</param>
    /// <param name="until">Of the stretch.</param>
    /// <param name="began">Of the month.</param>
    /// <param name="ends">Of the month.</param>
    public long Days(Instant from, Instant until, Instant began, Instant ends) =>
        Counting == DayCount.Actual365 ? until.DayNumber - from.DayNumber : In(until, began, ends) - In(from, began, ends);

    /// <summary>What of an instalment is principal. Never less than nothing, nor more than is left; of the last one all that is left.</summary>
    /// <param name="number">Which instalment, from 1.</param>
    /// <param name="gross">What the instalment is, interest in it: the annuity, or what the use came to. Of no account where principal is paid in equal parts.</param>
    /// <param name="interest">What of it is interest.</param>
    /// <param name="left">Principal that has not fallen due.</param>
    public Amount PrincipalOf(int number, Amount gross, Amount interest, Amount left) =>
        number >= Months ? left
        : By == Repayment.Linear ? (Principal - Balloon).Share(number - 1, number, Months).OrAtMost(left)
        : gross.Less(interest).OrAtMost(left);

    /// <summary>The whole plan as it runs when every instalment is paid on its day and nothing before: what a borrower is shown. Where instalments go by use, the least of each.</summary>
    /// <param name="drawn">When the money is paid out.</param>
    public Many<PlannedInstalment> Table(Instant drawn)
    {
        var table = new PlannedInstalment[Months];
        var gross = By == Repayment.Annuity ? Level : Use is { } price ? price.Least : Currency.Of(0);
        var left = Principal;
        for (var number = 1; number <= Months; number++)
        {
            var (began, due) = (DueDate(drawn, number - 1), DueDate(drawn, number));
            var interest = InterestOn(left, Days(began, due, began, due));
            var principal = PrincipalOf(number, gross, interest, left);
            left -= principal;
            table[number - 1] = new PlannedInstalment(due, interest, principal, left);
        }
        return new Many<PlannedInstalment>(table);
    }

    /// <summary>The first moment of the day, in UTC, on which an instalment is due: so many months after the day of the payout, or that month's last day where it has no such day.</summary>
    /// <param name="drawn">When the money was paid out.</param>
    /// <param name="number">Which instalment; 0 is the day of the payout itself.</param>
    public static Instant DueDate(Instant drawn, int number) => Banking.CalendarDate.Of(drawn).PlusMonths(number).Begin;

    private bool IsPart(Amount amount) => amount.Unit == Currency && amount.Minor >= 0 && amount <= Principal;

    private static long In(Instant moment, Instant began, Instant ends) => moment >= ends ? DaysOfMonth : Math.Min(DaysOfMonth, moment.DayNumber - began.DayNumber);
}

/// <summary>One line of a plan.</summary>
/// <param name="Due">When.</param>
/// <param name="Interest">What of it is interest.</param>
/// <param name="Principal">What of it is principal.</param>
/// <param name="Left">Principal that falls due later.</param>
public readonly record struct PlannedInstalment(Instant Due, Amount Interest, Amount Principal, Amount Left);

/// <summary>What use costs, and what a month costs at least.</summary>
/// <param name="Meter">Who signs what the counter shows: the vehicle, a machine.</param>
/// <param name="Charge">For so much use.</param>
/// <param name="Per">How much that is, in what the counter counts: 1,000 where it counts metres and a kilometre is priced, 3,600 where it counts seconds.</param>
/// <param name="Least">Each month; may be nothing.</param>
public readonly record struct UsePrice(Party Meter, Amount Charge, uint Per, Amount Least)
{
    private const long ChargeAtMost = 1L << 24;

    /// <summary>What a month's use comes to, rounded half-even; the least at least.</summary>
    public Amount For(uint used) => Charge.Times(used, Per, Rounding.HalfEven).OrAtLeast(Least).OrAtMost(Charge.Unit.Of(Plan.PrincipalAtMost));

    /// <summary>Whether it is a price in this money.</summary>
    public bool IsIn(Unit currency) => Charge.Unit == currency && Least.Unit == currency && Charge.Minor is >= 0 and <= ChargeAtMost && Least.Minor is >= 0 and <= Plan.PrincipalAtMost && Per > 0;
}

/// <summary>How days are counted for interest.</summary>
public enum DayCount
{
    /// <summary>A month has 30 days and a year 360: each month bears a twelfth of the year's interest.</summary>
    Thirty360 = 1,

    /// <summary>The days of the calendar, of a year of 365, in leap years too.</summary>
    Actual365 = 2,
}

/// <summary>What instalments are alike in.</summary>
public enum Repayment
{
    /// <summary>Each instalment is the same, interest and principal together; with a balloon, but for the last.</summary>
    Annuity = 1,

    /// <summary>Each pays the same part of the principal, and the interest besides.</summary>
    Linear = 2,

    /// <summary>Each is what the month's use came to; what is left at the end of the term is due then.</summary>
    ByUse = 3,
}
