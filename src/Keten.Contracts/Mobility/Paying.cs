using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>What the agreements of a vehicle's wallet take for a price.</summary>
internal static class Paying
{
    /// <summary>No price, penalty or deposit is more, in the currency's smallest part: so no sum of them leaves what a unit can count.</summary>
    public const long Ceiling = 1L << 36;

    /// <summary>Whether an amount is of a unit, and from nothing to the ceiling.</summary>
    public static bool IsPrice(this Amount amount, Unit money) => amount.Unit == money && amount.Minor is >= 0 and <= Ceiling;
}
