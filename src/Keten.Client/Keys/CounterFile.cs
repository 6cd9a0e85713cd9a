using System.Text.Json;
using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Client;

/// <summary>
/// Which counter a key uses next, by ledger and lane, kept in a file so that several processes may share a key. A copy that was restored from a backup knows too little: who takes
/// counters hands in what the ledger says was used, and the higher counts (docs/cli.md, «Counters»).
/// </summary>
/// <param name="path">The file; it is made with the first counter.</param>
public sealed class CounterFile(string path)
{
    private const int FileAtMost = 1 << 20;

    /// <summary>Takes counters that neither this file nor the ledger has seen used, and remembers them before they are used.</summary>
    /// <param name="ledger">On which ledger.</param>
    /// <param name="lane">In which of the key's lanes.</param>
    /// <param name="used">What the ledger says of the lane.</param>
    /// <param name="count">How many, 1 to 256: what a window holds.</param>
    /// <returns>The first; the others follow it.</returns>
    /// <exception cref="KeyFileException">The file cannot be read or written, or another process holds it for too long.</exception>
    public ulong Take(Hash ledger, byte lane, in Window used, int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, SignerSlot.Lanes);
        if (count is < 1 or > Window.Size) throw new ArgumentOutOfRangeException(nameof(count));
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var held = Hold();
            var taken = Load();
            var place = ledger + "/" + lane;
            var first = Math.Max(taken.GetValueOrDefault(place), used.Highest) + 1;
            taken[place] = first + (ulong)count - 1;
            PrivateFile.Write(path, JsonSerializer.Serialize(taken), replace: true);
            return first;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new KeyFileException($"The counters in {path} cannot be kept: {fault.Message}", fault);
        }
    }

    private SortedDictionary<string, ulong> Load() =>
        File.Exists(path) ? JsonSerializer.Deserialize<SortedDictionary<string, ulong>>(PrivateFile.Read(path, FileAtMost)) ?? new() : new(StringComparer.Ordinal);

    // Held by one process at a time; half a minute is far longer than any of them needs it.
    private FileStream Hold()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path + ".lock", PrivateFile.Options(FileMode.OpenOrCreate));
            }
            catch (IOException) when (attempt < 600)
            {
                Thread.Sleep(50);
            }
        }
    }
}
