using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Cbor;

namespace Keten.Node.Vault;

/// <summary>
/// A document's file: «KTV0», the wrapped key, nonce, ciphertext, tag. The key is the document's own (AES-256-GCM), wrapped by the vault's; both are bound to the commitment, so that
/// no file can stand in another's place. To be erased, a document needs its wrapped key destroyed and nothing else.
/// </summary>
internal static class SealedDocument
{
    private const int NonceSize = 12, TagSize = 16, HeadSize = 4 + VaultKey.WrappedSize + NonceSize;

    private static ReadOnlySpan<byte> Magic => "KTV0"u8;

    public static byte[] Seal(VaultKey vault, in Hash commitment, Document document)
    {
        var plain = document.ToBytes();
        var file = new byte[HeadSize + plain.Length + TagSize];
        Span<byte> bound = stackalloc byte[4 + Hash.Size];
        Bind(commitment, bound);
        Span<byte> key = stackalloc byte[VaultKey.Size];
        RandomNumberGenerator.Fill(key);
        Magic.CopyTo(file);
        vault.Wrap(key, bound, file.AsSpan(4, VaultKey.WrappedSize));
        var nonce = file.AsSpan(4 + VaultKey.WrappedSize, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        using (var cipher = new AesGcm(key, TagSize)) cipher.Encrypt(nonce, plain, file.AsSpan(HeadSize, plain.Length), file.AsSpan(HeadSize + plain.Length), bound);
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(plain);
        return file;
    }

    /// <summary>Opens a file and checks that it holds what its name commits to.</summary>
    /// <exception cref="VaultException">It is damaged, was tampered with, or is under another vault key.</exception>
    public static Document Open(VaultKey vault, in Hash commitment, ReadOnlySpan<byte> file)
    {
        if (file.Length < HeadSize + TagSize || !file[..4].SequenceEqual(Magic)) throw new VaultException("A document's file is damaged.");
        Span<byte> bound = stackalloc byte[4 + Hash.Size];
        Bind(commitment, bound);
        Span<byte> key = stackalloc byte[VaultKey.Size];
        try
        {
            vault.Unwrap(file.Slice(4, VaultKey.WrappedSize), bound, key);
            using var cipher = new AesGcm(key, TagSize);
            var plain = new byte[file.Length - HeadSize - TagSize];
            cipher.Decrypt(file.Slice(4 + VaultKey.WrappedSize, NonceSize), file[HeadSize..^TagSize], file[^TagSize..], plain, bound);
            var document = Document.FromBytes(plain);
            CryptographicOperations.ZeroMemory(plain);
            return document.Commitment == commitment ? document : throw new VaultException("A document is not what its name commits to.");
        }
        catch (Exception fault) when (fault is CryptographicException or MalformedException)
        {
            throw new VaultException("A document's file is damaged.", fault);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void Bind(in Hash commitment, Span<byte> bound)
    {
        Magic.CopyTo(bound);
        commitment.CopyTo(bound[4..]);
    }
}
