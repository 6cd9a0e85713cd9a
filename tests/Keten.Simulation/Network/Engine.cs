using Keten.Kernel.Blocks;
using Keten.Log;

namespace Keten.Simulation.Network;

/// <summary>The ordering service: a log that many append to and follow, and the register. It can be away, forget the register, and, where the seed says so, show two orders.</summary>
internal sealed class Engine(World world, Genesis genesis)
{
    private const int AtOnce = 16;
    private readonly Dictionary<long, long> positions = [];
    private readonly SortedDictionary<(long Height, string Validator), ReadOnlyMemory<byte>> statements = [];
    private readonly SortedDictionary<int, Action<Statement>> followers = [];
    private Branch? other;

    /// <summary>The order; of a log that shows two, the first.</summary>
    public Branch Main { get; } = new(genesis);

    /// <summary>The other order; none.</summary>
    public Branch? Other => other;

    public bool IsAway { get; set; }

    /// <summary>Whether it now and then loses what it has acknowledged.</summary>
    public bool Loses { get; init; }

    /// <summary>What a host sees.</summary>
    public Branch Of(Host host) => host.SeesOther && other is not null ? other : Main;

    /// <summary>From here on some see another order than the rest.</summary>
    public void Fork() => other ??= Main.Fork();

    public long Append(Host host, long id, ReadOnlyMemory<byte> entry)
    {
        // Asked again it finds that it has done it.
        if (positions.TryGetValue(id, out var position)) return position;
        var mine = Of(host);
        positions[id] = position = mine.Append(entry);
        if (other is not null)
        {
            var theirs = ReferenceEquals(mine, Main) ? other : Main;
            world.Later(world.Random.Next(600), () => theirs.Append(entry));
        }
        if (Loses && world.Random.Next(10) == 0)
            world.Later(world.Random.Next(4, 12), () =>
            {
                if (Main.Last == position) Main.Lose();
            });
        return position;
    }

    /// <summary>Answers with some entries from a position on, once there are any; with nothing where the log ends before it.</summary>
    public void Read(Host host, long from, Action<IReadOnlyList<LogEntry>?> answer)
    {
        var branch = Of(host);
        if (from > branch.Last + 1)
        {
            answer(null);
            return;
        }
        if (from <= branch.Last)
        {
            var some = new List<LogEntry>();
            for (var at = from; at <= branch.Last && some.Count < AtOnce; at++) some.Add(new LogEntry(at, branch.Truth.Log[(int)at - 1]));
            answer(some);
            return;
        }
        branch.Grew += Grown;
        void Grown()
        {
            branch.Grew -= Grown;
            Read(host, from, answer);
        }
    }

    public void Publish(string validator, long height, ReadOnlyMemory<byte> statement)
    {
        statements[(height, validator)] = statement;
        foreach (var tell in followers.Values) tell(new Statement(validator, height, statement));
    }

    public IReadOnlyList<Statement> Statements(long height) => [.. world.Hosts.Select(host => host.Key.Id.ToString()).Order(StringComparer.Ordinal).Where(id => statements.ContainsKey((height, id))).Select(id => new Statement(id, height, statements[(height, id)]))];

    /// <summary>Tells a host what is published from now on, and nobody else of the same number.</summary>
    public void Follow(Host host, Action<Statement> tell) => followers[host.Index] = tell;

    /// <summary>Tells a follower something that was never published, as whoever writes into the register's notices can.</summary>
    public void Whisper(Host host, Statement statement)
    {
        if (followers.TryGetValue(host.Index, out var tell)) tell(statement);
    }

    /// <summary>The register begins anew, as it may.</summary>
    public void Forget() => statements.Clear();
}
