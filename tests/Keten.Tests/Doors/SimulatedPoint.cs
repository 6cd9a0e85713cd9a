using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Tests.Doors;

/// <summary>A charge point as the standard has it, written by hand: frames of OCPP-J over a WebSocket, and nothing of the doors' own.</summary>
internal sealed class SimulatedPoint : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonArray>> waiting = new();
    private readonly TaskCompletionSource<JsonArray> stray = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim sending = new(1, 1);
    private Task receiving = Task.CompletedTask;
    private int calls;

    private SimulatedPoint(string subprotocol, string id, string? password)
    {
        socket.Options.AddSubProtocol(subprotocol);
        if (password is not null) socket.Options.SetRequestHeader("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{password}")));
    }

    /// <summary>What the doors have asked of it: action and payload.</summary>
    public ConcurrentQueue<(string Action, JsonObject Payload)> Asked { get; } = new();

    /// <summary>An answer to what had no id that it knows.</summary>
    public Task<JsonArray> Stray => stray.Task;

    /// <summary>How the doors closed it, once they have.</summary>
    public WebSocketCloseStatus? Closed => socket.CloseStatus;

    public static async Task<SimulatedPoint> ConnectAsync(string doors, string subprotocol, string id = "CP1", string? password = DoorsRig.Password)
    {
        var point = new SimulatedPoint(subprotocol, id, password);
        await point.socket.ConnectAsync(new Uri(doors.Replace("http:", "ws:", StringComparison.Ordinal) + "/ocpp/" + id), default);
        Assert.Equal(subprotocol, point.socket.SubProtocol);
        point.receiving = point.ReceiveAsync();
        return point;
    }

    /// <summary>Calls; the whole frame of the answer.</summary>
    public async Task<JsonArray> AskAsync(string action, JsonNode payload, string? id = null)
    {
        id ??= $"m{Interlocked.Increment(ref calls)}";
        return await SendAsync(id, new JsonArray(2, id, action, payload).ToJsonString());
    }

    /// <summary>Calls; the payload of the result.</summary>
    public async Task<JsonObject> CallAsync(string action, JsonNode payload, string? id = null)
    {
        var answer = await AskAsync(action, payload, id);
        Assert.True((int)answer[0]! == 3, answer.ToJsonString());
        return answer[2]!.AsObject();
    }

    /// <summary>Sends any text, and waits for an answer to an id.</summary>
    public async Task<JsonArray> SendAsync(string id, string text)
    {
        var answer = waiting.GetOrAdd(id, _ => new TaskCompletionSource<JsonArray>(TaskCreationOptions.RunContinuationsAsynchronously));
        await SendAsync(text);
        var heard = await answer.Task.WaitAsync(TimeSpan.FromMinutes(1));
        waiting.TryRemove(id, out _);
        return heard;
    }

    /// <summary>Sends any text.</summary>
    public async Task SendAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        await sending.WaitAsync();
        await socket.SendAsync(Encoding.UTF8.GetBytes(text), type, true, default);
        sending.Release();
    }

    /// <summary>The line is gone, without a word.</summary>
    public void Lose() => socket.Abort();

    public Task Over => receiving;

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await receiving;
        socket.Dispose();
        sending.Dispose();
    }

    public static string At(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private async Task ReceiveAsync()
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), default);
                    length += part.Count;
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close) return;
                await HeardAsync(JsonNode.Parse(buffer.AsSpan(0, length))!.AsArray());
            }
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException or IOException)
        {
            // It was lost, or sent away.
        }
    }

    private async Task HeardAsync(JsonArray frame)
    {
        var id = (string)frame[1]!;
        if ((int)frame[0]! == 2)
        {
            Asked.Enqueue(((string)frame[2]!, (JsonObject)frame[3]!.DeepClone()));
            await SendAsync(new JsonArray(3, id, new JsonObject { ["status"] = "Accepted" }).ToJsonString());
        }
        else if (waiting.TryGetValue(id, out var answer)) answer.TrySetResult(frame);
        else stray.TrySetResult(frame);
    }
}

/// <summary>The messages of OCPP 2.0.1, as its schemas have them.</summary>
internal static class Messages201
{
    public const string Protocol = "ocpp2.0.1";

    public static JsonObject Boot(string firmware = "1.0") => new()
    {
        ["reason"] = "PowerUp", ["chargingStation"] = new JsonObject { ["model"] = "Wall 22", ["vendorName"] = "Example", ["serialNumber"] = "S-1", ["firmwareVersion"] = firmware },
    };

