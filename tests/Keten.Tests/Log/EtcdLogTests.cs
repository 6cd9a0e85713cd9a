using System.Text;
using System.Text.Json;
using Keten.Log;

namespace Keten.Tests.Log;

[Needs("etcd"), Collection(EtcdCollection.Name)]
public class EtcdLogTests(EtcdServer server) : LogConformance
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "keten-log-" + Guid.NewGuid().ToString("N"));

    private readonly string prefix = EtcdServer.NewPrefix();

    private protected virtual bool KeepsFile => true;

    private protected override ILog Open() => EtcdLog.Open(server.Options(prefix) with { Folder = KeepsFile ? folder : null });

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}

/// <summary>The same, by a node that remembers nothing: positions come from the log and the marks in it.</summary>
public sealed class EtcdLogWithoutItsFileTests(EtcdServer server) : EtcdLogTests(server)
{
    private protected override bool KeepsFile => false;
}

/// <summary>What etcd and those who write to it can do, and what it comes to.</summary>
[Needs("etcd"), Collection(EtcdCollection.Name)]
public sealed class EtcdFaultTests(EtcdServer server) : IAsyncLifetime
{
    private readonly string prefix = EtcdServer.NewPrefix(), folder = Path.Combine(Path.GetTempPath(), "keten-log-" + Guid.NewGuid().ToString("N"));
    private EtcdLog log = null!;

