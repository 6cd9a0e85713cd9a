using System.Runtime.CompilerServices;
using Npgsql;

namespace Keten.Log;

/// <summary>
/// The log in a PostgreSQL that somebody runs highly available: a table of entries, whose positions come from one row that is locked in the inserting transaction, so that none is seen before the one
/// before it. Entries that wait while a transaction is under way make the next. Each row carries a chained SHA-256, which every follower checks. Layout, limits, and what the server can do to us:
/// docs/log-postgres.md.
/// <para>A server that cannot be reached is waited for, and looked for on every host of the connection string: calls take as long as their cancellation allows, and <see cref="Trouble"/> says what
/// stands in the way.</para>
/// </summary>
public sealed class PostgresLog : ILog
{
    private readonly PostgresOptions options;
    private readonly NpgsqlDataSource source;
    private readonly CancellationTokenSource closing = new();
    private readonly AppendQueue queue = new();
    private readonly Signal changed = new();
    private readonly Task opening, writing, listening;
    private long known;                     // the newest position that was acknowledged or shown
    private volatile Exception? fault;
    private volatile string? trouble;

    private PostgresLog(PostgresOptions options)
    {
        this.options = options;
        source = options.Connect();
        opening = Task.Run(OpenAsync);
        writing = Task.Run(WriteAsync);
        listening = Task.Run(ListenAsync);
    }

    /// <summary>Connects, in the background: the first call waits for it. Where the schema was never set up, and this role may, it is set up now (see <see cref="PostgresSetup"/>).</summary>
    /// <exception cref="ArgumentException">The options make no sense.</exception>
    public static PostgresLog Open(PostgresOptions options) => new(options.Checked());

    /// <inheritdoc/>
    public int MaxEntryBytes => options.MaxEntryBytes;

    /// <summary>What stands in the way at present, in a sentence, for the operator; null while all is well.</summary>
    public string? Trouble => trouble;

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        if (entry.Length > MaxEntryBytes) throw new EntryTooLargeException(entry.Length, MaxEntryBytes);
        return queue.AddAsync(entry, cancel);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        var reader = new PostgresReader(source, options, after);
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            var change = changed.Next;
            var page = await AskAsync(reader.ReadAsync, cancel);
            foreach (var entry in page)
            {
                cancel.ThrowIfCancellationRequested();
                if (closing.IsCancellationRequested) throw Stopped();
                Know(entry.Position);
                yield return entry;
            }
            if (page.Count > 0) continue;
            if (fault is not null) throw fault is LogRolledBackException lost ? new LogRolledBackException(lost.After, lost.Last) : Stopped();
            await Task.WhenAny(change, Task.Delay(options.Poll, cancel));
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LogRange> RangeAsync(CancellationToken cancel = default)
    {
        cancel.ThrowIfCancellationRequested();
        return await AskAsync(async token =>
        {
            await using var command = source.CreateCommand($"select first, last from {options.Schema}.head");
            await using var row = await command.ExecuteReaderAsync(token);
            return await row.ReadAsync(token) ? new LogRange(row.GetInt64(0), row.GetInt64(1)) : throw new LogCorruptException("head", 0, "The row is missing.");
        }, cancel);
    }

    /// <summary>Says that this validator's role needs nothing before a position; what as many roles as the set-up names have said so of is forgotten.</summary>
    /// <inheritdoc/>
    public async ValueTask PruneAsync(long before, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(before, 1);
        var range = await RangeAsync(cancel);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(before, range.Last + 1);
        await AskAsync(async token =>
        {
            await using var prune = source.CreateCommand($"select {options.Schema}.prune($1)");
            prune.Parameters.Add(new() { Value = before });
            await prune.ExecuteScalarAsync(token);
            return true;
        }, cancel);
        // In pieces, and outside the lock that appends wait for. What a crash leaves behind stands before the first position and is never shown.
        const int piece = 1000;
        while (await AskAsync(SweepAsync, cancel) == piece) { }

        async Task<long> SweepAsync(CancellationToken token)
        {
            await using var sweep = source.CreateCommand($"select {options.Schema}.sweep({piece})");
            return (long)(await sweep.ExecuteScalarAsync(token))!;
        }
    }

