namespace Keten.Log;

/// <summary>The newest frames, in memory, so that followers at the end of the log never touch the disk. Bounded in bytes and in frames.</summary>
internal sealed class Tail(long limitBytes)
{
    private const int Frames = 4096;
    private readonly Lock gate = new();
    private readonly (Frame Frame, int HeldBytes)[] ring = new (Frame, int)[Frames];
    private int start, count;
    private long held;

    public void Add(Frame frame, int heldBytes)
    {
        lock (gate)
        {
            while (count > 0 && (count == Frames || held + heldBytes > limitBytes)) DropOldest();
            if (heldBytes > limitBytes) return;
            ring[(start + count) % Frames] = (frame, heldBytes);
            count++;
            held += heldBytes;
        }
    }

    /// <summary>Finds the frame that a position stands in.</summary>
    public bool TryFind(long position, out Frame frame)
    {
        lock (gate)
        {
            var (low, high) = (0, count - 1);
            while (low <= high)
            {
                var middle = (low + high) / 2;
                frame = ring[(start + middle) % Frames].Frame;
                if (position < frame.First) high = middle - 1;
                else if (position > frame.Last) low = middle + 1;
                else return true;
            }
        }
        frame = default;
        return false;
    }

    private void DropOldest()
    {
        held -= ring[start].HeldBytes;
        ring[start] = default;
        start = (start + 1) % Frames;
        count--;
    }
}
