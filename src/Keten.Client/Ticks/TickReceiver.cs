using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Client;

/// <summary>
/// The payee's side of a <see cref="TickChannel"/>: takes links, and holds the last, which is all that the ledger will want to see. Some ticks may be lost on the way: the next link pays for
/// them too. Not safe for several threads at once.
/// </summary>
/// <param name="channel">The channel as the ledger has it; a receiver who trusts another copy works for nothing.</param>
public sealed class TickReceiver(TickChannel channel)
{
    private Hash last = channel.Anchors[0];

    /// <summary>How many ticks have been paid by links, the last of which is <see cref="Link"/>.</summary>
    public uint Ticks { get; private set; }

    /// <summary>The last good link; hand it in with <see cref="TickChannel.Claim"/>.</summary>
    public Hash Link => last;

    /// <summary>What the links so far are worth, what has been claimed of it included.</summary>
    public Amount Worth => channel.PerTick * Ticks;

    /// <summary>Takes the link of a tick: true where it is good, and pays for all up to that tick. At most 1,024 at once.</summary>
    public bool Take(uint tick, in Hash link)
    {
        if (tick <= Ticks || tick > channel.Ticks || tick - Ticks > TickChannel.Segment || !HashChain.Leads(link, (int)(tick - Ticks), last)) return false;
        (Ticks, last) = (tick, link);
        return true;
    }
}
