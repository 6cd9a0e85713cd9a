using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Tests.Rules;

/// <summary>Rule 21: money comes from its issuer only, moves whole, and never sums to anything but nothing.</summary>
public sealed class MoneyRules
{
    private readonly Bench bench = new();

    /// <summary>Rule 21: issue, redeem, take back, sweep and credit are the issuer's agreement's alone.</summary>
    [Fact]
    public void Only_the_agreement_that_made_a_unit_issues_it()
    {
        var before = bench.Records();
        Bench.Refused(KernelRefusal.NotTheIssuer, By(new Lab.Give(Ada, Bench.Eur(5), null)));
        Bench.Refused(KernelRefusal.NotTheIssuer, By(new Lab.Back(Ada, Bench.Eur(5))).AtMost(bench.Ada, Bench.Eur(5)));
        Bench.Refused(KernelRefusal.NotTheIssuer, By(new Lab.Seize(Ada, Bench.Eur(5))));
        Bench.Refused(KernelRefusal.NotTheIssuer, By(new Lab.Clear(Ada, Bench.Euro)));
        Bench.Refused(KernelRefusal.NotTheIssuer, By(new Lab.Credit(Ada, Bench.Eur(5))));
        Assert.Equal(before, bench.Records());
    }

    /// <summary>Rule 21: what is redeemed is gone, and the issuer's account says how much is about.</summary>
    [Fact]
    public void What_is_redeemed_is_about_no_more()
    {
        Bench.Accepted(bench.By(bench.Ada).Call(Bench.Money, EMoney.Contents, new EMoney.Redeem(Ada, Bench.Eur(4_000), Hash.Of("x"u8))).AtMost(bench.Ada, Bench.Eur(4_000)));
        Assert.Equal(6_000, bench.Balance(bench.Ada));
        Assert.Equal(-6_000, bench.Held(Bench.Money));
        bench.Sums();
    }

    /// <summary>Rule 21: more than there is does not move, and nothing else of the call does.</summary>
    [Fact]
    public void More_than_there_is_does_not_move()
    {
        var before = bench.Records();
        Bench.Refused(KernelRefusal.InsufficientFunds, Pay(10_001));
        Bench.Refused(KernelRefusal.InsufficientFunds, By(new Lab.Move(Ada, Bob, Bench.Eur(5_001), 2)).AtMost(bench.Ada, Bench.Eur(20_000)));
        Assert.Equal(before, bench.Records());
        Bench.Accepted(Pay(10_000));
    }

    /// <summary>Rule 21: a payment of nothing, of less, to nobody known, in no unit or of an impossible amount is refused.</summary>
    [Fact]
    public void Impossible_payments_are_refused()
    {
        var stranger = new Party(new byte[20].Select((_, place) => (byte)(place + 1)).ToArray());
        Bench.Refused(KernelRefusal.NegativeAmount, Pay(0));
        Bench.Refused(KernelRefusal.NegativeAmount, Pay(-5));
        Bench.Refused(KernelRefusal.UnknownParty, bench.By(bench.Ada).Do(new KernelCalls.Transfer(null, stranger, Bench.Eur(5), null)));
        Bench.Refused(KernelRefusal.UnknownUnit, bench.By(bench.Ada).Do(new KernelCalls.Transfer(null, Bob, new Unit(99).Of(5), null)));
        Bench.Refused(KernelRefusal.AmountOverflow, Pay(Amount.Limit));
        Bench.Refused(KernelRefusal.NegativeAmount, By(new Lab.Move(Ada, Bob, Bench.Eur(-5), 1)));
        Bench.Refused(KernelRefusal.UnknownParty, By(new Lab.Move(Ada, stranger, Bench.Eur(5), 1)).AtMost(bench.Ada, Bench.Eur(5)));
        Assert.Equal(10_000, bench.Balance(bench.Ada));
    }

