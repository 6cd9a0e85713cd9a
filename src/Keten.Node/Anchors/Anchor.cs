using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;

namespace Keten.Node.Anchors;

/// <summary>That a header was known at a moment.</summary>
/// <param name="Ledger">Of which ledger.</param>
/// <param name="Height">Of which block.</param>
/// <param name="Header">Its header's hash.</param>
/// <param name="At">When it was anchored, by the clock of who did.</param>
public sealed record Anchor(Hash Ledger, ulong Height, Hash Header, Instant At)
{
    /// <summary>As a line of the file: a JSON object.</summary>
    public string ToLine() => new JsonObject { ["ledger"] = Ledger.ToString(), ["height"] = Height, ["header"] = Header.ToString(), ["time"] = MomentText.Write(At) }.ToJsonString();

    /// <summary>Reads a line.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static Anchor OfLine(string line)
    {
        try
        {
            var json = JsonNode.Parse(line)!;
            return Hash.TryParse((string?)json["ledger"], out var ledger) && Hash.TryParse((string?)json["header"], out var header) && MomentText.TryParse((string?)json["time"], out var at)
                ? new Anchor(ledger, (ulong)json["height"]!, header, at) : throw new FormatException("A line is no anchor: " + line);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or OverflowException)
        {
            throw new FormatException("A line is no anchor: " + line, fault);
        }
    }
}

/// <summary>The file of anchors: a line each, oldest first. Only ever written behind what is there, and whole at every moment.</summary>
/// <param name="path">Where it is.</param>
public sealed class AnchorFile(string path)
{
    /// <summary>Of the file, in bytes; some 300,000 anchors.</summary>
    public const int BytesAtMost = 64 << 20;

    /// <summary>All anchors; none where there is no file yet.</summary>
    /// <exception cref="FormatException">It is no file of anchors, or too long, or its heights run back.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<Anchor> Read()
    {
        if (!File.Exists(path)) return [];
        if (new FileInfo(path).Length > BytesAtMost) throw new FormatException($"{path} is longer than 64 MiB: put it aside, and a new one is begun.");
        var anchors = new List<Anchor>();
        foreach (var line in File.ReadLines(path, Encoding.UTF8))
        {
            if (line.Length == 0) continue;
            var anchor = Anchor.OfLine(line);
            if (anchors is [.., var last] && last.Ledger == anchor.Ledger && anchor.Height <= last.Height) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path}: the anchors run back at height {anchor.Height}."));
            anchors.Add(anchor);
        }
        return anchors;
    }

    /// <summary>Writes one behind the others; who reads meanwhile sees the file with it or without it. False where the last is of that height already.</summary>
    /// <exception cref="FormatException">What is there is no file of this ledger's anchors, or is full.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool Append(Anchor anchor)
    {
        if (Read() is [.., var last])
        {
            if (last.Ledger != anchor.Ledger) throw new FormatException($"{path} holds anchors of another ledger, {last.Ledger}.");
            if (last.Height > anchor.Height) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path} anchors block {last.Height}, and the ledger here ends with {anchor.Height}."));
            if (last.Height == anchor.Height) return last.Header == anchor.Header ? false : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{path} anchors another header of block {anchor.Height}: {last.Header}."));
        }
        var unfinished = path + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        {
            if (File.Exists(path))
            {
                using var old = File.OpenRead(path);
                old.CopyTo(file);
                // A line that a person's editor left without an end.
                if (old.Length > 0 && EndsOpen(old)) file.WriteByte((byte)'\n');
            }
            file.Write(Encoding.UTF8.GetBytes(anchor.ToLine() + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
        return true;
    }

    private static bool EndsOpen(FileStream file)
    {
        file.Position = file.Length - 1;
        return file.ReadByte() != '\n';
    }
}
