using System.Text.Json;
using Keten.Kernel.Trees;

namespace Keten.Tests.Trees;

public class MerkleVectorTests
{
    [DataFact]
    public void Every_published_inclusion_proof_is_judged_as_published()
    {
        var judged = 0;
        foreach (var vector in Vectors("inclusion"))
        {
            var index = vector.GetProperty("leafIdx").GetUInt64();
            var size = vector.GetProperty("treeSize").GetUInt64();
            Assert.Equal(Expected(vector), MerkleProof.VerifyInclusion(index, size, Bytes(vector, "leafHash"), Path(vector), Bytes(vector, "root")));
            judged++;
        }
        Assert.Equal(43, judged);
    }

    [DataFact]
    public void A_published_subtree_is_a_tree_of_its_own()
    {
        var judged = 0;
        foreach (var vector in Vectors("subtreeinclusion"))
        {
            var (start, end) = (vector.GetProperty("start").GetUInt64(), vector.GetProperty("end").GetUInt64());
            var index = vector.GetProperty("leafIdx").GetUInt64();
            var verified = index >= start && end >= start &&
                MerkleProof.VerifyInclusion(index - start, end - start, Bytes(vector, "leafHash"), Path(vector), Bytes(vector, "root"));
            Assert.Equal(Expected(vector), verified);
            judged++;
        }
        Assert.Equal(86, judged);
    }

    [DataFact]
    public void Every_published_consistency_proof_is_judged_as_published()
    {
        var judged = 0;
        foreach (var vector in Vectors("consistency"))
        {
            var (size1, size2) = (vector.GetProperty("size1").GetUInt64(), vector.GetProperty("size2").GetUInt64());
            Assert.Equal(Expected(vector), MerkleProof.VerifyConsistency(size1, size2, Bytes(vector, "root1"), Bytes(vector, "root2"), Path(vector)));
            judged++;
        }
        Assert.Equal(41, judged);
    }

    private static IEnumerable<JsonElement> Vectors(string folder) =>
        Directory.EnumerateFiles(Data.Path("merkle", folder), "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => JsonDocument.Parse(File.ReadAllBytes(file)).RootElement);

    private static bool Expected(JsonElement vector) => !vector.GetProperty("wantErr").GetBoolean();

    private static byte[] Bytes(JsonElement vector, string name) => vector.GetProperty(name).GetBytesFromBase64();

    private static byte[][] Path(JsonElement vector) =>
        vector.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof ? [.. proof.EnumerateArray().Select(e => e.GetBytesFromBase64())] : [];
}
