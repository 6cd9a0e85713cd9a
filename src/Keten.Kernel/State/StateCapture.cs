using Keten.Kernel.Cbor;
using Keten.Kernel.Trees;

namespace Keten.Kernel.State;

/// <summary>Records as they were at one moment, in canonical form: what a checkpoint hashes and a snapshot stores. A record without a value has been removed.</summary>
public sealed class StateCapture
{
    private readonly List<(int Key, int Value, int End)> records = [];
    private readonly ReadOnlyMemory<byte>? given;
    private int key, value;

    /// <summary>With nothing yet.</summary>
    public StateCapture()
    {
    }

    /// <summary>Of records that stand somewhere already, whose places <see cref="Note"/> says.</summary>
    internal StateCapture(ReadOnlyMemory<byte> given, int count)
    {
        this.given = given;
        records.Capacity = count;
    }

    internal CborWriter Bytes { get; } = new();

    /// <summary>Key and value of each record, one behind the other, as a snapshot has them.</summary>
    public ReadOnlySpan<byte> Written => given is { } there ? there.Span : Bytes.Written;

    /// <summary>How many records.</summary>
    public int Count => records.Count;

    /// <summary>A record's key, [table, key]; and its value, empty where it has been removed. In place.</summary>
    public void Get(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var (from, middle, end) = records[index];
        key = Written[from..middle];
        value = Written[middle..end];
    }

    /// <summary>The leaves of the state tree that these records are: SHA-256 of key and of value; no value where it has been removed.</summary>
    internal StateEntry[] Leaves() => Leaves(0, records.Count);

    internal StateEntry[] Leaves(int first, int count)
    {
        var (leaves, parts, hashes) = (new StateEntry[count], new Range[2 * count], new Hash[2 * count]);
        for (var each = 0; each < count; each++)
        {
            var (from, middle, end) = records[first + each];
            (parts[2 * each], parts[2 * each + 1]) = (from..middle, middle..end);
        }
        Sha256Lanes.HashEach(Written, parts, hashes);
        for (var each = 0; each < count; each++)
        {
            var (_, middle, end) = records[first + each];
            leaves[each] = new StateEntry(hashes[2 * each], middle == end ? default : hashes[2 * each + 1]);
        }
        return leaves;
    }

    /// <summary>Has nothing any more, and keeps its room.</summary>
    public void Clear()
    {
        records.Clear();
        Bytes.Reset();
    }

    /// <summary>Takes over what another has.</summary>
    internal void Add(StateCapture other)
    {
        var start = Bytes.Length;
        Bytes.Raw(other.Bytes.Written);
        foreach (var (from, middle, end) in other.records) records.Add((start + from, start + middle, start + end));
    }

    internal void Note(int keyAt, int valueAt, int end) => records.Add((keyAt, valueAt, end));

    internal void BeginKey(byte table)
    {
        key = Bytes.Length;
        Bytes.Array(2);
        Bytes.Unsigned(table);
    }

    internal void EndKey() => value = Bytes.Length;

    internal void EndValue() => records.Add((key, value, Bytes.Length));
}
