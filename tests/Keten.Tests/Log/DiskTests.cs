using Keten.Log;
using Keten.Testing;

namespace Keten.Tests.Log;

/// <summary>What both disks do alike.</summary>
public abstract class DiskConformance
{
    private protected abstract IDisk Disk { get; }

    [Fact]
    public void Files_are_read_as_they_were_written()
    {
        using var file = Disk.Open("a", DiskAccess.Create);
        file.Write(1000, [1, 2, 3]);
        file.Write(511, [9, 9]);
        file.Flush();
        Assert.Equal(1003, file.Length);
        var bytes = new byte[2000];
        Assert.Equal(1003, file.Read(0, bytes));
        Assert.Equal([9, 9, 0], bytes[511..514]);
        Assert.Equal([1, 2, 3, 0], bytes[1000..1004]);
        Assert.Equal(0, file.Read(5000, bytes));
    }

    [Fact]
    public void Cutting_and_extending_leaves_zeros()
    {
        using var file = Disk.Open("a", DiskAccess.Create);
        file.Write(0, Enumerable.Repeat((byte)7, 2000).ToArray());
        file.SetLength(700);
        file.SetLength(2000);
        var bytes = new byte[2000];
        Assert.Equal(2000, file.Read(0, bytes));
        Assert.All(bytes[..700], b => Assert.Equal(7, b));
        Assert.All(bytes[700..], b => Assert.Equal(0, b));
    }

    [Fact]
    public void Opening_creating_and_deleting_mind_what_is_there()
    {
        Assert.Throws<FileNotFoundException>(() => Disk.Open("a", DiskAccess.Read));
        Assert.Throws<FileNotFoundException>(() => Disk.Open("a", DiskAccess.Write));
        using (var a = Disk.Open("a", DiskAccess.Create)) a.Write(0, [1]);
        Assert.Throws<IOException>(() => Disk.Open("a", DiskAccess.Create));
        using (var a = Disk.Open("a", DiskAccess.Read)) Assert.Throws<UnauthorizedAccessException>(() => a.Write(0, [1]));
        Assert.True(Disk.Exists("a"));
        using var open = Disk.Open("a", DiskAccess.Read);
        Disk.Delete("a");
        Assert.False(Disk.Exists("a"));
        Assert.Equal(1, open.Read(0, new byte[4]));
        Disk.Delete("a");
        Disk.Flush();
    }

    [Fact]
    public void Renaming_replaces_and_names_are_listed_in_order()
    {
        Disk.WriteAllAtomically("c", [3]);
        Disk.WriteAllAtomically("b", [2]);
        Disk.WriteAllAtomically("b.1", [1]);
        Disk.Rename("c", "b");
        Assert.Throws<FileNotFoundException>(() => Disk.Rename("nothing", "b"));
        Disk.Folder("inner").WriteAllAtomically("b", [8]);
        Assert.Equal(["b", "b.1"], Disk.List());
        Assert.Equal([3], Disk.ReadAll("b", 1));
        Assert.Equal([8], Disk.Folder("inner").ReadAll("b", 1));
    }

    [Fact]
    public void A_lock_is_held_once()
    {
        using (Disk.Lock("lock")) Assert.Throws<DiskLockedException>(() => Disk.Lock("lock"));
        Disk.Lock("lock").Dispose();
    }

    [Fact]
    public void Whole_files_are_replaced_whole()
    {
        Disk.WriteAllAtomically("a", [1, 2, 3]);
        Disk.Open("a.new", DiskAccess.Create).Dispose();        // what a crash may leave
        Disk.WriteAllAtomically("a", [4]);
        Assert.Equal([4], Disk.ReadAll("a", 10));
        Assert.Throws<IOException>(() => Disk.ReadAll("a", 0));
        Disk.Open("b.new", DiskAccess.Create).Dispose();
        Disk.DeleteUnfinished();
        Assert.Equal(["a"], Disk.List());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("../a")]
    [InlineData("a/b")]
    [InlineData("A")]
    [InlineData("a\0")]
    public void Names_that_are_no_names_are_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => Disk.Open(name, DiskAccess.Create));
        Assert.Throws<ArgumentException>(() => Disk.Folder(name));
        Assert.Throws<ArgumentException>(() => Disk.Exists(new string('a', 101)));
    }
}