    public Task InitializeAsync()
    {
        log = EtcdLog.Open(server.Options(prefix) with { Folder = folder });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await log.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [EngineFact]
    public async Task Validators_append_to_one_order()
    {
        await using var other = EtcdLog.Open(server.Options(prefix, 'b'));
        Assert.Equal(1, await log.AppendAsync(new byte[] { 1 }));
        Assert.Equal(2, await other.AppendAsync(new byte[] { 2 }));
        Assert.Equal(3, await log.AppendAsync(new byte[] { 3 }));
        Assert.Equal([1, 2, 3], await Take(log, 3));
        Assert.Equal([1, 2, 3], await Take(other, 3));
        Assert.Equal(log.Newest, other.Newest);
    }

    [EngineFact]
    public async Task What_a_validator_overwrites_deletes_or_writes_beside_the_rules_is_skipped_by_all_alike()
    {
        await log.AppendAsync(new byte[] { 1 });
        var own = $"{prefix}log/{new string('c', 40)}/";
        await PutAsync(own + "x", 2);                                           // an entry
        await PutAsync(own + "x", 3);                                           // an overwrite
        await server.AskAsync("/v3/kv/deleterange", new { key = Base64(own + "x") });
        await PutAsync(own + "x", 4);                                           // a new key again: an entry
        await PutAsync(prefix + "log/elsewhere/x", 5);                          // under no validator
        await server.AskAsync("/v3/kv/txn", new { success = new[] { Put(own + "y", 6), Put(own + "z", 7) } });
        var lease = (await server.AskAsync("/v3/lease/grant", new { TTL = "60" })).GetProperty("ID").GetString();
        await server.AskAsync("/v3/kv/put", new { key = Base64(own + "leased"), value = Convert.ToBase64String([8]), lease });
        await log.AppendAsync(new byte[] { 9 });
        await using var late = EtcdLog.Open(server.Options(prefix, 'b'));
        Assert.Equal([1, 2, 4, 9], await Take(log, 4));
        Assert.Equal([1, 2, 4, 9], await Take(late, 4));
        Assert.Equal(new LogRange(1, 4), await late.RangeAsync());
    }

    [EngineFact]
    public async Task A_server_killed_in_the_middle_loses_nothing_acknowledged_and_doubles_nothing()
    {
        var appends = AppendAll(log, 200);
        for (var round = 1; round <= 2; round++)
        {
            await ReachAsync(log, round * 50);
            server.Kill(0);
            server.Start(0);
        }
        Assert.Equal(Enumerable.Range(1, 200).Select(p => (long)p), await appends);
        Assert.Equal(Enumerable.Range(1, 200), (await TakeEntries(log, 200)).Select(entry => BitConverter.ToInt32(entry.Bytes.Span)));
    }

    [EngineFact]
    public async Task A_torn_file_of_positions_is_cut_and_counted_again()
    {
        for (var i = 1; i <= 20; i++) await log.AppendAsync(new[] { (byte)i });
        await log.DisposeAsync();
        var file = Path.Combine(folder, "positions");
        foreach (var length in new[] { 48 + 10 * 16 + 5, 48, 17, 0 })
        {
            var whole = await File.ReadAllBytesAsync(file);
            await File.WriteAllBytesAsync(file, whole[..length]);
            log = EtcdLog.Open(server.Options(prefix) with { Folder = folder });
            Assert.Equal(new LogRange(1, 20), await log.RangeAsync());
            Assert.Equal(Enumerable.Range(1, 20), await Take(log, 20));
            await log.DisposeAsync();
        }
    }

    [EngineFact]
    public async Task Entries_that_another_compacts_away_are_pruned_for_all_and_counting_goes_on()
    {
        for (var i = 1; i <= 30; i++) await log.AppendAsync(new[] { (byte)i });
        var newest = log.Newest;
        await log.RangeAsync();             // leaves a mark
        await server.AskAsync("/v3/kv/compaction", new { revision = newest.Revision.ToString() });
        Assert.Equal(new LogRange(31, 30), await log.RangeAsync());
        await using var late = EtcdLog.Open(server.Options(prefix, 'b'));
        Assert.Equal(new LogRange(31, 30), await late.RangeAsync());
        Assert.Equal(31, await log.AppendAsync(new byte[] { 31 }));
        Assert.Equal(32, await late.AppendAsync(new byte[] { 32 }));
        var pruned = await Assert.ThrowsAsync<LogPrunedException>(() => TakeEntries(late, 1));
        Assert.Equal((1, 31), (pruned.Wanted, pruned.First));
    }

    [EngineFact]
    public async Task One_validators_false_mark_is_outvoted()
    {
        await using var second = EtcdLog.Open(server.Options(prefix, 'b'));
        for (var i = 1; i <= 10; i++) await log.AppendAsync(new[] { (byte)i });
        await log.RangeAsync();
        await log.AppendAsync(new byte[] { 11 });
        await second.RangeAsync();
        var lie = new EtcdMark(new EtcdBase(5, log.Newest.Revision), new EtcdBase(5, log.Newest.Revision)).ToBytes();
        await server.AskAsync("/v3/kv/put", new { key = Base64($"{prefix}log/mark/{new string('c', 40)}"), value = Convert.ToBase64String(lie) });
        await server.AskAsync("/v3/kv/compaction", new { revision = log.Newest.Revision.ToString() });
        await log.RangeAsync();
        await using var late = EtcdLog.Open(server.Options(prefix, 'd'));
        Assert.Equal(11, (await late.RangeAsync()).Last);
    }

    [EngineFact]
    public async Task What_is_needed_by_too_few_to_forget_stays()
    {
        await using var one = EtcdLog.Open(server.Options(prefix, 'b') with { PruneQuorum = 2 });
        await using var two = EtcdLog.Open(server.Options(prefix, 'c') with { PruneQuorum = 2 });
        for (var i = 1; i <= 10; i++) await one.AppendAsync(new[] { (byte)i });
        await one.PruneAsync(8);
        Assert.Equal(new LogRange(1, 10), await one.RangeAsync());
        await two.PruneAsync(5);
        Assert.Equal(new LogRange(5, 10), await two.RangeAsync());
        Assert.Equal(new LogRange(5, 10), await one.RangeAsync());
    }

    [EngineFact]
    public async Task A_log_whose_name_is_another_was_lost()
    {
        for (var i = 1; i <= 3; i++) await log.AppendAsync(new[] { (byte)i });
        await log.DisposeAsync();
        await server.AskAsync("/v3/kv/deleterange", new { key = Base64(prefix + "origin") });
        log = EtcdLog.Open(server.Options(prefix) with { Folder = folder });
        var stopped = await Assert.ThrowsAsync<LogRolledBackException>(async () => await log.RangeAsync());
        Assert.Equal((3, 0), (stopped.After, stopped.Last));
    }

    [EngineFact]
    public async Task A_cluster_that_was_set_back_is_found_also_when_it_has_gone_on_since()
    {
        for (var i = 1; i <= 3; i++) await log.AppendAsync(new[] { (byte)i });
        await log.RangeAsync();             // a mark, behind the entries: no entry
        var newest = log.Newest;
        await log.DisposeAsync();
        // What this node would remember, had there been a fourth entry: where there is something else now, and where there is nothing yet.
        foreach (var revision in new[] { newest.Revision + 1, newest.Revision + 1_000_000 })
        {
            using (var positions = new EtcdPositions(folder))
            {
                Assert.Equal(newest, positions.Newest);
                positions.Add(revision, 1);
            }
            log = EtcdLog.Open(server.Options(prefix) with { Folder = folder });
            var lost = await Assert.ThrowsAsync<LogRolledBackException>(() => TakeEntries(log, 4));
            Assert.Equal((4, 3), (lost.After, lost.Last));
            Assert.IsType<LogRolledBackException>((await Assert.ThrowsAsync<LogStoppedException>(async () => await log.AppendAsync(new byte[] { 5 }))).InnerException);
            await log.DisposeAsync();
            using var file = new FileStream(Path.Combine(folder, "positions"), FileMode.Open);
            file.SetLength(48 + 3 * 16);
        }
    }

    [EngineFact]
    public async Task One_who_only_reads_follows_and_knows_the_end()
    {
        for (var i = 1; i <= 5; i++) await log.AppendAsync(new[] { (byte)i });
        await using var observer = EtcdLog.Open(server.Options(prefix) with { Validator = null });
        Assert.Equal(new LogRange(1, 5), await observer.RangeAsync());
        Assert.Equal([1, 2, 3, 4, 5], await Take(observer, 5));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await observer.AppendAsync(new byte[] { 6 }));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static object Put(string key, byte value) => new { request_put = new { key = Base64(key), value = Convert.ToBase64String([value]) } };

    private Task<JsonElement> PutAsync(string key, byte value) => server.AskAsync("/v3/kv/put", new { key = Base64(key), value = Convert.ToBase64String([value]) });

    internal static Task<List<long>> AppendAll(ILog log, int count) => Task.Run(async () =>
    {
        var positions = new List<long>();
        for (var i = 1; i <= count; i++) positions.Add(await log.AppendAsync(BitConverter.GetBytes(i)));
        return positions;
    });

    internal static async Task ReachAsync(ILog log, long position)
    {
        await foreach (var entry in log.FollowAsync(0))
        {
            if (entry.Position >= position) return;
        }
    }

    internal static async Task<List<LogEntry>> TakeEntries(ILog log, int count)
    {
        var taken = new List<LogEntry>();
        await foreach (var entry in log.FollowAsync(0))
        {
            taken.Add(entry);
            if (taken.Count == count) break;
        }
        return taken;
    }

    private static async Task<List<int>> Take(ILog log, int count) => [.. (await TakeEntries(log, count)).Select(entry => (int)entry.Bytes.Span[0])];
}

/// <summary>Three members, with users: one may be lost, and a validator writes only its own.</summary>
[Needs("etcd")]
public sealed class EtcdClusterTests(EtcdCluster cluster) : IClassFixture<EtcdCluster>
{
    [EngineFact]
    public async Task A_cluster_whose_leader_is_killed_goes_on_and_users_write_only_their_own()
    {
        var prefix = EtcdServer.NewPrefix();
        await using (var log = EtcdLog.Open(cluster.Options(prefix)))
        {
            var appends = EtcdFaultTests.AppendAll(log, 150);
            await EtcdFaultTests.ReachAsync(log, 50);
            var leader = await cluster.LeaderAsync();
            cluster.Kill(leader);
            Assert.Equal(Enumerable.Range(1, 150).Select(p => (long)p), await appends);
            Assert.Equal(Enumerable.Range(1, 150), (await EtcdFaultTests.TakeEntries(log, 150)).Select(entry => BitConverter.ToInt32(entry.Bytes.Span)));
            cluster.Start(leader);
        }

        var (admin, ada, ben) = (cluster.Options(prefix), new string('a', 40), new string('b', 40));
        await EtcdSetup.AddValidatorAsync(admin, ada, "ada", "one");
        await EtcdSetup.AddValidatorAsync(admin, ben, "ben", "two");
        await EtcdSetup.RequireUsersAsync(admin, "root's");
        var asAda = admin with { User = "ada", Password = "one" };
        await using (var log = EtcdLog.Open(asAda)) Assert.Equal(151, await log.AppendAsync(new byte[] { 1 }));
        using var register = new EtcdRegister(asAda);
        Assert.True(await register.PublishAsync(ada, 1, new byte[] { 1 }));
        Assert.Equal(ada, Assert.Single(await register.ReadAsync(1)).Validator);
        Assert.Equal(7, (await Assert.ThrowsAsync<EtcdException>(async () => await register.PublishAsync(ben, 1, new byte[] { 1 }))).Code);
        await using (var asBen = EtcdLog.Open(asAda with { Validator = ben }))
        {
            var refused = await Assert.ThrowsAsync<LogStoppedException>(async () => await asBen.AppendAsync(new byte[] { 1 }));
            Assert.Equal(7, Assert.IsType<EtcdException>(refused.InnerException).Code);
        }
    }
}
