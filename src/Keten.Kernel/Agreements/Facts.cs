using Keten.Kernel.Blocks;
using Keten.Kernel.State;

namespace Keten.Kernel;

/// <summary>
/// All that a clause may see besides its agreement: ledger time, what is held, other records read-only. Lent by the executor for one call; every record read counts as a step.
/// </summary>
public sealed class Facts
{
    /// <summary>What checking one signature of another ledger's validators counts, in steps.</summary>
    public const int StepsASignature = 100;

    private readonly LedgerState ledger;
    private readonly KeyCache? keys;
    private readonly Draft draft = new();
    // By size: what is only looked up needs no array of its own.
    private readonly byte[]?[] askedKeys = new byte[65][];
    private Contract? contract;
    private object? state;
    private int steps;

    internal Facts(LedgerState ledger, KeyCache? keys = null) => (this.ledger, this.keys) = (ledger, keys);

    /// <summary>This ledger's id.</summary>
    public Hash Ledger => ledger.Ledger;

    /// <summary>Ledger time: the validators' median, which never runs back.</summary>
    public Instant Now => ledger.Now;

    /// <summary>The height of the block that is being executed.</summary>
    public ulong Height => ledger.Height;

    /// <summary>The unit that <see cref="Accepted{T}.Create"/> would make.</summary>
    public Unit NewUnit => new(ledger.Counters.NextUnit);

    internal ulong Number { get; private set; }

    /// <summary>How many steps all calls have taken together.</summary>
    internal long Steps { get; private set; }

    internal Owner Account => Owner.Of(Number);

    internal Contract Contract => contract ?? throw new InvalidOperationException("Facts are lent for one call only.");

    /// <summary>This agreement; in an opening, the one that is about to be.</summary>
    /// <exception cref="InvalidOperationException">The contract is another.</exception>
    public Agreement<T> Self<T>() where T : class =>
        Contract is Contract<T> ? new Agreement<T>(Number) : throw new InvalidOperationException("This agreement is of another contract.");

    /// <summary>Begins a yes with the agreement's next state; the very same object means that it has not changed.</summary>
    public Accepted<T> Accept<T>(T next) where T : class
    {
        draft.Begin(next);
        return new Accepted<T>(draft, this);
    }

    /// <summary>What this agreement holds of a unit; of its own unit, less what it has issued.</summary>
    public Amount Held(Unit unit)
    {
        Step();
        return unit.Of((long)ledger.Unexpired(Account, unit));
    }

    /// <summary>What a party could pay now, credit included and expired value not.</summary>
    public Amount Available(Party party, Unit unit)
    {
        Step();
        return unit.Of(ledger.Available(party, unit));
    }

    /// <summary>Whether a party is on this ledger: who is not can neither sign nor be paid, and a due clause that would pay them is parked.</summary>
    public bool Knows(Party party)
    {
        Step();
        return ledger.Parties.Contains(party);
    }

    /// <summary>What a unit is: its decimals, its rules, its issuer; null where there is none of that number.</summary>
    public UnitRecord? Describe(Unit unit)
    {
        Step();
        return ledger.Units.Get(unit);
    }

    /// <summary>
    /// What one call may still collect from a party under its mandate to this agreement; nothing where there is none. While a recovery of the party is pending it is no more than
    /// what the emergency limit leaves of the day. Whether the party has so much, <see cref="Available"/> says.
    /// </summary>
    public Amount Collectable(Party payer, Unit unit)
    {
        Step();
        return unit.Of(ledger.Collectable(payer, Number, unit));
    }

    /// <summary>As much of an amount as a payer's mandate to this agreement and account give now. Not below nothing.</summary>
    public Amount UnderMandate(Amount amount, Party payer) => amount.IsZero ? amount : amount.OrAtMost(Collectable(payer, amount.Unit)).OrAtMost(Available(payer, amount.Unit));

    /// <summary>Whether a unit is there and does not expire: what expires while it is held could never be given out again.</summary>
    public bool CanBeHeld(Unit unit) => Describe(unit) is { } described && !described.Rules.HasFlag(UnitRules.Expires);

    /// <summary>Another agreement, read-only, as it is now. Ended ones stay readable.</summary>
    public Known<T> Of<T>(Agreement<T> agreement) where T : class
    {
        Step();
        var record = ledger.Agreements.Get(agreement.Number) ?? throw new KeyNotFoundException("There is no such agreement.");
        return new Known<T>(record, agreement, this);
    }

    /// <summary>A child record of this agreement, or null.</summary>
    public TValue? Find<TKey, TValue>(Records<TKey, TValue> records, TKey key) where TKey : struct where TValue : struct => Find(Contract, Number, records, key);

    /// <summary>How many child records this agreement has in a table.</summary>
    public long Count<TKey, TValue>(Records<TKey, TValue> records) where TKey : struct where TValue : struct
    {
        Step();
        return ledger.Rows.CountOf(Number, records.Number);
    }

