using System.Globalization;
using System.Text.Json;
using Keten.Kernel;

namespace Keten.Connectors.Json;

/// <summary>Optional fields in the forms that the sector's JSON has: what is not there is not written.</summary>
internal static class JsonWriting
{
    public static void Text(this Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    public static void Flag(this Utf8JsonWriter json, string name, bool? flag)
    {
        if (flag is { } value) json.WriteBoolean(name, value);
    }

    public static void Number(this Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
    }

    /// <summary>A whole count of a smallest part, written with the decimals that it needs and at least two.</summary>
    public static void Scaled(this Utf8JsonWriter json, string name, long? count, int decimals)
    {
        if (count is not { } value) return;
        var number = (decimal)value;
        for (var i = 0; i < decimals; i++) number /= 10;
        json.WritePropertyName(name);
        json.WriteRawValue(number.ToString("0.00####", CultureInfo.InvariantCulture));
    }

    /// <summary>A moment to the second, in UTC.</summary>
    public static void Moment(this Utf8JsonWriter json, string name, Instant? moment)
    {
        if (moment is not { } at) return;
        json.WriteString(name, DateTimeOffset.FromUnixTimeSeconds(at.Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
    }
}
