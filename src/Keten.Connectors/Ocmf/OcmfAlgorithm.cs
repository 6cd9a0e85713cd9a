using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Keten.Connectors.Ocmf;

/// <summary>
/// A signature algorithm of OCMF (table 22): ECDSA, a curve, a hash, written <c>ECDSA-secp256r1-SHA256</c>. Known are all curves of the standard under its
/// names and under those seen in the field (brainpoolP256r1 for brainpool256r1), and SHA512 beside SHA256, which newer meters name.
/// </summary>
/// <param name="Name">The name as the record gives it.</param>
/// <param name="CurveOid">The curve's object identifier.</param>
/// <param name="Hash">The hash.</param>
public sealed record OcmfAlgorithm(string Name, string CurveOid, HashAlgorithmName Hash)
{
    /// <summary>What holds where a record names no algorithm.</summary>
    public const string Default = "ECDSA-secp256r1-SHA256";

    private static readonly Dictionary<string, string> Curves = new(StringComparer.OrdinalIgnoreCase)
    {
        ["secp192k1"] = "1.3.132.0.31",
        ["secp256k1"] = "1.3.132.0.10",
        ["secp192r1"] = "1.2.840.10045.3.1.1",
        ["secp256r1"] = "1.2.840.10045.3.1.7",
        ["secp384r1"] = "1.3.132.0.34",
        ["secp521r1"] = "1.3.132.0.35",
        ["brainpool256r1"] = "1.3.36.3.3.2.8.1.1.7",
        ["brainpoolP256r1"] = "1.3.36.3.3.2.8.1.1.7",
        ["brainpool384r1"] = "1.3.36.3.3.2.8.1.1.11",
        ["brainpoolP384r1"] = "1.3.36.3.3.2.8.1.1.11",
    };

    private static readonly ConcurrentDictionary<string, bool> Platform = new(StringComparer.Ordinal);

    /// <summary>The algorithm of that name; null when the format names no such one.</summary>
    public static OcmfAlgorithm? Find(string name)
    {
        var parts = name.Split('-');
        if (parts is not ["ECDSA", var curve, var hash] || !Curves.TryGetValue(curve, out var oid)) return null;
        return hash switch
        {
            "SHA256" => new OcmfAlgorithm(name, oid, HashAlgorithmName.SHA256),
            "SHA512" => new OcmfAlgorithm(name, oid, HashAlgorithmName.SHA512),
            _ => null,
        };
    }

    /// <summary>The algorithm with SHA-256 on the key's curve, under the standard's name; null for a curve that the format does not name.</summary>
    public static OcmfAlgorithm? Of(ECDsa key)
    {
        var oid = OcmfPublicKey.Of(key).CurveOid;
        foreach (var (curve, its) in Curves)
            if (its == oid) return Find($"ECDSA-{curve}-SHA256");
        return null;
    }

    /// <summary>Whether the format names this curve.</summary>
    internal static bool Names(string oid) => Curves.ContainsValue(oid);

    /// <summary>Whether this machine's cryptographic library has the curve; asked once for each of the few curves above.</summary>
    internal static bool CanCheck(string oid) => Platform.GetOrAdd(oid, static oid =>
    {
        try
        {
            using var key = ECDsa.Create(ECCurve.CreateFromValue(oid));
            return key.KeySize > 0 && key.ExportSubjectPublicKeyInfo().Length > 0;
        }
        catch (Exception none) when (none is CryptographicException or PlatformNotSupportedException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    });
}
