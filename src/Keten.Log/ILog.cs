namespace Keten.Log;

/// <summary>
/// The ordering service: a durable, totally ordered sequence of opaque entries that all validators share. It decides the order and nothing else.
/// <para>Positions are dense: the first entry ever has position 1, each next one has the position after it, and the log assigns them. Several appenders may
/// append at once, from one process or (where the engine allows it) from many; an instance is safe for use by many threads.</para>
/// <para>What every engine MUST and MUST NOT do:</para>
/// <list type="bullet">
/// <item>An append MUST NOT complete before its entry would survive the loss of power (File) or of a minority of the servers (engines on a cluster).</item>
/// <item>Followers MUST see each durable entry once, in the order of positions, without gaps, and MUST NOT see one that is not durable.</item>
/// <item>An entry MUST NOT change, move, or vanish once it was shown to a follower or acknowledged; only <see cref="PruneAsync"/> removes, and only from the start.</item>
/// <item>An engine that can no longer promise this (a flush failed, its server is gone for good) MUST stop with <see cref="LogStoppedException"/>.</item>
/// <item>Appends of one caller that wait for each other MUST be ordered so; entries appended at once may be ordered either way.</item>
/// </list>
/// </summary>
public interface ILog : IAsyncDisposable
{
    /// <summary>The largest entry in bytes that this engine takes; <see cref="LogLimits.EntryBytes"/> unless it was set up otherwise.</summary>
    int MaxEntryBytes { get; }

    /// <summary>Appends one entry (it may be empty) and completes with its position once it is durable. The caller must leave
    /// the bytes alone until the task has completed. Where more is waiting to be written than the engine holds, this waits for room: that is the backpressure.</summary>
    /// <remarks>Cancelling gives up the waiting, not the entry: it may be in the log or not, as after a broken connection. The caller finds out by following.</remarks>
    /// <exception cref="EntryTooLargeException">Longer than <see cref="MaxEntryBytes"/>: nothing was sent or written.</exception>
    /// <exception cref="LogStoppedException">The log has been closed, or has stopped after a fault: this entry may be in it or not.</exception>
    ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default);

    /// <summary>Yields all durable entries after a position, in order, and then waits for more, until cancelled. To start at the very first, follow after 0.
    /// The bytes of an entry stay valid, and unchanged, for as long as they are held.</summary>
    /// <exception cref="LogPrunedException">Entries after that position have been pruned, before or while following.</exception>
    /// <exception cref="LogRolledBackException">The log ends before that position: it has lost what the caller has seen.</exception>
    /// <exception cref="LogCorruptException">A stored entry cannot be read back as it was written.</exception>
    /// <exception cref="LogStoppedException">The log has been closed, or has stopped after a fault; after a fault all durable entries are yielded first.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IAsyncEnumerable<LogEntry> FollowAsync(long after, CancellationToken cancel = default);

    /// <summary>The positions that the log holds as of this call. Asynchronous, as an engine on a cluster has to ask it.</summary>
    ValueTask<LogRange> RangeAsync(CancellationToken cancel = default);

    /// <summary>Allows the log to forget entries before a position. Engines forget in pieces of their own: what is left may start earlier, never later.
    /// Positions are never given out again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The position is below 1 or more than one past the last entry.</exception>
    ValueTask PruneAsync(long before, CancellationToken cancel = default);
}

/// <summary>One entry and where it stands. The first position is 1.</summary>
public readonly record struct LogEntry(long Position, ReadOnlyMemory<byte> Bytes);

/// <summary>The first and last position held. An empty log has First = Last + 1; a new one is (1, 0).</summary>
public readonly record struct LogRange(long First, long Last);

/// <summary>Limits that all engines share.</summary>
public static class LogLimits
{
    /// <summary>What every engine takes as one entry, in bytes: an entry's 1 MiB of content and 64 KiB for its envelope. Within etcd's default request limit of 1.5 MiB.</summary>
    public const int EntryBytes = 1024 * 1024 + 64 * 1024;
}