    /// <summary>The child records from a key on, that key included, in the order of their keys.</summary>
    public Rows<TKey, TValue> From<TKey, TValue>(Records<TKey, TValue> records, TKey key, int atMost) where TKey : struct where TValue : struct =>
        Range(Contract, Number, records, key, inclusive: true, atMost);

    /// <summary>The child records after a key, or from the first where there is none.</summary>
    public Rows<TKey, TValue> Next<TKey, TValue>(Records<TKey, TValue> records, TKey? after, int atMost) where TKey : struct where TValue : struct =>
        Range(Contract, Number, records, after, inclusive: false, atMost);

    /// <summary>Another ledger as it began; null where what was brought is no genesis.</summary>
    public Elsewhere? Begun(Proof genesis)
    {
        Step();
        return ProofCheck.Begun(genesis.AsSpan());
    }

    /// <summary>
    /// Another ledger after changes of its validators, each certified by those before it; null where one does not hold, is known already, or none was brought. Until it is followed, those whom a
    /// change removed are believed. Each signature counts as <see cref="StepsASignature"/> steps.
    /// </summary>
    public Elsewhere? Follow(in Elsewhere known, Proof changes) => new ProofCheck(known, keys, Verifies).Follow(changes.AsSpan());

    /// <summary>
    /// Records of another ledger, under a header that the newest validators known here have certified; null where that does not hold: by too few, by others, of another ledger, of other bytes, or
    /// of more than one header. How new they are is for the clause to ask. Each signature counts as <see cref="StepsASignature"/> steps.
    /// </summary>
    public Seen? See(in Elsewhere known, Proof evidence) => new ProofCheck(known, keys, Verifies).See(evidence.AsSpan()) is { } shown ? new Seen(shown, Contract) : null;

    internal TValue? Find<TKey, TValue>(Contract of, ulong agreement, Records<TKey, TValue> records, TKey key) where TKey : struct where TValue : struct
    {
        Step();
        var table = of.Table(records);
        var asked = askedKeys[table.Keys.Size] ??= new byte[table.Keys.Size];
        asked.AsSpan().Clear();
        table.Keys.Write(asked, key);
        return ledger.Rows.Find(agreement, records.Number, asked) is { } bytes ? table.Values.FromBytes(bytes) : null;
    }

    internal Rows<TKey, TValue> Range<TKey, TValue>(Contract of, ulong agreement, Records<TKey, TValue> records, TKey? key, bool inclusive, int atMost)
        where TKey : struct where TValue : struct
    {
        var table = of.Table(records);
        var bytes = key is { } start ? table.KeyBytes(start) : null;
        return new Rows<TKey, TValue>(this, table, ledger.Rows.Range(agreement, records.Number, bytes, inclusive), atMost);
    }

    internal ChildTable<TKey, TValue> Table<TKey, TValue>(Records<TKey, TValue> records) where TKey : struct where TValue : struct => Contract.Table(records);

    /// <summary>Counts one step of this call's work.</summary>
    internal void Step() => Step(1);

    private void Step(int count)
    {
        Steps += count;
        if ((steps -= count) < 0) throw new LimitException(KernelRefusal.StepsExhausted);
    }

    private void Verifies(int signatures) => Step(signatures * StepsASignature);

    internal void Lend(Contract to, ulong number, object? current, int stepsAllowed) => (contract, Number, state, steps) = (to, number, current, stepsAllowed);

    internal bool IsUnchanged(Draft made) => ReferenceEquals(made.State, state);
}

/// <summary>Another agreement, read-only.</summary>
/// <typeparam name="T">Its contract.</typeparam>
public readonly struct Known<T> where T : class
{
    private readonly AgreementRecord record;
    private readonly Facts facts;

    internal Known(AgreementRecord record, Agreement<T> agreement, Facts facts) => (this.record, Agreement, this.facts) = (record, agreement, facts);

    /// <summary>Which.</summary>
    public Agreement<T> Agreement { get; }

    /// <summary>Its state now; never null.</summary>
    /// <exception cref="InvalidCastException">It is of another contract.</exception>
    public T State => (T)record.State;

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => record.Ended;

    /// <summary>A child record of it, or null.</summary>
    public TValue? Find<TKey, TValue>(Records<TKey, TValue> records, TKey key) where TKey : struct where TValue : struct =>
        facts.Find(record.Contract, Agreement.Number, records, key);

    /// <summary>Its child records after a key, or from the first where there is none.</summary>
    public Rows<TKey, TValue> Next<TKey, TValue>(Records<TKey, TValue> records, TKey? after, int atMost) where TKey : struct where TValue : struct =>
        facts.Range(record.Contract, Agreement.Number, records, after, inclusive: false, atMost);
}
