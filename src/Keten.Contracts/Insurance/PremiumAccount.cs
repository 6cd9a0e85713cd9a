using Keten.Kernel;

namespace Keten.Contracts.Insurance;

/// <summary>
/// What of a policy has been billed, paid, earned and passed to the insurer, since the beginning. What is paid is held until it is earned: so a holder who leaves has the rest back, whatever
/// became of the insurer.
/// </summary>
/// <param name="Billed">What the holder was to pay.</param>
/// <param name="Paid">What of it the holder has paid.</param>
/// <param name="Earned">What the insurer has earned by the time that went by and what was driven.</param>
/// <param name="Passed">What the insurer has had: what is both paid and earned.</param>
public readonly record struct PremiumAccount(Amount Billed, Amount Paid, Amount Earned, Amount Passed)
{
    /// <summary>Nothing yet.</summary>
    public static PremiumAccount None(Unit currency) => new(currency.Of(0), currency.Of(0), currency.Of(0), currency.Of(0));

    /// <summary>What the holder owes.</summary>
    public Amount Owed => Billed - Paid;

    /// <summary>What is paid and not yet passed on.</summary>
    public Amount Held => Paid - Passed;

    /// <summary>The holder is to pay more.</summary>
    public PremiumAccount Bill(Amount amount) => this with { Billed = Billed + amount };

    /// <summary>The insurer has earned more.</summary>
    public PremiumAccount Earn(Amount amount) => this with { Earned = Earned + amount };

    /// <summary>The holder pays, and what is both paid and earned is passed on.</summary>
    /// <returns>The account then, and how much is passed on.</returns>
    public (PremiumAccount After, Amount Passed) Receive(Amount amount)
    {
        var paid = Paid + amount;
        var passed = paid.OrAtMost(Earned);
        return (this with { Paid = paid, Passed = passed }, passed - Passed);
    }

    /// <summary>All is over: only what was earned is to be paid, and what was paid beyond it goes back.</summary>
    /// <returns>The account then, and how much goes back.</returns>
    public (PremiumAccount After, Amount Back) Close()
    {
        var back = Paid.Less(Earned);
        return (this with { Billed = Earned, Paid = Paid - back }, back);
    }

    /// <summary>The insurer gives back what it has had, or lets go what it is owed: so much less was earned.</summary>
    public PremiumAccount Less(Amount givenBack, Amount waived) =>
        new(Billed - givenBack - waived, Paid - givenBack, Earned - givenBack - waived, Passed - givenBack);
}
