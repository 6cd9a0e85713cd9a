using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Keten.Kernel;
using Keten.Kernel.Trees;

namespace Keten.Tests.Trees;

public class StateTreeTests
{
    [Fact]
    public void The_root_is_the_protocols_for_sets_of_every_size()
    {
        for (var count = 0; count <= 80; count++) Same(Tree(Some(count)), Some(count));
    }

    [Fact]
    public void The_root_of_nothing_is_the_hash_of_a_zero_byte()
    {
        Assert.Equal(new Hash(SHA256.HashData([0])), new StateTree().Root);
        Assert.Equal(StateTree.EmptyRoot, StateTree.RootOf([]));
        var tree = Tree(Some(100));
        tree.Apply([.. Some(100).Select(e => new StateChange(e.Key, default))]);
        Assert.Equal(StateTree.EmptyRoot, tree.Root);
        Assert.Equal(0, tree.Count);
        Assert.Empty(tree.Entries());
    }

    [Fact]
    public void The_root_depends_on_the_set_alone_whatever_was_put_and_removed_in_whatever_order()
    {
        foreach (var bucketSize in new[] { 1, 3, 4, 16, 32 })
            for (var seed = 0; seed < 6; seed++)
            {
                var random = new Random(seed);
                var model = new SortedDictionary<Hash, Hash>();
                var tree = new StateTree(bucketSize);
                var (keys, values) = (Naive.Leaves(random.Next(1, 300), seed), Naive.Leaves(9));
                for (var step = 0; step < 25; step++)
                {
                    var (removals, some) = (random.Next(0, 100), new StateChange[random.Next(0, 1 << random.Next(1, 8))]);
                    for (var i = 0; i < some.Length; i++)
                    {
                        some[i] = new StateChange(keys[random.Next(keys.Length)], random.Next(100) < removals ? default : values[random.Next(9)]);
                        if (some[i].Value.IsNone) model.Remove(some[i].Key);
                        else model[some[i].Key] = some[i].Value;
                    }
                    tree.Apply(some);
                    if (random.Next(3) == 0) Same(tree, [.. model.Select(e => new StateEntry(e.Key, e.Value))], bucketSize);
                }
                Same(tree, [.. model.Select(e => new StateEntry(e.Key, e.Value))], bucketSize);
            }
    }

    [Fact]
    public void Keys_that_share_nearly_all_their_bits_are_told_apart()
    {
        var random = new Random(5);
        var (stem, keys) = (Naive.Some(random), new SortedSet<Hash>());
        while (keys.Count < 60) keys.Add(Naive.Flip(Naive.Flip(stem, 248 + random.Next(8)), 240 + random.Next(16)));
        for (var bit = 0; bit < 256; bit++) keys.Add(Naive.Flip(stem, bit));
        StateEntry[] entries = [.. keys.Select(k => new StateEntry(k, Naive.Some(random)))];
        var tree = Tree(entries);
        Same(tree, entries);
        Assert.Contains(entries, e => tree.Prove(e.Key).Path.Length >= 250);
        foreach (var entry in entries) Assert.Equal(StateVerdict.Present, tree.Prove(entry.Key).Verify(tree.Root, entry.Key, out _));
        tree.Apply([.. entries.Skip(3).Select(e => new StateChange(e.Key, default))]);
        Same(tree, entries[..3]);
    }

    [Fact]
    public void Of_several_changes_to_one_key_in_a_batch_the_last_holds()
    {
        var (key, values) = (Naive.Leaves(1)[0], Naive.Leaves(3, seed: 2));
        var tree = new StateTree();
        tree.Apply([new(key, values[0]), new(key, default), new(key, values[1])]);
        Assert.Equal(values[1], tree.Find(key));
        tree.Apply([new(key, values[2]), new(key, default)]);
        Assert.Equal(default, tree.Find(key));
        var twin = Naive.Flip(key, 255);       // the same first 64 bits
        tree.Apply([new(twin, values[0]), new(key, values[0]), new(twin, values[1]), new(key, values[2])]);
        Assert.Equal((values[2], values[1], 2), (tree.Find(key), tree.Find(twin), tree.Count));
    }

