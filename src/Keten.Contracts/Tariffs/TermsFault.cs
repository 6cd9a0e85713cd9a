using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>What is wrong with a tariff's terms; the first found.</summary>
public enum TermsFault
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The currency or the energy has no unit, both are one unit, or the decimals are not 0 to 6.</summary>
    Units = 1,

    /// <summary>There is no element, or more than <see cref="TariffTerms.MaxElements"/>.</summary>
    Elements = 2,

    /// <summary>An element has no component, two of one dimension, or one of an unknown dimension.</summary>
    Components = 3,

    /// <summary>A price, a step, a rate of VAT or a limit is negative or too large (VAT: 1,000 %), or the least price is above the highest.</summary>
    Prices = 4,

    /// <summary>A time, a day, a season or a bound of a restriction is none that can be.</summary>
    Restrictions = 5,

    /// <summary>A reservation is priced by energy or parking time.</summary>
    Reservation = 6,

    /// <summary>The zone's entries are not in ascending order, or more than a day ahead or behind.</summary>
    Zone = 7,

    /// <summary>It is valid until before it is valid from.</summary>
    Validity = 8,
}

/// <summary>Checks a tariff's terms. Terms that pass can be priced for any session without an overflow.</summary>
public static class TermsCheck
{
    /// <summary>The first fault, or none.</summary>
    public static TermsFault Of(TariffTerms terms)
    {
        if (terms.Currency.IsNone || terms.Energy.IsNone || terms.Currency == terms.Energy || terms.CurrencyDecimals is < 0 or > 6) return TermsFault.Units;
        if (terms.Elements.Count is 0 or > TariffTerms.MaxElements) return TermsFault.Elements;
        if (!Sound(terms.MinPrice) || !Sound(terms.MaxPrice) || terms.MinPrice?.ExclVat > terms.MaxPrice?.ExclVat
            || terms.MinPrice?.InclVat > terms.MaxPrice?.InclVat)
            return TermsFault.Prices;
        foreach (var element in terms.Elements)
            if (Fault(element) is var fault and not TermsFault.None) return fault;
        return !Ascending(terms.Zone) ? TermsFault.Zone : terms.ValidUntil < terms.ValidFrom ? TermsFault.Validity : TermsFault.None;
    }

    private static bool Sound(PriceLimit? limit) => limit is not { } price
        || (price.ExclVat is >= 0 and <= PriceLimit.Max && price.InclVat is null or (>= 0 and <= PriceLimit.Max));

    private static TermsFault Fault(TariffElement element)
    {
        if (element.Components.Count is 0 or > 4) return TermsFault.Components;
        var seen = 0;
        foreach (var component in element.Components)
        {
            if (component.Dimension is < Dimension.Flat or > Dimension.ParkingTime || (seen & 1 << (int)component.Dimension) != 0) return TermsFault.Components;
            seen |= 1 << (int)component.Dimension;
            if (component.Price is < 0 or > PriceComponent.MaxPrice || component.StepSize is < 0 or > PriceComponent.MaxStep) return TermsFault.Prices;
            if (component.Vat is { Millionths: < 0 or > 10 * Rate.One }) return TermsFault.Prices;
            if (element.Restrictions is { Reservation: not ReservationKind.None } && (component.Dimension is Dimension.Energy or Dimension.ParkingTime))
                return TermsFault.Reservation;
        }
        return element.Restrictions is { } restrictions && !Sound(restrictions) ? TermsFault.Restrictions : TermsFault.None;
    }

    private static bool Sound(Restrictions it) =>
        it.StartTime is null or (>= 0 and < 1_440) && it.EndTime is null or (>= 0 and < 1_440)
        && it.Days is >= 0 and <= Weekday.All && it.Reservation is >= ReservationKind.None and <= ReservationKind.Expires
        && (it.Season is not { } season || (IsDay(season.From) && IsDay(season.Until)))
        && Sound(it.StartDate, it.EndDate) && Sound(it.MinEnergy, it.MaxEnergy) && Sound(it.MinCurrent, it.MaxCurrent)
        && Sound(it.MinPower, it.MaxPower) && Sound(it.MinDuration, it.MaxDuration);

    private static bool Sound(long? least, long? most) =>
        least is null or (>= 0 and <= 1_000_000_000_000) && most is null or (>= 0 and <= 1_000_000_000_000) && !(least > most);

    private static bool IsDay(int monthDay) =>
        monthDay % 100 >= 1 && monthDay % 100 <= (monthDay / 100) switch { 2 => 29, 4 or 6 or 9 or 11 => 30, >= 1 and <= 12 => 31, _ => 0 };

    private static bool Ascending(in Many<ZoneOffset> zone)
    {
        for (var i = 0; i < zone.Count; i++)
            if (zone[i].Seconds is < -86_400 or > 86_400 || (i > 0 && zone[i].From <= zone[i - 1].From)) return false;
        return true;
    }
}
