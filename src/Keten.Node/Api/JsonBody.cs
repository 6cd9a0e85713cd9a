using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Api;

/// <summary>A request's body as one JSON object of known fields, and nothing else.</summary>
internal sealed class JsonBody
{
    private readonly JsonObject json;

    private JsonBody(JsonObject json) => this.json = json;

    /// <summary>Reads it.</summary>
    /// <exception cref="ProblemException">It is too long, not an object, deep, or has a field that is not known.</exception>
    public static async Task<JsonBody> Read(HttpRequest request, int atMost, params string[] fields)
    {
        if (request.MediaTypeOf() != "application/json")
            throw new ProblemException(new Problem(415, "unsupported-media-type", "The body is of a media type that is not read here.", "Send application/json."));
        var bytes = new byte[Math.Min(request.ContentLength ?? atMost, atMost) + 1];
        var length = await request.Body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, request.HttpContext.RequestAborted);
        if (length == bytes.Length) throw new ProblemException(SubmittedBody.TooLong);
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 4, AllowDuplicateProperties = false };
            return JsonNode.Parse(bytes.AsSpan(0, length), null, options) is JsonObject json ? Of(json, fields) : throw Bad("The body is no JSON object.");
        }
        catch (JsonException)
        {
            throw Bad("The body is no JSON.");
        }
    }

    /// <summary>A text, or null where the field is absent.</summary>
    public string? Text(string field) => Value<string>(field, "a text");

    /// <summary>A text.</summary>
    public string NeededText(string field) => Text(field) ?? throw Bad($"«{field}» is needed.");

    /// <summary>A whole number, or null where the field is absent.</summary>
    public ulong? Number(string field, ulong atMost)
    {
        if (json[field] is null) return null;
        return json[field] is JsonValue value && value.TryGetValue<ulong>(out var number) && number <= atMost ? number : throw Bad($"«{field}» is a whole number up to {atMost}.");
    }

    /// <summary>Texts; none where the field is absent.</summary>
    public IReadOnlyList<string> Texts(string field, int atMost)
    {
        if (json[field] is null) return [];
        if (json[field] is not JsonArray array || array.Count > atMost) throw Bad($"«{field}» is a list of at most {atMost} texts.");
        var texts = new List<string>(array.Count);
        foreach (var item in array) texts.Add(item is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Bad($"«{field}» is a list of texts."));
        return texts;
    }

    /// <summary>Yes or no; no where the field is absent.</summary>
    public bool Flag(string field) => json[field] is not null && (json[field] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : throw Bad($"«{field}» is true or false."));

    /// <summary>Objects of known fields; none where the field is absent.</summary>
    public IReadOnlyList<JsonBody> Objects(string field, int atMost, params string[] fields)
    {
        if (json[field] is null) return [];
        if (json[field] is not JsonArray array || array.Count > atMost) throw Bad($"«{field}» is a list of at most {atMost} objects.");
        return [.. array.Select(item => item is JsonObject one ? Of(one, fields) : throw Bad($"«{field}» is a list of objects."))];
    }

    private static JsonBody Of(JsonObject json, string[] fields)
    {
        foreach (var (name, _) in json)
            if (!fields.Contains(name)) throw Bad("The body has a field that is not known here. Known are: " + string.Join(", ", fields) + ".");
        return new JsonBody(json);
    }

    private static ProblemException Bad(string detail) => new(Problem.BadRequest(detail));

    private T? Value<T>(string field, string what) where T : class =>
        json[field] is null ? null : json[field] is JsonValue value && value.TryGetValue<T>(out var read) ? read : throw Bad($"«{field}» is {what}.");
}
