using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Keten.Kernel;

namespace Keten.Simulation;

/// <summary>
/// Somebody who signs in a microsecond and without chance, where a simulation signs a hundred thousand times: the nonces are few, drawn once and used again, which gives the key away to
/// whoever sees two signatures. The key follows from the name.
/// </summary>
internal sealed class Person : Signer
{
    private const int Nonces = 32;

    // The group's order (SEC 2 §2.4.2).
    private static readonly BigInteger Order = BigInteger.Parse("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    private static readonly (BigInteger R, BigInteger Inverse)[] Drawn = Draw();
    private readonly BigInteger secret;

    public Person(string name) : this(name, Scalar(name))
    {
    }

    private Person(string name, byte[] scalar) : base(PublicOf(scalar)) => (Name, secret) = (name, Number(scalar));

    public string Name { get; }

    public Party Party => Party.Of(Id);

    public static implicit operator Party(Person person) => person.Party;

    public override Signature Sign(ReadOnlySpan<byte> digest)
    {
        var (r, inverse) = Drawn[digest[0] % Nonces];
        return new Signature([.. Bytes(r), .. Bytes(inverse * (Number(digest) + r * secret) % Order)]);
    }

    private static (BigInteger R, BigInteger Inverse)[] Draw()
    {
        var drawn = new (BigInteger, BigInteger)[Nonces];
        for (var each = 0; each < Nonces; each++)
        {
            var nonce = Scalar(FormattableString.Invariant($"nonce {each}"));
            var x = Number(PublicOf(nonce).X.ToArray()) % Order;
            drawn[each] = (x, BigInteger.ModPow(Number(nonce), Order - 2, Order));
        }
        return drawn;
    }

    private static byte[] Scalar(string name)
    {
        var scalar = SHA256.HashData(Encoding.UTF8.GetBytes("Keten.Simulation/" + name));
        scalar[0] &= 0x7f; // Below the group's order, which begins with 0xff.
        return scalar;
    }

    private static PublicKey PublicOf(byte[] scalar)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new PublicKey(new Hash(point.X), new Hash(point.Y));
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger number)
    {
        var bytes = new byte[32];
        var shortest = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        shortest.CopyTo(bytes, bytes.Length - shortest.Length);
        return bytes;
    }
}
