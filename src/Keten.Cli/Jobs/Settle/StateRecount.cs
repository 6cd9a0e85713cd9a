using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Cli.Jobs;

/// <summary>All records of a ledger at a checkpoint, read anew: the root that they come to, and what all accounts of each unit add up to.</summary>
/// <param name="Root">Hashed from the records alone.</param>
/// <param name="Records">How many there are.</param>
/// <param name="Accounts">How many of them are accounts.</param>
/// <param name="Sums">By unit; nothing is created or lost where each is 0, issuers included.</param>
public sealed record StateRecount(Hash Root, int Records, int Accounts, IReadOnlyDictionary<Unit, Int128> Sums)
{
    private const ulong AccountTable = 8;

    /// <summary>Recounts a snapshot.</summary>
    /// <exception cref="MalformedException">It is not in its form.</exception>
    public static StateRecount Of(Snapshot snapshot)
    {
        var reader = new CborReader(snapshot.ToBytes());
        reader.ArrayOf(7);
        reader.Unsigned(0);
        reader.Bytes();
        reader.Hash();
        reader.Unsigned();
        reader.Unsigned();
        for (var peaks = reader.Array(64); peaks > 0; peaks--) reader.Hash();
        var leaves = new StateEntry[reader.Unsigned(int.MaxValue)];
        var (accounts, sums) = (0, new Dictionary<Unit, Int128>());
        for (var each = 0; each < leaves.Length; each++)
        {
            var key = reader.Item();
            var value = reader.Item();
            leaves[each] = new StateEntry(Hash.Of(key), Hash.Of(value));
            if (UnitOfAccount(key) is not { } unit) continue;
            accounts++;
            sums[unit] = sums.GetValueOrDefault(unit) + BalanceOf(value);
        }
        reader.End();
        Array.Sort(leaves, (left, right) => left.Key.CompareTo(right.Key));
        return new StateRecount(StateTree.RootOf(leaves), leaves.Length, accounts, sums);
    }

    // [table, [owner, unit, until?]]
    private static Unit? UnitOfAccount(ReadOnlySpan<byte> key)
    {
        var reader = new CborReader(key);
        reader.ArrayOf(2);
        if (reader.Unsigned() != AccountTable) return null;
        reader.Array(3);
        Wire.ReadOwner(ref reader);
        return new Unit((uint)reader.Unsigned(uint.MaxValue));
    }

    // balance, or [balance, credit]
    private static long BalanceOf(ReadOnlySpan<byte> value)
    {
        var reader = new CborReader(value);
        if (reader.Peek() == CborKind.Array) reader.Array(2);
        return reader.Integer();
    }
}
