using Keten.Client;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>A temporary folder that holds a genesis, receipts, and of each receipt a copy with one bit flipped; all that a verifying process is given.</summary>
public sealed class ReceiptFolder : IDisposable
{
    private const string Ending = "*.cose";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-receipts-");

    /// <summary>Where it is.</summary>
    public string Path => folder.FullName;

    /// <summary>The genesis that receipts are checked against.</summary>
    public string Genesis => System.IO.Path.Combine(Path, "genesis.json");

    /// <summary>Receipts as they were given.</summary>
    public string Given => folder.CreateSubdirectory("given").FullName;

    /// <summary>The copies.</summary>
    public string Flipped => folder.CreateSubdirectory("flipped").FullName;

    /// <summary>Fills it. The flipped bit is another in each receipt.</summary>
    public static ReceiptFolder Of(Genesis genesis, IReadOnlyList<byte[]> receipts)
    {
        var made = new ReceiptFolder();
        File.WriteAllText(made.Genesis, GenesisFile.Write(genesis));
        var (given, flipped) = (made.Given, made.Flipped);
        for (var each = 0; each < receipts.Count; each++)
        {
            File.WriteAllBytes(System.IO.Path.Combine(given, $"{each:D6}.cose"), receipts[each]);
            var bit = (int)(each * 7_919L % (receipts[each].Length * 8L));
            var copy = (byte[])receipts[each].Clone();
            copy[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(System.IO.Path.Combine(flipped, $"{each:D6}.cose"), copy);
        }
        return made;
    }

    /// <summary>How many receipts of a folder hold, and how many do not.</summary>
    public static (int Holding, int Failing) Count(string folder, Genesis genesis)
    {
        var (holding, failing) = (0, 0);
        Parallel.ForEach(Directory.EnumerateFiles(folder, Ending), file =>
        {
            var info = new FileInfo(file);
            if (info.Length <= ReceiptVerdict.BytesAtMost && ReceiptVerdict.Of(File.ReadAllBytes(file), genesis).Holds) Interlocked.Increment(ref holding);
            else Interlocked.Increment(ref failing);
        });
        return (holding, failing);
    }

    /// <inheritdoc/>
    public void Dispose() => folder.Delete(recursive: true);
}
