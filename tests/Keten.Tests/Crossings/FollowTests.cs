using Keten.Contracts.Crossings;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Tests.Rules;
using static Keten.Tests.Crossings.TwoLedgers;

namespace Keten.Tests.Crossings;

/// <summary>By whom a crossing lets itself be shown what is on the other ledger.</summary>
public sealed class FollowTests
{
    private readonly TwoLedgers two = new();

    private Side Home => two.Home;

    private Side Abroad => two.Abroad;

    [Fact]
    public void A_header_signed_by_too_few_shows_nothing()
    {
        var number = two.Send(Home, Ada, Bob, 100);
        var evidence = Home.Evidence(Home.TransferKey(number))[0];
        var (header, set) = (evidence.Certificate.Header, Home.Ledger.Ledger.Certifiers);
        var enough = evidence.Certificate.Attestations;
        Assert.Same(Crossing.NotProven, Receive(Home.Ledger.Certify(header, set, fewer: 1)));
        Assert.Same(Crossing.NotProven, Receive(new Certificate(header, new Many<Attestation>(enough[0], enough[1], enough[1]))));
        Assert.Same(Crossing.NotProven, Receive(new Certificate(header, new Many<Attestation>(enough[1], enough[0], enough[2]))));
        Assert.Same(Crossing.NotProven, Receive(new Certificate(header with { Height = header.Height + 1 }, enough)));
        Assert.Null(Receive(Home.Ledger.Certify(header, set)));

        IRefusal? Receive(Certificate certificate) => Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(set, evidence with { Certificate = certificate })));
    }

    [Fact]
    public void Once_a_change_is_followed_those_who_were_voted_out_show_nothing()
    {
        var number = two.Send(Home, Ada, Bob, 100, 100_000);
        var before = Home.Ledger.Ledger.Validators;
        var old = Home.Show(Home.TransferKey(number));
        Home.Ledger.Carry(Senate.Removing(3), 0, 1, 2);
        var after = Home.Ledger.Ledger.Validators;
        Assert.NotEqual(before.Hash, after.Hash);
        var evidence = Home.Evidence(Home.TransferKey(number))[0];
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(after, evidence))));

        Assert.Null(Abroad.Do(new Crossing.Follow(Proof.Of(before, Home.Ledger.Changes))));
        Assert.Equal((after.Hash, Home.Ledger.Changes[0].Height), (Abroad.State.Other.Validators, Abroad.State.Other.ChangedAt));
        // Those of before, of before the change and after it; and the new ones of before the change.
        var late = Home.Ledger.Certify(evidence.Certificate.Header with { Validators = before.Hash, Next = before.Hash }, before);
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), old)));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(before, evidence with { Certificate = late }))));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(after, evidence with { Certificate = late }))));
        var below = Home.Ledger.Certify(evidence.Certificate.Header with { Height = Home.Ledger.Changes[0].Height }, after);
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(after, evidence with { Certificate = below }))));
        Assert.Null(Abroad.Do(new Crossing.Receive(Number(number), Proof.Of(after, evidence))));
        two.Adds();
    }

    [Fact]
    public void Changes_are_followed_one_after_the_other_each_by_those_before_it()
    {
        var first = Home.Ledger.Ledger.Validators;
        Home.Ledger.Carry(Home.Ledger.Adding(6, "node 6"), 0, 1, 2);
        var second = Home.Ledger.Ledger.Validators;
        Home.Ledger.Carry(Senate.Removing(0), 1, 2, 3, 6);
        var changes = Home.Ledger.Changes;
        Assert.Equal(2, changes.Count);
        Assert.Same(Crossing.NotProven, Follow(first, changes[1]));
        Assert.Same(Crossing.NotProven, Follow(second, changes[1]));
        Assert.Same(Crossing.NotProven, Follow(first));
        Assert.Same(Crossing.NotProven, Follow(first, new SetChange(Home.Ledger.Certify(changes[0].Certificate.Header, first, fewer: 1), changes[0].Next)));
        Assert.Same(Crossing.NotProven, Follow(first, changes[0] with { Next = Home.Ledger.Ledger.Validators }));
        Assert.Same(Crossing.NotProven, Abroad.Do(new Crossing.Follow(Proof.Of(Home.Ledger.Genesis))));
        Assert.Null(Follow(first, changes[0]));
        Assert.Same(Crossing.NotProven, Follow(second, changes[0]));
        Assert.Same(Crossing.NotProven, Follow(second, changes[0], changes[1]));
        Assert.Null(Follow(second, changes[1]));
        Assert.Equal(Home.Ledger.Ledger.Validators.Hash, Abroad.State.Other.Validators);

        IRefusal? Follow(ValidatorSet known, params SetChange[] brought) => Abroad.Do(new Crossing.Follow(Proof.Of(known, brought)));
    }

    [Fact]
    public void A_list_of_changes_is_followed_whole()
    {
        var first = Home.Ledger.Ledger.Validators;
        Home.Ledger.Carry(Home.Ledger.Adding(6, "node 6"), 0, 1, 2);
        Home.Ledger.Carry(Senate.Removing(0), 1, 2, 3, 6);
        Assert.Null(Abroad.Do(new Crossing.Follow(Proof.Of(first, Home.Ledger.Changes))));
        Assert.Equal(Home.Ledger.Ledger.Validators.Hash, Abroad.State.Other.Validators);
    }

    [Fact]
    public void Signatures_count_as_steps_before_they_are_checked()
    {
        // A call may take 1,000 steps here: ten signatures of the other ledger, and a few records.
        var (small, large, medium) = (new Senate(1, name: "small", parameters: Parameters.Default with { StepsPerCall = 1_000 }), new Senate(15, name: "large"), new Senate(14, name: "medium"));
        Assert.Same(KernelRefusal.StepsExhausted, Shown(large));
        Assert.Same(Crossing.NotProven, Shown(medium));

        IRefusal? Shown(Senate other)
        {
            var side = new Side(small, 0);
            var agreement = side.Open(new Crossing.BeginAbroad(Senate.Party(Founder), "EUR", 2, Proof.Of(other.Genesis)), Founder);
            other.Block();
            return side.Do(agreement, new Crossing.Join(1, new Side(other, 1).Forge([1], [1])), Founder);
        }
    }
}
