using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Microsoft.AspNetCore.Http;

namespace Keten.Doors;

/// <summary>The central system for charge points: OCPP 2.0.1 and 1.6J over WebSocket, security profile 1 (HTTP Basic); TLS stands in front for profile 2.</summary>
internal sealed class OcppDoor(DoorsConfiguration configuration, ChargePointDesk points, DoorStore store, TimeProvider clock, Action<string> tell)
{
    private readonly Dictionary<string, ChargePoint> known = configuration.ChargePoints.ToDictionary(point => point.Id, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, OcppConnection> connected = new(StringComparer.Ordinal);
    private readonly Ocpp201Desk desk201 = new(points, configuration.Limits, clock);
    private readonly Ocpp16Desk desk16 = new(points, store, configuration.Limits, clock);

    /// <summary>A charge point's connection, while it has one.</summary>
    public OcppConnection? Of(string point) => connected.GetValueOrDefault(point);

    /// <summary>How many are connected.</summary>
    public int Count => connected.Count;

    /// <summary>A charge point calls.</summary>
    public async Task ConnectAsync(HttpContext http, string id, CancellationToken stopping)
    {
        if (!known.TryGetValue(id, out var point) || !IsPassword(http.Request.Headers.Authorization, point))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"ocpp\", charset=\"UTF-8\"";
            return;
        }
        var version = http.WebSockets.WebSocketRequestedProtocols.Select(asked => asked == OcppVersion.V201.Subprotocol ? OcppVersion.V201 : asked == OcppVersion.V16.Subprotocol ? OcppVersion.V16 : null)
            .FirstOrDefault(understood => understood is not null);
        if (!http.WebSockets.IsWebSocketRequest || version is null)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync("A WebSocket with the subprotocol ocpp2.0.1 or ocpp1.6 is wanted.", stopping);
            return;
        }
        using var socket = await http.WebSockets.AcceptWebSocketAsync(version.Subprotocol);
        using var connection = new OcppConnection(socket, point, version, configuration.Limits);
        // A charge point that lost its line comes back before the old connection has noticed.
        var before = Of(id);
        connected[id] = connection;
        before?.Abort();
        try
        {
            using var ends = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
            await connection.RunAsync(HandleAsync, start => store.Do(open => open.KeepApart(
                id, Hash.Of(start).ToString(), ApartReason.TooLarge, $"A message is longer than {configuration.Limits.Message} bytes.", start)), ends.Token);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The line is gone; what it did not get an answer for comes again.
        }
        finally
        {
            connected.TryRemove(KeyValuePair.Create(id, connection));
            connection.Abort();
        }
    }

    /// <summary>Sends all away.</summary>
    public async Task CloseAsync() => await Task.WhenAll(connected.Values.Select(each => each.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The doors are closing.")));

    private async Task<JsonObject> HandleAsync(OcppConnection from, string action, JsonElement payload)
    {
        if (action == "BootNotification") tell($"{from.Point.Id} has come ({from.Version.Subprotocol}).");
        return from.Version == OcppVersion.V201 ? await desk201.AnswerAsync(from.Point, action, payload) : await desk16.AnswerAsync(from.Point, action, payload);
    }

    private static bool IsPassword(string? header, ChargePoint point)
    {
        const string Basic = "Basic ";
        if (header is not { Length: < 512 } || !header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return false;
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Basic.Length..].Trim(), bytes, out var length)) return false;
        var said = bytes.AsSpan(0, length);
        // An identity may have a colon in it, and a password may be any bytes.
        var name = Encoding.UTF8.GetBytes(point.Id + ":");
        return said.StartsWith(name) && CryptographicOperations.FixedTimeEquals(SHA256.HashData(said[name.Length..]), Convert.FromHexString(point.PasswordSha256));
    }
}
