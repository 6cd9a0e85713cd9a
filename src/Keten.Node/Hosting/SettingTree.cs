using System.Text;
using System.Text.Json;

namespace Keten.Node.Hosting;

/// <summary>A JSON file as its settings stand in it, each with the line it stands on.</summary>
internal sealed class SettingTree
{
    private readonly List<(string Name, SettingTree Value)> members = [];
    private readonly List<SettingTree> items = [];

    private SettingTree(JsonTokenType kind, string text, string place) => (Kind, Text, Place) = (kind, text, place);

    public JsonTokenType Kind { get; }

    /// <summary>Of a text, a number, true or false.</summary>
    public string Text { get; }

    /// <summary>File and line, or variable.</summary>
    public string Place { get; }

    public IReadOnlyList<(string Name, SettingTree Value)> Members => members;

    public IReadOnlyList<SettingTree> Items => items;

    public static SettingTree OfText(string text, string place) => new(JsonTokenType.String, text, place);

    /// <summary>Reads JSON with comments and trailing commas.</summary>
    public static SettingTree Parse(ReadOnlySpan<byte> json, string file)
    {
        if (json.StartsWith(Encoding.UTF8.Preamble)) json = json[3..];
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8 });
            var lines = new Lines(file);
            reader.Read();
            var tree = Read(ref reader, json, lines);
            reader.Read();
            return tree;
        }
        catch (JsonException fault)
        {
            throw new ConfigurationException($"{file}:{fault.LineNumber + 1}", "This is not JSON (comments and trailing commas are allowed).");
        }
    }

    private static SettingTree Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> json, Lines lines)
    {
        var place = lines.At(json, reader.TokenStartIndex);
        var tree = reader.TokenType switch
        {
            JsonTokenType.String => new SettingTree(JsonTokenType.String, TextOf(ref reader, place), place),
            JsonTokenType.StartObject or JsonTokenType.StartArray => new SettingTree(reader.TokenType, "", place),
            _ => new SettingTree(reader.TokenType, Encoding.UTF8.GetString(reader.ValueSpan), place),
        };
        while (tree.Kind == JsonTokenType.StartArray && reader.Read() && reader.TokenType != JsonTokenType.EndArray) tree.items.Add(Read(ref reader, json, lines));
        while (tree.Kind == JsonTokenType.StartObject && reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var at = lines.At(json, reader.TokenStartIndex);
            var name = TextOf(ref reader, at);
            if (tree.members.Exists(member => member.Name == name)) throw new ConfigurationException(at, $"«{name}» stands twice.");
            reader.Read();
            tree.members.Add((name, Read(ref reader, json, lines)));
        }
        return tree;
    }

    private static string TextOf(ref Utf8JsonReader reader, string place)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new ConfigurationException(place, "This text is not UTF-8.");
        }
    }

    // Tokens come in order, so each line break is counted once.
    private sealed class Lines(string file)
    {
        private int line = 1, counted;

        public string At(ReadOnlySpan<byte> json, long offset)
        {
            line += json[counted..(int)offset].Count((byte)'\n');
            counted = (int)offset;
            return $"{file}:{line}";
        }
    }
}