    public static JsonObject Authorize(string token) => new() { ["idToken"] = IdToken(token) };

    public static JsonObject Event(string kind, string transaction, int number, DateTimeOffset at, string? token = null, decimal? wattHours = null, string? signed = null, string? key = null, bool offline = false)
    {
        var told = new JsonObject
        {
            ["eventType"] = kind, ["timestamp"] = SimulatedPoint.At(at), ["seqNo"] = number, ["offline"] = offline,
            ["triggerReason"] = kind switch { "Started" => "CablePluggedIn", "Ended" => "EVDeparted", _ => "MeterValuePeriodic" },
            ["transactionInfo"] = new JsonObject { ["transactionId"] = transaction, ["chargingState"] = kind == "Ended" ? "Idle" : "Charging" },
            ["evse"] = new JsonObject { ["id"] = 1, ["connectorId"] = 1 },
        };
        if (token is not null) told["idToken"] = IdToken(token);
        if (wattHours is null && signed is null) return told;
        var sample = new JsonObject
        {
            ["value"] = wattHours ?? 0, ["context"] = kind switch { "Started" => "Transaction.Begin", "Ended" => "Transaction.End", _ => "Sample.Periodic" },
            ["measurand"] = "Energy.Active.Import.Register", ["unitOfMeasure"] = new JsonObject { ["unit"] = "Wh" },
        };
        if (signed is not null)
            sample["signedMeterValue"] = new JsonObject
            {
                ["signedMeterData"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(signed)), ["signingMethod"] = "ECDSA-secp256r1-SHA256", ["encodingMethod"] = "OCMF",
                ["publicKey"] = key is null ? "" : Convert.ToBase64String(Encoding.UTF8.GetBytes("oca:base16:asn1:" + key)),
            };
        told["meterValue"] = new JsonArray(new JsonObject { ["timestamp"] = SimulatedPoint.At(at), ["sampledValue"] = new JsonArray(sample) });
        return told;
    }

    private static JsonObject IdToken(string token) => new() { ["idToken"] = token, ["type"] = "ISO14443" };
}

/// <summary>The messages of OCPP 1.6J, as its schemas have them.</summary>
internal static class Messages16
{
    public const string Protocol = "ocpp1.6";

    public static JsonObject Boot(string firmware = "1.0") => new() { ["chargePointVendor"] = "Example", ["chargePointModel"] = "Wall 11", ["firmwareVersion"] = firmware };

    public static JsonObject Start(string token, long wattHours, DateTimeOffset at) => new() { ["connectorId"] = 1, ["idTag"] = token, ["meterStart"] = wattHours, ["timestamp"] = SimulatedPoint.At(at) };

    public static JsonObject Values(int transaction, long wattHours, DateTimeOffset at) => new()
    {
        ["connectorId"] = 1, ["transactionId"] = transaction,
        ["meterValue"] = new JsonArray(new JsonObject
        {
            ["timestamp"] = SimulatedPoint.At(at),
            ["sampledValue"] = new JsonArray(new JsonObject { ["value"] = wattHours.ToString(CultureInfo.InvariantCulture), ["measurand"] = "Energy.Active.Import.Register", ["unit"] = "Wh" }),
        }),
    };

    public static JsonObject Stop(int transaction, long wattHours, DateTimeOffset at, string signed, string? key = null) => new()
    {
        ["transactionId"] = transaction, ["idTag"] = "ADA-1", ["meterStop"] = wattHours, ["timestamp"] = SimulatedPoint.At(at), ["reason"] = "Local",
        ["transactionData"] = new JsonArray(new JsonObject
        {
            ["timestamp"] = SimulatedPoint.At(at),
            ["sampledValue"] = new JsonArray(new JsonObject
            {
                ["value"] = key is null ? signed : JsonSerializer.Serialize(new
                {
                    signedMeterData = Convert.ToBase64String(Encoding.UTF8.GetBytes(signed)), encodingMethod = "OCMF", signingMethod = "ECDSA-secp256r1-SHA256",
                    publicKey = Convert.ToBase64String(Encoding.UTF8.GetBytes("oca:base16:asn1:" + key)),
                }),
                ["format"] = "SignedData", ["context"] = "Transaction.End",
            }),
        }),
    };
}
