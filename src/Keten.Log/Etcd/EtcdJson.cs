using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Keten.Log;

/// <summary>The JSON of etcd's gateway (proto3 JSON mapping): bytes are base64, 64-bit numbers are strings, what is zero or empty is left out.</summary>
internal static class EtcdJson
{
    public static byte[] Object(Action<Utf8JsonWriter> members, int size = 256)
    {
        var buffer = new ArrayBufferWriter<byte>(size);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static void Member(this Utf8JsonWriter json, string name, Action<Utf8JsonWriter> members)
    {
        json.WriteStartObject(name);
        members(json);
        json.WriteEndObject();
    }

    public static void Members(this Utf8JsonWriter json, string name, params ReadOnlySpan<Action<Utf8JsonWriter>> objects)
    {
        json.WriteStartArray(name);
        foreach (var one in objects)
        {
            json.WriteStartObject();
            one(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Key(this Utf8JsonWriter json, string key) => json.WriteBase64String("key", Encoding.ASCII.GetBytes(key));

    /// <summary>All keys that start with a prefix, which ends with a character below the last.</summary>
    public static void KeysUnder(this Utf8JsonWriter json, string prefix)
    {
        json.Key(prefix);
        json.WriteBase64String("range_end", Encoding.ASCII.GetBytes(EndOf(prefix)));
    }

    /// <summary>The first key behind all that start with a prefix.</summary>
    public static string EndOf(string prefix) => prefix[..^1] + (char)(prefix[^1] + 1);

    /// <summary>That a key was created, or last changed, at a revision (0: is not there).</summary>
    public static Action<Utf8JsonWriter> Is(string target, string field, string key, long revision) => json =>
    {
        json.WriteString("target", target);
        json.WriteString("result", "EQUAL");
        json.Key(key);
        json.WriteString(field, revision.ToString());
    };

    public static Action<Utf8JsonWriter> IsAbsent(string key) => Is("CREATE", "create_revision", key, 0);

    public static Action<Utf8JsonWriter> IsUnchangedSince(string key, long revision) => Is("MOD", "mod_revision", key, revision);

    public static Action<Utf8JsonWriter> Put(string key, ReadOnlyMemory<byte> value) => json => json.Member("request_put", put =>
    {
        put.Key(key);
        put.WriteBase64String("value", value.Span);
    });

    public static long Number(this JsonElement json, string name) =>
        !json.TryGetProperty(name, out var member) ? 0 : member.ValueKind == JsonValueKind.String ? long.Parse(member.GetString()!) : member.GetInt64();

    public static bool Flag(this JsonElement json, string name) => json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.True;

    public static byte[] Bytes(this JsonElement json, string name) => json.TryGetProperty(name, out var member) ? member.GetBytesFromBase64() : [];

    public static string Text(this JsonElement json, string name) => json.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString()! : "";

    /// <summary>A key as text: one character for each byte.</summary>
    public static string KeyText(this JsonElement json) => Encoding.Latin1.GetString(json.Bytes("key"));

    public static long Revision(this JsonElement json) => json.GetProperty("header").Number("revision");

    /// <summary>The key values of an answer to a range.</summary>
    public static IEnumerable<JsonElement> KeyValues(this JsonElement json) => json.TryGetProperty("kvs", out var list) ? list.EnumerateArray() : [];
}
