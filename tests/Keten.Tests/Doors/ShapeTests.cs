using System.Text.Json;
using Keten.Doors;

namespace Keten.Tests.Doors;

/// <summary>The shapes of OCPP 2.0.1's messages, held against the standard's own schemas, field by field.</summary>
public sealed class ShapeTests
{
    [DataTheory]
    [InlineData("BootNotification")]
    [InlineData("StatusNotification")]
    [InlineData("Authorize")]
    [InlineData("TransactionEvent")]
    [InlineData("MeterValues")]
    [InlineData("DataTransfer")]
    public void A_shape_is_what_the_schema_says(string action)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Data.Path("ocpp201", action + "Request.json")));
        Same(Ocpp201.Requests[action], schema.RootElement, schema.RootElement, action);
    }

    private static void Same(Shape shape, JsonElement schema, JsonElement root, string where)
    {
        if (schema.TryGetProperty("$ref", out var reference))
        {
            var name = reference.GetString()!.Split('/')[^1];
            Same(shape, root.GetProperty("definitions").GetProperty(name), root, where);
            return;
        }
        switch (shape)
        {
            case RecordShape record:
                var properties = schema.GetProperty("properties").EnumerateObject().ToDictionary(property => property.Name, property => property.Value);
                Assert.Equal(properties.Keys.Order(StringComparer.Ordinal), record.Fields.Keys.Order(StringComparer.Ordinal));
                var required = schema.TryGetProperty("required", out var list) ? list.EnumerateArray().Select(each => each.GetString()!).Order(StringComparer.Ordinal).ToArray() : [];
                Assert.Equal(required, record.Fields.Where(field => field.Value.Required).Select(field => field.Key).Order(StringComparer.Ordinal));
                Assert.Equal(!schema.TryGetProperty("additionalProperties", out var more) || more.GetBoolean(), record.IsOpen);
                foreach (var (name, (field, _)) in record.Fields) Same(field, properties[name], root, $"{where}.{name}");
                break;
            case Shape.TextShape text:
                Assert.Equal("string", schema.GetProperty("type").GetString());
                Assert.Equal(schema.TryGetProperty("maxLength", out var most) ? most.GetInt32() : 0, text.AtMost);
                break;
            case Shape.MomentShape:
                Assert.Equal("date-time", schema.GetProperty("format").GetString());
                break;
            case Shape.NumberShape number:
                Assert.Equal(number.IsWhole ? "integer" : "number", schema.GetProperty("type").GetString());
                break;
            case Shape.TruthShape:
                Assert.Equal("boolean", schema.GetProperty("type").GetString());
                break;
            case Shape.ChoiceShape choice:
                Assert.Equal(schema.GetProperty("enum").EnumerateArray().Select(each => each.GetString()!), choice.Words);
                break;
            case Shape.ListShape items:
                Assert.Equal("array", schema.GetProperty("type").GetString());
                Same(items.Of, schema.GetProperty("items"), root, where + "[]");
                break;
            default:
                Assert.False(schema.TryGetProperty("type", out _), where);
                break;
        }
    }
}
