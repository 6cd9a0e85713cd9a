using Keten.Codecs.Reading;
using static Keten.Codecs.Writing.Source;

namespace Keten.Codecs.Writing;

/// <summary>The source of one record's codec: a property, and the sealed class behind it.</summary>
internal static class CodecSource
{
    /// <summary>
    /// A property rather than a field: each codec is made on first use of its own class, so that no order of initialisation shows one that is not there yet.
    /// </summary>
    public static void Property(Source source, RecordForm record)
    {
        source.Line($"/// <summary>The canonical form of <c>{Place.NameOf(record.Type)}</c>.</summary>");
        source.Line($"public static {K}Codec<{TypeName(record.Type)}> {Source.Name(record.Place.Member)} => {record.Place.Member}Codec.Instance;").Line();
    }

    public static void Class(Source source, RecordForm record)
    {
        var (type, name) = (TypeName(record.Type), record.Place.Member + "Codec");
        source.Line($"private sealed class {name}() : {K}Codec<{type}>(");
        var arguments = new List<string> { $"{Quoted(Place.NameOf(record.Type))}, {Quoted(Words.Of(record.Type))}" };
        arguments.AddRange(record.Fields.Select(FieldSource.Description));
        for (var i = 0; i < arguments.Count; i++) source.More(arguments[i] + (i == arguments.Count - 1 ? ")" : ","));
        source.Open().Line($"internal static readonly {name} Instance = new();").Line();
        Write(source, record, type);
        Read(source, record, type);
        if (record.NamesParties) NameParties(source, record, type);
        foreach (var field in record.Fields.Where(field => field.List)) FieldSource.ReadMany(source, field);
        var choices = record.Fields.Where(field => field.Form == Form.Choice).GroupBy(field => TypeName(field.Type));
        foreach (var same in choices) FieldSource.Choice(source, same.First());
        source.Close();
    }

    private static void Write(Source source, RecordForm record, string type)
    {
        source.Open($"public override void Write({Writer}, in {type} value)");
        source.Line($"writer.Array({record.Fields.Count});");
        foreach (var field in record.Fields) FieldSource.Write(source, field);
        source.Close().Line();
    }

    private static void Read(Source source, RecordForm record, string type)
    {
        source.Open($"public override {type} Read({Reader})");
        source.Line($"reader.ArrayOf({record.Fields.Count});");
        if (record.Fields.Count == 0) source.Line($"return new {type}();");
        else source.Line($"return new {type}(");
        for (var i = 0; i < record.Fields.Count; i++) source.More(FieldSource.Read(record.Fields[i]) + (i == record.Fields.Count - 1 ? ");" : ","));
        source.Close();
    }

    private static void NameParties(Source source, RecordForm record, string type)
    {
        source.Line().Open($"public override void NameParties(in {type} value, {K}PartySet named)");
        foreach (var field in record.Fields.Where(field => field.NamesParties)) FieldSource.NameParties(source, field);
        source.Close();
    }
}
