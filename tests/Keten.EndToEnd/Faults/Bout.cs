using System.Diagnostics;

namespace Keten.EndToEnd.Faults;

/// <summary>One fault under way, with the load that runs through it.</summary>
internal sealed class Bout(FaultNetwork network, FaultLoad load, int target, Action<string> say, CancellationToken cancel)
{
    private const int StandsAtMost = 5;

    public FaultNetwork Network => network;

    public FaultLoad Load => load;

    public CancellationToken Cancel => cancel;

    public double? RecoveredSeconds { get; private set; }

    /// <summary>What was seen, in words.</summary>
    public string Seen { get; set; } = "";

    /// <summary>The same with protections removed.</summary>
    public List<FaultRow> Controls { get; } = [];

    public void Say(string line) => say(line);

    /// <summary>Waits until a part of what is to be acknowledged is.</summary>
    public Task UnderwayAsync(double part) => load.ReachAsync((int)(target * part), cancel);

    /// <summary>Waits for so much to become final from now on, of the whole.</summary>
    public Task MoreAsync(double part) => load.ReachAsync(load.Count + (int)(target * part), cancel);

    /// <summary>Waits until nothing has become final for three seconds; what was attested before a fault still does.</summary>
    public async Task StandsAsync()
    {
        for (var (tries, before) = (0, -1); load.Count != before; tries++)
        {
            if (tries == StandsAtMost) throw new InvalidOperationException("Transactions go on becoming final.");
            before = load.Count;
            await Task.Delay(TimeSpan.FromSeconds(3), cancel);
        }
    }

    /// <summary>Waits until a transfer through each validator is final, and keeps how long that took.</summary>
    /// <param name="since">From when, by <see cref="Stopwatch.GetTimestamp"/>.</param>
    public async Task RecoveredAsync(long since)
    {
        await network.EachFinalAsync(cancel);
        RecoveredSeconds = Math.Round(Math.Max(RecoveredSeconds ?? 0, Stopwatch.GetElapsedTime(since).TotalSeconds), 1);
    }
}

/// <summary>What a control is tried on.</summary>
internal sealed record Aftermath(FaultNetwork Network, int Target, CancellationToken Cancel);

/// <summary>One fault: what strikes, and what must hold all the same.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Engine">Which ordering service: etcd (three servers) or postgres.</param>
/// <param name="Promised">What the network promises.</param>
/// <param name="Hands">What somebody must do.</param>
/// <param name="StrikeAsync">Lets it happen, and ends it.</param>
internal sealed record Fault(string Name, string Engine, string Promised, string Hands, Func<Bout, Task> StrikeAsync)
{
    /// <summary>Why it cannot be tried on a network here; null where it can.</summary>
    public Func<FaultNetwork, string?> Lacks { get; init; } = _ => null;

    /// <summary>Whether the network cannot be used afterwards.</summary>
    public bool IsLast { get; init; }

    /// <summary>Why there is no honest control beside it, where there is none.</summary>
    public string? NoControl { get; init; }

    /// <summary>The same with a protection removed, after the network has been checked.</summary>
    public Func<Aftermath, Task<FaultRow>>? ControlAsync { get; init; }
}
