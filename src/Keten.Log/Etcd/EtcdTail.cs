namespace Keten.Log;

/// <summary>The newest entries in memory, as many as fit; the newest always.</summary>
internal sealed class EtcdTail(long limitBytes)
{
    private readonly Dictionary<long, byte[]> held = [];
    private long first = 1, next = 1, bytes;

    public long First => first;

    public void Add(long position, byte[] entry)
    {
        if (position != next) Restart(position);
        held.Add(position, entry);
        (next, bytes) = (position + 1, bytes + entry.Length);
        while (bytes > limitBytes && first < position) Drop();
    }

    public byte[]? Find(long position) => held.GetValueOrDefault(position);

    public void ForgetBefore(long position)
    {
        while (first < position && first < next) Drop();
    }

    public void Restart(long position)
    {
        held.Clear();
        (first, next, bytes) = (position, position, 0);
    }

    private void Drop()
    {
        held.Remove(first++, out var entry);
        bytes -= entry!.Length;
    }
}
