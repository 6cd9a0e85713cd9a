using Keten.Log;

namespace Keten.Tests.Networks;

/// <summary>A log that takes nothing of this one, until it is told to.</summary>
internal sealed class ShuttingOutLog(ILog inner, CancellationToken until = default) : ILog
{
    private volatile int asked;

    /// <summary>How many appends came.</summary>
    public int Asked => asked;

    public int MaxEntryBytes => inner.MaxEntryBytes;

    public async ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        Interlocked.Increment(ref asked);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, until);
        await Task.Delay(Timeout.Infinite, either.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        return await inner.AppendAsync(entry, cancel);
    }

    public IAsyncEnumerable<LogEntry> FollowAsync(long after, CancellationToken cancel = default) => inner.FollowAsync(after, cancel);

    public ValueTask<LogRange> RangeAsync(CancellationToken cancel = default) => inner.RangeAsync(cancel);

    public ValueTask PruneAsync(long before, CancellationToken cancel = default) => inner.PruneAsync(before, cancel);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
