using System.Buffers.Binary;

namespace Keten.Kernel.Trees;

/// <summary>Keys of the state as strings of 256 bits, the first bit of the first byte first.</summary>
internal static class StateKeys
{
    public const int Bits = 8 * Hash.Size;

    public static bool Bit(Hash key, int at) => ((Hash.Bytes(in key)[at >> 3] >> (7 - (at & 7))) & 1) != 0;

    /// <summary>Whether the first bits of both are the same.</summary>
    public static bool Share(Hash one, Hash other, int bits)
    {
        var whole = bits >> 3;
        var left = Hash.Bytes(in one);
        var right = Hash.Bytes(in other);
        return left[..whole].SequenceEqual(right[..whole]) && ((bits & 7) == 0 || (left[whole] ^ right[whole]) >> (8 - (bits & 7)) == 0);
    }

    /// <summary>Where the bit turns to one, in entries sorted by key that share all bits before it.</summary>
    public static int Split(ReadOnlySpan<StateEntry> sorted, int bit)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Bit(sorted[middle].Key, bit)) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    public static bool AreSorted(ReadOnlySpan<StateEntry> entries)
    {
        for (var i = 1; i < entries.Length; i++)
            if (entries[i - 1].Key >= entries[i].Key) return false;
        return true;
    }

    /// <summary>Copies the changes in key order, of several for one key the last; returns how many.</summary>
    public static int Sort(ReadOnlySpan<StateChange> changes, Span<StateEntry> sorted)
    {
        var (prefixes, order) = (new ulong[changes.Length], new int[changes.Length]);
        for (var i = 0; i < changes.Length; i++) (prefixes[i], order[i]) = (Prefix(changes[i].Key), i);
        Array.Sort(prefixes, order);
        for (var (from, to) = (0, 0); from < order.Length; from = to)
        {
            for (to = from + 1; to < order.Length && prefixes[to] == prefixes[from];) to++;
            if (to - from > 1) SortRun(changes, order.AsSpan(from, to - from));
        }

        var length = 0;
        foreach (var i in order)
        {
            if (length > 0 && sorted[length - 1].Key == changes[i].Key) length--;
            sorted[length++] = new StateEntry(changes[i].Key, changes[i].Value);
        }
        return length;
    }

    // Few keys share their first 64 bits unless they are the same: by the whole key, then in the order given.
    private static void SortRun(ReadOnlySpan<StateChange> changes, Span<int> run)
    {
        var keys = new (Hash Key, int At)[run.Length];
        for (var i = 0; i < keys.Length; i++) keys[i] = (changes[run[i]].Key, run[i]);
        Array.Sort(keys, static (left, right) => left.Key.CompareTo(right.Key) is not 0 and var order ? order : left.At.CompareTo(right.At));
        for (var i = 0; i < keys.Length; i++) run[i] = keys[i].At;
    }

    private static ulong Prefix(Hash key) => BinaryPrimitives.ReadUInt64BigEndian(Hash.Bytes(in key));
}
