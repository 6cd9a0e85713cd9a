namespace Keten.Node.Pipeline;

/// <summary>
/// How much waits between the door and the log: bounded in number and in bytes, and by the time that it will take. While there is a queue, what leaves it shows how fast the node is;
/// half a second of that is let in and no more, so that who is let in is answered soon, and who is not is told so at once. Beyond a limit goes one request at most: each is taken whole.
/// </summary>
internal sealed class Room(PipelineOptions options)
{
    // So much may wait before anything has been measured, and however slow the node is.
    private const int AlwaysTransactions = 8_000;
    private const long AlwaysBytes = 8 << 20;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private readonly Pace counted = new(options.QueueTimeAtMost, AlwaysTransactions), sized = new(options.QueueTimeAtMost, AlwaysBytes);
    private int count;
    private long bytes, measuredFrom;
    private bool measuring;

    public int Count => Volatile.Read(ref count);

    /// <summary>Whether nothing more is let in just now.</summary>
    public bool IsFull => IsAbove(Volatile.Read(ref count), Volatile.Read(ref bytes));

    /// <summary>Takes a request's transactions, all or none.</summary>
    public bool TryTake(int transactions, long size, bool always = false)
    {
        if (!IsAbove(Interlocked.Add(ref count, transactions) - transactions, Interlocked.Add(ref bytes, size) - size) || always) return true;
        Give(transactions, size);
        return false;
    }

    /// <summary>Some were sent away.</summary>
    public void Give(int transactions, long size)
    {
        Interlocked.Add(ref bytes, -size);
        Interlocked.Add(ref count, -transactions);
    }

    /// <summary>Some went on to the log. By one thread at a time.</summary>
    public void Leave(int transactions, long size)
    {
        Give(transactions, size);
        var now = options.Clock.GetTimestamp();
        counted.Left += transactions;
        sized.Left += size;
        var elapsed = options.Clock.GetElapsedTime(measuredFrom, now);
        if (measuring && elapsed >= Window)
        {
            counted.Measure(elapsed);
            sized.Measure(elapsed);
        }
        if (measuring && elapsed < Window && Count > 0) return;
        // Only between two moments with something left to do is the node's own pace seen, and not that of who asks.
        measuring = Count > 0;
        measuredFrom = now;
        counted.Left = sized.Left = 0;
    }

    private bool IsAbove(int transactions, long size) =>
        transactions >= Math.Min(options.QueueAtMost, counted.Limit) || size >= Math.Min(options.QueueBytesAtMost, sized.Limit);

    // So much as leaves in a time. It rises at once, and falls slowly: a stall is no pace.
    private sealed class Pace(TimeSpan time, long always)
    {
        private long limit = time == Timeout.InfiniteTimeSpan ? long.MaxValue : always;

        public long Limit => Volatile.Read(ref limit);

        public long Left { get; set; }

        public void Measure(TimeSpan elapsed)
        {
            if (limit == long.MaxValue) return;
            var seen = (long)(Left * (time / elapsed));
            Volatile.Write(ref limit, Math.Max(always, Math.Max(seen, limit - (limit - seen) / 8)));
        }
    }
}
