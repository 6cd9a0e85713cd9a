using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>Rules 20 and 22: what a payer lets an agreement collect, and no more, and no longer.</summary>
public sealed class MandateRules
{
    private readonly Bench bench = new();

    /// <summary>Rule 22: each call, and in all.</summary>
    [Fact]
    public void A_mandate_bounds_each_call_and_all_of_them()
    {
        Permit(30, 50);
        Bench.Refused(KernelRefusal.OverMandate, Take(31, 1));
        Bench.Refused(KernelRefusal.OverMandate, Take(16, 2));
        Bench.Accepted(Take(15, 2));
        Bench.Refused(KernelRefusal.OverMandate, Take(21, 1));
        Bench.Accepted(Take(20, 1));
        Bench.Refused(KernelRefusal.OverMandate, Take(1, 1));
        Assert.Equal(50, bench.Balance(bench.Bob));
    }

    /// <summary>Rule 22: several calls of one transaction take from one mandate.</summary>
    [Fact]
    public void Several_calls_share_what_is_left()
    {
        Permit(30, 50);
        var take = new Lab.Take(Ada, Bob, Bench.Eur(30), 1);
        Bench.Refused(KernelRefusal.OverMandate, bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, take).Call(Bench.Lab, Lab.Contents, take));
        Bench.Accepted(Take(30, 1));
    }

    /// <summary>Rule 22: until its end.</summary>
    [Fact]
    public void A_mandate_ends_at_its_moment()
    {
        Permit(30, 50, 100);
        bench.Chain.Wait(99);
        Bench.Accepted(Take(1, 1));
        bench.Chain.Wait(1);
        Bench.Refused(KernelRefusal.OverMandate, Take(1, 1));
    }

    /// <summary>Rule 22: it is one agreement's, in one unit.</summary>
    [Fact]
    public void A_mandate_is_for_its_agreement_and_unit_alone()
    {
        Permit(30, 50);
        var other = bench.OpenLab();
        Bench.Refused(KernelRefusal.NotChargeable, bench.By(bench.Eve).Call(other, Lab.Contents, new Lab.Take(Ada, Bob, Bench.Eur(1), 1)));
        var (_, unit) = bench.Issuer(UnitRules.None);
        Bench.Refused(KernelRefusal.NotChargeable, bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Take(Ada, Bob, unit.Of(1), 1)));
    }

    /// <summary>Rule 20: nobody gives a mandate over another's account.</summary>
    [Fact]
    public void A_mandate_is_given_by_the_payer() =>
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Permit(Ada, new Mandate(Bench.Eur(5), Bench.Eur(5), bench.Now.Plus(9)))));

    /// <summary>Rule 22: a mandate ends with its agreement, whose corrections still run.</summary>
    [Fact]
    public void An_ended_agreement_collects_no_more()
    {
        Permit(30, 50);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Finish()));
        Bench.Refused(KernelRefusal.NotChargeable, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Mend(Lab.Deed.Collect, Bob, Bench.Eur(1))));
        Assert.Equal(10_000, bench.Balance(bench.Ada));
    }

    /// <summary>Rule 22: a new mandate takes the place of the old.</summary>
    [Fact]
    public void A_new_mandate_replaces_the_old()
    {
        Permit(30, 50);
        Bench.Accepted(Take(30, 1));
        Permit(10, 10);
        Bench.Refused(KernelRefusal.OverMandate, Take(11, 1));
        Bench.Accepted(Take(10, 1));
    }

    private static Party Ada => Bench.Party(Ledgers.Keys.Of("ada"));

    private static Party Bob => Bench.Party(Ledgers.Keys.Of("bob"));

    private void Permit(long each, long inAll, long seconds = 1_000) => Bench.Accepted(
        bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Permit(Ada, new Mandate(Bench.Eur(each), Bench.Eur(inAll), bench.Now.Plus(seconds)))).AtMost(bench.Ada, Bench.Eur(inAll)));

    private Ledgers.Chain.Step Take(long minor, int times) => bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Take(Ada, Bob, Bench.Eur(minor), times));
}
