using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Trees;

namespace Keten.Tests.Trees;

public class MerkleProofTests
{
    private static readonly Hash[] Leaves = Naive.Leaves(40);

    [Fact]
    public void A_flipped_bit_anywhere_breaks_an_inclusion_proof()
    {
        foreach (var (index, size) in new[] { (0, 1), (2, 3), (4, 5), (5, 8), (17, 29) })
        {
            var (path, root) = (Naive.Path(index, Leaves.AsSpan(0, size)), Naive.Root(Leaves.AsSpan(0, size)));
            Assert.True(Verify(Leaves[index], path, root));
            for (var bit = 0; bit < 256; bit++)
            {
                Assert.False(Verify(Naive.Flip(Leaves[index], bit), path, root));
                Assert.False(Verify(Leaves[index], path, Naive.Flip(root, bit)));
                for (var i = 0; i < path.Length; i++) Assert.False(Verify(Leaves[index], [.. path[..i], Naive.Flip(path[i], bit), .. path[(i + 1)..]], root));
            }

            bool Verify(Hash leaf, Hash[] path, Hash root) => MerkleProof.VerifyInclusion((ulong)index, (ulong)size, leaf, path, root);
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_breaks_a_consistency_proof()
    {
        foreach (var (size1, size2) in new[] { (1, 2), (3, 7), (4, 9), (6, 8), (21, 40) })
        {
            var (root1, root2) = (Naive.Root(Leaves.AsSpan(0, size1)), Naive.Root(Leaves.AsSpan(0, size2)));
            var path = Naive.Proof(size1, Leaves.AsSpan(0, size2));
            Assert.True(Verify(root1, root2, path));
            for (var bit = 0; bit < 256; bit++)
            {
                Assert.False(Verify(Naive.Flip(root1, bit), root2, path));
                Assert.False(Verify(root1, Naive.Flip(root2, bit), path));
                for (var i = 0; i < path.Length; i++) Assert.False(Verify(root1, root2, [.. path[..i], Naive.Flip(path[i], bit), .. path[(i + 1)..]]));
            }

            bool Verify(Hash root1, Hash root2, Hash[] path) => MerkleProof.VerifyConsistency((ulong)size1, (ulong)size2, root1, root2, path);
        }
    }

    [Fact]
    public void A_path_for_another_index_does_not_verify()
    {
        for (var size = 1; size <= 20; size++)
        {
            var root = Naive.Root(Leaves.AsSpan(0, size));
            for (var index = 0; index < size; index++)
            {
                var path = Naive.Path(index, Leaves.AsSpan(0, size));
                for (ulong other = 0; other <= 40; other++)
                    Assert.Equal(other == (ulong)index, MerkleProof.VerifyInclusion(other, (ulong)size, Leaves[index], path, root));
            }
        }
    }

    [Fact]
    public void A_path_that_is_too_short_or_too_long_does_not_verify()
    {
        for (var size = 2; size <= 20; size++)
        {
            var leaves = Leaves.AsSpan(0, size);
            var root = Naive.Root(leaves);
            for (var index = 0; index < size; index++)
            {
                var path = Naive.Path(index, leaves);
                Assert.False(MerkleProof.TryRoot((ulong)index, (ulong)size, Leaves[index], path.AsSpan(..^1), out _));
                Assert.False(MerkleProof.TryRoot((ulong)index, (ulong)size, Leaves[index], [.. path, root], out _));
            }
            for (var older = 1; older < size; older++)
            {
                var (older1, path) = (Naive.Root(leaves[..older]), Naive.Proof(older, leaves));
                Assert.True(MerkleProof.TryNewerRoot((ulong)older, (ulong)size, older1, path, out var computed) && computed == root);
                Assert.False(MerkleProof.TryNewerRoot((ulong)older, (ulong)size, older1, path.AsSpan(..^1), out _));
                Assert.False(MerkleProof.TryNewerRoot((ulong)older, (ulong)size, older1, [.. path, root], out _));
                Assert.False(MerkleProof.TryNewerRoot((ulong)older, (ulong)size, older1, [], out _));
                if (!int.IsPow2(older))      // a root made to fit the path that is too long
                    Assert.False(MerkleProof.TryNewerRoot((ulong)older, (ulong)size, MerkleProof.NodeHash(root, older1), [.. path, root], out _));
            }
        }
    }

    [Fact]
    public void Equal_sizes_need_equal_roots_and_no_path()
    {
        Assert.True(MerkleProof.VerifyConsistency(5, 5, Leaves[0], Leaves[0], []));
        Assert.False(MerkleProof.VerifyConsistency(5, 5, Leaves[0], Leaves[1], []));
        Assert.False(MerkleProof.VerifyConsistency(5, 5, Leaves[0], Leaves[0], new[] { Leaves[0] }));
        Assert.False(MerkleProof.VerifyConsistency(0, 5, MerkleProof.EmptyRoot, MerkleProof.EmptyRoot, []));
        Assert.False(MerkleProof.VerifyConsistency(0, 0, MerkleProof.EmptyRoot, MerkleProof.EmptyRoot, []));
        Assert.False(MerkleProof.VerifyConsistency(6, 5, Leaves[0], Leaves[0], []));
    }

    [Fact]
    public void The_greatest_sizes_do_not_overflow()
    {
        var path = Naive.Leaves(64);
        Assert.True(MerkleProof.TryRoot(ulong.MaxValue - 2, ulong.MaxValue, Leaves[0], path, out _));
        Assert.False(MerkleProof.TryRoot(ulong.MaxValue, ulong.MaxValue, Leaves[0], path, out _));
        Assert.False(MerkleProof.TryNewerRoot(ulong.MaxValue - 1, ulong.MaxValue, Leaves[0], path, out _));
    }

    [Fact]
    public void Bytes_of_a_wrong_length_do_not_verify()
    {
        var (root, path) = (Naive.Root(Leaves.AsSpan(0, 2)).ToArray(), new[] { Leaves[1].ToArray() });
        Assert.True(MerkleProof.VerifyInclusion(0, 2, Leaves[0].ToArray(), path, root));
        Assert.False(MerkleProof.VerifyInclusion(0, 2, Leaves[0].ToArray().AsSpan(1), path, root));
        Assert.False(MerkleProof.VerifyInclusion(0, 2, Leaves[0].ToArray(), path, root.AsSpan(1)));
        Assert.False(MerkleProof.VerifyInclusion(0, 2, Leaves[0].ToArray(), [[.. path[0], 0]], root));
        Assert.False(MerkleProof.VerifyConsistency(1, 2, [], root, path));
        Assert.False(MerkleProof.VerifyConsistency(1, 2, Leaves[0].ToArray(), [], path));
        Assert.False(MerkleProof.VerifyConsistency(1, 2, Leaves[0].ToArray(), root, [[]]));
        Assert.False(MerkleProof.TryReadPath([.. Enumerable.Repeat(path[0], MerkleProof.MaxPath + 1)], out _));
        Assert.True(MerkleProof.TryReadPath([.. Enumerable.Repeat(path[0], MerkleProof.MaxPath)], out _));
    }

    [Fact]
    public void Leaves_and_nodes_are_told_apart_by_their_first_byte()
    {
        Assert.Equal(new Hash(SHA256.HashData([0, 7, 8])), MerkleProof.LeafHash([7, 8]));
        Assert.Equal(new Hash(SHA256.HashData([0, .. Leaves[0].ToArray()])), MerkleProof.LeafHash(Leaves[0]));
        Assert.Equal(new Hash(SHA256.HashData([1, .. Leaves[0].ToArray(), .. Leaves[1].ToArray()])), MerkleProof.NodeHash(Leaves[0], Leaves[1]));
    }

    [Fact]
    public void A_blocks_tree_gives_the_standards_root_and_paths()
    {
        for (var count = 0; count <= 40; count++)
        {
            var leaves = Leaves.AsSpan(0, count);
            var tree = new OutcomeTree(leaves);
            Assert.Equal(Naive.Root(leaves), tree.Root);
            Assert.Equal(tree.Root, OutcomeTree.RootOf(leaves));
            for (var index = 0; index < count; index++) Assert.Equal(Naive.Path(index, leaves), tree.Path(index));
            Assert.Throws<ArgumentOutOfRangeException>(() => tree.Path(tree.Count));
            Assert.Throws<ArgumentOutOfRangeException>(() => tree.Path(-1));
        }
    }
}
