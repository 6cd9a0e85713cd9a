using Keten.Testing;

namespace Keten.Tests.Networks;

/// <summary>What o'clock it is is the test's, and so is how much time has gone by; timers are real, or who waits a while would wait for ever.</summary>
internal sealed class WallClock(SimulatedClock wall) : TimeProvider
{
    public override long TimestampFrequency => wall.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => wall.GetUtcNow();

    public override long GetTimestamp() => wall.GetTimestamp();
}
