using Keten.Codecs.Reading;
using static Keten.Codecs.Writing.Source;

namespace Keten.Codecs.Writing;

/// <summary>The lines and expressions that write, read, describe and search one field.</summary>
internal static class FieldSource
{
    /// <summary>How it is described to forms, help texts and OpenAPI.</summary>
    public static string Description(FieldForm field)
    {
        var parts = new List<string> { Quoted(field.Name), $"{K}FieldKind.{Kind(field.Form)}", Quoted(field.Words) };
        if (field.Optional) parts.Add("Optional: true");
        if (field.List) parts.Add("List: true");
        if (field.Of is { } of) parts.Add("Of: " + of.Place.Path);
        if (field.Form == Form.Choice)
        {
            var choices = Choices.Of(field.Type);
            parts.Add($"Choices: new {K}Many<string>({string.Join(", ", choices.Select(choice => Quoted(choice.Name)))})");
            parts.Add($"Numbers: new {K}Many<ulong>({string.Join(", ", choices.Select(choice => choice.Number))})");
        }
        if (field.To.Length > 0) parts.Add("To: " + Quoted(field.To));
        return $"new {K}Field({string.Join(", ", parts)})";
    }

    public static void Write(Source source, FieldForm field)
    {
        var value = "value." + Source.Name(field.Name);
        if (field.Optional)
        {
            source.Open($"if ({value} is {{ }} {Present(field)})");
            WritePresent(source, field, Present(field));
            source.Close().Line("else").Line("{").More("writer.Null();").Line("}");
        }
        else
        {
            WritePresent(source, field, value);
        }
    }

    /// <summary>An expression that reads the whole field.</summary>
    public static string Read(FieldForm field)
    {
        var present = field.List ? $"{ManyOf(field)}(ref reader)" : ReadOne(field);
        return field.Optional ? $"reader.TryNull() ? null : {present}" : present;
    }

    /// <summary>The method that reads a list.</summary>
    public static void ReadMany(Source source, FieldForm field)
    {
        var (type, many) = (TypeName(field.Type), $"{K}Many<{TypeName(field.Type)}>");
        source.Line().Open($"private static {many} {ManyOf(field)}({Reader})");
        source.Line($"var items = new {type}[reader.Array({many}.AtMost)];");
        source.Line($"for (var i = 0; i < items.Length; i++) items[i] = {ReadOne(field)};");
        source.Line($"return new {many}(items);").Close();
    }

    public static void NameParties(Source source, FieldForm field)
    {
        var value = "value." + Source.Name(field.Name);
        if (field.Optional)
        {
            source.Open($"if ({value} is {{ }} {Present(field)})");
            NamePresent(source, field, Present(field));
            source.Close();
        }
        else
        {
            NamePresent(source, field, value);
        }
    }

    private static void WritePresent(Source source, FieldForm field, string value)
    {
        if (!field.List)
        {
            source.Line(WriteOne(field, value));
            return;
        }
        source.Line($"writer.Array({value}.Count);");
        source.Line($"foreach (var item in {value}) {WriteOne(field, "item")}");
    }

    private static void NamePresent(Source source, FieldForm field, string value)
    {
        var (each, one) = field.List ? ($"foreach (var item in {value}) ", "item") : ("", value);
        source.Line(each + field.Form switch
        {
            Form.Party => $"named.Add({one});",
            Form.Owner => $"named.Add({one}.Party ?? default);",
            Form.Signed => $"{field.Of!.Place.Path}.NameParties({one}.Statement, named);",
            _ => $"{field.Of!.Place.Path}.NameParties({one}, named);",
        });
    }

    private static string WriteOne(FieldForm field, string value) => field.Form switch
    {
        Form.None => "// no canonical form",
        Form.Boolean or Form.Unsigned or Form.Integer or Form.Hash or Form.Party or Form.KeyId or Form.Amount or Form.Reference =>
            $"writer.{field.Form}({value});",
        Form.Choice => $"writer.Unsigned(NumberOf({value}));",
        Form.Record => $"{field.Of!.Place.Path}.Write(writer, {value});",
        Form.Signed => $"{K}Signed.Write(writer, {value}, {field.Of!.Place.Path});",
        _ => $"{K}Wire.Write(writer, {value});",
    };

    private static string ReadOne(FieldForm field) => field.Form switch
    {
        Form.None => "default!",
        Form.Boolean or Form.Hash or Form.Party or Form.KeyId or Form.Amount or Form.Reference => $"reader.{field.Form}()",
        Form.Unsigned => Type(field) is "ulong" ? "reader.Unsigned()" : $"({Type(field)})reader.Unsigned({Type(field)}.MaxValue)",
        Form.Integer => Type(field) is "long" ? "reader.Integer()" : $"({Type(field)})reader.Integer({Type(field)}.MinValue, {Type(field)}.MaxValue)",
        Form.Text => $"reader.Text({K}Wire.TextAtMost)",
        Form.Choice => $"{ChoiceOf(field)}(ref reader)",
        Form.Record => $"{field.Of!.Place.Path}.Read(ref reader)",
        Form.Signed => $"{K}Signed.Read(ref reader, {field.Of!.Place.Path})",
        Form.Agreement => $"{K}Wire.ReadAgreement<{TypeName(((Microsoft.CodeAnalysis.INamedTypeSymbol)field.Type).TypeArguments[0])}>(ref reader)",
        _ => $"{K}Wire.Read{field.Form}(ref reader)",
    };

    /// <summary>The two methods of an enum.</summary>
    public static void Choice(Source source, FieldForm field)
    {
        var (type, choices) = (Type(field), Choices.Of(field.Type));
        source.Line().Line($"private static ulong NumberOf({type} value) => value switch").Open();
        foreach (var (name, number) in choices) source.Line($"{type}.{Source.Name(name)} => {number},");
        source.Line($"_ => throw new global::System.InvalidOperationException(\"{field.Type.Name} has no such choice.\"),").Close(";");
        source.Line().Line($"private static {type} {ChoiceOf(field)}({Reader}) => reader.Unsigned() switch").Open();
        foreach (var (name, number) in choices) source.Line($"{number} => {type}.{Source.Name(name)},");
        source.Line($"_ => throw reader.Fault(\"{field.Type.Name} has no such choice.\"),").Close(";");
    }

    private static string Present(FieldForm field) => "present" + field.Name;

    private static string ManyOf(FieldForm field) => "ReadMany" + field.Name;

    private static string ChoiceOf(FieldForm field) => "Read_" + TypeName(field.Type).Substring("global::".Length).Replace('.', '_');

    private static string Type(FieldForm field) => TypeName(field.Type);

    private static string Kind(Form form) => form switch
    {
        Form.Unsigned => nameof(Form.Integer),
        Form.None => nameof(Form.Record),
        _ => form.ToString(),
    };
}
