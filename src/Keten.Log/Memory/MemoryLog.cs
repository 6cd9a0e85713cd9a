using System.Runtime.CompilerServices;

namespace Keten.Log;

/// <summary>The entries of a log in memory, shared by the <see cref="MemoryLog"/>s that are connected to it; outlives them, as a cluster outlives its clients.</summary>
/// <param name="limitBytes">The most that it holds; beyond it appends stop the log, as a full disk does.</param>
/// <param name="pruneQuorum">How many appenders must need nothing before a position until it is forgotten.</param>
public sealed class MemoryStore(long limitBytes = 1L << 30, int pruneQuorum = 1)
{
    private readonly Dictionary<object, long> archived = [];
    private readonly Lock gate = new();
    private readonly List<byte[]> entries = [];
    private long first = 1, bytes;

    internal Signal Changed { get; } = new();

    internal LogRange Range
    {
        get { lock (gate) return new(first, first + entries.Count - 1); }
    }

    internal long Append(ReadOnlyMemory<byte> entry)
    {
        long position;
        lock (gate)
        {
            if (bytes + entry.Length > limitBytes) throw new LogStoppedException($"This store in memory holds at most {limitBytes} bytes.");
            bytes += entry.Length;
            entries.Add(entry.ToArray());
            position = first + entries.Count - 1;
        }
        Changed.Set();
        return position;
    }

    internal byte[]? Find(long position)
    {
        lock (gate)
        {
            if (position < first) throw new LogPrunedException(position, first);
            return position - first < entries.Count ? entries[(int)(position - first)] : null;
        }
    }

    internal void Prune(object who, long wanted)
    {
        lock (gate)
        {
            archived[who] = Math.Max(wanted, archived.GetValueOrDefault(who));
            if (archived.Count < pruneQuorum) return;
            var before = archived.Values.OrderDescending().ElementAt(pruneQuorum - 1);
            if (before <= first) return;
            var count = (int)(before - first);
            for (var i = 0; i < count; i++) bytes -= entries[i].Length;
            entries.RemoveRange(0, count);
            first = before;
        }
    }
}

/// <summary>The log in memory, for simulation and tests: durable for as long as its <see cref="MemoryStore"/> lives. Each append completes at once, so one thread sees one order.
/// Several logs on one store are several validators on one cluster.</summary>
/// <param name="store">Where the entries are.</param>
/// <param name="name">Whose connection it is, where that matters for what may be forgotten; null: its own, and another's with each.</param>
public sealed class MemoryLog(MemoryStore store, string? name = null) : ILog
{
    private readonly object who = name ?? new object();
    private volatile bool closed;

    /// <inheritdoc/>
    public int MaxEntryBytes => LogLimits.EntryBytes;

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (entry.Length > MaxEntryBytes) throw new EntryTooLargeException(entry.Length, MaxEntryBytes);
        RefuseClosed();
        return ValueTask.FromResult(store.Append(entry));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        if (after > store.Range.Last) throw new LogRolledBackException(after, store.Range.Last);
        for (var next = after + 1; ;)
        {
            cancel.ThrowIfCancellationRequested();
            RefuseClosed();
            var changed = store.Changed.Next;
            if (store.Find(next) is { } bytes) yield return new LogEntry(next++, bytes);
            else await changed.WaitAsync(cancel);
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogRange> RangeAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        RefuseClosed();
        return ValueTask.FromResult(store.Range);
    }

    /// <inheritdoc/>
    public ValueTask PruneAsync(long before, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        RefuseClosed();
        ArgumentOutOfRangeException.ThrowIfLessThan(before, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(before, store.Range.Last + 1);
        store.Prune(who, before);
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends this connection and those who follow through it; the store lives on.</summary>
    public ValueTask DisposeAsync()
    {
        closed = true;
        store.Changed.Set();
        return ValueTask.CompletedTask;
    }

    private void RefuseClosed()
    {
        if (closed) throw new LogStoppedException("This log has been closed.");
    }
}