    /// <summary>Ends these connections and those who follow through them; the log lives on. What was not acknowledged may be in it or not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (closing.IsCancellationRequested) return;
        await closing.CancelAsync();
        queue.End(Stopped());
        changed.Set();
        await Task.WhenAll(writing, listening);
        await source.DisposeAsync();
    }

    /// <summary>Asks until the server answers, or the caller or the log ends.</summary>
    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        if (closing.IsCancellationRequested) throw Stopped();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, closing.Token);
        try
        {
            await opening.WaitAsync(either.Token);
            return await PostgresErrors.RepeatAsync(ask, why => trouble = why, either.Token);
        }
        catch (Exception ended) when (closing.IsCancellationRequested && !cancel.IsCancellationRequested && ended is OperationCanceledException or ObjectDisposedException)
        {
            throw Stopped();
        }
    }

    private Task OpenAsync() => PostgresErrors.RepeatAsync(async token =>
    {
        await using var there = source.CreateCommand($"select to_regclass('{options.Schema}.head') is not null");
        if (await there.ExecuteScalarAsync(token) is not true) await PostgresSetup.CreateAsync(source, options, pruneQuorum: 1, token);
        return true;
    }, why => trouble = why, closing.Token);

    private async Task WriteAsync()
    {
        List<QueuedAppend> group = [];
        try
        {
            await opening;
            while (true)
            {
                group = await queue.TakeAsync(options.GroupEntries, options.GroupBytes, closing.Token);
                // Repeated under the same ids: what an earlier attempt has committed is found, and not added again.
                var positions = await PostgresErrors.RepeatAsync(token => AppendAsync(group, token), why => trouble = why, closing.Token);
                Know(positions[^1]);
                for (var i = 0; i < group.Count; i++) group[i].Complete(positions[i]);
                changed.Set();
            }
        }
        catch (Exception) when (closing.IsCancellationRequested)
        {
            foreach (var one in group) one.Fail(Stopped());
        }
        catch (Exception broken)
        {
            fault = broken is PostgresException { SqlState: PostgresSchema.RolledBack } lost ? new LogRolledBackException(Volatile.Read(ref known), long.Parse(lost.MessageText)) : broken;
            foreach (var one in group) one.Fail(Stopped());
            queue.End(Stopped());
            changed.Set();
        }
    }

    private async Task<long[]> AppendAsync(List<QueuedAppend> group, CancellationToken cancel)
    {
        await using var command = source.CreateCommand($"select {options.Schema}.append($1, $2, $3)");
        command.Parameters.Add(new() { Value = group.Select(one => one.Id).ToArray() });
        command.Parameters.Add(new() { Value = group.Select(one => one.Bytes).ToArray() });
        command.Parameters.Add(new() { Value = Volatile.Read(ref known) });
        return (long[])(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Wakes followers when another has appended. Without this connection they look as often as they are told to.</summary>
    private async Task ListenAsync()
    {
        var backoff = new Backoff();
        while (!closing.IsCancellationRequested)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync(closing.Token);
                connection.Notification += (_, _) => changed.Set();
                await using (var listen = new NpgsqlCommand($"listen {options.Schema}", connection)) await listen.ExecuteNonQueryAsync(closing.Token);
                changed.Set();
                backoff.Reset();
                while (true) await connection.WaitAsync(closing.Token);
            }
            catch (Exception passing) when (passing is OperationCanceledException or ObjectDisposedException || PostgresErrors.Passes(passing) || passing is PostgresException)
            {
                if (closing.IsCancellationRequested) return;
                await Task.WhenAny(backoff.WaitAsync(closing.Token));
            }
        }
    }

    private void Know(long position)
    {
        for (var seen = Volatile.Read(ref known); position > seen; seen = Volatile.Read(ref known)) Interlocked.CompareExchange(ref known, position, seen);
    }

    private LogStoppedException Stopped() =>
        closing.IsCancellationRequested ? new LogStoppedException("This log has been closed.") : new LogStoppedException($"The log has stopped: {fault?.Message}", fault);
}
