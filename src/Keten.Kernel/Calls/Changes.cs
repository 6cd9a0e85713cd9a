using Keten.Kernel.State;

namespace Keten.Kernel;

public static partial class KernelCalls
{
    /// <summary>What the validators vote on: exactly one of these.</summary>
    /// <param name="Add">One more validator.</param>
    /// <param name="Remove">This party is no validator any more.</param>
    /// <param name="Limits">The ledger's limits from now on.</param>
    /// <param name="Activate">A catalogue comes into force.</param>
    /// <param name="Suspend">Of this contract's version only exit clauses run, until it is resumed.</param>
    /// <param name="Resume">It runs again as it did.</param>
    /// <param name="Mute">This validator's entries are skipped, until it is heard again; it still certifies and votes.</param>
    /// <param name="Unmute">Its entries count again.</param>
    public sealed record Change(
        NewValidator? Add = null, Party? Remove = null, Parameters? Limits = null, Activation? Activate = null,
        ContractVersion? Suspend = null, ContractVersion? Resume = null, Party? Mute = null, Party? Unmute = null);

    /// <summary>An organisation that is to be a validator.</summary>
    /// <param name="Name">As the consortium calls it, 1 to 64 bytes.</param>
    /// <param name="Party">The organisation, a party of the ledger.</param>
    /// <param name="Key">Its node's key, which is nobody's and never was a validator's.</param>
    /// <param name="Proof">The key's own signature over ledger and party.</param>
    public readonly record struct NewValidator(string Name, Party Party, PublicKey Key, Signature Proof);

    /// <summary>A change was proposed, and is open to votes.</summary>
    /// <param name="Proposal">Its number.</param>
    /// <param name="By">Who proposed it, and with that says yes.</param>
    /// <param name="Until">When it lapses.</param>
    /// <param name="Change">The change.</param>
    public readonly record struct Proposed(ulong Proposal, Party By, Instant Until, Change Change) : IEvent;

    /// <summary>A validator has voted.</summary>
    /// <param name="Proposal">On which proposal.</param>
    /// <param name="By">Who.</param>
    /// <param name="Yes">What it said.</param>
    public readonly record struct Voted(ulong Proposal, Party By, bool Yes) : IEvent;

    /// <summary>A proposal is carried: it has been done.</summary>
    /// <param name="Proposal">Which.</param>
    /// <param name="Change">The change.</param>
    public readonly record struct Carried(ulong Proposal, Change Change) : IEvent;

    /// <summary>A proposal is open no more, and has not been carried.</summary>
    /// <param name="Proposal">Which.</param>
    /// <param name="Why">Why.</param>
    public readonly record struct Dropped(ulong Proposal, DropReason Why) : IEvent;

    /// <summary>A validator has replaced its node's key.</summary>
    /// <param name="Party">Which validator.</param>
    /// <param name="Was">The key until then.</param>
    /// <param name="Key">The key from the next block on.</param>
    public readonly record struct Rekeyed(Party Party, KeyId Was, PublicKey Key) : IEvent;
}

/// <summary>Why a proposal is open no more.</summary>
public enum DropReason
{
    /// <summary>So many said no that it cannot be carried.</summary>
    Rejected = 0,

    /// <summary>Its time was over.</summary>
    Lapsed = 1,

    /// <summary>Who proposed it withdrew it.</summary>
    Withdrawn = 2,
}
