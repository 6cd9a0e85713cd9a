using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>Rules 12, 13, 24 and 36: validators change the ledger by vote, and no vote can stop it.</summary>
public sealed class GovernanceRules
{
    /// <summary>Rule 12: the header that decides names the old set and the new; the next names the new alone, and entries after it are the new set's.</summary>
    [Fact]
    public void A_change_is_certified_by_the_old_validators_and_counts_from_the_next_entry_on()
    {
        var senate = new Senate(4);
        var (four, gone) = (senate.Ledger.Validators, senate.Node("node 3"));
        senate.Carry(Senate.Removing(3), 0, 1, 2);
        var deciding = senate.Head;
        Assert.Equal((four.Hash, senate.Ledger.Validators.Hash), (deciding.Validators, deciding.Next));
        Assert.Equal(3, senate.Ledger.Validators.Count);
        Assert.Null(senate.Execute(senate.Entry(gone)));
        senate.Block();
        Assert.Equal((deciding.Next, deciding.Next), (senate.Head.Validators, senate.Head.Next));
        Assert.Equal(default, senate.State.Validators.Get(gone.Id));
    }

    /// <summary>Rule 12: one that is voted in signs entries from the next block on, and not in the block that decides.</summary>
    [Fact]
    public void One_that_is_voted_in_signs_from_the_next_block_on()
    {
        var senate = new Senate(4);
        var added = senate.Node("node 4");
        Assert.Null(senate.Propose(0, senate.Adding(4, "node 4")));
        Assert.Null(senate.Vote(1, 1));
        Assert.Null(senate.Execute(senate.Entry(added)));
        Assert.Null(senate.Vote(2, 1));
        Assert.Equal(5, senate.Ledger.Validators.Count);
        Assert.NotNull(senate.Execute(senate.Entry(added)));
        Assert.Equal("Validator 4", senate.Ledger.Validators.Of(Senate.PartyOf(4))!.Value.Name);
    }

    /// <summary>⌊2n/3⌋ + 1 of those who are validators now.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(7, 5)]
    public void A_proposal_takes_more_than_two_thirds(int validators, int votes)
    {
        var senate = new Senate(validators);
        var calmer = Parameters.Default with { WakeUpsPerBlock = 500 };
        Assert.Null(senate.Propose(0, new KernelCalls.Change(Limits: calmer)));
        for (var voted = 1; voted < votes; voted++)
        {
            Assert.Equal(Parameters.Default, senate.State.Parameters);
            Assert.Null(senate.Vote(voted, 1));
        }
        Assert.Equal(calmer, senate.State.Parameters);
        Assert.Empty(senate.State.OpenProposals);
    }

    [Fact]
    public void A_validator_votes_once_and_nobody_else_does()
    {
        var senate = new Senate(4);
        Assert.Null(senate.Propose(0, Senate.Removing(3)));
        Assert.Equal(KernelRefusal.AlreadyVoted, senate.Vote(0, 1));
        Assert.Equal(KernelRefusal.NotAValidatorsVote, senate.Vote(5, 1));
        Assert.Equal(KernelRefusal.NotAValidatorsVote, senate.Propose(5, Senate.Removing(3)));
        Assert.Equal(KernelRefusal.SignatureMissing, senate.Run(senate.Do(Senate.Org(5), new KernelCalls.Vote(Senate.PartyOf(1), 1, true))));
        Assert.Equal(KernelRefusal.SignatureMissing, senate.Run(senate.Do(Senate.Org(5), new KernelCalls.Propose(Senate.PartyOf(1), Senate.Removing(3), senate.Now.Plus(60)))));
        Assert.Null(senate.Vote(1, 1, yes: false));
        Assert.Equal(KernelRefusal.AlreadyVoted, senate.Vote(1, 1));
        Assert.Equal(KernelRefusal.UnknownProposal, senate.Vote(2, 99));
        Assert.Equal(4, senate.Ledger.Validators.Count);
    }

