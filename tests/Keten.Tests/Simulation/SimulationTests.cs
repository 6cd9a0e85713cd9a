using Keten.Log;
using Keten.Simulation;

namespace Keten.Tests.Simulation;

/// <summary>
/// The whole node in simulated lives. The environment variable KETEN_SEEDS runs other seeds than the few of the ordinary suite: so many from 0 on («5000»), or from one to before another
/// («17-18»).
/// </summary>
public sealed class SimulationTests
{
    private const int Lives = 6;

    [Fact]
    public void Whatever_was_promised_is_kept_whatever_ends_the_node()
    {
        var (finals, accepts) = (0, 0);
        var (from, to) = Seeds.Or("0-8");
        for (var seed = from; seed < to; seed++)
        {
            var simulation = new NodeSimulation(seed);
            try
            {
                simulation.Live(Lives);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"KETEN_SEEDS={seed}-{seed + 1}: {fault.Message}", fault);
            }
            Assert.Equal(0, simulation.Strays);
            finals += simulation.Promised.Finals;
            accepts += simulation.Promised.Accepts;
        }
        Assert.True(finals > 10 * (to - from) && accepts > to - from, $"Only {finals} finals and {accepts} acceptances were promised.");
    }

    /// <summary>Seeds that found what has been mended since.</summary>
    [Theory]
    [InlineData(47)]
    public void What_was_found_stays_found(int seed) => new NodeSimulation(seed).Live(Lives);

    [Fact]
    public void One_seed_is_one_run()
    {
        for (var seed = 0; seed < 2; seed++) Assert.Equal(new NodeSimulation(seed).Live(Lives), new NodeSimulation(seed).Live(Lives));
        Assert.NotEqual(new NodeSimulation(1).Live(2), new NodeSimulation(2).Live(2));
    }

    [Fact]
    public void A_log_that_acknowledges_without_flushing_is_caught() => Caught(10, disk => new LateDisk(disk, "log", forEver: true));

    [Fact]
    public void A_log_that_flushes_after_it_has_acknowledged_is_caught() => Caught(10, disk => new LateDisk(disk, "log", forEver: false));

    [Fact]
    public void A_block_store_that_tells_before_it_flushes_is_caught() => Caught(10, disk => new LateDisk(disk, "blocks", forEver: false));

    private static void Caught(int within, Func<IDisk, IDisk> broken)
    {
        for (var seed = 0; seed < within; seed++)
        {
            try
            {
                new NodeSimulation(seed, broken).Live(Lives);
            }
            catch (Exception fault) when (fault is BrokenPromiseException or LogException or IOException)
            {
                return;
            }
        }
        Assert.Fail($"{within} seeds did not find it.");
    }
}
