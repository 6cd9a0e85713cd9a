using System.Globalization;
using System.Text.Json;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Client;

/// <summary>One value of JSON into its canonical form, by the field's kind.</summary>
internal static class JsonField
{
    public static void Write(CborWriter writer, Field field, JsonElement value, string at)
    {
        switch (field.Kind)
        {
            case FieldKind.Boolean: writer.Boolean(value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(at, "true or false")); break;
            case FieldKind.Integer or FieldKind.Rate: WriteInteger(writer, value, at); break;
            case FieldKind.Text: WriteText(writer, value, at); break;
            case FieldKind.Amount: WriteAmount(writer, value, at); break;
            case FieldKind.Instant: Wire.Write(writer, MomentText.TryParse(Text(value), out var moment) ? moment : throw Wrong(at, "a moment like 2026-03-02T18:00:00Z")); break;
            case FieldKind.Unit or FieldKind.Agreement: writer.Unsigned(Natural(value, at, field.Kind == FieldKind.Unit ? uint.MaxValue : ulong.MaxValue)); break;
            case FieldKind.Choice: writer.Unsigned(Chosen(field, value, at)); break;
            case FieldKind.Record: CodecJson.WriteNested(writer, field.Of!, value, at); break;
            case FieldKind.Owner when value.ValueKind == JsonValueKind.Number: writer.Unsigned(Natural(value, at, ulong.MaxValue)); break;
            case FieldKind.Signed: WriteSigned(writer, field, value, at); break;
            case FieldKind.Proof: writer.Bytes(Proof(value, at)); break;
            default: writer.Bytes(Bytes(value, at, SizeOf(field.Kind))); break;
        }
    }

    private static int SizeOf(FieldKind kind) => kind switch
    {
        FieldKind.Hash => Hash.Size,
        FieldKind.PublicKey => PublicKey.Size,
        FieldKind.Signature => Signature.Size,
        FieldKind.Reference => Reference.Size,
        _ => Party.Size,
    };

    private static byte[] Bytes(JsonElement value, string at, int size)
    {
        var bytes = new byte[size];
        if (Text(value) is not { } hex || hex.Length != 2 * size || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            throw Wrong(at, $"{2 * size} hexadecimal digits");
        return size == Party.Size && !bytes.AsSpan().ContainsAnyExcept((byte)0) ? throw Wrong(at, "somebody: all zeros is nobody") : bytes;
    }

    private static byte[] Proof(JsonElement value, string at)
    {
        var hex = Text(value);
        var bytes = new byte[(hex?.Length ?? 0) / 2];
        if (hex is not { Length: <= 2 * Kernel.Proof.AtMost } || hex.Length % 2 != 0 || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            throw Wrong(at, "hexadecimal digits of at most 65,536 bytes");
        return bytes;
    }

    private static void WriteInteger(CborWriter writer, JsonElement value, string at)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(value);
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var natural)) writer.Unsigned(natural);
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer)) writer.Integer(integer);
        else throw Wrong(at, "a whole number");
    }

    private static void WriteText(CborWriter writer, JsonElement value, string at)
    {
        var text = Text(value) ?? throw Wrong(at, "text");
        if (System.Text.Encoding.UTF8.GetByteCount(text) > Wire.TextAtMost) throw Wrong(at, "at most 256 bytes of text");
        writer.Text(text);
    }

    private static void WriteAmount(CborWriter writer, JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("unit", out var unit) || !value.TryGetProperty("minor", out var minor) || value.EnumerateObject().Count() != 2)
            throw Wrong(at, "an amount {\"unit\": 1, \"minor\": 250}");
        var text = minor.ValueKind == JsonValueKind.Number ? minor.GetRawText() : Text(minor);
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parts) || parts is < -Amount.Limit or > Amount.Limit)
            throw Wrong(at, "an amount of whole smallest parts up to 2^62");
        writer.Amount(new Amount(parts, new Unit((uint)Natural(unit, at, uint.MaxValue))));
    }

    private static void WriteSigned(CborWriter writer, Field field, JsonElement value, string at)
    {
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("key", out var key) || !value.TryGetProperty("signature", out var signature)
            || !value.TryGetProperty("statement", out var statement) || value.EnumerateObject().Count() != 3)
            throw Wrong(at, "a signed statement {\"key\", \"signature\", \"statement\"}");
        writer.Array(3);
        writer.Bytes(Bytes(key, at + ".key", KeyId.Size));
        writer.Bytes(Bytes(signature, at + ".signature", Signature.Size));
        CodecJson.WriteNested(writer, field.Of!, statement, at + ".statement");
    }

    private static ulong Chosen(Field field, JsonElement value, string at)
    {
        var name = Text(value);
        for (var each = 0; each < field.Choices.Count; each++)
            if (string.Equals(field.Choices[each], name, StringComparison.Ordinal)) return field.Numbers[each];
        throw Wrong(at, "one of " + string.Join(", ", field.Choices));
    }

    private static ulong Natural(JsonElement value, string at, ulong atMost)
    {
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : Text(value);
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var natural) && natural is > 0 && natural <= atMost ? natural : throw Wrong(at, "a number from 1");
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static FormatException Wrong(string at, string wanted) => new($"{at} must be {wanted}.");
}
