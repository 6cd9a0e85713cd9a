using System.Buffers.Binary;

namespace Keten.Log;

/// <summary>
/// Which revision each position has, counted from a base; with a checksum of each entry, by which a cluster that was set back is found. Kept in the file <c>positions</c> of the node,
/// which is no promise to anyone: what of it a crash loses is counted again. Layout: docs/log-etcd.md. Not safe for use by many threads.
/// </summary>
internal sealed class EtcdPositions : IDisposable
{
    private const int HeaderBytes = 48, RecordBytes = 16;
    private static ReadOnlySpan<byte> Magic => "KETENPOS"u8;
    private readonly string? path;
    private readonly List<(long Revision, uint Checksum)> entries = [];
    private FileStream? file;

    public EtcdPositions(string? folder)
    {
        if (folder is null) return;
        Directory.CreateDirectory(folder);
        path = Path.Combine(folder, "positions");
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Load(file);
    }

    /// <summary>The log that this is about; null where nothing is known yet.</summary>
    public Guid? LogId { get; private set; }

    /// <summary>What was before the entries that are known here.</summary>
    public EtcdBase Base { get; private set; }

    public long First => Base.Position + 1;

    public long Last => Base.Position + entries.Count;

    /// <summary>The last entry's position and revision, or the base.</summary>
    public EtcdBase Newest => new(Last, entries.Count > 0 ? entries[^1].Revision : Base.Revision);

    public bool IsEmpty => entries.Count == 0;

    public long RevisionOf(long position) => entries[checked((int)(position - First))].Revision;

    public uint ChecksumOf(long position) => entries[checked((int)(position - First))].Checksum;

    /// <summary>How many entries, pruned ones included, stand at or before a revision.</summary>
    public long CountUpTo(long revision)
    {
        var (low, high) = (0, entries.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (entries[middle].Revision <= revision) low = middle + 1;
            else high = middle;
        }
        return Base.Position + low;
    }

    public static uint Checksum(EtcdEvent put) => Crc32C.Of(put.Value) ^ Crc32C.Of(System.Text.Encoding.Latin1.GetBytes(put.Key));

    public long Add(long revision, uint checksum)
    {
        entries.Add((revision, checksum));
        file?.Write(Record(revision, checksum));
        return Last;
    }

    /// <summary>Hands to the system what was added.</summary>
    public void Flush() => file?.Flush();

    /// <summary>Begins anew, of this log and from this base.</summary>
    public void Restart(Guid logId, EtcdBase from)
    {
        (LogId, Base) = (logId, from);
        entries.Clear();
        Rewrite();
    }

    /// <summary>Forgets what stands before a position.</summary>
    public void ForgetBefore(long position)
    {
        var count = checked((int)Math.Min(position - First, entries.Count));
        if (count <= 0) return;
        Base = new(Base.Position + count, entries[count - 1].Revision);
        entries.RemoveRange(0, count);
        Rewrite();
    }

    public void Dispose() => file?.Dispose();

    private void Rewrite()
    {
        if (path is null) return;
        file?.Dispose();
        using (var fresh = new FileStream(path + ".new", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            fresh.Write(Header());
            foreach (var (revision, checksum) in entries) fresh.Write(Record(revision, checksum));
            fresh.Flush(flushToDisk: true);
        }
        File.Move(path + ".new", path, overwrite: true);
        file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        file.Seek(0, SeekOrigin.End);
    }

    private byte[] Header()
    {
        var header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        LogId!.Value.TryWriteBytes(header.AsSpan(8), bigEndian: true, out _);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), Base.Position);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), Base.Revision);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(44), Crc32C.Of(header.AsSpan(0, 44)));
        return header;
    }

    private static byte[] Record(long revision, uint checksum)
    {
        var record = new byte[RecordBytes];
        BinaryPrimitives.WriteInt64LittleEndian(record, revision);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), checksum);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12), Crc32C.Of(record.AsSpan(0, 12)));
        return record;
    }

    /// <summary>Takes over all that is whole, and cuts the rest off. A file that makes no sense from its start is as good as none.</summary>
    private void Load(FileStream from)
    {
        var header = new byte[HeaderBytes];
        if (from.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || !header.AsSpan(0, 8).SequenceEqual(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(44)) != Crc32C.Of(header.AsSpan(0, 44)))
        {
            from.SetLength(0);
            return;
        }
        LogId = new Guid(header.AsSpan(8, 16), bigEndian: true);
        Base = new(BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)), BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(32)));
        var record = new byte[RecordBytes];
        while (from.ReadAtLeast(record, RecordBytes, throwOnEndOfStream: false) == RecordBytes)
        {
            var revision = BinaryPrimitives.ReadInt64LittleEndian(record);
            if (BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(12)) != Crc32C.Of(record.AsSpan(0, 12)) || revision <= Newest.Revision) break;
            entries.Add((revision, BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(8))));
        }
        from.SetLength(HeaderBytes + (long)entries.Count * RecordBytes);
        from.Seek(0, SeekOrigin.End);
    }
}
