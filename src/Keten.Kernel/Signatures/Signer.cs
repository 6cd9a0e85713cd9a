namespace Keten.Kernel;

/// <summary>Whoever can sign with one key: a key in memory, a hardware module, a passkey. Keeps its secret to itself.</summary>
public abstract class Signer
{
    /// <summary>For this public key.</summary>
    protected Signer(in PublicKey key) => (Public, Id) = (key, key.Id);

    /// <summary>The public key.</summary>
    public PublicKey Public { get; }

    /// <summary>The key's id.</summary>
    public KeyId Id { get; }

    /// <summary>Signs a digest of 32 bytes with ES256.</summary>
    public abstract Signature Sign(ReadOnlySpan<byte> digest);

    /// <summary>The key's id, and nothing of its secret.</summary>
    public sealed override string ToString() => Id.ToString();
}
