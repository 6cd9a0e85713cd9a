using System.Globalization;
using Keten.Kernel;

namespace Keten.Node.Anchors;

/// <summary>The time-stamp tokens in the folder <c>anchors</c> of a data folder, a file each: HEIGHT-HEADER.tst.</summary>
/// <param name="dataFolder">The data folder.</param>
public sealed class TokenFolder(string dataFolder)
{
    /// <summary>Tokens that are kept; some 5 KB each.</summary>
    public const int AtMost = 100_000;

    private const string Ending = ".tst";

    /// <summary>Where they are.</summary>
    public string Path { get; } = System.IO.Path.Combine(dataFolder, "anchors");

    /// <summary>All of them by height. A file of another name is passed over.</summary>
    public IReadOnlyList<(ulong Height, Hash Header, string File)> List()
    {
        if (!Directory.Exists(Path)) return [];
        var found = new List<(ulong Height, Hash Header, string File)>();
        foreach (var file in Directory.EnumerateFiles(Path, "*" + Ending).Take(AtMost + 1))
            if (System.IO.Path.GetFileNameWithoutExtension(file).Split('-') is [var height, var header] && ulong.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && Hash.TryParse(header, out var hash))
                found.Add((number, hash, file));
        found.Sort();
        return found;
    }

    /// <summary>Keeps a token.</summary>
    /// <exception cref="IOException">It cannot be written, or the folder is full.</exception>
    public void Keep(ulong height, in Hash header, ReadOnlySpan<byte> token)
    {
        Directory.CreateDirectory(Path);
        if (Directory.EnumerateFiles(Path).Take(AtMost).Count() == AtMost) throw new IOException($"{Path} holds {AtMost} tokens: put some of them elsewhere.");
        var name = System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{height:D12}-{header}{Ending}"));
        using (var file = new FileStream(name + ".new", FileMode.Create, FileAccess.Write))
        {
            file.Write(token);
            file.Flush(flushToDisk: true);
        }
        File.Move(name + ".new", name, overwrite: true);
    }
}
