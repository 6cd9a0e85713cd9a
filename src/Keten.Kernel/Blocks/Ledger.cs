using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Kernel.Trees;

namespace Keten.Kernel.Blocks;

/// <summary>
/// A ledger as one node holds it: takes the log's entries in order, and gives a block for each that is not skipped. Pure; one writer, and readers hold it off while they read.
/// </summary>
public sealed class Ledger
{
    private const long HourAtMost = 3_600;

    private readonly Catalogue catalogue;
    private readonly KeyCache keys;
    private readonly Executor executor;
    private readonly StateTree tree = new();
    private readonly List<Hash> leaves = [];
    private Hash logHash, stateRoot, previous;
    private ulong stateHeight, skippedBefore;
    private EpochState? epoch;

    private Ledger(Genesis genesis, Catalogue catalogue, KeyCache keys, HistoryTree history)
    {
        (Genesis, this.catalogue, this.keys, Id, History) = (genesis, catalogue, keys, genesis.LedgerId, history);
        State = new LedgerState(catalogue, Id);
        executor = new Executor(Id, State, catalogue, keys);
    }

    /// <summary>How it began.</summary>
    public Genesis Genesis { get; }

    /// <summary>The hash of the genesis.</summary>
    public Hash Id { get; }

    /// <summary>The contracts that it knows, those that are not in force yet included.</summary>
    public Catalogue Catalogue => catalogue;

    /// <summary>The contracts that are in force.</summary>
    public Catalogue InForce => executor.InForce;

    /// <summary>Its records.</summary>
    public LedgerState State { get; }

    /// <summary>Over all decided transactions.</summary>
    public HistoryTree History { get; }

    /// <summary>The latest header, or null before the first block.</summary>
    public Header? Head { get; private set; }

    /// <summary>How many log entries it has taken, skipped ones too.</summary>
    public ulong LogPosition { get; private set; }

    /// <summary>Which epoch the order is in: 0, or that of the last record that restarted it.</summary>
    public ulong Epoch => epoch?.Number ?? 0;

    /// <summary>Where that record stands, from which on the epoch's own entries are counted; 0 in epoch 0.</summary>
    public ulong EpochFrom => epoch?.From ?? 0;

    /// <summary>How many of them it skipped.</summary>
    public ulong Skipped { get; private set; }

    /// <summary>Who signs the next entry and certifies the header that comes of it. Who certified one before: <see cref="Block.Validators"/>.</summary>
    public ValidatorSet Validators => State.Members;

    /// <summary>Who certifies the head: those who were validators when its entry was taken. They restart the order behind it.</summary>
    public ValidatorSet Certifiers => Head is { } head && head.Validators != Validators.Hash ? State.SetOf(head.Validators) : Validators;

    /// <summary>L(n), of the entries that it has taken.</summary>
    public Hash LogHash => logHash;

    /// <summary>The entry that was executed last; null where it was skipped.</summary>
    public Entry? LastEntry { get; private set; }

    /// <summary>The latest checkpoint, whose root the next one's header will carry.</summary>
    public Checkpoint? Latest { get; private set; }

    /// <summary>A new ledger.</summary>
    /// <exception cref="CatalogueMissingException">The catalogue is not the genesis's, and does not come after it.</exception>
    public static Ledger Begin(Genesis genesis, Catalogue catalogue, KeyCache? keys = null)
    {
        var ledger = new Ledger(genesis, catalogue, keys ?? new KeyCache(), new HistoryTree()) { logHash = genesis.LedgerId, stateRoot = StateTree.EmptyRoot };
        ledger.Enforce(genesis.Catalogue, 1);
        var state = ledger.State;
        state.CountersTable.Set(0, new Counters(1, 1, 1));
        state.Sets.Set(0, genesis.Validators);
        state.GovernanceTable.Set(0, new Governance(0, default, null));
        state.Clock.Set(0, genesis.Began);
        state.Clock.Set(1, genesis.Began);
        state.ParameterTable.Set(0, genesis.Parameters);
        foreach (var id in genesis.Validators.Ids) state.Validators.Set(id, new ValidatorState(0, genesis.Began));
        foreach (var founder in genesis.Founders)
        {
            var id = founder.Id;
            state.Keys.Set(id, new KeyRecord(Party.Of(id), founder, KeyRole.Own));
            state.Parties.Set(Party.Of(id), PartyRecord.New(id));
        }
        state.Settle();
        return ledger;
    }

