using Keten.Log;

namespace Keten.Node.Storage;

/// <summary>
/// The blocks that this node has certified, in order from 1, in append-only files. What a crash left torn at the end is cut on opening: the log still has it, and executing it again
/// gives the same header. One writer, any readers.
/// </summary>
internal sealed class BlockStore : IDisposable
{
    private const long SegmentBytes = 16 << 20;

    private readonly IDisk disk;
    private readonly Lock gate = new();
    private readonly List<IDiskFile> files = [];
    private readonly List<Place> places = [];
    private long end;

    private BlockStore(IDisk disk) => this.disk = disk;

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
    /// <exception cref="DamagedException">A file before the last is damaged.</exception>
    public static BlockStore Open(IDisk disk, Action<ulong, byte[]> found)
    {
        var store = new BlockStore(disk);
        try
        {
            var names = store.Names();
            for (var each = 0; each < names.Count; each++) store.Scan(names[each], each == names.Count - 1, found);
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
        var height = Height + 1;
        var frame = BlockSegment.Frame(height, content);
        if (files.Count == 0 || end + frame.Length > SegmentBytes) Begin(height);
        files[^1].Write(end, frame);
        lock (gate) places.Add(new Place(files.Count - 1, end));
        end += frame.Length;
    }

    /// <summary>Makes what was appended durable.</summary>
    public void Flush() => files[^1].Flush();

    /// <summary>A block's content.</summary>
    /// <exception cref="DamagedException">It cannot be read back as it was written.</exception>
    public byte[] Read(ulong height)
    {
        Place place;
        IDiskFile file;
        lock (gate)
        {
            place = places[checked((int)height - 1)];
            file = files[place.File];
        }
        return BlockSegment.Read(file, place.Offset, height, out var wrong) ?? throw new DamagedException($"block {height}", place.Offset, wrong!);
    }

    public void Dispose()
    {
        foreach (var file in files) file.Dispose();
    }

    private List<string> Names()
    {
        var names = new List<string>();
        foreach (var name in disk.List())
            if (BlockSegment.IsName(name)) names.Add(name);
        return names;
    }

    private void Scan(string name, bool last, Action<ulong, byte[]> found)
    {
        var height = Height + 1;
        if (!BlockSegment.TryFirst(name, out var first) || first != height) throw new DamagedException(name, 0, $"Block {height} should be next.");
        var file = disk.Open(name, DiskAccess.Write);
        files.Add(file);
        if (BlockSegment.CheckHeader(file, first) is { } bad)
        {
            if (!last) throw new DamagedException(name, 0, bad);
            // A file whose beginning never became durable holds nothing that was promised.
            files.RemoveAt(files.Count - 1);
            file.Dispose();
            disk.Delete(name);
            disk.Flush();
            Cut = $"{name}, byte 0: {bad}";
            end = files.Count == 0 ? 0 : files[^1].Length;
            return;
        }
        long at = BlockSegment.HeaderBytes;
        for (; at < file.Length; height++)
        {
            if (BlockSegment.Read(file, at, height, out var wrong) is not { } content)
            {
                if (!last) throw new DamagedException(name, at, wrong!);
                file.SetLength(at);
                file.Flush();
                Cut = $"{name}, byte {at}: {wrong}";
                break;
            }
            found(height, content);
            lock (gate) places.Add(new Place(files.Count - 1, at));
            at += BlockSegment.FrameBytes + content.Length;
        }
        end = at;
    }

    private void Begin(ulong height)
    {
        if (files.Count > 0) files[^1].Flush();
        var file = disk.Open(BlockSegment.NameOf(height), DiskAccess.Create);
        Span<byte> header = stackalloc byte[BlockSegment.HeaderBytes];
        BlockSegment.WriteHeader(header, height);
        file.Write(0, header);
        file.Flush();
        disk.Flush();
        lock (gate) files.Add(file);
        end = BlockSegment.HeaderBytes;
    }

    private readonly record struct Place(int File, long Offset);
}
