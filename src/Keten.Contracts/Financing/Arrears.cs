using Keten.Kernel;

namespace Keten.Contracts.Financing;

/// <summary>What happens when an instalment is not paid.</summary>
/// <param name="Late">The yearly rate on what has fallen due and is not paid; days by the calendar, of a year of 365. Charges bear none.</param>
/// <param name="DaysToRemind">After so many days of arrears, and again each so many days, a notice is given.</param>
/// <param name="Fee">What each notice costs; may be nothing.</param>
/// <param name="DaysToCallIn">After so many days of arrears all may be called in; not before the first notice.</param>
public readonly record struct ArrearsTerms(Rate Late, ushort DaysToRemind, Amount Fee, ushort DaysToCallIn)
{
    /// <summary>No more notices are given, and paid for, than so many of one arrears.</summary>
    public const int NoticesAtMost = 3;

    /// <summary>Whether they can be carried out in this money: a notice has a day at least, and comes before the end.</summary>
    public bool AreIn(Unit currency) =>
        Late.Millionths is >= 0 and <= Rate.One && DaysToRemind > 0 && DaysToCallIn >= DaysToRemind && Fee.Unit == currency && Fee.Minor is >= 0 and <= Plan.PrincipalAtMost;
}

/// <summary>What has fallen due and has not been paid.</summary>
/// <param name="Due">Instalments, or what is left of them.</param>
/// <param name="Charges">Late interest and fees. A payment goes to the instalments first.</param>
/// <param name="Since">Since when something is owed, while something is.</param>
/// <param name="AgedTo">Up to which day late interest is in the charges.</param>
/// <param name="Notices">How many notices have been given since then.</param>
public readonly record struct Arrears(Amount Due, Amount Charges, Instant? Since, Instant AgedTo, ushort Notices)
{
    // No sum that is owed for ever outgrows what a unit can count.
    private const long ChargesAtMost = 1L << 50;

    private const long YearOfDays = 365;

    // No stretch without a payment or an instalment bears interest for longer than a century.
    private const long DaysAtMost = 100 * YearOfDays;

    /// <summary>All that is owed.</summary>
    public Amount Owed => Due + Charges;

    /// <summary>Nothing yet.</summary>
    public static Arrears None(Unit currency) => new(currency.Of(0), currency.Of(0), null, default, 0);

    /// <summary>With late interest up to a day, rounded once, half-even.</summary>
    public Arrears At(Instant now, Rate late)
    {
        var days = Math.Min(DaysAtMost, now.DayNumber - AgedTo.DayNumber);
        return Due.IsZero || days <= 0 ? this with { AgedTo = days > 0 ? now : AgedTo }
            : this with { AgedTo = now, Charges = Capped(Charges + Due.Times(late.Millionths * days, Rate.One * YearOfDays, Rounding.HalfEven)) };
    }

    /// <summary>More has fallen due.</summary>
    public Arrears With(Amount due, Instant at) => this with { Due = Due + due, Since = Since ?? (due.IsZero ? null : at) };

    /// <summary>A notice has been given.</summary>
    public Arrears Reminded(Amount fee) => this with { Charges = Capped(Charges + fee), Notices = (ushort)(Notices + 1) };

    /// <summary>Some of what is owed has been paid, or let go: instalments first.</summary>
    public Arrears Paid(Amount amount)
    {
        var left = Owed - amount;
        var charges = Charges.OrAtMost(left);
        return left.IsZero ? None(left.Unit) with { AgedTo = AgedTo } : this with { Due = left - charges, Charges = charges };
    }

    private static Amount Capped(Amount charges) => charges.OrAtMost(charges.Unit.Of(ChargesAtMost));
}
