using Keten.Log;

namespace Keten.Tests.Networks;

/// <summary>A log that takes nothing of this one while it is shut.</summary>
internal sealed class ShuttingOutLog(ILog inner) : ILog
{
    private volatile TaskCompletionSource? shut;
    private volatile int held;

    /// <summary>How many appends it has held up.</summary>
    public int Held => held;

    public ShuttingOutLog Shut()
    {
        shut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return this;
    }

    /// <summary>Takes what it has held up, and what comes.</summary>
    public void Open() => shut?.SetResult();

    public int MaxEntryBytes => inner.MaxEntryBytes;

    public async ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        if (shut is { Task.IsCompleted: false } waited)
        {
            Interlocked.Increment(ref held);
            await waited.Task.WaitAsync(cancel);
        }
        return await inner.AppendAsync(entry, cancel);
    }

    public IAsyncEnumerable<LogEntry> FollowAsync(long after, CancellationToken cancel = default) => inner.FollowAsync(after, cancel);

    public ValueTask<LogRange> RangeAsync(CancellationToken cancel = default) => inner.RangeAsync(cancel);

    public ValueTask PruneAsync(long before, CancellationToken cancel = default) => inner.PruneAsync(before, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