    /// <summary>A ledger from a snapshot, ready for the entry after it.</summary>
    /// <exception cref="Cbor.MalformedException">The snapshot is not one of this ledger.</exception>
    /// <exception cref="CatalogueMissingException">It was decided by a catalogue that is not known here.</exception>
    public static Ledger Restore(Genesis genesis, Catalogue catalogue, Snapshot snapshot, HistoryTree history, KeyCache? keys = null)
    {
        if (snapshot.Head.LedgerId != genesis.LedgerId) throw new ArgumentException("The snapshot is of another ledger.", nameof(snapshot));
        var ledger = new Ledger(genesis, catalogue, keys ?? new KeyCache(), history)
        {
            skippedBefore = snapshot.Skipped, Head = snapshot.Head, LogPosition = snapshot.Head.LogPosition, logHash = snapshot.Head.LogHash, previous = snapshot.Head.Hash, Skipped = snapshot.Skipped,
            stateRoot = snapshot.Head.StateRoot, stateHeight = snapshot.Head.StateHeight,
        };
        ledger.Enforce(snapshot.Head.Catalogue, snapshot.Head.Height);
        var records = snapshot.LoadInto(ledger.State);
        ledger.State.Height = snapshot.Head.Height;
        ledger.epoch = ledger.State.Epoch.Get(0);
        ledger.Latest = new Checkpoint(snapshot.Head.Height, records, ledger.tree);
        return ledger;
    }

    /// <summary>Takes the log's next entry. Null where it is skipped (it does not decode, is not signed by a current validator, is of another epoch, or repeats one), and where it restarts the order.</summary>
    /// <param name="bytes">As the log gave it.</param>
    /// <param name="own">The same entry as this process made it, so that nothing is decoded or verified twice.</param>
    /// <exception cref="CatalogueMissingException">The block would be the first of a catalogue that is not known here. Nothing has been changed.</exception>
    public Block? Execute(ReadOnlyMemory<byte> bytes, Entry? own = null)
    {
        var next = NextCatalogue();
        LogPosition++;
        LastEntry = null;
        if (Restart(bytes.Span) is { } restart)
        {
            // The record alone: nodes may have gathered different signatures.
            logHash = Chain(logHash, restart.ToBytes());
            epoch = new EpochState(restart.Epoch, LogPosition, restart.SetAside);
            return null;
        }
        logHash = Chain(logHash, bytes.Span);
        var entry = own is not null && own.Bytes.Span.SequenceEqual(bytes.Span) ? own : Read(bytes);
        if (entry is null || !IsCurrent(entry, verified: ReferenceEquals(entry, own)))
        {
            Skipped++;
            return null;
        }
        LastEntry = entry;
        State.Height++;
        var certifying = Validators;
        if (next is not null) Activate(next);
        if (epoch is not null && State.Epoch.Get(0)?.Number != epoch.Number) State.Epoch.Set(0, epoch);
        Advance(entry, certifying);
        State.Settle();
        var outcomes = new BlockOutcomes(entry.Transactions.Count, entry.CallCount);
        var first = History.Count;
        executor.BeginBlock(outcomes);
        var (records, steps) = (State.RecordCount, executor.Steps);
        leaves.Clear();
        for (var each = 0; each < entry.Transactions.Count; each++)
        {
            var decision = executor.Decide(entry.Transactions[each], entry.Prepared?[each]);
            if (!decision.IsVoid) leaves.Add(entry.Transactions[each].Leaf);
        }
        History.AppendMany(CollectionsMarshal.AsSpan(leaves));
        Charge(entry, executor.Steps - steps + entry.CallCount, Math.Max(0, State.RecordCount - records));
        return Close(entry, outcomes, first, certifying);
    }

