using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Keten.Tests.Connectors.Epcis;

/// <summary>As much of JSON Schema as the published schemas of events and battery passports use: what is wrong with an instance, by its path. A keyword that is not known is a fault of the test.</summary>
internal sealed class JsonSchema
{
    private static readonly HashSet<string> Said = new(StringComparer.Ordinal)
    {
        "$id", "$schema", "$comment", "description", "title", "definitions", "components", "x-samm-aspect-model-urn", "example", "examples", "default", "deprecated", "then", "else",
    };

    private readonly JsonElement root;

    public JsonSchema(string path) => root = JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    public IReadOnlyList<string> Faults(JsonElement instance)
    {
        var faults = new List<string>();
        Check(root, instance, "", faults, 0);
        return faults;
    }

    private bool Holds(JsonElement schema, JsonElement instance, int depth)
    {
        var faults = new List<string>();
        Check(schema, instance, "", faults, depth);
        return faults.Count == 0;
    }

    private void Check(JsonElement schema, JsonElement instance, string path, List<string> faults, int depth)
    {
        Assert.True(depth < 200, "The schema goes round in circles.");
        if (schema.ValueKind == JsonValueKind.True) return;
        if (schema.ValueKind == JsonValueKind.False)
        {
            faults.Add($"{path}: nothing may stand here");
            return;
        }
        foreach (var word in schema.EnumerateObject())
            if (!Word(schema, word.Name, word.Value, instance, path, faults, depth)) faults.Add($"{path}: {word.Name}");
    }

    private bool Word(JsonElement schema, string word, JsonElement says, JsonElement instance, string path, List<string> faults, int depth)
    {
        switch (word)
        {
            case "$ref": Check(Target(says.GetString()!), instance, path, faults, depth + 1); return true;
            case "type": return says.ValueKind == JsonValueKind.Array ? says.EnumerateArray().Any(each => IsOf(instance, each.GetString()!)) : IsOf(instance, says.GetString()!);
            case "enum": return says.EnumerateArray().Any(each => each.GetRawText() == instance.GetRawText());
            case "const": return says.GetRawText() == instance.GetRawText();
            case "allOf":
                foreach (var each in says.EnumerateArray()) Check(each, instance, path, faults, depth + 1);
                return true;
            case "anyOf": return says.EnumerateArray().Any(each => Holds(each, instance, depth + 1));
            case "oneOf": return says.EnumerateArray().Count(each => Holds(each, instance, depth + 1)) == 1;
            case "not": return !Holds(says, instance, depth + 1);
            case "if":
                if (schema.TryGetProperty(Holds(says, instance, depth + 1) ? "then" : "else", out var branch)) Check(branch, instance, path, faults, depth + 1);
                return true;
            case "required": return instance.ValueKind != JsonValueKind.Object || says.EnumerateArray().All(each => instance.TryGetProperty(each.GetString()!, out _));
            case "properties": Properties(says, instance, path, faults, depth); return true;
            case "additionalProperties": Additional(schema, says, instance, path, faults, depth); return true;
            case "propertyNames":
                return instance.ValueKind != JsonValueKind.Object
                    || instance.EnumerateObject().All(each => Holds(says, JsonSerializer.SerializeToElement(each.Name), depth + 1));
            case "items":
                if (instance.ValueKind == JsonValueKind.Array)
                    foreach (var (index, each) in instance.EnumerateArray().Index()) Check(says, each, $"{path}[{index}]", faults, depth + 1);
                return true;
            case "minItems": return instance.ValueKind != JsonValueKind.Array || instance.GetArrayLength() >= says.GetInt32();
            case "uniqueItems": return instance.ValueKind != JsonValueKind.Array || instance.EnumerateArray().Select(each => each.GetRawText()).Distinct().Count() == instance.GetArrayLength();
            case "pattern": return instance.ValueKind != JsonValueKind.String || Regex.IsMatch(instance.GetString()!, says.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(5));
            case "format": return instance.ValueKind != JsonValueKind.String || IsFormatted(instance.GetString()!, says.GetString()!);
            case "minimum": return instance.ValueKind != JsonValueKind.Number || instance.GetDouble() > says.GetDouble() || (instance.GetDouble() == says.GetDouble() && !Excludes(schema, "exclusiveMinimum"));
            case "maximum": return instance.ValueKind != JsonValueKind.Number || instance.GetDouble() < says.GetDouble() || (instance.GetDouble() == says.GetDouble() && !Excludes(schema, "exclusiveMaximum"));
            // Draft 4 says so beside the bound.
            case "exclusiveMinimum" or "exclusiveMaximum": return says.ValueKind is JsonValueKind.True or JsonValueKind.False;
            default:
                Assert.True(Said.Contains(word), $"The test does not know the word {word}.");
                return true;
        }
    }

    private void Properties(JsonElement says, JsonElement instance, string path, List<string> faults, int depth)
    {
        if (instance.ValueKind != JsonValueKind.Object) return;
        foreach (var each in says.EnumerateObject())
            if (instance.TryGetProperty(each.Name, out var value)) Check(each.Value, value, $"{path}/{each.Name}", faults, depth + 1);
    }

    private void Additional(JsonElement schema, JsonElement says, JsonElement instance, string path, List<string> faults, int depth)
    {
        if (instance.ValueKind != JsonValueKind.Object) return;
        foreach (var each in instance.EnumerateObject())
            if (!schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(each.Name, out _)) Check(says, each.Value, $"{path}/{each.Name}", faults, depth + 1);
    }

    private static bool Excludes(JsonElement schema, string word) => schema.TryGetProperty(word, out var says) && says.ValueKind == JsonValueKind.True;

    private JsonElement Target(string reference)
    {
        Assert.StartsWith("#/", reference, StringComparison.Ordinal);
        var at = root;
        foreach (var step in reference[2..].Split('/')) at = at.GetProperty(Uri.UnescapeDataString(step).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        return at;
    }

    private static bool IsOf(JsonElement instance, string type) => type switch
    {
        "object" => instance.ValueKind == JsonValueKind.Object,
        "array" => instance.ValueKind == JsonValueKind.Array,
        "string" => instance.ValueKind == JsonValueKind.String,
        "number" => instance.ValueKind == JsonValueKind.Number,
        "integer" => instance.ValueKind == JsonValueKind.Number && instance.TryGetDecimal(out var number) && number == decimal.Truncate(number),
        "boolean" => instance.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => instance.ValueKind == JsonValueKind.Null,
        _ => throw new InvalidOperationException(type),
    };

    private static bool IsFormatted(string text, string format) => format switch
    {
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _) || Regex.IsMatch(text, "^[A-Za-z][A-Za-z0-9+.-]*:.+$", RegexOptions.None, TimeSpan.FromSeconds(5)),
        "date-time" => text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        _ => true,
    };
}
