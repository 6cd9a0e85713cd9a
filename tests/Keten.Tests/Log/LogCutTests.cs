using Keten.Log;
using Keten.Testing;

namespace Keten.Tests.Log;

/// <summary>Entries behind a position are given up, wherever it lies: in a batch, at a segment's end, or before everything.</summary>
public sealed class LogCutTests
{
    private static readonly FileLogOptions Small = FileLogOnSimulatedDiskTests.Small;

    [Fact]
    public async Task What_is_cut_is_gone_and_what_stays_is_as_it_was_and_the_log_goes_on()
    {
        for (var position = 0; position <= 40; position++)
        {
            var disk = new SimulatedDisk(position);
            await WriteAsync(disk);
            LogCut.After(disk, position, Small);
            if (position % 3 == 0) disk.Restart();
            await using var log = FileLog.Open(disk, Small);
            Assert.Equal(new LogRange(1, position), await log.RangeAsync());
            Assert.Equal(position + 1, await log.AppendAsync("another"u8.ToArray()));
            var read = new List<byte[]>();
            await foreach (var entry in log.FollowAsync(0))
            {
                read.Add(entry.Bytes.ToArray());
                if (read.Count == position + 1) break;
            }
            for (var each = 0; each < position; each++) Assert.Equal(EntryAt(each), read[each]);
            Assert.Equal("another"u8.ToArray(), read[^1]);
        }
    }

    [Fact]
    public async Task After_a_crash_at_any_operation_the_log_ends_there_or_later_and_the_cut_can_be_repeated()
    {
        for (var crash = 0; ; crash++)
        {
            var disk = new SimulatedDisk(crash);
            await WriteAsync(disk);
            disk.CutPowerAt(disk.Operations + crash);
            var ended = false;
            try
            {
                LogCut.After(disk, 7, Small);
                ended = true;
            }
            catch (IOException)
            {
                // The power went.
            }
            disk.Restart();
            await using (var log = FileLog.Open(disk, Small))
            {
                var range = await log.RangeAsync();
                Assert.Equal(1, range.First);
                Assert.InRange(range.Last, 7, 40);
            }
            LogCut.After(disk, 7, Small);
            await using (var log = FileLog.Open(disk, Small)) Assert.Equal(new LogRange(1, 7), await log.RangeAsync());
            if (ended) return;
        }
    }

    [Fact]
    public async Task A_log_that_is_open_or_too_short_is_not_cut()
    {
        var disk = new SimulatedDisk(3);
        await using (FileLog.Open(disk, Small)) Assert.Throws<DiskLockedException>(() => LogCut.After(disk, 0, Small));
        await WriteAsync(disk);
        Assert.Throws<LogCorruptException>(() => LogCut.After(disk, 41, Small));
    }

    // In batches of several and of one, over several segments.
    private static async Task WriteAsync(SimulatedDisk disk)
    {
        await using var log = FileLog.Open(disk, Small);
        for (var from = 0; from < 40; from += 4) await Task.WhenAll(Enumerable.Range(from, 4).Select(each => log.AppendAsync(EntryAt(each)).AsTask()));
    }

    private static byte[] EntryAt(int place) => [.. Enumerable.Repeat((byte)place, 1 + place * 37 % 300)];
}
