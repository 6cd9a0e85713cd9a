using System.Buffers;
using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>
/// The blocks that this node has certified, in order from 1, in append-only files. What a crash left torn at the end is cut on opening: the log still has it, and executing it again
/// gives the same header. One writer, any readers.
/// </summary>
internal sealed class BlockStore : IDisposable
{
    /// <summary>So many blocks may be appended between two flushes.</summary>
    public const int UnflushedAtMost = 16;

    private readonly IDisk disk;
    private readonly int segmentBytes;
    private readonly Lock gate = new(), writing = new();
    private readonly List<Segment> segments = [];
    private readonly List<Place> places = [];
    private long end;
    private bool broken;

    private BlockStore(IDisk disk, int segmentBytes) => (this.disk, this.segmentBytes) = (disk, segmentBytes);

    /// <summary>The height of the last block; 0 where there is none.</summary>
    public ulong Height
    {
        get
        {
            lock (gate) return (ulong)places.Count;
        }
    }

    /// <summary>Where the torn end began that opening cut off, or null.</summary>
    public string? Cut { get; private set; }

    /// <summary>Opens the folder and hands every block's content over, in order.</summary>
    /// <param name="disk">The folder.</param>
    /// <param name="found">Is handed each.</param>
    /// <param name="durable">Up to which height blocks are known to have been flushed: no crash explains what is wrong there, and cutting it off would lose what the log may have forgotten.</param>
    /// <param name="segmentBytes">How long a file grows.</param>
    /// <exception cref="DamagedException">A file before the last is damaged, or a block that was durable.</exception>
    public static BlockStore Open(IDisk disk, Action<ulong, byte[]> found, ulong durable = 0, int segmentBytes = 16 << 20)
    {
        disk.DeleteUnfinished();
        var store = new BlockStore(disk, segmentBytes);
        try
        {
            var names = store.Names();
            for (var each = 0; each < names.Count; each++) store.Scan(names[each], each == names.Count - 1, durable, found);
            if (store.Height < durable) throw new DamagedException(names is [.., var last] ? last : "blocks", store.end, $"The blocks end with {store.Height}; there was {durable}.");
            store.Secure();
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Appends the next block; durable after <see cref="Flush"/>.</summary>
    public void Append(ReadOnlySpan<byte> content)
    {
        lock (writing)
        {
            if (broken) throw new IOException("The blocks cannot be written since pruning them failed.");
            var height = Height + 1;
            var frame = BlockSegment.Frame(height, content);
            if (segments.Count == 0 || end + frame.Length > segmentBytes) Begin(height);
            segments[^1].File.Write(end, frame);
            lock (gate) places.Add(new Place(segments.Count - 1, end));
            end += frame.Length;
        }
    }

    /// <summary>Makes what was appended durable.</summary>
    public void Flush()
    {
        lock (writing) segments[^1].File.Flush();
    }

    /// <summary>A block's content.</summary>
    /// <exception cref="DamagedException">It cannot be read back as it was written.</exception>
    public byte[] Read(ulong height)
    {
        while (true)
        {
            var (file, offset) = At(height);
            try
            {
                return BlockSegment.Read(file, offset, height, out var wrong) ?? throw new DamagedException($"block {height}", offset, wrong!);
            }
            catch (ObjectDisposedException) when (At(height).File != file)
            {
                // Pruning has put a shorter file there meanwhile.
            }
        }
    }

    /// <summary>
    /// Prunes every block up to one, file by file: each is written again under another name, flushed, and renamed, so that a crash leaves it as it was or pruned. Blocks are pruned from
    /// the first on without gaps, so that the last of a file tells of all of it. Appending waits while the newest file is written.
    /// </summary>
    public void Prune(ulong through)
    {
        for (var each = 0; ; each++)
        {
            lock (writing)
            {
                if (each >= segments.Count || segments[each].First > through) return;
                if (each == segments.Count - 1)
                {
                    Prune(each, Math.Min(through, Height));
                    return;
                }
            }
            Prune(each, through);
        }
    }

    public void Dispose()
    {
        foreach (var segment in segments) segment.File.Dispose();
    }

    private (IDiskFile File, long Offset) At(ulong height)
    {
        lock (gate)
        {
            var place = places[checked((int)height - 1)];
            return (segments[place.Segment].File, place.Offset);
        }
    }

    private void Prune(int index, ulong through)
    {
        Segment segment;
        ulong last;
        lock (gate) (segment, last) = (segments[index], index + 1 < segments.Count ? segments[index + 1].First - 1 : (ulong)places.Count);
        if (BlockRecord.IsPrunedForm(Read(Math.Min(last, through)))) return;
        var bytes = new ArrayBufferWriter<byte>((int)segment.File.Length);
        BlockSegment.WriteHeader(bytes.GetSpan(BlockSegment.HeaderBytes), segment.First);
        bytes.Advance(BlockSegment.HeaderBytes);
        var moved = new List<Place>();
        for (var height = segment.First; height <= last; height++)
        {
            var content = Read(height);
            moved.Add(new Place(index, bytes.WrittenCount));
            bytes.Write(BlockSegment.Frame(height, height <= through ? BlockRecord.Pruned(content) : content));
        }
        Replace(index, segment, bytes.WrittenSpan, moved);
    }

    private void Replace(int index, Segment segment, ReadOnlySpan<byte> bytes, List<Place> moved)
    {
        var name = BlockSegment.NameOf(segment.First);
        var newest = index == segments.Count - 1;
        // Where this fails it is not known which file has the name, and what is appended to this one may be lost.
        broken |= newest;
        disk.WriteAllAtomically(name, bytes);
        var file = disk.Open(name, DiskAccess.Write);
        lock (gate)
        {
            segments[index] = segment with { File = file };
            for (var each = 0; each < moved.Count; each++) places[(int)segment.First - 1 + each] = moved[each];
        }
        segment.File.Dispose();
        if (newest) (end, broken) = (bytes.Length, false);
    }

    private List<string> Names()
    {
        var names = new List<string>();
        foreach (var name in disk.List())
            if (BlockSegment.IsName(name)) names.Add(name);
        return names;
    }

    private void Scan(string name, bool last, ulong durable, Action<ulong, byte[]> found)
    {
        var height = Height + 1;
        if (!BlockSegment.TryFirst(name, out var first) || first != height) throw new DamagedException(name, 0, $"Block {height} should be next.");
        var file = disk.Open(name, DiskAccess.Write);
        segments.Add(new Segment(first, file));
        if (BlockSegment.CheckHeader(file, first) is { } bad)
        {
            if (!last || height <= durable) throw new DamagedException(name, 0, bad);
            // A file whose beginning never became durable holds nothing that was promised.
            segments.RemoveAt(segments.Count - 1);
            file.Dispose();
            disk.Delete(name);
            disk.Flush();
            Cut = $"{name}, byte 0: {bad}";
            end = segments.Count == 0 ? 0 : segments[^1].File.Length;
            return;
        }
        long at = BlockSegment.HeaderBytes;
        for (; at < file.Length; height++)
        {
            if (BlockSegment.Read(file, at, height, out var wrong) is not { } content)
            {
                if (!last || height <= durable) throw new DamagedException(name, at, wrong!);
                file.SetLength(at);
                file.Flush();
                Cut = $"{name}, byte {at}: {wrong}";
                break;
            }
            found(height, content);
            lock (gate) places.Add(new Place(segments.Count - 1, at));
            at += BlockSegment.FrameBytes + content.Length;
        }
        end = at;
    }

    // What was just read is told of as final: it must be on the disk, and not only in the memory of an operating system that was never asked, or has failed, to write it. A failed flush
    // leaves pages that read well, count as clean, and are never written. Only the last blocks can be such; they are written again, and the flush then speaks for them.
    private void Secure()
    {
        if (segments.Count > 0)
        {
            var (first, file) = segments[^1];
            for (var height = Height; height >= first && height + UnflushedAtMost > Height; height--) file.Write(At(height).Offset, BlockSegment.Frame(height, Read(height)));
            Span<byte> header = stackalloc byte[BlockSegment.HeaderBytes];
            BlockSegment.WriteHeader(header, first);
            file.Write(0, header);
            file.Flush();
        }
        disk.Flush();
    }

    private void Begin(ulong height)
    {
        if (segments.Count > 0) segments[^1].File.Flush();
        var file = disk.Open(BlockSegment.NameOf(height), DiskAccess.Create);
        Span<byte> header = stackalloc byte[BlockSegment.HeaderBytes];
        BlockSegment.WriteHeader(header, height);
        file.Write(0, header);
        file.Flush();
        disk.Flush();
        lock (gate) segments.Add(new Segment(height, file));
        end = BlockSegment.HeaderBytes;
    }

    private sealed record Segment(ulong First, IDiskFile File);

    private readonly record struct Place(int Segment, long Offset);
}
