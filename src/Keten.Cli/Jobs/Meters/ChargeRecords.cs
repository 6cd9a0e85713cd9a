using Keten.Connectors.Ocmf;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Whose charge records they are, as OCPI names it.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Country3">ISO 3166-1 alpha-3.</param>
/// <param name="PartyId">Three characters.</param>
/// <param name="TariffId">At most 36 characters.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record OperatorNames(string Country, string Country3, string PartyId, string TariffId, string Currency);

/// <summary>The charge record of a session: OCPI's charge detail record, with what the meter signed in it.</summary>
public static class ChargeRecords
{
    /// <summary>The record, as JSON. What a session file does not say of a place is left empty, as OCPI's required texts then are.</summary>
    public static byte[] Write(MeteredSession session, OperatorNames names, TariffTerms terms, OcmfPublicKey key, Priced priced, Instant made)
    {
        var location = new CdrLocation(
            session.Location, null, "not stated", "not stated", null, null, names.Country3, "0.000000", "0.000000",
            session.Meter, $"{names.Country}*{names.PartyId}*E{session.Meter}", "1", "IEC_62196_T2", "SOCKET", "AC_1_PHASE");
        var record = OcmfDocument.Read(session.Record, out _)!;
        var plain = $"{record.Pagination} {record.Meter} {priced.Energy.Minor} Wh";
        var signed = new CdrSignedData("OCMF", 1, key.ToString(), [new CdrSignedValue("End", plain, session.Record)], null);
        var head = new CdrHead(
            session.Id, session.Id, new CdrToken(names.Country, names.PartyId, session.Driver, CdrTokenType.AppUser, session.Driver), CdrAuthMethod.Whitelist, location,
            session.Meter, signed, null, made);
        var tariff = new OcpiTariff(names.Country, names.PartyId, names.TariffId, names.Currency, null, [], null, null, made, terms);
        return CdrWriter.Write(CdrBuilder.Build(head, tariff, priced));
    }
}
