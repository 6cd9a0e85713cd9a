using Keten.Kernel;

namespace Keten.Testing;

/// <summary>What holds on every ledger after whatever was tried on it.</summary>
internal sealed class LedgerRules(World world)
{
    // Records that change with every entry, whatever it decides: clocks, validators' sequences, replay windows.
    private static readonly byte[] Counted = [2, 3, 7];

    /// <summary>How many calls were accepted.</summary>
    public int Accepted { get; private set; }

    /// <summary>Each unit sums to nothing, no wake-up is parked, what has ended holds nothing.</summary>
    public void Check()
    {
        var sums = new Dictionary<Unit, Int128>();
        foreach (var (key, account) in world.State.AllAccounts()) sums[key.Unit] = sums.GetValueOrDefault(key.Unit) + account.Balance;
        foreach (var (unit, sum) in sums)
            if (sum != 0) throw new StoryException($"all accounts in {unit} sum to {sum} and not to nothing");
        for (var number = 1UL; number < world.State.Counters.NextAgreement; number++)
        {
            foreach (var waiting in world.State.WakeUpsOf(number))
                if (waiting.Parked) throw new StoryException($"clause {waiting.Clause} of agreement {number} fell due and faulted");
            if (world.State.Agreement(number)!.Ended) CheckNothingHeld(number);
        }
    }

    /// <summary>An agreement holds nothing of any unit that it does not issue.</summary>
    public void CheckNothingHeld(ulong agreement)
    {
        foreach (var (key, account) in world.State.AccountsOf(Owner.Of(agreement)))
            if (account.Balance != 0 && world.State.UnitOf(key.Unit)!.Issuer != agreement)
                throw new StoryException($"agreement {agreement} is left with {account.Balance} of {key.Unit}");
    }

    /// <summary>A call that is refused changes nothing but counters, and none faults.</summary>
    public void CheckStep(Func<Step> call)
    {
        var before = Dump();
        var step = call();
        if (step.Refusal is null) Accepted++;
        if (ReferenceEquals(step.Refusal, KernelRefusal.ContractFaulted)) throw new StoryException("the contract faulted");
        if (step.Refusal is not null && step.Happened.Count == 0 && !before.AsSpan().SequenceEqual(Dump()))
            throw new StoryException($"a refusal changed the ledger: {step.Refusal.Sentence}");
    }

    private byte[] Dump()
    {
        var capture = world.State.CaptureAll();
        var records = new List<byte[]>();
        for (var each = 0; each < capture.Count; each++)
        {
            capture.Get(each, out var key, out var value);
            if (Array.IndexOf(Counted, key[1]) < 0) records.Add([.. key, .. value]);
        }
        records.Sort((left, right) => left.AsSpan().SequenceCompareTo(right));
        return [.. records.SelectMany(record => record)];
    }
}

/// <summary>The last way out: all parties that an agreement's state names sign how what it holds is given out.</summary>
internal static class Unwinding
{
    public static void Do(World world, ulong agreement)
    {
        var record = world.State.Agreement(agreement)!;
        var named = new PartySet();
        record.Contract.NameParties(record.State, named);
        var signers = world.Cast.Where(actor => named.AsSpan().Contains(actor.Party)).ToArray();
        if (signers.Length == 0) throw new StoryException("nobody is named who could unwind the agreement");
        var payouts = world.State.AccountsOf(Owner.Of(agreement)).Where(account => account.Value.Balance > 0 && world.State.UnitOf(account.Key.Unit)!.Issuer != agreement)
            .Select(account => new KernelCalls.Payout(signers[0], account.Key.Unit.Of(account.Value.Balance))).ToArray();
        var (number, codec) = KernelContents.Of<KernelCalls.Unwind>();
        var step = world.Do(0, 0, number, codec.ToBytes(new KernelCalls.Unwind(agreement, new Many<KernelCalls.Payout>(payouts))), signers, []);
        if (step.Refusal is not null) throw new StoryException($"it cannot be unwound: {step.Refusal.Sentence}");
    }
}
