using Keten.Client;
using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>Statements signed outside a transaction: whose, on which ledger, of which type, about which agreement.</summary>
public sealed class StatementRules
{
    private readonly Bench bench = new();

    [Fact]
    public void A_statement_counts_once_it_is_its_signers_about_this_agreement_on_this_ledger()
    {
        Bench.Accepted(Hear(Claim(bench.Ada, 5)));
        Assert.Equal(5, bench.LabState().Number);
        Bench.Refused(Lab.NotNow, Hear(Claim(bench.Bob, 6)));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(Ledgers.Keys.Of("stranger"), 6)));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(bench.Ada, 6, ledger: Hash.Of("other"u8))));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(bench.Ada, 6) with { Key = bench.Bob.Id }));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(bench.Ada, 6) with { Statement = new Lab.Claim(new Agreement<Lab>(Bench.Lab), 7) }));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(bench.Ada, 6) with { Signature = default }));
        Assert.Equal(5, bench.LabState().Number);
    }

    [Fact]
    public void A_statement_of_another_type_with_the_same_fields_does_not_count()
    {
        var twin = StatementSigning.Sign(bench.Chain.Ledger.Id, bench.Ada, Codecs.Twin.Claim, new Twin.Claim(new Agreement<Lab>(Bench.Lab), 5));
        Bench.Refused(KernelRefusal.BadReference, Hear(new Signed<Lab.Claim>(twin.Key, twin.Signature, new Lab.Claim(twin.Statement.For, 5))));
    }

    [Fact]
    public void A_statement_about_one_agreement_is_not_heard_in_another()
    {
        var other = bench.OpenLab();
        Bench.Refused(Lab.NotNow, bench.By(bench.Eve).Call(other, Lab.Contents, new Lab.Hear(Claim(bench.Ada, 5))));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(bench.Ada, 5, about: 99)));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(bench.Ada, 5, about: Bench.Money)));
    }

    /// <summary>Rule 18: a retired key states nothing any more.</summary>
    [Fact]
    public void A_retired_keys_statement_does_not_count()
    {
        var second = Ledgers.Keys.Of("ada's second");
        Bench.Accepted(bench.By(bench.Ada, second).Do(new KernelCalls.AddKey(Bench.Party(bench.Ada), second.Public)));
        Bench.Accepted(Hear(Claim(second, 5)));
        Bench.Accepted(bench.By(bench.Ada).Do(new KernelCalls.RetireKey(Bench.Party(bench.Ada), second.Id)));
        Bench.Refused(KernelRefusal.BadReference, Hear(Claim(second, 6)));
    }

    private Signed<Lab.Claim> Claim(SigningKey key, long number, Hash? ledger = null, ulong about = Bench.Lab) =>
        StatementSigning.Sign(ledger ?? bench.Chain.Ledger.Id, key, Codecs.Lab.Claim, new Lab.Claim(new Agreement<Lab>(about), number));

    private Ledgers.Chain.Step Hear(Signed<Lab.Claim> claim) => bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Hear(claim));
}
