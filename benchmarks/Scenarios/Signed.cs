using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Bench.Peers;

namespace Keten.Bench.Scenarios;

/// <summary>
/// Transfers, each with a signature of its own, from 10,000 signers between their accounts, over HTTP to a node in another process; awaited until final, and the clock stops when the
/// views have caught up. Raw checks are timed in each round, beside it.
/// </summary>
internal static class Signed
{
    public const int Signers = 10_000;
    private const int ARequest = 1_000;
    private const int Connections = 8;
    private const int OneConnections = 64;
    private const int AHalfRequest = 100;
    private const int HalfConnections = 128;

    public static async Task MeasureAsync(Run run)
    {
        await KetenAsync(run);
        await SideBySide.TryAsync(run, "PostgreSQL", PostgresPeer.MeasureOnesAsync);
        await SideBySide.TryAsync(run, "Anvil", AnvilPeer.MeasureAsync);
        run.Ratio("ratioToPostgres", "transfersPerSecond", "postgresPerSecond");
        run.Ratio("ratioToAnvil", "transfersPerSecond", "anvilPerSecond");
        run.Aim("ratioToVerifyRate", atLeast: 0.65);
        run.Aim("ratioToPostgres", atLeast: 2);
        run.Aim("ratioToAnvil", atLeast: 3);
        run.Aim("p99Ms", atMost: 50);
        run.Aim("bytesPerTransfer", atMost: 280);
    }

    private static async Task KetenAsync(Run run)
    {
        var (aRound, ones, halfSeconds) = (run.Pick(20_000, 50_000, 200_000), run.Pick(5_000, 10_000, 50_000), run.Pick(3, 8, 30));
        run.Say("enrolling 10,000 signers");
        await using var node = await NodeUnderLoad.StartAsync(Signers);
        await RoundAsync(node, aRound / 2, ARequest, Connections);
        var before = node.Node.Bytes();
        for (var round = 0; round < run.Rounds; round++)
        {
            RawVerify.Measure(run);
            var loaded = await node.CountedAsync(run, "Transfer", Ready(node, aRound, ARequest, Connections));
            run.Add("transfersPerSecond", "/s", loaded.PerSecond);
            run.Add("finalPerSecond", "/s", loaded.FinalPerSecond);
            run.Add("ratioToVerifyRate", "", loaded.PerSecond / run.Last("verifyRatePerSecond"));
            run.Add("cpuRatioToVerify", "", run.Last("verifyCpu") / run.Last("nodeCpuPerTransfer"));
            run.Add("fullLoadP50Ms", "ms", loaded.Percentile(0.5));
            run.Add("fullLoadP99Ms", "ms", loaded.Percentile(0.99));
            run.Say(FormattableString.Invariant($"{loaded.PerSecond:#,0} transfers/s"));
        }
        var after = node.Node.Bytes();
        run.Add("bytesPerTransfer", "B", (after.Ledger - before.Ledger) / ((double)run.Rounds * aRound));
        run.Add("viewBytesPerTransfer", "B", (after.Views - before.Views) / ((double)run.Rounds * aRound));
        for (var round = 0; round < run.Rounds; round++) await HalfLoadAsync(run, node, run.Median("transfersPerSecond")!.Value / 2, halfSeconds);
        for (var round = 0; round < run.Rounds; round++)
        {
            var loaded = await RoundAsync(node, ones, 1, OneConnections);
            run.Add("onePerRequestPerSecond", "/s", loaded.PerSecond);
            run.Add("onePerRequestP99Ms", "ms", loaded.Percentile(0.99));
        }
    }

    /// <summary>One round of signed transfers, as fast as the node answers.</summary>
    public static Task<Loaded> RoundAsync(NodeUnderLoad node, int transfers, int aRequest, int connections) => Ready(node, transfers, aRequest, connections)();

    // An arrival process that does not wait for answers, at half of what was measured: what a customer sees on an ordinary day.
    private static async Task HalfLoadAsync(Run run, NodeUnderLoad node, double perSecond, int seconds)
    {
        var requests = Request.Submits(node.Url, node.Fleet.Transfers((int)(perSecond * seconds)), AHalfRequest);
        var loaded = await Loader.OpenAsync(node.Url, requests, perSecond / AHalfRequest, HalfConnections);
        run.Add("p50Ms", "ms", loaded.Percentile(0.5));
        run.Add("p99Ms", "ms", loaded.Percentile(0.99));
    }

    // Signed now, sent when asked.
    private static Func<Task<Loaded>> Ready(NodeUnderLoad node, int transfers, int aRequest, int connections)
    {
        var requests = Request.Submits(node.Url, node.Fleet.Transfers(transfers), aRequest);
        return () => Loader.ClosedAsync(node.Url, requests, connections);
    }
}
