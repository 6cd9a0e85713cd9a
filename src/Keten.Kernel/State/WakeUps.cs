using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>A clause that waits to become due.</summary>
/// <param name="At">When.</param>
/// <param name="Clause">Its number.</param>
/// <param name="Arguments">Its value, which is its key.</param>
/// <param name="Asked">The block in which it was asked for: it runs in a later one.</param>
/// <param name="Parked">Whether it faulted and waits for somebody to run it again.</param>
public sealed record WakeUp(Instant At, ushort Clause, byte[] Arguments, ulong Asked, bool Parked)
{
    /// <summary>No agreement has more pending.</summary>
    public const int AtMost = 16;

    internal bool Is(ushort clause, ReadOnlySpan<byte> arguments) => Clause == clause && arguments.SequenceEqual(Arguments);

    internal static void WriteAll(CborWriter writer, in WakeUp[] all)
    {
        writer.Array(all.Length);
        foreach (var one in all)
        {
            writer.Array(5);
            writer.Integer(one.At.Seconds);
            writer.Unsigned(one.Clause);
            writer.Raw(one.Arguments);
            writer.Unsigned(one.Asked);
            writer.Boolean(one.Parked);
        }
    }

    internal static WakeUp[] ReadAll(ref CborReader reader)
    {
        var all = new WakeUp[reader.Array(AtMost)];
        for (var each = 0; each < all.Length; each++)
        {
            reader.ArrayOf(5);
            all[each] = new WakeUp(Wire.ReadInstant(ref reader), (ushort)reader.Unsigned(ushort.MaxValue), reader.Item().ToArray(), reader.Unsigned(), reader.Boolean());
        }
        return all;
    }
}

/// <summary>The wake-ups of each agreement, and beside them the order in which they become due, which follows from them and is no record itself.</summary>
internal sealed class WakeUpTable() : Table<ulong, WakeUp[]>(11, (writer, in key) => writer.Unsigned(key), (ref reader) => reader.Unsigned(), WakeUp.WriteAll, WakeUp.ReadAll)
{
    private readonly SortedSet<(long At, ulong Agreement)> due = [];
    private readonly Dictionary<ulong, long> next = [];

    /// <summary>The agreements with a wake-up that is due by now, the longest due first, and of those due alike the oldest agreement.</summary>
    public List<ulong> Due(Instant now, int atMost)
    {
        var agreements = new List<ulong>();
        foreach (var (at, agreement) in due)
        {
            if (at > now.Seconds || agreements.Count == atMost) break;
            agreements.Add(agreement);
        }
        return agreements;
    }

    /// <summary>When the next wake-up is due.</summary>
    public Instant? Next => due.Count > 0 ? new Instant(due.Min.At) : null;

    protected override void Changed(ulong agreement)
    {
        if (next.Remove(agreement, out var before)) due.Remove((before, agreement));
        var soonest = long.MaxValue;
        foreach (var one in Get(agreement) ?? [])
            if (!one.Parked) soonest = Math.Min(soonest, one.At.Seconds);
        if (soonest == long.MaxValue) return;
        next.Add(agreement, soonest);
        due.Add((soonest, agreement));
    }
}
