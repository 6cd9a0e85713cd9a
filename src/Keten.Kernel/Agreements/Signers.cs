namespace Keten.Kernel;

/// <summary>Who must sign a clause: so many of these parties. Whoever is named here and signed can be charged, up to the cap that they signed for the call.</summary>
public readonly struct Signers
{
    /// <summary>No policy names more.</summary>
    public const int AtMost = 64;

    private readonly Party[]? named;
    private readonly Rest? also;

    // Counted down from one, so that the default value lets nobody through.
    private readonly int fewer;

    private Signers(int atLeast, Party[]? named, Rest? also = null) => (fewer, this.named, this.also) = (1 - atLeast, named, also);

    /// <summary>No signature is needed: the clause's own content is proof enough.</summary>
    public static Signers Anyone => new(0, null);

    /// <summary>No signature suffices: the clause cannot be done now.</summary>
    public static Signers NoOne => new(1, null);

    /// <summary>How many of the named.</summary>
    internal int Least => 1 - fewer;

    internal ReadOnlySpan<Party> Named => named;

    internal Signers? Also => also?.Signers;

    /// <summary>Every one of these; where the list is empty nobody can do it, rather than anybody.</summary>
    public static Signers All(params ReadOnlySpan<Party> parties) => parties.IsEmpty ? NoOne : AtLeast(Distinct(parties).Length, parties);

    /// <summary>One of these at least.</summary>
    public static Signers Any(params ReadOnlySpan<Party> parties) => AtLeast(1, parties);

    /// <summary>So many of these at least; nobody counts twice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive: say <see cref="Anyone"/> where no signature is needed.</exception>
    public static Signers AtLeast(int count, params ReadOnlySpan<Party> parties) =>
        count > 0 ? new Signers(count, Distinct(parties)) : throw new ArgumentOutOfRangeException(nameof(count));

    /// <summary>These, and those too.</summary>
    public Signers And(Signers others) => others.also is null
        ? new Signers(Least, named, new Rest(also is null ? others : others.And(also.Signers)))
        : And(new Signers(others.Least, others.named)).And(others.also.Signers);

    /// <summary>Whether a party is named anywhere in the policy.</summary>
    internal bool Names(Party party) => Named.Contains(party) || (also?.Signers.Names(party) ?? false);

    private static Party[] Distinct(ReadOnlySpan<Party> parties)
    {
        if (parties.Length > AtMost) throw new ArgumentException("A clause names at most 64 signers.", nameof(parties));
        var distinct = new Party[parties.Length];
        var count = 0;
        foreach (var party in parties)
        {
            if (party.IsNone) throw new ArgumentException("Nobody cannot be named as a signer.", nameof(parties));
            if (!distinct.AsSpan(0, count).Contains(party)) distinct[count++] = party;
        }
        return count == distinct.Length ? distinct : distinct[..count];
    }

    private sealed record Rest(Signers Signers);
}
