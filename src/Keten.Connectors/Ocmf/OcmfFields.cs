using System.Text.Json;

namespace Keten.Connectors.Ocmf;

/// <summary>The fields of one JSON object, taken one by one; null is as good as absent. What nobody took is the rest.</summary>
internal sealed class OcmfFields
{
    private const int MaxFields = 64;
    private const int MaxFlags = 16;
    private readonly Dictionary<string, JsonElement> fields = [];

    internal OcmfFields(JsonElement json, string name)
    {
        Name = name;
        if (json.ValueKind != JsonValueKind.Object) throw OcmfException.Malformed($"Not a JSON object: {name}.");
        foreach (var property in json.EnumerateObject())
        {
            if (fields.Count == MaxFields) throw OcmfException.Malformed($"More than {MaxFields} fields in {name}.");
            fields.Add(property.Name, property.Value);
        }
    }

    internal string Name { get; }

    /// <summary>A text. A number stands for its own text, as some meters write "CT": 0.</summary>
    internal string? Text(string name) => Take(name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => throw Wrong(name, "a text"),
    };

    /// <summary>A number, exact. A text that holds one is taken too; an empty text is none.</summary>
    internal decimal? Number(string name)
    {
        if (Text(name) is not { Length: > 0 } text) return null;
        return OcmfNumber.TryParse(text, out var number) ? number : throw Wrong(name, "a number of at most 15 digits before and 12 after the point");
    }

    internal bool? Truth(string name) => Take(name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String when bool.TryParse(value.GetString(), out var truth) => truth,
        _ => throw Wrong(name, "true or false"),
    };

    internal List<string> Texts(string name)
    {
        if (Take(name) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.String) return [value.GetString()!];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxFlags) throw Wrong(name, $"a list of at most {MaxFlags} texts");
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Wrong(name, "a list of texts"))];
    }

    internal OcmfFields? Object(string name) => Take(name) is { } value ? new OcmfFields(value, name) : null;

    internal IEnumerable<OcmfFields> Objects(string name, int most)
    {
        if (Take(name) is not { } value) yield break;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > most) throw Wrong(name, $"a list of at most {most} objects");
        var number = 0;
        foreach (var item in value.EnumerateArray()) yield return new OcmfFields(item, $"reading {++number}");
    }

    internal Dictionary<string, string> Rest() => fields.ToDictionary(field => field.Key, field => field.Value.GetRawText());

    private JsonElement? Take(string name) => fields.Remove(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private OcmfException Wrong(string name, string wanted) => OcmfException.Malformed($"{name} of {Name} is not {wanted}.");
}
