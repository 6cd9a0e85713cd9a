using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Keten.Kernel;

namespace Keten.Connectors.Json;

/// <summary>The fields of one object of a document, read one by one; what cannot be carried is noted with its path.</summary>
internal sealed class JsonFields(JsonElement element, string path, JsonNotes notes)
{
    private const int LongestNumber = 28;     // the digits that a decimal holds exactly, whatever they are

    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF"];

    public string Path => path;

    public JsonElement Element => element;

    /// <summary>
    /// Reads a document of at most so many bytes whose root is an object. What the parser finds only as it is read (an escape that is half of a character) is
    /// noted too.
    /// </summary>
    public static JsonRead<T> Document<T>(ReadOnlyMemory<byte> json, int limit, Func<JsonFields, T> read) where T : class
    {
        var notes = new JsonNotes();
        if (json.Length > limit) notes.Add("", JsonFaultReason.TooLarge);
        else if (!Utf8.IsValid(json.Span)) notes.Add("", JsonFaultReason.NotJson);
        else
        {
            try
            {
                using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16, AllowDuplicateProperties = false });
                if (document.RootElement.ValueKind == JsonValueKind.Object) return notes.Done(read(new JsonFields(document.RootElement, "", notes)));
                notes.Add("", JsonFaultReason.WrongType);
            }
            catch (Exception fault) when (fault is JsonException or InvalidOperationException)
            {
                notes.Add("", JsonFaultReason.NotJson);
            }
        }
        return notes.Done<T>(null);
    }

    /// <summary>A text of at most so many characters; empty, and noted, where it is required and missing.</summary>
    public string Text(string name, int most) => OptionalText(name, most, required: true) ?? "";

    public string? OptionalText(string name, int most, bool required = false)
    {
        if (Find(name, JsonValueKind.String, required)?.GetString() is not { } text) return null;
        if (text.Length > most) Note(name, JsonFaultReason.TooLong);
        return text;
    }

    public bool? Flag(string name)
    {
        if (Find(name, null, required: false) is not { } found) return null;
        if (found.ValueKind is JsonValueKind.True or JsonValueKind.False) return found.ValueKind == JsonValueKind.True;
        Note(name, JsonFaultReason.WrongType);
        return null;
    }

    /// <summary>A number as it stands.</summary>
    public decimal? Number(string name, bool required = false)
    {
        if (Find(name, JsonValueKind.Number, required) is not { } found) return null;
        var text = found.GetRawText();
        if (text.Length <= LongestNumber && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Survives(text, number)) return number;
        Note(name, JsonFaultReason.OutOfRange);
        return null;
    }

    /// <summary>A number as a whole count of its smallest part, of so many decimals.</summary>
    public long? Scaled(string name, int decimals, bool required = false)
    {
        if (Number(name, required) is not { } number) return null;
        var scale = 1m;
        for (var i = 0; i < decimals; i++) scale *= 10;
        if (decimal.Abs(number) > 1_000_000_000_000m)
        {
            Note(name, JsonFaultReason.OutOfRange);
            return null;
        }
        if (number * scale is var scaled && scaled == decimal.Truncate(scaled)) return (long)scaled;
        Note(name, JsonFaultReason.TooFine);
        return null;
    }

    /// <summary>A moment in UTC, to the second: a fraction is dropped.</summary>
    public Instant? Moment(string name, bool required = false)
    {
        if (OptionalText(name, 40, required) is not { } text) return null;
        if (DateTimeOffset.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            && moment.ToUnixTimeSeconds() >= 0)
            return new Instant(moment.ToUnixTimeSeconds());
        Note(name, JsonFaultReason.NotATime);
        return null;
    }

    /// <summary>One of a list's values, as the standard spells it.</summary>
    public T? Choice<T>(string name, bool required = false) where T : struct, Enum
    {
        if (OptionalText(name, 40, required) is not { } text) return null;
        if (Spelling.Find<T>(text) is { } value) return value;
        Note(name, JsonFaultReason.UnknownValue);
        return null;
    }

    public JsonFields? Object(string name, bool required = false) =>
        Find(name, JsonValueKind.Object, required) is { } found ? new JsonFields(found, Below(name), notes) : null;

    /// <summary>The objects of a list.</summary>
    public IEnumerable<JsonFields> Objects(string name, int most, bool required = false)
    {
        foreach (var (item, at) in Items(name, most, required))
        {
            if (item.ValueKind == JsonValueKind.Object) yield return new JsonFields(item, at, notes);
            else notes.Add(at, JsonFaultReason.WrongType);
        }
    }

    /// <summary>A list's entries with their paths; noted where the list is required and missing or empty.</summary>
    public IEnumerable<(JsonElement Item, string Path)> Items(string name, int most, bool required = false)
    {
        if (Find(name, JsonValueKind.Array, required) is not { } list) yield break;
        if (list.GetArrayLength() > most) Note(name, JsonFaultReason.TooMany);
        else if (required && list.GetArrayLength() == 0) Note(name, JsonFaultReason.Missing);
        else
        {
            var index = 0;
            foreach (var item in list.EnumerateArray()) yield return (item, Below(name) + "[" + index++.ToString(CultureInfo.InvariantCulture) + "]");
        }
    }

    /// <summary>Lists the fields that are none of these.</summary>
    public void Ignoring(ReadOnlySpan<string> known)
    {
        foreach (var property in element.EnumerateObject())
            if (!known.Contains(property.Name)) notes.Ignore(Below(property.Name));
    }

    public void Note(string name, JsonFaultReason reason) => notes.Add(Below(name), reason);

    private string Below(string name) => path.Length == 0 ? name : name.Length == 0 ? path : path + "." + name;

    private JsonElement? Find(string name, JsonValueKind? kind, bool required)
    {
        if (!element.TryGetProperty(name, out var found) || found.ValueKind == JsonValueKind.Null)
        {
            if (required) Note(name, JsonFaultReason.Missing);
            return null;
        }
        if (kind is null || found.ValueKind == kind) return found;
        Note(name, JsonFaultReason.WrongType);
        return null;
    }

    /// <summary>A decimal rounds what lies beyond its 28th place to nothing: a number that is not zero must not become it.</summary>
    private static bool Survives(string text, decimal number) => number != 0 || !text.AsSpan(0, Mantissa(text)).ContainsAnyInRange('1', '9');

    private static int Mantissa(string text) => text.AsSpan().IndexOfAny('e', 'E') is var at and >= 0 ? at : text.Length;
}

/// <summary>What was noted while a document was read.</summary>
internal sealed class JsonNotes
{
    private readonly List<JsonFault> faults = [];
    private readonly List<string> ignored = [];

    public bool HasFaults => faults.Count > 0;

    public void Add(string path, JsonFaultReason reason)
    {
        if (faults.Count < JsonRead<object>.MaxFaults) faults.Add(new JsonFault(path, reason));
    }

    public void Ignore(string path)
    {
        if (ignored.Count < JsonRead<object>.MaxFaults) ignored.Add(path);
    }

    public JsonRead<T> Done<T>(T? value) where T : class => new(HasFaults ? null : value, faults, ignored);
}
