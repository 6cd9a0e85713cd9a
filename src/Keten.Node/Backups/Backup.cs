using System.Formats.Tar;
using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.Node.Backups;

/// <summary>
/// Copies a node's data folder into one archive (a tar) while the node runs. Each part is copied before what it rests on, which only grows: snapshots before blocks, blocks before the log. Of the
/// files that are being written, all that is whole. Where the node has pruned meanwhile what the copy needs, it begins anew.
/// </summary>
public static class Backup
{
    private const int TriesAtMost = 3;

    /// <summary>Makes one.</summary>
    /// <param name="source">The data folder.</param>
    /// <param name="documents">The folder of the vault's documents, sealed as they lie there; null: none. Never their key.</param>
    /// <param name="target">Where the archive goes, from its beginning; can be set back.</param>
    /// <exception cref="BackupException">The folder has no ledger, or changes faster than it can be copied.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public static BackupManifest Write(IDisk source, string? documents, Stream target)
    {
        if (!source.Exists(DataFolder.GenesisName)) throw new BackupException("There is no genesis: this is no data folder of a node.");
        for (var tried = 1; ; tried++)
        {
            target.SetLength(0);
            try
            {
                using var copy = new BackupCopy(source, documents, target);
                if (copy.Write() is { } manifest) return manifest;
            }
            catch (FileNotFoundException) when (tried < TriesAtMost)
            {
                // Pruned, or replaced, between being listed and being opened.
                continue;
            }
            if (tried == TriesAtMost) throw new BackupException("The node prunes faster than its folder can be copied.");
        }
    }
}

/// <summary>One try.</summary>
internal sealed class BackupCopy(IDisk source, string? documents, Stream target) : IDisposable
{
    private readonly TarWriter tar = new(target, TarEntryFormat.Pax, leaveOpen: true);
    private readonly SortedDictionary<string, (long Length, Hash Digest)> files = new(StringComparer.Ordinal);

    /// <summary>Null where the parts do not belong together any more.</summary>
    public BackupManifest? Write()
    {
        var genesis = DataFolder.ReadGenesis(source);
        var (oldest, leaves) = Snapshots();
        Leaves(leaves);
        var (height, position) = Blocks();
        var (first, last) = Log();
        if (last < position || first > (oldest ?? 0) + 1) return null;
        if (source.Exists("promises")) Add("promises", source, "promises", null);
        Documents();
        Add(DataFolder.GenesisName, source, DataFolder.GenesisName, null);
        var manifest = new BackupManifest(genesis.LedgerId, height, last, files);
        using var bytes = new MemoryStream(manifest.ToBytes());
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, BackupManifest.Name) { DataStream = bytes });
        return manifest;
    }

    public void Dispose() => tar.Dispose();

    // The newest that holds; up to which position it leads, and on how many leaves it stands.
    private (long? Position, ulong Leaves) Snapshots()
    {
        var folder = source.Folder("snapshots");
        var store = new SnapshotStore(folder);
        foreach (var height in store.Heights())
        {
            if (store.Read(height, out _) is not { } snapshot) continue;
            Add("snapshots/" + SnapshotStore.NameOf(height), folder, SnapshotStore.NameOf(height), null);
            return ((long)snapshot.Head.LogPosition, snapshot.History.Size);
        }
        return (null, 0);
    }

    private void Leaves(ulong count)
    {
        var folder = source.Folder("blocks");
        if (count > 0) Add("blocks/" + HistoryFile.Name, folder, HistoryFile.Name, (long)count * Hash.Size);
    }

    private (ulong Height, long Position) Blocks()
    {
        var folder = source.Folder("blocks");
        var (height, position) = (0UL, 0L);
        foreach (var name in folder.List())
        {
            if (!BlockSegment.TryFirst(name, out var first)) continue;
            if (first != height + 1) throw new FileNotFoundException("A file of blocks is missing.", name);
            using var file = folder.Open(name, DiskAccess.Read);
            if (BlockSegment.CheckHeader(file, first) is not null) break;
            var at = (long)BlockSegment.HeaderBytes;
            while (BlockSegment.Read(file, at, height + 1, out _) is { } content)
            {
                (height, at) = (height + 1, at + BlockSegment.FrameBytes + content.Length);
                position = (long)BlockRecord.Read(content).Header.LogPosition;
            }
            Add("blocks/" + name, file, at);
        }
        return (height, position);
    }

    private (long First, long Last) Log()
    {
        var folder = source.Folder("log");
        var (begins, next) = (0L, 0L);
        foreach (var name in folder.List())
        {
            if (!Layout.TryName(name, out var first)) continue;
            if (begins == 0) begins = next = first;
            if (first != next) throw new FileNotFoundException("A segment of the log is missing.", name);
            using var file = folder.Open(name, DiskAccess.Read);
            using var reader = new SegmentReader(file, name);
            var length = file.Length;
            while (reader.Next(length, out var frame, out _) == FrameFault.None) next = frame.Last + 1;
            Add("log/" + name, file, reader.Offset);
        }
        return (Math.Max(begins, 1), Math.Max(next, 1) - 1);
    }

    private void Documents()
    {
        if (documents is null || !Directory.Exists(documents)) return;
        foreach (var folder in Directory.GetDirectories(documents).Order(StringComparer.Ordinal))
        {
            var (disk, name) = (new RealDisk(folder), Path.GetFileName(folder));
            foreach (var one in disk.List())
                if (!one.EndsWith(".new", StringComparison.Ordinal)) Add($"documents/{name}/{one}", disk, one, null);
        }
    }

    private void Add(string name, IDisk folder, string file, long? length)
    {
        using var open = folder.Open(file, DiskAccess.Read);
        Add(name, open, length ?? open.Length);
    }

    private void Add(string name, IDiskFile file, long length)
    {
        using var content = new HashedFile(file, length);
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = content });
        files.Add(name, (length, content.Digest));
    }

    /// <summary>The beginning of a file, to be read once, and its hash then.</summary>
    private sealed class HashedFile(IDiskFile file, long length) : Stream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long at;

        public Hash Digest => at == length ? new Hash(hash.GetCurrentHash()) : throw new IOException("A file was not copied to its end.");

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => at; set => Seek(value, SeekOrigin.Begin); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = file.Read(at, buffer[..(int)Math.Min(buffer.Length, length - at)]);
            hash.AppendData(buffer[..read]);
            at += read;
            return read;
        }

        public override long Seek(long offset, SeekOrigin origin) => origin == SeekOrigin.Begin && offset == at ? at : throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        protected override void Dispose(bool disposing)
        {
            if (disposing) hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
