namespace Keten.Kernel;

/// <summary>
/// A clause's yes, and what comes with it. Each method writes into the executor's buffers and returns the same draft, so a call written as a statement counts too.
/// Nothing happens before the clause has returned and the kernel has checked all of it.
/// </summary>
/// <typeparam name="T">The contract.</typeparam>
public readonly struct Accepted<T> where T : class
{
    private readonly Facts facts;

    internal Accepted(Draft draft, Facts facts) => (Draft, this.facts) = (draft, facts);

    internal Draft Draft { get; }

    /// <summary>From a signer of this call, up to their cap, or under a mandate of theirs.</summary>
    public Accepted<T> Move(Amount amount, Party from, Party to) => Moves(MovementKind.Pay, from, to, amount);

    /// <summary>From a signer of this call or under their mandate, to be held by this agreement.</summary>
    public Accepted<T> Hold(Amount amount, Party from) => Moves(MovementKind.Pay, from, facts.Account, amount);

    /// <summary>Out of what this agreement holds.</summary>
    public Accepted<T> Pay(Amount amount, Party to) => Moves(MovementKind.Pay, facts.Account, to, amount);

    /// <summary>A party's leave that this agreement may collect later; the party signs for the whole ceiling. It replaces an earlier one in the same unit.</summary>
    public Accepted<T> Allow(Party payer, Mandate mandate)
    {
        Kernel.Draft.Add(Draft.Mandates, new MandateChange(payer, mandate, mandate.InAll.Unit));
        return this;
    }

    /// <summary>Takes a mandate away.</summary>
    public Accepted<T> Withdraw(Party payer, Unit unit)
    {
        Kernel.Draft.Add(Draft.Mandates, new MandateChange(payer, null, unit));
        return this;
    }

    /// <summary>Makes the unit that <see cref="Facts.NewUnit"/> promised; this agreement is its issuer for ever.</summary>
    /// <param name="unit">What <see cref="Facts.NewUnit"/> gave.</param>
    /// <param name="symbol">Its standard code: EUR, kWh.</param>
    /// <param name="decimals">How many decimals its smallest part has, up to 9.</param>
    /// <param name="rules">What it allows.</param>
    public Accepted<T> Create(Unit unit, string symbol, byte decimals, UnitRules rules = UnitRules.None)
    {
        Draft.Unit = new UnitMade(unit, symbol, decimals, rules);
        return this;
    }

    /// <summary>New value of this agreement's own unit.</summary>
    public Accepted<T> Issue(Amount amount, Party to) => Moves(MovementKind.Issue, facts.Account, to, amount);

    /// <summary>New value of this agreement's own unit that expires.</summary>
    public Accepted<T> Issue(Amount amount, Party to, Instant until) => Moves(MovementKind.Issue, facts.Account, to, amount, until);

    /// <summary>Value of this agreement's own unit back, from a signer of this call or under their mandate.</summary>
    public Accepted<T> Redeem(Amount amount, Party from) => Moves(MovementKind.Redeem, from, facts.Account, amount);

    /// <summary>Value of this agreement's own unit back without its holder's signature, where the unit's rules allow it.</summary>
    public Accepted<T> TakeBack(Amount amount, Party from) => Moves(MovementKind.TakeBack, from, facts.Account, amount);

    /// <summary>What has expired in an account of this agreement's own unit, back: a party's, or what another agreement held when it expired.</summary>
    public Accepted<T> Sweep(Owner owner, Unit unit) => Moves(MovementKind.Sweep, owner, facts.Account, unit.Of(0));

    /// <summary>How far below nothing a party's account in this agreement's own unit may go.</summary>
    public Accepted<T> Limit(Party party, Amount credit)
    {
        Kernel.Draft.Add(Draft.Limits, new LimitChange(party, credit));
        return this;
    }

    /// <summary>Writes a child record, over an earlier one of that key.</summary>
    public Accepted<T> Put<TKey, TValue>(Records<TKey, TValue> records, TKey key, TValue value) where TKey : struct where TValue : struct
    {
        var table = facts.Table(records);
        Kernel.Draft.Add(Draft.Rows, new RowWrite(records.Number, table.KeyBytes(key), table.Values.ToBytes(value)));
        return this;
    }

    /// <summary>Removes a child record, if it is there.</summary>
    public Accepted<T> Remove<TKey, TValue>(Records<TKey, TValue> records, TKey key) where TKey : struct where TValue : struct
    {
        Kernel.Draft.Add(Draft.Rows, new RowWrite(records.Number, facts.Table(records).KeyBytes(key), null));
        return this;
    }

    /// <summary>Says that something happened.</summary>
    public Accepted<T> Emit<TEvent>(in TEvent happened) where TEvent : struct, IEvent
    {
        var binding = facts.Contract.EventOf<TEvent>();
        var start = Draft.Bytes.Length;
        binding.Codec.Write(Draft.Bytes, happened);
        Kernel.Draft.Add(Draft.Events, new EventMade(binding.Number, start, Draft.Bytes.Length));
        return this;
    }

    /// <summary>Has a clause run at a moment, or in the next block after it. The clause's value is the key: asking again moves it.</summary>
    public Accepted<T> Wake<TDue>(in TDue clause, Instant at) where TDue : struct, IDue<T>
    {
        var binding = facts.Contract.DueOf<TDue>();
        Kernel.Draft.Add(Draft.WakeUps, new WakeUpChange(binding.Number, binding.Bytes(clause), at));
        return this;
    }

    /// <summary>Has a clause no longer run.</summary>
    public Accepted<T> Cancel<TDue>(in TDue clause) where TDue : struct, IDue<T>
    {
        var binding = facts.Contract.DueOf<TDue>();
        Kernel.Draft.Add(Draft.WakeUps, new WakeUpChange(binding.Number, binding.Bytes(clause), null));
        return this;
    }

    /// <summary>Ends the agreement, which then holds nothing; its wake-ups and mandates go. Corrections still run.</summary>
    public Accepted<T> End()
    {
        Draft.Ends = true;
        return this;
    }

    private Accepted<T> Moves(MovementKind kind, Owner from, Owner to, Amount amount, Instant until = default)
    {
        Kernel.Draft.Add(Draft.Movements, new Movement(kind, from, to, amount, until));
        return this;
    }
}
