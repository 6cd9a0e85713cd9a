using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Keten.Doors;

/// <summary>
/// CloudEvents 1.0 over HTTP: structured (application/cloudevents+json), batched (application/cloudevents-batch+json) and binary (ce- headers). The data is what a device signed, in
/// data_base64 or as the body. Nobody is asked who they are: what counts is who signed.
/// </summary>
internal sealed class EventDoor(Intake intake, DoorLimits limits)
{
    /// <summary>The one type of event that is taken.</summary>
    public const string Type = "keten.statement";

    /// <summary>Before an event's source, where a source is named.</summary>
    public const string Prefix = "event:";

    private const string Structured = "application/cloudevents+json", Batched = "application/cloudevents-batch+json", Signed = "application/cose";
    private const int BatchAtMost = 256, NameAtMost = 256;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Takes what was posted, and answers once it is on disk.</summary>
    public async Task AnswerAsync(HttpContext http)
    {
        var type = http.Request.ContentType?.Split(';')[0].Trim().ToLowerInvariant();
        if (await BodyAsync(http) is not { } body)
        {
            var told = intake.Apart("events", "too large", new ApartException(ApartReason.TooLarge, $"It is longer than {limits.Message} bytes."), default);
            await ProblemAsync(http, StatusCodes.Status413PayloadTooLarge, told);
            return;
        }
        try
        {
            if (type == Batched) await BatchAsync(http, body);
            else await OneAsync(http, type == Structured ? TakeStructured(Parse(body)) : TakeBinary(http.Request, type, body));
        }
        catch (ApartException apart)
        {
            await ProblemAsync(http, StatusCodes.Status400BadRequest, intake.Apart("events", Kernel.Hash.Of(body).ToString(), apart, body));
        }
        catch (Intake.FullException)
        {
            http.Response.Headers.RetryAfter = "10";
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private static async Task OneAsync(HttpContext http, Receipt told)
    {
        // What comes again is answered as it was before: its sender only wants to hear that it is here.
        if (told.Taken || told.Reason == ApartReason.Doubled) http.Response.StatusCode = told.Taken ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
        else await ProblemAsync(http, told.Reason == ApartReason.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status422UnprocessableEntity, told);
    }

    private async Task BatchAsync(HttpContext http, byte[] body)
    {
        var events = Parse(body);
        if (events.ValueKind != JsonValueKind.Array || events.GetArrayLength() > BatchAtMost) throw new ApartException(ApartReason.Unreadable, $"A batch is a list of at most {BatchAtMost} events.");
        var answers = new JsonArray();
        foreach (var each in events.EnumerateArray())
        {
            Receipt told;
            try
            {
                told = TakeStructured(each);
            }
            catch (ApartException apart)
            {
                var raw = Encoding.UTF8.GetBytes(each.GetRawText());
                told = intake.Apart("events", Kernel.Hash.Of(raw).ToString(), apart, raw);
            }
            answers.Add((JsonNode)(told.Taken ? new JsonObject { ["taken"] = true } : new JsonObject { ["taken"] = false, ["reason"] = told.Reason.ToString(), ["detail"] = told.Sentence }));
        }
        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(answers));
    }

    private Receipt TakeStructured(JsonElement told)
    {
        if (told.ValueKind != JsonValueKind.Object) throw new ApartException(ApartReason.Unreadable, "An event is a JSON object.");
        var (source, id) = Attributes(TextOf(told, "specversion"), TextOf(told, "type"), TextOf(told, "source"), TextOf(told, "id"));
        if (TextOf(told, "data_base64") is not { } base64) throw new ApartException(ApartReason.Unsigned, "The event has no data_base64: what a device signs are bytes.");
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length)) throw new ApartException(ApartReason.Unreadable, "data_base64 is not in base64.");
        return intake.Take(source, id, bytes.AsMemory(0, length));
    }

    private Receipt TakeBinary(HttpRequest request, string? type, byte[] body)
    {
        var (source, id) = Attributes(Header("ce-specversion"), Header("ce-type"), Header("ce-source"), Header("ce-id"));
        return type == Signed ? intake.Take(source, id, body) : throw new ApartException(ApartReason.Unsigned, $"The data is not {Signed}.");

        // Header values are percent-encoded (CloudEvents HTTP binding 1.0.2, section 3.1.3.2).
        string? Header(string name) => request.Headers[name] is [{ Length: <= NameAtMost } value] ? Uri.UnescapeDataString(value) : null;
    }

    private static (string Source, string Id) Attributes(string? version, string? type, string? source, string? id)
    {
        if (version != "1.0") throw new ApartException(ApartReason.Unreadable, "It is no CloudEvent of specversion 1.0.");
        if (source is not { Length: > 0 and <= NameAtMost } || id is not { Length: > 0 and <= NameAtMost }) throw new ApartException(ApartReason.Unreadable, $"source and id are texts of 1 to {NameAtMost} characters.");
        return type == Type ? (Prefix + source, id) : throw new ApartException(ApartReason.UnknownKind, $"Events of the type {Type} are taken.");
    }

    private static string? TextOf(JsonElement told, string name) => told.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static JsonElement Parse(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw new ApartException(ApartReason.Unreadable, "It is not well-formed JSON, has a name twice or is nested too deeply.");
        }
    }

    // A batch has the room of its events; null where it is longer.
    private async Task<byte[]?> BodyAsync(HttpContext http)
    {
        var most = limits.Message * 2;
        if (http.Request.ContentLength > most) return null;
        using var body = new MemoryStream();
        var buffer = new byte[8_192];
        for (int read; (read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0;)
        {
            if (body.Length + read > most) return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }

    private static Task ProblemAsync(HttpContext http, int status, Receipt told)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        return http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["status"] = status, ["title"] = told.Sentence, ["reason"] = told.Reason.ToString() })).AsTask();
    }
}
