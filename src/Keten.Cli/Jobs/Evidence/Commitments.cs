using System.Security.Cryptography;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Salted commitments: what a ledger may hold of a document.</summary>
public static class Commitments
{
    /// <summary>SHA-256(salt ‖ content).</summary>
    public static Hash Of(in Hash salt, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Hash.Bytes(in salt));
        hash.AppendData(content);
        return new Hash(hash.GetHashAndReset());
    }
}
