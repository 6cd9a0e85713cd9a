using System.Diagnostics;
using Keten.Bench.Harness;
using Keten.Bench.Load;

namespace Keten.Bench.Scenarios;

/// <summary>Five times as much as the node can do: what it still does, how it says no to the rest, and how soon it answers as ever when the load has gone.</summary>
internal static class Overload
{
    private const double Times = 5;
    private const int ARequest = 500;
    private const int Connections = 400;
    private const double UsualMs = 100;

    public static async Task MeasureAsync(Run run)
    {
        await using var node = await NodeUnderLoad.StartAsync(Signed.Signers);
        await Signed.RoundAsync(node, 10_000, 1_000, 8);
        for (var round = 0; round < run.Rounds; round++)
        {
            var best = await Signed.RoundAsync(node, run.Pick(15_000, 40_000, 100_000), 1_000, 8);
            run.Add("bestPerSecond", "/s", best.PerSecond);
            var offered = best.PerSecond * Times;
            var requests = Request.Submits(node.Url, node.Fleet.Transfers((int)(offered * run.Pick(3, 5, 20))), ARequest);
            run.Say(FormattableString.Invariant($"best {best.PerSecond:#,0}/s, offering {offered:#,0}/s"));
            var loaded = await node.CountedAsync(run, "Transfer", () => Loader.OpenAsync(node.Url, requests, offered / ARequest, Connections));
            var recovery = await RecoveryAsync(node);
            var (all, refused) = ((double)requests.Length * ARequest, loaded.Busy + loaded.Refused.All * (double)ARequest);
            run.Add("offeredPerSecond", "/s", all / loaded.SendingSeconds);
            run.Add("keptPerSecond", "/s", loaded.PerSecond);
            run.Add("keptRatio", "", loaded.PerSecond / best.PerSecond);
            run.Add("refusedShare", "", refused / all);
            run.Add("refusedIn503Share", "", refused == 0 ? 0 : loaded.Refused.All * ARequest / refused);
            run.Add("retryAfterShare", "", loaded.Refused.All == 0 ? 0 : loaded.Refused.WithRetryAfter / (double)loaded.Refused.All);
            run.Add("refusedP99Ms", "ms", loaded.RefusedPercentile(0.99));
            run.Add("recoverySeconds", "s", recovery);
        }
        run.Aim("keptRatio", atLeast: 0.9);
        run.Aim("recoverySeconds", atMost: 1);
        run.Aim("retryAfterShare", atLeast: 1);
    }

    // Until one transfer is answered as soon as on an ordinary day.
    private static async Task<double> RecoveryAsync(NodeUnderLoad node)
    {
        var clock = Stopwatch.StartNew();
        using var connection = await Connection.OpenAsync(node.Url);
        while (clock.Elapsed.TotalSeconds < 60)
        {
            var (loaded, began) = (new Loaded(), clock.Elapsed);
            loaded.Take(await connection.SendAsync(Request.Submit(node.Url, node.Fleet.Transfers(1))), 0);
            if (loaded.Done == 1 && (clock.Elapsed - began).TotalMilliseconds < UsualMs) return began.TotalSeconds;
            await Task.Delay(20);
        }
        return 60;
    }
}
