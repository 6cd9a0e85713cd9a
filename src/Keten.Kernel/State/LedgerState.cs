using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>
/// Every record that execution reads. One writer; readers hold it off while they read. What a transaction does is undone whole or stays whole.
/// </summary>
public sealed class LedgerState
{
    private readonly Table[] tables;
    private bool isWalking;

    internal LedgerState(Catalogue catalogue, Hash ledger = default)
    {
        Ledger = ledger;
        Agreements = new(9, WriteNumber, ReadNumber, AgreementRecord.Write, (ref reader) => AgreementRecord.Read(ref reader, catalogue));
        tables = [CountersTable, Clock, Validators, Keys, Parties, Delegations, Windows, Units, Accounts, Agreements, Rows, WakeUps, Mandates, SpentToday, ParameterTable,
            Sets, GovernanceTable, Proposals, Suspended, Muted, Epoch];
    }

    /// <summary>Of which ledger.</summary>
    public Hash Ledger { get; }

    internal Table<ulong, Counters> CountersTable { get; } = new(1, WriteNumber, ReadNumber, Kernel.State.Counters.Write, Kernel.State.Counters.Read);

    internal Table<ulong, Instant> Clock { get; } = new(2, WriteNumber, ReadNumber, (writer, in time) => Wire.Write(writer, time), Wire.ReadInstant);

    internal Table<KeyId, ValidatorState> Validators { get; } = new(3, WriteKeyId, ReadKeyId, ValidatorState.Write, ValidatorState.Read);

    internal Table<KeyId, KeyRecord> Keys { get; } = new(4, WriteKeyId, ReadKeyId, KeyRecord.Write, KeyRecord.Read);

    internal Table<Party, PartyRecord> Parties { get; } = new(5, (writer, in party) => writer.Party(party), (ref reader) => reader.Party(), PartyRecord.Write, PartyRecord.Read);

    internal Table<KeyId, Delegation> Delegations { get; } = new(6, WriteKeyId, ReadKeyId, Delegation.Write, Delegation.Read);

    internal Table<LaneKey, Window> Windows { get; } = new(7, LaneKey.Write, LaneKey.Read, Window.Write, Window.Read);

    internal Table<Unit, UnitRecord> Units { get; } = new(12, (writer, in unit) => Wire.Write(writer, unit), Wire.ReadUnit, UnitRecord.Write, UnitRecord.Read);

    internal AccountTable Accounts { get; } = new();

    internal Table<ulong, AgreementRecord> Agreements { get; }

    internal RowTable Rows { get; } = new();

    internal WakeUpTable WakeUps { get; } = new();

    internal Table<MandateKey, MandateRecord> Mandates { get; } = new(13, MandateKey.Write, MandateKey.Read, MandateRecord.Write, MandateRecord.Read);

    internal Table<SpentKey, Spent> SpentToday { get; } = new(14, SpentKey.Write, SpentKey.Read, Spent.Write, Spent.Read);

    internal Table<ulong, Parameters> ParameterTable { get; } = new(15, WriteNumber, ReadNumber, Parameters.Write, Parameters.Read);

    /// <summary>Every set of validators that there has been, by the height of the block that decided it; the first by 0.</summary>
    internal Table<ulong, Blocks.ValidatorSet> Sets { get; } = new(16, WriteNumber, ReadNumber, (writer, in set) => set.Write(writer), Blocks.ValidatorSet.Read);

    internal Table<ulong, Governance> GovernanceTable { get; } = new(17, WriteNumber, ReadNumber, Governance.Write, Governance.Read);

    internal Table<ulong, OpenProposal> Proposals { get; } = new(18, WriteNumber, ReadNumber, OpenProposal.Write, OpenProposal.Read);

    /// <summary>Contract versions of which only exit clauses run, with the height from which on.</summary>
    internal Table<ContractVersion, ulong> Suspended { get; } = new(19, ContractVersion.Write, ContractVersion.Read, WriteNumber, ReadNumber);

    /// <summary>Validators whose entries are skipped, with the height from which on.</summary>
    internal Table<Party, ulong> Muted { get; } = new(20, (writer, in party) => writer.Party(party), (ref reader) => reader.Party(), WriteNumber, ReadNumber);

