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

    internal Snapshot(Header head, ulong skipped, Frontier history, StateCapture records)
    {
        (Head, Skipped, History, this.records, count) = (head, skipped, history, records, records.Count);
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
        var writer = new CborWriter((records?.Bytes.Length ?? recordBytes.Length) + 1024);
        writer.Array(7);
        writer.Unsigned(0);
        writer.Bytes(Head.FieldBytes());
        writer.Hash(Head.HistoryRoot);
        writer.Unsigned(Skipped);
        writer.Unsigned(History.Size);
        writer.Array(History.Peaks.Length);
        foreach (var peak in History.Peaks) writer.Hash(peak);
        writer.Unsigned((ulong)count);
        writer.Raw(records is null ? recordBytes.Span : records.Bytes.Written);
        return writer.ToArray();
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

    internal void LoadInto(LedgerState state)
    {
        var bytes = records is null ? recordBytes.Span : records.Bytes.Written;
        var reader = new CborReader(bytes);
        for (var left = count; left > 0; left--) state.Load(reader.Item(), reader.Item());
        reader.End();
    }
}
