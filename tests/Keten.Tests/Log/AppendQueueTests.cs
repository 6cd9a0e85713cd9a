using Keten.Log;

namespace Keten.Tests.Log;

public sealed class AppendQueueTests
{
    [Fact]
    public async Task Who_comes_when_it_is_full_waits_for_room()
    {
        var queue = new AppendQueue(entriesAtMost: 2);
        var (first, second, third) = (Add(queue, 1), Add(queue, 1), Add(queue, 1));
        Assert.Equal(2, (await queue.TakeAsync(10, 100, default)).Count);
        var last = Assert.Single(await queue.TakeAsync(10, 100, default));
        last.Complete(7);
        Assert.Equal(7, await third);
        Assert.False(first.IsCompleted || second.IsCompleted);
    }

    [Fact]
    public async Task Bytes_are_counted_and_one_entry_waits_however_long_it_is()
    {
        var queue = new AppendQueue(bytesAtMost: 10);
        _ = Add(queue, 50);
        _ = Add(queue, 5);
        Assert.Equal(50, Assert.Single(await queue.TakeAsync(10, 100, default)).Length);
        _ = Add(queue, 5);
        _ = Add(queue, 1);
        Assert.Equal([5, 5], (await queue.TakeAsync(10, 100, default)).Select(one => one.Length));
        Assert.Equal(1, Assert.Single(await queue.TakeAsync(10, 100, default)).Length);
    }

    [Fact]
    public async Task Who_waits_for_room_may_give_up_and_adds_nothing()
    {
        var queue = new AppendQueue(entriesAtMost: 1);
        _ = Add(queue, 1);
        using var stop = new CancellationTokenSource();
        var waiting = queue.AddAsync(new byte[2], stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(1, Assert.Single(await queue.TakeAsync(10, 100, default)).Length);
        var next = Add(queue, 3);
        Assert.Equal(3, Assert.Single(await queue.TakeAsync(10, 100, default)).Length);
        Assert.False(next.IsCompleted);
    }

    [Fact]
    public async Task When_the_log_ends_all_who_wait_are_told_and_those_for_room_too()
    {
        var queue = new AppendQueue(entriesAtMost: 1);
        var (inside, outside) = (Add(queue, 1), Add(queue, 1));
        queue.End(new LogStoppedException("The disk is full."));
        Assert.Equal("The disk is full.", (await Assert.ThrowsAsync<LogStoppedException>(() => inside)).Message);
        Assert.Equal("The disk is full.", (await Assert.ThrowsAsync<LogStoppedException>(() => outside)).Message);
    }

    private static Task<long> Add(AppendQueue queue, int length) => queue.AddAsync(new byte[length], default).AsTask();
}
