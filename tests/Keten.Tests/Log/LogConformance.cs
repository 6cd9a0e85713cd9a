using Keten.Log;

namespace Keten.Tests.Log;

/// <summary>What every engine of the log must do.</summary>
public abstract class LogConformance : IAsyncLifetime
{
    private protected ILog Log { get; private set; } = null!;

    public virtual Task InitializeAsync()
    {
        Log = Open();
        return Task.CompletedTask;
    }

    public virtual async Task DisposeAsync() => await Log.DisposeAsync();

    /// <summary>Opens the engine on the storage of this test, whatever it holds.</summary>
    private protected abstract ILog Open();

    private protected async Task Reopen()
    {
        await Log.DisposeAsync();
        Log = Open();
    }

    [EngineFact]
    public async Task A_new_log_is_empty_and_starts_at_1()
    {
        Assert.Equal(new LogRange(1, 0), await Log.RangeAsync());
        Assert.Equal(1, await Log.AppendAsync(Entry(1)));
        Assert.Equal(new LogRange(1, 1), await Log.RangeAsync());
    }

    [EngineFact]
    public async Task Entries_are_followed_in_the_order_of_their_positions()
    {
        for (var i = 1; i <= 100; i++) Assert.Equal(i, await Log.AppendAsync(Entry(i)));
        await ExpectEntries(after: 0, 1, 100);
    }

    [EngineFact]
    public async Task Following_resumes_after_any_position()
    {
        for (var i = 1; i <= 60; i++) await Log.AppendAsync(Entry(i));
        for (var after = 0; after < 60; after++) await ExpectEntries(after, after + 1, 60);
    }

    [EngineFact]
    public async Task An_entry_may_be_empty()
    {
        Assert.Equal(1, await Log.AppendAsync(Array.Empty<byte>()));
        Assert.Equal(2, await Log.AppendAsync(Entry(2)));
        await Reopen();
        var entries = await Take(0, 2);
        Assert.Equal([0, Entry(2).Length], entries.Select(e => e.Bytes.Length));
    }

    [EngineFact]
    public async Task The_caller_may_reuse_its_bytes_once_they_are_appended()
    {
        var bytes = Entry(1);
        await Log.AppendAsync(bytes);
        bytes.AsSpan().Clear();
        await ExpectEntries(0, 1, 1);
    }

    [EngineFact]
    public async Task Concurrent_appenders_get_dense_positions_and_each_keeps_its_own_order()
    {
        var appenders = Enumerable.Range(0, 8).Select(a => Task.Run(async () =>
        {
            var positions = new List<long>();
            for (var i = 0; i < 50; i++) positions.Add(await Log.AppendAsync(BitConverter.GetBytes(a * 1000 + i)));
            return positions;
        }));
        var positions = await Task.WhenAll(appenders);
        Assert.Equal(Enumerable.Range(1, 400).Select(p => (long)p), positions.SelectMany(p => p).Order());
        Assert.All(positions, own => Assert.Equal(own.Order(), own));

        foreach (var entry in await Take(0, 400))
        {
            var value = BitConverter.ToInt32(entry.Bytes.Span);
            Assert.Equal(entry.Position, positions[value / 1000][value % 1000]);
        }
    }

    [EngineFact]
    public async Task Many_appends_at_once_are_ordered_as_they_were_made()
    {
        var appends = new List<Task<long>>();
        for (var i = 1; i <= 1000; i++) appends.Add(Log.AppendAsync(Entry(i)).AsTask());
        Assert.Equal(Enumerable.Range(1, 1000).Select(p => (long)p), await Task.WhenAll(appends));
        await ExpectEntries(0, 1, 1000);
    }

    [EngineFact]
    public async Task A_follower_at_the_end_waits_for_the_next_entry()
    {
        await Log.AppendAsync(Entry(1));
        await using var follower = Log.FollowAsync(1).GetAsyncEnumerator();
        var next = follower.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await Log.AppendAsync(Entry(2));
        Assert.True(await next);
        Assert.Equal(2, follower.Current.Position);
        Assert.Equal(Entry(2), follower.Current.Bytes.ToArray());
    }

