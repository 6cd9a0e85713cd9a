using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Doors;

/// <summary>Answers the messages of OCPP 2.0.1, which have been found to be of their shape.</summary>
internal sealed class Ocpp201Desk(ChargePointDesk points, DoorLimits limits, TimeProvider clock)
{
    public async Task<JsonObject> AnswerAsync(ChargePoint point, string action, JsonElement payload) => action switch
    {
        "BootNotification" => await BootAsync(point, payload),
        "Heartbeat" => new JsonObject { ["currentTime"] = Now() },
        "Authorize" => new JsonObject { ["idTokenInfo"] = Info(await points.StandingAsync(point, TokenOf(payload)!)) },
        "TransactionEvent" => await EventAsync(point, payload),
        "DataTransfer" => new JsonObject { ["status"] = "UnknownVendorId" },
        // Status, security events, and meter values outside a transaction, which nobody is charged for.
        _ => [],
    };

    private string Now() => clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private async Task<JsonObject> BootAsync(ChargePoint point, JsonElement payload)
    {
        var software = payload.GetProperty("chargingStation").TryGetProperty("firmwareVersion", out var version) ? version.GetString() : null;
        return new JsonObject { ["currentTime"] = Now(), ["interval"] = limits.Heartbeat, ["status"] = await points.BootAsync(point, software) ? "Accepted" : "Rejected" };
    }

    private async Task<JsonObject> EventAsync(ChargePoint point, JsonElement payload)
    {
        var token = TokenOf(payload);
        var standing = token is null ? (CardStanding?)null : await points.StandingAsync(point, token);
        var (signed, wattHours) = MeterValues.Read201(payload);
        var number = payload.GetProperty("seqNo").GetInt64();
        if (number is < 0 or > int.MaxValue) throw new MisshapenException(Misshape.Property, "TransactionEvent.seqNo is below nothing, or larger than any.");
        var kind = payload.GetProperty("eventType").GetString();
        points.Take(point, new PointEvent(
            payload.GetProperty("transactionInfo").GetProperty("transactionId").GetString()!, number, kind == "Started", kind == "Ended",
            Shape.MomentShape.Read(payload.GetProperty("timestamp"))!.Value.ToUnixTimeSeconds(), payload.TryGetProperty("evse", out var evse) ? Place(evse.GetProperty("id")) : 0, token, wattHours, signed), standing);
        return standing is { } known ? new JsonObject { ["idTokenInfo"] = Info(known) } : [];
    }

    private static JsonObject Info(CardStanding standing) => new() { ["status"] = standing.ToString() };

    private static string? TokenOf(JsonElement payload) => payload.TryGetProperty("idToken", out var token) ? token.GetProperty("idToken").GetString() : null;

    private static int Place(JsonElement number) => number.TryGetInt32(out var place) && place >= 0 ? place : 0;
}
