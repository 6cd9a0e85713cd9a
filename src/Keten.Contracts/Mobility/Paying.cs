using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>What the agreements of a vehicle's wallet ask about money.</summary>
internal static class Paying
{
    /// <summary>No price, penalty or deposit is more, in the currency's smallest part: so no sum of them leaves what a unit can count.</summary>
    public const long Ceiling = 1L << 36;

    /// <summary>Whether a unit is there and does not expire: what expires while it is held could never be given out again.</summary>
    public static bool CanBeHeld(this Facts facts, Unit unit) => facts.Describe(unit) is { } money && !money.Rules.HasFlag(UnitRules.Expires);

    /// <summary>As much of an amount as the payer's mandate and account give now.</summary>
    public static Amount UnderMandate(this Facts facts, Amount amount, Party payer) => amount.IsZero ? amount
        : amount.OrAtMost(facts.Collectable(payer, amount.Unit)).OrAtMost(facts.Available(payer, amount.Unit).OrAtLeast(amount.Unit.Of(0)));

    /// <summary>Whether an amount is of a unit, and from nothing to the ceiling.</summary>
    public static bool IsPrice(this Amount amount, Unit money) => amount.Unit == money && amount.Minor is >= 0 and <= Ceiling;
}
