using Keten.Testing;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation.Network;

/// <summary>One thread, on which everybody's tasks, all messages and all clocks go on in an order that the seed draws.</summary>
internal sealed class World(int seed)
{
    private const int StepsAtMost = 3_000_000;
    private const long LongestRest = 25_000;
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private readonly PriorityQueue<Action, (long At, long Number)> later = new();
    private readonly List<Host> hosts = [];
    private long number;
    private int steps;

    public Random Random { get; } = new(seed);

    /// <summary>Of those who are no validator's machine: the clients.</summary>
    public SimulatedThreads Threads { get; } = new(seed);

    /// <summary>The true time, in microseconds since the beginning.</summary>
    public long Micros { get; private set; }

    /// <summary>The first promise that was broken.</summary>
    public string? Violation { get; private set; }

    public double Seconds => Micros / 1e6;

    /// <summary>The true time.</summary>
    public DateTimeOffset Now => Start.AddMicroseconds(Micros);

    public IReadOnlyList<Host> Hosts => hosts;

    public void Add(Host host) => hosts.Add(host);

    /// <summary>Does something so many milliseconds from now.</summary>
    public void Later(double milliseconds, Action what) => later.Enqueue(what, (Micros + (long)(milliseconds * 1_000), ++number));

    /// <summary>Waits, for whoever runs in this world.</summary>
    public Task Wait(double milliseconds)
    {
        var over = new TaskCompletionSource();
        Later(milliseconds, over.SetResult);
        return over.Task;
    }

    /// <summary>Ends the run with a promise that was broken, whoever may have caught what it threw.</summary>
    public void Demand(bool kept, string what)
    {
        if (!kept) Violation ??= what;
        Unless(kept, what);
    }

    /// <summary>Goes on until something is so; false where the true time came first.</summary>
    public bool RunUntil(Func<bool> isSo, double seconds)
    {
        while (!isSo())
        {
            if (Seconds >= seconds) return false;
            Step();
        }
        return true;
    }

    private void Step()
    {
        Unless(Violation is null, Violation ?? "");
        Unless(++steps < StepsAtMost, "It never comes to rest.");
        if (Random.Next(24) == 0) Pass(Random.Next(2_000));
        if (later.TryPeek(out _, out var first) && first.At <= Micros) later.Dequeue()();
        else if (!RunOne()) Pass(Math.Clamp(first.At - Micros, 1, 1 + Random.NextInt64(LongestRest)));
        foreach (var host in hosts) host.Look();
    }

    // The first that has something to do, from anywhere on. One that is slow lets most of its turns go by.
    private bool RunOne()
    {
        var from = Random.Next(hosts.Count + 1);
        for (var each = 0; each <= hosts.Count; each++)
        {
            var place = (from + each) % (hosts.Count + 1);
            if (place == hosts.Count)
            {
                if (Threads.RunOne()) return true;
            }
            else if ((!hosts[place].IsSlow || Random.Next(40) == 0) && hosts[place].Threads.RunOne())
            {
                return true;
            }
        }
        return false;
    }

    private void Pass(long micros)
    {
        Micros += micros;
        foreach (var host in hosts) host.Clock.Advance(TimeSpan.FromMicroseconds(micros));
    }
}
