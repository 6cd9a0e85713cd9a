using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>What happens at a charge point: who charges how much, and stays how long after.</summary>
/// <param name="Driver">By name.</param>
/// <param name="Meter">By serial.</param>
/// <param name="Begin">When.</param>
/// <param name="Charged">When charging is done.</param>
/// <param name="End">When the vehicle leaves.</param>
/// <param name="WattHours">How much.</param>
public sealed record Visit(string Driver, string Meter, Instant Begin, Instant Charged, Instant End, long WattHours);

/// <summary>Visits of drivers to charge points, from a seed: the same again for the same seed and begin. Simulated time runs from a moment of the past up to now. Not for several threads at once.</summary>
public sealed class DemoTraffic
{
    private readonly Random random;
    private readonly IReadOnlyList<string> drivers;
    private readonly SortedDictionary<string, Instant> free = new(StringComparer.Ordinal);

    /// <summary>Begins at a moment.</summary>
    public DemoTraffic(int seed, IReadOnlyList<string> drivers, IEnumerable<string> meters, Instant begin)
    {
        (random, this.drivers) = (new Random(seed), drivers);
        foreach (var meter in meters) free.Add(meter, begin);
    }

    /// <summary>The next visit that is over by now; null where simulated time has caught up.</summary>
    public Visit? Next(Instant now)
    {
        var (meter, since) = free.MinBy(each => each.Value.Seconds);
        if (now - since < 6 * 3_600) return null;
        var begin = since.Plus(random.Next(5 * 60, 90 * 60));
        var minutes = random.Next(15, 150);
        var charged = begin.Plus(minutes * 60L);
        var end = random.Next(3) == 0 ? charged.Plus(random.Next(5 * 60, 60 * 60)) : charged;
        free[meter] = end;
        return new Visit(drivers[random.Next(drivers.Count)], meter, begin, charged, end, minutes * random.Next(3_700, 11_000) / 60L);
    }
}
