using System.Security.Cryptography;
using Keten.Client;

namespace Keten.Tests.Ledgers;

/// <summary>Keys of names: the same in every run, so that ids, orders and recorded bytes are.</summary>
internal static class Keys
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, SigningKey> Made = new();

    public static SigningKey Of(string name) => Made.GetOrAdd(name, static name =>
    {
        // A hash is beyond the curve's order once in 2^32: no name of a test is.
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("keten " + name)) });
        return SigningKey.FromPem(key.ExportPkcs8PrivateKeyPem());
    });
}
