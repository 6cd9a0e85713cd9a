using Keten.Log;

namespace Keten.Testing;

/// <summary>A folder of the simulated disk: names that may be lost, over files that may be torn.</summary>
internal sealed class SimulatedFolder(Machine machine) : IDisk
{
    private readonly SortedDictionary<string, Content> names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SimulatedFolder> folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> locked = new(StringComparer.Ordinal);
    private readonly List<(long Moment, string? Gone, string? Name, Content? Content)> changes = [];
    private SortedDictionary<string, Content> durable = new(StringComparer.Ordinal);

    public IDiskFile Open(string name, DiskAccess access)
    {
        DiskFiles.Checked(name);
        lock (machine.Gate)
        {
            var fate = machine.Begin(machine.Boot);
            if (fate == Fate.Fails) Machine.End(fate);
            var there = names.TryGetValue(name, out var content);
            if (access == DiskAccess.Create)
            {
                if (there) throw new IOException($"{name} exists already.");
                content = new Content();
                Change(null, name, content);
            }
            else if (!there)
            {
                throw new FileNotFoundException($"{name} does not exist.", name);
            }
            Machine.End(fate);
            return new SimulatedFile(machine, content!, writable: access != DiskAccess.Read);
        }
    }

    public bool Exists(string name)
    {
        DiskFiles.Checked(name);
        lock (machine.Gate)
        {
            Machine.End(machine.Begin(machine.Boot));
            return names.ContainsKey(name);
        }
    }

    public IReadOnlyList<string> List()
    {
        lock (machine.Gate)
        {
            Machine.End(machine.Begin(machine.Boot));
            return [.. names.Keys];
        }
    }

    public void Rename(string from, string to)
    {
        DiskFiles.Checked(to);
        lock (machine.Gate)
        {
            machine.Whole(machine.Boot, () =>
            {
                if (!names.TryGetValue(from, out var content)) throw new FileNotFoundException($"{from} does not exist.", from);
                Change(from, to, content);
            });
        }
    }

    public void Delete(string name)
    {
        DiskFiles.Checked(name);
        lock (machine.Gate)
        {
            machine.Whole(machine.Boot, () =>
            {
                if (names.ContainsKey(name)) Change(name, null, null);
            });
        }
    }

    public void Flush()
    {
        lock (machine.Gate)
        {
            machine.Whole(machine.Boot, () =>
            {
                if (machine.Lies.HasFlag(DiskLies.FolderFlush)) return;
                durable = new(names, StringComparer.Ordinal);
                changes.Clear();
            });
        }
    }

    public IDisposable Lock(string name)
    {
        DiskFiles.Checked(name);
        lock (machine.Gate)
        {
            Machine.End(machine.Begin(machine.Boot));
            if (!locked.Add(name)) throw new DiskLockedException(name);
            return new Held(this, name, machine.Boot);
        }
    }

    public IDisk Folder(string name)
    {
        DiskFiles.Checked(name);
        lock (machine.Gate)
        {
            Machine.End(machine.Begin(machine.Boot));
            if (!folders.TryGetValue(name, out var folder)) folders.Add(name, folder = machine.Add());
            return folder;
        }
    }

    public void FlipBit(string name, long offset, int bit)
    {
        lock (machine.Gate) names[name].FlipBit(offset, bit);
    }

    public void Unlock() => locked.Clear();

    public void LosePower(Survival survival)
    {
        // Also of files without a name: a kept rename may bring back what a lost one had replaced.
        var files = new HashSet<Content>(durable.Values);
        foreach (var change in changes)
        {
            if (change.Content is { } content) files.Add(content);
            if (survival.Keeps(change.Moment)) Apply(durable, change.Gone, change.Name, change.Content);
        }
        files.UnionWith(durable.Values);
        var inOrder = new List<Content>(files);
        inOrder.Sort((left, right) => left.Number.CompareTo(right.Number));
        foreach (var content in inOrder) content.LosePower(survival);
        changes.Clear();
        names.Clear();
        foreach (var (name, content) in durable) names.Add(name, content);
    }

    private void Change(string? gone, string? name, Content? content)
    {
        if (content is { Number: 0 }) content.Number = machine.NextMoment();
        changes.Add((machine.NextMoment(), gone, name, content));
        Apply(names, gone, name, content);
    }

    private static void Apply(SortedDictionary<string, Content> names, string? gone, string? name, Content? content)
    {
        if (gone is not null) names.Remove(gone);
        if (name is not null) names[name] = content!;
    }

    private sealed class Held(SimulatedFolder folder, string name, int boot) : IDisposable
    {
        private bool given;

        public void Dispose()
        {
            lock (folder.Machine.Gate)
            {
                if (!given && boot == folder.Machine.Boot) folder.locked.Remove(name);
                given = true;
            }
        }
    }

    private Machine Machine => machine;
}
