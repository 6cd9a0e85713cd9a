using System.Runtime.CompilerServices;
using Keten.Log;

namespace Keten.Simulation.Network;

/// <summary>The log and the register as one life of a validator's process sees them, over its wire.</summary>
internal sealed class EngineClient(World world, Wires wires, Engine engine, Host host, Witness witness) : ILog, IRegister
{
    public const int EntryAtMost = 8 << 10;
    private readonly int life = host.Life;

    public int MaxEntryBytes => EntryAtMost;

    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> entry, CancellationToken cancel = default)
    {
        if (entry.Length > MaxEntryBytes) throw new EntryTooLargeException(entry.Length, MaxEntryBytes);
        var id = world.Random.NextInt64();
        return new(wires.Ask<long>(host, IsCut, answer => answer(engine.Append(host, id, entry)), 300, cancel));
    }

    public async IAsyncEnumerable<LogEntry> FollowAsync(long after, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        for (var next = after + 1; ;)
        {
            var from = next;
            var some = await wires.Ask<IReadOnlyList<LogEntry>?>(host, IsCut, answer => engine.Read(host, from, answer), 800, cancel) ?? throw new LogRolledBackException(from - 1, engine.Of(host).Last);
            foreach (var entry in some) yield return entry;
            next += some.Count;
        }
    }

    public ValueTask<LogRange> RangeAsync(CancellationToken cancel = default) =>
        new(wires.Ask<LogRange>(host, IsCut, answer => answer(new LogRange(1, engine.Of(host).Last)), 300, cancel));

    public ValueTask PruneAsync(long before, CancellationToken cancel = default) => throw new NotSupportedException("Nobody prunes this log.");

    public ValueTask<bool> PublishAsync(string validator, IReadOnlyList<Stated> statements, CancellationToken cancel = default)
    {
        Stated[] stated = [.. statements.Select(one => new Stated(one.Height, one.Bytes.ToArray()))];
        // What has left the machine may be seen by anybody, whether or not it arrives.
        foreach (var (height, bytes) in stated) witness.Published(host, height, bytes.Span);
        return new(wires.Ask<bool>(host, IsCut, answer =>
        {
            foreach (var (height, bytes) in stated) engine.Publish(validator, height, bytes);
            answer(true);
        }, 300, cancel));
    }

    public ValueTask<IReadOnlyList<Statement>> ReadAsync(long height, CancellationToken cancel = default) =>
        new(wires.Ask<IReadOnlyList<Statement>>(host, IsCut, answer => answer(engine.Statements(height)), 300, cancel));

    public async IAsyncEnumerable<Statement> FollowAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        var (arrived, come) = (new Queue<Statement>(), new TaskCompletionSource());
        var (mine, lastAt) = (life, 0L);
        await using var ended = cancel.UnsafeRegister(_ => come.TrySetResult(), null);
        engine.Follow(host, statement =>
        {
            // In order, as over one connection; what comes while it is broken is lost.
            lastAt = Math.Max(lastAt + 1, world.Micros + world.Random.Next(500, 9_000));
            world.Later((lastAt - world.Micros) / 1e3, () =>
            {
                if (IsCut() || host.Life != mine) return;
                arrived.Enqueue(statement);
                come.TrySetResult();
            });
        });
        while (true)
        {
            await come.Task;
            cancel.ThrowIfCancellationRequested();
            come = new TaskCompletionSource();
            while (arrived.TryDequeue(out var statement)) yield return statement;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private bool IsCut() => host.IsCut || engine.IsAway;
}
