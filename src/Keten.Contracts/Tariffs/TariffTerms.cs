using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>
/// What charging costs, in the terms of OCPI 2.2.1's tariff (module Tariffs, object Tariff): the first element of a dimension whose restrictions hold gives
/// the price.
/// Prices are wider than OCPI's four decimals: millionths of the currency's major unit. See <see cref="TariffPricing"/> for how they are applied.
/// </summary>
/// <param name="Currency">The unit in which prices are paid.</param>
/// <param name="CurrencyDecimals">How many decimals its smallest part is of the major unit, 0 to 6: 2 for cents.</param>
/// <param name="Energy">The unit of the meter's register; its smallest part is a watt-hour.</param>
/// <param name="Elements">In order of precedence; at least one, at most <see cref="MaxElements"/>.</param>
/// <param name="MinPrice">A session costs at least this.</param>
/// <param name="MaxPrice">A session costs at most this.</param>
/// <param name="Zone">Local time at the meter, in ascending order; before the first entry, and where there is none, local time is UTC.</param>
/// <param name="ValidFrom">A session may begin from this moment.</param>
/// <param name="ValidUntil">A session may begin up to and including this moment; it keeps its tariff until it ends.</param>
public sealed record TariffTerms(
    Unit Currency, int CurrencyDecimals, Unit Energy, Many<TariffElement> Elements, PriceLimit? MinPrice = null, PriceLimit? MaxPrice = null,
    Many<ZoneOffset> Zone = default, Instant? ValidFrom = null, Instant? ValidUntil = null)
{
    /// <summary>No tariff has more elements.</summary>
    public const int MaxElements = 128;
}

/// <summary>One element of a tariff: prices, and when they apply.</summary>
/// <param name="Components">At least one; at most one for each dimension.</param>
/// <param name="Restrictions">When it applies; always, where there is none.</param>
public sealed record TariffElement(Many<PriceComponent> Components, Restrictions? Restrictions = null)
{
    /// <summary>The component of a dimension, if it has one.</summary>
    public PriceComponent? Find(Dimension dimension)
    {
        foreach (var component in Components)
            if (component.Dimension == dimension) return component;
        return null;
    }
}

/// <summary>The price of one dimension.</summary>
/// <param name="Dimension">What is priced.</param>
/// <param name="Price">Without VAT, in millionths of the currency's major unit: per session, kWh or hour.</param>
/// <param name="StepSize">The volume is billed in blocks of so many Wh or seconds; 0 and 1 are the smallest block.</param>
/// <param name="Vat">The rate of VAT; none where no VAT is applicable, which is not the same as a rate of zero.</param>
public readonly record struct PriceComponent(Dimension Dimension, long Price, long StepSize, Rate? Vat = null)
{
    /// <summary>No price is higher: one million of the major unit.</summary>
    public const long MaxPrice = 1_000_000_000_000;

    /// <summary>No step is longer: 100 MWh, or some three years.</summary>
    public const long MaxStep = 100_000_000;
}

/// <summary>What a price is for: OCPI's TariffDimensionType.</summary>
public enum Dimension
{
    /// <summary>Once a session, or once a reservation.</summary>
    Flat = 1,

    /// <summary>A kWh.</summary>
    Energy = 2,

    /// <summary>An hour of charging, or of reservation.</summary>
    Time = 3,

    /// <summary>An hour connected without charging.</summary>
    ParkingTime = 4,
}

/// <summary>The least or the most that a session costs, without and with VAT: each holds for its own total. In millionths of the major unit.</summary>
/// <param name="ExclVat">For the total without VAT.</param>
/// <param name="InclVat">For the total with VAT; where it is not given, the VAT of a limited total stays in proportion.</param>
public readonly record struct PriceLimit(long ExclVat, long? InclVat = null)
{
    /// <summary>No limit is higher: one thousand million of the major unit.</summary>
    public const long Max = 1_000_000_000_000_000;
}

/// <summary>Local time at the meter from a moment on. Time-zone rules are data of the agreement, never the host's.</summary>
/// <param name="From">The first moment.</param>
/// <param name="Seconds">What local time is ahead of UTC; negative to the west.</param>
public readonly record struct ZoneOffset(Instant From, int Seconds);
