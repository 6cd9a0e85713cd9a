using Keten.Log;
using Keten.Testing;

namespace Keten.Tests.Log;

/// <summary>What is particular to the File engine.</summary>
public sealed class FileLogTests
{
    private readonly SimulatedDisk disk = new(seed: 5);
    private readonly SimulatedThreads threads = new(seed: 5);

    [Fact]
    public async Task A_thousand_appends_at_once_are_one_write_and_one_flush()
    {
        await using var log = FileLog.Open(disk, new FileLogOptions { Scheduler = threads });
        var before = disk.Operations;
        var appends = Enumerable.Range(0, 1000).Select(i => log.AppendAsync(BitConverter.GetBytes(i)).AsTask()).ToArray();
        threads.Run();
        await Task.WhenAll(appends);
        Assert.Equal(before + 2, disk.Operations);
    }

    [Fact]
    public async Task Followers_of_recent_entries_do_not_touch_the_disk()
    {
        await using var log = FileLog.Open(disk);
        for (var i = 0; i < 100; i++) await log.AppendAsync(BitConverter.GetBytes(i));
        var before = disk.Operations;
        await foreach (var entry in log.FollowAsync(0))
        {
            if (entry.Position == 100) break;
        }
        Assert.Equal(before, disk.Operations);
    }

    [Fact]
    public async Task With_the_default_options_the_largest_entry_fits()
    {
        await using var log = FileLog.Open(disk);
        Assert.Equal(LogLimits.EntryBytes, log.MaxEntryBytes);
        Assert.Equal(1, await log.AppendAsync(new byte[LogLimits.EntryBytes]));
        await Assert.ThrowsAsync<EntryTooLargeException>(async () => await log.AppendAsync(new byte[LogLimits.EntryBytes + 1]));
    }

    [Fact]
    public void Appenders_wait_for_room_in_their_order_and_one_may_give_up()
    {
        var log = FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small with { Scheduler = threads });       // room for two of these
        using var cancel = new CancellationTokenSource();
        var positions = threads.Run(async () =>
        {
            var appends = Enumerable.Range(0, 6).Select(i => log.AppendAsync(new byte[900], i == 3 ? cancel.Token : default).AsTask()).ToArray();
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => appends[3]);
            return await Task.WhenAll(appends.Where((_, i) => i != 3));
        });
        Assert.Equal([1, 2, 3, 4, 5], positions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_waits_for_room_is_refused_when_the_log_closes_or_stops(bool closes)
    {
        var log = FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small with { Scheduler = threads });
        var ends = threads.Run(async () =>
        {
            var appends = Enumerable.Range(0, 3).Select(_ => log.AppendAsync(new byte[900]).AsTask()).ToArray();
            if (closes) await log.DisposeAsync();
            else disk.FailAt(disk.Operations + 1);
            await Task.WhenAll(appends.Select(append => append.ContinueWith(_ => 0, threads)));
            return appends;
        });
        Assert.Equal([!closes, !closes, true], ends.Select(end => end.Exception?.InnerException is LogStoppedException));
    }

    [Fact]
    public void A_failed_flush_stops_the_log_and_says_why()
    {
        var log = FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small with { Scheduler = threads });
        Assert.Equal(1, threads.Run(() => log.AppendAsync(new byte[8]).AsTask()));
        var waiting = threads.Start(async () =>
        {
            var seen = 0;
            await foreach (var entry in log.FollowAsync(0)) seen++;
            return seen;
        });
        threads.Run();
        Assert.False(waiting.IsCompleted);

        disk.FailAt(disk.Operations + 2);       // the write, then the flush
        var stopped = Assert.Throws<LogStoppedException>(() => threads.Run(() => log.AppendAsync(new byte[8]).AsTask()));
        Assert.IsType<IOException>(stopped.InnerException);
        threads.Run();
        Assert.IsType<LogStoppedException>(waiting.Exception!.InnerException);
        Assert.Throws<LogStoppedException>(() => threads.Run(() => log.AppendAsync(new byte[8]).AsTask()));
        Assert.Throws<LogStoppedException>(() => threads.Run(async () => { await log.PruneAsync(1); return 0; }));
        Assert.Equal(new LogRange(1, 1), threads.Run(() => log.RangeAsync().AsTask()));
    }

    [Fact]
    public void What_reads_back_after_a_failed_flush_is_durable_before_it_is_shown()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var failing = new SimulatedDisk(seed);
            var run = new SimulatedThreads(seed);
            var options = FileLogOnSimulatedDiskTests.Small with { Scheduler = run };
            var log = FileLog.Open(failing, options);
            failing.FailAt(failing.Operations + 2);
            Assert.Throws<LogStoppedException>(() => run.Run(() => log.AppendAsync(new byte[1000]).AsTask()));
            failing.Kill();

            var shown = FileLog.Open(failing, options).Recovery.Range;
            Assert.Equal(1, shown.Last);        // the operating system's memory still has it
            failing.Restart();
            Assert.Equal(shown, FileLog.Open(failing, options).Recovery.Range);
        }
    }

    [Fact]
    public void A_failed_prune_stops_the_log_and_loses_nothing()
    {
        var log = FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small with { Scheduler = threads });
        for (var i = 0; i < 10; i++) threads.Run(() => log.AppendAsync(new byte[1500]).AsTask());
        disk.FailAt(disk.Operations + 3);
        Assert.Throws<LogStoppedException>(() => threads.Run(async () => { await log.PruneAsync(10); return 0; }));
        disk.Restart();
        Assert.Null(LogCheck.Run(disk).Fault);
        Assert.Equal(10, FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small).Recovery.Range.Last);
    }

    [Fact]
    public void Options_that_do_not_fit_each_other_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FileLog.Open(disk, new FileLogOptions { SegmentBytes = 100 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => FileLog.Open(disk, new FileLogOptions { SegmentBytes = 4096 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => FileLog.Open(disk, new FileLogOptions { QueueBytes = 1024 * 1024 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => FileLog.Open(disk, new FileLogOptions { TailBytes = -1 }));
    }

    [Theory]    // RFC 3720, appendix B.4, and the check value of CRC-32C
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AA)]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", 0x62A8AB43)]
    [InlineData("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F", 0x46DD794E)]
    [InlineData("313233343536373839", 0xE3069283)]
    public void The_checksum_is_crc32c(string hex, uint expected) => Assert.Equal(expected, Crc32C.Of(Convert.FromHexString(hex)));

    [Fact]
    public async Task The_bytes_of_a_segment_are_those_of_the_documentation()
    {
        await using (var log = FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small with { Salt = () => 0x1122334455667788 })) await log.AppendAsync("keten"u8.ToArray());
        var bytes = disk.ReadAll("00000000000000000001.log", 4096);
        Assert.Equal("4B4554454E4C4F4701000000000000008877665544332211000000009E3B1358", Convert.ToHexString(bytes, 0, 32));
        Assert.Equal("28000000010000000100000000000000CE68B78E4C2C9F07050000006B6574656E00000000000000", Convert.ToHexString(bytes, 32, 40));
        Assert.Equal("1800000000000000020000000000000000000000EAF9BD0C", Convert.ToHexString(bytes, 72, 24));
        Assert.False(bytes.AsSpan(96).ContainsAnyExcept((byte)0));
    }
}
