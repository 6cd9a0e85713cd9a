using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Trees;

namespace Keten.Tests.Trees;

public class Sha256LanesTests
{
    // 8 and 16 are tried only where the machine has them: elsewhere they never run.
    public static TheoryData<int> Lanes => [.. new[] { 1, 8, 16 }.Where(Sha256Lanes.Has)];

    [Theory, MemberData(nameof(Lanes))]
    public void Every_length_is_hashed_to_the_bit(int lanes)
    {
        var random = new Random(lanes);
        for (var length = 0; length <= 256; length++) Same(random, prefix: 0, length, count: 17, lanes);
        foreach (var length in new[] { 1023, 1024, 1975, 2039, 2040, 5000 }) Same(random, prefix: 1, length, count: 9, lanes);
    }

    [Theory, MemberData(nameof(Lanes))]
    public void Every_count_is_hashed_to_the_bit(int lanes)
    {
        var random = new Random(lanes);
        for (var count = 0; count <= 50; count++)
            foreach (var (prefix, length) in new[] { (0, 0), (0, 32), (1, 32), (0, 64), (1, 64), (1, 704), (3, 52), (70, 1) }) Same(random, prefix, length, count, lanes);
    }

    [Theory, MemberData(nameof(Lanes))]
    public void Messages_of_any_lengths_are_hashed_to_the_bit_wherever_they_stand(int lanes)
    {
        var random = new Random(5);
        var bytes = new byte[9_000];
        random.NextBytes(bytes);
        for (var count = 0; count <= 70; count++)
        {
            var messages = Enumerable.Range(0, count).Select(_ => random.Next(8_000)).Select(from => from..(from + random.Next(random.Next(3) == 0 ? 300 : 70))).ToArray();
            var digests = new Hash[count];
            Sha256Lanes.HashEach(bytes, messages, digests, lanes);
            Assert.Equal(messages.Select(each => Hash.Of(bytes.AsSpan()[each])), digests);
        }
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashEach(bytes, [0..1], new Hash[2]));
    }

    [Fact]
    public void Whatever_the_machine_chooses_is_the_same()
    {
        var random = new Random(9);
        for (var count = 0; count <= 40; count++)
        {
            var children = Naive.Leaves(2 * count, count);
            var expected = children.Chunk(2).Select(pair => MerkleProof.NodeHash(pair[0], pair[1])).ToArray();
            var (parents, leaves) = (new Hash[count], new Hash[2 * count]);
            Sha256Lanes.HashNodes(children, parents);
            Assert.Equal(expected, parents);
            Sha256Lanes.HashLeaves(children, leaves);
            Assert.Equal(children.Select(MerkleProof.LeafHash), leaves);
            Sha256Lanes.HashNodes(children, children.AsSpan(0, count));       // over its own beginning
            Assert.Equal(expected, children[..count]);
        }
    }

    [Fact]
    public void Bodies_that_are_not_as_many_as_the_digests_are_an_error()
    {
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashMany([], new byte[65], 32, new Hash[2]));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashMany([], new byte[64], 32, new Hash[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sha256Lanes.HashMany([], [], -1, []));
        Assert.Throws<ArgumentException>(() => Sha256Lanes.HashNodes(new Hash[3], new Hash[1]));
    }

    private static void Same(Random random, int prefix, int length, int count, int lanes)
    {
        var (before, bodies, digests) = (new byte[prefix], new byte[length * count], new Hash[count]);
        random.NextBytes(before);
        random.NextBytes(bodies);
        Sha256Lanes.HashMany(before, bodies, length, digests, lanes);
        for (var i = 0; i < count; i++)
            Assert.Equal(SHA256.HashData([.. before, .. bodies.AsSpan(i * length, length)]), MemoryMarshal.AsBytes(digests.AsSpan(i, 1)));
    }
}
