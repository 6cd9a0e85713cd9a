using System.Runtime.CompilerServices;
using Keten.Kernel.Cbor;

namespace Keten.Kernel.State;

/// <summary>Writes one part of a record.</summary>
internal delegate void WriteItem<T>(CborWriter writer, in T value);

/// <summary>Reads one part of a record.</summary>
internal delegate T ReadItem<T>(ref CborReader reader);

/// <summary>
/// One kind of record that execution reads. It remembers what a transaction changed, to undo it, and what changed since the last checkpoint, to hash it.
/// </summary>
internal abstract class Table(byte number)
{
    /// <summary>First part of every key: part of the format.</summary>
    public byte Number { get; } = number;

    /// <summary>How much has been changed since <see cref="Settle"/>; see <see cref="RollBack"/>.</summary>
    public abstract int Mark { get; }

    /// <summary>How many records changed since the last checkpoint.</summary>
    public abstract int DirtyCount { get; }

    /// <summary>How many records there are.</summary>
    public abstract long Count { get; }

    /// <summary>Undoes what was changed after a mark.</summary>
    public abstract void RollBack(int mark);

    /// <summary>What was changed stays changed.</summary>
    public abstract void Settle();

    /// <summary>Writes key and new value of each change after a mark, in the order of the changes.</summary>
    public abstract void WriteChanges(CborWriter writer, int mark);

    /// <summary>Hands over what changed since the last checkpoint, and begins the next.</summary>
    public abstract void Capture(StateCapture into);

    /// <summary>Begins to hand over every record as it is now; what changes from here on is kept as it was until it has been handed over.</summary>
    public abstract void BeginWalk();

    /// <summary>Hands over some more; how many it looked at, and fewer than it might have once all is handed over.</summary>
    public abstract int Walk(StateCapture into, int atMost);

    /// <summary>Gives up handing over.</summary>
    public abstract void EndWalk();

    /// <summary>Writes a record's value as it was at the last checkpoint; false where there was none.</summary>
    public abstract bool WriteAtCheckpoint(ref CborReader keyReader, CborWriter into);

    /// <summary>Takes in one record of a snapshot; the table's number has been read.</summary>
    public abstract void Load(ref CborReader key, ref CborReader value);
}

