using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>Rule 18: guardians replace a lost key after a delay; the owner stops it once, for one delay; all of them together are not stopped.</summary>
public sealed class GuardianRules
{
    private const long Delay = 10_000;

    private readonly Bench bench = new();
    private readonly SigningKey saved = Keys.Of("ada's new");

    public GuardianRules() => Bench.Accepted(Set(2, bench.Bob, bench.Eve, bench.Bank));

    /// <summary>Rule 18: after the delay the new key takes over, and every old key and delegate signs no more.</summary>
    [Fact]
    public void After_the_delay_the_new_key_takes_over()
    {
        Delegated();
        Bench.Accepted(Recover(bench.Bob, bench.Eve));
        bench.Chain.Wait(Delay - 60);
        Bench.Accepted(Pay(bench.Ada, 1));
        Bench.Refused(KernelRefusal.UnknownKey, Pay(saved, 1));
        bench.Chain.Wait(60);
        Bench.Refused(KernelRefusal.UnknownKey, Pay(bench.Ada, 1));
        Bench.Refused(KernelRefusal.UnknownKey, Pay(Keys.Of("till"), 1));
        Bench.Accepted(Pay(saved, 5_000));
        Assert.Equal(KeyRole.Retired, bench.State.KeyOf(bench.Ada.Id)!.Role);
        Assert.Equal([saved.Id], bench.State.PartyOf(Ada)!.Keys);
    }

