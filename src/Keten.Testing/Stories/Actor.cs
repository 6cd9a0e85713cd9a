using System.Security.Cryptography;
using System.Text;
using Keten.Kernel;

namespace Keten.Testing;

/// <summary>
/// Somebody in a story. The key follows from the name, and each signature from key and digest (RFC 6979), so that all bytes are the same in every run. Never for a real ledger: anybody
/// can make this key. Any number of threads may sign at once.
/// </summary>
public sealed class Actor : Signer
{
    private readonly byte[] secret;

    /// <summary>Somebody of this name.</summary>
    public Actor(string name) : this(name, SecretOf(name))
    {
    }

    private Actor(string name, byte[] secret) : base(PublicOf(secret)) => (Name, this.secret) = (name, secret);

    /// <summary>What the messages of the kit call them.</summary>
    public string Name { get; }

    /// <summary>The party of their key.</summary>
    public Party Party => Party.Of(Id);

    /// <summary>An actor stands wherever a party is asked for.</summary>
    public static implicit operator Party(Actor actor) => actor.Party;

    /// <inheritdoc/>
    public override Signature Sign(ReadOnlySpan<byte> digest) => RepeatableSignature.Sign(secret, digest);

    private static byte[] SecretOf(string name)
    {
        var scalar = SHA256.HashData(Encoding.UTF8.GetBytes("Keten.Testing/" + name));
        scalar[0] &= 0x7f; // Below the group's order, which begins with 0xff.
        return scalar;
    }

    private static PublicKey PublicOf(byte[] secret)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = secret });
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new PublicKey(new Hash(point.X), new Hash(point.Y));
    }
}