    /// <summary>What a party said counts only while it is a validator.</summary>
    [Fact]
    public void The_vote_of_one_that_was_removed_counts_no_more()
    {
        var senate = new Senate(7);
        Assert.Null(senate.Propose(6, new KernelCalls.Change(Limits: Parameters.Default with { WakeUpsPerBlock = 500 })));
        senate.Carry(Senate.Removing(6), 0, 1, 2, 3, 4);
        // Of six, five: the proposer's yes has gone with it.
        for (var each = 0; each < 4; each++) Assert.Null(senate.Vote(each, 1));
        Assert.Equal(Parameters.Default, senate.State.Parameters);
        Assert.Equal(KernelRefusal.NotAValidatorsVote, senate.Vote(6, 1, yes: false));
        Assert.Null(senate.Vote(4, 1));
        Assert.NotEqual(Parameters.Default, senate.State.Parameters);
    }

    [Fact]
    public void So_many_noes_that_it_cannot_be_carried_close_it_and_so_does_time_and_who_proposed_it()
    {
        var senate = new Senate(4);
        Assert.Null(senate.Propose(0, Senate.Removing(3)));
        Assert.Null(senate.Vote(1, 1, yes: false));
        Assert.Null(senate.Vote(2, 1, yes: false));
        Assert.Null(senate.State.ProposalOf(1));
        Assert.Null(senate.Propose(0, Senate.Removing(3), seconds: 100));
        Assert.Null(senate.Propose(0, Senate.Removing(2)));
        senate.Wait(100);
        Assert.Equal(KernelRefusal.UnknownProposal, senate.Vote(1, 2));
        Assert.Equal(KernelRefusal.SignatureMissing, senate.Run(senate.Do(Senate.Org(1), new KernelCalls.Withdraw(3))));
        Assert.Null(senate.Run(senate.Do(Senate.Org(0), new KernelCalls.Withdraw(3))));
        Assert.Empty(senate.State.OpenProposals);
        Assert.Equal(4, senate.Ledger.Validators.Count);
    }

    [Fact]
    public void A_proposal_is_one_change_with_an_end_and_a_validator_has_four_at_most()
    {
        var senate = new Senate(4);
        Assert.Equal(KernelRefusal.BadProposal, senate.Propose(0, new KernelCalls.Change()));
        Assert.Equal(KernelRefusal.BadProposal, senate.Propose(0, new KernelCalls.Change(Remove: Senate.PartyOf(1), Mute: Senate.PartyOf(2))));
        Assert.Equal(KernelRefusal.BadProposal, senate.Propose(0, Senate.Removing(3), seconds: 0));
        Assert.Equal(KernelRefusal.BadProposal, senate.Propose(0, Senate.Removing(3), seconds: 90 * 86_400 + 1));
        for (var each = 0; each < 4; each++) Assert.Null(senate.Propose(0, Senate.Removing(3), seconds: 100));
        Assert.Equal(KernelRefusal.TooManyProposals, senate.Propose(0, Senate.Removing(3)));
        Assert.Null(senate.Propose(1, Senate.Removing(3)));
        senate.Wait(100);
        Assert.Null(senate.Propose(0, Senate.Removing(3)));
        Assert.Equal(2, senate.State.OpenProposals.Count);
    }

    /// <summary>Nobody has a key voted in that its holder did not sign for, for this party, on this ledger.</summary>
    [Fact]
    public void A_node_s_key_is_proved_by_its_own_signature()
    {
        var senate = new Senate(4);
        var good = senate.Adding(4, "node 4").Add!.Value;
        var node = senate.Node("node 4");
        foreach (var proof in (Signature[])[
            KeyProof.Sign(senate.Node("node 5"), senate.Ledger.Id, good.Party), KeyProof.Sign(node, Hash.Of("another"u8), good.Party), KeyProof.Sign(node, senate.Ledger.Id, Senate.PartyOf(5))])
        {
            Assert.Equal(KernelRefusal.BadKeyProof, senate.Propose(0, new KernelCalls.Change(Add: good with { Proof = proof })));
            Assert.Equal(KernelRefusal.BadKeyProof, senate.Run(senate.Do(Senate.Org(0), new KernelCalls.Rekey(Senate.PartyOf(0), node.Public, proof))));
        }
        Assert.Null(senate.Propose(0, new KernelCalls.Change(Add: good)));
    }

