using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Node.Rendering;

/// <summary>Shows any record of any contract in JSON: from its canonical bytes and its codec's description of its fields, without knowing its type.</summary>
/// <param name="units">For amounts.</param>
public sealed class RecordJson(UnitNames units)
{
    /// <summary>One record, its fields under their names in camel case.</summary>
    /// <exception cref="MalformedException">The bytes are another type's.</exception>
    public JsonObject Of(Codec codec, ReadOnlySpan<byte> bytes)
    {
        var reader = new CborReader(bytes);
        var json = Record(codec, ref reader);
        reader.End();
        return json;
    }

    private JsonObject Record(Codec codec, ref CborReader reader)
    {
        reader.ArrayOf(codec.Fields.Count);
        var json = new JsonObject();
        foreach (var field in codec.Fields) json[Show.Camel(field.Name)] = Field(field, ref reader);
        return json;
    }

    private JsonNode? Field(Field field, ref CborReader reader)
    {
        if (field.Optional && reader.TryNull()) return null;
        if (!field.List) return One(field, ref reader);
        var array = new JsonArray();
        for (var left = reader.Array(Many<Field>.AtMost); left > 0; left--) array.Add(One(field, ref reader));
        return array;
    }

    private JsonNode? One(Field field, ref CborReader reader) => field.Kind switch
    {
        FieldKind.Boolean => reader.Boolean(),
        FieldKind.Integer => Show.Integer(reader.Peek() == CborKind.Negative ? reader.Integer() : reader.Unsigned()),
        FieldKind.Text => reader.Text(Wire.TextAtMost),
        FieldKind.Unit => Unit(reader.Unsigned(uint.MaxValue)),
        FieldKind.Amount => Amount(reader.Amount()),
        FieldKind.Instant => Show.Time(new Instant(reader.Integer(0, Instant.Last.Seconds))),
        FieldKind.Rate => Show.Rate(reader.Integer()),
        FieldKind.Agreement => reader.Unsigned(),
        FieldKind.Choice => Choice(field, reader.Unsigned()),
        FieldKind.Record => Record(field.Of!, ref reader),
        FieldKind.Signed => Signed(field.Of!, ref reader),
        FieldKind.Owner => reader.Peek() == CborKind.Unsigned ? new JsonObject { ["agreement"] = reader.Unsigned() } : new JsonObject { ["party"] = Hex(ref reader) },
        _ => Hex(ref reader),
    };

    private JsonObject Signed(Codec statement, ref CborReader reader)
    {
        reader.ArrayOf(3);
        return new JsonObject { ["key"] = Hex(ref reader), ["signature"] = Hex(ref reader), ["statement"] = Record(statement, ref reader) };
    }

    private JsonObject Amount(Amount amount) => Show.Amount(amount.Minor, amount.Unit, units);

    private JsonObject Unit(ulong number) => new() { ["unit"] = number, ["symbol"] = units.Of(new Unit((uint)number))?.Symbol ?? "" };

    private static string Choice(Field field, ulong number)
    {
        for (var each = 0; each < field.Numbers.Count; each++)
            if (field.Numbers[each] == number) return Show.Camel(field.Choices[each]);
        throw new MalformedException("There is no such choice.");
    }

    private static string Hex(ref CborReader reader) => Convert.ToHexStringLower(reader.Bytes());
}
