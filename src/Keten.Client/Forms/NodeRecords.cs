using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>Records as a node shows them in JSON, back as the contract's own.</summary>
public static class NodeRecords
{
    /// <summary>One record.</summary>
    /// <exception cref="FormatException">It is not such a record; the message names the field.</exception>
    public static T Read<T>(Codec codec, JsonNode? shown) where T : notnull => ((Codec<T>)codec).FromBytes(CodecJson.Write(codec, JsonSerializer.SerializeToElement(Plain(codec, shown))));

    private static JsonObject Plain(Codec codec, JsonNode? shown)
    {
        var record = shown as JsonObject ?? throw new FormatException($"The node shows no {codec.Name}.");
        var plain = new JsonObject();
        foreach (var field in codec.Fields)
        {
            var (name, value) = (CodecJson.NameOf(field), record[CodecJson.NameOf(field)]);
            plain[name] = value is null ? null : field.List ? new JsonArray([.. value.AsArray().Select(each => Plain(field, each!))]) : Plain(field, value);
        }
        return plain;
    }

    private static JsonNode Plain(Field field, JsonNode value) => field.Kind switch
    {
        FieldKind.Record => Plain(field.Of!, value),
        FieldKind.Unit => value["unit"]!.DeepClone(),
        FieldKind.Amount => new JsonObject
        {
            ["unit"] = value["unit"]!.DeepClone(),
            ["minor"] = AmountText.TryParse((string?)value["amount"], (int)value["decimals"]!, out var minor) ? minor.ToString(System.Globalization.CultureInfo.InvariantCulture) : throw new FormatException($"{field.Name} is no amount."),
        },
        FieldKind.Rate => AmountText.TryParse((string?)value, 6, out var millionths) ? JsonValue.Create(millionths) : throw new FormatException($"{field.Name} is no share."),
        FieldKind.Choice => field.Choices.FirstOrDefault(choice => string.Equals(choice, (string?)value, StringComparison.OrdinalIgnoreCase)) ?? throw new FormatException($"{field.Name} has no such choice."),
        _ => value.DeepClone(),
    };
}