    internal Table<ulong, EpochState> Epoch { get; } = new(21, WriteNumber, ReadNumber, EpochState.Write, EpochState.Read);

    internal Governance Governance => GovernanceTable.Get(0)!;

    /// <summary>The newest set of validators: they vote, sign entries from the next block on, and certify it.</summary>
    public Blocks.ValidatorSet Members => Sets.Get(Governance.LastChange)!;

    /// <summary>A set that was decided once, by its hash.</summary>
    /// <exception cref="KeyNotFoundException">There was none such.</exception>
    internal Blocks.ValidatorSet SetOf(Hash hash)
    {
        foreach (var (_, set) in Sets.All())
            if (set.Hash == hash) return set;
        throw new KeyNotFoundException("There was no such set of validators.");
    }

    /// <summary>Ledger time.</summary>
    public Instant Now => Clock.Get(0);

    /// <summary>The height of the block that was executed last, or is being executed.</summary>
    public ulong Height { get; internal set; }

    /// <summary>The limits that decide validity.</summary>
    public Parameters Parameters => ParameterTable.Get(0)!;

    internal Counters Counters => CountersTable.Get(0);

    /// <summary>How many records changed since the last checkpoint.</summary>
    internal int DirtyCount
    {
        get
        {
            var count = 0;
            foreach (var table in tables) count += table.DirtyCount;
            return count;
        }
    }

    /// <summary>How many records there are.</summary>
    internal long RecordCount
    {
        get
        {
            var count = 0L;
            foreach (var table in tables) count += table.Count;
            return count;
        }
    }

    /// <summary>An agreement, or null.</summary>
    public AgreementRecord? Agreement(ulong number) => Agreements.Get(number);

    /// <summary>A unit, or null.</summary>
    public UnitRecord? UnitOf(Unit unit) => Units.Get(unit);

    /// <summary>A party, or null.</summary>
    public PartyRecord? PartyOf(Party party) => Parties.Get(party);

    /// <summary>A key, or null.</summary>
    public KeyRecord? KeyOf(KeyId key) => Keys.Get(key);

    /// <summary>What a delegate's key may do, or null.</summary>
    public Delegation? DelegationOf(KeyId key) => Delegations.Get(key);

    /// <summary>How many units there are; they are numbered from 1.</summary>
    public uint UnitCount => Counters.NextUnit - 1;

    /// <summary>A child record of an agreement in canonical form, by its table and its key's bytes; null where there is none.</summary>
    public byte[]? RowOf(ulong agreement, byte table, byte[] key) => Rows.Find(agreement, table, key);

    /// <summary>The child records of an agreement in one table, after a key's bytes or from the first, in the order of their keys and at most so many, in canonical form.</summary>
    public IReadOnlyList<KeyValuePair<byte[], byte[]>> RowsOf(ulong agreement, byte table, byte[]? after, int atMost)
    {
        var found = new List<KeyValuePair<byte[], byte[]>>();
        var cursor = Rows.Range(agreement, table, after, inclusive: false);
        while (found.Count < atMost && cursor.MoveNext()) found.Add(new(cursor.Key, cursor.Value));
        return found;
    }

    /// <summary>Who certifies the header of a height, as far as it is decided: the newest set below it.</summary>
    public Blocks.ValidatorSet CertifiersOf(ulong height)
    {
        var (newest, found) = (0ul, Sets.Get(0)!);
        foreach (var (decided, set) in Sets.All())
            if (decided < height && decided >= newest) (newest, found) = (decided, set);
        return found;
    }

    /// <summary>The heights of the blocks that changed the validators, between two heights and without them, in order and at most so many.</summary>
    public IReadOnlyList<ulong> ChangesOfValidators(ulong after, ulong before, int atMost)
    {
        var heights = new List<ulong>();
        foreach (var (height, _) in Sets.All())
            if (height > after && height < before) heights.Add(height);
        heights.Sort();
        return heights.Count <= atMost ? heights : heights.GetRange(0, atMost);
    }

    /// <summary>The numbers of the proposals that wait for votes, in order; of those that have lapsed, until somebody proposes or votes.</summary>
    public Many<ulong> OpenProposals => Governance.Open;

    /// <summary>A proposal that waits for votes, or null.</summary>
    public OpenProposal? ProposalOf(ulong number) => Proposals.Get(number);

