using Keten.Testing;

namespace Keten.Tests.Networks;

/// <summary>What o'clock it is is the test's; how long something takes, and what is waited for, is real.</summary>
internal sealed class WallClock(SimulatedClock wall) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => wall.GetUtcNow();
}
