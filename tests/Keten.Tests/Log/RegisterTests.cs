using Keten.Log;

namespace Keten.Tests.Log;

/// <summary>What every register of attestations must do.</summary>
public abstract class RegisterConformance : IAsyncLifetime
{
    private protected static readonly string Ada = new('a', 40), Ben = new('b', 40);
    private protected IRegister register = null!;

    public Task InitializeAsync()
    {
        register = Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (register is IAsyncDisposable connection) await connection.DisposeAsync();
        (register as IDisposable)?.Dispose();
    }

    private protected abstract IRegister Open();

    [EngineFact]
    public async Task Statements_are_read_by_height_ordered_by_validator()
    {
        Assert.True(await register.PublishAsync(Ben, 5, new byte[] { 2 }));
        Assert.True(await register.PublishAsync(Ada, 5, new byte[] { 1 }));
        Assert.True(await register.PublishAsync(Ada, 6, new byte[] { 3 }));
        Assert.Equal([(Ada, 5L, 1), (Ben, 5L, 2)], (await register.ReadAsync(5)).Select(s => (s.Validator, s.Height, (int)s.Bytes.Span[0])));
        Assert.Single(await register.ReadAsync(6));
        Assert.Empty(await register.ReadAsync(7));
        Assert.Empty(await register.ReadAsync(5 + RegisterLimits.Heights));
    }

    [EngineFact]
    public async Task A_second_statement_for_a_height_replaces_the_first_and_bytes_are_copied()
    {
        var bytes = new byte[] { 1 };
        await register.PublishAsync(Ada, 1, bytes);
        bytes[0] = 9;
        Assert.Equal(1, (await register.ReadAsync(1))[0].Bytes.Span[0]);
        await register.PublishAsync(Ada, 1, bytes);
        Assert.Equal(9, Assert.Single(await register.ReadAsync(1)).Bytes.Span[0]);
    }

    [EngineFact]
    public async Task Only_the_newest_heights_of_each_validator_are_kept()
    {
        for (var height = 0; height < 3 * RegisterLimits.Heights; height++) await register.PublishAsync(Ada, height, Array.Empty<byte>());
        Assert.Empty(await register.ReadAsync(2 * RegisterLimits.Heights - 1));
        Assert.Single(await register.ReadAsync(2 * RegisterLimits.Heights));
        Assert.False(await register.PublishAsync(Ada, 5, Array.Empty<byte>()));
        Assert.Empty(await register.ReadAsync(5));
    }

    [EngineFact]
    public async Task A_validator_that_publishes_nonsense_pushes_out_only_its_own()
    {
        await register.PublishAsync(Ada, 5, new byte[] { 1 });
        await register.PublishAsync(Ben, 5, new byte[] { 2 });
        Assert.True(await register.PublishAsync(Ben, long.MaxValue, new byte[] { 3 }));
        Assert.Equal(Ada, Assert.Single(await register.ReadAsync(5)).Validator);
        Assert.Single(await register.ReadAsync(long.MaxValue));
    }

    [EngineFact]
    public async Task Some_are_published_together_and_what_is_too_old_is_left_out()
    {
        Assert.True(await register.PublishAsync(Ada, [new(5, new byte[] { 1 }), new(6, new byte[] { 2 }), new(9, new byte[] { 3 })]));
        Assert.Equal([1, 2, 3], new[] { await register.ReadAsync(5), await register.ReadAsync(6), await register.ReadAsync(9) }.Select(read => (int)Assert.Single(read).Bytes.Span[0]));
        await register.PublishAsync(Ada, 4_000, default);
        await Assert.ThrowsAsync<ArgumentException>(async () => await register.PublishAsync(Ada, [new(4_002, default), new(4_001, default)]));
        await Assert.ThrowsAsync<ArgumentException>(async () => await register.PublishAsync(Ada, []));
        await Assert.ThrowsAsync<ArgumentException>(async () => await register.PublishAsync(Ada, [.. Enumerable.Range(0, RegisterLimits.AtOnce + 1).Select(height => new Stated(height, default))]));
        Assert.False(await register.PublishAsync(Ada, [new(1, default), new(4_001, new byte[] { 6 })]));
        Assert.Equal(6, Assert.Single(await register.ReadAsync(4_001)).Bytes.Span[0]);
    }

