using Keten.Kernel;
using Keten.Log;
using Keten.Tests.Log;
using Npgsql;

namespace Keten.Tests.Networks;

/// <summary>On real servers: the log forgets while one validator is dead, and one that comes later joins from peers and follows the log from there.</summary>
[Needs("etcd"), Collection(EtcdCollection.Name)]
public sealed class EtcdJoiningTests(EtcdServer server)
{
    [EngineFact]
    public Task Etcd_forgets_what_a_quorum_has_archived_and_who_comes_later_joins_from_peers()
    {
        var prefix = EtcdServer.NewPrefix();
        return EngineJoining.CheckAsync((rig, validator) => Task.FromResult<ILog>(EtcdLog.Open(server.Options(prefix) with { Validator = rig.Validators[validator].Id.ToString(), PruneQuorum = 3 })));
    }
}

/// <summary>The same on PostgreSQL.</summary>
[Needs("postgres"), Collection(PostgresCollection.Name)]
public sealed class PostgresJoiningTests(PostgresServer server)
{
    [EngineFact]
    public async Task PostgreSQL_forgets_what_a_quorum_has_archived_and_who_comes_later_joins_from_peers()
    {
        var options = server.Options(PostgresServer.NewSchema());
        await PostgresSetup.CreateAsync(options, pruneQuorum: 3);
        await EngineJoining.CheckAsync(async (rig, validator) =>
        {
            var role = $"r{Guid.NewGuid():N}";
            await PostgresSetup.AddValidatorAsync(options, rig.Validators[validator].Id.ToString(), role, null);
            return PostgresLog.Open(options with { Connection = new NpgsqlConnectionStringBuilder(options.Connection) { Username = role, MaxPoolSize = 4 }.ConnectionString });
        });
    }
}

internal static class EngineJoining
{
    public static async Task CheckAsync(Func<NetworkRig, int, Task<ILog>> logOf)
    {
        var logs = new List<ILog>();
        await using (var rig = new NetworkRig(4))
        {
            rig.Options = rig.Options with { SnapshotEvery = 4, ReplayAtMost = 5, KeepShared = 3, ForgetEvery = TimeSpan.FromMilliseconds(100) };
            for (var each = 0; each < 3; each++)
            {
                logs.Add(await logOf(rig, each));
                await rig.OpenAsync(each, logs[each]);
            }
            await rig.FundAsync();
            for (var each = 0; each < 20; each++)
            {
                await rig.DoneAsync(each % 3, rig.Pay(rig.Ada, rig.Bob, 1));
                rig.Clock.Advance(TimeSpan.FromSeconds(1));
            }
            for (var wait = 0; wait < 200 && (await logs[0].RangeAsync()).First < 10; wait++) await Task.Delay(50);
            Assert.True((await logs[0].RangeAsync()).First >= 10);
            logs.Add(await logOf(rig, 3));
            await rig.JoinAsync(3, logs[3], rig.PeerOf(0), rig.PeerOf(1));
            var answer = await rig.DoneAsync(3, rig.Pay(rig.Ada, rig.Bob, 1));
            await rig.SameAsync(answer.Height, 0, 1, 2, 3);
            Assert.Equal(21, rig[3].Read(ledger => ledger.State.Balance(Party.Of(rig.Bob.Id), NetworkRig.Euro)));
        }
        foreach (var log in logs) await log.DisposeAsync();
    }
}
