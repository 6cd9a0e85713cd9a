using System.Globalization;
using System.Text.Json;
using Keten.Connectors.Json;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;

namespace Keten.Connectors.Schedules;

/// <summary>
/// Reads a time-of-use schedule in the JSON form of the ACN portal's signals: <c>name</c>, <c>effective</c> and <c>schedule</c>, whose entries have
/// <c>effective_start</c> and
/// <c>effective_end</c> (MM-DD, both included, over the year's end too), <c>dow_mask</c> (WEEKDAYS, WEEKENDS or ALL), <c>times</c> (hours at which a price
/// begins, the first 0,
/// ascending, to the minute), <c>tariffs</c> (a price per kWh for each) and <c>demand_charge</c>. No VAT is stated, so none is applicable.
/// </summary>
public static class TouScheduleReader
{
    /// <summary>No schedule is longer, in bytes.</summary>
    public const int MaxBytes = 65_536;

    private const int MaxTimes = 48;

    /// <summary>Reads one schedule.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="units">The ledger's units; the currency's code is not in the file, so it is taken on trust.</param>
    public static JsonRead<TouSchedule> Read(ReadOnlyMemory<byte> json, OcpiUnits units) =>
        JsonFields.Document(json, MaxBytes, fields => Schedule(fields, units));

    private static TouSchedule Schedule(JsonFields fields, OcpiUnits units)
    {
        var elements = new List<TariffElement>();
        var charges = new List<DemandCharge>();
        foreach (var entry in fields.Objects("schedule", 64, required: true))
        {
            Entry(entry, elements);
            if (entry.Number("demand_charge") is { } charge and not 0) charges.Add(new DemandCharge(entry.Text("id", 64), charge));
        }
        if (elements.Count > TariffTerms.MaxElements)
        {
            fields.Note("schedule", JsonFaultReason.TooMany);
            elements.Clear();
        }
        var terms = new TariffTerms(units.Currency, units.CurrencyDecimals, units.Energy, new([.. elements]), Zone: units.Zone);
        if (elements.Count > 0 && TermsCheck.Of(terms) is var fault and not TermsFault.None)
            fields.Note("schedule", fault == TermsFault.Prices ? JsonFaultReason.OutOfRange : JsonFaultReason.Inconsistent);
        return new TouSchedule(fields.Text("name", 128), Effective(fields), terms, charges);
    }

    private static DateOnly? Effective(JsonFields fields)
    {
        if (fields.OptionalText("effective", 10) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        fields.Note("effective", JsonFaultReason.NotATime);
        return null;
    }

    private static void Entry(JsonFields fields, List<TariffElement> elements)
    {
        var season = new Season(MonthDay.Read(fields, "effective_start") ?? 101, MonthDay.Read(fields, "effective_end") ?? 1231);
        int? days = fields.Text("dow_mask", 16) switch { "WEEKDAYS" => Weekday.Workdays, "WEEKENDS" => Weekday.Weekend, "ALL" => 0, _ => null };
        if (days is null) fields.Note("dow_mask", JsonFaultReason.UnknownValue);
        var times = Numbers(fields, "times", 60);
        var prices = Numbers(fields, "tariffs", 1_000_000);
        if (times.Count != prices.Count || times.Count == 0 || times[0] != 0) fields.Note("times", JsonFaultReason.Inconsistent);
        else if (Ascending(times))
        {
            for (var i = 0; i < times.Count; i++)
                elements.Add(new TariffElement(new(new PriceComponent(Dimension.Energy, prices[i], 1)),
                    new Restrictions(times.Count == 1 ? null : (int)times[i], times.Count == 1 ? null : i + 1 < times.Count ? (int)times[i + 1] : 0,
                        Season: season, Days: days ?? 0)));
        }
        else fields.Note("times", JsonFaultReason.OutOfRange);
    }

    private static bool Ascending(List<long> times)
    {
        for (var i = 0; i < times.Count; i++)
            if (times[i] >= 1_440 || (i > 0 && times[i] <= times[i - 1])) return false;
        return true;
    }

    /// <summary>The numbers of a list, each times a scale: hours in minutes, prices in millionths.</summary>
    private static List<long> Numbers(JsonFields fields, string name, long scale)
    {
        var numbers = new List<long>();
        foreach (var (item, path) in fields.Items(name, MaxTimes, required: true))
        {
            var reason = item.ValueKind != JsonValueKind.Number ? JsonFaultReason.WrongType
                : !item.TryGetDecimal(out var number) || decimal.Abs(number) > PriceComponent.MaxPrice ? JsonFaultReason.OutOfRange
                : number * scale != decimal.Truncate(number * scale) ? JsonFaultReason.TooFine : default;
            if (reason == default) numbers.Add((long)(item.GetDecimal() * scale));
            else fields.Note(path[(fields.Path.Length + 1)..], reason);
        }
        return numbers;
    }
}
