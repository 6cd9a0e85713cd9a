using System.Security.Cryptography;

namespace Keten.Node.Vault;

/// <summary>The key under which the keys of documents are wrapped. It stands in a file of its own outside the data folder, so that a backup of the node never has both.</summary>
public sealed class VaultKey : IDisposable
{
    /// <summary>Its length in bytes: AES-256.</summary>
    public const int Size = 32;

    private const int NonceSize = 12, TagSize = 16, IdSize = 8;

    /// <summary>How many bytes a wrapped key has: the vault key's id, nonce, key and tag.</summary>
    public const int WrappedSize = IdSize + NonceSize + Size + TagSize;

    private readonly AesGcm cipher;
    private readonly byte[] id;

    /// <summary>Takes 32 bytes from a cryptographic random source.</summary>
    public VaultKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Size) throw new VaultException("The vault's key is 32 bytes.");
        cipher = new AesGcm(key, TagSize);
        id = SHA256.HashData([.. "Keten vault key"u8, .. key])[..IdSize];
    }

    /// <summary>Where the key of a data folder is unless configured: beside the folder, by its name and «-vault.key».</summary>
    public static string DefaultFile(string dataFolder) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder)) + "-vault.key";

    /// <summary>Reads the key's file, or makes it where the vault has nothing in it yet.</summary>
    /// <param name="file">64 hexadecimal digits.</param>
    /// <param name="dataFolder">Where the key must not be.</param>
    /// <param name="isNew">Whether the vault is empty. Where it is not, a missing key is an error: a new one would open nothing.</param>
    /// <exception cref="VaultException">It is missing, within the data folder, readable by others, or not a key.</exception>
    public static VaultKey Open(string file, string dataFolder, bool isNew)
    {
        var (full, folder) = (Path.GetFullPath(file), Path.TrimEndingDirectorySeparator(Path.GetFullPath(dataFolder)));
        if (full.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new VaultException("The vault's key is within the data folder: a backup would have both.");
        if (!File.Exists(full))
        {
            if (!isNew) throw new VaultException("The vault's key is missing; documents were kept under it.");
            Make(full);
        }
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(full) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != UnixFileMode.None)
            throw new VaultException("The vault's key can be read by others than its owner.");
        var bytes = new byte[Size];
        try
        {
            var hex = File.ReadAllText(full).Trim();
            if (hex.Length != 2 * Size || Convert.FromHexString(hex, bytes, out _, out _) != System.Buffers.OperationStatus.Done) throw new VaultException("The vault's key is not 64 hexadecimal digits.");
            return new VaultKey(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => cipher.Dispose();

    // The nonce is random: below 2³² documents of one vault key two alike are as good as impossible (NIST SP 800-38D, 8.3).
    internal void Wrap(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bound, Span<byte> wrapped)
    {
        id.CopyTo(wrapped);
        RandomNumberGenerator.Fill(wrapped.Slice(IdSize, NonceSize));
        cipher.Encrypt(wrapped.Slice(IdSize, NonceSize), key, wrapped.Slice(IdSize + NonceSize, Size), wrapped[(IdSize + NonceSize + Size)..WrappedSize], bound);
    }

    internal void Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> bound, Span<byte> key)
    {
        if (!wrapped[..IdSize].SequenceEqual(id)) throw new VaultException("The document was kept under another vault key.");
        cipher.Decrypt(wrapped.Slice(IdSize, NonceSize), wrapped.Slice(IdSize + NonceSize, Size), wrapped[(IdSize + NonceSize + Size)..WrappedSize], key, bound);
    }

    private static void Make(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(file, options))
        {
            stream.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Size)) + "\n"));
            stream.Flush(flushToDisk: true);
        }
        new Log.RealDisk(Path.GetDirectoryName(file)!).Flush();
    }
}

/// <summary>The vault cannot be used, or a document in it is damaged.</summary>
public sealed class VaultException(string message, Exception? inner = null) : Exception(message, inner);
