using System.Buffers.Binary;

namespace Keten.Log;

/// <summary>The entries that wait to be written together: copied once, straight into the frame that is written, that followers are shown, and that the tail keeps.</summary>
internal sealed class Batch(long first, int limitBytes)
{
    private readonly TaskCompletionSource durable = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] bytes = [];
    private int used = Layout.FrameHeaderBytes;
    private int count;

    public long First => first;
    public Task Durable => durable.Task;

    /// <summary>Whether the frame stays within its limit with an entry of this many bytes more.</summary>
    public bool HasRoomFor(int entryBytes) => Aligned((long)used + Layout.EntryHeaderBytes + entryBytes) <= limitBytes;

    /// <summary>The frame's length.</summary>
    public int Length => (int)Aligned(used);

    /// <summary>Adds an entry and gives its position.</summary>
    public long Add(ReadOnlySpan<byte> entry)
    {
        var end = used + Layout.EntryHeaderBytes + entry.Length;
        // A batch of one entry is exactly as large as it; one that grows doubles, as far as it may.
        if (Aligned(end) > bytes.Length) Array.Resize(ref bytes, (int)Math.Max(Aligned(end), Math.Min(2L * bytes.Length, limitBytes)));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(used), entry.Length);
        entry.CopyTo(bytes.AsSpan(used + Layout.EntryHeaderBytes));
        used = end;
        return first + count++;
    }

    /// <summary>Completes the frame for the place where it will stand. Nothing can be added any more.</summary>
    public ReadOnlySpan<byte> Seal(ulong salt, long offset)
    {
        var frame = bytes.AsSpan(0, Length);
        Layout.WriteFrameHeader(frame, count, first, salt, offset);
        return frame;
    }

    public Frame Frame => new(first, count, bytes.AsMemory(Layout.FrameHeaderBytes, Length - Layout.FrameHeaderBytes));

    /// <summary>What it costs to keep it in memory.</summary>
    public int HeldBytes => bytes.Length;

    public void Succeed() => durable.TrySetResult();

    public void Fail(Exception why)
    {
        durable.TrySetException(why);
        _ = durable.Task.Exception;     // those who gave up waiting must not bring the process down
    }

    private static long Aligned(long length) => (length + Layout.Alignment - 1) / Layout.Alignment * Layout.Alignment;
}
