using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Node.Pipeline;

/// <summary>How a node stands: what whoever looks after it wants to know when something is stuck.</summary>
public sealed record NodeCondition
{
    /// <summary>The newest certified header; null before the first.</summary>
    public required Header? Head { get; init; }

    /// <summary>How long it has been the newest.</summary>
    public required TimeSpan HeadFor { get; init; }

    /// <summary>The height of the newest block that was executed here.</summary>
    public required ulong Executed { get; init; }

    /// <summary>Ledger time.</summary>
    public required Instant LedgerTime { get; init; }

    /// <summary>The newest set of validators.</summary>
    public required ValidatorSet Validators { get; init; }

    /// <summary>The key that the node was opened with; null where it signs nothing.</summary>
    public required KeyId? Key { get; init; }

    /// <summary>Whether the ledger skips what this validator appends, by a vote.</summary>
    public required bool IsMuted { get; init; }

    /// <summary>The block whose certificate takes time, and who has not signed for it; null where none is waited for.</summary>
    public required MissingSignatures? Missing { get; init; }

    /// <summary>The highest block of which each validator has stated anything, itself included, as this node has seen it; 0: none since the node started. Empty where the node works alone.</summary>
    public required IReadOnlyDictionary<KeyId, ulong> NewestStatements { get; init; }

    /// <summary>How long the ordering service has not answered; null where the node works alone.</summary>
    public required TimeSpan? OrderSilent { get; init; }

    /// <summary>The highest block that this validator has promised to attest, and no other for its height; 0 where none.</summary>
    public required ulong Promised { get; init; }

    /// <summary>How long the oldest own entry has been on its way through the order; zero where none is.</summary>
    public required TimeSpan OldestAccepted { get; init; }

    /// <summary>Contracts that were voted in from a height on, and that this program does not have.</summary>
    public required (Hash Catalogue, ulong Height)? Lacks { get; init; }
}

/// <summary>A block that waits for a quorum.</summary>
/// <param name="Height">Which.</param>
/// <param name="For">How long it has waited.</param>
/// <param name="Quorum">How many it takes.</param>
/// <param name="Attestations">Whether attestations are waited for; otherwise that a quorum has read the same order.</param>
/// <param name="Validators">Those who have not said what is waited for.</param>
public sealed record MissingSignatures(ulong Height, TimeSpan For, int Quorum, bool Attestations, IReadOnlyList<Validator> Validators);
