using System.Security.Cryptography;

namespace Keten.Log;

/// <summary>How a <see cref="FileLog"/> behaves. The defaults suit a node; simulations make everything small.</summary>
public sealed record FileLogOptions
{
    /// <summary>A segment's size in bytes: a new one is started where the next batch would pass it. 4 KiB to 1 GiB.</summary>
    public int SegmentBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How many bytes may wait while a batch is being flushed, which is also the largest batch; further appends wait for room. Must fit into a segment.</summary>
    public int QueueBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The largest entry in bytes; must fit into the queue.</summary>
    public int MaxEntryBytes { get; init; } = LogLimits.EntryBytes;

    /// <summary>How many bytes of the newest entries followers find in memory. 0: everything is read from disk.</summary>
    public int TailBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Where batches are written: the thread pool, or a simulation's own scheduler.</summary>
    public TaskScheduler Scheduler { get; init; } = TaskScheduler.Default;

    /// <summary>Draws each segment's salt, which keeps an entry's content from passing for the log's own structure. Only a simulation, which must repeat itself, sets this.</summary>
    public Func<ulong> Salt { get; init; } = () => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    internal FileLogOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(SegmentBytes, 4096, nameof(SegmentBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(SegmentBytes, Layout.MaxSegmentBytes, nameof(SegmentBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(QueueBytes, SegmentBytes - Layout.SegmentHeaderBytes, nameof(QueueBytes));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxEntryBytes, nameof(MaxEntryBytes));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxEntryBytes, QueueBytes - Layout.MostOverheadBytes, nameof(MaxEntryBytes));
        ArgumentOutOfRangeException.ThrowIfNegative(TailBytes, nameof(TailBytes));
        return this;
    }
}
