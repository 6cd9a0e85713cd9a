namespace Keten.Log;

/// <summary>Entries that wait to be sent to a server, in the order in which there was room for them: those who have to wait for room come in as it falls. Their bytes stay their callers' until they are taken: a queue costs no copy, and one who
/// gives up before that adds nothing. Bounded: who comes when it is full waits.</summary>
/// <param name="entriesAtMost">How many wait at most.</param>
/// <param name="bytesAtMost">How many bytes; one entry waits, however long it is.</param>
internal sealed class AppendQueue(int entriesAtMost = 4_096, long bytesAtMost = 64 << 20)
{
    private readonly Lock gate = new();
    private readonly Queue<QueuedAppend> waiting = [];
    private readonly Signal arrived = new(), left = new();
    private LogStoppedException? ended;
    private long bytes;

    /// <summary>Completes with the entry's position, once somebody has said it to <see cref="QueuedAppend.Complete"/>.</summary>
    public async ValueTask<long> AddAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel)
    {
        var one = new QueuedAppend(entry);
        while (true)
        {
            var room = left.Next;
            if (TryAdd(one)) break;
            await room.WaitAsync(cancel);
        }
        arrived.Set();
        // Under the gate, so that the bytes are not being copied when their owner has them back.
        await using (cancel.UnsafeRegister(_ => { lock (gate) one.GiveUp(cancel); }, null)) return await one.Position;
    }

    /// <summary>Waits for entries and takes as many as fit, one at least.</summary>
    public async Task<List<QueuedAppend>> TakeAsync(int most, long mostBytes, CancellationToken cancel)
    {
        while (true)
        {
            var next = arrived.Next;
            if (TryTake(most, mostBytes) is { Count: > 0 } taken) return taken;
            await next.WaitAsync(cancel);
        }
    }

    /// <summary>Fails all that wait, and all that will.</summary>
    public void End(LogStoppedException why)
    {
        lock (gate)
        {
            ended ??= why;
            while (waiting.TryDequeue(out var one)) one.Fail(ended);
        }
        left.Set();
    }

    private bool TryAdd(QueuedAppend one)
    {
        lock (gate)
        {
            if (ended is not null) throw new LogStoppedException(ended.Message, ended.InnerException);
            if (waiting.Count >= entriesAtMost || waiting.Count > 0 && bytes + one.Length > bytesAtMost) return false;
            waiting.Enqueue(one);
            bytes += one.Length;
            return true;
        }
    }

    private List<QueuedAppend> TryTake(int most, long mostBytes)
    {
        var taken = new List<QueuedAppend>();
        lock (gate)
        {
            while (taken.Count < most && waiting.TryPeek(out var one) && (taken.Count == 0 || one.Length <= mostBytes))
            {
                waiting.Dequeue();
                bytes -= one.Length;
                if (!one.Take()) continue;
                mostBytes -= one.Length;
                taken.Add(one);
            }
        }
        left.Set();
        return taken;
    }
}

/// <summary>One entry on its way.</summary>
internal sealed class QueuedAppend(ReadOnlyMemory<byte> entry)
{
    private readonly TaskCompletionSource<long> position = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<long> Position => position.Task;

    public int Length => entry.Length;

    /// <summary>What tells it from every other entry, of every appender: by it a repetition is known.</summary>
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>A copy of the entry, once it was taken.</summary>
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Copies the bytes; false where nobody waits any more.</summary>
    public bool Take()
    {
        if (position.Task.IsCompleted) return false;
        Bytes = entry.ToArray();
        return true;
    }

    public void Complete(long at) => position.TrySetResult(at);

    public void GiveUp(CancellationToken cancel) => position.TrySetCanceled(cancel);

    public void Fail(LogStoppedException why)
    {
        position.TrySetException(new LogStoppedException(why.Message, why.InnerException));
        _ = position.Task.Exception;     // those who gave up waiting must not bring the process down
    }
}