    /// <summary>The catalogue that has been voted in and is not yet in force, or null.</summary>
    public Activation? NextCatalogue => Governance.Next;

    /// <summary>Whether only the exit clauses of a contract's version run.</summary>
    public bool IsSuspended(ushort contract, ushort version) => Suspended.Contains(new ContractVersion(contract, version));

    /// <summary>Whether a validator's entries are skipped.</summary>
    public bool IsMuted(Party validator) => Muted.Contains(validator);

    /// <summary>The window of a key's lane; the default where none has been used.</summary>
    public Window WindowOf(KeyId key, byte lane) => Windows.Get(new LaneKey(key, lane));

    /// <summary>The wake-ups that an agreement has pending or parked.</summary>
    public IReadOnlyList<WakeUp> WakeUpsOf(ulong agreement) => WakeUps.Get(agreement) ?? [];

    /// <summary>When the next wake-up is due, if one is pending.</summary>
    public Instant? NextWakeUp => WakeUps.Next;

    /// <summary>An account, or null.</summary>
    public Account? AccountOf(AccountKey key) => Accounts.TryGet(key, out var account) ? account : null;

    /// <summary>The accounts that an owner has, by unit.</summary>
    public IEnumerable<KeyValuePair<AccountKey, Account>> AccountsOf(Owner owner)
    {
        for (var number = 1u; number < Counters.NextUnit; number++)
        {
            var unit = new Unit(number);
            if (Accounts.TryGet(new AccountKey(owner, unit, default), out var plain)) yield return new(new AccountKey(owner, unit, default), plain);
            foreach (var until in Accounts.Lots(owner, unit)) yield return new(new AccountKey(owner, unit, until), Accounts.Get(new AccountKey(owner, unit, until)));
        }
    }

    /// <summary>Every account of the ledger, in no particular order.</summary>
    public IEnumerable<KeyValuePair<AccountKey, Account>> AllAccounts() => Accounts.All();

    /// <summary>What is in an owner's account of a unit, expired lots included.</summary>
    public long Balance(Owner owner, Unit unit)
    {
        var sum = Accounts.Get(new AccountKey(owner, unit, default)).Balance;
        foreach (var until in Accounts.Lots(owner, unit)) sum += Accounts.Get(new AccountKey(owner, unit, until)).Balance;
        return sum;
    }

    /// <summary>What an owner could pay now: credit included, expired lots not.</summary>
    public long Available(Owner owner, Unit unit) =>
        (long)Int128.Clamp(Unexpired(owner, unit) + Accounts.Get(new AccountKey(owner, unit, default)).Credit, 0, Amount.Limit);

    /// <summary>The balance without the lots that have expired. Three numbers under 2⁶² do not fit 64 bits, so wider.</summary>
    internal Int128 Unexpired(Owner owner, Unit unit)
    {
        Int128 sum = Accounts.Get(new AccountKey(owner, unit, default)).Balance;
        foreach (var until in Accounts.Lots(owner, unit))
            if (until > Now) sum += Accounts.Get(new AccountKey(owner, unit, until)).Balance;
        return sum;
    }

    /// <summary>What a payer's mandate still lets an agreement take in a call: nothing of an ended agreement, and no more than the emergency limit during a recovery.</summary>
    internal long Collectable(Party payer, ulong agreement, Unit unit)
    {
        if (!Mandates.TryGet(new MandateKey(payer, agreement, unit), out var mandate) || Now >= mandate.Until || Agreements.Get(agreement) is { Ended: true }) return 0;
        return Math.Min(Math.Min(mandate.Each, mandate.Left), EmergencyLeft(payer, unit) ?? long.MaxValue);
    }

    /// <summary>What may still leave a party today while a recovery is pending; null where none is.</summary>
    internal long? EmergencyLeft(Party party, Unit unit)
    {
        if (Parties.Get(party) is not { Recovery: not null, Guardianship: { } guardianship }) return null;
        foreach (var limit in guardianship.EmergencyPerDay)
            if (limit.Unit == unit) return Math.Max(0, limit.Minor - SpentOnThisDay(new SpentKey(party.Id, unit)));
        return 0;
    }

