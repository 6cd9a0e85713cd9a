using System.Security.Cryptography;
using System.Text.Json;
using Keten.Kernel;

namespace Keten.Tests.Signatures;

public sealed class WycheproofTests
{
    [DataFact]
    public void Every_P1363_vector_is_judged_as_its_authors_say()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Data.Path("wycheproof", "ecdsa_secp256r1_sha256_p1363_test.json")));
        var judged = 0;
        foreach (var group in file.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var point = Convert.FromHexString(group.GetProperty("publicKey").GetProperty("uncompressed").GetString()!);
            var key = new PublicKey(point.AsSpan(1));
            Assert.True(ImportedKey.TryImport(key, out var imported));
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var digest = SHA256.HashData(Convert.FromHexString(test.GetProperty("msg").GetString()!));
                var signature = Convert.FromHexString(test.GetProperty("sig").GetString()!);
                var valid = test.GetProperty("result").GetString() == "valid";
                Assert.True(valid == imported.Verify(digest, signature), $"tcId {test.GetProperty("tcId")}");
                Assert.Equal(valid, Es256.Verify(digest, signature, key));
                judged++;
            }
        }
        Assert.Equal(file.RootElement.GetProperty("numberOfTests").GetInt32(), judged);
    }
}
