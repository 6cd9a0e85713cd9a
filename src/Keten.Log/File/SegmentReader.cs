namespace Keten.Log;

/// <summary>Reads the frames of one segment, one after the other, through a window of 64 KiB, or of a frame where that is larger. Frames stay valid after the window has moved on.</summary>
internal sealed class SegmentReader : IDisposable
{
    private const int WindowBytes = 64 * 1024;
    private readonly IDiskFile file;
    private readonly bool owned;
    private byte[] window = [];
    private long windowStart;

    /// <summary>Opens a segment to follow it.</summary>
    public SegmentReader(IDisk disk, string name) : this(disk.Open(name, DiskAccess.Read), name, owned: true) { }

    /// <summary>Reads a segment that the caller goes on using.</summary>
    public SegmentReader(IDiskFile file, string name) : this(file, name, owned: false) { }

    private SegmentReader(IDiskFile file, string name, bool owned)
    {
        (this.file, this.owned, Name) = (file, owned, name);
        try
        {
            var header = new byte[Layout.SegmentHeaderBytes];
            Salt = Layout.ReadSegmentHeader(name, header.AsSpan(0, file.Read(0, header)));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Name { get; }
    public ulong Salt { get; }

    /// <summary>Where the next frame starts.</summary>
    public long Offset { get; private set; } = Layout.SegmentHeaderBytes;

    /// <summary>Reads the next frame, which must lie before the limit.</summary>
    public FrameFault Next(long limit, out Frame frame, out int length)
    {
        (frame, length) = (default, 0);
        if (!Layout.TryFrameHeader(At(Offset, Layout.FrameHeaderBytes, limit).Span, Salt, Offset, out var header)) return FrameFault.NoHeader;
        length = header.Length;
        var bytes = At(Offset, header.Length, limit);
        if (bytes.Length < header.Length || Crc32C.Of(bytes.Span[Layout.FrameHeaderBytes..]) != header.PayloadCrc) return FrameFault.BadPayload;
        frame = new Frame(header.First, header.Count, bytes[Layout.FrameHeaderBytes..]);
        if (!frame.IsWhole()) return FrameFault.NotWhole;
        Offset += header.Length;
        return FrameFault.None;
    }

    /// <summary>Looks for a frame's header anywhere behind the next frame's start; gives its offset, or -1.</summary>
    public long FindHeaderBehind(long limit)
    {
        for (var at = Offset + Layout.Alignment; at + Layout.FrameHeaderBytes <= limit; at += Layout.Alignment)
        {
            if (Layout.TryFrameHeader(At(at, Layout.FrameHeaderBytes, limit).Span, Salt, at, out _)) return at;
        }
        return -1;
    }

    /// <summary>Whether all from the next frame's start up to the limit is zero.</summary>
    public bool OnlyZerosUpTo(long limit)
    {
        for (var at = Offset; at < limit;)
        {
            var piece = At(at, (int)Math.Min(WindowBytes, limit - at), limit);
            if (piece.Span.ContainsAnyExcept((byte)0)) return false;
            if (piece.IsEmpty) break;
            at += piece.Length;
        }
        return true;
    }

    public void Dispose()
    {
        if (owned) file.Dispose();
    }

    /// <summary>The bytes at an offset, fewer where the limit or the file's end is nearer. What lies behind the limit may still be written, so it is never kept.</summary>
    private ReadOnlyMemory<byte> At(long offset, int count, long limit)
    {
        count = (int)Math.Clamp(limit - offset, 0, count);
        if (offset < windowStart || offset + count > windowStart + window.Length)
        {
            var size = (int)Math.Clamp(Math.Min(limit, file.Length) - offset, 0, Math.Max(count, WindowBytes));
            var fresh = new byte[size];
            var read = file.Read(offset, fresh);
            (window, windowStart) = (read == size ? fresh : fresh[..read], offset);
        }
        return window.AsMemory((int)(offset - windowStart), Math.Min(count, (int)(windowStart + window.Length - offset)));
    }
}

/// <summary>What is wrong with the frame at a place.</summary>
internal enum FrameFault
{
    None,

    /// <summary>No header that was written here: nothing, or a header that is damaged or was never finished.</summary>
    NoHeader,

    /// <summary>A good header before bytes that do not match it.</summary>
    BadPayload,

    /// <summary>Good checksums over a wrong structure: written wrong, not damaged.</summary>
    NotWhole,
}
