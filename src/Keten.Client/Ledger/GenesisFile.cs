using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Client;

/// <summary>
/// A genesis as a file that people can read, genesis.json: its fields in plain words beside its canonical bytes, which alone count. A file whose words say something else than
/// its bytes is refused.
/// </summary>
public static class GenesisFile
{
    /// <summary>The longest file that is read, in bytes.</summary>
    public const int FileAtMost = 1 << 20;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, IndentSize = 2 };

    /// <summary>The JSON text.</summary>
    public static string Write(Genesis genesis) => ToJson(genesis).ToJsonString(Indented) + "\n";

    /// <summary>Reads the JSON text, or the canonical bytes themselves (genesis.cbor).</summary>
    /// <exception cref="FormatException">It is neither, or words and bytes disagree.</exception>
    public static Genesis Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > FileAtMost) throw new FormatException("A genesis file is at most 1 MiB.");
        return bytes.IsEmpty || bytes[0] < 0x80 ? FromJson(bytes) : FromBytes(bytes);
    }

    /// <summary>Reads a file of either kind.</summary>
    /// <exception cref="FormatException">It is not a genesis.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static Genesis Load(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length > FileAtMost) throw new FormatException("A genesis file is at most 1 MiB.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(bytes);
    }

    private static Genesis FromJson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return FromJson(JsonNode.Parse(bytes));
        }
        // A field that stands twice, or text that is no text, shows itself only when it is asked for.
        catch (Exception fault) when (fault is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new FormatException("The genesis is not JSON: " + fault.Message, fault);
        }
    }

    private static Genesis FromJson(JsonNode? written)
    {
        if (written is not JsonObject file || file["canonical"] is not JsonValue value || !value.TryGetValue<string>(out var hex)) throw new FormatException("The genesis has no field 'canonical'.");
        var canonical = new byte[hex.Length / 2];
        if (hex.Length % 2 != 0 || Convert.FromHexString(hex, canonical, out _, out _) != System.Buffers.OperationStatus.Done) throw new FormatException("The field 'canonical' is not hexadecimal.");
        var genesis = FromBytes(canonical);
        foreach (var (name, said) in ToJson(genesis))
            if (!JsonNode.DeepEquals(said, file[name])) throw new FormatException($"The field '{name}' says something else than the canonical bytes.");
        return genesis;
    }

    private static Genesis FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var genesis = Genesis.FromBytes(bytes);
            return genesis.ToBytes().AsSpan().SequenceEqual(bytes) ? genesis : throw new FormatException("The genesis is not in canonical form.");
        }
        catch (MalformedException fault)
        {
            throw new FormatException("The genesis is not in canonical form: " + fault.Message, fault);
        }
    }

    private static JsonObject ToJson(Genesis genesis) => new()
    {
        ["ledger"] = genesis.LedgerId.ToString(),
        ["began"] = MomentText.Write(genesis.Began),
        ["validators"] = Validators(genesis.Validators),
        ["quorum"] = genesis.Validators.Quorum,
        ["founders"] = new JsonArray([.. genesis.Founders.Select(key => (JsonNode)new JsonObject { ["party"] = key.Id.ToString(), ["key"] = key.ToString() })]),
        ["read"] = genesis.OpenToRead ? "all" : "readers",
        ["join"] = genesis.Parameters.AdmittedBy.Count == 0 ? "all" : "admitted",
        ["parameters"] = Limits(genesis.Parameters),
        ["catalogue"] = genesis.Catalogue.ToString(),
        ["nonce"] = genesis.Nonce.ToString(),
        ["canonical"] = Convert.ToHexStringLower(genesis.ToBytes()),
    };

    private static JsonArray Validators(ValidatorSet set)
    {
        var array = new JsonArray();
        foreach (var (name, key, party) in set.All) array.Add((JsonNode)new JsonObject { ["name"] = name, ["party"] = party.ToString(), ["id"] = key.Id.ToString(), ["key"] = key.ToString() });
        return array;
    }

    private static JsonObject Limits(Parameters parameters) => new()
    {
        ["expiryAheadSeconds"] = parameters.ExpiryAheadSeconds,
        ["stepsPerCall"] = parameters.StepsPerCall,
        ["wakeUpsPerBlock"] = parameters.WakeUpsPerBlock,
        ["checkpointRecords"] = parameters.CheckpointRecords,
        ["checkpointSeconds"] = parameters.CheckpointSeconds,
        ["bytesPerSecond"] = parameters.BytesPerSecond,
        ["stepsPerSecond"] = parameters.StepsPerSecond,
        ["recordsPerSecond"] = parameters.RecordsPerSecond,
        ["clockAheadSeconds"] = parameters.ClockAheadSeconds,
        ["admittedBy"] = new JsonArray([.. parameters.AdmittedBy.Select(party => (JsonNode)party.ToString())]),
    };
}
