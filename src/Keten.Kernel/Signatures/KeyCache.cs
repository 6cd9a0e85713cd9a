using System.Collections.Concurrent;

namespace Keten.Kernel;

/// <summary>
/// Keeps imported keys, at most so many, for any number of threads: importing costs three verifications. What was not asked for since the clock's hand last passed goes
/// first (second chance). A cached key takes about 2.6 KB, most of it the platform's.
/// </summary>
public sealed class KeyCache
{
    /// <summary>How many keys are kept unless said otherwise: some 130 MB.</summary>
    public const int DefaultCapacity = 50_000;

    private readonly ConcurrentDictionary<KeyId, Entry> entries = new();
    private readonly Lock insertion = new();
    private readonly Entry?[] ring;
    private int filled;
    private int hand;

    /// <summary>For at most so many keys.</summary>
    public KeyCache(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ring = new Entry?[capacity];
    }

    /// <summary>How many keys are kept at most.</summary>
    public int Capacity => ring.Length;

    /// <summary>How many keys are kept now.</summary>
    public int Count => Volatile.Read(ref filled);

    /// <summary>The key by its id, if it is kept. An id is a digest of its key, so what is kept never goes stale; whether the key may still sign is another question.</summary>
    public ImportedKey? Find(KeyId id)
    {
        if (!entries.TryGetValue(id, out var entry)) return null;
        // Written only when it changes, so that threads that share a key do not fight over the line.
        if (!Volatile.Read(ref entry.Used)) Volatile.Write(ref entry.Used, true);
        return entry.Key;
    }

    /// <summary>The key by its id, imported and kept if it was not; null where the key has another id or is not a point of the curve.</summary>
    public ImportedKey? Get(KeyId id, in PublicKey key)
    {
        if (Find(id) is { } kept) return kept.Public == key ? kept : null;
        if (key.Id != id || !ImportedKey.TryImport(key, out var imported)) return null;
        lock (insertion)
        {
            if (!entries.TryGetValue(id, out var entry)) return Insert(id, imported);
            imported.Dispose();
            return entry.Key;
        }
    }

    private ImportedKey Insert(KeyId id, ImportedKey key)
    {
        var entry = new Entry(id, key);
        if (filled < ring.Length) ring[filled++] = entry;
        else ring[Evict()] = entry;
        entries[id] = entry;
        return key;
    }

    private int Evict()
    {
        while (true)
        {
            var at = hand;
            hand = (hand + 1) % ring.Length;
            if (ring[at] is not { } entry) return at;
            // The second round finds every mark cleared but those set meanwhile, so this ends.
            if (Volatile.Read(ref entry.Used)) Volatile.Write(ref entry.Used, false);
            else
            {
                entries.TryRemove(entry.Id, out _);
                entry.Key.Dispose();
                return at;
            }
        }
    }

    private sealed class Entry(KeyId id, ImportedKey key)
    {
        public readonly KeyId Id = id;
        public readonly ImportedKey Key = key;
        public bool Used;
    }
}
