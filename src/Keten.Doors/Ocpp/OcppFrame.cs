using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Doors;

/// <summary>A frame of OCPP-J: [2, id, action, payload], [3, id, payload] or [4, id, code, description, details].</summary>
/// <param name="Type">2 a call, 3 its result, 4 its error.</param>
/// <param name="Id">The call's.</param>
/// <param name="Action">Of a call what it asks; of an error its code.</param>
/// <param name="Payload">What it carries.</param>
internal sealed record OcppFrame(int Type, string Id, string Action, JsonElement Payload)
{
    public const int Call = 2, Result = 3, Error = 4;

    /// <summary>The id of an answer to what has none.</summary>
    public const string NoId = "-1";

    private const int IdAtMost = 36, ActionAtMost = 64, DescriptionAtMost = 255;

    // A name that stands twice would let two readers see two values.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a frame.</summary>
    /// <exception cref="OcppErrorException">It is none.</exception>
    public static OcppFrame Read(ReadOnlyMemory<byte> text, OcppVersion version)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            root = document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new OcppErrorException(NoId, version.BrokenFrame, "The message is not well-formed JSON, has a name twice or is nested too deeply.");
        }
        if (root.ValueKind != JsonValueKind.Array || root.GetArrayLength() < 2 || root[0].ValueKind != JsonValueKind.Number || !root[0].TryGetInt32(out var type))
            throw new OcppErrorException(NoId, version.BrokenFrame, "The message is no list of a type, an id and more.");
        if (root[1].ValueKind != JsonValueKind.String || root[1].GetString() is not { Length: > 0 and <= IdAtMost } id)
            throw new OcppErrorException(NoId, version.BrokenFrame, "The message's id is no text of 1 to 36 characters.");
        var count = root.GetArrayLength();
        return type switch
        {
            Call when count == 4 && root[2] is { ValueKind: JsonValueKind.String } action && action.GetString()!.Length <= ActionAtMost => new OcppFrame(type, id, action.GetString()!, root[3]),
            Result when count == 3 => new OcppFrame(type, id, "", root[2]),
            Error when count >= 3 => new OcppFrame(type, id, root[2].ValueKind == JsonValueKind.String ? root[2].GetString()! : "", count > 4 ? root[4] : default),
            Call or Result or Error => throw new OcppErrorException(id, version.BrokenFrame, "The message does not have the parts of its type."),
            _ => throw new OcppErrorException(id, version.UnknownType, "There is no message of that type."),
        };
    }

    public static byte[] WriteCall(string id, string action, JsonObject payload) => JsonSerializer.SerializeToUtf8Bytes(new JsonArray(Call, id, action, payload));

    public static byte[] WriteResult(string id, JsonObject payload) => JsonSerializer.SerializeToUtf8Bytes(new JsonArray(Result, id, payload));

    public static byte[] WriteError(OcppErrorException error) => JsonSerializer.SerializeToUtf8Bytes(
        new JsonArray(Error, error.Id, error.Code, error.Message.Length <= DescriptionAtMost ? error.Message : error.Message[..DescriptionAtMost], new JsonObject()));
}

/// <summary>What is answered with a CALLERROR.</summary>
internal sealed class OcppErrorException(string id, string code, string sentence) : Exception(sentence)
{
    public string Id { get; } = id;

    public string Code { get; } = code;
}
