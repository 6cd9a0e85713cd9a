namespace Keten.Kernel.Blocks;

/// <summary>
/// Who the validators were at each height, as far as it is known: the genesis's, and then one change after the other, each certified by the validators until then (protocol rule 12). It goes on
/// and never back. Not for use by two threads at once.
/// </summary>
public sealed class ValidatorHistory
{
    private readonly List<(ulong After, Hash Header, ValidatorSet Set)> sets = [];

    /// <summary>From the beginning of a ledger.</summary>
    public ValidatorHistory(Genesis genesis) : this(genesis.LedgerId, 0, default, genesis.Validators)
    {
    }

    /// <summary>From a change that was seen to hold before: nothing below it is known.</summary>
    /// <param name="ledgerId">Of which ledger.</param>
    /// <param name="after">The height of the header that made the change; 0: the genesis.</param>
    /// <param name="header">That header's hash; of the genesis, none.</param>
    /// <param name="set">The validators from then on.</param>
    public ValidatorHistory(in Hash ledgerId, ulong after, in Hash header, ValidatorSet set)
    {
        LedgerId = ledgerId;
        sets.Add((after, header, set));
    }

    /// <summary>Of which ledger.</summary>
    public Hash LedgerId { get; }

    /// <summary>The newest validators that are known.</summary>
    public ValidatorSet Newest => sets[^1].Set;

    /// <summary>The height of the header that decided them; 0: the genesis.</summary>
    public ulong Height => sets[^1].After;

    /// <summary>That header's hash; of the genesis, none.</summary>
    public Hash Header => sets[^1].Header;

    /// <summary>The sets that are known, from the oldest on.</summary>
    public IEnumerable<ValidatorSet> Sets
    {
        get
        {
            foreach (var (_, _, set) in sets) yield return set;
        }
    }

    /// <summary>Who certifies the header of a height; null where that is not known any more.</summary>
    public ValidatorSet? At(ulong height)
    {
        for (var each = sets.Count - 1; each >= 0; each--)
            if (sets[each].After < height) return sets[each].Set;
        return null;
    }

    /// <summary>
    /// Takes a change in: it is the next one, certified by the newest validators, with the set that its header names; or one that is known. False otherwise, and nothing is taken: a link is
    /// missing before it, or it was certified by too few, or by others.
    /// </summary>
    public bool Take(SetChange change, KeyCache? keys = null)
    {
        var header = change.Certificate.Header;
        if (header.LedgerId != LedgerId || header.Next == header.Validators || header.Next != change.Next.Hash) return false;
        if (header.Height <= Height)
        {
            foreach (var (after, hash, _) in sets)
                if (after == header.Height) return hash == header.Hash;
            // Below the first that is known, nothing can be said of it, and nothing needs to be.
            return header.Height < sets[0].After;
        }
        if (!change.Certificate.Verify(Newest, keys)) return false;
        sets.Add((header.Height, header.Hash, change.Next));
        return true;
    }

    /// <summary>Takes some in, in order; false at the first that is not taken.</summary>
    public bool Take(IReadOnlyList<SetChange> changes, KeyCache? keys = null)
    {
        foreach (var change in changes)
            if (!Take(change, keys)) return false;
        return true;
    }

    /// <summary>Whether a certificate is of this ledger, and of the validators who were to certify that height.</summary>
    public bool Certifies(Certificate certificate, KeyCache? keys = null)
    {
        var header = certificate.Header;
        if (header.LedgerId != LedgerId || At(header.Height) is not { } set) return false;
        foreach (var (after, hash, _) in sets)
            if (after == header.Height && hash != header.Hash) return false;
        return certificate.Verify(set, keys);
    }
}
