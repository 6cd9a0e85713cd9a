using System.Globalization;
using System.Text.Json;

namespace Keten.Doors;

/// <summary>What is wrong with a message's payload; each version of the standard has its own words for it.</summary>
internal enum Misshape
{
    /// <summary>It is not the message's structure: a field that it does not have, or no object.</summary>
    Format,

    /// <summary>A field is missing, or a list is empty.</summary>
    Occurrence,

    /// <summary>A value is of another type.</summary>
    Type,

    /// <summary>A value is too long, no moment, or none of the choices.</summary>
    Property,
}

/// <summary>A fault of a payload, and where.</summary>
internal sealed class MisshapenException(Misshape fault, string sentence) : Exception(sentence)
{
    public Misshape Fault { get; } = fault;
}

/// <summary>What a payload has to look like, as the standard's JSON schema says; written here, not read from files.</summary>
internal abstract class Shape
{
    /// <summary>A text of at most so many characters; 0: any.</summary>
    public static Shape Text(int atMost = 0) => new TextShape(atMost);

    /// <summary>RFC 3339.</summary>
    public static Shape Moment { get; } = new MomentShape();

    /// <summary>A whole number.</summary>
    public static Shape Whole { get; } = new NumberShape(true);

    /// <summary>A number.</summary>
    public static Shape Number { get; } = new NumberShape(false);

    /// <summary>True or false.</summary>
    public static Shape Truth { get; } = new TruthShape();

    /// <summary>Anything at all.</summary>
    public static Shape Anything { get; } = new AnyShape();

    /// <summary>One of some words.</summary>
    public static Shape Choice(params string[] words) => new ChoiceShape(words);

    /// <summary>A list of at least one.</summary>
    public static Shape List(Shape of, int atLeast = 1, int atMost = int.MaxValue) => new ListShape(of, atLeast, atMost);

    /// <summary>A record; a field whose name ends in «!» is required. No others may be there.</summary>
    public static RecordShape Record(params (string Name, Shape Shape)[] fields) => new(open: false, fields);

    /// <summary>A record in which others may be there.</summary>
    public static RecordShape OpenRecord(params (string Name, Shape Shape)[] fields) => new(open: true, fields);

    /// <summary>Sees whether a value is of this shape.</summary>
    /// <exception cref="MisshapenException">It is not.</exception>
    public abstract void Check(JsonElement value, string where);

    private static MisshapenException Type(string where, string what) => new(Misshape.Type, $"{where} is not {what}.");

    internal sealed class TextShape(int atMost) : Shape
    {
        public int AtMost => atMost;

        public override void Check(JsonElement value, string where)
        {
            if (value.ValueKind != JsonValueKind.String) throw Type(where, "a text");
            if (atMost > 0 && value.GetString()!.Length > atMost) throw new MisshapenException(Misshape.Property, $"{where} is longer than {atMost} characters.");
        }
    }

    internal sealed class MomentShape : Shape
    {
        public override void Check(JsonElement value, string where)
        {
            if (value.ValueKind != JsonValueKind.String) throw Type(where, "a text");
            if (Read(value) is null) throw new MisshapenException(Misshape.Property, $"{where} is no moment of RFC 3339.");
        }

        /// <summary>The moment; null where it is none. Without an offset it is UTC, as charge points mean it.</summary>
        public static DateTimeOffset? Read(JsonElement value) =>
            value.GetString() is { Length: <= 64 } text && text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) && moment.Year is >= 2000 and < 2500 ? moment : null;
    }

    internal sealed class NumberShape(bool whole) : Shape
    {
        public bool IsWhole => whole;

        public override void Check(JsonElement value, string where)
        {
            if (value.ValueKind != JsonValueKind.Number || (whole && !value.TryGetInt64(out _))) throw Type(where, whole ? "a whole number" : "a number");
            if (!value.TryGetDecimal(out _)) throw new MisshapenException(Misshape.Property, $"{where} is larger than any such number.");
        }
    }

    internal sealed class TruthShape : Shape
    {
        public override void Check(JsonElement value, string where)
        {
            if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw Type(where, "true or false");
        }
    }

    internal sealed class AnyShape : Shape
    {
        public override void Check(JsonElement value, string where)
        {
        }
    }

    internal sealed class ChoiceShape(string[] words) : Shape
    {
        public IReadOnlyList<string> Words => words;

        public override void Check(JsonElement value, string where)
        {
            if (value.ValueKind != JsonValueKind.String) throw Type(where, "a text");
            if (!words.Contains(value.GetString(), StringComparer.Ordinal)) throw new MisshapenException(Misshape.Property, $"{where} is none of {string.Join(", ", words)}.");
        }
    }

    internal sealed class ListShape(Shape of, int atLeast, int atMost) : Shape
    {
        public Shape Of => of;

        public override void Check(JsonElement value, string where)
        {
            if (value.ValueKind != JsonValueKind.Array) throw Type(where, "a list");
            var count = value.GetArrayLength();
            if (count < atLeast || count > atMost) throw new MisshapenException(Misshape.Occurrence, $"{where} has {count} elements.");
            var place = 0;
            foreach (var each in value.EnumerateArray()) of.Check(each, $"{where}[{place++}]");
        }
    }
}

/// <summary>The shape of a record.</summary>
internal sealed class RecordShape : Shape
{
    private readonly bool open;
    private readonly Dictionary<string, (Shape Shape, bool Required)> fields = new(StringComparer.Ordinal);

    public RecordShape(bool open, params (string Name, Shape Shape)[] fields)
    {
        this.open = open;
        foreach (var (name, shape) in fields) this.fields.Add(name.TrimEnd('!'), (shape, name.EndsWith('!')));
    }

    public bool IsOpen => open;

    public IReadOnlyDictionary<string, (Shape Shape, bool Required)> Fields => fields;

    public override void Check(JsonElement value, string where)
    {
        if (value.ValueKind != JsonValueKind.Object) throw new MisshapenException(Misshape.Type, $"{where} is not a record.");
        foreach (var (name, (_, required)) in fields)
            if (required && !value.TryGetProperty(name, out _)) throw new MisshapenException(Misshape.Occurrence, $"{where} lacks {name}.");
        foreach (var property in value.EnumerateObject())
        {
            if (fields.TryGetValue(property.Name, out var field)) field.Shape.Check(property.Value, $"{where}.{property.Name}");
            else if (!open) throw new MisshapenException(Misshape.Format, $"{where} has a field that the message does not have.");
        }
    }
}
