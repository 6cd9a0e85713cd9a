using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Tests.Rules;

/// <summary>Rules 24 and 36: a suspended version runs its exits alone; a catalogue comes into force at the height that was voted.</summary>
public sealed class SuspensionRules
{
    private static readonly ContractVersion Money = new(EMoney.Contents.Code, EMoney.Contents.Version), Channel = new(TickChannel.Contents.Code, TickChannel.Contents.Version);
    private static readonly Unit Euro = new(1);

    /// <summary>Rule 24: of a suspended version only exit clauses run, and no agreement is opened.</summary>
    [Fact]
    public void Of_a_suspended_version_only_exits_run()
    {
        var senate = Funded();
        senate.Carry(new KernelCalls.Change(Suspend: Money), 0);
        Assert.Equal(KernelRefusal.NothingToChange, senate.Propose(0, new KernelCalls.Change(Suspend: Money)));
        Assert.Equal(KernelRefusal.ContractSuspended, senate.Run(Issue(senate)));
        Assert.Equal(KernelRefusal.ContractSuspended, senate.Run(Begin(senate)));
        Assert.Null(senate.Run(senate.Begin(Senate.Org(2)).Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Redeem(Senate.PartyOf(2), Euro.Of(10), Hash.Of("to"u8))).AtMost(Senate.Org(2).Id, Euro.Of(10)).Sign(Senate.Org(2))));
        senate.Carry(new KernelCalls.Change(Resume: Money), 0);
        Assert.Null(senate.Run(Issue(senate)));
    }

    /// <summary>Rules 15 and 24: what falls due meanwhile and is no exit is parked, and can be run again by anyone when it runs again; an exit runs.</summary>
    [Fact]
    public void What_falls_due_is_parked_unless_it_is_an_exit()
    {
        var senate = Funded(new Catalogue(EMoney.Contents, Lab.Contents, TickChannel.Contents));
        var until = senate.Now.Plus(1_000);
        Assert.Null(senate.Run(senate.Begin(Senate.Org(2)).Open(Lab.Contents, new Lab.Begin(Senate.PartyOf(2), null, false, 0)).Sign(Senate.Org(2))));
        Assert.Null(senate.Run(senate.Begin(Senate.Org(2)).Call(Lab.Contents, new Agreement<Lab>(2), new Lab.Later(1, Lab.Deed.Count, until, false)).Sign(Senate.Org(2))));
        Assert.Null(senate.Run(senate.Begin(Senate.Org(2)).Open(TickChannel.Contents, new TickChannel.Open(
            Senate.PartyOf(2), Senate.PartyOf(3), Euro.Of(1), 10, new Many<Hash>(Hash.Of("anchor"u8)), until)).AtMost(Senate.Org(2).Id, Euro.Of(10)).Sign(Senate.Org(2))));
        senate.Carry(new KernelCalls.Change(Suspend: new ContractVersion(Lab.Contents.Code, Lab.Contents.Version)), 0);
        senate.Carry(new KernelCalls.Change(Suspend: Channel), 0);
        senate.Wait(1_001);
        senate.Block();
        Assert.True(senate.State.Agreement(3)!.Ended);
        Assert.True(Assert.Single(senate.State.WakeUpsOf(2)).Parked);
        var parked = new KernelCalls.RunParked(2, senate.State.WakeUpsOf(2)[0].Clause, Hash.Of(senate.State.WakeUpsOf(2)[0].Arguments));
        Assert.Equal(KernelRefusal.ContractSuspended, senate.Run(senate.Do(Senate.Org(5), parked)));
        senate.Carry(new KernelCalls.Change(Resume: new ContractVersion(Lab.Contents.Code, Lab.Contents.Version)), 0);
        Assert.Null(senate.Run(senate.Do(Senate.Org(5), parked)));
        Assert.Equal(1, ((Lab)senate.State.Agreement(2)!.State).Number);
    }

    /// <summary>Rule 36: by the old catalogue up to the height that was voted, and by the new from there; every header names the one that decided it.</summary>
    [Fact]
    public void A_catalogue_comes_into_force_at_its_height()
    {
        var (old, whole) = (new Catalogue(EMoney.Contents), new Catalogue(EMoney.Contents, Measure.Contents));
        var senate = new Senate(1, whole.After(old), begins: old);
        Assert.Equal(KernelRefusal.UnknownContract, senate.Run(Define(senate)));
        Assert.Equal(KernelRefusal.ActivationTooSoon, senate.Propose(0, Activating(whole, senate.Head.Height + 100)));
        var height = senate.Head.Height + 102;
        senate.Carry(Activating(whole, height), 0);
        while (senate.Head.Height + 2 < height) senate.Block();
        Assert.Equal(KernelRefusal.UnknownContract, senate.Run(Define(senate)));
        Assert.Equal((height - 1, old.Hash), (senate.Head.Height, senate.Head.Catalogue));
        Assert.Null(senate.Run(Define(senate)));
        Assert.Equal((height, whole.Hash), (senate.Head.Height, senate.Head.Catalogue));
        Assert.Null(senate.State.NextCatalogue);
    }

    /// <summary>Rule 36: a node without it takes no entry from there on, and says what it lacks.</summary>
    [Fact]
    public void A_ledger_without_the_catalogue_stops_before_that_height()
    {
        var old = new Catalogue(EMoney.Contents);
        var senate = new Senate(1, old);
        var missing = new Catalogue(EMoney.Contents, Measure.Contents).Hash;
        senate.Carry(new KernelCalls.Change(Activate: new Activation(missing, 150)), 0);
        while (senate.Head.Height < 149) senate.Block();
        var (position, head) = (senate.Ledger.LogPosition, senate.Head);
        var fault = Assert.Throws<CatalogueMissingException>(() => senate.Block());
        Assert.Equal((missing, 150ul), (fault.Catalogue, fault.Height));
        Assert.Contains(missing.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Equal((position, head), (senate.Ledger.LogPosition, senate.Head));
        Assert.Throws<CatalogueMissingException>(() => Ledger.Begin(senate.Genesis with { Catalogue = missing }, old));
        Assert.Throws<ArgumentException>(() => new Catalogue(Measure.Contents).After(old));
    }

    private static KernelCalls.Change Activating(Catalogue catalogue, ulong height) => new(Activate: new Activation(catalogue.Hash, height));

    private static byte[] Define(Senate senate) => senate.Begin(Senate.Org(2)).Open(Measure.Contents, new Measure.Define(Senate.PartyOf(2), "kWh", 3)).Sign(Senate.Org(2));

    private static byte[] Begin(Senate senate) => senate.Begin(Senate.Org(1)).Open(EMoney.Contents, new EMoney.Begin(Senate.PartyOf(1), "EUR", 2)).Sign(Senate.Org(1));

    private static byte[] Issue(Senate senate) =>
        senate.Begin(Senate.Org(1)).Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(Senate.PartyOf(2), Euro.Of(100), Hash.Of(BitConverter.GetBytes(senate.Head.Height)))).Sign(Senate.Org(1));

    private static Senate Funded(Catalogue? catalogue = null)
    {
        var senate = new Senate(1, catalogue ?? BuiltIn.Catalogue);
        Assert.Null(senate.Run(Begin(senate)));
        Assert.Null(senate.Run(Issue(senate)));
        return senate;
    }
}
