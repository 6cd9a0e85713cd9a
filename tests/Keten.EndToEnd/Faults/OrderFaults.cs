using System.Diagnostics;

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
        await bout.WaitAsync(5);
        var stood = bout.Load.Count;
        await bout.WaitAsync(2);
        if (bout.Load.Count != stood) throw new InvalidOperationException("Something became final in an order that was lost.");
        bout.Controls.Add(new FaultRow("lost-etcd", "without the nodes' own copies, and without an epoch's record: the new, empty etcd is all there is")
        {
            IsControl = true, Acknowledged = before, Lost = before, Seen = "the new etcd has none of what was acknowledged; and without a record nothing became final any more: every node stood still",
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

    // As docs/epochs.md tells operators; from the folder of another validator where somebody has attested a higher block.
    private static async Task EpochAsync(Bout bout)
    {
        var nodes = bout.Network.Nodes;
        for (var proposer = 0; ; proposer++)
        {
            var record = bout.Network.FileNamed($"epoch{proposer}.cbor");
            var said = await KetenAsync("epoch", "propose", "--data", nodes.DataOf(proposer), "--out", record);
            for (var each = 0; said is null && each < 3; each++)
                said = await KetenAsync("epoch", "sign", record, "--data", nodes.DataOf(each), "--validator-key", Path.Combine(nodes.HomeOf(each), "validator.pem"));
            foreach (var each in (int[])[0, 1, 3]) said ??= await KetenAsync("epoch", "apply", record, "--data", nodes.DataOf(each));
            if (said is null) return;
            bout.Say(said);
            if (proposer == FaultNetwork.Count - 1) throw new InvalidOperationException(said);
        }
    }

    // What it said where it failed.
    private static async Task<string?> KetenAsync(params string[] words)
    {
        using StringWriter output = new(), error = new();
        return await Cli.Program.RunAsync(words, output, error) == 0 ? null : $"keten {string.Join(' ', words[..2])}: {error}";
    }
}