    /// <summary>What has been counted against a limit on this day, in UTC.</summary>
    internal long SpentOnThisDay(SpentKey key) => SpentToday.Get(key) is var spent && spent.Day == Now.DayNumber ? spent.Amount : 0;

    internal int[] Mark()
    {
        var marks = new int[tables.Length];
        for (var each = 0; each < marks.Length; each++) marks[each] = tables[each].Mark;
        return marks;
    }

    internal void Mark(Span<int> marks)
    {
        for (var each = 0; each < tables.Length; each++) marks[each] = tables[each].Mark;
    }

    internal int TableCount => tables.Length;

    internal void RollBack(ReadOnlySpan<int> marks)
    {
        for (var each = 0; each < tables.Length; each++) tables[each].RollBack(marks[each]);
    }

    internal void Settle()
    {
        foreach (var table in tables) table.Settle();
    }

    /// <summary>SHA-256 over what was written after the marks, accounts apart: those are in the movements. Nothing written: no hash.</summary>
    internal Hash DigestOfWrites(ReadOnlySpan<int> marks, CborWriter scratch)
    {
        scratch.Reset();
        for (var each = 0; each < tables.Length; each++)
            if (tables[each] != Accounts && tables[each].Mark > marks[each]) tables[each].WriteChanges(scratch, marks[each]);
        return scratch.Length == 0 ? default : Hash.Of(scratch.Written);
    }

    internal StateCapture CaptureDirty()
    {
        var capture = new StateCapture();
        foreach (var table in tables) table.Capture(capture);
        return capture;
    }

    internal StateCapture CaptureAll()
    {
        var (capture, table) = (new StateCapture(), 0);
        BeginWalk();
        Walk(capture, ref table, int.MaxValue);
        return capture;
    }

    /// <summary>Begins to hand over every record as it is now, in pieces, while others change; how many there are.</summary>
    /// <exception cref="InvalidOperationException">They are being handed over already.</exception>
    internal long BeginWalk()
    {
        if (isWalking) throw new InvalidOperationException("One snapshot at a time.");
        isWalking = true;
        var count = 0L;
        foreach (var table in tables)
        {
            table.BeginWalk();
            count += table.Count;
        }
        return count;
    }

    /// <summary>Hands over some more, from a table on, which moves on; false once all is handed over.</summary>
    internal bool Walk(StateCapture into, ref int table, int atMost)
    {
        while (table < tables.Length)
        {
            var looked = tables[table].Walk(into, atMost);
            if (looked == atMost) return true;
            atMost -= looked;
            table++;
        }
        isWalking = false;
        return false;
    }

    /// <summary>Hands over no more.</summary>
    internal void EndWalk()
    {
        foreach (var table in tables) table.EndWalk();
        isWalking = false;
    }

    internal void Load(ReadOnlySpan<byte> keyBytes, ReadOnlySpan<byte> valueBytes)
    {
        var key = new CborReader(keyBytes);
        var value = new CborReader(valueBytes);
        key.ArrayOf(2);
        var number = (byte)key.Unsigned(byte.MaxValue);
        foreach (var table in tables)
        {
            if (table.Number != number) continue;
            table.Load(ref key, ref value);
            key.End();
            value.End();
            return;
        }
        throw key.Fault("There is no such table.");
    }

    /// <summary>A record's value as it was at the last checkpoint, by its key's bytes; null where there was none.</summary>
    /// <exception cref="MalformedException">The key is none.</exception>
    internal byte[]? AtCheckpoint(ReadOnlySpan<byte> keyBytes)
    {
        var key = new CborReader(keyBytes);
        key.ArrayOf(2);
        var number = (byte)key.Unsigned(byte.MaxValue);
        foreach (var table in tables)
        {
            if (table.Number != number) continue;
            var writer = new CborWriter();
            var found = table.WriteAtCheckpoint(ref key, writer);
            key.End();
            return found ? writer.ToArray() : null;
        }
        throw key.Fault("There is no such table.");
    }

    private static void WriteNumber(CborWriter writer, in ulong number) => writer.Unsigned(number);

    private static ulong ReadNumber(ref CborReader reader) => reader.Unsigned();

    private static void WriteKeyId(CborWriter writer, in KeyId key) => writer.KeyId(key);

    private static KeyId ReadKeyId(ref CborReader reader) => reader.KeyId();
}
