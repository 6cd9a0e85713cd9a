using System.Security.Cryptography;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>A P-256 private key in memory, of a client or a validator. Any number of threads may sign at once. Its secret leaves it only through the exports.</summary>
public sealed class SigningKey : Signer, IDisposable
{
    /// <summary>Rounds of PBKDF2 with SHA-256 over the password of an exported key (OWASP's figure of 2023).</summary>
    public const int PasswordRounds = 600_000;

    private readonly ECDsa key;
    private readonly Lock signing = new();

    private SigningKey(ECDsa key) : base(PublicOf(key)) => this.key = key;

    /// <summary>Draws a new key.</summary>
    public static SigningKey Generate() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a key in PEM: PKCS#8 («PRIVATE KEY»), or SEC 1 («EC PRIVATE KEY»).</summary>
    /// <exception cref="CryptographicException">It is not a P-256 private key.</exception>
    public static SigningKey FromPem(ReadOnlySpan<char> pem)
    {
        var text = pem.ToString();
        return Read(key => key.ImportFromPem(text));
    }

    /// <summary>Reads an encrypted key in PEM: PKCS#8 («ENCRYPTED PRIVATE KEY»).</summary>
    /// <exception cref="CryptographicException">It is not a P-256 private key, or the password is not its own.</exception>
    public static SigningKey FromPem(ReadOnlySpan<char> pem, ReadOnlySpan<char> password)
    {
        var (text, secret) = (pem.ToString(), password.ToString());
        return Read(key => key.ImportFromEncryptedPem(text, secret));
    }

    /// <summary>PKCS#8 in PEM, encrypted with AES-256-CBC under a key of the password (PBES2, PBKDF2 with SHA-256).</summary>
    public string ExportEncryptedPem(ReadOnlySpan<char> password)
    {
        lock (signing)
            return key.ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, PasswordRounds));
    }

    /// <summary>PKCS#8 in PEM, in the clear: for a file that only its owner can read.</summary>
    public string ExportPem()
    {
        lock (signing) return key.ExportPkcs8PrivateKeyPem();
    }

    /// <inheritdoc/>
    public override Signature Sign(ReadOnlySpan<byte> digest)
    {
        lock (signing) return Es256.Sign(key, digest);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    private static SigningKey Read(Action<ECDsa> import)
    {
        var imported = ECDsa.Create();
        try
        {
            import(imported);
            return new SigningKey(imported);
        }
        catch (ArgumentException fault)
        {
            imported.Dispose();
            throw new CryptographicException("The text is not a private key in PEM.", fault);
        }
        catch
        {
            imported.Dispose();
            throw;
        }
    }

    private static PublicKey PublicOf(ECDsa key)
    {
        var form = key.ExportParameters(includePrivateParameters: false);
        if (form.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value || form.Q is not { X: { } x, Y: { } y })
            throw new CryptographicException("The key is not a P-256 key.");
        // A public key in PEM imports as well; it shows only when it is to sign.
        Span<byte> probe = stackalloc byte[Es256.DigestSize];
        probe.Clear();
        Es256.Sign(key, probe);
        return new PublicKey(new Hash(x), new Hash(y));
    }
}
