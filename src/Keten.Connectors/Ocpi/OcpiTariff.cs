using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Connectors.Ocpi;

/// <summary>OCPI 2.2.1's Tariff object: its terms, and what identifies and explains them.</summary>
/// <param name="CountryCode">ISO 3166-1 alpha-2, of the operator that owns it.</param>
/// <param name="PartyId">The operator's id, three characters.</param>
/// <param name="Id">The tariff's id within the operator's platform, at most 36 characters.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Type">For which sessions it is; for all, where none is given.</param>
/// <param name="AltTexts">Explanations in words.</param>
/// <param name="AltUrl">A page that explains it.</param>
/// <param name="EnergyMix">OCPI's EnergyMix object, carried as the JSON text that it is.</param>
/// <param name="LastUpdated">When it was last changed.</param>
/// <param name="Terms">The prices.</param>
public sealed record OcpiTariff(
    string CountryCode, string PartyId, string Id, string Currency, OcpiTariffType? Type, IReadOnlyList<OcpiText> AltTexts, string? AltUrl, string? EnergyMix,
    Instant LastUpdated, TariffTerms Terms);

/// <summary>A text in a language: OCPI's DisplayText.</summary>
/// <param name="Language">ISO 639-1.</param>
/// <param name="Text">At most 512 characters.</param>
public sealed record OcpiText(string Language, string Text);

/// <summary>OCPI's TariffType.</summary>
public enum OcpiTariffType
{
    /// <summary>For payment on the spot.</summary>
    AdHocPayment = 1,

    /// <summary>For the charging preference CHEAP.</summary>
    ProfileCheap = 2,

    /// <summary>For the charging preference FAST.</summary>
    ProfileFast = 3,

    /// <summary>For the charging preference GREEN.</summary>
    ProfileGreen = 4,

    /// <summary>For a card without preference, or the preference REGULAR.</summary>
    Regular = 5,
}

/// <summary>What stands on the ledger for what OCPI names in text.</summary>
/// <param name="CurrencyCode">ISO 4217; a document in another currency is refused.</param>
/// <param name="Currency">The unit in which it is paid.</param>
/// <param name="CurrencyDecimals">The decimals of that unit, 0 to 6.</param>
/// <param name="Energy">The unit of meter registers, whose smallest part is a watt-hour.</param>
/// <param name="Zone">Local time at the location; OCPI gives it there, and not in the tariff.</param>
public sealed record OcpiUnits(string CurrencyCode, Unit Currency, int CurrencyDecimals, Unit Energy, Many<ZoneOffset> Zone = default);
