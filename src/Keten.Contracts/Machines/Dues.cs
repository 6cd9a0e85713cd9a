using Keten.Kernel;

namespace Keten.Contracts.Machines;

/// <summary>What is owed, and what has been paid so far.</summary>
/// <param name="Owed">By the user, of all months together.</param>
/// <param name="Paid">By the user, since the beginning.</param>
/// <param name="ToBank">What of it the bank has had.</param>
/// <param name="ToInsurer">What of it the insurer has had.</param>
public readonly record struct Dues(Amount Owed, Amount Paid, Amount ToBank, Amount ToInsurer)
{
    /// <summary>Nothing yet.</summary>
    public static Dues None(Unit currency) => new(currency.Of(0), currency.Of(0), currency.Of(0), currency.Of(0));

    /// <summary>More is owed.</summary>
    public Dues With(Amount due) => this with { Owed = Owed + due };
}

/// <summary>
/// How a payment is divided. A share is of all that was ever paid, rounded down, less what was had of it before: so it loses nothing to rounding, however small the payments are. The rest is the
/// owner's.
/// </summary>
internal readonly record struct Payment(Dues After, Amount ToOwner, Amount ToBank, Amount ToInsurer)
{
    /// <summary>Divides what is paid of what is owed, so that the parts sum to it.</summary>
    public static Payment Of(in Dues before, MachineTerms terms, Amount paid)
    {
        var (all, bank, insurer) = (before.Paid + paid, paid - paid, paid - paid);
        if (terms.Instalment is { } instalment) bank = instalment.Share.Of(all, Rounding.Down).OrAtMost(instalment.InAll).Less(before.ToBank).OrAtMost(paid);
        if (terms.Premium is { } premium) insurer = premium.Share.Of(all, Rounding.Down).Less(before.ToInsurer).OrAtMost(paid - bank);
        return new Payment(new Dues(before.Owed - paid, all, before.ToBank + bank, before.ToInsurer + insurer), paid - bank - insurer, bank, insurer);
    }
}
