using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Keten.Connectors.Json;
using Keten.Contracts.Tariffs;

namespace Keten.Connectors.Ocpi;

/// <summary>
/// Writes OCPI 2.2.1's Tariff object. Two things go beyond the standard and are listed by <see cref="Extensions"/>: prices with more than four decimals, and
/// <c>keten_season</c> (an object of <c>from</c> and <c>until</c>, both MM-DD and included) in restrictions, which a receiver that does not know it would
/// ignore.
/// </summary>
public static class OcpiTariffWriter
{
    internal static readonly string[] DayNames = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"];

    /// <summary>One tariff as UTF-8.</summary>
    public static byte[] Write(OcpiTariff tariff)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) Write(json, tariff);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The paths at which this tariff says more than OCPI 2.2.1 can.</summary>
    public static IReadOnlyList<string> Extensions(TariffTerms terms)
    {
        var paths = new List<string>();
        for (var i = 0; i < terms.Elements.Count; i++)
        {
            var element = terms.Elements[i];
            var path = "elements[" + i.ToString(CultureInfo.InvariantCulture) + "].";
            for (var j = 0; j < element.Components.Count; j++)
                if (element.Components[j].Price % 100 != 0) paths.Add(path + "price_components[" + j.ToString(CultureInfo.InvariantCulture) + "].price");
            if (element.Restrictions?.Season is not null) paths.Add(path + "restrictions." + OcpiTariffReader.Season);
        }
        return paths;
    }

    internal static void Write(Utf8JsonWriter json, OcpiTariff tariff)
    {
        json.WriteStartObject();
        json.WriteString("country_code", tariff.CountryCode);
        json.WriteString("party_id", tariff.PartyId);
        json.WriteString("id", tariff.Id);
        json.WriteString("currency", tariff.Currency);
        if (tariff.Type is { } type) json.WriteString("type", Spelling.Of(type));
        if (tariff.AltTexts.Count > 0)
        {
            json.WriteStartArray("tariff_alt_text");
            foreach (var text in tariff.AltTexts)
            {
                json.WriteStartObject();
                json.WriteString("language", text.Language);
                json.WriteString("text", text.Text);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.Text("tariff_alt_url", tariff.AltUrl);
        Limit(json, "min_price", tariff.Terms.MinPrice);
        Limit(json, "max_price", tariff.Terms.MaxPrice);
        json.WriteStartArray("elements");
        foreach (var element in tariff.Terms.Elements) Element(json, element);
        json.WriteEndArray();
        json.Moment("start_date_time", tariff.Terms.ValidFrom);
        json.Moment("end_date_time", tariff.Terms.ValidUntil);
        if (tariff.EnergyMix is { } mix)
        {
            json.WritePropertyName("energy_mix");
            json.WriteRawValue(mix);
        }
        json.Moment("last_updated", tariff.LastUpdated);
        json.WriteEndObject();
    }

    private static void Limit(Utf8JsonWriter json, string name, PriceLimit? limit)
    {
        if (limit is not { } price) return;
        json.WriteStartObject(name);
        json.Scaled("excl_vat", price.ExclVat, 6);
        json.Scaled("incl_vat", price.InclVat, 6);
        json.WriteEndObject();
    }

    private static void Element(Utf8JsonWriter json, TariffElement element)
    {
        json.WriteStartObject();
        json.WriteStartArray("price_components");
        foreach (var component in element.Components)
        {
            json.WriteStartObject();
            json.WriteString("type", Spelling.Of(component.Dimension));
            json.Scaled("price", component.Price, 6);
            json.Scaled("vat", component.Vat?.Millionths, 4);
            json.WriteNumber("step_size", component.StepSize);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (element.Restrictions is { } restrictions) Restriction(json, restrictions);
        json.WriteEndObject();
    }

    private static void Restriction(Utf8JsonWriter json, Restrictions it)
    {
        json.WriteStartObject("restrictions");
        json.Text("start_time", TimeOfDay(it.StartTime));
        json.Text("end_time", TimeOfDay(it.EndTime));
        json.Text("start_date", Date(it.StartDate));
        json.Text("end_date", Date(it.EndDate));
        json.Scaled("min_kwh", it.MinEnergy, 3);
        json.Scaled("max_kwh", it.MaxEnergy, 3);
        json.Scaled("min_current", it.MinCurrent, 3);
        json.Scaled("max_current", it.MaxCurrent, 3);
        json.Scaled("min_power", it.MinPower, 3);
        json.Scaled("max_power", it.MaxPower, 3);
        if (it.MinDuration is { } least) json.WriteNumber("min_duration", least);
        if (it.MaxDuration is { } most) json.WriteNumber("max_duration", most);
        if (it.Days != 0)
        {
            json.WriteStartArray("day_of_week");
            for (var day = 0; day < 7; day++)
                if ((it.Days & 1 << day) != 0) json.WriteStringValue(DayNames[day]);
            json.WriteEndArray();
        }
        if (it.Reservation != ReservationKind.None)
            json.WriteString("reservation", it.Reservation == ReservationKind.Expires ? "RESERVATION_EXPIRES" : "RESERVATION");
        if (it.Season is { } season)
        {
            json.WriteStartObject(OcpiTariffReader.Season);
            json.WriteString("from", MonthDay.Write(season.From));
            json.WriteString("until", MonthDay.Write(season.Until));
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static string? TimeOfDay(int? minute) => minute is { } at ? string.Create(CultureInfo.InvariantCulture, $"{at / 60:00}:{at % 60:00}") : null;

    private static string? Date(int? day) =>
        day is { } number ? DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(number).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
}
