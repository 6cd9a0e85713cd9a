namespace Keten.Kernel.Blocks;

/// <summary>
/// What somebody keeps who checks many receipts or proofs of one ledger: the validators' keys, ready to verify with, and which certificates held, so that each is verified once. All
/// receipts of a block carry the same certificate; after the first, a check costs a few hashes. It learns who the validators are from the changes that receipts and proofs carry, and then needs
/// them no more. Any number of threads may use one.
/// </summary>
public sealed class KnownCertificates
{
    /// <summary>How many certificates are kept unless said otherwise: some 80 bytes each.</summary>
    public const int DefaultCapacity = 10_000;

    private readonly KeyCache keys = new(ValidatorSet.AtMost);
    private readonly Lock gate = new();
    private readonly HashSet<Hash> known = [];
    private readonly Hash[] ring;
    private readonly ValidatorHistory history;
    private int next;

    /// <summary>For a ledger.</summary>
    /// <param name="genesis">How it began: who its validators are.</param>
    /// <param name="capacity">How many certificates are kept at most, the newest; with 0 each is verified anew, with the keys kept ready.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative.</exception>
    public KnownCertificates(Genesis genesis, int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        (Genesis, LedgerId, ring, history) = (genesis, genesis.LedgerId, new Hash[capacity], new ValidatorHistory(genesis));
    }

    /// <summary>How the ledger began.</summary>
    public Genesis Genesis { get; }

    /// <summary>The hash of the genesis.</summary>
    public Hash LedgerId { get; }

    /// <summary>The height of the newest change of validators that is known; a node that is told so leaves out the changes up to there. 0: the genesis's validators.</summary>
    public ulong NewestChange
    {
        get
        {
            lock (gate) return history.Height;
        }
    }

    /// <summary>How many certificates are kept now.</summary>
    public int Count
    {
        get
        {
            lock (gate) return known.Count;
        }
    }

    /// <summary>Whether a certificate is of this ledger and holds for its validators. One that held is known by all of its bytes: any change of them is verified.</summary>
    public bool Holds(Certificate certificate)
    {
        if (certificate.Header.LedgerId != LedgerId) return false;
        var id = ring.Length == 0 ? default : Hash.Of(certificate.ToBytes());
        if (ring.Length > 0)
        {
            lock (gate)
                if (known.Contains(id)) return true;
        }
        lock (gate)
            if (!history.Certifies(certificate, keys)) return false;
        if (ring.Length > 0) Keep(id);
        return true;
    }

    /// <summary>The same, with the changes of validators that came with the certificate.</summary>
    public bool Holds(Certificate certificate, IReadOnlyList<SetChange> changes) => Take(changes) && Holds(certificate);

    /// <summary>Learns changes of validators, in order; false where one does not hold, or one before it is missing.</summary>
    public bool Take(IReadOnlyList<SetChange> changes)
    {
        if (changes.Count == 0) return true;
        lock (gate)
        {
            var before = history.Height;
            var taken = history.Take(changes, keys);
            // What old validators certified beyond their time held as long as that was not known.
            if (history.Height != before) known.Clear();
            return taken;
        }
    }

    private void Keep(in Hash id)
    {
        lock (gate)
        {
            if (!known.Add(id)) return;
            known.Remove(ring[next]);
            ring[next] = id;
            next = (next + 1) % ring.Length;
        }
    }
}
