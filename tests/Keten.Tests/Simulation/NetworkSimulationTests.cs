using System.Globalization;
using Keten.Simulation.Network;

namespace Keten.Tests.Simulation;

/// <summary>
/// Whole networks in simulation: what is checked stands in <see cref="Witness"/>. The environment variable KETEN_SEEDS runs other seeds than the usual ones, as for a node by itself.
/// </summary>
public sealed class NetworkSimulationTests
{
    [Fact]
    public void Whatever_goes_wrong_there_is_one_truth_and_afterwards_it_goes_on()
    {
        var (from, to) = Seeds.Or("0-500");
        var (finals, accepts, changes) = (0, 0, 0);
        var faults = Campaign.Run(from, to, Environment.ProcessorCount, simulation =>
        {
            finals += simulation.Finals;
            accepts += simulation.Accepts;
            changes += simulation.Changes;
        });
        Assert.True(faults.Count == 0, string.Join("\n\n", faults));
        Assert.True(finals > 5 * (to - from) && accepts > to - from, $"Only {finals} finals and {accepts} acceptances were promised.");
        Assert.True(4 * changes > to - from, $"Only {changes} changes of validators were carried.");
    }

    [Fact]
    public void One_seed_is_one_run()
    {
        for (var seed = 0; seed < 3; seed++) Assert.Equal(new NetworkSimulation(new Plan(seed)).Run(), new NetworkSimulation(new Plan(seed)).Run());
        Assert.NotEqual(new NetworkSimulation(new Plan(1)).Run(), new NetworkSimulation(new Plan(2)).Run());
    }

    public static TheoryData<string> BrokenNetworks => [.. Broken.All.Select(broken => broken.Name)];

    /// <summary>A simulation that does not find these finds nothing.</summary>
    [Theory]
    [MemberData(nameof(BrokenNetworks))]
    public void What_is_broken_is_found(string name) =>
        Assert.True(Campaign.Caught(Array.Find(Broken.All, broken => broken.Name == name)!) is not null, $"{Campaign.BrokenWithin} seeds did not find it.");

    public static TheoryData<string> Scenarios => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Simulation", "Scenarios"), "*.txt").Select(file => Path.GetFileName(file)!).Order()];

    /// <summary>Runs that found what has been mended since: files of seed and options, one a line, with what they found.</summary>
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void What_was_found_stays_mended(string file)
    {
        var options = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Simulation", "Scenarios", file)).Where(line => line.Contains('=') && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2)).ToDictionary(option => option[0].Trim(), option => option[1].Trim());
        int? Number(string name) => options.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;
        var fault = Campaign.Fault(new Plan(Number("seed")!.Value, Number("validators"), Number("byzantine"), options.TryGetValue("forks", out var forks) ? bool.Parse(forks) : null, Votes: options.TryGetValue("votes", out var votes) && bool.Parse(votes), LostDisk: options.TryGetValue("lost disk", out var lost) && bool.Parse(lost)));
        Assert.True(fault is null, fault);
    }
}
