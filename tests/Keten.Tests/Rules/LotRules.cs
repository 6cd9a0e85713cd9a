using Keten.Client;
using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>Rule 21 and the shape's lots: the soonest to expire is spent first, what has expired never, and each lot keeps its end.</summary>
public sealed class LotRules
{
    private readonly Bench bench = new();
    private readonly ulong points;
    private readonly Unit unit;

    public LotRules() => (points, unit) = bench.Issuer(UnitRules.Expires);

    [Fact]
    public void The_soonest_to_expire_is_spent_first_and_keeps_its_end()
    {
        Give(bench.Ada, 10, 300);
        Give(bench.Ada, 10, 100);
        Give(bench.Ada, 10, null);
        Bench.Accepted(Pay(bench.Ada, bench.Bob, 15));
        Assert.Equal([(100, 10), (300, 5)], Lots(bench.Bob));
        Assert.Equal([(0, 10), (300, 5)], Lots(bench.Ada));
        Bench.Accepted(Pay(bench.Ada, bench.Bob, 12));
        Assert.Equal([(0, 7), (100, 10), (300, 10)], Lots(bench.Bob));
        bench.Sums();
    }

    [Fact]
    public void What_has_expired_is_not_spent_and_goes_back_when_it_is_swept()
    {
        Give(bench.Ada, 10, 100);
        Give(bench.Ada, 10, 300);
        bench.Chain.Wait(100);
        Assert.Equal(10, bench.State.Available(Bench.Party(bench.Ada), unit));
        Bench.Refused(KernelRefusal.InsufficientFunds, Pay(bench.Ada, bench.Bob, 11));
        Sweep(Bench.Party(bench.Ada));
        Assert.Equal([(200, 10)], Lots(bench.Ada));
        Assert.Equal(-10, bench.Held(points, unit));
        bench.Sums();
    }

    /// <summary>Rule 21: one movement may spend lots and credit together.</summary>
    [Fact]
    public void Lots_are_spent_before_credit()
    {
        Give(bench.Ada, 10, 100);
        Bench.Accepted(bench.By(bench.Ada).Call(points, Lab.Contents, new Lab.Credit(Bench.Party(bench.Ada), unit.Of(5))));
        Bench.Refused(KernelRefusal.InsufficientFunds, Pay(bench.Ada, bench.Bob, 16));
        Bench.Accepted(Pay(bench.Ada, bench.Bob, 15));
        Assert.Equal([(0, -5)], Lots(bench.Ada));
        Assert.Equal([(0, 5), (100, 10)], Lots(bench.Bob));
    }