    [EngineFact]
    public async Task Who_follows_is_told_what_anybody_publishes_from_then_on()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var heard = new System.Collections.Concurrent.ConcurrentQueue<(string, long, byte[])>();
        var following = Task.Run(async () =>
        {
            await foreach (var statement in register.FollowAsync(stop.Token)) heard.Enqueue((statement.Validator, statement.Height, statement.Bytes.ToArray()));
        });
        // Until it has begun.
        for (var height = 1; heard.IsEmpty; height++)
        {
            await register.PublishAsync(Ada, height, new byte[] { 0 }, stop.Token);
            await Task.Delay(20, stop.Token);
        }
        await register.PublishAsync(Ada, 5_000, new byte[] { 1 }, stop.Token);
        await register.PublishAsync(Ben, 5_000, new byte[] { 2, 3 }, stop.Token);
        await register.PublishAsync(Ada, 5_001, Array.Empty<byte>(), stop.Token);
        await register.PublishAsync(Ada, 5_000, new byte[] { 4 }, stop.Token);
        while (heard.Count(one => one.Item2 >= 5_000) < 4) await Task.Delay(10, stop.Token);
        Assert.Equal([(Ada, 5_000L, "01"), (Ben, 5_000L, "0203"), (Ada, 5_001L, ""), (Ada, 5_000L, "04")], heard.Where(one => one.Item2 >= 5_000).Select(one => (one.Item1, one.Item2, Convert.ToHexString(one.Item3))));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
    }

    [EngineFact]
    public async Task Bad_statements_are_refused()
    {
        foreach (var id in new[] { "", new string('A', 40), new string('a', 39), new string('g', 40) })
            await Assert.ThrowsAsync<ArgumentException>(async () => await register.PublishAsync(id, 1, Array.Empty<byte>()));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await register.PublishAsync(Ada, -1, Array.Empty<byte>()));
        await Assert.ThrowsAsync<ArgumentException>(async () => await register.PublishAsync(Ada, 1, new byte[RegisterLimits.StatementBytes + 1]));
        Assert.Empty(await register.ReadAsync(-1));
    }

    [EngineFact]
    public async Task Too_many_validators_are_refused()
    {
        for (var i = 0; i < RegisterLimits.Validators; i++) await register.PublishAsync(i.ToString("x40"), 1, Array.Empty<byte>());
        await Assert.ThrowsAsync<RegisterFullException>(async () => await register.PublishAsync(Ada, 1, Array.Empty<byte>()));
        Assert.Equal(RegisterLimits.Validators, (await register.ReadAsync(1)).Count);
    }
}

public sealed class RegisterTests : RegisterConformance
{
    private protected override IRegister Open() => new MemoryRegister();
}

[Needs("etcd"), Collection(EtcdCollection.Name)]
public sealed class EtcdRegisterTests(EtcdServer server) : RegisterConformance
{
    private readonly string prefix = EtcdServer.NewPrefix();

    private protected override IRegister Open() => new EtcdRegister(server.Options(prefix));

    [EngineFact]
    public async Task What_one_has_published_another_reads()
    {
        using var other = new EtcdRegister(server.Options(prefix, 'b'));
        await register.PublishAsync(Ada, 7, new byte[] { 1 });
        Assert.Equal(Ada, Assert.Single(await other.ReadAsync(7)).Validator);
    }
}

[Needs("postgres"), Collection(PostgresCollection.Name)]
public sealed class PostgresRegisterTests(PostgresServer server) : RegisterConformance
{
    private readonly string schema = PostgresServer.NewSchema();

    private protected override IRegister Open() => new PostgresRegister(server.Options(schema));

    [EngineFact]
    public async Task What_one_has_published_another_reads()
    {
        await using var other = new PostgresRegister(server.Options(schema));
        await register.PublishAsync(Ada, 7, new byte[] { 1 });
        Assert.Equal(Ada, Assert.Single(await other.ReadAsync(7)).Validator);
    }
}
