using System.Globalization;
using System.Text.Json;
using Keten.Connectors.Json;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Connectors.Ocpi;

/// <summary>
/// Reads OCPI 2.2.1's Tariff object. Carried: prices to six decimals (OCPI: four), VAT to four decimals of a percent, energy to 1 Wh, current to 1 mA, power
/// to 1 W, times to the
/// minute; what is finer is refused, never rounded. The extension <c>keten_season</c> in restrictions is read where it is written.
/// </summary>
public static class OcpiTariffReader
{
    /// <summary>No tariff is longer, in bytes.</summary>
    public const int MaxBytes = 262_144;

    private static readonly string[] Restricting =
    [
        "start_time", "end_time", "start_date", "end_date", "min_kwh", "max_kwh", "min_current", "max_current", "min_power", "max_power", "min_duration",
        "max_duration",
        "day_of_week", "reservation", Season,
    ];

    private static readonly string[] Pricing = ["type", "price", "vat", "step_size"];

    internal const string Season = "keten_season";

    /// <summary>Reads one tariff.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="units">The units of the ledger that it is read for.</param>
    public static JsonRead<OcpiTariff> Read(ReadOnlyMemory<byte> json, OcpiUnits units) =>
        JsonFields.Document(json, MaxBytes, fields => Tariff(fields, units));

    internal static OcpiTariff Tariff(JsonFields fields, OcpiUnits units)
    {
        var currency = fields.Text("currency", 3);
        if (currency.Length > 0 && currency != units.CurrencyCode) fields.Note("currency", JsonFaultReason.OtherCurrency);
        var elements = new List<TariffElement>();
        foreach (var element in fields.Objects("elements", TariffTerms.MaxElements, required: true)) elements.Add(Element(element));
        var terms = new TariffTerms(units.Currency, units.CurrencyDecimals, units.Energy, new([.. elements]), Limit(fields.Object("min_price")),
            Limit(fields.Object("max_price")),
            units.Zone, fields.Moment("start_date_time"), fields.Moment("end_date_time"));
        if (elements.Count > 0) Check(fields, terms);
        var texts = new List<OcpiText>();
        foreach (var text in fields.Objects("tariff_alt_text", 64)) texts.Add(new OcpiText(text.Text("language", 2), text.Text("text", 512)));
        return new OcpiTariff(fields.Text("country_code", 2), fields.Text("party_id", 3), fields.Text("id", 36), currency,
            fields.Choice<OcpiTariffType>("type"),
            texts, fields.OptionalText("tariff_alt_url", 255), fields.Object("energy_mix")?.Element.GetRawText(),
            fields.Moment("last_updated", required: true) ?? default, terms);
    }

    private static void Check(JsonFields fields, TariffTerms terms)
    {
        var (name, reason) = TermsCheck.Of(terms) switch
        {
            TermsFault.None => ("", default),
            TermsFault.Prices => ("elements", JsonFaultReason.OutOfRange),
            TermsFault.Validity => ("end_date_time", JsonFaultReason.Inconsistent),
            TermsFault.Units or TermsFault.Zone => ("currency", JsonFaultReason.Inconsistent),
            _ => ("elements", JsonFaultReason.Inconsistent),
        };
        if (name.Length > 0) fields.Note(name, reason);
    }

    private static PriceLimit? Limit(JsonFields? fields) => fields is null ? null
        : new PriceLimit(fields.Scaled("excl_vat", 6, required: true) ?? 0, fields.Scaled("incl_vat", 6));

    private static TariffElement Element(JsonFields fields)
    {
        var components = new List<PriceComponent>();
        foreach (var component in fields.Objects("price_components", 4, required: true))
        {
            component.Ignoring(Pricing);
            components.Add(new PriceComponent(component.Choice<Dimension>("type", required: true) ?? Dimension.Flat,
                component.Scaled("price", 6, required: true) ?? 0,
                component.Scaled("step_size", 0, required: true) ?? 0, component.Scaled("vat", 4) is { } vat ? new Rate(vat) : null));
        }
        return new TariffElement(new([.. components]), fields.Object("restrictions") is { } restrictions ? Restriction(restrictions) : null);
    }

    private static Restrictions Restriction(JsonFields fields)
    {
        fields.Ignoring(Restricting);
        return new Restrictions(
            TimeOfDay(fields, "start_time"), TimeOfDay(fields, "end_time"), Date(fields, "start_date"), Date(fields, "end_date"),
            SeasonOf(fields.Object(Season)), Days(fields),
            fields.Scaled("min_kwh", 3), fields.Scaled("max_kwh", 3), fields.Scaled("min_current", 3), fields.Scaled("max_current", 3),
            fields.Scaled("min_power", 3), fields.Scaled("max_power", 3), fields.Scaled("min_duration", 0), fields.Scaled("max_duration", 0),
            fields.OptionalText("reservation", 40) switch
            {
                null => ReservationKind.None,
                "RESERVATION" => ReservationKind.Reservation,
                "RESERVATION_EXPIRES" => ReservationKind.Expires,
                _ => Unknown(fields, "reservation"),
            });
    }

    private static ReservationKind Unknown(JsonFields fields, string name)
    {
        fields.Note(name, JsonFaultReason.UnknownValue);
        return ReservationKind.None;
    }

    private static int? TimeOfDay(JsonFields fields, string name)
    {
        if (fields.OptionalText(name, 5) is not { } text) return null;
        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return time.Hour * 60 + time.Minute;
        fields.Note(name, JsonFaultReason.NotATime);
        return null;
    }

    private static int? Date(JsonFields fields, string name)
    {
        if (fields.OptionalText(name, 10) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        fields.Note(name, JsonFaultReason.NotATime);
        return null;
    }

    private static Season? SeasonOf(JsonFields? fields) =>
        fields is null ? null : new Season(MonthDay.Read(fields, "from") ?? 101, MonthDay.Read(fields, "until") ?? 1231);

    private static int Days(JsonFields fields)
    {
        var days = 0;
        foreach (var (item, path) in fields.Items("day_of_week", 7))
        {
            var day = item.ValueKind == JsonValueKind.String ? Array.IndexOf(OcpiTariffWriter.DayNames, item.GetString()) : -1;
            if (day >= 0) days |= 1 << day;
            else fields.Note(path[(fields.Path.Length + 1)..], JsonFaultReason.UnknownValue);
        }
        return days;
    }
}
