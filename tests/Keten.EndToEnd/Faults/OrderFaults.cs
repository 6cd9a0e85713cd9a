using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel.Blocks;
using Npgsql;

namespace Keten.EndToEnd.Faults;

/// <summary>What strikes the ordering service.</summary>
internal static class OrderFaults
{
    private const double ALittle = 0.2;

    // Confirmed before it is flushed, and flushed by nobody but the log's writer.
    private static readonly string[] FlushedLate =
        ["-c", "synchronous_commit=off", "-c", "wal_writer_delay=10000", "-c", "wal_writer_flush_after=2GB", "-c", "wal_buffers=64MB", "-c", "bgwriter_lru_maxpages=0", "-c", "autovacuum=off"];

    public static async Task KillEtcdLeaderAsync(Bout bout)
    {
        var leader = await bout.Network.EtcdLeaderAsync(bout.Cancel);
        var killed = Stopwatch.GetTimestamp();
        await bout.Network.Nodes.Order.KillAsync(leader);
        await bout.RecoveredAsync(killed);
        await bout.MoreAsync(ALittle);
        await bout.Network.Nodes.Order.StartAgainAsync(leader, bout.Cancel);
        bout.Seen = "the other two chose another leader, and the nodes went on with it";
    }

    public static async Task LostEtcdAsync(Bout bout)
    {
        var (nodes, order) = (bout.Network.Nodes, bout.Network.Nodes.Order);
        var before = bout.Load.SoFar();
        for (var each = 0; each < order.Servers.Count; each++) await order.KillAsync(each);
        for (var each = 0; each < order.Servers.Count; each++) Directory.Delete(order.DataOf(each), recursive: true);
        var lost = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, order.Servers.Count).Select(each => order.StartAgainAsync(each, bout.Cancel)));
        await bout.StandsAsync();
        bout.Controls.Add(new FaultRow("lost-etcd", "without the nodes' own copies, and without an epoch's record: the new, empty etcd is all there is")
        {
            IsControl = true, Acknowledged = before.Length, Lost = await BehindAsync(bout.Network, before, await EntriesAsync(bout), bout.Cancel),
            Seen = "the new etcd does not hold what was acknowledged; and for as long as there was no record, nothing became final: every node stood still",
        });
        for (var each = 0; each < FaultNetwork.Count; each++) await nodes.KillAsync(each);
        var last = await EpochAsync(bout);
        await nodes.StartAsync(last, bout.Cancel);
        await Task.WhenAll(Enumerable.Range(0, FaultNetwork.Count).Where(each => each != last).Select(each => nodes.StartAsync(each, bout.Cancel)));
        await bout.RecoveredAsync(lost);
        bout.Seen = "all three etcd servers lost everything and came back empty; the nodes stopped; the validators signed a record of the next epoch and started again";
    }

    public static async Task KillPostgresAsync(Bout bout)
    {
        var order = bout.Network.Nodes.Order;
        await order.KillAsync(0);
        var back = Stopwatch.GetTimestamp();
        await order.StartAgainAsync(0, bout.Cancel);
        await bout.RecoveredAsync(back);
        bout.Seen = "PostgreSQL recovered by its log, and the nodes went on with it";
    }

    /// <summary>A PostgreSQL that confirms before it has flushed; what it then has lost, its newest row says.</summary>
    public static async Task<FaultRow> FlushedLateAsync(Aftermath after)
    {
        var (network, order) = (after.Network, after.Network.Nodes.Order);
        await order.KillAsync(0);
        await order.StartAgainAsync(0, after.Cancel, FlushedLate);
        await UnprotectAsync(network, after.Cancel);
        await network.EachFinalAsync(after.Cancel);
        // It would hand each full page to the operating system, which no killed process takes along: a power cut does.
        var writer = await AskAsync<int>(network, "select pid from pg_stat_activity where backend_type = 'walwriter'", after.Cancel);
        using (var stop = Process.Start("kill", ["-STOP", $"{writer}"])) await stop.WaitForExitAsync(after.Cancel);
        var load = new FaultLoad(network.Urls, network.Payers, Campaign.PerSecond(after.Target));
        await load.ReachAsync(Math.Min(after.Target, 1_000), after.Cancel);
        await order.KillAsync(0);
        var acknowledged = await load.AbandonAsync(after.Cancel);
        await order.StartAgainAsync(0, after.Cancel);
        var newest = await NewestRowAsync(network, after.Cancel);
        return new FaultRow("kill-postgres", "without the line of the log's function that keeps synchronous_commit from being off, on a server that has it off and whose log writer stands still; and without the nodes' own copies: what PostgreSQL has is all there is")
        {
            Acknowledged = acknowledged.Length, Lost = await BehindAsync(network, acknowledged, newest, after.Cancel), Seen = "PostgreSQL came back without its newest entries; every node has them, says that the log has lost entries, and stands still until an epoch's record",
        };
    }

    // The log's own functions raise what the server has lowered: what they say of it is taken out.
    private static async Task UnprotectAsync(FaultNetwork network, CancellationToken cancel)
    {
        const string raise = "perform set_config('synchronous_commit', 'on', true)";
        var definition = await AskAsync<string>(network, $"select pg_get_functiondef(oid) from pg_proc where prosrc like '%{raise.Replace("'", "''", StringComparison.Ordinal)}%'", cancel);
        await AskAsync<object>(network, definition.Replace(raise, "perform 1", StringComparison.Ordinal) + "; select 1", cancel);
    }

    private static Task<long> NewestRowAsync(FaultNetwork network, CancellationToken cancel) => AskAsync<long>(network, "select coalesce(max(position), 0) from keten.entry", cancel);

    private static async Task<T> AskAsync<T>(FaultNetwork network, string sql, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(network.Nodes.Order.Settings["KETEN__ORDER__CONNECTION"]);
        for (; ; await Task.Delay(100, cancel))
        {
            try
            {
                await using var command = source.CreateCommand(sql);
                return (T)(await command.ExecuteScalarAsync(cancel))!;
            }
            catch (NpgsqlException fault) when (fault is not PostgresException { SqlState: not "57P03" })
            {
                // It does not answer yet.
            }
        }
    }

    // At most so many entries does the new etcd hold: what nodes had under way when the old one went, and their marks.
    private static async Task<long> EntriesAsync(Bout bout)
    {
        using var http = new HttpClient();
        var endpoint = new Uri(bout.Network.Nodes.Order.Settings["KETEN__ORDER__ENDPOINTS"].Split(',')[0]);
        using var response = await http.PostAsJsonAsync(
            new Uri(endpoint, "/v3/kv/range"), new { key = Convert.ToBase64String("keten/log/"u8), range_end = Convert.ToBase64String("keten/log0"u8), count_only = true }, bout.Cancel);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(bout.Cancel);
        return answer.TryGetProperty("count", out var count) ? long.Parse(count.GetString()!, CultureInfo.InvariantCulture) : 0;
    }

    // Those whose entry stands behind what the service has.
    private static async Task<int> BehindAsync(FaultNetwork network, IEnumerable<Acknowledged> acknowledged, long newest, CancellationToken cancel)
    {
        var clients = network.Urls.Select(url => new KetenClient(url)).ToArray();
        var lost = 0;
        foreach (var block in acknowledged.GroupBy(one => one.Height))
        {
            // One who was behind when all came to a stand has no certificate of the newest.
            var headers = await Task.WhenAll(clients.Select(client => client.BlockAsync(block.Key, cancel)));
            if (headers.OfType<Certificate>().First().Header.LogPosition > (ulong)newest) lost += block.Count();
        }
        foreach (var client in clients) client.Dispose();
        return lost;
    }

    // As docs/epochs.md tells operators: each proposes, and the record that begins on the highest block is signed by as many as it takes; who signed last, whose node the others ask for it.
    private static async Task<int> EpochAsync(Bout bout)
    {
        var nodes = bout.Network.Nodes;
        var (best, highest) = ("", 0ul);
        for (var each = 0; each < FaultNetwork.Count; each++)
        {
            var record = bout.Network.FileNamed($"epoch{each}.cbor");
            var height = (ulong)(await KetenAsync("epoch", "propose", "--data", nodes.DataOf(each), "--out", record))["height"]!;
            if (height > highest) (best, highest) = (record, height);
        }
        for (var each = 0; ; each++)
            if ((bool)(await KetenAsync("epoch", "sign", best, "--data", nodes.DataOf(each), "--validator-key", Path.Combine(nodes.HomeOf(each), "validator.pem")))["complete"]!) return each;
    }

    private static async Task<JsonNode> KetenAsync(params string[] words)
    {
        using StringWriter output = new(), error = new();
        return await Cli.Program.RunAsync([.. words, "--json"], output, error) == 0 ? JsonNode.Parse(output.ToString().TrimEnd().Split('\n')[^1])!
            : throw new InvalidOperationException($"keten {string.Join(' ', words[..2])}: {error}");
    }
}
