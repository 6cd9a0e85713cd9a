using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>A clock that goes as the system's does, and can be put on: months pass in a demonstration. Timers and measured times are the system's own.</summary>
internal sealed class ShiftedClock(Instant begin) : TimeProvider
{
    private long ticks = (DateTimeOffset.FromUnixTimeSeconds(begin.Seconds) - System.GetUtcNow()).Ticks;

    /// <summary>Now, to the second.</summary>
    public Instant Now => new(GetUtcNow().ToUnixTimeSeconds());

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddTicks(Interlocked.Read(ref ticks));

    /// <summary>Puts it on to a moment; where that has passed it goes on as it is.</summary>
    public void MoveTo(Instant moment)
    {
        if (moment > Now) Interlocked.Add(ref ticks, (DateTimeOffset.FromUnixTimeSeconds(moment.Seconds) - GetUtcNow()).Ticks);
    }
}
