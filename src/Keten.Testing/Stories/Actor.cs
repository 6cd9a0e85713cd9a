using System.Security.Cryptography;
using System.Text;
using Keten.Kernel;

namespace Keten.Testing;

/// <summary>
/// Somebody in a story. The key follows from the name, so that a party's bytes are the same in every run. Never for a real ledger: anybody can make this key.
/// </summary>
public sealed class Actor : Signer, IDisposable
{
    private readonly ECDsa key;
    private readonly Lock signing = new();

    /// <summary>Somebody of this name.</summary>
    public Actor(string name) : this(name, KeyOf(name))
    {
    }

    private Actor(string name, ECDsa key) : base(PublicOf(key)) => (Name, this.key) = (name, key);

    /// <summary>What the messages of the kit call them.</summary>
    public string Name { get; }

    /// <summary>The party of their key.</summary>
    public Party Party => Party.Of(Id);

    /// <summary>An actor stands wherever a party is asked for.</summary>
    public static implicit operator Party(Actor actor) => actor.Party;

    /// <inheritdoc/>
    public override Signature Sign(ReadOnlySpan<byte> digest)
    {
        lock (signing) return new Signature(key.SignHash(digest));
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();

    private static ECDsa KeyOf(string name)
    {
        var scalar = SHA256.HashData(Encoding.UTF8.GetBytes("Keten.Testing/" + name));
        scalar[0] &= 0x7f; // Below the group's order, which begins with 0xff.
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
    }

    private static PublicKey PublicOf(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new PublicKey(new Hash(point.X), new Hash(point.Y));
    }
}