    [EngineFact]
    public async Task Several_followers_beside_an_appender_each_see_everything_once()
    {
        var followers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Take(0, 300))).ToArray();
        for (var i = 1; i <= 300; i++) await Log.AppendAsync(Entry(i));
        foreach (var seen in await Task.WhenAll(followers)) Check(seen, 1, 300);
    }

    [EngineFact]
    public async Task An_entry_stays_as_it_was_seen_while_others_are_appended()
    {
        await Log.AppendAsync(Entry(1));
        var held = (await Take(0, 1))[0];
        for (var i = 2; i <= 200; i++) await Log.AppendAsync(Entry(i));
        Assert.Equal(Entry(1), held.Bytes.ToArray());
    }

    [EngineFact]
    public async Task Following_ends_when_it_is_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        await using var follower = Log.FollowAsync(0, cancel.Token).GetAsyncEnumerator();
        var next = follower.MoveNextAsync();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [EngineFact]
    public async Task An_append_that_is_cancelled_before_it_starts_adds_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Log.AppendAsync(Entry(1), new CancellationToken(canceled: true)));
        Assert.Equal(new LogRange(1, 0), await Log.RangeAsync());
    }

    [EngineFact]
    public async Task Following_ends_when_the_log_is_closed()
    {
        await using var follower = Log.FollowAsync(0).GetAsyncEnumerator();
        var next = follower.MoveNextAsync();
        await Log.DisposeAsync();
        Assert.Null((await Assert.ThrowsAsync<LogStoppedException>(async () => await next)).InnerException);
        await Assert.ThrowsAsync<LogStoppedException>(async () => await Log.AppendAsync(Entry(1)));
        await Log.DisposeAsync();
    }

    [EngineFact]
    public async Task The_largest_entry_fits_and_one_byte_more_is_refused_unsent()
    {
        Assert.Equal(1, await Log.AppendAsync(new byte[Log.MaxEntryBytes]));
        var refused = await Assert.ThrowsAsync<EntryTooLargeException>(async () => await Log.AppendAsync(new byte[Log.MaxEntryBytes + 1]));
        Assert.Equal((Log.MaxEntryBytes + 1, Log.MaxEntryBytes), (refused.Bytes, refused.Limit));
        Assert.Equal(2, await Log.AppendAsync(Entry(2)));
        await Reopen();
        Assert.Equal(Log.MaxEntryBytes, (await Take(0, 1))[0].Bytes.Length);
    }

    [EngineFact]
    public async Task Reopening_finds_everything_and_goes_on_behind_it()
    {
        for (var round = 0; round < 4; round++)
        {
            for (var i = 1; i <= 25; i++) Assert.Equal(round * 25 + i, await Log.AppendAsync(Entry(round * 25 + i)));
            await Reopen();
            Assert.Equal(new LogRange(1, round * 25 + 25), await Log.RangeAsync());
        }
        await ExpectEntries(0, 1, 100);
    }

    [EngineFact]
    public async Task Following_after_a_position_that_the_log_does_not_reach_is_refused()
    {
        await Log.AppendAsync(Entry(1));
        var refused = await Assert.ThrowsAsync<LogRolledBackException>(() => Take(2, 1));
        Assert.Equal((2, 1), (refused.After, refused.Last));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Take(-1, 1));
    }

    [EngineFact]
    public async Task Pruning_keeps_all_from_the_position_on_and_following_before_it_says_so()
    {
        for (var i = 1; i <= 200; i++) await Log.AppendAsync(Entry(i));
        await Log.PruneAsync(150);
        var range = await Log.RangeAsync();
        Assert.InRange(range.First, 2, 150);
        Assert.Equal(200, range.Last);
        await ExpectEntries(range.First - 1, range.First, 200);
        var pruned = await Assert.ThrowsAsync<LogPrunedException>(() => Take(range.First - 2, 1));
        Assert.Equal((range.First - 1, range.First), (pruned.Wanted, pruned.First));

        await Reopen();
        Assert.Equal(range, await Log.RangeAsync());
        await ExpectEntries(range.First - 1, range.First, 200);
        Assert.Equal(201, await Log.AppendAsync(Entry(201)));
    }

    [EngineFact]
    public async Task Pruning_everything_does_not_give_positions_out_again()
    {
        for (var i = 1; i <= 200; i++) await Log.AppendAsync(Entry(i));
        await Log.PruneAsync(201);
        await Reopen();
        Assert.Equal(201, await Log.AppendAsync(Entry(201)));
        await ExpectEntries(200, 201, 201);
    }

    [EngineFact]
    public async Task Pruning_outside_the_log_is_refused()
    {
        await Log.AppendAsync(Entry(1));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Log.PruneAsync(0));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await Log.PruneAsync(3));
        await Log.PruneAsync(1);
        Assert.Equal(new LogRange(1, 1), await Log.RangeAsync());
    }

    [EngineFact]
    public async Task A_follower_that_is_overtaken_by_pruning_is_told()
    {
        for (var i = 1; i <= 200; i++) await Log.AppendAsync(Entry(i));
        await using var follower = Log.FollowAsync(0).GetAsyncEnumerator();
        Assert.True(await follower.MoveNextAsync());
        await Log.PruneAsync(201);
        await Assert.ThrowsAsync<LogPrunedException>(async () =>
        {
            while (await follower.MoveNextAsync()) Assert.True(follower.Current.Position < 200);
        });
    }

    /// <summary>An entry that says which it is, of 8 to 600 bytes.</summary>
    private protected static byte[] Entry(int number)
    {
        var bytes = new byte[8 + number * 37 % 593];
        new Random(number).NextBytes(bytes);
        BitConverter.TryWriteBytes(bytes, (long)number);
        return bytes;
    }

    private protected async Task<List<LogEntry>> Take(long after, int count)
    {
        var taken = new List<LogEntry>();
        await foreach (var entry in Log.FollowAsync(after))
        {
            taken.Add(entry);
            if (taken.Count == count) break;
        }
        return taken;
    }

    private protected async Task ExpectEntries(long after, long first, long last) => Check(await Take(after, (int)(last - first + 1)), first, last);

    private static void Check(List<LogEntry> seen, long first, long last)
    {
        Assert.Equal(last - first + 1, seen.Count);
        for (var i = 0; i < seen.Count; i++)
        {
            Assert.Equal(first + i, seen[i].Position);
            Assert.Equal(Entry((int)(first + i)), seen[i].Bytes.ToArray());
        }
    }
}
