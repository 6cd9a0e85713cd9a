using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Keten.Log;

/// <summary>A folder of the file system.</summary>
/// <remarks>Locks are those of .NET (flock on Linux): advisory, between processes of one machine; do not put the folder on a network file system.</remarks>
public sealed partial class RealDisk : IDisk
{
    private readonly string folder;

    /// <summary>Opens the folder, creating it (and the folders above it) durably where it does not exist.</summary>
    public RealDisk(string path)
    {
        folder = Path.GetFullPath(path);
        if (Directory.Exists(folder)) return;
        if (Path.GetDirectoryName(folder) is not { } parent) throw new DirectoryNotFoundException($"{folder} does not exist.");
        _ = new RealDisk(parent);
        Directory.CreateDirectory(folder);
        FlushFolder(parent);
    }

    /// <inheritdoc/>
    public IDiskFile Open(string name, DiskAccess access)
    {
        var (mode, rights) = access switch
        {
            DiskAccess.Read => (FileMode.Open, FileAccess.Read),
            DiskAccess.Write => (FileMode.Open, FileAccess.ReadWrite),
            _ => (FileMode.CreateNew, FileAccess.ReadWrite),
        };
        return new RealFile(File.OpenHandle(At(name), mode, rights, FileShare.ReadWrite | FileShare.Delete));
    }

    /// <inheritdoc/>
    public bool Exists(string name) => File.Exists(At(name));

    /// <inheritdoc/>
    public IReadOnlyList<string> List()
    {
        var names = Directory.GetFiles(folder);
        for (var i = 0; i < names.Length; i++) names[i] = Path.GetFileName(names[i]);
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    /// <inheritdoc/>
    public void Rename(string from, string to) => File.Move(At(from), At(to), overwrite: true);

    /// <inheritdoc/>
    public void Delete(string name) => File.Delete(At(name));

    /// <inheritdoc/>
    public void Flush() => FlushFolder(folder);

    /// <inheritdoc/>
    public IDisposable Lock(string name)
    {
        try
        {
            return File.OpenHandle(At(name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(At(name)))
        {
            throw new DiskLockedException(At(name), taken);
        }
    }

    /// <inheritdoc/>
    public IDisk Folder(string name) => new RealDisk(At(name));

    private string At(string name) => Path.Combine(folder, DiskFiles.Checked(name));

    /// <summary>.NET cannot open a folder, so this asks the C library. Windows needs no such flush: NTFS journals names.</summary>
    private static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var handle = OpenFolder(path, OperatingSystem.IsLinux() ? CloseOnExec : 0);
        if (handle < 0) throw Failed("open", path);
        try
        {
            while (FlushHandle(handle) < 0)
            {
                if (Marshal.GetLastPInvokeError() != Interrupted) throw Failed("flush", path);
            }
        }
        finally
        {
            _ = CloseHandle(handle);
        }
    }

    private static IOException Failed(string verb, string path) =>
        new($"Could not {verb} the folder {path}: {Marshal.GetLastPInvokeErrorMessage()}", new Win32Exception(Marshal.GetLastPInvokeError()));

    private const int CloseOnExec = 0x80000;    // O_CLOEXEC on Linux; elsewhere the handle lives for one flush anyway
    private const int Interrupted = 4;          // EINTR

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushHandle(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int CloseHandle(int handle);

    private sealed class RealFile(SafeFileHandle handle) : IDiskFile
    {
        public long Length => RandomAccess.GetLength(handle);

        public int Read(long offset, Span<byte> target)
        {
            var total = 0;
            while (total < target.Length)
            {
                var read = RandomAccess.Read(handle, target[total..], offset + total);
                if (read == 0) break;
                total += read;
            }
            return total;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(handle, bytes, offset);
        public void Flush() => RandomAccess.FlushToDisk(handle);
        public void SetLength(long length) => RandomAccess.SetLength(handle, length);
        public void Dispose() => handle.Dispose();
    }
}