    /// <summary>
    /// Who may read an agreement now, its records and its events: whom its state says, or else the parties that the state names; nobody where its contract could not say, and null where there
    /// is no such agreement.
    /// </summary>
    public Readers? ReadersOf(ulong agreement) => State.Agreement(agreement) is { } record ? AgreementReaders.Of(State, agreement, record) : null;

    /// <summary>Who may read what is voted on, and the events of the ledger itself: the validators' parties.</summary>
    public Readers ReadersOfVotes()
    {
        var named = new Party[Validators.Count];
        for (var each = 0; each < named.Length; each++) named[each] = Validators.All[each].Party;
        return Readers.Of(named);
    }

    /// <summary>A proof of a record, or of its absence, as of the latest checkpoint; the root is in the header of the checkpoint after.</summary>
    /// <param name="key">As <see cref="RecordKeys"/> gives it.</param>
    public (ulong Height, byte[]? Value, StateProof Proof)? Prove(ReadOnlySpan<byte> key)
    {
        if (Latest is not { } latest) return null;
        _ = latest.Root;
        lock (tree) return (latest.Height, State.AtCheckpoint(key), tree.Prove(Hash.Of(key)));
    }

    /// <summary>Everything that a node needs to go on from the latest checkpoint; to be taken when the block that ended it has just been executed.</summary>
    /// <exception cref="InvalidOperationException">The last block ended no checkpoint, or a snapshot is being taken.</exception>
    public Snapshot TakeSnapshot()
    {
        var walk = BeginSnapshot();
        var records = new StateCapture();
        walk.Take(records, int.MaxValue);
        return new Snapshot(walk, records);
    }

    /// <summary>The same in pieces, for a state that is too large to stand still for: what is executed meanwhile does not show in it.</summary>
    /// <exception cref="InvalidOperationException">The last block ended no checkpoint, or a snapshot is being taken.</exception>
    public SnapshotWalk BeginSnapshot() => Latest is { } latest && latest.Height == Head!.Height
        ? new SnapshotWalk(Head, skippedBefore, History.Frontier, State)
        : throw new InvalidOperationException("A snapshot is taken at a checkpoint.");

