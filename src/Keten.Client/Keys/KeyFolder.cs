using System.Security.Cryptography;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>A key file cannot be made, found or opened; the message says why, and never anything of the secret.</summary>
public sealed class KeyFileException : Exception
{
    /// <summary>With a sentence for people.</summary>
    public KeyFileException(string message) : base(message)
    {
    }

    /// <summary>With what caused it.</summary>
    public KeyFileException(string message, Exception inner) : base(message, inner)
    {
    }
}

/// <summary>A key of a folder, as it shows without its password.</summary>
/// <param name="Name">The file's name without its ending.</param>
/// <param name="Public">The public key.</param>
public sealed record KeyEntry(string Name, PublicKey Public)
{
    /// <summary>The key's id.</summary>
    public KeyId Id => Public.Id;

    /// <summary>The party whose first key it would be.</summary>
    public Party Party => Party.Of(Public.Id);
}

/// <summary>
/// A folder of private keys, a file each: NAME.pem holds the public key (SubjectPublicKeyInfo, RFC 7468 §13) and, encrypted under a password, the private key (PKCS#8, RFC 7468 §11).
/// Folder and files are for their owner alone; a file that others can read is refused. Beside them stand the counters that were used, one file a key.
/// </summary>
/// <param name="path">The folder; it is made with the first key.</param>
public sealed class KeyFolder(string path)
{
    /// <summary>The longest name of a key.</summary>
    public const int NameAtMost = 64;

    /// <summary>No folder lists more keys.</summary>
    public const int KeysAtMost = 10_000;

    private const int FileAtMost = 1 << 16;

    /// <summary>Where it is.</summary>
    public string Path { get; } = path;

    /// <summary>Draws a new key and keeps it under a name.</summary>
    /// <exception cref="KeyFileException">The name is not one, is taken, or the file cannot be written.</exception>
    public SigningKey Create(string name, ReadOnlySpan<char> password)
    {
        var key = SigningKey.Generate();
        try
        {
            Keep(name, key, password);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Keeps a key under a name.</summary>
    /// <exception cref="KeyFileException">The name is not one, is taken, the password is empty, or the file cannot be written.</exception>
    public void Keep(string name, SigningKey key, ReadOnlySpan<char> password)
    {
        if (password.IsEmpty) throw new KeyFileException("A key file wants a password.");
        var file = FileOf(name);
        if (File.Exists(file)) throw new KeyFileException($"There is a key called {name} already.");
        try
        {
            PrivateFile.Folder(Path);
            PrivateFile.Write(file, PublicPem(key.Public) + "\n" + key.ExportEncryptedPem(password) + "\n", replace: false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"The key file {file} cannot be written: {fault.Message}", fault);
        }
    }

    /// <summary>Opens a key.</summary>
    /// <exception cref="KeyFileException">There is none of that name, others can read it, or the password is not its own.</exception>
    public SigningKey Open(string name, ReadOnlySpan<char> password)
    {
        var text = Text(name);
        var written = PublicOf(name, text);
        SigningKey key;
        try
        {
            key = SigningKey.FromPem(text, password);
        }
        catch (CryptographicException fault)
        {
            throw new KeyFileException($"The key {name} does not open: the password is not its own, or the file is damaged.", fault);
        }
        if (key.Public == written) return key;
        key.Dispose();
        throw new KeyFileException($"The key file {name} holds another public key than its private key's.");
    }

    /// <summary>The key of a name, without its secret.</summary>
    /// <exception cref="KeyFileException">There is none of that name, or its file is not one.</exception>
    public KeyEntry Show(string name) => new(name, PublicOf(name, Text(name)));

    /// <summary>All keys, by name.</summary>
    /// <exception cref="KeyFileException">A file is not a key's, or there are too many.</exception>
    public IReadOnlyList<KeyEntry> List()
    {
        if (!Directory.Exists(Path)) return [];
        var names = Directory.EnumerateFiles(Path, "*.pem").Take(KeysAtMost + 1).Select(System.IO.Path.GetFileNameWithoutExtension).OfType<string>().ToArray();
        if (names.Length > KeysAtMost) throw new KeyFileException($"The folder holds more than {KeysAtMost} keys.");
        Array.Sort(names, StringComparer.Ordinal);
        return Array.ConvertAll(names, Show);
    }

    /// <summary>The encrypted file as it stands: a copy is as safe as its password.</summary>
    /// <exception cref="KeyFileException">There is none of that name, or others can read it.</exception>
    public string Encrypted(string name) => Text(name);

    /// <summary>The counters that a key has used.</summary>
    public CounterFile CountersOf(KeyId key) => new(System.IO.Path.Combine(Path, key + ".counters.json"));

    /// <summary>A public key in PEM: SubjectPublicKeyInfo.</summary>
    public static string PublicPem(in PublicKey key)
    {
        using var form = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = key.X.ToArray(), Y = key.Y.ToArray() } });
        return form.ExportSubjectPublicKeyInfoPem();
    }

    private string FileOf(string name)
    {
        if (name.Length is 0 or > NameAtMost || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
            throw new KeyFileException("A key's name is 1 to 64 letters, digits, '-' and '_'.");
        return System.IO.Path.Combine(Path, name + ".pem");
    }

    private string Text(string name)
    {
        var file = FileOf(name);
        if (!File.Exists(file)) throw new KeyFileException($"There is no key called {name} in {Path}.");
        if (PrivateFile.IsOpenToOthers(file)) throw new KeyFileException($"The key file {file} can be used by others than its owner: chmod 600 {file}");
        try
        {
            return PrivateFile.Read(file, FileAtMost);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new KeyFileException($"The key file {file} cannot be read: {fault.Message}", fault);
        }
    }

    private static PublicKey PublicOf(string name, string text)
    {
        foreach (var at in Blocks(text))
        {
            var fields = PemEncoding.Find(text.AsSpan(at));
            if (!text.AsSpan(at)[fields.Label].SequenceEqual("PUBLIC KEY")) continue;
            try
            {
                using var key = ECDsa.Create();
                key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(text.AsSpan(at)[fields.Base64Data].ToString()), out _);
                var form = key.ExportParameters(includePrivateParameters: false);
                if (form.Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value && form.Q is { X: { } x, Y: { } y }) return new PublicKey(new Hash(x), new Hash(y));
            }
            catch (CryptographicException)
            {
                break;
            }
        }
        throw new KeyFileException($"The key file {name} holds no P-256 public key.");
    }

    // Where each PEM block of a text begins.
    private static IEnumerable<int> Blocks(string text)
    {
        var at = 0;
        while (PemEncoding.TryFind(text.AsSpan(at), out var fields))
        {
            yield return at;
            at += fields.Location.End.Value;
        }
    }
}
