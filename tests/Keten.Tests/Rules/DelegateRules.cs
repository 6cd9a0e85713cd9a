using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>Rules 18 and 22: a delegate's key does what it was named for, so much at once and so much a day, until its end.</summary>
public sealed class DelegateRules
{
    private readonly Bench bench = new();
    private readonly SigningKey till = Keys.Of("till");

    /// <summary>Rule 22: only the named contracts and clauses.</summary>
    [Fact]
    public void A_delegate_uses_what_it_was_named_for()
    {
        Add([new Scope(900, 2)], (50, 500));
        Bench.Accepted(Move(10));
        Bench.Refused(KernelRefusal.OutsideDelegation, Pay(10));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Ada, Bench.Eur(1), false)).AtMost(till, Bench.Eur(1)));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till).Open(Lab.Contents, new Lab.Begin(Ada, null, false, 0)));
    }

    /// <summary>Rule 22: clause 0 is every clause of the contract; of the ledger's own calls a delegate only ever transfers.</summary>
    [Fact]
    public void A_delegate_of_everything_still_changes_no_keys()
    {
        Add([new Scope(0, 0), new Scope(900, 0)], (50, 500));
        Bench.Accepted(Pay(1));
        Bench.Accepted(bench.By(till).Open(Lab.Contents, new Lab.Begin(Ada, null, false, 0)));
        var other = Keys.Of("other");
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till, other).Do(new KernelCalls.AddKey(Ada, other.Public)));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till).Do(new KernelCalls.RetireKey(Ada, bench.Ada.Id)));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till, other).Do(Delegate(other, [new Scope(0, 0)], (50, 500))));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till).Do(new KernelCalls.SetGuardians(Ada, new Many<Party>(Bench.Party(bench.Bob)), 1, 3_600, default)));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till).Do(new KernelCalls.StopRecovery(Ada)));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till, bench.Bob).Do(new KernelCalls.Unwind(Bench.Lab, default)));
    }

    /// <summary>Rule 22: a guardian's delegate recovers nothing, and an admitter's admits nobody.</summary>
    [Fact]
    public void A_delegate_is_no_guardian_and_admits_nobody()
    {
        Add([new Scope(0, 0)], (50, 500));
        var (lost, stranger) = (Keys.Of("bob's new"), Keys.Of("stranger"));
        Bench.Accepted(bench.By(bench.Bob).Do(new KernelCalls.SetGuardians(Bench.Party(bench.Bob), new Many<Party>(Ada), 1, 3_600, default)));
        Bench.Refused(KernelRefusal.OutsideDelegation, bench.By(till, lost).Do(new KernelCalls.Recover(Bench.Party(bench.Bob), lost.Public)));
        var closed = new Bench(Parameters.Default with { AdmittedBy = new Many<Party>(Ada) });
        Bench.Accepted(closed.By(closed.Ada, till).Do(Delegate(till, [new Scope(0, 0)], (50, 500))));
        Bench.Refused(KernelRefusal.OutsideDelegation, closed.By(till, stranger).Do(new KernelCalls.Enrol(stranger.Public)));
    }

    /// <summary>Rule 22: at once is the whole transaction, over its calls.</summary>
    [Fact]
    public void The_limit_at_once_is_over_all_calls_of_a_transaction()
    {
        Add([new Scope(0, 1)], (50, 500));
        var pay = new KernelCalls.Transfer(null, Bob, Bench.Eur(30), null);
        Bench.Refused(KernelRefusal.OverDelegateLimit, bench.By(till).Do(pay).Do(pay));
        Bench.Refused(KernelRefusal.OverDelegateLimit, Pay(51));
        Bench.Accepted(Pay(50));
    }

    /// <summary>Rule 22: by UTC day of ledger time, gross: what comes back does not refund it.</summary>
    [Fact]
    public void The_limit_of_a_day_is_gross_and_by_UTC_day()
    {
        Add([new Scope(0, 1)], (50, 120));
        Bench.Accepted(Pay(50));
        Bench.Accepted(Pay(50));
        Bench.Refused(KernelRefusal.OverDelegateLimit, Pay(21));
        Bench.Accepted(bench.By(bench.Bob).Do(new KernelCalls.Transfer(null, Ada, Bench.Eur(100), null)));
        Bench.Refused(KernelRefusal.OverDelegateLimit, Pay(21));
        bench.Chain.Until(new Instant((bench.Now.DayNumber + 1) * Instant.Day - 1));
        Bench.Refused(KernelRefusal.OverDelegateLimit, Pay(21));
        bench.Chain.Wait(1);
        Bench.Accepted(Pay(50));
    }

    /// <summary>Rule 22: a refused transaction spends nothing of the day.</summary>
    [Fact]
    public void What_was_refused_was_not_spent()
    {
        Add([new Scope(0, 0), new Scope(900, 0)], (50, 50));
        bench.By(till).Do(new KernelCalls.Transfer(null, Bob, Bench.Eur(50), null)).Call(Bench.Lab, Lab.Contents, new Lab.Break(2)).Run();
        Bench.Accepted(Pay(50));
    }

    /// <summary>Rule 22: unlisted means none.</summary>
    [Fact]
    public void A_unit_that_is_not_listed_is_not_spent()
    {
        var (agreement, unit) = bench.Issuer(UnitRules.None);
        Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Ada, unit.Of(9), null)));
        Add([new Scope(0, 1)], (50, 500));
        Bench.Refused(KernelRefusal.OverDelegateLimit, bench.By(till).Do(new KernelCalls.Transfer(null, Bob, unit.Of(1), null)));
    }

    /// <summary>Rule 22: a hold and a new mandate's whole ceiling count when they are signed.</summary>
    [Fact]
    public void Holds_and_mandates_count_when_they_are_signed()
    {
        Add([new Scope(900, 0)], (50, 60));
        Bench.Refused(KernelRefusal.OverDelegateLimit, Permit(51));
        Bench.Accepted(Permit(40));
        Bench.Refused(KernelRefusal.OverDelegateLimit, bench.By(till).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Ada, Bench.Eur(21), false)).AtMost(till, Bench.Eur(21)));
        Bench.Accepted(bench.By(till).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Ada, Bench.Eur(20), false)).AtMost(till, Bench.Eur(20)));
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Release(Ada, Bench.Eur(20))));
        Bench.Refused(KernelRefusal.OverDelegateLimit, Move(1));
    }

    /// <summary>Rule 20: the cap binds a delegate too.</summary>
    [Fact]
    public void A_delegates_cap_binds_it_beside_its_limit() =>
        Bench.Refused(KernelRefusal.OverCap, Added().By(till).Call(Bench.Lab, Lab.Contents, new Lab.Move(Ada, Bob, Bench.Eur(10), 1)).AtMost(till, Bench.Eur(9)));

    /// <summary>Rule 18: until its end, or until it is removed.</summary>
    [Fact]
    public void A_delegate_ends_at_its_moment_or_when_it_is_removed()
    {
        Bench.Accepted(bench.By(bench.Ada, till).Do(Delegate(till, [new Scope(0, 1)], (50, 500)) with { Until = bench.Now.Plus(100) }));
        bench.Chain.Wait(99);
        Bench.Accepted(Pay(1));
        bench.Chain.Wait(1);
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(till).Do(new KernelCalls.Transfer(Bob, Ada, Bench.Eur(1), null)));
        Bench.Refused(KernelRefusal.OutsideDelegation, Pay(1));
        var second = Keys.Of("second till");
        Bench.Accepted(bench.By(bench.Ada, second).Do(Delegate(second, [new Scope(0, 1)], (50, 500))));
        Bench.Accepted(bench.By(bench.Ada).Do(new KernelCalls.RemoveDelegate(Ada, second.Id)));
        Bench.Refused(KernelRefusal.UnknownKey, bench.By(second).Do(new KernelCalls.Transfer(null, Bob, Bench.Eur(1), null)));
        Bench.Refused(KernelRefusal.NotYourKey, bench.By(bench.Ada).Do(new KernelCalls.RemoveDelegate(Ada, second.Id)));
    }

    /// <summary>Rule 18: a delegation is a possible one.</summary>
    [Fact]
    public void Impossible_delegations_are_refused()
    {
        foreach (var bad in (KernelCalls.AddDelegate[])
            [Delegate(till, [], (1, 1)), Delegate(till, [new Scope(0, 1)], (-1, 1)), Delegate(till, [new Scope(0, 1)], (1, -1)), Delegate(till, [new Scope(0, 1)], (1, 1), (2, 2)),
            Delegate(till, [new Scope(0, 1)], (1, 1)) with { Until = bench.Now },
            Delegate(till, [new Scope(0, 1)]) with { Limits = new Many<SpendingLimit>(new SpendingLimit(Bench.Eur(1), new Unit(2).Of(1))) }])
            Bench.Refused(KernelRefusal.BadDelegation, bench.By(bench.Ada, till).Do(bad));
        Bench.Refused(KernelRefusal.KeyTaken, bench.By(bench.Ada).Do(Delegate(bench.Bob, [new Scope(0, 1)], (1, 1))));
        Bench.Refused(KernelRefusal.SignatureMissing, bench.By(bench.Ada).Do(Delegate(till, [new Scope(0, 1)], (1, 1))));
    }

    /// <summary>Rule 17: a delegate's own signature is no statement of its party.</summary>
    [Fact]
    public void A_delegates_statement_is_not_its_partys()
    {
        Add([new Scope(900, 0)], (50, 500));
        var claim = StatementSigning.Sign(bench.Chain.Ledger.Id, till, Codecs.Lab.Claim, new Lab.Claim(new Agreement<Lab>(Bench.Lab), 5));
        Bench.Refused(KernelRefusal.BadReference, bench.By(till).Call(Bench.Lab, Lab.Contents, new Lab.Hear(claim)));
    }

    private static Party Ada => Bench.Party(Keys.Of("ada"));

    private static Party Bob => Bench.Party(Keys.Of("bob"));

    private static KernelCalls.AddDelegate Delegate(SigningKey key, Scope[] scopes, params (long Each, long Day)[] limits) => new(
        Ada, key.Public, new Many<Scope>(scopes), new Many<SpendingLimit>(Array.ConvertAll(limits, limit => new SpendingLimit(Bench.Eur(limit.Each), Bench.Eur(limit.Day)))),
        new Instant(1_800_000_000));

    private void Add(Scope[] scopes, params (long Each, long Day)[] limits) => Bench.Accepted(bench.By(bench.Ada, till).Do(Delegate(till, scopes, limits)));

    private Bench Added()
    {
        Add([new Scope(900, 0)], (50, 500));
        return bench;
    }

    private Chain.Step Pay(long minor) => bench.By(till).Do(new KernelCalls.Transfer(null, Bob, Bench.Eur(minor), null));

    private Chain.Step Move(long minor) => bench.By(till).Call(Bench.Lab, Lab.Contents, new Lab.Move(Ada, Bob, Bench.Eur(minor), 1)).AtMost(till, Bench.Eur(minor));

    private Chain.Step Permit(long inAll) => bench.By(till)
        .Call(Bench.Lab, Lab.Contents, new Lab.Permit(Ada, new Mandate(Bench.Eur(1), Bench.Eur(inAll), bench.Now.Plus(99)))).AtMost(till, Bench.Eur(inAll));
}