    /// <summary>Rule 21: a lot that comes in by one movement of a call goes on by the next.</summary>
    [Fact]
    public void A_lot_passes_through_in_one_call()
    {
        Give(bench.Ada, 10, 100);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Through(Bench.Party(bench.Ada), Bench.Party(bench.Bob), unit.Of(8))).AtMost(bench.Ada, unit.Of(8)));
        Assert.Equal([(100, 8)], Lots(bench.Bob));
    }

    /// <summary>Rule 21: what goes back to its issuer has no end any more.</summary>
    [Fact]
    public void What_is_redeemed_loses_its_end()
    {
        Give(bench.Ada, 10, 100);
        Bench.Accepted(bench.By(bench.Ada).Call(points, Lab.Contents, new Lab.Back(Bench.Party(bench.Ada), unit.Of(4))).AtMost(bench.Ada, unit.Of(4)));
        Assert.Equal(-6, bench.Held(points, unit));
        Assert.Empty(bench.State.Accounts.Lots(Owner.Of(points), unit));
    }

    /// <summary>Rule 15: what expired while an agreement held it neither faults a wake-up that pays what is held, nor keeps the agreement from ending, nor is it lost to its issuer.</summary>
    [Fact]
    public void What_expired_while_it_was_held_strands_nothing()
    {
        Give(bench.Ada, 10, 100);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Bench.Party(bench.Ada), unit.Of(10), false)).AtMost(bench.Ada, unit.Of(10)));
        Bench.Refused(KernelRefusal.HeldLeft, bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Finish()));
        bench.Chain.Wait(100);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Finish()));
        Sweep(Owner.Of(Bench.Lab));
        Assert.Equal(0, bench.Held(points, unit));
        bench.Sums();
        Bench.Accepted(bench.By(bench.Ada).Call(points, Lab.Contents, new Lab.Finish()));
    }

    /// <summary>Rule 15.</summary>
    [Fact]
    public void A_wake_up_that_pays_what_is_held_pays_what_has_not_expired()
    {
        foreach (var seconds in (long[])[100, 300]) Give(bench.Ada, 10, seconds);
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Bench.Party(bench.Ada), unit.Of(20), false)).AtMost(bench.Ada, unit.Of(20))
            .Call(Bench.Lab, Lab.Contents, new Lab.Later(unit.Number, Lab.Deed.PayHeld, bench.Now.Plus(100), false)));
        Assert.Equal(0u, Assert.Single(bench.Chain.Wait(100).Outcomes.Calls).Code);
        Assert.Equal([(200, 10)], Lots(bench.Ada));
    }

    /// <summary>Rule 21: a unit that does not expire has no lots, and a lot's end is ahead.</summary>
    [Fact]
    public void An_end_is_for_units_that_expire_and_lies_ahead()
    {
        var (plain, none) = bench.Issuer(UnitRules.None);
        Bench.Refused(KernelRefusal.NotTheIssuer, bench.By(bench.Ada).Call(plain, Lab.Contents, new Lab.Give(Bench.Party(bench.Ada), none.Of(1), bench.Now.Plus(5))));
        Bench.Refused(KernelRefusal.NotTheIssuer, bench.By(bench.Ada).Call(points, Lab.Contents, new Lab.Give(Bench.Party(bench.Ada), unit.Of(1), bench.Now)));
    }

    /// <summary>Rule 26: a leaf that is written can be read, so a payment out of more lots than a leaf has room for is refused.</summary>
    [Fact]
    public void A_payment_out_of_too_many_lots_is_refused_and_a_smaller_one_is_not()
    {
        for (var from = 0; from < 4_200; from += 600)
        {
            var step = bench.By(bench.Ada);
            for (var each = from; each < from + 600; each++) step.Call(points, Lab.Contents, new Lab.Give(Bench.Party(bench.Ada), unit.Of(1), bench.Chain.Genesis.Began.Plus(1_000 + each)));
            Bench.Accepted(step);
        }
        Bench.Refused(KernelRefusal.TooManyEffects, Pay(bench.Ada, bench.Bob, 4_200));
        var block = Bench.Accepted(Pay(bench.Ada, bench.Bob, 4_096));
        Assert.Equal(8_192, Kernel.Blocks.OutcomeLeaf.Read(block.Outcomes.Bytes[block.Outcomes.Calls[0].Leaf]).Postings.Count);
        bench.Sums();
    }

    private void Give(SigningKey to, long minor, long? seconds) =>
        Bench.Accepted(bench.By(bench.Ada).Call(points, Lab.Contents, new Lab.Give(Bench.Party(to), unit.Of(minor), seconds is { } ahead ? bench.Now.Plus(ahead) : null)));

    private void Sweep(Owner owner) => Bench.Accepted(bench.By(bench.Ada).Call(points, Lab.Contents, new Lab.Clear(owner, unit)));

    private Ledgers.Chain.Step Pay(SigningKey from, SigningKey to, long minor) => bench.By(from).Do(new KernelCalls.Transfer(null, Bench.Party(to), unit.Of(minor), null));

    private (long Ahead, long Balance)[] Lots(SigningKey of) => [.. bench.State.AccountsOf(Bench.Party(of)).Where(account => account.Key.Unit == unit)
        .Select(account => (account.Key.Until == default ? 0 : account.Key.Until - bench.Now, account.Value.Balance))];
}
