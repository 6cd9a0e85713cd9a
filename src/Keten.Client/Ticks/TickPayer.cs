using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>
/// The payer's side of a <see cref="TickChannel"/>: makes the chain of hashes from a secret, and gives away a link for each tick. Whoever has the secret has all that is in the channel.
/// Holds one link for each 1,024 ticks, and the 1,024 at hand. Not safe for several threads at once.
/// </summary>
public sealed class TickPayer
{
    private readonly Hash[] anchors;
    private readonly Hash[] segment;
    private readonly uint ticks;
    private uint segmentFrom;

    /// <summary>A chain for so many ticks.</summary>
    /// <param name="secret">32 random bytes, kept by the payer and used for one channel only.</param>
    /// <param name="ticks">From 1 to 65,536.</param>
    public TickPayer(ReadOnlySpan<byte> secret, uint ticks)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ticks);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ticks, TickChannel.Segment * TickChannel.AnchorsAtMost);
        this.ticks = ticks;
        anchors = new Hash[(ticks - 1) / TickChannel.Segment + 1];
        segment = new Hash[TickChannel.Segment];
        Last = new Hash(secret);
        var link = Last;
        for (var tick = ticks; tick > 0; tick--)
        {
            link = HashChain.Next(link);
            if ((tick - 1) % TickChannel.Segment == 0) anchors[(tick - 1) / TickChannel.Segment] = link;
        }
        segmentFrom = uint.MaxValue;
    }

    /// <summary>What the channel is opened with.</summary>
    public Many<Hash> Anchors => new(anchors);

    private Hash Last { get; }

    /// <summary>The link that pays for a tick and all before it.</summary>
    /// <param name="tick">From 1 on.</param>
    public Hash LinkOf(uint tick)
    {
        if (tick == 0 || tick > ticks) throw new ArgumentOutOfRangeException(nameof(tick));
        var from = (tick - 1) / TickChannel.Segment * TickChannel.Segment;
        if (from != segmentFrom) Fill(from);
        return segment[tick - from - 1];
    }

    private void Fill(uint from)
    {
        var to = Math.Min(from + TickChannel.Segment, ticks);
        var link = to == ticks ? Last : anchors[to / TickChannel.Segment];
        for (var tick = to; tick > from; tick--)
        {
            segment[tick - from - 1] = link;
            link = HashChain.Next(link);
        }
        segmentFrom = from;
    }
}
