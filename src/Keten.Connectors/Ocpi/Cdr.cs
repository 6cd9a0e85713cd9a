using Keten.Kernel;

namespace Keten.Connectors.Ocpi;

/// <summary>
/// OCPI 2.2.1's charge detail record (module CDRs, object CDR): what was charged and what it costs, sealed. Names and meanings are the standard's.
/// </summary>
/// <param name="CountryCode">ISO 3166-1 alpha-2, of the operator that owns it.</param>
/// <param name="PartyId">The operator's id, three characters.</param>
/// <param name="Id">Unique for the operator; at most 36 characters, 39 for a credit.</param>
/// <param name="Start">When the session began, or the reservation before it.</param>
/// <param name="End">When the session ended.</param>
/// <param name="SessionId">At most 36 characters.</param>
/// <param name="Token">By what it was started.</param>
/// <param name="AuthMethod">How that was checked.</param>
/// <param name="AuthorizationReference">At most 36 characters.</param>
/// <param name="Location">Where.</param>
/// <param name="MeterId">The meter in the charge point, at most 255 characters.</param>
/// <param name="Currency">ISO 4217.</param>
/// <param name="Tariffs">The tariffs that apply.</param>
/// <param name="Periods">At least one.</param>
/// <param name="SignedData">What the meter signed.</param>
/// <param name="TotalCost">All in all; negative on a credit.</param>
/// <param name="TotalFixedCost">Flat fees.</param>
/// <param name="TotalEnergy">In kWh.</param>
/// <param name="TotalEnergyCost">For energy.</param>
/// <param name="TotalTime">In hours, charging or not.</param>
/// <param name="TotalTimeCost">For the time of charging.</param>
/// <param name="TotalParkingTime">In hours.</param>
/// <param name="TotalParkingCost">For parking.</param>
/// <param name="TotalReservationCost">For the reservation, its flat fee included.</param>
/// <param name="Remark">At most 255 characters.</param>
/// <param name="InvoiceReferenceId">At most 39 characters.</param>
/// <param name="Credit">Whether it takes another back.</param>
/// <param name="CreditReferenceId">The one that it takes back.</param>
/// <param name="HomeChargingCompensation">Whether the driver is paid for it.</param>
/// <param name="LastUpdated">When it was made.</param>
public sealed record Cdr(
    string CountryCode, string PartyId, string Id, Instant Start, Instant End, string? SessionId, CdrToken Token, CdrAuthMethod AuthMethod,
    string? AuthorizationReference,
    CdrLocation Location, string? MeterId, string Currency, IReadOnlyList<OcpiTariff> Tariffs, IReadOnlyList<CdrPeriod> Periods, CdrSignedData? SignedData,
    CdrPrice TotalCost, CdrPrice? TotalFixedCost, decimal TotalEnergy, CdrPrice? TotalEnergyCost, decimal TotalTime, CdrPrice? TotalTimeCost,
    decimal? TotalParkingTime,
    CdrPrice? TotalParkingCost, CdrPrice? TotalReservationCost, string? Remark, string? InvoiceReferenceId, bool? Credit, string? CreditReferenceId,
    bool? HomeChargingCompensation, Instant LastUpdated)
{
    /// <summary>
    /// The credit that takes this record back: all its data under another id, the total cost negated, and nothing else (OCPI 2.2.1, Credit CDRs).
    /// </summary>
    /// <param name="id">Its own id, at most 39 characters; this record's with something appended will do.</param>
    /// <param name="made">When it is made.</param>
    /// <param name="remark">Why; this record's remark where none is given.</param>
    /// <exception cref="InvalidOperationException">This is a credit itself: what is credited wrongly is charged by a new record.</exception>
    public Cdr Crediting(string id, Instant made, string? remark = null) => Credit is true
        ? throw new InvalidOperationException("A credit is not credited; a new record is written.")
        : this with
        {
            Id = id, Credit = true, CreditReferenceId = Id, TotalCost = new CdrPrice(-TotalCost.ExclVat, -TotalCost.InclVat), Remark = remark ?? Remark,
            LastUpdated = made,
        };
}

/// <summary>An amount of the currency's major unit: OCPI's Price.</summary>
/// <param name="ExclVat">Without VAT.</param>
/// <param name="InclVat">With VAT.</param>
public sealed record CdrPrice(decimal ExclVat, decimal? InclVat);

/// <summary>What started the session: OCPI's CdrToken.</summary>
/// <param name="CountryCode">ISO 3166-1 alpha-2, of the provider.</param>
/// <param name="PartyId">The provider's id, three characters.</param>
/// <param name="Uid">The token, at most 36 characters.</param>
/// <param name="Type">What kind of token.</param>
/// <param name="ContractId">The driver's contract, at most 36 characters.</param>
public sealed record CdrToken(string CountryCode, string PartyId, string Uid, CdrTokenType Type, string ContractId);

