using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Tests.Rules;

/// <summary>Rule 15: wake-ups run when they are due, before any call, bounded and contained.</summary>
public sealed class WakeUpRules
{
    private readonly Bench bench = new();

    /// <summary>Rule 15.</summary>
    [Fact]
    public void A_wake_up_runs_in_the_first_block_at_or_after_its_moment()
    {
        Later(1, Lab.Deed.Count, 100);
        bench.Chain.Wait(99);
        Assert.Equal(0, bench.LabState().Number);
        bench.Chain.Wait(1);
        Assert.Equal(1, bench.LabState().Number);
        Assert.Empty(bench.State.WakeUpsOf(Bench.Lab));
    }

    /// <summary>Rule 15: keyed by the clause's value.</summary>
    [Fact]
    public void Asking_again_moves_a_wake_up_and_cancelling_takes_it_away()
    {
        Later(1, Lab.Deed.Count, 100);
        Later(1, Lab.Deed.Count, 300);
        Later(2, Lab.Deed.Count, 300);
        Assert.Equal(2, bench.State.WakeUpsOf(Bench.Lab).Count);
        bench.Chain.Wait(200);
        Assert.Equal(0, bench.LabState().Number);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Later(2, Lab.Deed.Count, default, Never: true)));
        bench.Chain.Wait(200);
        Assert.Equal(1, bench.LabState().Number);
    }

    /// <summary>Rule 15: at most 16.</summary>
    [Fact]
    public void An_agreement_has_sixteen_pending_and_no_more()
    {
        for (var each = 0ul; each < 16; each++) Later(each, Lab.Deed.Count, 100);
        var before = bench.Records();
        Bench.Refused(KernelRefusal.TooManyWakeUps, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Later(16, Lab.Deed.Count, bench.Now.Plus(9), false)));
        Assert.Equal(before, bench.Records());
        bench.Chain.Wait(100);
        Assert.Equal(16, bench.LabState().Number);
    }

    /// <summary>Rule 15: one may ask for the next block.</summary>
    [Fact]
    public void One_that_asks_again_at_once_runs_once_a_block()
    {
        Later(1, Lab.Deed.AgainAtOnce, 0);
        for (var block = 1; block <= 3; block++)
        {
            bench.Chain.Block();
            Assert.Equal(block, bench.LabState().Number);
        }
    }

    /// <summary>Rule 15: one agreement that keeps asking for moments long past must not keep the others' from running.</summary>
    [Fact]
    public void One_that_always_asks_again_holds_up_no_other_agreement()
    {
        var other = bench.OpenLab();
        Later(1, Lab.Deed.AgainLongAgo, 0);
        Later(1, Lab.Deed.Count, 100, other);
        bench.Chain.Wait(100);
        bench.Chain.Wait(1);
        Assert.Equal(1, bench.LabState(other).Number);
        Assert.Equal(3, bench.LabState().Number);
    }

    /// <summary>Rule 15: nor where a block runs one wake-up only; what asks again stands behind what has waited.</summary>
    [Fact]
    public void Where_a_block_runs_few_they_take_turns()
    {
        var narrow = new Bench(Parameters.Default with { WakeUpsPerBlock = 1 });
        var other = narrow.OpenLab();
        Later(1, Lab.Deed.AgainLongAgo, 0, on: narrow);
        Later(1, Lab.Deed.AgainLongAgo, 0, other, narrow);
        for (var block = 0; block < 20; block++) narrow.Chain.Wait(1);
        Assert.InRange(narrow.LabState(other).Number, 8, 12);
        Assert.InRange(narrow.LabState().Number, 8, 12);
    }

    /// <summary>Rule 15: overdue ones run before a call on their agreement, and leave its signatures as they are.</summary>
    [Fact]
    public void What_is_overdue_runs_before_a_call_and_the_call_keeps_its_signers()
    {
        var narrow = new Bench(Parameters.Default with { WakeUpsPerBlock = 1 });
        for (var each = 0ul; each < 3; each++) Later(each, Lab.Deed.Count, 100, on: narrow);
        narrow.Chain.Now = narrow.Now.Plus(100);
        var block = Bench.Accepted(narrow.By(narrow.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Bench.Party(narrow.Ada), Bench.Eur(5), false)).AtMost(narrow.Ada, Bench.Eur(5)));
        Assert.Equal(3, narrow.LabState().Number);
        Assert.Equal(4, block.Outcomes.Calls.Count);
    }

    /// <summary>Rules 15 and 33: one that faults changes nothing, is parked with an outcome that says so, and anyone can run it again.</summary>
    [Fact]
    public void One_that_faults_is_parked_and_anyone_runs_it_again()
    {
        Later(1, Lab.Deed.FaultUnlessCounted, 10);
        Later(2, Lab.Deed.Count, 11);
        var block = bench.Chain.Wait(10);
        var outcome = Assert.Single(block.Outcomes.Calls);
        Assert.Equal((uint)KernelRefusal.ContractFaulted.Number, outcome.Code);
        Assert.Equal(0, bench.LabState().Number);
        Assert.True(bench.State.WakeUpsOf(Bench.Lab).Single(one => one.Parked).Parked);
        Bench.Refused(KernelRefusal.ContractFaulted, RunParked(1, Lab.Deed.FaultUnlessCounted));
        Assert.Contains(bench.State.WakeUpsOf(Bench.Lab), one => one.Parked);
        bench.Chain.Wait(1);
        Assert.Equal(1, bench.LabState().Number);
        Bench.Accepted(RunParked(1, Lab.Deed.FaultUnlessCounted));
        Assert.Equal(2, bench.LabState().Number);
        Bench.Refused(KernelRefusal.NothingParked, RunParked(1, Lab.Deed.FaultUnlessCounted));
    }

    /// <summary>Rule 15: a parked one counts among the sixteen, and can be moved or cancelled.</summary>
    [Fact]
    public void A_parked_one_can_be_asked_for_again_or_cancelled()
    {
        Later(1, Lab.Deed.Fault, 10);
        Later(2, Lab.Deed.FaultUnlessCounted, 10);
        bench.Chain.Wait(10);
        Assert.Equal(2, bench.State.WakeUpsOf(Bench.Lab).Count(one => one.Parked));
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Later(1, Lab.Deed.Fault, default, Never: true)));
        Later(2, Lab.Deed.FaultUnlessCounted, 5);
        Assert.False(Assert.Single(bench.State.WakeUpsOf(Bench.Lab)).Parked);
    }

    /// <summary>Rule 15: nothing waits on an agreement that has ended, whoever asks.</summary>
    [Fact]
    public void Nothing_wakes_an_ended_agreement()
    {
        Later(1, Lab.Deed.Count, 100);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Finish()));
        Assert.Empty(bench.State.WakeUpsOf(Bench.Lab));
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Mend(Lab.Deed.AgainAtOnce, Bench.Party(bench.Ada), Bench.Eur(1))));
        Assert.Empty(bench.State.WakeUpsOf(Bench.Lab));
        bench.Chain.Wait(200);
        Assert.Equal(1, bench.LabState().Number);
    }

    /// <summary>Rule 15: a wake-up moves what is held, or what a mandate allows, and no more.</summary>
    [Fact]
    public void A_wake_up_collects_under_a_mandate_and_from_nobody_without_one()
    {
        bench.Give(bench.Bob, 1_000);
        Later(1, Lab.Deed.Collect, 10);
        bench.Chain.Wait(10);
        Assert.Equal(1_000, bench.Balance(bench.Bob));
        Bench.Accepted(bench.By(bench.Bob).Call(Bench.Lab, Lab.Contents, new Lab.Permit(Bench.Party(bench.Bob), new Mandate(Bench.Eur(30), Bench.Eur(50), bench.Now.Plus(1_000)))).AtMost(bench.Bob, Bench.Eur(50)));
        foreach (var left in (long[])[970, 950, 950])
        {
            Later(1, Lab.Deed.Collect, 10);
            bench.Chain.Wait(10);
            Assert.Equal(left, bench.Balance(bench.Bob));
        }
    }

    /// <summary>Rule 15: several that are due run by moment, then clause, then value, in every node alike.</summary>
    [Fact]
    public void A_clause_that_ends_its_agreement_takes_the_rest_with_it()
    {
        Later(9, Lab.Deed.Count, 5);
        Later(1, Lab.Deed.End, 6);
        Later(2, Lab.Deed.Count, 7);
        bench.Chain.Wait(10);
        Assert.Equal(2, bench.LabState().Number);
        Assert.True(bench.State.Agreement(Bench.Lab)!.Ended);
    }

    private void Later(ulong id, Lab.Deed deed, long inSeconds, ulong agreement = Bench.Lab, Bench? on = null)
    {
        on ??= bench;
        Bench.Accepted(on.By(on.Ada).Call(agreement, Lab.Contents, new Lab.Later(id, deed, on.Now.Plus(inSeconds), false)));
    }

    private Ledgers.Chain.Step RunParked(ulong id, Lab.Deed deed) =>
        bench.By(bench.Eve).Do(new KernelCalls.RunParked(Bench.Lab, 15, Hash.Of(Codecs.Lab.Tick.ToBytes(new Lab.Tick(id, deed)))));
}
