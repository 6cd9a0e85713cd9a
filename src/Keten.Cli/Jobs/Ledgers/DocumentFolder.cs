using System.Security.Cryptography;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Documents in files, each under its commitment and behind its salt; for their owner alone.</summary>
/// <param name="folder">Made with the first document.</param>
public sealed class DocumentFolder(string folder)
{
    private const int BytesAtMost = 4 << 20;

    /// <summary>Keeps one under a fresh salt.</summary>
    public KeptDocument Keep(ReadOnlySpan<byte> content)
    {
        var salt = new Hash(RandomNumberGenerator.GetBytes(Hash.Size));
        var kept = new KeptDocument(Commitments.Of(salt, content), salt);
        PrivateFiles.Write(PathOf(kept.Commitment), [.. salt.ToArray(), .. content]);
        return kept;
    }

    /// <summary>One that was kept, and its salt.</summary>
    /// <exception cref="IOException">There is none, or it is not what was kept.</exception>
    public (Hash Salt, byte[] Content) Read(Hash commitment)
    {
        using var stream = File.OpenRead(PathOf(commitment));
        if (stream.Length is < Hash.Size or > BytesAtMost) throw new IOException("The document's file has been damaged.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var salt = new Hash(bytes.AsSpan(0, Hash.Size));
        return Commitments.Of(salt, bytes.AsSpan(Hash.Size)) == commitment ? (salt, bytes[Hash.Size..]) : throw new IOException("The document's file has been damaged.");
    }

    private string PathOf(Hash commitment) => Path.Combine(folder, commitment + ".bin");
}
