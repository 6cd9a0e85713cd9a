using Keten.Codecs.Reading;
using static Keten.Codecs.Writing.Source;

namespace Keten.Codecs.Writing;

/// <summary>The source of one key's codec: parts of fixed length, each in bytes that order as its values do.</summary>
internal static class KeySource
{
    private const string Big = "global::System.Buffers.Binary.BinaryPrimitives.";

    public static void Property(Source source, KeyForm key)
    {
        source.Line($"/// <summary>The ordered bytes of <c>{Place.NameOf(key.Type)}</c> as a key.</summary>");
        source.Line($"public static {K}KeyCodec<{TypeName(key.Type)}> {key.Member} => {key.Member}Bytes.Instance;").Line();
    }

    public static void Class(Source source, KeyForm key)
    {
        var (type, name) = (TypeName(key.Type), key.Member + "Bytes");
        source.Open($"private sealed class {name}() : {K}KeyCodec<{type}>({key.Size})");
        source.Line($"internal static readonly {name} Instance = new();").Line();
        source.Open($"public override void Write(global::System.Span<byte> target, in {type} key)");
        var at = 0;
        foreach (var part in key.Parts)
        {
            source.Line(Write(part, part.Name.Length == 0 ? "key" : "key." + Source.Name(part.Name), at));
            at += part.Size;
        }
        source.Close().Line();
        source.Open($"public override {type} Read(global::System.ReadOnlySpan<byte> bytes)");
        Read(source, key, type);
        source.Close();
        NameParties(source, key, type);
        source.Close();
    }

    private static void NameParties(Source source, KeyForm key, string type)
    {
        var parties = key.Parts.Where(part => part.Type.Name == "Party" && Kernel.Is(part.Type.ContainingNamespace)).ToList();
        if (parties.Count == 0) return;
        source.Line().Open($"public override void NameParties(in {type} key, {K}PartySet named)");
        foreach (var part in parties) source.Line($"named.Add({(part.Name.Length == 0 ? "key" : "key." + Source.Name(part.Name))});");
        source.Close();
    }

    private static void Read(Source source, KeyForm key, string type)
    {
        if (key.Parts.Count == 1 && key.Parts[0].Name.Length == 0)
        {
            source.Line($"return {Read(key.Parts[0], 0)};");
            return;
        }
        source.Line($"return new {type}(");
        var at = 0;
        foreach (var part in key.Parts)
        {
            source.More(Read(part, at) + (at + part.Size == key.Size ? ");" : ","));
            at += part.Size;
        }
        if (key.Parts.Count == 0) source.More("default!);");
    }

    private static string Write(KeyPart part, string value, int at) => part.Kind switch
    {
        "Boolean" => $"target[{at}] = {value} ? (byte)1 : (byte)0;",
        "Own" => $"{value}.WriteKey(target.Slice({at}, {part.Size}));",
        "Unit" => WriteNumber($"{value}.Number", 4, at),
        "Enum" => WriteNumber($"checked(({Unsigned(part.Size)}){value})", part.Size, at),
        "Int16" or "Int32" or "Int64" => WriteNumber($"unchecked(({Unsigned(part.Size)})(({Unsigned(part.Size)}){value} ^ {Sign(part.Size)}))", part.Size, at),
        _ => WriteNumber(value, part.Size, at),
    };

    private static string Read(KeyPart part, int at)
    {
        var number = part.Size == 1 ? $"bytes[{at}]" : $"{Big}ReadUInt{8 * part.Size}BigEndian(bytes.Slice({at}, {part.Size}))";
        return part.Kind switch
        {
            "Boolean" => $"bytes[{at}] != 0",
            "Own" => $"{TypeName(part.Type)}.ReadKey(bytes.Slice({at}, {part.Size}))",
            "Unit" => $"new {K}Unit({Big}ReadUInt32BigEndian(bytes.Slice({at}, 4)))",
            "Enum" => $"({TypeName(part.Type)}){number}",
            "Int16" or "Int32" or "Int64" => $"unchecked(({TypeName(part.Type)})({number} ^ {Sign(part.Size)}))",
            _ => number,
        };
    }

    private static string WriteNumber(string value, int size, int at) =>
        size == 1 ? $"target[{at}] = {value};" : $"{Big}WriteUInt{8 * size}BigEndian(target.Slice({at}, {size}), {value});";

    private static string Unsigned(int size) => size switch { 1 => "byte", 2 => "ushort", 4 => "uint", _ => "ulong" };

    // With its sign bit turned, a negative number's bytes come before a positive one's.
    private static string Sign(int size) => size switch { 2 => "0x8000", 4 => "0x8000_0000U", _ => "0x8000_0000_0000_0000UL" };
}
