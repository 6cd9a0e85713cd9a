using Keten.Kernel.Cbor;

namespace Keten.Kernel;

/// <summary>A contract's contents page: its numbers, clauses, events, tables and refusals, as the catalogue and the executor see them.</summary>
public abstract class Contract
{
    private readonly List<Clause> clauses = [];
    private readonly List<EventKind> events = [];
    private readonly List<ChildTable> tables = [];
    private readonly List<IRefusal> refusals = [];
    private readonly Dictionary<Type, EventKind> eventByType = [];
    private readonly Dictionary<Type, Clause> clauseByType = [];

    private protected Contract(ushort code, ushort version, Codec state)
    {
        if (code == 0) throw new ArgumentOutOfRangeException(nameof(code), "Code 0 is the kernel's.");
        (Code, Version, StateCodec) = (code, version, state);
    }

    // The kernel's own page: it has no agreements, and so no state.
    private protected Contract(Codec first) => StateCodec = first;

    /// <summary>The contract's number on every ledger that knows it, from 1, for ever.</summary>
    public ushort Code { get; }

    /// <summary>An agreement keeps the version that it was opened under.</summary>
    public ushort Version { get; }

    /// <summary>What its state is made of.</summary>
    public Codec StateCodec { get; }

    /// <summary>The contract's name, as its type.</summary>
    public virtual string Name => StateCodec.Name;

    /// <summary>What can be done under it.</summary>
    public IReadOnlyList<Clause> Clauses => clauses;

    /// <summary>What it tells.</summary>
    public IReadOnlyList<EventKind> Events => events;

    /// <summary>The child records that it keeps.</summary>
    public IReadOnlyList<ChildTable> Tables => tables;

    /// <summary>Why it says no.</summary>
    public IReadOnlyList<IRefusal> Refusals => refusals;

    /// <summary>The clause of a number, or null.</summary>
    public Clause? ClauseOf(ushort number)
    {
        foreach (var clause in clauses)
            if (clause.Number == number) return clause;
        return null;
    }

    /// <summary>The clause whose type this is, for those who build a call.</summary>
    /// <exception cref="KeyNotFoundException">The contract has no such clause.</exception>
    public Clause ClauseOf<TClause>() => clauseByType[typeof(TClause)];

    internal abstract object ReadState(ReadOnlySpan<byte> bytes);

    internal abstract void WriteState(CborWriter writer, object state);

    internal abstract void NameParties(object state, PartySet named);

    internal ChildTable<TKey, TValue> Table<TKey, TValue>(Records<TKey, TValue> records) where TKey : struct where TValue : struct
    {
        foreach (var table in tables)
            if (table.Number == records.Number) return (ChildTable<TKey, TValue>)table;
        throw new InvalidOperationException("The contract does not keep these records.");
    }

    internal EventKind<TEvent> EventOf<TEvent>() where TEvent : struct, IEvent => (EventKind<TEvent>)eventByType[typeof(TEvent)];

    internal DueClause<TDue> DueOf<TDue>() where TDue : struct => (DueClause<TDue>)clauseByType[typeof(TDue)];

    private protected void Add(Clause clause, Type type)
    {
        if (ClauseOf(clause.Number) is not null) throw new ArgumentException("Two clauses of a contract have one number.", nameof(clause));
        clauses.Add(clause);
        clauseByType.Add(type, clause);
    }

    private protected void Add(EventKind kind, Type type)
    {
        foreach (var other in events)
            if (other.Number == kind.Number) throw new ArgumentException("Two events of a contract have one number.", nameof(kind));
        events.Add(kind);
        eventByType.Add(type, kind);
    }

    private protected void Add(ChildTable table)
    {
        foreach (var other in tables)
            if (other.Number == table.Number) throw new ArgumentException("Two tables of a contract have one number.", nameof(table));
        tables.Add(table);
    }

    private protected void Add(IRefusal refusal)
    {
        foreach (var other in refusals)
            if (other.Number == refusal.Number) throw new ArgumentException("Two refusals of a contract have one number.", nameof(refusal));
        refusals.Add(refusal);
    }
}

/// <summary>What the kernel tells of the ledger itself: code 0, in no catalogue, with events and no agreements.</summary>
internal sealed class KernelContract() : Contract(Codecs.KernelCalls.Proposed)
{
    public override string Name => "Ledger";

    public KernelContract Tells<TEvent>(ushort number, Codec<TEvent> codec) where TEvent : struct, IEvent
    {
        Add(new EventKind<TEvent>(number, codec), typeof(TEvent));
        return this;
    }

