using System.Text;
using System.Text.Json;
using Keten.Connectors.Ocmf;

namespace Keten.Doors;

/// <summary>What a charge point tells of a transaction, whichever version it speaks.</summary>
/// <param name="Transaction">Its id.</param>
/// <param name="Number">The event's place in it.</param>
/// <param name="Starts">Whether it is the first.</param>
/// <param name="Ends">Whether it is the last.</param>
/// <param name="At">When, by the charge point's clock.</param>
/// <param name="Connector">Where; 0: it does not say.</param>
/// <param name="Token">Whose card, where one was shown.</param>
/// <param name="WattHours">What the register shows, where it says so.</param>
/// <param name="Signed">What the meter signed.</param>
internal sealed record PointEvent(string Transaction, long Number, bool Starts, bool Ends, long At, int Connector, string? Token, long? WattHours, IReadOnlyList<SignedValue> Signed);

/// <summary>Meter values as OCPP carries them.</summary>
internal static class MeterValues
{
    private const string EnergyRegister = "Energy.Active.Import.Register";

    /// <summary>What the meter signed, of a list of 2.0.1's meter values, and the register that it shows last, in Wh.</summary>
    public static (List<SignedValue> Signed, long? WattHours) Read201(JsonElement payload)
    {
        var (signed, wattHours) = (new List<SignedValue>(), (long?)null);
        foreach (var sample in Samples(payload, "meterValue"))
        {
            if (sample.TryGetProperty("signedMeterValue", out var value))
                signed.Add(new SignedValue(Decoded(value.GetProperty("signedMeterData").GetString()!), KeyOf(value.GetProperty("publicKey").GetString()!)));
            if (!IsEnergy(sample)) continue;
            var (unit, power) = ("Wh", 0L);
            if (sample.TryGetProperty("unitOfMeasure", out var measure))
            {
                if (measure.TryGetProperty("unit", out var named)) unit = named.GetString()!;
                if (measure.TryGetProperty("multiplier", out var times)) power = times.GetInt64();
            }
            wattHours = InWattHours(sample.GetProperty("value").GetDecimal(), unit, power) ?? wattHours;
        }
        return (signed, wattHours);
    }

    /// <summary>The same of 1.6's: a signed value stands as a text in the value, as the Open Charge Alliance's white paper on signed meter values has it, or plainly.</summary>
    public static (List<SignedValue> Signed, long? WattHours) Read16(JsonElement payload, string list)
    {
        var (signed, wattHours) = (new List<SignedValue>(), (long?)null);
        foreach (var sample in Samples(payload, list))
        {
            var value = sample.GetProperty("value").GetString()!;
            if (sample.TryGetProperty("format", out var format) && format.GetString() == "SignedData") signed.Add(Signed16(value));
            else if (IsEnergy(sample) && decimal.TryParse(value, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var shown))
                wattHours = InWattHours(shown, sample.TryGetProperty("unit", out var unit) ? unit.GetString()! : "Wh", 0) ?? wattHours;
        }
        return (signed, wattHours);
    }

    private static IEnumerable<JsonElement> Samples(JsonElement payload, string list)
    {
        if (!payload.TryGetProperty(list, out var values)) yield break;
        foreach (var value in values.EnumerateArray())
            foreach (var sample in value.GetProperty("sampledValue").EnumerateArray()) yield return sample;
    }

    private static bool IsEnergy(JsonElement sample) =>
        (!sample.TryGetProperty("measurand", out var measurand) || measurand.GetString() == EnergyRegister) && !sample.TryGetProperty("phase", out _);

    private static long? InWattHours(decimal value, string unit, long power)
    {
        if (power is < -9 or > 9 || unit is not ("Wh" or "kWh")) return null;
        var scaled = (double)value * Math.Pow(10, power + (unit == "kWh" ? 3 : 0));
        return scaled is >= 0 and < 1e15 ? (long)Math.Round(scaled) : null;
    }

    private static SignedValue Signed16(string value)
    {
        if (!value.StartsWith('{')) return new SignedValue(Decoded(value), null);
        try
        {
            using var document = JsonDocument.Parse(value, new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false });
            var (data, key) = (TextOf(document.RootElement, "signedMeterData"), TextOf(document.RootElement, "publicKey"));
            return new SignedValue(Decoded(data ?? value), key is null ? null : KeyOf(key));
        }
        catch (JsonException)
        {
            return new SignedValue(value, null);
        }
    }

    private static string? TextOf(JsonElement record, string name) => record.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // Plainly, or in base64.
    private static string Decoded(string data) => data.StartsWith(OcmfDocument.Header + "|", StringComparison.Ordinal) ? data : Text(data) ?? data;

    // «oca:base16:asn1:…», mostly in base64 once more; or the key itself.
    private static string? KeyOf(string key)
    {
        const string Prefix = "oca:base16:asn1:";
        var text = Text(key) is { } inner && inner.StartsWith(Prefix, StringComparison.Ordinal) ? inner : key;
        if (text.StartsWith(Prefix, StringComparison.Ordinal)) text = text[Prefix.Length..];
        return OcmfPublicKey.Read(text)?.ToString();
    }

    private static string? Text(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
