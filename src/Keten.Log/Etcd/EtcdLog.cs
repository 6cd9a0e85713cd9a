using System.Runtime.CompilerServices;

namespace Keten.Log;

/// <summary>
/// The log on an etcd cluster (3.4 or later), through its HTTP/JSON gateway: Raft's revisions are the order, an entry is a put of a new key under its validator's prefix, and position n is the
/// n-th of them. Everything is read by watch, which shows what was ordered; never by range, which shows what is left. Layout, limits, and what the servers can do to us: docs/log-etcd.md.
/// <para>Servers that cannot be reached are waited for: calls take as long as their cancellation allows, and <see cref="Trouble"/> says what stands in the way. One entry is under way at a time, so
/// entries keep the order in which they were handed in.</para>
/// </summary>
public sealed partial class EtcdLog : ILog
{
    private readonly EtcdOptions options;
    private readonly EtcdKeys keys;
    private readonly EtcdGateway gateway;
    private readonly EtcdWatch watch;
    private readonly CancellationTokenSource closing = new(), stopping = new();     // by its owner; by that or a fault
    private readonly AppendQueue queue = new();
    private readonly Signal changed = new();
    private readonly Lock gate = new();
    private readonly Task reading, writing;

    // Under the gate.
    private readonly EtcdPositions positions;
    private readonly EtcdTail tail;
    private readonly Dictionary<string, QueuedAppend> flying = new(StringComparer.Ordinal);
    private bool ready;                 // the base is known
    private long seen;                  // the newest revision that the watch has shown
    private EtcdBase? archived;         // up to where this validator has said that it needs nothing; null: ask what it said last
    private Exception? fault;

    private EtcdLog(EtcdOptions options)
    {
        this.options = options;
        keys = new EtcdKeys(options.Prefix);
        positions = new EtcdPositions(options.Folder);
        tail = new EtcdTail(options.TailBytes);
        tail.Restart(positions.Last + 1);
        gateway = new EtcdGateway(options);
        watch = new EtcdWatch(gateway, keys.Log, options.Silence, async cancel => (await OriginAsync(once: true, cancel)).Now);
        reading = Task.Run(ReadAsync);
        writing = options.Validator is null ? Task.CompletedTask : Task.Run(WriteAsync);
    }

    /// <summary>Connects, in the background: the first call waits for it. Where the log was never set up, and this user may, it is set up now (see <see cref="EtcdSetup"/>).</summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    /// <exception cref="IOException">The folder is in use by another log, or cannot be written.</exception>
    public static EtcdLog Open(EtcdOptions options) => new(options.Checked());

    /// <inheritdoc/>
    public int MaxEntryBytes => options.MaxEntryBytes;

    /// <summary>What stands in the way at present, in a sentence, for the operator; null while all is well.</summary>
    public string? Trouble => gateway.Trouble;

    /// <summary>The newest entry's position and revision as this node has counted: what it can tell a peer that has to begin here (<see cref="EtcdOptions.Base"/>).</summary>
    public EtcdBase Newest
    {
        get { lock (gate) return positions.Newest; }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">This log was opened without a validator's id: it only reads.</exception>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (entry.Length > MaxEntryBytes) throw new EntryTooLargeException(entry.Length, MaxEntryBytes);
        if (options.Validator is null) throw new InvalidOperationException("This log was opened to read only: it names no validator.");
        return queue.AddAsync(entry, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        await UntilAsync(() => ready, cancel);
        if (after > Last && await RangeAsync(cancel) is var range && after > range.Last) throw new LogRolledBackException(after, range.Last);
        for (var position = after + 1; ;)
        {
            cancel.ThrowIfCancellationRequested();
            var change = changed.Next;
            if (Look(position) is not { } found)
            {
                await change.WaitAsync(cancel);
                continue;
            }
            if (found is { Bytes: { } bytes })
            {
                yield return new LogEntry(position++, bytes);
                continue;
            }
            await using var stored = StoredAsync(position, cancel).GetAsyncEnumerator(cancel);
            while (await MoveAsync(stored, position, cancel))
            {
                yield return stored.Current;
                position++;
            }
        }
    }

    /// <summary>Asks the cluster: writes a mark of this node's and waits until the watch has shown it, and all before it.</summary>
    /// <inheritdoc/>
    public async ValueTask<LogRange> RangeAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        try
        {
            await UntilAsync(() => ready, cancel);
            var reached = options.Validator is null ? await NewestKeyAsync(either.Token) : await MarkAsync(either.Token);
            await UntilAsync(() => seen >= reached, cancel);
            await ForgetCompactedAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Stopped();
        }
        lock (gate) return new LogRange(positions.First, positions.Last);
    }

    /// <summary>Says that this validator needs nothing before a position, deletes its own entries there, and compacts as far as <see cref="EtcdOptions.PruneQuorum"/> validators have said so.</summary>
    /// <inheritdoc/>
    public async ValueTask PruneAsync(long before, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(before, 1);
        if (options.Validator is null) throw new InvalidOperationException("This log was opened to read only: it names no validator.");
        var range = await RangeAsync(cancel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(before, range.Last + 1);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        try
        {
            lock (gate) Archive(before - 1);
            await MarkAsync(either.Token);
            await CompactAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Stopped();
        }
    }

    /// <summary>Ends this connection and those who follow through it; the log lives on. What was not acknowledged may be in it or not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (closing.IsCancellationRequested) return;
        await closing.CancelAsync();
        Fail(new LogStoppedException("This log has been closed."));
        await Task.WhenAll(reading, writing);
        lock (gate) positions.Dispose();
        gateway.Dispose();
    }

    private long Last
    {
        get { lock (gate) return positions.Last; }
    }

    /// <summary>Under the gate.</summary>
    private void Archive(long position)
    {
        if (position >= positions.First && position > (archived?.Position ?? 0)) archived = new EtcdBase(position, positions.RevisionOf(position));
    }

    /// <summary>What there is at a position: its bytes, none where it has to be fetched, null where nothing stands there yet.</summary>
    private (byte[]? Bytes, bool Here)? Look(long position)
    {
        lock (gate)
        {
            if (closing.IsCancellationRequested) throw Stopped();
            if (position < positions.First) throw new LogPrunedException(position, positions.First);
            if (position <= positions.Last) return (tail.Find(position), true);
            if (fault is not null) throw Ended();
            return null;
        }
    }

    /// <summary>Waits until something holds that the gate guards.</summary>
    private async Task UntilAsync(Func<bool> holds, CancellationToken cancel)
    {
        while (true)
        {
            var change = changed.Next;
            lock (gate)
            {
                if (closing.IsCancellationRequested) throw Stopped();
                if (holds()) return;
                if (fault is not null) throw Ended();
            }
            await change.WaitAsync(cancel);
        }
    }

    private void Stop(Exception broken)
    {
        lock (gate) fault ??= broken;
        Fail(new LogStoppedException($"The log has stopped: {broken.Message}", broken));
    }

    private void Fail(LogStoppedException why)
    {
        queue.End(why);
        stopping.Cancel();
        lock (gate)
        {
            foreach (var one in flying.Values) one.Fail(why);
            flying.Clear();
        }
        changed.Set();
    }

    private Exception Ended() => fault is LogRolledBackException lost ? new LogRolledBackException(lost.After, lost.Last) : Stopped();

    private LogStoppedException Stopped() =>
        closing.IsCancellationRequested ? new LogStoppedException("This log has been closed.") : new LogStoppedException($"The log has stopped: {fault?.Message}", fault);
}
