using Keten.Connectors.Json;
using Keten.Kernel;

namespace Keten.Connectors.Ocpi;

/// <summary>Reads OCPI 2.2.1's CDR object. What is required and how long a text may be is the standard's; unknown fields are skipped.</summary>
public static class CdrReader
{
    /// <summary>No record is longer, in bytes.</summary>
    public const int MaxBytes = 4_194_304;

    /// <summary>No record has more periods.</summary>
    public const int MaxPeriods = 1_024;

    /// <summary>Reads one record.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="units">The units of the ledger for which its tariffs are read; a record in another currency is refused.</param>
    public static JsonRead<Cdr> Read(ReadOnlyMemory<byte> json, OcpiUnits units) =>
        JsonFields.Document(json, MaxBytes, fields => Record(fields, units));

    private static Cdr Record(JsonFields fields, OcpiUnits units)
    {
        var currency = fields.Text("currency", 3);
        if (currency.Length > 0 && currency != units.CurrencyCode) fields.Note("currency", JsonFaultReason.OtherCurrency);
        var tariffs = new List<OcpiTariff>();
        foreach (var tariff in fields.Objects("tariffs", 16)) tariffs.Add(OcpiTariffReader.Tariff(tariff, units));
        var periods = new List<CdrPeriod>();
        foreach (var period in fields.Objects("charging_periods", MaxPeriods, required: true)) periods.Add(Period(period));
        var record = new Cdr(
            fields.Text("country_code", 2), fields.Text("party_id", 3), fields.Text("id", 39), Moment("start_date_time"), Moment("end_date_time"),
            fields.OptionalText("session_id", 36), Token(fields.Object("cdr_token", required: true)),
            fields.Choice<CdrAuthMethod>("auth_method", required: true) ?? default,
            fields.OptionalText("authorization_reference", 36), Location(fields.Object("cdr_location", required: true)), fields.OptionalText("meter_id", 255),
            currency,
            tariffs, periods, Signed(fields.Object("signed_data")), Price("total_cost", required: true) ?? new CdrPrice(0, null), Price("total_fixed_cost"),
            fields.Number("total_energy", required: true) ?? 0, Price("total_energy_cost"), fields.Number("total_time", required: true) ?? 0,
            Price("total_time_cost"),
            fields.Number("total_parking_time"), Price("total_parking_cost"), Price("total_reservation_cost"), fields.OptionalText("remark", 255),
            fields.OptionalText("invoice_reference_id", 39), fields.Flag("credit"), fields.OptionalText("credit_reference_id", 39),
            fields.Flag("home_charging_compensation"), Moment("last_updated"));
        if (record.Credit is true && record.CreditReferenceId is null) fields.Note("credit_reference_id", JsonFaultReason.Inconsistent);
        if (record.Credit is not true && record.Id.Length > 36) fields.Note("id", JsonFaultReason.TooLong);
        if (record.End < record.Start) fields.Note("end_date_time", JsonFaultReason.Inconsistent);
        return record;

        Instant Moment(string name) => fields.Moment(name, required: true) ?? default;

        CdrPrice? Price(string name, bool required = false) =>
            fields.Object(name, required) is { } price ? new CdrPrice(price.Number("excl_vat", required: true) ?? 0, price.Number("incl_vat")) : null;
    }

    private static CdrToken Token(JsonFields? fields) => fields is null ? new("", "", "", default, "")
        : new(fields.Text("country_code", 2), fields.Text("party_id", 3), fields.Text("uid", 36),
            fields.Choice<CdrTokenType>("type", required: true) ?? default, fields.Text("contract_id", 36));

    private static CdrLocation Location(JsonFields? fields)
    {
        if (fields is null) return new("", null, "", "", null, null, "", "", "", "", "", "", "", "", "");
        var place = fields.Object("coordinates", required: true);
        return new(fields.Text("id", 36), fields.OptionalText("name", 255), fields.Text("address", 45), fields.Text("city", 45),
            fields.OptionalText("postal_code", 10),
            fields.OptionalText("state", 20), fields.Text("country", 3), place?.Text("latitude", 10) ?? "", place?.Text("longitude", 11) ?? "",
            fields.Text("evse_uid", 36),
            fields.Text("evse_id", 48), fields.Text("connector_id", 36), fields.Text("connector_standard", 40), fields.Text("connector_format", 40),
            fields.Text("connector_power_type", 40));
    }

    private static CdrPeriod Period(JsonFields fields)
    {
        var dimensions = new List<CdrDimension>();
        foreach (var dimension in fields.Objects("dimensions", 16, required: true))
            dimensions.Add(new(dimension.Choice<CdrDimensionType>("type", required: true) ?? default, dimension.Number("volume", required: true) ?? 0));
        return new(fields.Moment("start_date_time", required: true) ?? default, dimensions, fields.OptionalText("tariff_id", 36));
    }

    private static CdrSignedData? Signed(JsonFields? fields)
    {
        if (fields is null) return null;
        var values = new List<CdrSignedValue>();
        foreach (var value in fields.Objects("signed_values", MaxPeriods, required: true))
            values.Add(new(value.Text("nature", 32), value.Text("plain_data", 512), value.Text("signed_data", 5_000)));
        var version = fields.Scaled("encoding_method_version", 0);
        if (version is < 0 or > int.MaxValue) fields.Note("encoding_method_version", JsonFaultReason.OutOfRange);
        return new(fields.Text("encoding_method", 36), version is >= 0 and <= int.MaxValue ? (int)version : null, fields.OptionalText("public_key", 512),
            values, fields.OptionalText("url", 512));
    }
}
