using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Keten.Kernel.State;

/// <summary>
/// Values by key, each at a place that it keeps as long as it is there. They lie in pages that are never copied, so that growing to millions costs no copy and no second of standstill; and
/// a walk by place goes on while others come and go. Which place a key has, nothing may depend on.
/// </summary>
internal sealed class Slots<TKey, TValue> where TKey : struct, IEquatable<TKey>
{
    private const int PageBits = 10;
    private const int PageSize = 1 << PageBits;
    private const int SmallPage = 8;
    private const int Nowhere = -1;

    private Entry[][] pages = [new Entry[SmallPage]];
    private int[] buckets = new int[SmallPage];       // place + 1
    private int shift = 32 - BitOperations.Log2(SmallPage);
    private int free = Nowhere;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>All places are below.</summary>
    public int Places { get; private set; }

    /// <summary>The value of a key, in place; a null reference where there is none. Good until the next <see cref="Add"/> or <see cref="Remove"/>.</summary>
    public ref TValue Find(in TKey key, out int place)
    {
        var hash = key.GetHashCode();
        place = buckets[Bucket(hash)] - 1;
        while (place >= 0)
        {
            ref var entry = ref At(place);
            if (entry.Hash == hash && entry.Key.Equals(key)) return ref entry.Value;
            place = entry.Next;
        }
        return ref Unsafe.NullRef<TValue>();
    }

    /// <summary>Adds a key that is not there, with the default value; gives the value in place.</summary>
    public ref TValue Add(in TKey key, out int place)
    {
        if (free == Nowhere && Places == buckets.Length) Grow();
        var hash = key.GetHashCode();
        if (free != Nowhere)
        {
            place = free;
            free = At(place).Next;
        }
        else
        {
            place = Places++;
            Reach(place);
        }
        ref var bucket = ref buckets[Bucket(hash)];
        ref var entry = ref At(place);
        (entry.Hash, entry.Next, entry.Used, entry.Key) = (hash, bucket - 1, true, key);
        bucket = place + 1;
        Count++;
        return ref entry.Value;
    }

    /// <summary>Removes a key, and frees its place for another.</summary>
    public bool Remove(in TKey key)
    {
        var hash = key.GetHashCode();
        ref var link = ref buckets[Bucket(hash)];
        var (place, before) = (link - 1, Nowhere);
        while (place >= 0)
        {
            ref var entry = ref At(place);
            if (entry.Hash == hash && entry.Key.Equals(key))
            {
                if (before == Nowhere) link = entry.Next + 1;
                else At(before).Next = entry.Next;
                entry = default;
                entry.Next = free;
                free = place;
                Count--;
                return true;
            }
            (before, place) = (place, entry.Next);
        }
        return false;
    }

    /// <summary>What is at a place; false where nothing is.</summary>
    public bool TryAt(int place, out TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        ref var entry = ref At(place);
        (key, value) = (entry.Key, entry.Value);
        return entry.Used;
    }

    private ref Entry At(int place) => ref pages[place >> PageBits][place & (PageSize - 1)];

    // Fibonacci hashing: the keys' hash codes are parts of digests or small numbers.
    private int Bucket(int hash) => (int)(unchecked((uint)hash * 2654435769u) >> shift);

    private void Reach(int place)
    {
        var (page, at) = (place >> PageBits, place & (PageSize - 1));
        if (page == pages.Length) Array.Resize(ref pages, 2 * page);
        if (page > 0) pages[page] ??= new Entry[PageSize];
        else if (at == pages[0].Length) Array.Resize(ref pages[0], 2 * at);
    }

    private void Grow()
    {
        buckets = new int[2 * buckets.Length];
        shift--;
        for (var place = 0; place < Places; place++)
        {
            ref var entry = ref At(place);
            if (!entry.Used) continue;
            ref var bucket = ref buckets[Bucket(entry.Hash)];
            entry.Next = bucket - 1;
            bucket = place + 1;
        }
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public bool Used;
        public TKey Key;
        public TValue Value;
    }
}