    private static Entry? Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Entry.Parse(bytes);
        }
        catch (Cbor.MalformedException)
        {
            return null;
        }
    }

    // It must stand right behind the entry of its base, complete.
    private EpochRecord? Restart(ReadOnlySpan<byte> bytes) =>
        Head is { } head && head.LogPosition == LogPosition - 1 && EpochCertificate.TryRead(bytes) is { } restart && restart.Record.Epoch > Epoch && restart.Record.Base == head && restart.IsComplete(Certifiers)
            ? restart.Record : null;

    private bool IsCurrent(Entry entry, bool verified) =>
        entry.LedgerId == Id && entry.Epoch == Epoch && Validators.ById(entry.Validator) is { Key: var key } validator && !State.IsMuted(validator.Party) && entry.Sequence > State.Validators.Get(entry.Validator).Sequence
            && (verified || keys.Get(entry.Validator, key) is { } imported && entry.IsSignedBy(imported))
            && Admits(entry.Validator, entry.Transactions.Count == 0, entry.Clock);

    /// <summary>Whether a clock is further from ledger time than a validator may state without its being held against it.</summary>
    public static bool IsAbsurd(Instant stated, Instant time, long clockAheadSeconds) => stated - time > clockAheadSeconds || time - stated > clockAheadSeconds;

    /// <summary>
    /// Whether a validator's next entry is taken, or skipped for what its entries have put upon the others of late: its bucket of bytes, steps and new records is full, and runs out by so
    /// much a second of ledger time. A tick is taken all the same, once a second: where all are full, it is what moves the time. A validator alone has no bucket.
    /// </summary>
    /// <param name="validator">Whose.</param>
    /// <param name="isTick">Whether it has no transactions.</param>
    /// <param name="clock">The time that it states.</param>
    public bool Admits(KeyId validator, bool isTick, Instant clock)
    {
        if (Validators.Count == 1) return true;
        var state = State.Validators.Get(validator);
        return !state.LoadAt(State.Now, State.Parameters).IsOver(State.Parameters) || isTick && state.Clock <= State.Now && clock > State.Now;
    }

    /// <summary>Whether a validator's bucket is full, so that the others' ticks are wanted.</summary>
    public bool AnyIsFull
    {
        get
        {
            if (Validators.Count == 1) return false;
            foreach (var id in Validators.Ids)
                if (State.Validators.Get(id).LoadAt(State.Now, State.Parameters).IsOver(State.Parameters)) return true;
            return false;
        }
    }

    private void Charge(Entry entry, long steps, long records)
    {
        // Whom this very block has removed is charged nothing.
        if (Validators.Count == 1 || !State.Validators.Contains(entry.Validator)) return;
        var state = State.Validators.Get(entry.Validator);
        State.Validators.Set(entry.Validator, state with { Load = state.LoadAt(State.Now, State.Parameters).Plus(new Load(entry.Bytes.Length, steps, records)), LoadedAt = State.Now });
        State.Settle();
    }

    // Ledger time: the lower median of what the validators whose entries count last stated, never back, and by at most an hour an entry.
    private void Advance(Entry entry, ValidatorSet validators)
    {
        State.Validators.Set(entry.Validator, State.Validators.Get(entry.Validator) with { Sequence = entry.Sequence, Clock = entry.Clock });
        var (clocks, count) = (new Instant[validators.Count], 0);
        foreach (var one in validators.All)
            if (!State.IsMuted(one.Party)) clocks[count++] = State.Validators.Get(one.Key.Id).Clock;
        Array.Sort(clocks, 0, count);
        var (now, median) = (State.Now, clocks[(count - 1) / 2]);
        if (median > now) State.Clock.Set(0, median - now > HourAtMost ? now.Plus(HourAtMost) : median);
    }

    // The catalogue that the next block is the first of; null where there is no change.
    private Catalogue? NextCatalogue() =>
        State.NextCatalogue is not { } next || next.Height > State.Height + 1 ? null : catalogue.ByHash(next.Catalogue) ?? throw new CatalogueMissingException(next.Catalogue, next.Height);

    private void Activate(Catalogue next)
    {
        executor.InForce = next;
        State.GovernanceTable.Set(0, State.Governance with { Next = null });
    }

    private void Enforce(in Hash hash, ulong height) => executor.InForce = catalogue.ByHash(hash) ?? throw new CatalogueMissingException(hash, height);

    private Block Close(Entry entry, BlockOutcomes outcomes, ulong first, ValidatorSet certifying)
    {
        var ends = State.DirtyCount >= State.Parameters.CheckpointRecords || State.Now - State.Clock.Get(1) >= State.Parameters.CheckpointSeconds;
        if (ends)
        {
            State.Clock.Set(1, State.Now);
            State.Settle();
            if (Latest is { } before) (stateRoot, stateHeight) = (before.Root, before.Height);
            Latest = new Checkpoint(State.Height, State.CaptureDirty(), tree);
        }
        Head = new Header(
            Id, Epoch, State.Height, LogPosition, logHash, State.Now, previous, History.Count, History.Root, (ulong)outcomes.Calls.Count, OutcomeTree.RootOf(outcomes.LeafHashes),
            stateRoot, stateHeight, certifying.Hash, Validators.Hash, InForce.Hash);
        (previous, skippedBefore) = (Head.Hash, Skipped);
        return new Block(Head, entry.Transactions, first, outcomes, ends ? Latest : null, certifying, Validators);
    }

    internal static Hash Chain(in Hash before, ReadOnlySpan<byte> entry)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Hash.Bytes(in before));
        hash.AppendData(entry);
        Span<byte> digest = stackalloc byte[Hash.Size];
        hash.GetHashAndReset(digest);
        return new Hash(digest);
    }
}
