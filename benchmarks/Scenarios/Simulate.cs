using Keten.Bench.Harness;
using Keten.Simulation.Network;

namespace Keten.Bench.Scenarios;

/// <summary>Whole networks in simulation: as many seeds as asked, and the broken variants that must be found.</summary>
internal static class Simulate
{
    public static Task MeasureAsync(Run run)
    {
        var seeds = run.Options.Seeds ?? run.Pick(50, 500, 5_000);
        var (done, finals, blocks, longest, before) = (0, 0L, 0L, 0.0, Environment.CpuUsage.TotalTime);
        var seconds = Run.Time(() =>
        {
            foreach (var fault in Campaign.Run(0, seeds, Environment.ProcessorCount, simulation =>
            {
                (finals, blocks, longest) = (finals + simulation.Finals, blocks + (long)simulation.Height, Math.Max(longest, simulation.Seconds));
                if (++done % 100 == 0) run.Say($"{done} seeds");
            })) run.Note(fault);
        });
        run.Add("seeds", "", seeds);
        run.Add("violations", "", run.Notes.Count);
        run.Add("secondsForSeeds", "s", seconds);
        run.Add("processorSecondsForSeeds", "s", (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        run.Add("longestSimulatedSeconds", "s", longest);
        run.Add("certifiedBlocks", "", blocks);
        run.Add("finalAnswers", "", finals);
        var caught = 0;
        foreach (var broken in Broken.All)
        {
            var found = Campaign.Caught(broken);
            if (found is not null) caught++;
            run.Say(found is null ? $"not found: {broken.Name}" : $"found: {broken.Name}: {found.Split('\n')[0]}");
        }
        run.Add("brokenVariantsCaught", "", caught);
        run.Add("brokenVariants", "", Broken.All.Length);
        run.Aim("violations", atMost: 0);
        run.Aim("brokenVariantsCaught", atLeast: Broken.All.Length);
        return Task.CompletedTask;
    }
}