    internal override object ReadState(ReadOnlySpan<byte> bytes) => throw new InvalidOperationException("The ledger itself is no agreement.");

    internal override void WriteState(CborWriter writer, object state) => throw new InvalidOperationException("The ledger itself is no agreement.");

    internal override void NameParties(object state, PartySet named)
    {
    }
}

/// <summary>The contents page of one contract, written by hand where the contract stands. Numbers are for ever.</summary>
/// <typeparam name="T">The contract: the agreement's state.</typeparam>
public sealed class Contract<T> : Contract where T : class
{
    private readonly Codec<T> state;

    /// <summary>Begins the page.</summary>
    public Contract(ushort code, ushort version, Codec<T> state) : base(code, version, state) => this.state = state;

    /// <summary>An opening.</summary>
    public Contract<T> Opens<TOpening>(ushort number, Codec<TOpening> codec) where TOpening : IOpening<T> => With(new OpeningClause<T, TOpening>(number, codec), typeof(TOpening));

    /// <summary>A clause.</summary>
    public Contract<T> Does<TClause>(ushort number, Codec<TClause> codec) where TClause : IClause<T> => With(new OrdinaryClause<T, TClause>(number, codec) { IsExit = IsExit<TClause>() }, typeof(TClause));

    /// <summary>A correction.</summary>
    public Contract<T> Corrects<TClause>(ushort number, Codec<TClause> codec) where TClause : ICorrection<T> => With(new CorrectionClause<T, TClause>(number, codec) { IsExit = IsExit<TClause>() }, typeof(TClause));

    /// <summary>A clause that becomes due.</summary>
    public Contract<T> FallsDue<TDue>(ushort number, Codec<TDue> codec) where TDue : struct, IDue<T> => With(new DueClause<T, TDue>(number, codec) { IsExit = IsExit<TDue>() }, typeof(TDue));

    /// <summary>An event.</summary>
    public Contract<T> Tells<TEvent>(ushort number, Codec<TEvent> codec) where TEvent : struct, IEvent
    {
        Add(new EventKind<TEvent>(number, codec), typeof(TEvent));
        return this;
    }

    /// <summary>An event that somebody should know of at once: nodes send it as an alarm to whom it concerns and who asked for that. Nothing that is decided depends on it.</summary>
    /// <param name="number">The event's.</param>
    /// <param name="of">What it warns of, in small letters and dashes: theft, roll-back. Contracts that warn of the like use the same word.</param>
    /// <param name="codec">The event's.</param>
    public Contract<T> Warns<TEvent>(ushort number, string of, Codec<TEvent> codec) where TEvent : struct, IEvent
    {
        foreach (var part in of)
            if (part is not ('-' or (>= 'a' and <= 'z'))) throw new ArgumentException("What an event warns of is a word in small letters and dashes.", nameof(of));
        if (of.Length is 0 or > 32) throw new ArgumentException("What an event warns of is a word of up to 32 letters.", nameof(of));
        Add(new EventKind<TEvent>(number, codec, of), typeof(TEvent));
        return this;
    }

    /// <summary>A table of child records whose key knows its own bytes.</summary>
    public Contract<T> Keeps<TKey, TValue>(Records<TKey, TValue> records, Codec<TValue> values) where TKey : struct, IKey<TKey> where TValue : struct =>
        Keeps(records, KeyCodec.Of<TKey>(), values);

    /// <summary>A table of child records.</summary>
    public Contract<T> Keeps<TKey, TValue>(Records<TKey, TValue> records, KeyCodec<TKey> keys, Codec<TValue> values) where TKey : struct where TValue : struct
    {
        Add(new ChildTable<TKey, TValue>(records.Number, keys, values));
        return this;
    }

    /// <summary>The refusals.</summary>
    public Contract<T> Refuses(params ReadOnlySpan<Refusal<T>> because)
    {
        foreach (var refusal in because) Add(refusal);
        return this;
    }

    internal override object ReadState(ReadOnlySpan<byte> bytes) => state.FromBytes(bytes);

    internal override void WriteState(CborWriter writer, object value) => state.Write(writer, (T)value);

    internal override void NameParties(object value, PartySet named) => state.NameParties((T)value, named);

    private static bool IsExit<TClause>() => typeof(IExit).IsAssignableFrom(typeof(TClause));

    private Contract<T> With(Clause clause, Type type)
    {
        Add(clause, type);
        return this;
    }
}
