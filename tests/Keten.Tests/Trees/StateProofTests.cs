using Keten.Kernel;
using Keten.Kernel.Trees;

namespace Keten.Tests.Trees;

public class StateProofTests
{
    [Fact]
    public void Every_record_is_proven_present_and_every_other_key_absent()
    {
        foreach (var count in new[] { 0, 1, 16, 17, 40, 1000 })
        {
            var entries = StateTreeTests.Some(count);
            var tree = StateTreeTests.Tree(entries);
            foreach (var entry in entries)
            {
                Assert.Equal(StateVerdict.Present, tree.Prove(entry.Key).Verify(tree.Root, entry.Key, out var value));
                Assert.Equal(entry.Value, value);
                Assert.Equal(entry.Value, tree.Find(entry.Key));
            }
            foreach (var key in Naive.Leaves(100, seed: 77))
            {
                Assert.Equal(StateVerdict.Absent, tree.Prove(key).Verify(tree.Root, key, out var value));
                Assert.True(value.IsNone && tree.Find(key).IsNone);
            }
        }
    }

    [Fact]
    public void A_proof_is_of_the_state_as_last_changed()
    {
        var tree = StateTreeTests.Tree(StateTreeTests.Some(300));
        var before = tree.Root;
        var (key, value) = (Naive.Leaves(1, seed: 5)[0], Naive.Leaves(1, seed: 6)[0]);
        tree.Apply([new(key, value)]);
        var proof = tree.Prove(key);       // not having asked for the root
        Assert.Equal(StateVerdict.Present, proof.Verify(tree.Root, key, out _));
        Assert.Equal(StateVerdict.Invalid, proof.Verify(before, key, out _));
    }

    [Fact]
    public void A_flipped_bit_anywhere_breaks_a_proof()
    {
        var entries = StateTreeTests.Some(60);
        var tree = StateTreeTests.Tree(entries);
        foreach (var key in new[] { entries[31].Key, Naive.Leaves(1, seed: 77)[0] })
        {
            var (root, proof) = (tree.Root, tree.Prove(key));
            for (var bit = 0; bit < 256; bit++)
            {
                Invalid(proof, Naive.Flip(root, bit), key);
                for (var i = 0; i < proof.Path.Length; i++) Invalid(proof with { Path = With(proof.Path, i, Naive.Flip(proof.Path[i], bit)) }, root, key);
                for (var i = 0; i < proof.Bucket.Length; i++)
                {
                    var (at, value) = proof.Bucket[i];
                    Invalid(proof with { Bucket = With(proof.Bucket, i, new StateEntry(Naive.Flip(at, bit), value)) }, root, key);
                    Invalid(proof with { Bucket = With(proof.Bucket, i, new StateEntry(at, Naive.Flip(value, bit))) }, root, key);
                }
            }
        }
    }

    [Fact]
    public void No_proof_of_another_key_shows_that_a_present_one_is_absent()
    {
        var entries = StateTreeTests.Some(120);
        var tree = StateTreeTests.Tree(entries);
        var proofs = entries.Select(e => tree.Prove(e.Key)).ToArray();
        foreach (var entry in entries)
            foreach (var proof in proofs)
            {
                Assert.NotEqual(StateVerdict.Absent, proof.Verify(tree.Root, entry.Key, out _));
                Assert.NotEqual(StateVerdict.Absent, (proof with { Bucket = [.. proof.Bucket.Where(e => e.Key != entry.Key)] }).Verify(tree.Root, entry.Key, out _));
                Assert.NotEqual(StateVerdict.Absent, (proof with { Path = [.. proof.Path.Reverse()] }).Verify(tree.Root, entry.Key, out _));
            }
    }

    [Fact]
    public void A_path_too_short_or_too_long_does_not_verify()
    {
        var tree = StateTreeTests.Tree(StateTreeTests.Some(120));
        var key = StateTreeTests.Some(120)[50].Key;
        var proof = tree.Prove(key);
        Invalid(proof with { Path = proof.Path[1..] }, tree.Root, key);
        Invalid(proof with { Path = proof.Path[..^1] }, tree.Root, key);
        Invalid(proof with { Path = [proof.Path[0], .. proof.Path] }, tree.Root, key);
        Invalid(proof with { Path = [.. proof.Path, proof.Path[0]] }, tree.Root, key);
        Invalid(new StateProof(Naive.Leaves(257), []), tree.Root, key);
        Invalid(new StateProof([], []), tree.Root, key);
    }

    // Forged by whoever computes the root too: what a verifier can still see is not as a tree would have it.
    [Fact]
    public void A_bucket_that_is_not_in_order_does_not_verify_even_under_its_own_root()
    {
        var entries = StateTreeTests.Some(17);
        StateEntry[] swapped = [entries[1], entries[0]], twice = [entries[0], entries[0]];
        Invalid(new StateProof([], swapped), RootOver(swapped), entries[0].Key);
        Invalid(new StateProof([], twice), RootOver(twice), entries[0].Key);
        Invalid(new StateProof([], entries), RootOver(entries), entries[0].Key);
        StateEntry[] valueless = [new(entries[0].Key, default)];
        Invalid(new StateProof([], valueless), RootOver(valueless), entries[0].Key);
        Assert.Equal(StateVerdict.Present, new StateProof([], entries[..16]).Verify(RootOver(entries[..16]), entries[0].Key, out _));
    }

    [Fact]
    public void A_bucket_beside_its_keys_way_does_not_verify_even_under_its_own_root()
    {
        var entries = StateTreeTests.Some(200);
        var (low, high) = (entries[0], entries[^1]);       // their first bits differ
        var sibling = Naive.Leaves(1)[0];
        StateEntry[] mixed = [low, high];
        Invalid(new StateProof([sibling], mixed), MerkleProof.NodeHash(RootOver(mixed), sibling), low.Key);
        Assert.Equal(StateVerdict.Present, new StateProof([sibling], [low]).Verify(MerkleProof.NodeHash(RootOver([low]), sibling), low.Key, out _));
        Invalid(new StateProof([sibling], [low]), MerkleProof.NodeHash(RootOver([low]), sibling), high.Key);
    }

    [Fact]
    public void A_bucket_split_for_nothing_does_not_verify_even_under_its_own_root()
    {
        var low = StateTreeTests.Some(200)[0];
        Invalid(new StateProof([StateTree.EmptyRoot], [low]), MerkleProof.NodeHash(RootOver([low]), StateTree.EmptyRoot), low.Key);
    }

    [Fact]
    public void A_deep_path_folds_by_the_bits_of_the_key()
    {
        var key = Naive.Leaves(1, seed: 3)[0];
        var path = Naive.Leaves(256, seed: 4);
        var hash = RootOver([new StateEntry(key, path[0])]);
        for (var i = 0; i < 256; i++)
        {
            var bit = (key.ToArray()[(255 - i) / 8] >> (i % 8)) & 1;
            hash = bit == 1 ? MerkleProof.NodeHash(path[i], hash) : MerkleProof.NodeHash(hash, path[i]);
        }
        Assert.Equal(StateVerdict.Present, new StateProof(path, [new StateEntry(key, path[0])]).Verify(hash, key, out _));
    }

    private static Hash RootOver(StateEntry[] bucket) => Naive.StateRoot(bucket, bucketSize: int.MaxValue);

    private static T[] With<T>(T[] items, int at, T item) => [.. items[..at], item, .. items[(at + 1)..]];

    private static void Invalid(StateProof proof, Hash root, Hash key)
    {
        Assert.Equal(StateVerdict.Invalid, proof.Verify(root, key, out var value));
        Assert.True(value.IsNone);
    }
}
