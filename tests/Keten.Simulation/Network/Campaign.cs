using System.Reflection;
using Keten.Log;

namespace Keten.Simulation.Network;

/// <summary>Many seeds, on as many threads as are given, each run on one of them.</summary>
internal static class Campaign
{
    /// <summary>The commit that is run, as far as the build knows it.</summary>
    public static string Commit => typeof(Campaign).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>How many seeds a broken network may take to be found.</summary>
    public const int BrokenWithin = 40;

    /// <summary>Runs one seed. What is wrong, with all that it takes to run it again; null where nothing is.</summary>
    public static string? Fault(Plan plan, Broken? broken = null) => Fault(plan, broken, out _);

    /// <summary>Runs one seed, and gives the simulation as it ended.</summary>
    public static string? Fault(Plan plan, Broken? broken, out NetworkSimulation simulation)
    {
        simulation = new NetworkSimulation(plan, broken);
        try
        {
            simulation.Run();
            return simulation.Strays == 0 ? null : Say(plan, simulation, $"{simulation.Strays} tasks left the thread.");
        }
        catch (Exception fault) when (fault is BrokenPromiseException or LogException or IOException or InvalidOperationException)
        {
            return Say(plan, simulation, fault is BrokenPromiseException ? fault.Message : fault.ToString());
        }
    }

    /// <summary>Runs seeds from one to before another, and gives what was wrong.</summary>
    public static List<string> Run(int from, int to, int threads, Action<NetworkSimulation>? ran = null)
    {
        var (next, faults) = (from - 1, new List<string>());
        OnThreads(threads, () =>
        {
            for (int seed; (seed = Interlocked.Increment(ref next)) < to;)
            {
                var fault = Fault(new Plan(seed), null, out var simulation);
                lock (faults)
                {
                    if (fault is not null) faults.Add(fault);
                    ran?.Invoke(simulation);
                }
            }
        });
        return faults;
    }

    /// <summary>What the first seed that finds a broken network says of it; null where none does.</summary>
    public static string? Caught(Broken broken)
    {
        for (var seed = 0; seed < BrokenWithin; seed++)
            if (Fault(new Plan(seed), broken) is { } fault && Array.Exists(broken.Says, says => fault.Contains(says, StringComparison.Ordinal))) return fault;
        return null;
    }

    // Threads of its own: a run stays on the thread where it began.
    private static void OnThreads(int count, Action work)
    {
        var threads = new Thread[count];
        for (var each = 0; each < count; each++) (threads[each] = new Thread(() => work()) { IsBackground = true, Name = "simulation" }).Start();
        foreach (var thread in threads) thread.Join();
    }

    private static string Say(Plan plan, NetworkSimulation simulation, string what) =>
        FormattableString.Invariant($"Seed {plan.Seed} ({simulation.What}) at {Commit}: {what}\nAgain: KETEN_SEEDS={plan.Seed}-{plan.Seed + 1} dotnet test tests/Keten.Tests --filter NetworkSimulationTests");
}
