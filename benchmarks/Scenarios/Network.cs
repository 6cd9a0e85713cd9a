using System.Diagnostics;
using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Cli.Jobs.Networks;
using Keten.EndToEnd.Faults;

namespace Keten.Bench.Scenarios;

/// <summary>
/// Four validators, each a process that checks every signature, on three etcd servers, and the load beside them, all on this machine: signed transfers through all validators at once,
/// awaited until final and in the views; and at half of that, how soon a transfer is final. Then the same over lines of 50 ms.
/// </summary>
internal static class Network
{
    private const int Validators = 4;
    private const int EtcdMembers = 3;
    private const int Signers = 2_000;
    private const int ARequest = 250;
    private const int ConnectionsEach = 4;
    private const int AHalfRequest = 20;
    private const int HalfConnectionsEach = 64;
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(25);

    public static async Task MeasureAsync(Run run)
    {
        await MeasureAsync(run, "", null);
        run.Say(FormattableString.Invariant($"the same with {2 * Late.TotalMilliseconds} ms there and back on each line between a validator and the others or the etcds"));
        using var far = new Lines();
        await MeasureAsync(run, "Far", far);
        run.Aim("transfersPerSecond", atLeast: 4_000);
        run.Aim("p99FinalMs", atMost: 500);
    }

    private static async Task MeasureAsync(Run run, string where, Lines? lines)
    {
        using var fleet = new Fleet(Signers);
        var folder = Directory.CreateTempSubdirectory("keten-bench-network-");
        try
        {
            var options = new LocalNetworkOptions(Validators, "etcd", EtcdMembers)
            {
                Settings = new Dictionary<string, string> { ["KETEN__HTTP__PERADDRESS"] = "10000000" }, Prepare = lines is null ? null : (_, start) => lines.Prepare(start),
            };
            await using var network = await LocalNetwork.StartAsync(folder.FullName, options, [fleet.Bank.Public], CancellationToken.None);
            await fleet.FoundAsync(network.Genesis.LedgerId, some => Loader.MustAsync(network.UrlOf(0), some));
            await ThroughputAsync(run, where, network, fleet);
            await LatencyAsync(run, where, network, fleet);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ThroughputAsync(Run run, string where, LocalNetwork network, Fleet fleet)
    {
        // Over long lines each round takes three times as long.
        var aRound = run.Pick(10_000, 30_000, 120_000) / (where.Length == 0 ? 1 : 3);
        var height = (await RoundAsync(network, fleet, aRound / 2)).Max(each => each.Height);
        for (var round = 0; round < run.Rounds; round++)
        {
            var before = Cpu(network);
            var all = await RoundAsync(network, fleet, aRound);
            var (after, seconds) = (Cpu(network), all.Max(each => each.Seconds));
            run.Add("transfersPerSecond" + where, "/s", all.Sum(each => each.Done) / seconds);
            run.Add("transfersPerBlock" + where, "", aRound / (double)(all.Max(each => each.Height) - height));
            height = all.Max(each => each.Height);
            run.Add("nodesCpuPerTransfer" + where, "µs", (after.Nodes - before.Nodes) * 1e6 / aRound);
            run.Add("etcdCpuPerTransfer" + where, "µs", (after.Order - before.Order) * 1e6 / aRound);
            run.Say(FormattableString.Invariant($"{run.Last("transfersPerSecond" + where):#,0} transfers/s"));
        }
    }

    private static async Task LatencyAsync(Run run, string where, LocalNetwork network, Fleet fleet)
    {
        var perSecond = run.Median("transfersPerSecond" + where)!.Value / 2;
        for (var round = 0; round < run.Rounds; round++)
        {
            var requests = Requests(network, fleet, (int)(perSecond * run.Pick(4, 10, 60)), AHalfRequest);
            var all = await Task.WhenAll(requests.Select((some, each) => Loader.OpenAsync(network.UrlOf(each), some, perSecond / AHalfRequest / Validators, HalfConnectionsEach)));
            run.Add("p50FinalMs" + where, "ms", all.Max(each => each.Percentile(0.5)));
            run.Add("p99FinalMs" + where, "ms", all.Max(each => each.Percentile(0.99)));
        }
    }

    private static Task<Loaded[]> RoundAsync(LocalNetwork network, Fleet fleet, int transfers) =>
        Task.WhenAll(Requests(network, fleet, transfers, ARequest).Select((some, each) => Loader.ClosedAsync(network.UrlOf(each), some, ConnectionsEach)));

    // Each validator's share of them.
    private static byte[][][] Requests(LocalNetwork network, Fleet fleet, int transfers, int aRequest)
    {
        var shares = fleet.Transfers(transfers).Chunk((transfers + Validators - 1) / Validators).ToArray();
        return [.. shares.Select((some, each) => Request.Submits(network.UrlOf(each), some, aRequest))];
    }

    private static (double Nodes, double Order) Cpu(LocalNetwork network) => (
        Enumerable.Range(0, Validators).Sum(each => Usage.Of(network.PidOf(each)!.Value).CpuSeconds),
        network.OrderingServers.Sum(server => Usage.Of(server.Id).CpuSeconds));

    /// <summary>A line of its own for each validator, over which it reaches the others and the order.</summary>
    private sealed class Lines : IDisposable
    {
        private readonly List<Line> lines = [];

        public void Prepare(ProcessStartInfo start)
        {
            var line = new Line(Late);
            lock (lines) lines.Add(line);
            foreach (var setting in (ReadOnlySpan<string>)["KETEN__ORDER__PEERS", "KETEN__ORDER__ENDPOINTS"])
                start.Environment[setting] = string.Join(',', start.Environment[setting]!.Split(',').Select(line.Through));
        }

        public void Dispose()
        {
            foreach (var line in lines) line.Dispose();
        }
    }
}
