using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Node.Views;

namespace Keten.Tests.Views;

/// <summary>Whom a line of a statement shows on the other side, of calls that move something in many accounts at once.</summary>
public sealed class OthersTests
{
    private const int Members = 20;

    [Fact]
    public async Task A_payer_of_many_sees_the_first_of_them_and_how_many_and_each_of_them_sees_the_payer_alone()
    {
        using var rig = new Rig(Members);
        Cleared(rig, [.. Enumerable.Range(1, Members - 1).Select(to => (0, to, 10L + to))]);
        using var store = await rig.OpenCaughtUpAsync();
        var payer = Last(store, rig, 0);
        Assert.Equal((16, Members - 1), (payer.Others.Count, payer.OthersCount));
        Assert.All(payer.Others, other => Assert.Contains(other, Enumerable.Range(1, Members - 1).Select(each => (Owner)rig[each])));
        for (var each = 1; each < Members; each++)
        {
            var payee = Last(store, rig, each);
            Assert.Equal((10L + each, 1, (Owner)rig[0]), (payee.Change, payee.OthersCount, Assert.Single(payee.Others)));
        }
    }

    [Fact]
    public async Task A_few_on_both_sides_are_all_named_to_the_other_side()
    {
        using var rig = new Rig(Members);
        Cleared(rig, (0, 2, 5), (1, 2, 6), (1, 3, 7));
        using var store = await rig.OpenCaughtUpAsync();
        foreach (var (one, others) in ((int, int[])[])[(0, [2, 3]), (1, [2, 3]), (2, [0, 1]), (3, [0, 1])])
        {
            var line = Last(store, rig, one);
            Assert.Equal(others.Select(other => (Owner)rig[other]).ToHashSet(), [.. line.Others]);
            Assert.Equal(2, line.OthersCount);
        }
    }

    [Fact]
    public async Task Of_many_on_both_sides_nobody_is_named_for_the_movements_do_not_say_who_paid_whom()
    {
        using var rig = new Rig(Members);
        Cleared(rig, [.. Enumerable.Range(2, Members - 2).Select(to => (to % 2, to, 10L))]);
        using var store = await rig.OpenCaughtUpAsync();
        var (payer, payee) = (Last(store, rig, 0), Last(store, rig, 2));
        Assert.Equal((0, Members - 2), (payer.Others.Count, payer.OthersCount));
        Assert.Equal((2, 2), (payee.Others.Count, payee.OthersCount));
    }

    [Fact]
    public void An_owner_that_stands_on_both_sides_is_not_its_own_other_side()
    {
        var sides = new Sides();
        Posting Of(ulong owner, long change) => new(new AccountKey(Owner.Of(owner), new Unit(1), default), change, 0);
        foreach (var (owner, change) in ((ulong, long)[])[(1, -5), (1, 2), (2, 3)]) sides.Add((long)owner, Of(owner, change));
        Assert.Equal((2, 0, 1), (sides.OtherOf(1, Of(1, -5)), sides.OtherOf(1, Of(1, 2)), sides.OtherOf(2, Of(2, 3))));
        sides.Add(3, Of(3, 1));
        Assert.Equal(1, sides.OtherOf(1, Of(1, -5)));
        Assert.Equal(0, sides.OtherOf(4, Of(4, -1)));
        var (unit, incoming, named, count) = Assert.Single(sides.Shown());
        Assert.Equal((1u, true, 3), (unit, incoming, count));
        Assert.Equal([1L, 2, 3], named);
    }

    // Everybody joins a clearing of the bank's, and has 1,000.
    private static void Cleared(Rig rig, params (int From, int To, long Cents)[] payments)
    {
        var (mandate, chain) = (new Mandate(rig.Euro.Of(1_000), rig.Euro.Of(1_000), rig.Chain.Now.PlusDays(9)), rig.Chain);
        rig.Add(chain.Begin(rig.Bank).Open(Clearing.Contents, new Clearing.Begin(Party.Of(rig.Bank.Id), rig.Euro)).Sign(rig.Bank));
        var clearing = new Agreement<Clearing>(chain.Last);
        for (var each = 0; each < Members; each++)
        {
            var key = rig.Keys[each];
            rig.Add(rig.Issue(each, 1_000), chain.Begin(key).Call(Clearing.Contents, clearing, new Clearing.Join(rig[each], mandate)).AtMost(key.Id, rig.Euro.Of(1_000)).Sign(key));
        }
        var several = new Many<Clearing.Payment>([.. payments.Select(one => new Clearing.Payment((uint)one.From + 1, (uint)one.To + 1, one.Cents))]);
        var block = rig.Add(chain.Begin(rig.Bank).Call(Clearing.Contents, clearing, new Clearing.Clear(several, Hash.Of("statement"u8))).Sign(rig.Bank));
        Assert.True(block.Outcomes.Decisions[0].IsAccepted);
    }

    private static Keten.Node.Views.Movement Last(ViewStore store, Rig rig, int member) => store.Statement(rig[member], rig.Euro, Paging.Newest(Position.End, 1))[0];
}