    /// <summary>Rule 18: so many of the guardians, themselves, and the new key.</summary>
    [Fact]
    public void It_takes_as_many_guardians_as_were_agreed_and_the_new_key()
    {
        Bench.Refused(KernelRefusal.SignatureMissing, Recover(bench.Bob));
        Bench.Refused(KernelRefusal.SignatureMissing, Recover(bench.Bob, bench.Ada));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Bob, bench.Eve).Do(new KernelCalls.Recover(Ada, saved.Public)));
        Bench.Refused(KernelRefusal.KeyTaken, bench.By(bench.Bob, bench.Eve).Do(new KernelCalls.Recover(Ada, bench.Bob.Public)));
        Bench.Refused(KernelRefusal.KeyTaken, bench.By(bench.Bob, bench.Eve).Do(new KernelCalls.Recover(Ada, bench.Ada.Public)));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Ada, bench.Eve, saved).Do(new KernelCalls.Recover(Bench.Party(bench.Bob), saved.Public)));
    }

    /// <summary>Rule 18: stopped once, for one delay, and not again.</summary>
    [Fact]
    public void The_owner_stops_it_once_for_one_delay()
    {
        Bench.Refused(KernelRefusal.NoRecovery, Stop());
        Bench.Accepted(Recover(bench.Bob, bench.Eve));
        bench.Chain.Wait(Delay - 100);
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Bob).Do(new KernelCalls.StopRecovery(Ada)));
        Bench.Accepted(Stop());
        Bench.Refused(KernelRefusal.NoRecovery, Stop());
        bench.Chain.Wait(Delay - 60);
        Bench.Accepted(Pay(bench.Ada, 1));
        bench.Chain.Wait(60);
        Bench.Refused(KernelRefusal.UnknownKey, Pay(bench.Ada, 1));
        Bench.Accepted(Pay(saved, 1));
    }

    /// <summary>Rule 18: all n together cannot be stopped.</summary>
    [Fact]
    public void All_guardians_together_are_not_stopped()
    {
        Bench.Accepted(Recover(bench.Bob, bench.Eve, bench.Bank));
        Bench.Refused(KernelRefusal.NoRecovery, Stop());
        bench.Chain.Wait(Delay);
        Bench.Accepted(Pay(saved, 1));
    }

    /// <summary>Rule 18: while it is pending, keys, delegates and guardians stay as they are.</summary>
    [Fact]
    public void While_it_is_pending_nothing_about_keys_changes()
    {
        Delegated();
        Bench.Accepted(Recover(bench.Bob, bench.Eve));
        var other = Keys.Of("another");
        Bench.Refused(KernelRefusal.RecoveryPending, bench.By(bench.Ada, other).Do(new KernelCalls.AddKey(Ada, other.Public)));
        Bench.Refused(KernelRefusal.RecoveryPending, bench.By(bench.Ada).Do(new KernelCalls.RetireKey(Ada, bench.Ada.Id)));
        Bench.Refused(KernelRefusal.RecoveryPending, bench.By(bench.Ada, other).Do(Delegate(other)));
        Bench.Refused(KernelRefusal.RecoveryPending, bench.By(bench.Ada).Do(new KernelCalls.RemoveDelegate(Ada, Keys.Of("till").Id)));
        Bench.Refused(KernelRefusal.RecoveryPending, Set(1, bench.Bob));
        Bench.Refused(KernelRefusal.RecoveryPending, bench.By(bench.Bob, bench.Eve, other).Do(new KernelCalls.Recover(Ada, other.Public)));
    }

    /// <summary>Rule 18: while it is pending only the emergency limit leaves in a day, by any way: paid, held, given in mandate, collected.</summary>
    [Fact]
    public void While_it_is_pending_only_the_emergency_limit_leaves()
    {
        Permit(500);
        Bench.Accepted(Recover(bench.Bob, bench.Eve));
        Bench.Refused(KernelRefusal.OverEmergencyLimit, Pay(bench.Ada, 101));
        Bench.Accepted(Pay(bench.Ada, 60));
        Bench.Refused(KernelRefusal.OverEmergencyLimit, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Ada, Bench.Eur(41), false)).AtMost(bench.Ada, Bench.Eur(41)));
        Bench.Refused(KernelRefusal.OverEmergencyLimit, bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Take(Ada, Bench.Party(bench.Eve), Bench.Eur(41), 1)));
        Bench.Refused(KernelRefusal.OverEmergencyLimit, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, Mandate(41)).AtMost(bench.Ada, Bench.Eur(41)));
        Bench.Accepted(bench.By(bench.Eve).Call(Bench.Lab, Lab.Contents, new Lab.Take(Ada, Bench.Party(bench.Eve), Bench.Eur(40), 1)));
        Bench.Refused(KernelRefusal.OverEmergencyLimit, Pay(bench.Ada, 1));
    }

    /// <summary>Rule 18: the emergency limit is for each day anew.</summary>
    [Fact]
    public void The_emergency_limit_is_for_each_day()
    {
        var slow = new Bench();
        Bench.Accepted(slow.By(slow.Ada).Do(new KernelCalls.SetGuardians(Ada, new Many<Party>(Bench.Party(slow.Bob)), 1, 5 * Instant.Day, new Many<Amount>(Bench.Eur(100)))));
        Bench.Accepted(slow.By(slow.Bob, saved).Do(new KernelCalls.Recover(Ada, saved.Public)));
        Transfer(100, true);
        Transfer(1, false);
        slow.Chain.Until(new Instant((slow.Now.DayNumber + 1) * Instant.Day - 1));
        Transfer(1, false);
        slow.Chain.Wait(1);
        Transfer(100, true);

        void Transfer(long minor, bool leaves) =>
            Assert.Equal(leaves ? null : KernelRefusal.OverEmergencyLimit, slow.By(slow.Ada).Do(new KernelCalls.Transfer(null, Bench.Party(slow.Bob), Bench.Eur(minor), null)).Run().Refusal);
    }

    /// <summary>Rules 15 and 18: what a wake-up may collect says what the emergency limit leaves, so that one that asks first does not fault.</summary>
    [Fact]
    public void What_can_be_collected_heeds_the_emergency_limit()
    {
        var lab = bench.OpenLab(bench.Eve, bench.Ada);
        Bench.Accepted(bench.By(bench.Ada).Call(lab, Lab.Contents, Mandate(500)).AtMost(bench.Ada, Bench.Eur(500)));
        Bench.Accepted(bench.By(bench.Eve).Call(lab, Lab.Contents, new Lab.Later(1, Lab.Deed.Collect, bench.Now.Plus(50), false)));
        Bench.Accepted(Recover(bench.Bob, bench.Eve));
        Bench.Accepted(Pay(bench.Ada, 30));
        bench.Chain.Wait(50);
        Assert.DoesNotContain(bench.State.WakeUpsOf(lab), one => one.Parked);
        Assert.Equal(70, bench.Balance(bench.Eve));
    }

    /// <summary>Rule 18: changes to guardians and delegates wait the same delay, then hold though nobody met the party between.</summary>
    [Fact]
    public void Changes_to_guardians_and_delegates_wait_the_delay()
    {
        var till = Keys.Of("till");
        Bench.Accepted(bench.By(bench.Ada, till).Do(Delegate(till)));
        bench.Chain.Wait(Delay - 60);
        Bench.Refused(KernelRefusal.UnknownKey, Pay(till, 1));
        bench.Chain.Wait(60);
        Bench.Accepted(Pay(till, 1));
        Bench.Accepted(Set(1, bench.Eve));
        Bench.Refused(KernelRefusal.SignatureMissing, Recover(bench.Eve));
        bench.Chain.Wait(Delay);
        Bench.Accepted(Pay(bench.Ada, 1));
        Bench.Accepted(Recover(bench.Eve));
    }

    /// <summary>Rule 18: a change that waits gives way to the owner's next, and to a recovery.</summary>
    [Fact]
    public void A_later_change_takes_the_place_of_one_that_waits()
    {
        var till = Keys.Of("till");
        Bench.Accepted(bench.By(bench.Ada, till).Do(Delegate(till)));
        Bench.Accepted(Set(1, bench.Eve));
        bench.Chain.Wait(Delay);
        Bench.Refused(KernelRefusal.UnknownKey, Pay(till, 1));
        Bench.Refused(KernelRefusal.KeyTaken, bench.By(bench.Ada).Do(Delegate(till)));
        Assert.Equal(1, bench.State.PartyOf(Ada)!.Guardianship!.Needed);
    }

    /// <summary>Rule 18: windows outlive rotation: a retired key's counters are remembered.</summary>
    [Fact]
    public void Counters_outlive_the_key()
    {
        Bench.Accepted(Pay(bench.Ada, 1));
        var window = bench.State.WindowOf(bench.Ada.Id, 0);
        Bench.Accepted(Recover(bench.Bob, bench.Eve));
        bench.Chain.Wait(Delay);
        Bench.Accepted(Pay(saved, 1));
        Assert.Equal(window, bench.State.WindowOf(bench.Ada.Id, 0));
    }

    /// <summary>Rule 18: guardians are possible ones.</summary>
    [Fact]
    public void Impossible_guardians_are_refused()
    {
        var bob = Bench.Party(bench.Bob);
        foreach (var (guardians, needed, delay, limit) in ((Many<Party>, byte, long, long)[])
            [(default, 0, Delay, 0), (new(bob), 0, Delay, 0), (new(bob), 2, Delay, 0), (new(bob, bob), 1, Delay, 0), (new(Ada), 1, Delay, 0),
            (new(Party.Of(saved.Id)), 1, Delay, 0), (new(bob), 1, 3_599, 0), (new(bob), 1, 90 * Instant.Day + 1, 0), (new(bob), 1, Delay, -1)])
            Bench.Refused(KernelRefusal.BadGuardians, bench.By(bench.Ada).Do(new KernelCalls.SetGuardians(Ada, guardians, needed, delay, new Many<Amount>(Bench.Eur(limit)))));
    }

    /// <summary>Rule 18: an old key's statements count no more from the moment that the delay is over, though nobody met the party since.</summary>
    [Fact]
    public void An_old_keys_statements_end_with_the_delay()
    {
        var lab = bench.OpenLab();
        Bench.Accepted(Recover(bench.Bob, bench.Eve));
        Bench.Accepted(Hear(bench.Ada, 1));
        Bench.Refused(KernelRefusal.BadReference, Hear(saved, 2));
        bench.Chain.Wait(Delay);
        Bench.Refused(KernelRefusal.BadReference, Hear(bench.Ada, 3));
        Bench.Accepted(Hear(saved, 4));

        Chain.Step Hear(SigningKey key, long number) => bench.By(bench.Eve).Call(lab, Lab.Contents,
            new Lab.Hear(StatementSigning.Sign(bench.Chain.Ledger.Id, key, Codecs.Lab.Claim, new Lab.Claim(new Agreement<Lab>(lab), number))));
    }

    private static Party Ada => Bench.Party(Keys.Of("ada"));

    private static KernelCalls.AddDelegate Delegate(SigningKey key) => new(
        Ada, key.Public, new Many<Scope>(new Scope(0, 1)), new Many<SpendingLimit>(new SpendingLimit(Bench.Eur(50), Bench.Eur(500))), new Instant(1_800_000_000));

    private void Delegated()
    {
        Bench.Accepted(bench.By(bench.Ada, Keys.Of("till")).Do(Delegate(Keys.Of("till"))));
        bench.Chain.Wait(Delay);
        Bench.Accepted(Pay(Keys.Of("till"), 1));
    }

    private Lab.Permit Mandate(long inAll) => new(Ada, new Mandate(Bench.Eur(inAll), Bench.Eur(inAll), bench.Now.Plus(1_000)));

    private void Permit(long inAll) => Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, Mandate(inAll)).AtMost(bench.Ada, Bench.Eur(inAll)));

    private Chain.Step Set(byte needed, params SigningKey[] guardians) => bench.By(bench.Ada)
        .Do(new KernelCalls.SetGuardians(Ada, new Many<Party>(Array.ConvertAll(guardians, Bench.Party)), needed, Delay, new Many<Amount>(Bench.Eur(100))));

    private Chain.Step Recover(params SigningKey[] guardians) => bench.By([.. guardians, saved]).Do(new KernelCalls.Recover(Ada, saved.Public));

    private Chain.Step Stop() => bench.By(bench.Ada).Do(new KernelCalls.StopRecovery(Ada));

    private Chain.Step Pay(SigningKey by, long minor) => bench.By(by).Do(new KernelCalls.Transfer(null, Bench.Party(bench.Bob), Bench.Eur(minor), null));
}
