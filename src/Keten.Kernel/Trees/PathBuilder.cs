using System.Numerics;

namespace Keten.Kernel.Trees;

/// <summary>Collects the roots of a path from the tree's root down. Those that are to be hashed again do not need each other: they are hashed together at the end.</summary>
/// <param name="nodes">Where the roots come from.</param>
/// <param name="room">For three times <see cref="MerkleProof.MaxPath"/> hashes: the path, and two children each.</param>
/// <param name="places">For as many numbers: where in the path the children's parents belong.</param>
internal ref struct PathBuilder(HistoryNodes nodes, Span<Hash> room, Span<int> places)
{
    private readonly Span<Hash> path = room[..MerkleProof.MaxPath], children = room[MerkleProof.MaxPath..];
    private readonly Span<int> places = places;
    private int length, open;

    /// <summary>Adds the root over the leaves [low, high).</summary>
    public void Add(ulong low, ulong high)
    {
        var level = BitOperations.Log2(high - low);
        if (!BitOperations.IsPow2(high - low)) path[length] = nodes.Root(low, high);
        else if (!nodes.TryGet(level, low >> level, out path[length]))
        {
            children[2 * open] = nodes.Kept(level - 1, low >> (level - 1));
            children[2 * open + 1] = nodes.Kept(level - 1, (low >> (level - 1)) + 1);
            places[open++] = length;
        }
        length++;
    }

    /// <summary>The whole path, from the leaf's side to the root's.</summary>
    public readonly Hash[] FromTheLeaf()
    {
        Sha256Lanes.HashNodes(children[..(2 * open)], children[..open]);
        for (var i = 0; i < open; i++) path[places[i]] = children[i];
        var whole = path[..length].ToArray();
        Array.Reverse(whole);
        return whole;
    }
}
