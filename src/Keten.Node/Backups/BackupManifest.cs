using System.Text.Json.Nodes;
using Keten.Kernel;

namespace Keten.Node.Backups;

/// <summary>What a backup says of itself: last in the archive, as «manifest.json».</summary>
/// <param name="LedgerId">Of which ledger.</param>
/// <param name="Height">The newest block in it; 0 where there is none.</param>
/// <param name="LogPosition">The last entry of the log in it.</param>
/// <param name="Files">All files by their names, with length and SHA-256.</param>
public sealed record BackupManifest(Hash LedgerId, ulong Height, long LogPosition, IReadOnlyDictionary<string, (long Length, Hash Digest)> Files)
{
    internal const string Name = "manifest.json";
    internal const int BytesAtMost = 64 << 20;

    internal byte[] ToBytes()
    {
        var files = new JsonArray();
        foreach (var (name, (length, digest)) in Files) files.Add((JsonNode)new JsonObject { ["name"] = name, ["length"] = length, ["sha256"] = digest.ToString() });
        var json = new JsonObject { ["format"] = 0, ["ledger"] = LedgerId.ToString(), ["height"] = Height, ["logPosition"] = LogPosition, ["files"] = files };
        return System.Text.Encoding.UTF8.GetBytes(json.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true }));
    }

    internal static BackupManifest Read(byte[] bytes)
    {
        try
        {
            var json = JsonNode.Parse(bytes)!.AsObject();
            if ((int)json["format"]! != 0) throw new BackupException("The backup is of a format that this program does not know.");
            var files = new Dictionary<string, (long, Hash)>(StringComparer.Ordinal);
            foreach (var file in json["files"]!.AsArray()) files.Add((string)file!["name"]!, ((long)file["length"]!, HashOf(file["sha256"])));
            return new BackupManifest(HashOf(json["ledger"]), (ulong)json["height"]!, (long)json["logPosition"]!, files);
        }
        catch (Exception fault) when (fault is System.Text.Json.JsonException or NullReferenceException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new BackupException("The manifest of the backup cannot be read: " + fault.Message);
        }
    }

    private static Hash HashOf(JsonNode? node) => Hash.TryParse((string)node!, out var hash) ? hash : throw new BackupException("The manifest of the backup holds what is no hash.");
}

/// <summary>A backup cannot be made, or is not one, or not whole.</summary>
public sealed class BackupException(string message) : IOException(message);
