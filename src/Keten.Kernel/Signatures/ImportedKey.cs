using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Keten.Kernel;

/// <summary>
/// A public key that was checked to lie on the curve and made ready to verify with. Any number of threads may verify at once: the platform's object is not documented
/// as safe for that, so each verification borrows one that nobody else holds, and a key in demand grows a few.
/// </summary>
public sealed class ImportedKey : IDisposable
{
    private const int IdleAtMost = 16;

    private readonly ECDsa?[] idle = new ECDsa?[IdleAtMost];
    private int disposed;

    private ImportedKey(in PublicKey key, ECDsa first) => (Public, idle[0]) = (key, first);

    /// <summary>The key.</summary>
    public PublicKey Public { get; }

    /// <summary>Checks and imports a key; false where its point is not on the curve or a coordinate is not below the field's prime.</summary>
    public static bool TryImport(in PublicKey key, [NotNullWhen(true)] out ImportedKey? imported)
    {
        imported = null;
        Span<byte> point = stackalloc byte[PublicKey.Size];
        key.CopyTo(point);
        if (!Es256.IsReduced(point)) return false;
        try
        {
            imported = new ImportedKey(key, Import(key));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Whether this key signed a digest. False, and never an exception, for anything but a good signature of 64 bytes over 32.</summary>
    /// <param name="digest">32 bytes.</param>
    /// <param name="signature">64 bytes, r ‖ s.</param>
    public bool Verify(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature)
    {
        if (digest.Length != Es256.DigestSize || !Es256.InRange(signature)) return false;
        var key = Borrow();
        try
        {
            return key.VerifyHash(digest, signature, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            Return(key);
        }
    }

    /// <summary>Frees the platform's objects; a verification under way on another thread ends well, and later ones still work.</summary>
    public void Dispose()
    {
        Volatile.Write(ref disposed, 1);
        for (var i = 0; i < idle.Length; i++) Interlocked.Exchange(ref idle[i], null)?.Dispose();
    }

    private ECDsa Borrow()
    {
        for (var i = 0; i < idle.Length; i++)
            if (Volatile.Read(ref idle[i]) is not null && Interlocked.Exchange(ref idle[i], null) is { } key) return key;
        return Import(Public);
    }

    private void Return(ECDsa key)
    {
        for (var i = 0; i < idle.Length; i++)
        {
            if (Interlocked.CompareExchange(ref idle[i], key, null) is not null) continue;
            // Disposed meanwhile: take back what was just put there, unless the other thread has.
            if (Volatile.Read(ref disposed) != 0) Interlocked.Exchange(ref idle[i], null)?.Dispose();
            return;
        }
        key.Dispose();
    }

    private static ECDsa Import(in PublicKey key) => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = key.X.ToArray(), Y = key.Y.ToArray() },
    });
}
