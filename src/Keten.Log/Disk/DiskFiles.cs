namespace Keten.Log;

/// <summary>What can be said in terms of <see cref="IDisk"/> alone, so that it holds on the real and on the simulated one.</summary>
public static class DiskFiles
{
    private const string Unfinished = ".new";

    /// <summary>Writes a whole file so that a crash leaves the old one (or none) or the new one, never a part; durable when it returns.</summary>
    /// <remarks>Writes under the name with ".new" behind it, flushes, renames, flushes the folder. A leftover of a crash is replaced by the next write.</remarks>
    public static void WriteAllAtomically(this IDisk disk, string name, ReadOnlySpan<byte> bytes)
    {
        using (var file = disk.CreateUnfinished(name))
        {
            file.Write(0, bytes);
            file.Flush();
        }
        disk.Finish(name);
    }

    /// <summary>The same for a file that is written in pieces.</summary>
    public static void WriteAtomically(this IDisk disk, string name, Action<IDiskFile> write)
    {
        using (var file = disk.CreateUnfinished(name))
        {
            write(file);
            file.Flush();
        }
        disk.Finish(name);
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="IOException">It is longer than allowed; it is not there; or it cannot be read.</exception>
    public static byte[] ReadAll(this IDisk disk, string name, int atMost)
    {
        using var file = disk.Open(name, DiskAccess.Read);
        var length = file.Length;
        if (length > atMost) throw new IOException($"{name} has {length} bytes, more than the {atMost} that it may have.");
        var bytes = new byte[length];
        return file.Read(0, bytes) == length ? bytes : throw new IOException($"{name} became shorter while it was read.");
    }

    /// <summary>Deletes what crashed writers of whole files have left behind.</summary>
    public static void DeleteUnfinished(this IDisk disk)
    {
        foreach (var name in disk.List())
        {
            if (name.EndsWith(Unfinished, StringComparison.Ordinal)) disk.Delete(name);
        }
    }

    /// <summary>Whether a name is one that all disks take; throws an <see cref="ArgumentException"/> that says so where not.</summary>
    public static string Checked(string name)
    {
        var good = name.Length is >= 1 and <= 100 && name[0] != '.';
        foreach (var c in name) good &= c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '-';
        return good ? name : throw new ArgumentException($"'{name}' is no name for a file here: a-z, 0-9, '.', '_' and '-', at most 100, no dot first.", nameof(name));
    }

    internal static IDiskFile CreateUnfinished(this IDisk disk, string name)
    {
        if (disk.Exists(name + Unfinished)) disk.Delete(name + Unfinished);
        return disk.Open(name + Unfinished, DiskAccess.Create);
    }

    internal static void Finish(this IDisk disk, string name)
    {
        disk.Rename(name + Unfinished, name);
        disk.Flush();
    }
}
