using Keten.Log;
using Keten.Testing;

namespace Keten.Tests.Log;

public sealed class MemoryLogTests : LogConformance
{
    private readonly MemoryStore store = new();

    private protected override ILog Open() => new MemoryLog(store);

    [Fact]
    public async Task Logs_on_one_store_are_appenders_to_one_order()
    {
        await using var other = new MemoryLog(store);
        Assert.Equal(1, await Log.AppendAsync(Entry(1)));
        Assert.Equal(2, await other.AppendAsync(Entry(2)));
        Assert.Equal(3, await Log.AppendAsync(Entry(3)));
        await ExpectEntries(0, 1, 3);
    }

    [Fact]
    public async Task A_full_store_refuses()
    {
        await using var log = new MemoryLog(new MemoryStore(limitBytes: 10));
        await log.AppendAsync(new byte[10]);
        await Assert.ThrowsAsync<LogStoppedException>(async () => await log.AppendAsync(new byte[1]));
    }
}

public sealed class FileLogOnRealDiskTests : LogConformance
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), "keten-log-" + Guid.NewGuid().ToString("N"));

    private protected override ILog Open() => FileLog.Open(new RealDisk(folder), new FileLogOptions { SegmentBytes = 16 * 1024, QueueBytes = 12 * 1024, MaxEntryBytes = 10 * 1024 });

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Two_cannot_have_it_open()
    {
        Assert.Throws<DiskLockedException>(Open);
        await Reopen();
    }

    [Fact]
    public async Task A_finished_segment_has_no_unused_room()
    {
        for (var i = 1; i <= 400; i++) await Log.AppendAsync(Entry(i));
        var files = Directory.GetFiles(folder, "*.log").Order(StringComparer.Ordinal).ToArray();
        Assert.True(files.Length > 1);
        Assert.All(files[..^1], file => Assert.NotEqual(16 * 1024, new FileInfo(file).Length));
        Assert.Equal(16 * 1024, new FileInfo(files[^1]).Length);
        await Log.DisposeAsync();
        Assert.Null(LogCheck.Run(new RealDisk(folder)).Fault);
    }
}

public sealed class FileLogOnSimulatedDiskTests : LogConformance
{
    private readonly SimulatedDisk disk = new(seed: 1);

    private protected override ILog Open() => FileLog.Open(disk, Small);

    /// <summary>Segments of a few entries, and no tail: everything is read from the disk.</summary>
    internal static FileLogOptions Small => new() { SegmentBytes = 4096, QueueBytes = 2048, MaxEntryBytes = 1500, TailBytes = 0 };
}