public sealed class RealDiskTests : DiskConformance, IDisposable
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "keten-disk-" + Guid.NewGuid().ToString("N"));

    public RealDiskTests() => Disk = new RealDisk(Path.Combine(folder, "made", "on", "the-way"));

    private protected override IDisk Disk { get; }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Flushing_a_folder_that_is_gone_says_so()
    {
        var gone = (RealDisk)Disk.Folder("gone");
        Directory.Delete(Path.Combine(folder, "made", "on", "the-way", "gone"));
        Assert.Contains("gone", Assert.Throws<IOException>(gone.Flush).Message, StringComparison.Ordinal);
    }
}

public sealed class SimulatedDiskTests : DiskConformance
{
    private protected override IDisk Disk { get; } = new SimulatedDisk(seed: 1);

    [Fact]
    public void What_was_flushed_outlives_a_power_cut_and_what_was_not_may_be_kept_lost_torn_or_reordered()
    {
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new SimulatedDisk(seed);
            using (var file = disk.Open("a", DiskAccess.Create))
            {
                file.Write(0, Sectors(1, 1, 1));
                file.Flush();
                disk.Flush();
                file.Write(0, Sectors(2, 2));
                file.Write(1024, Sectors(3));
            }
            disk.Restart();
            var bytes = disk.ReadAll("a", 4096);
            Assert.Equal(1536, bytes.Length);
            outcomes.Add($"{bytes[0]}{bytes[512]}{bytes[1024]}");
        }
        Assert.Equal(["111", "113", "121", "123", "211", "213", "221", "223"], outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Names_that_were_not_flushed_may_be_lost_in_any_combination_but_a_rename_never_loses_both()
    {
        var outcomes = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 0; seed < 300; seed++)
        {
            var disk = new SimulatedDisk(seed);
            disk.WriteAllAtomically("old", [1]);
            disk.Open("new", DiskAccess.Create).Dispose();
            disk.Rename("old", "renamed");
            disk.Restart();
            Assert.True(disk.Exists("old") ^ disk.Exists("renamed"));
            outcomes.Add(string.Join(' ', disk.List()));
        }
        Assert.Equal(["new old", "new renamed", "old", "renamed"], outcomes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_whole_file_is_the_old_or_the_new_one_wherever_the_power_goes()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            for (var operation = 1; ; operation++)
            {
                var disk = new SimulatedDisk(seed);
                disk.WriteAllAtomically("a", Sectors(1, 1));
                disk.CutPowerAt(disk.Operations + operation);
                var done = false;
                try
                {
                    disk.WriteAllAtomically("a", Sectors(2, 2, 2));
                    done = true;
                }
                catch (PowerCutException)
                {
                    Assert.True(disk.IsOff);
                }
                disk.Restart();
                var now = disk.ReadAll("a", 4096);
                if (now.Length == 1024) Assert.Equal(Sectors(1, 1), now);
                else Assert.Equal(Sectors(2, 2, 2), now);
                if (!done) continue;
                Assert.Equal(1536, now.Length);
                break;
            }
        }
    }

    [Fact]
    public void A_disk_that_lies_about_flushing_loses_what_it_said_it_had()
    {
        var lost = 0;
        for (var seed = 0; seed < 100; seed++)
        {
            var disk = new SimulatedDisk(seed) { Lies = DiskLies.FileFlush };
            disk.WriteAllAtomically("a", Sectors(1));
            disk.Restart();
            if (disk.ReadAll("a", 4096).Length == 0) lost++;
        }
        Assert.InRange(lost, 20, 80);
    }

    [Fact]
    public void Handles_of_a_dead_process_are_dead()
    {
        var disk = new SimulatedDisk(seed: 1);
        var held = disk.Lock("lock");
        var file = disk.Open("a", DiskAccess.Create);
        disk.Kill();
        Assert.Throws<PowerCutException>(() => file.Write(0, [1]));
        using var again = disk.Lock("lock");
        held.Dispose();
        Assert.Throws<DiskLockedException>(() => disk.Lock("lock"));
    }

    private static byte[] Sectors(params byte[] values) => values.SelectMany(value => Enumerable.Repeat(value, 512)).ToArray();
}
