namespace Keten.Node.Storage;

/// <summary>The blocks that were asked for last, ready to be shown: bounded by the memory that they take. Who asks for one that is being made ready waits for it.</summary>
internal sealed class ShownBlocks(Func<ulong, ShownBlock> load, long bytesAtMost = 64 << 20)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ulong, LinkedListNode<Slot>> slots = [];
    private readonly LinkedList<Slot> usedLast = new();
    private long bytes;

    /// <summary>A block by its height.</summary>
    public ShownBlock Get(ulong height)
    {
        var slot = SlotOf(height);
        try
        {
            var block = slot.Value.Block.Value;
            if (!Volatile.Read(ref slot.Value.Counted)) Count(slot, block.Bytes);
            return block;
        }
        catch
        {
            // The disk may give it later.
            lock (gate) Remove(slot);
            throw;
        }
    }

    /// <summary>Forgets all: what is stored has changed.</summary>
    public void Clear()
    {
        lock (gate)
        {
            slots.Clear();
            usedLast.Clear();
            bytes = 0;
        }
    }

    private LinkedListNode<Slot> SlotOf(ulong height)
    {
        lock (gate)
        {
            if (slots.TryGetValue(height, out var slot))
            {
                usedLast.Remove(slot);
                usedLast.AddFirst(slot);
                return slot;
            }
            return slots[height] = usedLast.AddFirst(new Slot(height, new Lazy<ShownBlock>(() => load(height))));
        }
    }

    private void Count(LinkedListNode<Slot> slot, long size)
    {
        lock (gate)
        {
            if (slot.List is null || slot.Value.Counted) return;
            Volatile.Write(ref slot.Value.Counted, true);
            bytes += slot.Value.Bytes = size;
            while (bytes > bytesAtMost && usedLast.Last is { } last && last != slot) Remove(last);
        }
    }

    private void Remove(LinkedListNode<Slot> slot)
    {
        if (slot.List is null) return;
        usedLast.Remove(slot);
        slots.Remove(slot.Value.Height);
        bytes -= slot.Value.Bytes;
    }

    private sealed class Slot(ulong height, Lazy<ShownBlock> block)
    {
        public readonly ulong Height = height;
        public readonly Lazy<ShownBlock> Block = block;
        public long Bytes;
        public bool Counted;
    }
}
