using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Kernel.State;

/// <summary>Records as they were at one moment, in canonical form: what a checkpoint hashes and a snapshot stores. A record without a value has been removed.</summary>
public sealed class StateCapture
{
    private readonly List<(int Key, int Value, int End)> records = [];
    private int key, value;

    internal CborWriter Bytes { get; } = new(4096);

    /// <summary>How many records.</summary>
    public int Count => records.Count;

    /// <summary>A record's key, [table, key]; and its value, empty where it has been removed. In place.</summary>
    public void Get(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var (from, middle, end) = records[index];
        key = Bytes.Written[from..middle];
        value = Bytes.Written[middle..end];
    }

    /// <summary>The leaves of the state tree that these records are: SHA-256 of key and of value; no value where it has been removed.</summary>
    internal StateEntry[] Leaves()
    {
        var leaves = new StateEntry[records.Count];
        for (var each = 0; each < leaves.Length; each++)
        {
            Get(each, out var keyBytes, out var valueBytes);
            leaves[each] = new StateEntry(Hash.Of(keyBytes), valueBytes.IsEmpty ? default : Hash.Of(valueBytes));
        }
        return leaves;
    }

    internal void BeginKey(byte table)
    {
        key = Bytes.Length;
        Bytes.Array(2);
        Bytes.Unsigned(table);
    }

    internal void EndKey() => value = Bytes.Length;

    internal void EndValue() => records.Add((key, value, Bytes.Length));
}
