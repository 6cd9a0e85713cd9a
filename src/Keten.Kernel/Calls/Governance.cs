using Keten.Kernel.State;

namespace Keten.Kernel;

public static partial class KernelCalls
{
    /// <summary>No validator has more proposals open.</summary>
    public const int ProposalsAtMost = 4;

    /// <summary>No proposal is open for longer, in days.</summary>
    public const int ProposalDaysAtMost = 90;

    /// <summary>A validator proposes a change to the others, and says yes to it. With ⌊2n/3⌋ + 1 of them it is carried, at once.</summary>
    /// <param name="By">Which validator.</param>
    /// <param name="Change">The change.</param>
    /// <param name="Until">When it lapses, at most 90 days ahead.</param>
    public sealed record Propose(Party By, Change Change, Instant Until) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(By);

        KernelRefusal? ICall.Do(Desk desk)
        {
            Ballots.SweepLapsed(desk);
            var ledger = desk.Ledger;
            if (ledger.Members.Of(By) is null) return KernelRefusal.NotAValidatorsVote;
            if (Until <= ledger.Now || Until > ledger.Now.PlusDays(ProposalDaysAtMost) || !Change.IsOne()) return KernelRefusal.BadProposal;
            if (Ballots.OpenOf(ledger, By) >= ProposalsAtMost) return KernelRefusal.TooManyProposals;
            if (Change.Fault(desk) is { } fault) return fault;
            var counters = ledger.Counters;
            var number = counters.NextProposal;
            ledger.CountersTable.Set(0, counters with { NextProposal = number + 1 });
            ledger.GovernanceTable.Set(0, ledger.Governance with { Open = new Many<ulong>([.. ledger.Governance.Open.AsSpan(), number]) });
            desk.Tell(new Proposed(number, By, Until, Change));
            return Ballots.Take(desk, number, new OpenProposal(By, Until, Change, new Many<Party>(By), default));
        }
    }

    /// <summary>A validator votes on a proposal, once. What is voted in is done in the same call; where it cannot be done any more, the vote that would do it is refused.</summary>
    /// <param name="By">Which validator.</param>
    /// <param name="Proposal">On which proposal.</param>
    /// <param name="Yes">Whether it is for it.</param>
    public readonly record struct Vote(Party By, ulong Proposal, bool Yes) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(By);

        KernelRefusal? ICall.Do(Desk desk)
        {
            Ballots.SweepLapsed(desk);
            if (desk.Ledger.Members.Of(By) is null) return KernelRefusal.NotAValidatorsVote;
            if (desk.Ledger.Proposals.Get(Proposal) is not { } open) return KernelRefusal.UnknownProposal;
            if (open.Yes.Contains(By) || open.No.Contains(By)) return KernelRefusal.AlreadyVoted;
            desk.Tell(new Voted(Proposal, By, Yes));
            return Ballots.Take(desk, Proposal, Yes
                ? open with { Yes = new Many<Party>([.. open.Yes.AsSpan(), By]) }
                : open with { No = new Many<Party>([.. open.No.AsSpan(), By]) });
        }
    }

    /// <summary>Who proposed it takes a proposal back.</summary>
    /// <param name="Proposal">Which.</param>
    public readonly record struct Withdraw(ulong Proposal) : ICall
    {
        Signers ICall.MustSign(Desk desk) => desk.Ledger.Proposals.Get(Proposal) is { } open ? Signers.All(open.By) : Signers.Anyone;

        KernelRefusal? ICall.Do(Desk desk)
        {
            Ballots.SweepLapsed(desk);
            if (!desk.Ledger.Proposals.Contains(Proposal)) return KernelRefusal.UnknownProposal;
            Ballots.Drop(desk, Proposal, DropReason.Withdrawn);
            return null;
        }
    }

    /// <summary>A validator replaces its node's key: its own party alone, without a vote. The old key signs until this block is certified, and is to be destroyed then.</summary>
    /// <param name="Party">Which validator.</param>
    /// <param name="Key">The new key, which is nobody's and never was a validator's.</param>
    /// <param name="Proof">The new key's own signature over ledger and party.</param>
    public readonly record struct Rekey(Party Party, PublicKey Key, Signature Proof) : ICall
    {
        Signers ICall.MustSign(Desk desk) => Signers.All(Party);

        KernelRefusal? ICall.Do(Desk desk)
        {
            if (desk.Ledger.Members.Of(Party) is not { } now) return KernelRefusal.UnknownValidator;
            if ((desk.Changeable(Party, out _) ?? Membership.Fault(desk, Key, Party, Proof)) is { } fault) return fault;
            Membership.Replace(desk, now, now with { Key = Key });
            desk.Tell(new Rekeyed(Party, now.Key.Id, Key));
            return null;
        }
    }
}

/// <summary>Counts votes, and closes what is decided.</summary>
internal static class Ballots
{
    /// <summary>Takes in what has been said on a proposal: it is carried, cannot be carried any more, or goes on.</summary>
    public static KernelRefusal? Take(Desk desk, ulong number, OpenProposal proposal)
    {
        var members = desk.Ledger.Members;
        var (yes, no) = (0, 0);
        foreach (var one in members.All)
        {
            if (proposal.Yes.Contains(one.Party)) yes++;
            else if (proposal.No.Contains(one.Party)) no++;
        }
        if (yes >= members.Quorum)
        {
            Close(desk, number);
            if (proposal.Change.Fault(desk) is { } fault) return fault;
            proposal.Change.Carry(desk);
            desk.Tell(new KernelCalls.Carried(number, proposal.Change));
        }
        else if (members.Count - no < members.Quorum) Drop(desk, number, DropReason.Rejected);
        else desk.Ledger.Proposals.Set(number, proposal);
        return null;
    }

    /// <summary>How many proposals of a party are open.</summary>
    public static int OpenOf(LedgerState ledger, Party by)
    {
        var count = 0;
        foreach (var number in ledger.Governance.Open)
            if (ledger.Proposals.Get(number)!.By == by) count++;
        return count;
    }

    /// <summary>Closes a proposal that is not carried.</summary>
    public static void Drop(Desk desk, ulong number, DropReason why)
    {
        Close(desk, number);
        desk.Tell(new KernelCalls.Dropped(number, why));
    }

    /// <summary>Closes those whose time is over; whoever proposes, votes or withdraws does it.</summary>
    public static void SweepLapsed(Desk desk)
    {
        foreach (var number in desk.Ledger.Governance.Open)
            if (desk.Ledger.Proposals.Get(number)!.Until <= desk.Ledger.Now) Drop(desk, number, DropReason.Lapsed);
    }

    private static void Close(Desk desk, ulong number)
    {
        var (ledger, left) = (desk.Ledger, new List<ulong>());
        foreach (var open in ledger.Governance.Open)
            if (open != number) left.Add(open);
        ledger.Proposals.Remove(number);
        ledger.GovernanceTable.Set(0, ledger.Governance with { Open = new Many<ulong>([.. left]) });
    }
}
