using Keten.Bench.Harness;
using Keten.Bench.Load;

namespace Keten.Bench.Scenarios;

/// <summary>Seven tenths of what the node can do, for a while: whether memory, threads and latency stay as they are.</summary>
internal static class Soak
{
    private const double Share = 0.7;
    private const int ARequest = 100;
    private const int Connections = 128;
    private const int Slices = 12;

    public static async Task MeasureAsync(Run run)
    {
        await using var node = await NodeUnderLoad.StartAsync(Signed.Signers);
        await Signed.RoundAsync(node, 10_000, 1_000, 8);
        var best = (await Signed.RoundAsync(node, run.Pick(20_000, 50_000, 100_000), 1_000, 8)).PerSecond;
        var (perSecond, seconds) = (best * Share, run.Pick(30, 60, 600));
        run.Say(FormattableString.Invariant($"signing {perSecond * seconds:#,0} transfers"));
        var requests = Request.Submits(node.Url, node.Fleet.Transfers((int)(perSecond * seconds)), ARequest);
        var waits = Enumerable.Range(0, Slices).Select(_ => new List<double>()).ToArray();
        using var end = new CancellationTokenSource();
        var watching = WatchAsync(run, node, seconds / (double)(4 * Slices), end.Token);
        var loaded = await node.CountedAsync(run, "Transfer", () => Loader.OpenAsync(node.Url, requests, perSecond / ARequest, Connections, (due, took) =>
        {
            var slice = waits[Math.Min(Slices - 1, (int)(due / seconds * Slices))];
            lock (slice) slice.Add(took);
        }));
        await end.CancelAsync();
        await watching;
        for (var slice = 0; slice < Slices; slice++) run.Point("latency", "s", "ms p99", (slice + 0.5) * seconds / Slices, Figure.Percentile(waits[slice], 0.99));
        run.Add("transfersPerSecond", "/s", loaded.PerSecond);
        run.Add("p99Ms", "ms", loaded.Percentile(0.99));
        foreach (var series in run.Series) run.Add($"{series.Name}LastToFirst", "", LastToFirst(series));
        run.Aim("memoryLastToFirst", atMost: 1.2);
        run.Aim("threadsLastToFirst", atMost: 1.2);
        run.Aim("latencyLastToFirst", atMost: 1.5);
    }

    private static async Task WatchAsync(Run run, NodeUnderLoad node, double every, CancellationToken cancel)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(every), cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var usage = Usage.Of(node.Node.Id);
            run.Point("memory", "s", "MiB", clock.Elapsed.TotalSeconds, usage.MemoryBytes / (double)(1 << 20));
            run.Point("threads", "s", "threads", clock.Elapsed.TotalSeconds, usage.Threads);
        }
    }

    // The median of the last third over that of the second: what warms up in the first is no growth.
    private static double LastToFirst(Series series)
    {
        var third = series.Points.Count / 3;
        return Figure.Percentile([.. series.Points.TakeLast(third).Select(point => point.Y)], 0.5)
            / Math.Max(1e-9, Figure.Percentile([.. series.Points.Skip(third).Take(third).Select(point => point.Y)], 0.5));
    }
}
