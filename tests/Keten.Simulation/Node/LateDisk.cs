using Keten.Log;

namespace Keten.Simulation;

/// <summary>A part of the node that tells before it has flushed: in the named folder, or of the file of that name, a flush is put off until the file is written again, or for ever.</summary>
internal sealed class LateDisk(IDisk disk, string named, bool forEver, bool file = false, bool isIt = false) : IDisk
{
    public IDiskFile Open(string name, DiskAccess access) => isIt || file && name == named ? new LateFile(disk.Open(name, access), forEver) : disk.Open(name, access);

    public bool Exists(string name) => disk.Exists(name);

    public IReadOnlyList<string> List() => disk.List();

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void Delete(string name) => disk.Delete(name);

    public void Flush()
    {
        if (!isIt) disk.Flush();
    }

    public IDisposable Lock(string name) => disk.Lock(name);

    public IDisk Folder(string name) => new LateDisk(disk.Folder(name), named, forEver, file, !file && name == named);

    private sealed class LateFile(IDiskFile file, bool forEver) : IDiskFile
    {
        private bool wanted;

        public long Length => file.Length;

        public int Read(long offset, Span<byte> target) => file.Read(offset, target);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (wanted && !forEver) file.Flush();
            wanted = false;
            file.Write(offset, bytes);
        }

        public void Flush() => wanted = true;

        public void SetLength(long length) => file.SetLength(length);

        public void Dispose() => file.Dispose();
    }
}
