using System.Globalization;

namespace Keten.Connectors.Json;

/// <summary>A day of any year, <c>06-01</c> for 1 June; a leading zero may be missing.</summary>
internal static class MonthDay
{
    /// <summary>Month × 100 + day; 29 February counts as a day.</summary>
    public static int? Read(JsonFields fields, string name)
    {
        if (fields.OptionalText(name, 5, required: true) is not { } text) return null;
        if (DateOnly.TryParseExact("2000-" + text, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return date.Month * 100 + date.Day;
        fields.Note(name, JsonFaultReason.NotATime);
        return null;
    }

    public static string Write(int monthDay) => string.Create(CultureInfo.InvariantCulture, $"{monthDay / 100:00}-{monthDay % 100:00}");
}
