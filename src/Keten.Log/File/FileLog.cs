using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Keten.Log;

/// <summary>
/// The log in files of one folder, for one process: the embedded engine. Appends that arrive while a batch is being flushed make the next batch: one write and one flush, however many.
/// <para>Acknowledged entries MUST survive the loss of power, given a disk that keeps what it has flushed. A write or flush that fails stops the log for good: what of it is on the disk
/// is known only after opening it again. Layout, promises and the crash story: docs/log-file.md.</para>
/// </summary>
public sealed class FileLog : ILog
{
    private readonly IDisk disk;
    private readonly FileLogOptions options;
    private readonly IDisposable folderLock;
    private readonly Tail tail;
    private readonly Signal changed = new(), room = new();
    private readonly SemaphoreSlim turn = new(1);       // appenders that wait for room are let in one after the other
    private readonly Lock gate = new(), pruning = new();

    // Under the gate; the state is read without it.
    private State state;
    private Batch? pending;
    private long next;
    private int waiting;
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

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (entry.Length > options.MaxEntryBytes) throw new EntryTooLargeException(entry.Length, options.MaxEntryBytes);
        lock (gate)
        {
            if (waiting == 0 && TryPlace(entry.Span) is { } placed) return WhenDurable(placed, cancel);
            waiting++;
        }
        return AppendInTurn(entry, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        if (Now.Last is var end && after > end) throw new LogRolledBackException(after, end);
        using var frames = new FrameSource(disk, tail);
        for (var position = after + 1; ;)
        {
            cancel.ThrowIfCancellationRequested();
            var change = changed.Next;
            if (Volatile.Read(ref closing)) throw Stopped();
            if (position > Now.Last)
            {
                if (Volatile.Read(ref fault) is not null) throw Stopped();
                await change.WaitAsync(cancel);
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
            last = writer;
        }
        room.Set();
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

    private static async ValueTask<long> WhenDurable((Batch Batch, long Position) placed, CancellationToken cancel)
    {
        await placed.Batch.Durable.WaitAsync(cancel);
        return placed.Position;
    }

    private async ValueTask<long> AppendInTurn(ReadOnlyMemory<byte> entry, CancellationToken cancel)
    {
        var placed = ((Batch, long)?)null;
        try
        {
            await turn.WaitAsync(cancel);
            try
            {
                while (placed is null)
                {
                    var free = room.Next;
                    lock (gate) placed = TryPlace(entry.Span);
                    if (placed is null) await free.WaitAsync(cancel);
                }
            }
            finally
            {
                turn.Release();
            }
        }
        finally
        {
            lock (gate) waiting--;
        }
        return await WhenDurable(placed.Value, cancel);
    }

    /// <summary>Puts an entry into the batch that is written next, and sees to it that it will be; null where there is no room. Under the gate.</summary>
    private (Batch Batch, long Position)? TryPlace(ReadOnlySpan<byte> entry)
    {
        RefuseStopped();
        pending ??= new Batch(next, options.QueueBytes);
        if (!pending.HasRoomFor(entry.Length)) return null;
        var position = pending.Add(entry);
        next = position + 1;
        writer ??= Task.Factory.StartNew(WriteBatches, CancellationToken.None, TaskCreationOptions.DenyChildAttach, options.Scheduler);
        return (pending, position);
    }

    private void WriteBatches()
    {
        while (TakePending() is { } batch)
        {
            try
            {
                Write(batch);
            }
            catch (Exception broken)
            {
                Stop(broken, batch);
                return;
            }
            batch.Succeed();
        }
    }

    private Batch? TakePending()
    {
        Batch? taken;
        lock (gate)
        {
            (taken, pending) = (pending, null);
            if (taken is null) writer = null;
        }
        if (taken is not null) room.Set();
        return taken;
    }

    private void Write(Batch batch)
    {
        if (active.End + batch.Length > options.SegmentBytes && active.End > Layout.SegmentHeaderBytes) StartSegment(batch.First);
        active.Write(batch);
        tail.Add(batch.Frame, batch.HeldBytes);
        lock (gate) Volatile.Write(ref state, state with { Last = batch.Frame.Last, End = active.End });
        changed.Set();
    }

    private void StartSegment(long first)
    {
        active.Finish();
        active.Dispose();
        active = Segment.Create(disk, first, options);
        lock (gate) Volatile.Write(ref state, state with { Starts = state.Starts.Add(first), End = active.End });
    }

    /// <summary>After a failed write or flush nothing more is promised: the file may hold all, some or none of it, and a second flush that succeeds would prove nothing.</summary>
    private void Stop(Exception broken, Batch? batch)
    {
        Batch? never;
        lock (gate)
        {
            fault ??= broken;
            (never, pending) = (pending, null);
            if (batch is not null) writer = null;
        }
        batch?.Fail(Stopped());
        never?.Fail(Stopped());
        room.Set();
        changed.Set();
    }

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

/// <summary>What is durable, at one moment: the first position of each segment, the last position, and where the newest segment's frames end.</summary>
internal sealed record State(ImmutableArray<long> Starts, long Last, long End)
{
    public long First => Starts[0];

    /// <summary>Which segment a position stands in, or will.</summary>
    public int SegmentOf(long position)
    {
        var found = Starts.BinarySearch(position);
        return found >= 0 ? found : ~found - 1;
    }
}

/// <summary>Finds frames for one follower: in the tail, or in the segments.</summary>
internal sealed class FrameSource(IDisk disk, Tail tail) : IDisposable
{
    private SegmentReader? reader;
    private long expected;

    public Frame Find(State state, long position)
    {
        if (tail.TryFind(position, out var frame)) return frame;
        var segment = state.SegmentOf(position);
        var (name, limit) = (Layout.NameOf(state.Starts[segment]), segment == state.Starts.Length - 1 ? state.End : long.MaxValue);
        if (reader?.Name != name)
        {
            reader?.Dispose();
            reader = null;
            reader = new SegmentReader(disk, name);
            expected = state.Starts[segment];
        }
        while (true)
        {
            var at = reader.Offset;
            if (reader.Next(limit, out frame, out _) != FrameFault.None) throw new LogCorruptException(name, at, "There is no good batch here.");
            if (frame.First != expected) throw new LogCorruptException(name, at, $"The batch starts at position {frame.First}, not at {expected}.");
            expected = frame.Last + 1;
            if (position <= frame.Last) return frame;
        }
    }

    public void Dispose() => reader?.Dispose();
}
