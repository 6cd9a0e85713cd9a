using System.Buffers;
using System.Text.Json;
using Keten.Connectors.Json;

namespace Keten.Connectors.Ocpi;

/// <summary>Writes OCPI 2.2.1's CDR object, fields in the standard's order.</summary>
public static class CdrWriter
{
    /// <summary>One record as UTF-8.</summary>
    public static byte[] Write(Cdr cdr)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) Record(json, cdr);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Record(Utf8JsonWriter json, Cdr cdr)
    {
        json.WriteStartObject();
        json.WriteString("country_code", cdr.CountryCode);
        json.WriteString("party_id", cdr.PartyId);
        json.WriteString("id", cdr.Id);
        json.Moment("start_date_time", cdr.Start);
        json.Moment("end_date_time", cdr.End);
        json.Text("session_id", cdr.SessionId);
        Token(json, cdr.Token);
        json.WriteString("auth_method", Spelling.Of(cdr.AuthMethod));
        json.Text("authorization_reference", cdr.AuthorizationReference);
        Location(json, cdr.Location);
        json.Text("meter_id", cdr.MeterId);
        json.WriteString("currency", cdr.Currency);
        if (cdr.Tariffs.Count > 0)
        {
            json.WriteStartArray("tariffs");
            foreach (var tariff in cdr.Tariffs) OcpiTariffWriter.Write(json, tariff);
            json.WriteEndArray();
        }
        json.WriteStartArray("charging_periods");
        foreach (var period in cdr.Periods) Period(json, period);
        json.WriteEndArray();
        if (cdr.SignedData is { } signed) Signed(json, signed);
        Totals(json, cdr);
        json.Text("remark", cdr.Remark);
        json.Text("invoice_reference_id", cdr.InvoiceReferenceId);
        json.Flag("credit", cdr.Credit);
        json.Text("credit_reference_id", cdr.CreditReferenceId);
        json.Flag("home_charging_compensation", cdr.HomeChargingCompensation);
        json.Moment("last_updated", cdr.LastUpdated);
        json.WriteEndObject();
    }

    private static void Totals(Utf8JsonWriter json, Cdr cdr)
    {
        Price(json, "total_cost", cdr.TotalCost);
        Price(json, "total_fixed_cost", cdr.TotalFixedCost);
        json.Number("total_energy", cdr.TotalEnergy);
        Price(json, "total_energy_cost", cdr.TotalEnergyCost);
        json.Number("total_time", cdr.TotalTime);
        Price(json, "total_time_cost", cdr.TotalTimeCost);
        json.Number("total_parking_time", cdr.TotalParkingTime);
        Price(json, "total_parking_cost", cdr.TotalParkingCost);
        Price(json, "total_reservation_cost", cdr.TotalReservationCost);
    }

    private static void Price(Utf8JsonWriter json, string name, CdrPrice? price)
    {
        if (price is null) return;
        json.WriteStartObject(name);
        json.Number("excl_vat", price.ExclVat);
        json.Number("incl_vat", price.InclVat);
        json.WriteEndObject();
    }

    private static void Token(Utf8JsonWriter json, CdrToken token)
    {
        json.WriteStartObject("cdr_token");
        json.WriteString("country_code", token.CountryCode);
        json.WriteString("party_id", token.PartyId);
        json.WriteString("uid", token.Uid);
        json.WriteString("type", Spelling.Of(token.Type));
        json.WriteString("contract_id", token.ContractId);
        json.WriteEndObject();
    }

    private static void Location(Utf8JsonWriter json, CdrLocation location)
    {
        json.WriteStartObject("cdr_location");
        json.WriteString("id", location.Id);
        json.Text("name", location.Name);
        json.WriteString("address", location.Address);
        json.WriteString("city", location.City);
        json.Text("postal_code", location.PostalCode);
        json.Text("state", location.State);
        json.WriteString("country", location.Country);
        json.WriteStartObject("coordinates");
        json.WriteString("latitude", location.Latitude);
        json.WriteString("longitude", location.Longitude);
        json.WriteEndObject();
        json.WriteString("evse_uid", location.EvseUid);
        json.WriteString("evse_id", location.EvseId);
        json.WriteString("connector_id", location.ConnectorId);
        json.WriteString("connector_standard", location.ConnectorStandard);
        json.WriteString("connector_format", location.ConnectorFormat);
        json.WriteString("connector_power_type", location.ConnectorPowerType);
        json.WriteEndObject();
    }

    private static void Period(Utf8JsonWriter json, CdrPeriod period)
    {
        json.WriteStartObject();
        json.Moment("start_date_time", period.Start);
        json.WriteStartArray("dimensions");
        foreach (var dimension in period.Dimensions)
        {
            json.WriteStartObject();
            json.WriteString("type", Spelling.Of(dimension.Type));
            json.Number("volume", dimension.Volume);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Text("tariff_id", period.TariffId);
        json.WriteEndObject();
    }

    private static void Signed(Utf8JsonWriter json, CdrSignedData signed)
    {
        json.WriteStartObject("signed_data");
        json.WriteString("encoding_method", signed.EncodingMethod);
        json.Number("encoding_method_version", signed.EncodingMethodVersion);
        json.Text("public_key", signed.PublicKey);
        json.WriteStartArray("signed_values");
        foreach (var value in signed.Values)
        {
            json.WriteStartObject();
            json.WriteString("nature", value.Nature);
            json.WriteString("plain_data", value.PlainData);
            json.WriteString("signed_data", value.SignedData);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Text("url", signed.Url);
        json.WriteEndObject();
    }
}
