using Keten.Kernel;
using Keten.Kernel.Trees;

namespace Keten.Tests.Trees;

public class HistoryTreeTests
{
    private const int Most = 40;
    private static readonly Hash[] Leaves = Naive.Leaves(Most);

    [Fact]
    public void Roots_and_paths_are_those_of_the_standard_at_every_size()
    {
        var tree = Grown(Most);
        for (var size = 0; size <= Most; size++)
        {
            var leaves = Leaves.AsSpan(0, size);
            Assert.Equal(Naive.Root(leaves), tree.RootAt((ulong)size));
            Assert.Equal(Naive.Root(leaves), Grown(size).Root);
            for (var index = 0; index < size; index++) Assert.Equal(Naive.Path(index, leaves), tree.Inclusion((ulong)index, (ulong)size));
            for (var older = 1; older <= size; older++) Assert.Equal(Naive.Proof(older, leaves), tree.Consistency((ulong)older, (ulong)size));
        }
    }

    [Fact]
    public void Every_path_that_the_tree_gives_verifies()
    {
        var tree = Grown(Most);
        for (ulong size = 1; size <= Most; size++)
        {
            for (ulong index = 0; index < size; index++)
                Assert.True(MerkleProof.VerifyInclusion(index, size, Leaves[index], tree.Inclusion(index, size), tree.RootAt(size)));
            for (ulong older = 1; older <= size; older++)
                Assert.True(MerkleProof.VerifyConsistency(older, size, tree.RootAt(older), tree.RootAt(size), tree.Consistency(older, size)));
        }
    }

    [Fact]
    public void Leaves_added_together_are_leaves_added_one_by_one()
    {
        var leaves = Naive.Leaves(3000);
        var alone = new HistoryTree();
        foreach (var leaf in leaves) alone.Append(leaf);
        var random = new Random(7);
        var together = new HistoryTree();
        var edge = new HistoryEdge();
        while (together.Count < 3000)
        {
            var some = leaves.AsSpan((int)together.Count, Math.Min(random.Next(0, 1 << random.Next(1, 12)), 3000 - (int)together.Count));
            together.AppendMany(some);
            edge.AppendMany(some);
            Assert.Equal(alone.RootAt(together.Count), together.Root);
            Assert.Equal(together.Root, edge.Root);
        }
        for (var i = 0; i < 200; i++)
        {
            var size = (ulong)random.Next(1, 3001);
            var index = (ulong)random.Next((int)size);
            Assert.Equal(alone.Inclusion(index, size), together.Inclusion(index, size));
            Assert.Equal(alone.Consistency(index + 1, size), together.Consistency(index + 1, size));
        }
    }

    [Fact]
    public void A_tree_from_a_frontier_proves_all_that_came_after_it()
    {
        var whole = Grown(Most);
        for (ulong from = 0; from <= Most; from++)
        {
            var frontier = whole.FrontierAt(from);
            Assert.Equal(whole.RootAt(from), frontier.Root);
            var tree = new HistoryTree(new Frontier(frontier.Size, frontier.Peaks));
            tree.AppendMany(Leaves.AsSpan((int)from));
            Assert.Equal(whole.Root, tree.Root);
            Assert.Equal(whole.Frontier.Peaks, tree.Frontier.Peaks);
            for (var size = from; size <= Most; size++)
            {
                Assert.Equal(whole.RootAt(size), tree.RootAt(size));
                for (var index = from; index < size; index++) Assert.Equal(whole.Inclusion(index, size), tree.Inclusion(index, size));
                for (var older = Math.Max(1, from); older <= size; older++) Assert.Equal(whole.Consistency(older, size), tree.Consistency(older, size));
            }
        }
    }

    [Fact]
    public void What_is_not_held_is_not_proven()
    {
        var tree = new HistoryTree(Grown(10).Frontier);
        tree.AppendMany(Leaves.AsSpan(10, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.RootAt(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.RootAt(16));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.FrontierAt(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Inclusion(9, 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Inclusion(12, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Inclusion(12, 16));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Consistency(9, 15));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Consistency(15, 14));
        Assert.Throws<ArgumentOutOfRangeException>(() => Grown(3).Consistency(0, 3));
    }

    [Fact]
    public void A_frontier_has_a_peak_for_each_bit_of_its_size()
    {
        Assert.Throws<ArgumentException>(() => new Frontier(3, Leaves.AsSpan(0, 1)));
        Assert.Throws<ArgumentException>(() => new Frontier(4, Leaves.AsSpan(0, 2)));
        Assert.Throws<ArgumentException>(() => new Frontier(4, [default]));
        Assert.Equal(MerkleProof.EmptyRoot, default(Frontier).Root);
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", new HistoryTree().Root.ToString());
    }

    [Fact]
    public void None_is_not_a_leaf_and_adds_nothing()
    {
        var tree = Grown(3);
        Assert.Throws<ArgumentException>(() => tree.Append(default));
        Assert.Throws<ArgumentException>(() => tree.AppendMany([Leaves[3], default]));
        Assert.Equal(3UL, tree.Count);
        Assert.Equal(Naive.Root(Leaves.AsSpan(0, 3)), tree.Root);
    }

    [Fact]
    public void A_hundred_thousand_leaves_are_the_standards_tree()
    {
        var leaves = Naive.Leaves(100_000);
        var tree = new HistoryTree();
        tree.AppendMany(leaves);
        Assert.Equal(Naive.Root(leaves), tree.Root);
        foreach (var index in new ulong[] { 0, 1, 32_767, 32_768, 65_535, 65_536, 99_999 })
            Assert.True(MerkleProof.VerifyInclusion(index, 100_000, leaves[index], tree.Inclusion(index, 100_000), tree.Root));
        Assert.True(MerkleProof.VerifyConsistency(65_537, 100_000, tree.RootAt(65_537), tree.Root, tree.Consistency(65_537, 100_000)));
    }

    private static HistoryTree Grown(int size)
    {
        var tree = new HistoryTree();
        foreach (var leaf in Leaves.AsSpan(0, size)) tree.Append(leaf);
        return tree;
    }
}
