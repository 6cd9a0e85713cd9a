using Keten.Log;

namespace Keten.Node.Network;

/// <summary>The shared log of an observer that has no access to it: all that is ordered comes from other nodes.</summary>
internal sealed class NoSharedLog : ILog
{
    public int MaxEntryBytes => LogLimits.EntryBytes;

    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default) => throw new InvalidOperationException("An observer appends nothing.");

    public IAsyncEnumerable<LogEntry> FollowAsync(long after, CancellationToken cancel = default) => throw new LogPrunedException(after + 1, long.MaxValue);

    public ValueTask<LogRange> RangeAsync(CancellationToken cancel = default) => ValueTask.FromResult(new LogRange(long.MaxValue, long.MaxValue - 1));

    public ValueTask PruneAsync(long before, CancellationToken cancel = default) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
