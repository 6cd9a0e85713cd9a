using System.Buffers.Binary;
using Keten.Kernel;

namespace Keten.Node.Storage;

/// <summary>
/// Where each decided transaction is: from the first 8 bytes of its id to height and place in the block. Two ids that begin alike are told apart by their bodies.
/// In memory only, 16 bytes an entry in a table at most two thirds full; made again from the block store at start.
/// </summary>
internal sealed class TransactionIndex
{
    private const int PlaceBits = 20;
    private readonly Lock gate = new();
    private (ulong Mark, ulong Place)[] slots = new (ulong, ulong)[1024];
    private int count;

    public static ulong MarkOf(in Hash id) => BinaryPrimitives.ReadUInt64LittleEndian(Hash.Bytes(in id));

    public void Add(ulong mark, ulong height, int place)
    {
        lock (gate)
        {
            if (3L * (count + 1) > 2L * slots.Length) Grow();
            Put(slots, mark, height << PlaceBits | (uint)place);
            count++;
        }
    }

    /// <summary>Adds the decided transactions of a stored block.</summary>
    public void Add(BlockRecord record)
    {
        if (record.Marks.Length == 0) return;
        var mark = 0;
        for (var (place, next) = (0, 0); place < record.Transactions; place++)
        {
            if (next < record.Exceptions.Length && record.Exceptions[next].Place == place && record.Exceptions[next++].IsVoid) continue;
            Add(BinaryPrimitives.ReadUInt64LittleEndian(record.Marks.AsSpan(8 * mark++)), record.Header.Height, place);
        }
    }

    /// <summary>Every place that an id may be at: nearly always none or one.</summary>
    public List<(ulong Height, int Place)>? Find(in Hash id)
    {
        var mark = MarkOf(id);
        List<(ulong, int)>? found = null;
        lock (gate)
        {
            for (var at = Start(mark, slots.Length); slots[at].Place != 0; at = at + 1 & slots.Length - 1)
                if (slots[at].Mark == mark) (found ??= []).Add((slots[at].Place >> PlaceBits, (int)(slots[at].Place & (1 << PlaceBits) - 1)));
        }
        return found;
    }

    private void Grow()
    {
        var larger = new (ulong, ulong)[2L * slots.Length];
        foreach (var (mark, place) in slots)
            if (place != 0) Put(larger, mark, place);
        slots = larger;
    }

    // An id is a digest: its low bits spread evenly.
    private static void Put((ulong Mark, ulong Place)[] table, ulong mark, ulong place)
    {
        var at = Start(mark, table.Length);
        while (table[at].Place != 0) at = at + 1 & table.Length - 1;
        table[at] = (mark, place);
    }

    private static int Start(ulong mark, int length) => (int)(mark & (uint)length - 1);
}
