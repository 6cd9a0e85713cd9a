using Keten.Bench.Harness;
using Keten.EndToEnd.Faults;

namespace Keten.Bench.Scenarios;

/// <summary>Real faults on real processes, each under load, and beside each what is lost where its protection is taken away.</summary>
internal static class Faults
{
    public static async Task MeasureAsync(Run run)
    {
        var faults = run.Options.Only is { } only
            ? only.Split(',').Select(name => AllFaults.Find(name) ?? throw new InvalidOperationException($"'{name}' is no fault: {string.Join(", ", AllFaults.List.Select(fault => fault.Name))}."))
            : AllFaults.List;
        foreach (var row in await Campaign.RunAsync(faults, run.Pick(1_000, 10_000, 50_000), run.Say))
        {
            run.Rows.Add(row.ToJson());
            if (row is { IsControl: false, Skipped: null, Broken: null })
            {
                run.Add("acknowledged", "", row.Acknowledged);
                run.Add("lost", "", row.Lost);
            }
        }
        var good = run.Rows.Count(row => (bool)row["asPromised"]!);
        run.Add("rows", "", run.Rows.Count);
        run.Add("asPromised", "", good);
        run.Aim("asPromised", atLeast: run.Rows.Count);
        run.Aim("lost", atMost: 0);
    }
}
