using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Doors;
using Keten.Kernel;
using Keten.Kernel.Cbor;
using Keten.Kernel.Cose;

namespace Keten.Tests.Doors;

/// <summary>What a sensor signs, written by hand, and how it goes out.</summary>
internal static class Events
{
    /// <summary>A reading for a sensor's log: a COSE_Sign1 over [ledger id, type's name, [log, number, at, [unit, shown]]].</summary>
    public static byte[] Reading(DoorsRig rig, uint number, long shown, DateTimeOffset? at = null, Signer? by = null, Hash? ledger = null, string name = "SensorLog.Reading")
    {
        var writer = new CborWriter();
        writer.Array(3);
        writer.Hash(ledger ?? rig.LedgerId);
        writer.Text(name);
        writer.Array(4);
        writer.Unsigned(rig.Log.Number);
        writer.Unsigned(number);
        writer.Unsigned((ulong)(at ?? DateTimeOffset.UtcNow).ToUnixTimeSeconds());
        writer.Array(2);
        writer.Unsigned(rig.Network.Energy.Number);
        writer.Unsigned((ulong)shown);
        var key = by ?? rig.Sensor.Key;
        return CoseSign1.Sign(key, CoseSignature.HeadersOf(key.Id), writer.ToArray()).ToBytes();
    }

    public static JsonObject Structured(byte[] signed, string id, string source = "/hall/7") => new()
    {
        ["specversion"] = "1.0", ["type"] = "keten.statement", ["source"] = source, ["id"] = id, ["time"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
        ["datacontenttype"] = "application/cose", ["data_base64"] = Convert.ToBase64String(signed),
    };

    public static Task<HttpResponseMessage> PostAsync(DoorsHost doors, JsonNode told, string type = "application/cloudevents+json") => PostAsync(doors, Encoding.UTF8.GetBytes(told.ToJsonString()), type);

    public static async Task<HttpResponseMessage> PostAsync(DoorsHost doors, byte[] body, string type, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, doors.Url + "/events") { Content = content };
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await http.SendAsync(request);
    }

    public static async Task PostAsync(DoorsHost doors, DoorsRig rig, uint number, long shown) =>
        Assert.Equal(202, (int)(await PostAsync(doors, Structured(Reading(rig, number, shown), $"e{number}"))).StatusCode);
}
