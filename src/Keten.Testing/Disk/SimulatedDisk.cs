using Keten.Log;

namespace Keten.Testing;

/// <summary>What a disk may pretend, to show that a test would notice.</summary>
[Flags]
public enum DiskLies
{
    /// <summary>It keeps what it has flushed.</summary>
    None = 0,

    /// <summary>Flushing a file does nothing: as if the program had forgotten to.</summary>
    FileFlush = 1,

    /// <summary>Flushing a folder does nothing.</summary>
    FolderFlush = 2,
}

/// <summary>
/// A disk in memory that breaks whatever <see cref="IDisk"/> does not promise, and repeats itself for the same seed. At a power cut each 512-byte sector written since the last flush
/// is kept or lost, all, none, a first part of them, or any combination (a later write survives where an earlier one is lost; one write is torn); so are lengths, creations, renames
/// and deletions. A failed flush loses pages that go on reading back, as Linux does.
/// <para>Counts operations, so that a test can cut the power at, or fail, each in turn. Safe for several threads; repeatable where one thread drives.</para>
/// </summary>
public sealed class SimulatedDisk : IDisk
{
    private readonly Machine machine;
    private readonly SimulatedFolder root;

    /// <summary>A new, empty disk.</summary>
    public SimulatedDisk(int seed)
    {
        machine = new Machine(seed);
        root = machine.Add();
    }

    /// <summary>What it pretends. Changed at any time.</summary>
    public DiskLies Lies
    {
        get => machine.Lies;
        set => machine.Lies = value;
    }

    /// <summary>How many operations there have been: opens, writes, flushes, reads, renames, and so on.</summary>
    public long Operations => machine.Operations;

    /// <summary>Whether a power cut that was asked for has come, and the power has not been restored.</summary>
    public bool IsOff => machine.IsOff;

    /// <summary>Cuts the power during the operation of that number (from 1): it and all later ones throw <see cref="PowerCutException"/>, until <see cref="Restart"/>.</summary>
    public void CutPowerAt(long operation) => machine.CutAt = operation;

    /// <summary>Fails the operation of that number (from 1) with an <see cref="IOException"/>; those after it work.</summary>
    public void FailAt(long operation) => machine.FailAt = operation;

    /// <summary>Cuts the power now, and restores it: what was not flushed is kept or lost by the seed. Open files and locks are gone.</summary>
    public void Restart() => machine.Restart();

    /// <summary>Ends the process that uses the disk, as kill -9 does: open files and locks are gone, what was written reads back, and may still be lost in a power cut.</summary>
    public void Kill() => machine.Kill();

    /// <summary>Flips one bit of a file, durably: damage at rest.</summary>
    public void FlipBit(string name, long offset, int bit) => root.FlipBit(name, offset, bit);

    /// <inheritdoc/>
    public IDiskFile Open(string name, DiskAccess access) => root.Open(name, access);

    /// <inheritdoc/>
    public bool Exists(string name) => root.Exists(name);

    /// <inheritdoc/>
    public IReadOnlyList<string> List() => root.List();

    /// <inheritdoc/>
    public void Rename(string from, string to) => root.Rename(from, to);

    /// <inheritdoc/>
    public void Delete(string name) => root.Delete(name);

    /// <inheritdoc/>
    public void Flush() => root.Flush();

    /// <inheritdoc/>
    public IDisposable Lock(string name) => root.Lock(name);

    /// <inheritdoc/>
    public IDisk Folder(string name) => root.Folder(name);
}

/// <summary>The power is off: whoever gets this is dead, and must not catch it to go on.</summary>
public sealed class PowerCutException() : IOException("The power was cut.");
