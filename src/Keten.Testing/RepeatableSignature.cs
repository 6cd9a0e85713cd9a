using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using Keten.Kernel;

namespace Keten.Testing;

/// <summary>
/// ES256 without chance: the nonce follows from key and digest (RFC 6979 §3.2), so that what is signed has the same bytes in every run. For tests only: its arithmetic takes a time that
/// depends on the secret.
/// </summary>
internal static class RepeatableSignature
{
    // The group's order (SEC 2 §2.4.2).
    private static readonly BigInteger Order = BigInteger.Parse("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Signs a digest of 32 bytes with a secret of 32 bytes, which is at least one and below the group's order.</summary>
    public static Signature Sign(byte[] secret, ReadOnlySpan<byte> digest)
    {
        var (number, hashed) = (Number(secret), Number(digest) % Order);
        var (key, chained) = (new byte[32], new byte[32]);
        Array.Fill(chained, (byte)1);
        var reduced = Bytes(hashed);
        for (byte round = 0; round < 2; round++)
        {
            key = HMACSHA256.HashData(key, (byte[])[.. chained, round, .. secret, .. reduced]);
            chained = HMACSHA256.HashData(key, chained);
        }
        while (true)
        {
            chained = HMACSHA256.HashData(key, chained);
            if (Number(chained) is var nonce && nonce > 0 && nonce < Order && XOfMultiple(chained) is var r && !r.IsZero)
            {
                var s = BigInteger.ModPow(nonce, Order - 2, Order) * (hashed + r * number) % Order;
                if (!s.IsZero) return new Signature([.. Bytes(r), .. Bytes(s)]);
            }
            key = HMACSHA256.HashData(key, (byte[])[.. chained, 0]);
            chained = HMACSHA256.HashData(key, chained);
        }
    }

    // A private key's public point is its multiple of the base point: the platform multiplies faster than we would.
    private static BigInteger XOfMultiple(byte[] scalar)
    {
        using var multiple = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        return Number(multiple.ExportParameters(includePrivateParameters: false).Q.X) % Order;
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