/// <summary>OCPI's TokenType.</summary>
public enum CdrTokenType
{
    /// <summary>One-time, by the operator.</summary>
    AdHocUser = 1,

    /// <summary>An app's user.</summary>
    AppUser = 2,

    /// <summary>Something else.</summary>
    Other = 3,

    /// <summary>A card.</summary>
    Rfid = 4,
}

/// <summary>OCPI's AuthMethod.</summary>
public enum CdrAuthMethod
{
    /// <summary>The provider was asked.</summary>
    AuthRequest = 1,

    /// <summary>A command started it.</summary>
    Command = 2,

    /// <summary>A list was enough.</summary>
    Whitelist = 3,
}

/// <summary>Where it was charged: OCPI's CdrLocation.</summary>
/// <param name="Id">At most 36 characters.</param>
/// <param name="Name">At most 255 characters.</param>
/// <param name="Address">At most 45 characters.</param>
/// <param name="City">At most 45 characters.</param>
/// <param name="PostalCode">At most 10 characters.</param>
/// <param name="State">At most 20 characters.</param>
/// <param name="Country">ISO 3166-1 alpha-3.</param>
/// <param name="Latitude">Decimal degrees, as text.</param>
/// <param name="Longitude">Decimal degrees, as text.</param>
/// <param name="EvseUid">At most 36 characters.</param>
/// <param name="EvseId">At most 48 characters.</param>
/// <param name="ConnectorId">At most 36 characters.</param>
/// <param name="ConnectorStandard">OCPI's ConnectorType, carried as text.</param>
/// <param name="ConnectorFormat">OCPI's ConnectorFormat, carried as text.</param>
/// <param name="ConnectorPowerType">OCPI's PowerType, carried as text.</param>
public sealed record CdrLocation(
    string Id, string? Name, string Address, string City, string? PostalCode, string? State, string Country, string Latitude, string Longitude,
    string EvseUid, string EvseId, string ConnectorId, string ConnectorStandard, string ConnectorFormat, string ConnectorPowerType);

/// <summary>A stretch of one price: OCPI's ChargingPeriod. It ends where the next begins.</summary>
/// <param name="Start">Its begin.</param>
/// <param name="Dimensions">At least one.</param>
/// <param name="TariffId">The tariff that applies, at most 36 characters.</param>
public sealed record CdrPeriod(Instant Start, IReadOnlyList<CdrDimension> Dimensions, string? TariffId);

/// <summary>One measure of a period: OCPI's CdrDimension.</summary>
/// <param name="Type">What is measured.</param>
/// <param name="Volume">In kWh, hours, amperes, kilowatts or per cent.</param>
public sealed record CdrDimension(CdrDimensionType Type, decimal Volume);

/// <summary>OCPI's CdrDimensionType, without those that only sessions have.</summary>
public enum CdrDimensionType
{
    /// <summary>kWh.</summary>
    Energy = 1,

    /// <summary>Amperes.</summary>
    MaxCurrent = 2,

    /// <summary>Amperes.</summary>
    MinCurrent = 3,

    /// <summary>Kilowatts.</summary>
    MaxPower = 4,

    /// <summary>Kilowatts.</summary>
    MinPower = 5,

    /// <summary>Hours without charging.</summary>
    ParkingTime = 6,

    /// <summary>Hours of reservation.</summary>
    ReservationTime = 7,

    /// <summary>Hours of charging.</summary>
    Time = 8,
}

/// <summary>What the meter signed: OCPI's SignedData.</summary>
/// <param name="EncodingMethod">At most 36 characters: <c>OCMF</c>.</param>
/// <param name="EncodingMethodVersion">The version of it.</param>
/// <param name="PublicKey">The meter's key, at most 512 characters.</param>
/// <param name="Values">At least one.</param>
/// <param name="Url">Where it can be checked, at most 512 characters.</param>
public sealed record CdrSignedData(string EncodingMethod, int? EncodingMethodVersion, string? PublicKey, IReadOnlyList<CdrSignedValue> Values, string? Url);

/// <summary>One signed reading: OCPI's SignedValue.</summary>
/// <param name="Nature"><c>Start</c>, <c>End</c> or <c>Intermediate</c>; at most 32 characters.</param>
/// <param name="PlainData">The reading in the clear, at most 512 characters.</param>
/// <param name="SignedData">The reading with its signature, at most 5,000 characters.</param>
public sealed record CdrSignedValue(string Nature, string PlainData, string SignedData);
