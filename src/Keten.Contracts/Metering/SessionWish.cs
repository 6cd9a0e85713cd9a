using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Contracts.Metering;

/// <summary>What the customer set beforehand for each session. The provider's charge point keeps to it; what it lets a session cost beyond it, the customer does not pay.</summary>
/// <param name="Since">For sessions that begin from then on.</param>
/// <param name="AtMost">What a session costs at most, VAT included.</param>
/// <param name="OnlySurplus">Whether to charge only from what the sun gives beyond the site's own use.</param>
/// <param name="Wanted">How much energy is wanted.</param>
/// <param name="FullBy">The minute of the day, in the tariff's local time, by which that is to be in, surplus or not.</param>
public readonly record struct SessionWish(Instant Since, Amount? AtMost, bool OnlySurplus, Amount? Wanted, ushort? FullBy)
{
    /// <summary>Minutes of a day.</summary>
    public const int MinutesOfDay = 1_440;

    /// <summary>Whether it can be kept to.</summary>
    /// <param name="currency">The tariff's.</param>
    /// <param name="energy">The tariff's.</param>
    public bool IsPossible(Unit currency, Unit energy) =>
        (AtMost is not { } most || (most.Unit == currency && most.Minor > 0)) && (Wanted is not { } wanted || (wanted.Unit == energy && wanted.Minor > 0))
        && (FullBy is not { } minute || (minute < MinutesOfDay && Wanted is not null));

    /// <summary>What a session costs where it is to cost no more than that, with VAT in proportion, rounded half-even.</summary>
    /// <param name="priced">By the tariff.</param>
    /// <param name="atMost">VAT included; null: no limit.</param>
    public static (Amount Net, Amount Vat, Amount Cost) Held(Priced priced, Amount? atMost)
    {
        if (atMost is not { } most || priced.InclVat <= most) return (priced.ExclVat, priced.Vat, priced.InclVat);
        var vat = priced.Vat.Times(most.Minor, priced.InclVat.Minor, Rounding.HalfEven);
        return (most - vat, vat, most);
    }
}
