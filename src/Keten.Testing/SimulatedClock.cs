namespace Keten.Testing;

/// <summary>A clock in the test's hand: it stands until it is moved, and moving it fires the timers that are due. Safe for several threads.</summary>
public sealed class SimulatedClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<SimulatedTimer> timers = [];
    private DateTimeOffset now = start;

    /// <summary>At so many seconds since 1970.</summary>
    public SimulatedClock(long unixSeconds) : this(DateTimeOffset.FromUnixTimeSeconds(unixSeconds))
    {
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => GetUtcNow().UtcTicks;

    /// <summary>Moves the clock on, and then fires each timer that has become due: once, however often it would have been, as a timer does whose machine slept.</summary>
    public void Advance(TimeSpan by)
    {
        List<SimulatedTimer> due;
        lock (gate)
        {
            now += by;
            due = timers.FindAll(timer => timer.IsDue(now));
        }
        foreach (var timer in due) timer.Fire(GetUtcNow());
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(this, callback, state);
        lock (gate) timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimulatedTimer(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        private DateTimeOffset next = DateTimeOffset.MaxValue;
        private TimeSpan period;

        public bool IsDue(DateTimeOffset now) => next <= now;

        public void Fire(DateTimeOffset now)
        {
            lock (clock.gate) next = period > TimeSpan.Zero ? now + period : DateTimeOffset.MaxValue;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan every)
        {
            lock (clock.gate) (next, period) = (dueTime < TimeSpan.Zero ? DateTimeOffset.MaxValue : clock.now + dueTime, every);
            return true;
        }

        public void Dispose()
        {
            lock (clock.gate) clock.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