    /// <summary>Rule 21: a unit counts to 2⁶², over however many issues.</summary>
    [Fact]
    public void The_supply_of_a_unit_stays_under_its_limit()
    {
        var (agreement, unit) = bench.Issuer(UnitRules.None);
        Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Ada, unit.Of(Amount.Limit - 1), null)));
        Bench.Refused(KernelRefusal.AmountOverflow, bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Bob, unit.Of(1), null)));
        Bench.Refused(KernelRefusal.AmountOverflow, bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Bob, unit.Of(Amount.Limit - 1), null)));
        bench.Sums();
    }

    /// <summary>Rule 21: an account that may owe 2⁶² and holds as much still says what it can pay.</summary>
    [Fact]
    public void Credit_beside_the_largest_balance_overflows_nothing()
    {
        var (agreement, unit) = bench.Issuer(UnitRules.Expires);
        Bench.Accepted(bench.By(bench.Ada)
            .Call(agreement, Lab.Contents, new Lab.Give(Ada, unit.Of(Amount.Limit / 2), null)).Call(agreement, Lab.Contents, new Lab.Give(Ada, unit.Of(Amount.Limit / 2 - 1), bench.Now.Plus(99)))
            .Call(agreement, Lab.Contents, new Lab.Credit(Ada, unit.Of(Amount.Limit - 1))).Call(agreement, Lab.Contents, new Lab.Credit(Bob, unit.Of(Amount.Limit - 1))));
        Bench.Accepted(bench.By(bench.Bob).Do(new KernelCalls.Transfer(null, Ada, unit.Of(Amount.Limit / 2 - 1), null)));
        Assert.Equal(Amount.Limit, bench.State.Available(Ada, unit));
        bench.Sums();
    }

    /// <summary>Rule 21: a credit limit lets an account go below nothing so far, and what only receives is never refused.</summary>
    [Fact]
    public void Credit_goes_as_far_as_its_limit()
    {
        Bench.Accepted(bench.By(bench.Bank).Call(Bench.Money, EMoney.Contents, new EMoney.Lend(Bob, Bench.Eur(100))));
        Bench.Refused(KernelRefusal.InsufficientFunds, Pay(101, bench.Bob, Ada));
        Bench.Accepted(Pay(100, bench.Bob, Ada));
        Assert.Equal(-100, bench.Balance(bench.Bob));
        Bench.Accepted(bench.By(bench.Bank).Call(Bench.Money, EMoney.Contents, new EMoney.Lend(Bob, Bench.Eur(0))));
        Bench.Refused(KernelRefusal.InsufficientFunds, Pay(1, bench.Bob, Ada));
        Bench.Accepted(Pay(30));
        Assert.Equal(-70, bench.Balance(bench.Bob));
        bench.Sums();
    }

    /// <summary>Rule 21: movements of one call are summed for each account, so the order in which they are listed does not matter.</summary>
    [Fact]
    public void What_passes_through_in_one_call_is_summed()
    {
        Bench.Accepted(By(new Lab.Through(Ada, Bob, Bench.Eur(70))).AtMost(bench.Ada, Bench.Eur(70)));
        Assert.Equal((70, 0), (bench.Balance(bench.Bob), bench.Held()));
        Assert.DoesNotContain(bench.State.AllAccounts(), account => account.Key.Owner == Owner.Of(Bench.Lab));
    }

    /// <summary>Rule 21: an agreement pays out of what it holds, and no further.</summary>
    [Fact]
    public void An_agreement_pays_what_it_holds_and_ends_when_it_holds_nothing()
    {
        Bench.Accepted(By(new Lab.Deposit(Ada, Bench.Eur(50), false)).AtMost(bench.Ada, Bench.Eur(50)));
        Bench.Refused(KernelRefusal.HeldLeft, By(new Lab.Finish()));
        Bench.Refused(KernelRefusal.HeldLeft, By(new Lab.Deposit(Ada, Bench.Eur(5), true)).AtMost(bench.Ada, Bench.Eur(5)));
        Bench.Refused(KernelRefusal.InsufficientFunds, By(new Lab.Release(Bob, Bench.Eur(51))));
        Bench.Accepted(By(new Lab.Release(Bob, Bench.Eur(50))));
        Bench.Accepted(By(new Lab.Finish()));
        Bench.Refused(KernelRefusal.AgreementEnded, By(new Lab.Deposit(Ada, Bench.Eur(5), false)).AtMost(bench.Ada, Bench.Eur(5)));
    }

    /// <summary>Rule 21: an issuer cannot end while what it issued is about.</summary>
    [Fact]
    public void An_issuer_ends_when_nothing_of_its_unit_is_about()
    {
        var (agreement, unit) = bench.Issuer(UnitRules.None);
        Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Ada, unit.Of(3), null)));
        Bench.Refused(KernelRefusal.HeldLeft, bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Finish()));
        Bench.Refused(KernelRefusal.NotTheIssuer, bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Release(Ada, unit.Of(3))));
        Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Back(Ada, unit.Of(3))).AtMost(bench.Ada, unit.Of(3)));
        Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Finish()));
    }

    /// <summary>Rule 21: a personal unit goes back to its issuer and to nobody else.</summary>
    [Fact]
    public void A_personal_unit_does_not_pass_on()
    {
        var (agreement, unit) = bench.Issuer(UnitRules.Personal);
        Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Bob, unit.Of(9), null)));
        Bench.Refused(KernelRefusal.NotTheIssuer, bench.By(bench.Bob).Do(new KernelCalls.Transfer(null, Ada, unit.Of(5), null)));
        Bench.Refused(KernelRefusal.NotTheIssuer, bench.By(bench.Bob).Call(Bench.Lab, Lab.Contents, new Lab.Deposit(Bob, unit.Of(5), false)).AtMost(bench.Bob, unit.Of(5)));
        Bench.Accepted(bench.By(bench.Bob).Call(agreement, Lab.Contents, new Lab.Back(Bob, unit.Of(5))).AtMost(bench.Bob, unit.Of(5)));
        Assert.Equal(4, bench.Balance(bench.Bob, unit));
    }

    /// <summary>Rule 21: only a unit whose rules say so is taken back.</summary>
    [Fact]
    public void What_may_be_taken_back_is()
    {
        foreach (var rules in (UnitRules[])[UnitRules.None, UnitRules.TakenBack])
        {
            var (agreement, unit) = bench.Issuer(rules);
            Bench.Accepted(bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Give(Bob, unit.Of(9), null)));
            var seized = bench.By(bench.Ada).Call(agreement, Lab.Contents, new Lab.Seize(Bob, unit.Of(5)));
            if (rules == UnitRules.None) Bench.Refused(KernelRefusal.NotTheIssuer, seized);
            else Bench.Accepted(seized);
            Assert.Equal(rules == UnitRules.None ? 9 : 4, bench.Balance(bench.Bob, unit));
        }
    }

    /// <summary>Rules 17 and 21, over whatever comes: every unit sums to nothing after every block, refused or not, and a refusal changes nothing but counters.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_is_done_every_unit_sums_to_nothing(int seed)
    {
        var random = new Random(seed);
        var (points, unit) = bench.Issuer(UnitRules.Expires | UnitRules.TakenBack);
        var accepted = 0;
        for (var round = 0; round < 120; round++)
        {
            if (random.Next(6) == 0) bench.Chain.Now = bench.Chain.Now.Plus(random.Next(40));
            var before = bench.Records();
            bench.Chain.Block();
            if (!before.SequenceEqual(bench.Records())) before = bench.Records();
            var step = bench.By(bench.Ada, bench.Bob);
            for (var calls = random.Next(1, 4); calls > 0; calls--) Any(step, random, points, unit);
            var decision = step.Run();
            bench.Sums();
            if (decision.IsAccepted) accepted++;
            else Assert.Equal(before, bench.Records());
        }
        Assert.InRange(accepted, 20, 110);
    }

    private void Any(Ledgers.Chain.Step step, Random random, ulong points, Unit unit)
    {
        var (of, from, to) = (random.Next(2) == 0 ? unit : Bench.Euro, random.Next(2) == 0 ? Ada : Bob, random.Next(2) == 0 ? Ada : Bob);
        var amount = of.Of(random.Next(12) == 0 ? Amount.Limit - 1 : random.Next(-1, 60));
        var at = of == unit ? points : Bench.Lab;
        var until = random.Next(2) == 0 ? bench.Now.Plus(random.Next(60)) : (Instant?)null;
        _ = random.Next(9) switch
        {
            0 => step.Do(new KernelCalls.Transfer(from, to, amount, null)),
            1 or 2 => step.Call(points, Lab.Contents, new Lab.Give(to, unit.Of(random.Next(100)), until)),
            3 => step.Call(at, Lab.Contents, new Lab.Deposit(from, amount, false)),
            4 => step.Call(at, Lab.Contents, new Lab.Release(to, amount)),
            5 => step.Call(points, Lab.Contents, new Lab.Seize(from, unit.Of(random.Next(20)))),
            6 => step.Call(points, Lab.Contents, new Lab.Clear(random.Next(2) == 0 ? from : Owner.Of(Bench.Lab), unit)),
            7 => step.Call(points, Lab.Contents, new Lab.Credit(to, unit.Of(random.Next(50)))),
            _ => step.Call(Bench.Lab, Lab.Contents, new Lab.Through(from, to, amount)),
        };
        foreach (var signer in (Client.SigningKey[])[bench.Ada, bench.Bob]) step.AtMost(signer, of.Of(random.Next(1, 100)));
    }

    private static Party Ada => Bench.Party(Ledgers.Keys.Of("ada"));

    private static Party Bob => Bench.Party(Ledgers.Keys.Of("bob"));

    private Ledgers.Chain.Step By<T>(T clause) where T : notnull => bench.By(bench.Ada).Call(Bench.Lab, Lab.Contents, clause);

    private Ledgers.Chain.Step Pay(long minor, Client.SigningKey? by = null, Party? to = null) =>
        bench.By(by ?? bench.Ada).Do(new KernelCalls.Transfer(null, to ?? Bob, Bench.Eur(minor), null));
}
