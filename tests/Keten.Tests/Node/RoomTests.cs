using Keten.Node.Pipeline;
using Keten.Testing;

namespace Keten.Tests.Nodes;

public sealed class RoomTests
{
    private readonly SimulatedClock clock = new(1_800_000_000);

    [Fact]
    public void A_queue_holds_half_a_second_of_what_the_node_does_and_eight_thousand_at_least()
    {
        var room = new Room(new PipelineOptions { Clock = clock });
        Assert.Equal(8_000, Fill(room));
        Run(room, 2_000, 60);
        Assert.InRange(Fill(room), 9_900, 10_100);      // 20,000 a second
        Run(room, 4_000, 2);
        Assert.InRange(Fill(room), 19_900, 20_100);     // it rises at once
        Run(room, 400, 2);
        Assert.InRange(Fill(room), 15_000, 19_900);     // and falls slowly
        Run(room, 400, 100);
        Assert.Equal(8_000, Fill(room));
    }

    [Fact]
    public void A_few_long_transactions_are_bounded_by_their_bytes()
    {
        var room = new Room(new PipelineOptions { Clock = clock });
        for (var taken = 0; taken < 8; taken++) Assert.True(room.TryTake(1, 1 << 20));
        Assert.False(room.TryTake(1, 1));
        room.Give(1, 1 << 20);
        Assert.True(room.TryTake(1, 1 << 20));
    }

    [Fact]
    public void No_queue_is_no_pace()
    {
        var room = new Room(new PipelineOptions { Clock = clock });
        for (var each = 0; each < 100; each++)
        {
            Assert.True(room.TryTake(2_000, 2_000));
            clock.Advance(TimeSpan.FromMilliseconds(10));
            room.Leave(2_000, 2_000);
        }
        Assert.Equal(8_000, Fill(room));
    }

    [Fact]
    public void A_setting_bounds_the_queue_and_another_takes_the_time_s_bound_away()
    {
        Assert.Equal(10, Fill(new Room(new PipelineOptions { Clock = clock, QueueAtMost = 10 })));
        Assert.Equal(50_000, Fill(new Room(new PipelineOptions { Clock = clock, QueueTimeAtMost = Timeout.InfiniteTimeSpan })));
    }

    // How many fit in, one by one; and takes them out again.
    private static int Fill(Room room)
    {
        var taken = 0;
        while (room.TryTake(1, 1)) taken++;
        Assert.True(room.IsFull);
        var was = room.Count;
        room.Give(taken, taken);
        return was;
    }

    // As many as are let in, so many leave each tenth of a second, and some always wait.
    private void Run(Room room, int each, int times)
    {
        var waiting = 0;
        while (room.TryTake(500, 500)) waiting += 500;
        for (; times > 0; times--)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            room.Leave(each, each);
            waiting -= each;
            while (room.TryTake(500, 500)) waiting += 500;
        }
        room.Leave(waiting, waiting);
    }
}
