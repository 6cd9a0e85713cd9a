using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Keten.Log;

/// <summary>
/// The log in files of one folder, for one process: the embedded engine. Appends that arrive while a batch is being flushed make the next batch: one write and one flush, however many.
/// <para>Acknowledged entries MUST survive the loss of power, given a disk that keeps what it has flushed. A write or flush that fails stops the log for good: what of it is on the disk
/// is known only after opening it again. Layout, promises and the crash story: docs/log-file.md.</para>
/// </summary>
public sealed partial class FileLog : ILog
{
    private readonly IDisk disk;
    private readonly FileLogOptions options;
    private readonly IDisposable folderLock;
    private readonly Tail tail;
    private readonly Signal changed = new();
    private readonly Lock gate = new(), pruning = new();

    // Under the gate; the state is read without it.
    private State state;
    private Batch? pending;
    private long next;
    private readonly Queue<Waiter> waiters = [];        // who waits for room, in order; the writer lets them in
    private bool closing;
    private Exception? fault;
    private Task? writer;

    private Segment active;     // the writer's alone

    private FileLog(IDisk disk, FileLogOptions options, IDisposable folderLock)
    {
        (this.disk, this.options, this.folderLock) = (disk, options, folderLock);
        tail = new Tail(options.TailBytes);
        (active, var starts, Recovery) = Log.Recovery.Run(disk, options);
        state = new State(starts, Recovery.Range.Last, active.End);
        next = state.Last + 1;
    }

    /// <summary>What opening found, and cut off.</summary>
    public LogRecovery Recovery { get; }

    /// <inheritdoc/>
    public int MaxEntryBytes => options.MaxEntryBytes;

    /// <summary>Opens the log in a folder that holds nothing else, creating it in an empty one. Reads the newest segment whole.</summary>
    /// <exception cref="DiskLockedException">It is open already, here or in another process.</exception>
    /// <exception cref="LogCorruptException">The newest segment is damaged. Older ones are looked at when they are read; <see cref="LogCheck"/> looks at all.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The options do not fit each other.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static FileLog Open(IDisk disk, FileLogOptions? options = null)
    {
        options = (options ?? new FileLogOptions()).Checked();
        var taken = disk.Lock("lock");
        try
        {
            return new FileLog(disk, options, taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Makes a log in an empty folder that begins in the middle: its first entry will have that position.</summary>
    internal static void Begin(IDisk disk, long first, FileLogOptions? options = null)
    {
        using var taken = disk.Lock("lock");
        if (!Log.Recovery.Starts(disk).IsEmpty) throw new InvalidOperationException("The folder has a log already.");
        disk.DeleteUnfinished();
        Segment.Create(disk, first, (options ?? new FileLogOptions()).Checked()).Dispose();
    }

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (entry.Length > options.MaxEntryBytes) throw new EntryTooLargeException(entry.Length, options.MaxEntryBytes);
        var waiter = default(Waiter);
        lock (gate)
        {
            RefuseStopped();
            if (waiters.Count == 0 && TryPlace(entry.Span) is { } placed) return WhenDurable(placed, cancel);
            waiters.Enqueue(waiter = new Waiter(entry));
        }
        return WhenPlaced(waiter, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        if (Now.Last is var end && after > end) throw new LogRolledBackException(after, end);
        using var frames = new FrameSource(disk, tail);
        // Cancelling is a change like any other: all who wait look again, and nobody leaves the scheduler that they run under.
        await using var cancelled = cancel.UnsafeRegister(static changed => ((Signal)changed!).Set(), changed);
        for (var position = after + 1; ;)
        {
            cancel.ThrowIfCancellationRequested();
            var change = changed.Next;
            if (Volatile.Read(ref closing)) throw Stopped();
            if (position > Now.Last)
            {
                if (Volatile.Read(ref fault) is not null) throw Stopped();
                await change;
                continue;
            }

            var frame = FrameOf(frames, position);
            var at = 0;
            for (var current = frame.First; current <= frame.Last; current++)
            {
                var bytes = frame.Read(ref at);
                if (current < position) continue;
                position = current + 1;
                yield return new LogEntry(current, bytes);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<LogRange> RangeAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        var now = Now;
        return ValueTask.FromResult(new LogRange(now.First, now.Last));
    }

    /// <summary>Deletes the segments that lie wholly before a position, oldest first; the newest segment always stays.</summary>
    /// <inheritdoc/>
    public ValueTask PruneAsync(long before, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        ArgumentOutOfRangeException.ThrowIfLessThan(before, 1);
        lock (pruning)
        {
            ImmutableArray<long> doomed;
            lock (gate)
            {
                RefuseStopped();
                ArgumentOutOfRangeException.ThrowIfGreaterThan(before, state.Last + 1);
                var kept = state.SegmentOf(Math.Max(before, state.First));
                doomed = state.Starts[..kept];
                Volatile.Write(ref state, state with { Starts = state.Starts[kept..] });
            }
            changed.Set();
            Delete(doomed);
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what is queued, ends the followers, and gives the folder free. Later appends are refused.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? last;
        lock (gate)
        {
            if (closing) return;
            Volatile.Write(ref closing, true);
            RefuseWaiters();
            last = writer;
        }
        changed.Set();
        if (last is not null) await last;
        lock (pruning)
        {
            try
            {
                if (fault is null) active.Mark(next);
            }
            catch (IOException)
            {
                // All that was acknowledged is durable without the mark.
            }
            active.Dispose();
            folderLock.Dispose();
        }
    }

    private State Now => Volatile.Read(ref state);

    private void Delete(ImmutableArray<long> segments)
    {
        try
        {
            // One flush for each: deletions that are not flushed may be undone in any combination, and a hole would be taken for damage.
            foreach (var first in segments)
            {
                disk.Delete(Layout.NameOf(first));
                disk.Flush();
            }
        }
        catch (Exception broken)
        {
            Stop(broken, null);
            throw Stopped();
        }
    }

    private Frame FrameOf(FrameSource frames, long position)
    {
        try
        {
            var now = Now;
            if (position < now.First) throw new LogPrunedException(position, now.First);
            return frames.Find(now, position);
        }
        catch (FileNotFoundException missing)
        {
            var now = Now;
            throw position < now.First ? new LogPrunedException(position, now.First) : new LogCorruptException(missing.FileName ?? "?", 0, "The segment is missing.");
        }
    }

    private void RefuseStopped()
    {
        if (closing || fault is not null) throw Stopped();
    }

    private LogStoppedException Stopped() => fault is { } why
        ? new LogStoppedException($"The log stopped, and must be opened again: {why.Message}", why)
        : new LogStoppedException("The log has been closed.");
}

/// <summary>An append that waits for room.</summary>
internal sealed class Waiter(ReadOnlyMemory<byte> entry) : TaskCompletionSource<(Batch Batch, long Position)>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ReadOnlyMemory<byte> Entry => entry;
}
