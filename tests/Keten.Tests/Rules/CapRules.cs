using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>Rule 20: each call says, under signature, the most that may leave each signer, and only whom the clause names can be charged.</summary>
public sealed class CapRules
{
    private readonly Bench bench = new();

    /// <summary>Rule 20: the default is nothing.</summary>
    [Fact]
    public void Without_a_cap_nothing_leaves()
    {
        Bench.Refused(KernelRefusal.OverCap, Move(10, 1));
        Assert.Equal(10_000, bench.Balance(bench.Ada));
    }

    /// <summary>Rule 20.</summary>
    [Fact]
    public void A_cap_is_the_most_over_all_movements_of_its_call()
    {
        Bench.Refused(KernelRefusal.OverCap, Move(10, 3).AtMost(bench.Ada, Bench.Eur(29)));
        Bench.Accepted(Move(10, 3).AtMost(bench.Ada, Bench.Eur(30)));
        Assert.Equal(30, bench.Balance(bench.Bob));
    }

    /// <summary>Rule 20: by unit.</summary>
    [Fact]
    public void A_cap_in_another_unit_is_none()
    {
        var (_, unit) = bench.Issuer(UnitRules.None);
        Bench.Refused(KernelRefusal.OverCap, Move(10, 1).AtMost(bench.Ada, unit.Of(10)));
    }

    /// <summary>Rule 20: a cap is for its own call.</summary>
    [Fact]
    public void A_cap_is_for_its_own_call_alone()
    {
        var move = new Lab.Move(Ada, Bob, Bench.Eur(10), 1);
        Bench.Refused(KernelRefusal.OverCap, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, move).AtMost(bench.Ada, Bench.Eur(20)).Call(Bench.Lab, Lab.Contents, move));
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, move).AtMost(bench.Ada, Bench.Eur(10)).Call(Bench.Lab, Lab.Contents, move).AtMost(bench.Ada, Bench.Eur(10)));
        Assert.Equal(20, bench.Balance(bench.Bob));
    }

    /// <summary>Rule 20: who signed the transaction, even with a cap, is not charged by a clause that does not name him.</summary>
    [Fact]
    public void A_signer_whom_the_clause_does_not_name_is_not_charged()
    {
        Bench.Refused(KernelRefusal.NotChargeable, bench.By(bench.Ada, bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Take(Ada, Bench.Party(bench.Eve), Bench.Eur(10), 1)).AtMost(bench.Ada, Bench.Eur(10)));
        Assert.Equal(10_000, bench.Balance(bench.Ada));
    }

    /// <summary>Rule 20: each signer's cap is its own.</summary>
    [Fact]
    public void One_signers_cap_is_not_anothers() =>
        Bench.Refused(KernelRefusal.OverCap, bench.By(bench.Ada, bench.Bob).Call(Bench.Lab, Lab.Contents, new Lab.Move(Ada, Bob, Bench.Eur(10), 1)).AtMost(bench.Bob, Bench.Eur(10)));

    /// <summary>Rule 20: a new mandate is charged whole to the cap.</summary>
    [Fact]
    public void A_mandate_counts_whole_against_the_cap()
    {
        var mandate = new Mandate(Bench.Eur(5), Bench.Eur(100), bench.Now.Plus(99));
        Bench.Refused(KernelRefusal.OverCap, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Permit(Ada, mandate)).AtMost(bench.Ada, Bench.Eur(99)));
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Permit(Ada, mandate)).AtMost(bench.Ada, Bench.Eur(100)));
    }

    /// <summary>Rule 20: a transfer's amount is its cap; it is the payer's alone to make.</summary>
    [Fact]
    public void A_transfer_is_the_payers()
    {
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Eve).Do(new KernelCalls.Transfer(Ada, Bob, Bench.Eur(5), null)));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Ada, bench.Eve).Do(new KernelCalls.Transfer(null, Bob, Bench.Eur(5), null)));
        Bench.Accepted(bench.By(bench.Ada, bench.Eve).Do(new KernelCalls.Transfer(Ada, Bob, Bench.Eur(5), null)).Do(new KernelCalls.Transfer(Ada, Bob, Bench.Eur(6), null)));
        Assert.Equal(11, bench.Balance(bench.Bob));
    }

    /// <summary>Rule 20: a signature that the clause asks for is needed.</summary>
    [Fact]
    public void A_clause_is_signed_by_whom_it_names() =>
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Move(Ada, Bob, Bench.Eur(10), 1)).AtMost(bench.Eve, Bench.Eur(10)));

    private static Party Ada => Bench.Party(Ledgers.Keys.Of("ada"));

    private static Party Bob => Bench.Party(Ledgers.Keys.Of("bob"));

    private Ledgers.Chain.Step Move(long minor, int times) => bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Move(Ada, Bob, Bench.Eur(minor), times));
}
