using Keten.Kernel.Cbor;
using Keten.Kernel.State;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Blocks;

/// <summary>Everything that execution reads, at a checkpoint. It can lie about nothing: its records' root stands in a certified header.</summary>
public sealed class Snapshot
{
    private readonly StateCapture? records;
    private readonly ReadOnlyMemory<byte> recordBytes;
    private readonly int count;

    internal Snapshot(SnapshotWalk walk, StateCapture records)
    {
        (Head, Skipped, History, this.records, count) = (walk.Head, walk.Skipped, walk.History, records, records.Count);
    }

    private Snapshot(Header head, ulong skipped, Frontier history, ReadOnlyMemory<byte> recordBytes, int count)
    {
        (Head, Skipped, History, this.recordBytes, this.count) = (head, skipped, history, recordBytes, count);
    }

    /// <summary>The header of the block that ended the checkpoint.</summary>
    public Header Head { get; }

    /// <summary>How many entries had been skipped.</summary>
    public ulong Skipped { get; }

    /// <summary>The right edge of the history tree.</summary>
    public Frontier History { get; }

    /// <summary>[0, fields, history root, skipped, history size, [peak …], count], and then for each record its key and its value, both CBOR.</summary>
    public byte[] ToBytes()
    {
        var writer = Start(Head, Skipped, History, (ulong)count);
        writer.Raw(records is null ? recordBytes.Span : records.Written);
        return writer.ToArray();
    }

    internal static CborWriter Start(Header head, ulong skipped, Frontier history, ulong count)
    {
        var writer = new CborWriter(1024);
        writer.Array(7);
        writer.Unsigned(0);
        writer.Bytes(head.FieldBytes());
        writer.Hash(head.HistoryRoot);
        writer.Unsigned(skipped);
        writer.Unsigned(history.Size);
        writer.Array(history.Peaks.Length);
        foreach (var peak in history.Peaks) writer.Hash(peak);
        writer.Unsigned(count);
        return writer;
    }

    /// <summary>Reads the form.</summary>
    /// <exception cref="MalformedException">It is not a snapshot.</exception>
    public static Snapshot FromBytes(ReadOnlyMemory<byte> bytes)
    {
        var reader = new CborReader(bytes.Span);
        reader.ArrayOf(7);
        reader.Unsigned(0);
        var fields = reader.Bytes();
        var head = Header.FromFields(fields, reader.Hash());
        var (skipped, size) = (reader.Unsigned(), reader.Unsigned());
        var peaks = new Hash[reader.Array(64)];
        for (var each = 0; each < peaks.Length; each++) peaks[each] = reader.Hash();
        if (!Frontier.Fits(size, peaks) || new Frontier(size, peaks).Root != head.HistoryRoot) throw reader.Fault("The history's edge does not fit its header.");
        var count = reader.Unsigned((ulong)bytes.Length);
        return new Snapshot(head, skipped, new Frontier(size, peaks), bytes[reader.Offset..], (int)count);
    }

    /// <summary>Puts the records into a state, and tells what stands where, for the tree.</summary>
    internal StateCapture LoadInto(LedgerState state)
    {
        var bytes = records is null ? recordBytes : records.Written.ToArray();
        var reader = new CborReader(bytes.Span);
        var places = new StateCapture(bytes, count);
        for (var left = count; left > 0; left--)
        {
            var keyAt = reader.Offset;
            var key = reader.Item();
            var valueAt = reader.Offset;
            state.Load(key, reader.Item());
            places.Note(keyAt, valueAt, reader.Offset);
        }
        reader.End();
        return places;
    }
}
