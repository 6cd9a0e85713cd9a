using Keten.Log;

namespace Keten.Tests.Log;

[Needs("postgres"), Collection(PostgresCollection.Name)]
public sealed class PostgresLogTests(PostgresServer server) : LogConformance
{
    private readonly string schema = PostgresServer.NewSchema();

    private protected override ILog Open() => PostgresLog.Open(server.Options(schema));

    [EngineFact]
    public async Task Validators_append_to_one_order_and_are_woken_by_each_other()
    {
        await using var other = PostgresLog.Open(server.Options(schema) with { Poll = TimeSpan.FromHours(1) });
        Assert.Equal(1, await Log.AppendAsync(Entry(1)));
        await using var follower = other.FollowAsync(1).GetAsyncEnumerator();
        var next = follower.MoveNextAsync();
        Assert.Equal(2, await Log.AppendAsync(Entry(2)));
        Assert.True(await next);
        Assert.Equal(3, await other.AppendAsync(Entry(3)));
        await ExpectEntries(0, 1, 3);
    }

    [EngineFact]
    public async Task A_row_that_was_changed_is_found()
    {
        for (var i = 1; i <= 5; i++) await Log.AppendAsync(Entry(i));
        await server.DoAsync($"update {schema}.entry set bytes = '\\x00' where position = 3");
        var corrupt = await Assert.ThrowsAsync<LogCorruptException>(() => Take(0, 5));
        Assert.Equal(("entry", 3), (corrupt.File, corrupt.Offset));
    }

    [EngineFact]
    public async Task A_row_that_was_taken_away_is_found()
    {
        for (var i = 1; i <= 5; i++) await Log.AppendAsync(Entry(i));
        await server.DoAsync($"delete from {schema}.entry where position = 3");
        await Assert.ThrowsAsync<LogCorruptException>(() => Take(0, 5));
        await server.DoAsync($"delete from {schema}.entry where position = 5");
        await Assert.ThrowsAsync<LogCorruptException>(() => Take(3, 2));
    }

    [EngineFact]
    public async Task A_server_that_was_set_back_is_found_by_who_appends_and_by_who_follows()
    {
        for (var i = 1; i <= 5; i++) await Log.AppendAsync(Entry(i));
        await using var other = PostgresLog.Open(server.Options(schema));
        await using var follower = other.FollowAsync(0).GetAsyncEnumerator();
        for (var i = 1; i <= 5; i++) Assert.True(await follower.MoveNextAsync());
        await SetBackTo(3);
        var stopped = await Assert.ThrowsAsync<LogStoppedException>(async () => await Log.AppendAsync(Entry(6)));
        Assert.Equal((5, 3), (Assert.IsType<LogRolledBackException>(stopped.InnerException).After, ((LogRolledBackException)stopped.InnerException).Last));
        await Assert.ThrowsAsync<LogRolledBackException>(async () => await follower.MoveNextAsync());
    }

    [EngineFact]
    public async Task A_server_that_was_set_back_and_has_gone_on_is_found()
    {
        for (var i = 1; i <= 5; i++) await Log.AppendAsync(Entry(i));
        await using var follower = Log.FollowAsync(0).GetAsyncEnumerator();
        for (var i = 1; i <= 5; i++) Assert.True(await follower.MoveNextAsync());
        await SetBackTo(3);
        await using var other = PostgresLog.Open(server.Options(schema));
        for (var i = 4; i <= 8; i++) Assert.Equal(i, await other.AppendAsync(Entry(100 + i)));
        await Assert.ThrowsAsync<LogRolledBackException>(async () => await follower.MoveNextAsync());
    }

    [EngineFact]
    public async Task A_server_killed_in_the_middle_loses_nothing_acknowledged_and_doubles_nothing()
    {
        const int count = 300;
        Assert.Equal(1, await Log.AppendAsync(BitConverter.GetBytes(0)));
        var appends = Task.Run(async () =>
        {
            var positions = new List<long>();
            for (var i = 1; i <= count; i++) positions.Add(await Log.AppendAsync(BitConverter.GetBytes(i)));
            return positions;
        });
        for (var round = 0; round < 2; round++)
        {
            await foreach (var entry in Log.FollowAsync(0))
            {
                if (entry.Position > (round + 1) * 50) break;
            }
            server.Kill();
            await server.StartAsync();
        }
        Assert.Equal(Enumerable.Range(2, count).Select(p => (long)p), await appends);
        Assert.Equal(Enumerable.Range(0, count + 1), (await Take(0, count + 1)).Select(entry => BitConverter.ToInt32(entry.Bytes.Span)));
    }

    [EngineFact]
    public async Task An_append_that_is_repeated_keeps_its_position()
    {
        await Log.AppendAsync(Entry(1));
        var id = Guid.NewGuid();
        var append = $"select {schema}.append(array['{id}']::uuid[], array['\\x01'::bytea], 0)";
        await server.DoAsync(append);
        await server.DoAsync(append);
        Assert.Equal(new LogRange(1, 2), await Log.RangeAsync());
    }

    [EngineFact]
    public async Task Another_host_is_found_when_the_first_does_not_answer()
    {
        var dead = Programs.FreePorts(1)[0];
        var port = new Npgsql.NpgsqlConnectionStringBuilder(server.Connection).Port;
        await using var log = PostgresLog.Open(server.Options(schema) with { Connection = $"Host=127.0.0.1:{dead},127.0.0.1:{port};Username=postgres;Database=postgres" });
        Assert.Equal(1, await log.AppendAsync(Entry(1)));
    }

    [EngineFact]
    public async Task A_validators_role_appends_and_reads_and_does_nothing_else()
    {
        var schema = PostgresServer.NewSchema();
        var admin = server.Options(schema);
        await PostgresSetup.CreateAsync(admin, pruneQuorum: 2);
        var (ada, ben) = (schema[..20] + "a", schema[..20] + "b");
        await PostgresSetup.AddValidatorAsync(admin, new string('a', 40), ada, "it's secret");
        await PostgresSetup.AddValidatorAsync(admin, new string('b', 40), ben, null);
        var own = admin with { Connection = $"{server.Connection};Username={ada}" };
        await using var log = PostgresLog.Open(own);
        for (var i = 1; i <= 3; i++) Assert.Equal(i, await log.AppendAsync(Entry(i)));
        await using var register = new PostgresRegister(own);
        Assert.True(await register.PublishAsync(new string('a', 40), 1, new byte[] { 1 }));
        await Assert.ThrowsAsync<PostgresRefusedException>(async () => await register.PublishAsync(new string('b', 40), 1, new byte[] { 1 }));
        foreach (var sql in new[] { "update entry set bytes = ''", "delete from entry", "update head set last = 0", "insert into validator values ('x', 'y')", "delete from archived" })
        {
            await using var source = Npgsql.NpgsqlDataSource.Create($"{own.Connection};Search Path={schema}");
            await using var command = source.CreateCommand(sql);
            Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }

        // Two have to have archived before anything goes.
        await log.PruneAsync(3);
        Assert.Equal(new LogRange(1, 3), await log.RangeAsync());
        await using var other = PostgresLog.Open(admin with { Connection = $"{server.Connection};Username={ben}" });
        await other.PruneAsync(2);
        Assert.Equal(new LogRange(2, 3), await log.RangeAsync());
    }

    private Task SetBackTo(long position) => server.DoAsync(
        $"delete from {schema}.entry where position > {position}; update {schema}.head set last = {position}, last_chain = (select chain from {schema}.entry where position = {position})");
}
