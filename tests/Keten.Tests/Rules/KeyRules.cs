using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>Rule 18: a key belongs to one party, once, for ever; who joins, and with which keys.</summary>
public sealed class KeyRules
{
    private readonly Bench bench = new();
    private readonly SigningKey second = Keys.Of("ada's second"), stranger = Keys.Of("stranger");

    /// <summary>Rule 18.</summary>
    [Fact]
    public void A_key_belongs_to_one_party_for_ever()
    {
        Add(second);
        Bench.Refused(KernelRefusal.KeyTaken, bench.By(bench.Bob, second).Do(new KernelCalls.AddKey(Bench.Party(bench.Bob), second.Public)));
        Bench.Refused(KernelRefusal.KeyTaken, bench.By(second).Do(new KernelCalls.Enrol(second.Public)));
        Bench.Accepted(bench.By(bench.Ada).Do(new KernelCalls.RetireKey(Ada, second.Id)));
        Bench.Refused(KernelRefusal.UnknownKey, bench.By(second).Do(new KernelCalls.Enrol(second.Public)));
        Bench.Refused(KernelRefusal.UnknownKey, bench.By(bench.Ada, second).Do(new KernelCalls.AddKey(Ada, second.Public)));
        Bench.Refused(KernelRefusal.KeyTaken, bench.By(bench.Ada).Do(new KernelCalls.AddKey(Ada, second.Public)));
        Assert.Equal(Ada, bench.State.KeyOf(second.Id)!.Party);
    }

    /// <summary>Rule 18: enrolling a key needs that key's own signature.</summary>
    [Fact]
    public void A_new_key_signs_for_itself()
    {
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Ada).Do(new KernelCalls.AddKey(Ada, second.Public)));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Ada).Do(new KernelCalls.Enrol(second.Public)));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Bob, second).Do(new KernelCalls.AddKey(Ada, second.Public)));
    }

    /// <summary>Rule 18: a key that a call introduces is nobody's until that call has run, and signs for nobody before.</summary>
    [Fact]
    public void A_key_introduced_by_a_call_that_does_not_run_stays_nobodys()
    {
        Bench.Refused(KernelRefusal.UnknownAgreement, bench.By(bench.Ada, second).Call(99, Lab.Contents, new Lab.Finish()).Do(new KernelCalls.AddKey(Ada, second.Public)));
        Assert.Null(bench.State.KeyOf(second.Id));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(second).Do(new KernelCalls.Enrol(second.Public)).Do(new KernelCalls.Transfer(null, Ada, Bench.Eur(1), null)));
        Bench.Refused(KernelRefusal.UnknownKey, bench.By(second).Do(new KernelCalls.Transfer(null, Ada, Bench.Eur(1), null)));
    }

    /// <summary>Rule 18: a party keeps one key at least, and has sixteen at most.</summary>
    [Fact]
    public void A_party_keeps_a_key_and_has_sixteen_at_most()
    {
        Bench.Refused(KernelRefusal.LastKey, bench.By(bench.Ada).Do(new KernelCalls.RetireKey(Ada, bench.Ada.Id)));
        Bench.Refused(KernelRefusal.NotYourKey, bench.By(bench.Ada).Do(new KernelCalls.RetireKey(Ada, bench.Bob.Id)));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Bob).Do(new KernelCalls.RetireKey(Ada, bench.Ada.Id)));
        for (var each = 1; each < 16; each++) Add(Keys.Of($"ada's {each}"));
        Bench.Refused(KernelRefusal.TooManyKeys, bench.By(bench.Ada, second).Do(new KernelCalls.AddKey(Ada, second.Public)));
    }

    /// <summary>Rule 18: a rotated key's id stays the party's, whose own id is its first key's.</summary>
    [Fact]
    public void A_party_keeps_its_id_when_its_first_key_is_retired()
    {
        Add(second);
        Bench.Accepted(bench.By(second).Do(new KernelCalls.RetireKey(Ada, bench.Ada.Id)));
        Bench.Refused(KernelRefusal.UnknownKey, bench.By(bench.Ada).Do(new KernelCalls.Transfer(null, Bench.Party(bench.Bob), Bench.Eur(1), null)));
        Bench.Accepted(bench.By(second).Do(new KernelCalls.Transfer(null, Bench.Party(bench.Bob), Bench.Eur(1), null)));
        Assert.Equal(9_999, bench.State.Balance(Ada, Bench.Euro));
    }

    /// <summary>Rule 41: where parties are admitted, one who may admit signs too.</summary>
    [Fact]
    public void Where_parties_are_admitted_one_who_may_admit_signs()
    {
        var closed = new Bench(Parameters.Default with { AdmittedBy = new Many<Party>(Bench.Party(bench.Bank)) });
        Bench.Refused(KernelRefusal.SignatureMissing, closed.By(stranger).Do(new KernelCalls.Enrol(stranger.Public)));
        Bench.Refused(KernelRefusal.SignatureMissing, closed.By(stranger, closed.Ada).Do(new KernelCalls.Enrol(stranger.Public)));
        Bench.Accepted(closed.By(stranger, closed.Bank).Do(new KernelCalls.Enrol(stranger.Public)));
    }

    private static Party Ada => Bench.Party(Keys.Of("ada"));

    private void Add(SigningKey key) => Bench.Accepted(bench.By(bench.Ada, key).Do(new KernelCalls.AddKey(Ada, key.Public)));
}