    [Fact]
    public void A_party_is_one_validator_and_a_key_is_one_s_once()
    {
        var senate = new Senate(4);
        Assert.Equal(KernelRefusal.ValidatorTaken, senate.Propose(0, senate.Adding(3, "node 4")));
        Assert.Equal(KernelRefusal.ValidatorTaken, senate.Propose(0, senate.Adding(4, "node 3")));
        Assert.Equal(KernelRefusal.ValidatorTaken, senate.Propose(0, senate.Adding(4, "organisation 5")));
        Assert.Equal(KernelRefusal.ValidatorTaken, senate.Rekey(0, "node 1"));
        Assert.Equal(KernelRefusal.UnknownValidator, senate.Rekey(4, "node 4"));
        Assert.Equal(KernelRefusal.UnknownParty, senate.Propose(0, new KernelCalls.Change(Add: new KernelCalls.NewValidator(
            "Stranger", Senate.Party(Keys.Of("stranger")), senate.Node("node 9").Public, KeyProof.Sign(senate.Node("node 9"), senate.Ledger.Id, Senate.Party(Keys.Of("stranger")))))));
        Assert.Equal(KernelRefusal.UnknownValidator, senate.Propose(0, Senate.Removing(5)));
        // What it signed could be brought again if its key came back.
        senate.Carry(Senate.Removing(3), 0, 1, 2);
        Assert.Equal(KernelRefusal.ValidatorTaken, senate.Propose(0, senate.Adding(3, "node 3")));
        Assert.Null(senate.Propose(0, senate.Adding(3, "node 3 again")));
    }

    /// <summary>Its own party alone, without a vote; the old key signs no more, and never again.</summary>
    [Fact]
    public void A_validator_replaces_its_node_s_key_by_itself()
    {
        var senate = new Senate(4);
        var (old, before) = (senate.Node("node 0"), senate.Ledger.Validators);
        Assert.Null(senate.Rekey(0, "node 0 new"));
        Assert.Equal((before.Hash, senate.Ledger.Validators.Hash), (senate.Head.Validators, senate.Head.Next));
        Assert.Null(senate.Execute(senate.Entry(old)));
        Assert.NotNull(senate.Execute(senate.Entry(senate.Node("node 0 new"))));
        Assert.Equal(KernelRefusal.ValidatorTaken, senate.Rekey(0, "node 0"));
        Assert.Equal(KernelRefusal.SignatureMissing, senate.Run(senate.Do(Senate.Org(1), new KernelCalls.Rekey(
            Senate.PartyOf(0), senate.Node("x").Public, KeyProof.Sign(senate.Node("x"), senate.Ledger.Id, Senate.PartyOf(0))))));
    }

    /// <summary>Rule 12: the header names one change; a second in the same block is refused, whole.</summary>
    [Fact]
    public void A_block_changes_the_validators_once()
    {
        var senate = new Senate(4);
        var (first, second) = (senate.Node("node 0 new"), senate.Node("node 1 new"));
        var block = senate.Block(
            senate.Do(Senate.Org(0), new KernelCalls.Rekey(Senate.PartyOf(0), first.Public, KeyProof.Sign(first, senate.Ledger.Id, Senate.PartyOf(0)))),
            senate.Do(Senate.Org(1), new KernelCalls.Rekey(Senate.PartyOf(1), second.Public, KeyProof.Sign(second, senate.Ledger.Id, Senate.PartyOf(1)))));
        Assert.Equal([null, KernelRefusal.ChangeUnderWay], block.Outcomes.Decisions.Select(decision => decision.Refusal));
        Assert.Null(senate.Rekey(1, "node 1 new"));
    }

    [Fact]
    public void The_last_validator_stays()
    {
        var senate = new Senate(1);
        Assert.Equal(KernelRefusal.LastValidator, senate.Propose(0, Senate.Removing(0)));
        senate.Carry(senate.Adding(1, "node 1"), 0);
        senate.Carry(Senate.Removing(0), 1, 0);
        Assert.Equal("Validator 1", senate.Ledger.Validators.All[0].Name);
        Assert.Equal(KernelRefusal.LastValidator, senate.Propose(1, Senate.Removing(1)));
    }

