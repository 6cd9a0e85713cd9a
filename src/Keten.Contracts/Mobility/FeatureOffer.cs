using Keten.Kernel;

namespace Keten.Contracts.Mobility;

/// <summary>A service or a feature, and what it costs.</summary>
/// <param name="Number">As the seller numbers it.</param>
/// <param name="Price">What it costs, for good or for the whole rent.</param>
/// <param name="Days">How long it is rented; 0: it is bought for good.</param>
/// <param name="DaysToTry">So long it can be given back for nothing; 0: not at all.</param>
public readonly record struct FeatureOffer(ushort Number, Amount Price, ushort Days, ushort DaysToTry)
{
    /// <summary>No agreement has more offers.</summary>
    public const int OffersAtMost = 64;

    /// <summary>What is paid where it is given back after so many seconds: nothing while it is tried, then for the days of a rent that have begun, rounded down.</summary>
    public Amount ForUse(long seconds) =>
        seconds < DaysToTry * Instant.Day ? Price.Unit.Of(0)
        : Days == 0 ? Price : Price.Times(Math.Min(Days, (seconds / Instant.Day) + 1), Days, Rounding.Down);

    /// <summary>Whether offers make a price list.</summary>
    public static bool AreOffers(Many<FeatureOffer> offers)
    {
        if (offers.Count is 0 or > OffersAtMost) return false;
        for (var each = 0; each < offers.Count; each++)
        {
            var offer = offers[each];
            if (!offer.Price.IsPrice(offers[0].Price.Unit) || (offer.Days > 0 && offer.DaysToTry > offer.Days)) return false;
            for (var other = 0; other < each; other++)
                if (offers[other].Number == offer.Number) return false;
        }
        return true;
    }
}
