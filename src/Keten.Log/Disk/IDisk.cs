namespace Keten.Log;

/// <summary>
/// One folder of files, as everything durable in Keten sees it: the log, the block store, snapshots. Two implementations: <see cref="RealDisk"/> and the simulated disk of the test kit,
/// which cuts the power. Whatever this interface does not promise, the simulated disk breaks.
/// <para>Calls are synchronous: they are made from a writer's own thread, and no common operating system has asynchronous flushes to gain from.</para>
/// <para>Every call may throw <see cref="IOException"/>. Names are 1 to 100 characters from a–z, 0–9, '.', '_' and '-', not starting with a dot; anything else is an <see cref="ArgumentException"/>.</para>
/// </summary>
public interface IDisk
{
    /// <summary>Opens a file of this folder.</summary>
    /// <exception cref="FileNotFoundException">It does not exist, and was not to be created.</exception>
    /// <exception cref="IOException">It exists, and was to be created.</exception>
    IDiskFile Open(string name, DiskAccess access);

    /// <summary>Whether the folder has a file of this name.</summary>
    bool Exists(string name);

    /// <summary>The names of all files in this folder (not those of folders in it), in ordinal order.</summary>
    IReadOnlyList<string> List();

    /// <summary>Renames a file, replacing one that has the new name: after a crash the new name means the one or the other, never neither.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file. Files that are open stay readable through their handles.</summary>
    void Delete(string name);

    /// <summary>Makes all creations, renames and deletions in this folder durable. Before it, each of them MAY be undone by a crash, in any combination.</summary>
    void Flush();

    /// <summary>Takes an exclusive lock between processes, kept until disposed or until the process ends.</summary>
    /// <exception cref="DiskLockedException">Somebody has it.</exception>
    IDisposable Lock(string name);

    /// <summary>A folder in this folder, created durably where it does not exist.</summary>
    IDisk Folder(string name);
}

/// <summary>One open file. Safe for several readers beside one writer.</summary>
public interface IDiskFile : IDisposable
{
    /// <summary>Its length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads from an offset; fewer bytes than asked for only at the end of the file.</summary>
    int Read(long offset, Span<byte> target);

    /// <summary>Writes at an offset, extending the file where needed. Not durable before <see cref="Flush"/>: a crash MAY keep any of the 512-byte sectors written since and lose the others.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Makes content and length durable. After it has thrown, what was not durable before MAY be lost although it still reads back: write it again before trusting it.</summary>
    void Flush();

    /// <summary>Cuts or extends with zeros. Not durable before <see cref="Flush"/>.</summary>
    void SetLength(long length);
}

/// <summary>How a file is opened.</summary>
public enum DiskAccess
{
    /// <summary>An existing file, to read.</summary>
    Read,

    /// <summary>An existing file, to read and write.</summary>
    Write,

    /// <summary>A file that must not exist yet, to read and write.</summary>
    Create,
}

/// <summary>Another process, or another part of this one, has the lock.</summary>
public sealed class DiskLockedException(string name, Exception? inner = null) : IOException($"{name} is locked: another process has this folder open.", inner);