    [Fact]
    public void A_put_of_what_is_there_and_a_removal_of_what_is_not_change_nothing()
    {
        var tree = Tree(Some(200));
        var root = tree.Root;
        tree.Apply([new(Some(200)[7].Key, Some(200)[7].Value), new(Naive.Leaves(1, seed: 99)[0], default)]);
        Assert.Equal((root, 200), (tree.Root, tree.Count));
    }

    [Fact]
    public void Records_come_out_in_the_order_of_their_keys_and_make_the_same_tree()
    {
        var tree = Tree(Some(1000));
        Assert.Equal(Some(1000), tree.Entries());
        Assert.Equal(tree.Root, Tree([.. tree.Entries()]).Root);
    }

    [Fact]
    public void A_set_that_is_not_sorted_has_no_root()
    {
        var entries = Some(3);
        Assert.Throws<ArgumentException>(() => StateTree.RootOf([entries[1], entries[0]]));
        Assert.Throws<ArgumentException>(() => StateTree.RootOf([entries[1], entries[1]]));
    }

    [Fact]
    public void A_hundred_thousand_records_come_to_the_same_root_in_one_batch_in_many_and_from_scratch()
    {
        var entries = Some(100_000);
        var once = Tree(entries);
        Assert.Equal(StateTree.RootOf(entries), once.Root);
        Assert.Equal(Naive.StateRoot(entries), once.Root);
        var shuffled = entries.ToArray();
        new Random(3).Shuffle(shuffled);
        var many = new StateTree();
        foreach (var chunk in shuffled.Chunk(15_000))
        {
            many.Apply([.. chunk.Select(e => new StateChange(e.Key, e.Value))]);
            _ = many.Root;
        }
        Assert.Equal(once.Root, many.Root);
        many.Apply([.. entries.Where((_, i) => i % 10 != 0).Select(e => new StateChange(e.Key, default))]);
        Same(many, [.. entries.Where((_, i) => i % 10 == 0)]);
    }

    [Fact]
    public void Any_set_put_in_any_order_has_the_protocols_root() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(byte First, byte Last, bool Removed)[]>(), steps =>
        {
            var (tree, model) = (new StateTree(2), new SortedDictionary<Hash, Hash>());
            foreach (var (first, last, removed) in steps)
            {
                var bytes = new byte[Hash.Size];
                (bytes[0], bytes[31]) = (first, last);
                var (key, value) = (new Hash(bytes), removed ? default : Hash.Of(bytes));
                tree.Apply([new StateChange(key, value)]);
                model.Remove(key);
                if (!removed) model[key] = value;
            }
            return tree.Root == Naive.StateRoot(model.Select(e => new StateEntry(e.Key, e.Value)).ToArray(), 2);
        }).QuickCheckThrowOnFailure();

    internal static StateEntry[] Some(int count) =>
        [.. Naive.Leaves(count, seed: 11).Zip(Naive.Leaves(count, seed: 12), (key, value) => new StateEntry(key, value)).OrderBy(e => e.Key)];

    internal static StateTree Tree(IReadOnlyList<StateEntry> entries)
    {
        var tree = new StateTree();
        tree.Apply([.. entries.Select(e => new StateChange(e.Key, e.Value))]);
        return tree;
    }

    private static void Same(StateTree tree, StateEntry[] expected, int bucketSize = 16)
    {
        Assert.Equal(Naive.StateRoot(expected, bucketSize), tree.Root);
        Assert.Equal(StateTree.RootOf(expected, bucketSize), tree.Root);
        Assert.Equal(expected.Length, tree.Count);
        Assert.True(tree.Entries().SequenceEqual(expected));
    }
}
