namespace Keten.Log;

// From an append to the disk: the queue, the one writer, and its end.
public sealed partial class FileLog
{
    private static async ValueTask<long> WhenDurable((Batch Batch, long Position) placed, CancellationToken cancel)
    {
        await placed.Batch.Durable.WaitAsync(cancel);
        return placed.Position;
    }

    private async ValueTask<long> WhenPlaced(Waiter waiter, CancellationToken cancel)
    {
        (Batch, long) placed;
        await using (cancel.UnsafeRegister(_ => GiveUp(waiter, cancel), null)) placed = await waiter.Task;
        return await WhenDurable(placed, cancel);
    }

    /// <summary>Under the gate, so that the bytes are not being copied when their owner has them back.</summary>
    private void GiveUp(Waiter waiter, CancellationToken cancel)
    {
        lock (gate) waiter.TrySetCanceled(cancel);
    }

    /// <summary>Puts an entry into the batch that is written next, and sees to it that it will be; null where there is no room. Under the gate.</summary>
    private (Batch Batch, long Position)? TryPlace(ReadOnlySpan<byte> entry)
    {
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
            while (waiters.TryPeek(out var waiter))
            {
                if (!waiter.Task.IsCompleted)
                {
                    if (TryPlace(waiter.Entry.Span) is not { } placed) break;
                    waiter.SetResult(placed);
                }
                waiters.Dequeue();
            }
        }
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
        lock (gate)
        {
            fault ??= broken;
            batch?.Fail(Stopped());
            pending?.Fail(Stopped());
            pending = null;
            RefuseWaiters();
            if (batch is not null) writer = null;
        }
        changed.Set();
    }

    private void RefuseWaiters()
    {
        while (waiters.TryDequeue(out var waiter)) waiter.TrySetException(Stopped());
    }
}
