using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Npgsql;

namespace Keten.EndToEnd.Faults;

/// <summary>What strikes the ordering service.</summary>
internal static class OrderFaults
{
    private const double ALittle = 0.2;

    // Confirmed before it is flushed, and flushed as late as PostgreSQL lets it be.
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
        var before = bout.Load.Count;
        for (var each = 0; each < order.Servers.Count; each++) await order.KillAsync(each);
        for (var each = 0; each < order.Servers.Count; each++) Directory.Delete(order.DataOf(each), recursive: true);
        var lost = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, order.Servers.Count).Select(each => order.StartAgainAsync(each, bout.Cancel)));
        await bout.StandsAsync();
        bout.Controls.Add(new FaultRow("lost-etcd", "without the nodes' own copies, and without an epoch's record: the new, empty etcd is all there is")
        {
            IsControl = true, Acknowledged = before, Lost = await KeysAsync(bout) == 0 ? before : 0,
            Seen = "the new etcd holds none of what was acknowledged; and for as long as there was no record, nothing became final: every node stood still",
        });
        for (var each = 0; each < FaultNetwork.Count; each++) await nodes.KillAsync(each);
        await EpochAsync(bout);
        await Task.WhenAll(Enumerable.Range(0, FaultNetwork.Count).Select(each => nodes.StartAsync(each, bout.Cancel)));
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
        await network.EachFinalAsync(after.Cancel);
        var load = new FaultLoad(network.Urls, network.Payers, Campaign.PerSecond);
        await load.ReachAsync(Math.Min(after.Target, 3_000), after.Cancel);
        await order.KillAsync(0);
        var acknowledged = await load.AbandonAsync(after.Cancel);
        await order.StartAgainAsync(0, after.Cancel);
        var newest = await NewestRowAsync(network, after.Cancel);
        using var client = new KetenClient(network.Urls[0]);
        var lost = 0;
        foreach (var block in acknowledged.GroupBy(one => one.Height))
            if ((long)(await client.BlockAsync(block.Key, after.Cancel))!.Header.LogPosition > newest) lost += block.Count();
        return new FaultRow("kill-postgres", "without flushing before it confirms (synchronous_commit=off), and without the nodes' own copies: what PostgreSQL has is all there is")
        {
            Acknowledged = acknowledged.Length, Lost = lost, Seen = "PostgreSQL came back without its newest entries; every node has them, says that the log has lost entries, and stands still until an epoch's record",
        };
    }

    private static async Task<long> NewestRowAsync(FaultNetwork network, CancellationToken cancel)
    {
        await using var source = NpgsqlDataSource.Create(network.Nodes.Order.Settings["KETEN__ORDER__CONNECTION"]);
        for (; ; await Task.Delay(100, cancel))
        {
            try
            {
                await using var command = source.CreateCommand("select coalesce(max(position), 0) from keten.entry");
                return (long)(await command.ExecuteScalarAsync(cancel))!;
            }
            catch (NpgsqlException)
            {
                // It does not answer yet.
            }
        }
    }

    // How many keys of the ledger the new etcd holds.
    private static async Task<long> KeysAsync(Bout bout)
    {
        using var http = new HttpClient();
        var endpoint = new Uri(bout.Network.Nodes.Order.Settings["KETEN__ORDER__ENDPOINTS"].Split(',')[0]);
        using var response = await http.PostAsJsonAsync(
            new Uri(endpoint, "/v3/kv/range"), new { key = Convert.ToBase64String("keten/"u8), range_end = Convert.ToBase64String("keten0"u8), count_only = true }, bout.Cancel);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(bout.Cancel);
        return answer.TryGetProperty("count", out var count) ? long.Parse(count.GetString()!, CultureInfo.InvariantCulture) : 0;
    }

    // As docs/epochs.md tells operators: each proposes, the record that begins on the highest block is signed by as many as it takes, and the others are given it.
    private static async Task EpochAsync(Bout bout)
    {
        var nodes = bout.Network.Nodes;
        var (best, highest) = ("", 0ul);
        for (var each = 0; each < FaultNetwork.Count; each++)
        {
            var record = bout.Network.FileNamed($"epoch{each}.cbor");
            var height = (ulong)(await KetenAsync("epoch", "propose", "--data", nodes.DataOf(each), "--out", record))["height"]!;
            if (height > highest) (best, highest) = (record, height);
        }
        var signed = false;
        for (var each = 0; !signed; each++) signed = (bool)(await KetenAsync("epoch", "sign", best, "--data", nodes.DataOf(each), "--validator-key", Path.Combine(nodes.HomeOf(each), "validator.pem")))["complete"]!;
        for (var each = 0; each < FaultNetwork.Count; each++) await KetenAsync("epoch", "apply", best, "--data", nodes.DataOf(each));
    }

    private static async Task<JsonNode> KetenAsync(params string[] words)
    {
        using StringWriter output = new(), error = new();
        return await Cli.Program.RunAsync([.. words, "--json"], output, error) == 0 ? JsonNode.Parse(output.ToString().TrimEnd().Split('\n')[^1])!
            : throw new InvalidOperationException($"keten {string.Join(' ', words[..2])}: {error}");
    }
}
