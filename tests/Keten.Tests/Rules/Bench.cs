using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Tests.Ledgers;

namespace Keten.Tests.Rules;

/// <summary>A ledger on which four parties have met, euros are about, and a <see cref="Lab"/> is open.</summary>
internal sealed class Bench
{
    public const ulong Money = 1, Lab = 2;

    public static readonly Catalogue Catalogue = new(EMoney.Contents, Rules.Lab.Contents, Twin.Contents);

    public Bench(Parameters? parameters = null, int validators = 1)
    {
        Chain = new Chain(validators, Catalogue, parameters, Keys.Of("bank"), Keys.Of("ada"), Keys.Of("bob"), Keys.Of("eve"));
        Accepted(By(Bank).Open(EMoney.Contents, new EMoney.Begin(Party(Bank), "EUR", 2)));
        Give(Ada, 10_000);
        Accepted(By(Ada).Open(Rules.Lab.Contents, new Lab.Begin(Party(Ada), Party(Bob), false, 0)));
    }

    public Chain Chain { get; }

    public SigningKey Bank => Keys.Of("bank");

    public SigningKey Ada => Keys.Of("ada");

    public SigningKey Bob => Keys.Of("bob");

    public SigningKey Eve => Keys.Of("eve");

    public LedgerState State => Chain.State;

    public Instant Now => State.Now;

    public static Unit Euro => new(1);

    public static Party Party(SigningKey key) => Kernel.Party.Of(key.Id);

    public static Amount Eur(long minor) => Euro.Of(minor);

    public Chain.Step By(params SigningKey[] signers) => Chain.By(signers);

    public Lab LabState(ulong agreement = Lab) => (Lab)State.Agreement(agreement)!.State;

    public long Balance(SigningKey of, Unit? unit = null) => State.Balance(Party(of), unit ?? Euro);

    public long Held(ulong agreement = Lab, Unit? unit = null) => State.Balance(Owner.Of(agreement), unit ?? Euro);

    public void Give(SigningKey to, long minor) =>
        Accepted(By(Bank).Call(Money, EMoney.Contents, new EMoney.Issue(Party(to), Eur(minor), Hash.Of(BitConverter.GetBytes(State.Height)))));

    /// <summary>A lab that issues a unit of its own, with rules.</summary>
    public (ulong Agreement, Unit Unit) Issuer(UnitRules rules)
    {
        Accepted(By(Ada).Open(Rules.Lab.Contents, new Lab.Begin(Party(Ada), null, true, (byte)rules)));
        return (Chain.Last, LabState(Chain.Last).Unit!.Value);
    }

    public ulong OpenLab(SigningKey? owner = null, SigningKey? other = null)
    {
        Accepted(By(owner ?? Ada).Open(Rules.Lab.Contents, new Lab.Begin(Party(owner ?? Ada), other is null ? null : Party(other), false, 0)));
        return Chain.Last;
    }

    public static Block Accepted(Chain.Step step)
    {
        var block = step.Block();
        Assert.Null(block.Outcomes.Decisions[0].Refusal);
        return block;
    }

    public static Decision Refused(IRefusal because, Chain.Step step)
    {
        var decision = step.Run();
        Assert.Same(because, decision.Refusal);
        return decision;
    }

    /// <summary>The numbers that a block's events told, in order.</summary>
    public static long[] Told(Block block) =>
        [.. block.Outcomes.Events.Select(told => Codecs.Lab.Told.FromBytes(block.Outcomes.EventBytes[told.Content]).Number)];

    /// <summary>Each unit's accounts sum to nothing: all that is, was issued.</summary>
    public void Sums()
    {
        var sums = new Dictionary<Unit, Int128>();
        foreach (var (key, account) in State.AllAccounts()) sums[key.Unit] = sums.GetValueOrDefault(key.Unit) + account.Balance;
        Assert.All(sums, sum => Assert.Equal(0, sum.Value));
    }

    /// <summary>The whole state in bytes, key by key, but for what every decided transaction changes: counters, clocks, sequences.</summary>
    public string[] Records()
    {
        var capture = State.CaptureAll();
        var records = new List<string>();
        for (var each = 0; each < capture.Count; each++)
        {
            capture.Get(each, out var key, out var value);
            if (key[1] is not (2 or 3 or 7)) records.Add(Convert.ToHexString(key) + "=" + Convert.ToHexString(value));
        }
        records.Sort(StringComparer.Ordinal);
        return [.. records];
    }
}
