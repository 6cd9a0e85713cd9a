using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>Whether a change can be made as the ledger is, and the making of it.</summary>
internal static class Carrying
{
    /// <summary>A catalogue is activated at least so many blocks after the one that decides it: time to install what it needs.</summary>
    public const ulong BlocksAhead = 100;

    private const int NameAtMost = 64;

    /// <summary>Whether exactly one thing is to be changed.</summary>
    public static bool IsOne(this KernelCalls.Change change)
    {
        ReadOnlySpan<bool> said =
        [
            change.Add is not null, change.Remove is not null, change.Limits is not null, change.Activate is not null,
            change.Suspend is not null, change.Resume is not null, change.Mute is not null, change.Unmute is not null,
        ];
        return said.Count(true) == 1;
    }

    /// <summary>Why it cannot be made now, or null. Asked when it is proposed, and again when it is carried.</summary>
    public static KernelRefusal? Fault(this KernelCalls.Change change, Desk desk) => change switch
    {
        { Add: { } one } => Fault(desk, one),
        { Remove: { } party } => Removal(desk.Ledger, party),
        { Limits: { } limits } => limits.IsSane && AreParties(desk.Ledger, limits.AdmittedBy) ? null : KernelRefusal.BadLimits,
        { Activate: { } next } => next.Height < desk.Ledger.Height + BlocksAhead ? KernelRefusal.ActivationTooSoon : null,
        { Suspend: { } version } => desk.Ledger.Suspended.Contains(version) ? KernelRefusal.NothingToChange : null,
        { Resume: { } version } => desk.Ledger.Suspended.Contains(version) ? null : KernelRefusal.NothingToChange,
        { Mute: { } party } => Muting(desk.Ledger, party),
        { Unmute: { } party } => desk.Ledger.Muted.Contains(party) ? null : KernelRefusal.NothingToChange,
        _ => KernelRefusal.BadProposal,
    };

    /// <summary>Makes it.</summary>
    public static void Carry(this KernelCalls.Change change, Desk desk)
    {
        var ledger = desk.Ledger;
        if (change.Add is { } one) Membership.Add(desk, new Validator(one.Name, one.Key, one.Party));
        if (change.Remove is { } gone) Membership.Remove(desk, ledger.Members.Of(gone)!.Value);
        if (change.Limits is { } limits) ledger.ParameterTable.Set(0, limits);
        if (change.Activate is { } next) ledger.GovernanceTable.Set(0, ledger.Governance with { Next = next });
        if (change.Suspend is { } stopped) ledger.Suspended.Set(stopped, ledger.Height);
        if (change.Resume is { } resumed) ledger.Suspended.Remove(resumed);
        if (change.Mute is { } muted) ledger.Muted.Set(muted, ledger.Height);
        if (change.Unmute is { } heard) ledger.Muted.Remove(heard);
    }

    private static KernelRefusal? Fault(Desk desk, KernelCalls.NewValidator one)
    {
        var members = desk.Ledger.Members;
        if (one.Name.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(one.Name) > NameAtMost) return KernelRefusal.BadProposal;
        if (!desk.Ledger.Parties.Contains(one.Party)) return KernelRefusal.UnknownParty;
        if (members.Of(one.Party) is not null) return KernelRefusal.ValidatorTaken;
        if (members.Count == ValidatorSet.AtMost) return KernelRefusal.TooManyValidators;
        return Membership.Fault(desk, one.Key, one.Party, one.Proof);
    }

    private static KernelRefusal? Removal(LedgerState ledger, Party party)
    {
        if (ledger.Members.Of(party) is null) return KernelRefusal.UnknownValidator;
        if (Membership.HasChanged(ledger)) return KernelRefusal.ChangeUnderWay;
        return Heard(ledger, party) == 0 ? KernelRefusal.LastValidator : null;
    }

    private static KernelRefusal? Muting(LedgerState ledger, Party party)
    {
        if (ledger.Members.Of(party) is null) return KernelRefusal.UnknownValidator;
        if (ledger.Muted.Contains(party)) return KernelRefusal.NothingToChange;
        return Heard(ledger, party) < ledger.Members.Quorum ? KernelRefusal.LastValidator : null;
    }

    // How many validators' entries count besides one's.
    private static int Heard(LedgerState ledger, Party besides)
    {
        var heard = 0;
        foreach (var one in ledger.Members.All)
            if (one.Party != besides && !ledger.Muted.Contains(one.Party)) heard++;
        return heard;
    }

    private static bool AreParties(LedgerState ledger, Many<Party> parties)
    {
        for (var each = 0; each < parties.Count; each++)
        {
            if (!ledger.Parties.Contains(parties[each])) return false;
            for (var other = 0; other < each; other++)
                if (parties[other] == parties[each]) return false;
        }
        return true;
    }
}
