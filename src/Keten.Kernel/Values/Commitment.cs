using System.Security.Cryptography;

namespace Keten.Kernel;

/// <summary>
/// What a ledger holds in place of a document: SHA-256(0x02 ‖ salt ‖ document). Who has salt and document can check it; from the commitment alone nothing can be told or guessed,
/// however few documents there could be. The first byte keeps it apart from the leaves (0x00) and nodes (0x01) of trees.
/// </summary>
public static class Commitment
{
    /// <summary>The length of a salt in bytes. Each document has a fresh one from a cryptographic random source.</summary>
    public const int SaltSize = 32;

    private const byte Prefix = 2;

    /// <summary>The commitment to a document.</summary>
    /// <exception cref="ArgumentException">The salt is not 32 bytes long.</exception>
    public static Hash Of(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> document)
    {
        if (salt.Length != SaltSize) throw new ArgumentException("A salt is 32 bytes.", nameof(salt));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([Prefix]);
        hash.AppendData(salt);
        hash.AppendData(document);
        Span<byte> digest = stackalloc byte[Hash.Size];
        hash.GetHashAndReset(digest);
        return new Hash(digest);
    }

    /// <summary>Whether a commitment is to this document with this salt; false too for a salt of another length.</summary>
    public static bool Verify(in Hash commitment, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> document) => salt.Length == SaltSize && Of(salt, document) == commitment;
}
