namespace Keten.Tests.Webhooks;

/// <summary>A clock that stands still until a test moves it to its next timer.</summary>
internal sealed class ManualClock : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Alarm> alarms = [];
    private readonly SemaphoreSlim set = new(0);
    private DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (gate)
        {
            var alarm = new Alarm(this, callback, state, now + dueTime);
            alarms.Add(alarm);
            set.Release();
            return alarm;
        }
    }

    public int Pending
    {
        get
        {
            lock (gate) return alarms.Count;
        }
    }

    /// <summary>Waits until a timer is set, moves to it, and lets it go off; how long it was set for.</summary>
    public async Task<TimeSpan> JumpAsync()
    {
        while (true)
        {
            await set.WaitAsync(TimeSpan.FromSeconds(30));
            Alarm? first;
            TimeSpan moved;
            lock (gate)
            {
                first = alarms.MinBy(alarm => alarm.Due);
                if (first is null) continue;
                alarms.Remove(first);
                moved = first.Due - now;
                now = first.Due;
            }
            first.Ring();
            return moved;
        }
    }

    private sealed class Alarm(ManualClock clock, TimerCallback callback, object? state, DateTimeOffset due) : ITimer
    {
        public DateTimeOffset Due => due;

        public void Ring() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose()
        {
            lock (clock.gate) clock.alarms.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
