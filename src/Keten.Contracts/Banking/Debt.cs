using Keten.Kernel;

namespace Keten.Contracts.Banking;

/// <summary>What a debtor owes. What is under way at the bank is owed still, and not asked for twice.</summary>
/// <param name="Open">Billed, and neither paid nor under way; arrears are in it.</param>
/// <param name="Arrears">What of it has come back from the bank, with fees.</param>
/// <param name="Underway">What has been announced or handed to the bank.</param>
public readonly record struct Debt(Amount Open, Amount Arrears, Amount Underway)
{
    /// <summary>Nothing yet.</summary>
    public static Debt None(Unit unit) => new(unit.Of(0), unit.Of(0), unit.Of(0));

    /// <summary>More is owed.</summary>
    public Debt Owed(Amount amount) => this with { Open = Open + amount };

    /// <summary>Less of the open part is owed: arrears go first.</summary>
    public Debt Paid(Amount amount) => this with { Open = Open - amount, Arrears = Arrears.Less(amount) };

    /// <summary>Some of the open part goes on its way.</summary>
    public Debt Taken(Amount amount) => Paid(amount) with { Underway = Underway + amount };

    /// <summary>What was on its way has come.</summary>
    public Debt Arrived(Amount amount) => this with { Underway = Underway - amount };

    /// <summary>What was on its way is open again.</summary>
    public Debt Stopped(Amount amount) => Arrived(amount).Owed(amount);

    /// <summary>Some of what is open is late.</summary>
    public Debt Late(Amount amount) => this with { Arrears = Arrears + amount };

    /// <summary>The open part in whole cents, and no more than one debit carries; what is smaller stays open until more comes to it.</summary>
    /// <param name="decimals">Of the unit.</param>
    public Amount InCents(byte decimals)
    {
        // No unit has more than nine decimals; one with fewer than two counts in more than cents.
        var cent = 1L;
        for (var each = 2; each < decimals; each++) cent *= 10;
        var largest = Largest;
        for (var each = decimals; each < 2; each++) largest /= 10;
        return Open.Unit.Of(Open.Minor - Open.Minor % cent).OrAtMost(Open.Unit.Of(largest * cent));
    }

    // In cents: 999,999,999.99, the most that the schemes carry (AT-06).
    private const long Largest = 99_999_999_999;
}
