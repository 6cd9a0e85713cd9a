using Keten.Kernel;

namespace Keten.Contracts.Tariffs;

/// <summary>What a register shows within a session of which only begin, end and energy are known.</summary>
public static class EvenSpread
{
    /// <summary>
    /// The register at a moment, energy spread evenly over the session and rounded down to the smallest part: register + energy × elapsed ÷ duration.
    /// At the end, and throughout a session without duration, all of the energy. A moment outside the session reads as its nearer end.
    /// </summary>
    /// <param name="begin">The session's begin.</param>
    /// <param name="end">Its end; not before the begin.</param>
    /// <param name="register">What the register showed at the begin.</param>
    /// <param name="energy">What was charged from begin to end.</param>
    /// <param name="at">The moment.</param>
    /// <exception cref="InvalidOperationException">The register and the energy are of different units.</exception>
    public static Amount At(Instant begin, Instant end, Amount register, Amount energy, Instant at) =>
        at >= end ? register + energy : at <= begin ? register : register + energy.Times(at - begin, end - begin, Rounding.Down);
}