/// <inheritdoc/>
internal class Table<TKey, TValue>(byte number, WriteItem<TKey> writeKey, ReadItem<TKey> readKey, WriteItem<TValue> writeValue, ReadItem<TValue> readValue) : Table(number)
    where TKey : struct, IEquatable<TKey>
{
    private readonly Slots<TKey, Slot> slots = new();
    // What each record was at the last checkpoint, for those that changed since: proofs are of that moment.
    private readonly Dictionary<TKey, Before> dirty = [];
    private readonly List<Change> journal = [];
    // What a walk still has to hand over, as it was when the walk began.
    private readonly StateCapture kept = new();
    private int era = 1;
    private int walked = int.MaxValue, walkTo, walkEra;

    public override int Mark => journal.Count;

    public override int DirtyCount => dirty.Count;

    public override long Count => slots.Count;

    public TValue? Get(TKey key)
    {
        ref var slot = ref slots.Find(key, out _);
        return Unsafe.IsNullRef(ref slot) ? default : slot.Value;
    }

    public bool TryGet(TKey key, out TValue value)
    {
        ref var slot = ref slots.Find(key, out _);
        var found = !Unsafe.IsNullRef(ref slot);
        value = found ? slot.Value : default!;
        return found;
    }

    public bool Contains(TKey key) => !Unsafe.IsNullRef(ref slots.Find(key, out _));

    public void Set(TKey key, TValue value)
    {
        ref var slot = ref slots.Find(key, out var place);
        var existed = !Unsafe.IsNullRef(ref slot);
        if (!existed) slot = ref slots.Add(key, out place);
        journal.Add(new Change(key, slot.Value, existed));
        BeforeChange(key, slot, existed, place);
        slot = new Slot(value, era);
        if (!existed) Added(key);
        Changed(key);
    }

    public void Remove(TKey key)
    {
        ref var slot = ref slots.Find(key, out var place);
        if (Unsafe.IsNullRef(ref slot)) return;
        journal.Add(new Change(key, slot.Value, true));
        BeforeChange(key, slot, true, place);
        slots.Remove(key);
        Removed(key);
        Changed(key);
    }

    public override void RollBack(int mark)
    {
        for (var last = journal.Count - 1; last >= mark; last--)
        {
            var (key, value, existed) = journal[last];
            if (existed)
            {
                // The record stays among the changed ones, which costs a needless hash and nothing else.
                ref var slot = ref slots.Find(key, out _);
                var again = Unsafe.IsNullRef(ref slot);
                if (again) slot = ref slots.Add(key, out _);
                slot = new Slot(value!, era);
                if (again) Added(key);
            }
            else if (slots.Remove(key)) Removed(key);
            Changed(key);
        }
        journal.RemoveRange(mark, journal.Count - mark);
    }

    public override void Settle() => journal.Clear();

    public override void WriteChanges(CborWriter writer, int mark)
    {
        for (var each = mark; each < journal.Count; each++)
        {
            var key = journal[each].Key;
            writer.Unsigned(Number);
            writeKey(writer, key);
            if (TryGet(key, out var value)) writeValue(writer, value);
            else writer.Null();
        }
    }

    public override void Capture(StateCapture into)
    {
        foreach (var key in dirty.Keys) Capture(into, key);
        dirty.Clear();
        era++;
    }

    public override void BeginWalk() => (walked, walkTo, walkEra) = (0, slots.Places, ++era);

    public override int Walk(StateCapture into, int atMost)
    {
        var looked = 0;
        for (; walked < walkTo && looked < atMost; walked++, looked++)
            if (slots.TryAt(walked, out var key, out var slot) && slot.Era < walkEra) Write(into, key, slot.Value);
        if (walked < walkTo) return looked;
        into.Add(kept);
        EndWalk();
        return looked;
    }

    public override void EndWalk()
    {
        kept.Clear();
        walked = int.MaxValue;
    }

    public override void Load(ref CborReader key, ref CborReader value)
    {
        var read = readKey(ref key);
        if (Contains(read)) throw key.Fault("A record stands twice.");
        slots.Add(read, out _) = new Slot(readValue(ref value), 0);
        Added(read);
        Changed(read);
    }

    public override bool WriteAtCheckpoint(ref CborReader keyReader, CborWriter into)
    {
        var key = readKey(ref keyReader);
        if (dirty.TryGetValue(key, out var before))
        {
            if (before.Existed) writeValue(into, before.Value!);
            return before.Existed;
        }
        var found = TryGet(key, out var value);
        if (found) writeValue(into, value);
        return found;
    }

    public IEnumerable<KeyValuePair<TKey, TValue>> All()
    {
        for (var place = 0; place < slots.Places; place++)
            if (slots.TryAt(place, out var key, out var slot)) yield return new KeyValuePair<TKey, TValue>(key, slot.Value);
    }

    protected virtual void Added(TKey key)
    {
    }

    protected virtual void Removed(TKey key)
    {
    }

    protected virtual void Changed(TKey key)
    {
    }

    private void BeforeChange(in TKey key, in Slot slot, bool existed, int place)
    {
        if (slot.Era == era) return;
        dirty.TryAdd(key, new Before(slot.Value, existed));
        if (existed && place >= walked && slot.Era < walkEra) Write(kept, key, slot.Value);
    }

    private void Capture(StateCapture into, TKey key)
    {
        into.BeginKey(Number);
        writeKey(into.Bytes, key);
        into.EndKey();
        if (TryGet(key, out var value)) writeValue(into.Bytes, value);
        into.EndValue();
    }

    private void Write(StateCapture into, in TKey key, in TValue value)
    {
        into.BeginKey(Number);
        writeKey(into.Bytes, key);
        into.EndKey();
        writeValue(into.Bytes, value);
        into.EndValue();
    }

    private readonly record struct Before(TValue? Value, bool Existed);

    private readonly record struct Slot(TValue Value, int Era);

    private readonly record struct Change(TKey Key, TValue? Value, bool Existed);
}
