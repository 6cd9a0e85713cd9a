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

    /// <summary>Hands over every record, in any order.</summary>
    public abstract void CaptureAll(StateCapture into);

    /// <summary>Writes a record's value as it was at the last checkpoint; false where there was none.</summary>
    public abstract bool WriteAtCheckpoint(ref CborReader keyReader, CborWriter into);

    /// <summary>Takes in one record of a snapshot; the table's number has been read.</summary>
    public abstract void Load(ref CborReader key, ref CborReader value);
}

/// <inheritdoc/>
internal class Table<TKey, TValue>(byte number, WriteItem<TKey> writeKey, ReadItem<TKey> readKey, WriteItem<TValue> writeValue, ReadItem<TValue> readValue) : Table(number)
    where TKey : struct, IEquatable<TKey>
{
    private readonly Dictionary<TKey, Slot> slots = [];
    // What each record was at the last checkpoint, for those that changed since: proofs are of that moment.
    private readonly Dictionary<TKey, Before> dirty = [];
    private readonly List<Change> journal = [];
    private int era = 1;

    public override int Mark => journal.Count;

    public override int DirtyCount => dirty.Count;

    public override long Count => slots.Count;

    public TValue? Get(TKey key) => slots.TryGetValue(key, out var slot) ? slot.Value : default;

    public bool TryGet(TKey key, out TValue value)
    {
        var found = slots.TryGetValue(key, out var slot);
        value = slot.Value;
        return found;
    }

    public bool Contains(TKey key) => slots.ContainsKey(key);

    public void Set(TKey key, TValue value)
    {
        ref var slot = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(slots, key, out var existed);
        journal.Add(new Change(key, slot.Value, existed));
        if (slot.Era != era) dirty.TryAdd(key, new Before(slot.Value, existed));
        slot = new Slot(value, era);
        if (!existed) Added(key);
        Changed(key);
    }

    public void Remove(TKey key)
    {
        if (!slots.Remove(key, out var slot)) return;
        journal.Add(new Change(key, slot.Value, true));
        if (slot.Era != era) dirty.TryAdd(key, new Before(slot.Value, true));
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
                var again = !slots.ContainsKey(key);
                slots[key] = new Slot(value!, era);
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
            if (slots.TryGetValue(key, out var slot)) writeValue(writer, slot.Value);
            else writer.Null();
        }
    }

    public override void Capture(StateCapture into)
    {
        foreach (var key in dirty.Keys) Capture(into, key);
        dirty.Clear();
        era++;
    }

    public override void CaptureAll(StateCapture into)
    {
        foreach (var key in slots.Keys) Capture(into, key);
    }

    public override void Load(ref CborReader key, ref CborReader value)
    {
        var read = readKey(ref key);
        if (!slots.TryAdd(read, new Slot(readValue(ref value), 0))) throw key.Fault("A record stands twice.");
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
        var found = slots.TryGetValue(key, out var slot);
        if (found) writeValue(into, slot.Value);
        return found;
    }

    public IEnumerable<KeyValuePair<TKey, TValue>> All()
    {
        foreach (var (key, slot) in slots) yield return new KeyValuePair<TKey, TValue>(key, slot.Value);
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

    private void Capture(StateCapture into, TKey key)
    {
        into.BeginKey(Number);
        writeKey(into.Bytes, key);
        into.EndKey();
        if (slots.TryGetValue(key, out var slot)) writeValue(into.Bytes, slot.Value);
        into.EndValue();
    }

    private readonly record struct Before(TValue? Value, bool Existed);

    private readonly record struct Slot(TValue Value, int Era);

    private readonly record struct Change(TKey Key, TValue? Value, bool Existed);
}
