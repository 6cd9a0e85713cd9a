using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Client;

/// <summary>
/// Records between canonical CBOR and JSON, by what their codecs say of their fields: names in camel case, bytes in lower-case hexadecimal, moments as RFC 3339, integers as numbers
/// (as decimal strings beyond 2⁵³), an amount as {"unit", "minor"}, a choice by its name, an agreement by its number.
/// </summary>
public static class CodecJson
{
    private const long Exact = 1L << 53;

    /// <summary>A record as JSON.</summary>
    /// <exception cref="MalformedException">The bytes are not the codec's.</exception>
    public static JsonObject Read(Codec codec, ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var read = ReadRecord(ref reader, codec);
        reader.End();
        return read;
    }

    /// <summary>The canonical bytes of what JSON says.</summary>
    /// <exception cref="FormatException">A field is missing, unknown or not of its kind; the message names it.</exception>
    public static byte[] Write(Codec codec, JsonElement json)
    {
        var writer = new CborWriter();
        WriteRecord(writer, codec, json, codec.Name);
        return writer.ToArray();
    }

    /// <summary>A field's name in JSON.</summary>
    public static string NameOf(Field field) => JsonNamingPolicy.CamelCase.ConvertName(field.Name);

    private static JsonObject ReadRecord(ref CborReader reader, Codec codec)
    {
        reader.ArrayOf(codec.Fields.Count);
        var read = new JsonObject();
        foreach (var field in codec.Fields) read[NameOf(field)] = field.Optional && reader.TryNull() ? null : field.List ? ReadList(ref reader, field) : ReadOne(ref reader, field);
        return read;
    }

    private static JsonArray ReadList(ref CborReader reader, Field field)
    {
        var read = new JsonArray();
        for (var left = reader.Array(Many<Party>.AtMost); left > 0; left--) read.Add(ReadOne(ref reader, field));
        return read;
    }

    private static JsonNode ReadOne(ref CborReader reader, Field field)
    {
        switch (field.Kind)
        {
            case FieldKind.Boolean: return reader.Boolean();
            case FieldKind.Integer when reader.Peek() == CborKind.Unsigned: return Number(reader.Unsigned());
            case FieldKind.Integer or FieldKind.Rate: return Number(reader.Integer());
            case FieldKind.Text: return reader.Text(Wire.TextAtMost);
            case FieldKind.Amount:
                var amount = reader.Amount();
                return new JsonObject { ["unit"] = amount.Unit.Number, ["minor"] = Number(amount.Minor) };
            case FieldKind.Instant: return MomentText.Write(Wire.ReadInstant(ref reader));
            case FieldKind.Unit or FieldKind.Agreement: return Number(reader.Unsigned());
            case FieldKind.Choice: return Chosen(ref reader, field);
            case FieldKind.Record: return ReadRecord(ref reader, field.Of!);
            case FieldKind.Owner when reader.Peek() == CborKind.Unsigned: return Number(reader.Unsigned());
            case FieldKind.Signed:
                reader.ArrayOf(3);
                return new JsonObject
                {
                    ["key"] = reader.KeyId().ToString(),
                    ["signature"] = Convert.ToHexStringLower(reader.Bytes(Signature.Size)),
                    ["statement"] = ReadRecord(ref reader, field.Of!),
                };
            default: return Convert.ToHexStringLower(reader.Bytes());
        }
    }

    private static JsonNode Chosen(ref CborReader reader, Field field)
    {
        var number = reader.Unsigned();
        for (var each = 0; each < field.Numbers.Count; each++)
            if (field.Numbers[each] == number) return field.Choices[each];
        throw reader.Fault($"{field.Name} has no such choice.");
    }

    private static JsonNode Number(long value) => value is >= -Exact and <= Exact ? value : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static JsonNode Number(ulong value) => value <= Exact ? value : value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static void WriteRecord(CborWriter writer, Codec codec, JsonElement json, string at)
    {
        if (json.ValueKind != JsonValueKind.Object) throw new FormatException($"{at} is not a JSON object.");
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var field in codec.Fields) known.Add(NameOf(field));
        foreach (var property in json.EnumerateObject())
            if (!known.Remove(property.Name)) throw new FormatException($"{at} has no field '{property.Name}', or has it twice.");
        writer.Array(codec.Fields.Count);
        foreach (var field in codec.Fields)
        {
            var (name, here) = (NameOf(field), at + "." + NameOf(field));
            if (!json.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (!field.Optional) throw new FormatException($"{here} is missing.");
                writer.Null();
            }
            else if (field.List)
            {
                if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > Many<Party>.AtMost) throw new FormatException($"{here} is not a list of at most 1,024.");
                writer.Array(value.GetArrayLength());
                foreach (var item in value.EnumerateArray()) JsonField.Write(writer, field, item, here);
            }
            else
            {
                JsonField.Write(writer, field, value, here);
            }
        }
    }

    internal static void WriteNested(CborWriter writer, Codec codec, JsonElement json, string at) => WriteRecord(writer, codec, json, at);
}
