using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;

namespace Keten.Node.Network;

/// <summary>What the node notes about the others while it works, for whoever asks what is stuck. Nothing is decided by it.</summary>
internal sealed class Pulse(TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly Dictionary<KeyId, ulong> newest = [];
    private Waited? waited;
    private long answered = clock.GetTimestamp(), headSince = clock.GetTimestamp();
    private ulong head;

    /// <summary>How long the ordering service has not answered.</summary>
    public TimeSpan Silent => clock.GetElapsedTime(Volatile.Read(ref answered));

    /// <summary>The highest block of which each validator has stated something.</summary>
    public Dictionary<KeyId, ulong> Newest
    {
        get
        {
            lock (gate) return new(newest);
        }
    }

    /// <summary>The ordering service has answered.</summary>
    public void Answered() => Volatile.Write(ref answered, clock.GetTimestamp());

    /// <summary>A validator has stated something of a height.</summary>
    public void Heard(KeyId validator, ulong height)
    {
        lock (gate) newest[validator] = Math.Max(height, newest.GetValueOrDefault(validator));
    }

    /// <summary>How long a certified height has been the newest, as far as anybody has looked.</summary>
    public TimeSpan HeadFor(ulong height)
    {
        lock (gate)
        {
            if (height != head) (head, headSince) = (height, clock.GetTimestamp());
            return clock.GetElapsedTime(headSince);
        }
    }

    /// <summary>Signatures for a header are waited for until <see cref="Done"/>; <paramref name="said"/> tells who has given theirs, on whichever thread.</summary>
    public void Waits(Header header, ValidatorSet validators, bool attestations, Func<HashSet<KeyId>> said) => Volatile.Write(ref waited, new Waited(header, validators, attestations, said, clock.GetTimestamp()));

    /// <summary>They have come.</summary>
    public void Done() => Volatile.Write(ref waited, null);

    /// <summary>Who has not signed for the block that is waited for.</summary>
    public MissingSignatures? Missing()
    {
        if (Volatile.Read(ref waited) is not { } now) return null;
        var said = now.Said();
        return new MissingSignatures(now.Header.Height, clock.GetElapsedTime(now.Since), now.Validators.Quorum, now.Attestations, [.. now.Validators.All.ToArray().Where(one => !said.Contains(one.Key.Id))]);
    }

    private sealed record Waited(Header Header, ValidatorSet Validators, bool Attestations, Func<HashSet<KeyId>> Said, long Since);
}