    /// <summary>Limits that would stop the ledger are refused, whoever votes for them.</summary>
    [Fact]
    public void Limits_stay_within_what_a_ledger_can_live_with()
    {
        var senate = new Senate(1);
        foreach (var limits in (Parameters[])[
            Parameters.Default with { ExpiryAheadSeconds = 59 }, Parameters.Default with { StepsPerCall = 999 }, Parameters.Default with { WakeUpsPerBlock = 9 },
            Parameters.Default with { CheckpointRecords = 999 }, Parameters.Default with { CheckpointSeconds = 3_601 },
            Parameters.Default with { AdmittedBy = new Many<Party>(Senate.Party(Keys.Of("stranger"))) },
            Parameters.Default with { AdmittedBy = new Many<Party>(Senate.PartyOf(0), Senate.PartyOf(0)) }])
            Assert.Equal(KernelRefusal.BadLimits, senate.Propose(0, new KernelCalls.Change(Limits: limits)));
        senate.Carry(new KernelCalls.Change(Limits: Parameters.Default with { AdmittedBy = new Many<Party>(Senate.PartyOf(0)) }), 0);
        var newcomer = Keys.Of("newcomer");
        Assert.Equal(KernelRefusal.SignatureMissing, senate.Run(senate.Do(newcomer, new KernelCalls.Enrol(newcomer.Public))));
    }

    /// <summary>Rule 13: a muted validator's entries are skipped, and its clock counts no more; it certifies and votes.</summary>
    [Fact]
    public void A_muted_validator_s_entries_are_skipped_until_it_is_heard_again()
    {
        var senate = new Senate(4);
        senate.Carry(new KernelCalls.Change(Mute: Senate.PartyOf(3)), 0, 1, 2);
        Assert.Equal(KernelRefusal.LastValidator, senate.Propose(0, new KernelCalls.Change(Mute: Senate.PartyOf(2))));
        Assert.Equal(KernelRefusal.NothingToChange, senate.Propose(0, new KernelCalls.Change(Mute: Senate.PartyOf(3))));
        Assert.Null(senate.Execute(senate.Entry(senate.Node("node 3"))));
        Assert.Equal(senate.Head.Validators, senate.Head.Next);
        // A new key of its own makes it heard no more than the old.
        Assert.Null(senate.Rekey(3, "node 3 new"));
        Assert.Null(senate.Execute(senate.Entry(senate.Node("node 3 new"))));
        senate.Carry(new KernelCalls.Change(Unmute: Senate.PartyOf(3)), 3, 0, 1);
        Assert.NotNull(senate.Execute(senate.Entry(senate.Node("node 3 new"))));
    }

    /// <summary>What is voted in is told to the validators' parties.</summary>
    [Fact]
    public void Every_decision_is_told_and_is_for_the_validators_to_read()
    {
        var senate = new Senate(4);
        senate.Carry(Senate.Removing(3), 0, 1, 2);
        var told = senate.BlockAt(senate.Head.Height).Outcomes;
        Assert.Equal(["KernelCalls.Voted", "KernelCalls.Carried"], told.Events.Select(one => one.Contract.Events.First(kind => kind.Number == one.Number).EventCodec.Name));
        var readers = senate.Ledger.ReadersOfVotes();
        Assert.True(readers.Allows(Senate.PartyOf(0)));
        Assert.False(readers.Allows(Senate.PartyOf(3)));
        Assert.False(readers.IsEveryone);
    }

    /// <summary>Rule 28: a ledger from a snapshot knows who the validators are and what is voted on.</summary>
    [Fact]
    public void A_snapshot_holds_the_validators_and_what_is_voted_on()
    {
        var senate = new Senate(4);
        senate.Carry(Senate.Removing(3), 0, 1, 2);
        senate.Carry(new KernelCalls.Change(Suspend: new ContractVersion(1, 1)), 0, 1, 2);
        Assert.Null(senate.Propose(0, senate.Adding(4, "node 4")));
        senate.UntilCheckpoint();
        var snapshot = Snapshot.FromBytes(senate.Ledger.TakeSnapshot().ToBytes());
        var again = Ledger.Restore(senate.Genesis, senate.Ledger.Catalogue, snapshot, senate.Ledger.History);
        Assert.Equal(senate.Ledger.Validators.Hash, again.Validators.Hash);
        Assert.True(again.State.IsSuspended(1, 1));
        Assert.Equal(senate.State.ProposalOf(3), again.State.ProposalOf(3));
        var entry = senate.Entry(senate.FirstHeard(), senate.Do(Senate.Org(1), new KernelCalls.Vote(Senate.PartyOf(1), 3, true)));
        Assert.Equal(again.Execute(entry)!.Header.LogHash, senate.Execute(entry)!.Header.LogHash);
        Assert.Equal(again.Head!.OutcomeRoot, senate.Head.OutcomeRoot);
    }
}
