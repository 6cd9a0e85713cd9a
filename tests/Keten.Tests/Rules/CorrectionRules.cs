using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>Rule 15 and the shape: what can still be done with an agreement that has ended, or is stuck.</summary>
public sealed class CorrectionRules
{
    private readonly Bench bench = new();

    [Fact]
    public void A_correction_runs_on_an_ended_agreement_and_leaves_it_ended()
    {
        Finish();
        Bench.Accepted(By(new Lab.Mend(Lab.Deed.Collect, Ada, Bench.Eur(10))).AtMost(bench.Ada, Bench.Eur(10)));
        Assert.Equal(1, bench.LabState().Number);
        Assert.True(bench.State.Agreement(Bench.Lab)!.Ended);
        Bench.Refused(KernelRefusal.AgreementEnded, By(new Lab.Finish()));
    }

    /// <summary>Rule 15: an ended agreement holds nothing, or nothing could release it.</summary>
    [Fact]
    public void A_correction_leaves_nothing_held_by_an_ended_agreement()
    {
        var hold = new Lab.Mend(Lab.Deed.PayHeld, Ada, Bench.Eur(10));
        Finish();
        Bench.Refused(KernelRefusal.HeldLeft, By(hold).AtMost(bench.Ada, Bench.Eur(10)));
        var running = bench.OpenLab();
        Bench.Accepted(bench.By(bench.Ada).Call(running, Lab.Contents, hold).AtMost(bench.Ada, Bench.Eur(10)));
    }

    /// <summary>Rule 15: unwinding is signed by all whom the state names, and gives out exactly what is held.</summary>
    [Fact]
    public void All_parties_together_unwind_what_is_stuck()
    {
        Hold(50);
        Bench.Refused(KernelRefusal.SignatureMissing, Unwind([bench.Ada], (Ada, 50)));
        Bench.Refused(KernelRefusal.UnwindUnbalanced, Unwind([bench.Ada, bench.Bob], (Ada, 49)));
        Bench.Refused(KernelRefusal.InsufficientFunds, Unwind([bench.Ada, bench.Bob], (Ada, 30), (Bob, 21)));
        Bench.Refused(KernelRefusal.NegativeAmount, Unwind([bench.Ada, bench.Bob], (Ada, -1), (Bob, 51)));
        Bench.Accepted(Unwind([bench.Ada, bench.Bob], (Ada, 20), (Bob, 30)));
        Assert.True(bench.State.Agreement(Bench.Lab)!.Ended);
        Assert.Equal((9_970, 30, 0), (bench.Balance(bench.Ada), bench.Balance(bench.Bob), bench.Held()));
        Bench.Refused(KernelRefusal.AgreementEnded, Unwind([bench.Ada, bench.Bob], (Ada, 1)));
    }

    /// <summary>Rule 15: who is named in a child record only, in its key or its value, is a party too: two who run an agreement do not share out what its members paid in.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Who_is_named_in_a_child_record_unwinds_too(bool friend, bool witness)
    {
        Hold(50);
        var member = friend || witness ? bench.Bank : bench.Eve;
        Bench.Accepted(bench.By(member).Call(Bench.Lab, Lab.Contents, new Lab.Join(Bench.Party(member), friend ? Bench.Party(bench.Eve) : null, witness ? Bench.Party(bench.Eve) : null)));
        Bench.Refused(KernelRefusal.SignatureMissing, Unwind([bench.Ada, bench.Bob, bench.Bank], (Ada, 50)));
        Bench.Accepted(Unwind(friend || witness ? [bench.Ada, bench.Bob, bench.Bank, bench.Eve] : [bench.Ada, bench.Bob, bench.Eve], (Ada, 50)));
    }

    /// <summary>Rule 15: an issuer is not unwound while its unit is about.</summary>
    [Fact]
    public void An_issuer_is_not_unwound_while_its_unit_is_about()
    {
        var (agreement, unit) = bench.Issuer(UnitRules.None);
        Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Bob, unit.Of(5), null)));
        Bench.Refused(KernelRefusal.UnwindUnbalanced, bench.By(bench.Ada).Do(new KernelCalls.Unwind(agreement, default)));
        Bench.Refused(KernelRefusal.NotTheIssuer, bench.By(bench.Ada).Do(new KernelCalls.Unwind(agreement, new Many<KernelCalls.Payout>(new KernelCalls.Payout(Ada, unit.Of(5))))));
        Bench.Refused(KernelRefusal.UnknownAgreement, bench.By(bench.Ada).Do(new KernelCalls.Unwind(99, default)));
    }

    private static Party Ada => Bench.Party(Ledgers.Keys.Of("ada"));

    private static Party Bob => Bench.Party(Ledgers.Keys.Of("bob"));

    private void Finish() => Bench.Accepted(By(new Lab.Finish()));

    private void Hold(long minor) => Bench.Accepted(By(new Lab.Deposit(Ada, Bench.Eur(minor), false)).AtMost(bench.Ada, Bench.Eur(minor)));

    private Ledgers.Chain.Step By<T>(T clause) where T : notnull => bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, clause);

    private Ledgers.Chain.Step Unwind(Client.SigningKey[] signers, params (Party To, long Minor)[] payouts) => bench.By(signers)
        .Do(new KernelCalls.Unwind(Bench.Lab, new Many<KernelCalls.Payout>(Array.ConvertAll(payouts, payout => new KernelCalls.Payout(payout.To, Bench.Eur(payout.Minor))))));
}
