using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Doors;

/// <summary>
/// Answers the messages of OCPP 1.6J, which have been found to be of their shape. Its transactions get their number here, and its messages have none: what comes again with the same content is the same.
/// </summary>
internal sealed class Ocpp16Desk(ChargePointDesk points, DoorStore store, DoorLimits limits, TimeProvider clock)
{
    public async Task<JsonObject> AnswerAsync(ChargePoint point, string action, JsonElement payload) => action switch
    {
        "BootNotification" => await BootAsync(point, payload),
        "Heartbeat" => new JsonObject { ["currentTime"] = Now() },
        "Authorize" => new JsonObject { ["idTagInfo"] = Info(await points.StandingAsync(point, Text(payload, "idTag")!)) },
        "StartTransaction" => await StartAsync(point, payload),
        "StopTransaction" => await StopAsync(point, payload),
        "MeterValues" => Values(point, payload),
        "DataTransfer" => new JsonObject { ["status"] = "UnknownVendorId" },
        _ => [],
    };

    private string Now() => clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private async Task<JsonObject> BootAsync(ChargePoint point, JsonElement payload) => new()
    {
        ["currentTime"] = Now(), ["interval"] = limits.Heartbeat, ["status"] = await points.BootAsync(point, Text(payload, "firmwareVersion")) ? "Accepted" : "Rejected",
    };

    private async Task<JsonObject> StartAsync(ChargePoint point, JsonElement payload)
    {
        var (token, at) = (Text(payload, "idTag")!, At(payload));
        var standing = await points.StandingAsync(point, token);
        var number = store.Do(open =>
        {
            // Whose answer was lost sends the same again, and has to hear the same number.
            var id = Text(payload, "timestamp") + "/" + payload.GetProperty("connectorId").GetRawText() + "/" + payload.GetProperty("meterStart").GetRawText() + "/" + token;
            var next = open.NextNumber("transaction");
            if (!open.TakeOnce("start:" + point.Id, id, [], Name(next), out var before)) return long.Parse(before.Answer!, CultureInfo.InvariantCulture);
            points.Take(open, point, new PointEvent(Name(next), 0, true, false, at, Connector(payload), token, payload.GetProperty("meterStart").GetInt64(), []), standing);
            return next;
        });
        points.Changed?.Invoke();
        return new JsonObject { ["transactionId"] = number, ["idTagInfo"] = Info(standing) };
    }

    private async Task<JsonObject> StopAsync(ChargePoint point, JsonElement payload)
    {
        var token = Text(payload, "idTag");
        var standing = token is null ? (CardStanding?)null : await points.StandingAsync(point, token);
        var (signed, _) = MeterValues.Read16(payload, "transactionData");
        Add(point, payload, payload.GetProperty("transactionId").GetInt64(), ends: true, At(payload), 0, token, payload.GetProperty("meterStop").GetInt64(), signed, standing);
        return standing is { } known ? new JsonObject { ["idTagInfo"] = Info(known) } : [];
    }

    private JsonObject Values(ChargePoint point, JsonElement payload)
    {
        if (!payload.TryGetProperty("transactionId", out var transaction)) return [];
        var (signed, wattHours) = MeterValues.Read16(payload, "meterValue");
        var at = Shape.MomentShape.Read(payload.GetProperty("meterValue")[payload.GetProperty("meterValue").GetArrayLength() - 1].GetProperty("timestamp"))!.Value.ToUnixTimeSeconds();
        Add(point, payload, transaction.GetInt64(), ends: false, at, Connector(payload), null, wattHours, signed, null);
        return [];
    }

    private void Add(
        ChargePoint point, JsonElement payload, long transaction, bool ends, long at, int connector, string? token, long? wattHours, List<SignedValue> signed, CardStanding? standing)
    {
        store.Do(open =>
        {
            if (!open.TakeOnce("ocpp:" + point.Id, Name(transaction) + "/" + Kernel.Hash.Of(Encoding.UTF8.GetBytes(payload.GetRawText())), [], null, out _)) return;
            points.Take(open, point, new PointEvent(Name(transaction), open.CountEvents(point.Id, Name(transaction)), false, ends, at, connector, token, wattHours, signed), standing);
        });
        points.Changed?.Invoke();
    }

    private static JsonObject Info(CardStanding standing) => new() { ["status"] = standing.ToString() };

    private static string? Text(JsonElement payload, string name) => payload.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static long At(JsonElement payload) => Shape.MomentShape.Read(payload.GetProperty("timestamp"))!.Value.ToUnixTimeSeconds();

    private static int Connector(JsonElement payload) => payload.GetProperty("connectorId").TryGetInt32(out var place) && place >= 0 ? place : 0;

    private static string Name(long transaction) => transaction.ToString(CultureInfo.InvariantCulture);
}
