using System.Buffers.Binary;
using Keten.Log;
using Keten.Testing;

namespace Keten.Tests.Log;

/// <summary>Files that are not as they were written: what is cut, what is refused, and what the check from outside says.</summary>
public sealed class DamageTests
{
    private const string First = "00000000000000000001.log";
    private readonly SimulatedDisk disk = new(seed: 7);

    private static FileLogOptions Options => FileLogOnSimulatedDiskTests.Small with { Salt = () => 0x0123_4567_89AB_CDEF };

    [Fact]
    public async Task A_torn_tail_is_cut_at_the_last_whole_batch()
    {
        await Write(disk, [1, 2, 3], close: false);
        var (_, end) = FramesOf(disk, First)[^1];
        Overwrite(disk, First, end, [200, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, .. Bytes(180)]);
        var tail = LogCheck.Run(disk).Tail!;
        Assert.Equal((First, end), (tail.File, tail.Offset));

        await using (var log = FileLog.Open(disk, Options))
        {
            Assert.Equal(new LogRecovery(new LogRange(1, 3), First, end, 4096 - end), log.Recovery);
            Assert.Equal(4, await log.AppendAsync(new byte[10]));
        }
        var report = LogCheck.Run(disk);
        Assert.Equal((4, 1, 4, null, null), (report.Entries, report.First, report.Last, report.Fault, report.Tail));
    }

    [Fact]
    public async Task A_torn_batch_is_cut_whole_whichever_of_its_sectors_survived()
    {
        await Write(disk, [1, 2], close: false);
        await Write(disk, [700, 700], close: false, atOnce: true);
        var last = FramesOf(disk, First)[^1];
        Assert.True(last.End - last.Start > 2 * 512);
        for (var sector = last.Start / 512; sector <= (last.End - 1) / 512; sector++)
        {
            var copy = Copy(disk);
            var from = Math.Max(sector * 512, last.Start);
            Overwrite(copy, First, from, new byte[Math.Min((sector + 1) * 512, last.End) - from]);
            await using var log = FileLog.Open(copy, Options);
            Assert.Equal(new LogRange(1, 2), log.Recovery.Range);
            Assert.Equal(First, log.Recovery.CutFile);
        }
    }

    [Fact]
    public async Task A_damaged_batch_with_a_later_one_behind_it_is_refused_and_named()
    {
        await Write(disk, [100, 100, 100], close: false);
        var frames = FramesOf(disk, First);
        disk.FlipBit(First, frames[1].Start + 40, 3);
        var refused = Assert.Throws<LogCorruptException>(() => FileLog.Open(disk, Options));
        Assert.Equal((First, frames[1].Start), (refused.File, refused.Offset));
        Assert.Contains("later one", refused.Message, StringComparison.Ordinal);
        var fault = LogCheck.Run(disk).Fault!;
        Assert.Equal((First, frames[1].Start), (fault.File, fault.Offset));

        disk.FlipBit(First, frames[1].Start + 40, 3);
        await using var log = FileLog.Open(disk, Options);      // refusing has changed nothing, and holds no lock
        Assert.Equal(3, log.Recovery.Range.Last);
    }

    [Fact]
    public async Task Any_flipped_bit_of_a_closed_log_is_found()
    {
        await Write(disk, [5, 300, 0, 64, 1500, 900, 700, 20], close: true);
        Assert.Null(LogCheck.Run(disk).Tail);
        var random = new Random(3);
        foreach (var name in disk.List().Where(n => n.EndsWith(".log", StringComparison.Ordinal)).ToArray())
        {
            var used = FramesOf(disk, name)[^1];
            for (var offset = 0L; offset < LengthOf(disk, name); offset++)
            {
                var bit = random.Next(8);
                disk.FlipBit(name, offset, bit);
                var report = LogCheck.Run(disk);
                if (offset < used.Start) Assert.NotNull(report.Fault);      // only the closing mark, and the room behind it, may look unfinished
                else Assert.True(report.Fault is not null || report.Tail is not null, $"{name} {offset}");
                disk.FlipBit(name, offset, bit);
            }
        }
        Assert.Null(LogCheck.Run(disk).Fault);
    }

    [Fact]
    public async Task Any_flipped_bit_is_never_followed_as_good()
    {
        await Write(disk, [5, 300, 0, 64, 1500, 900, 700, 20], close: true);
        var expected = await ReadAll(disk);
        var random = new Random(4);
        foreach (var name in disk.List().Where(n => n.EndsWith(".log", StringComparison.Ordinal)).ToArray())
        {
            for (var offset = 0L; offset < LengthOf(disk, name); offset += 3)
            {
                var copy = Copy(disk);
                copy.FlipBit(name, offset, random.Next(8));
                try
                {
                    Assert.Equal(expected, await ReadAll(copy));            // the mark or the unused room was hit: nothing is lost
                }
                catch (LogCorruptException refused)
                {
                    Assert.Equal(name, refused.File);
                }
            }
        }
    }

    [Fact]
    public async Task An_entry_that_quotes_a_batch_does_not_pass_for_one()
    {
        await Write(disk, [8], close: false);
        var mark = FramesOf(disk, First)[^1].End;

        // Somebody who knows the layout, and guesses every place right, but cannot know the salt.
        var quoted = new byte[1000];
        for (var at = 0; at + 24 <= quoted.Length; at += 24) Layout.WriteFrameHeader(quoted.AsSpan(at, 24), 0, 3, salt: 0, mark + 24 + 4 + at);
        await using (var log = FileLog.Open(disk, Options)) await log.AppendAsync(quoted);
        Assert.Equal(2, FileLogRange(Copy(disk)).Last);

        var torn = Copy(disk);
        var frame = FramesOf(torn, First).First(f => f.End - f.Start > 1000);
        Overwrite(torn, First, frame.End, new byte[4096 - frame.End]);
        torn.FlipBit(First, frame.Start + 5, 1);
        Assert.Equal(1, FileLogRange(torn).Last);
    }

    [Fact]
    public async Task A_batch_that_was_written_wrong_is_refused_though_its_checksums_are_right()
    {
        await Write(disk, [1500, 1500, 1500, 1500], close: true);
        foreach (var (name, says) in new[] { (First, "position 9"), (disk.List()[1], "position 9"), (disk.List()[1], "structure") })
        {
            var copy = Copy(disk);
            var (start, end) = FramesOf(copy, name)[0];
            var frame = copy.ReadAll(name, 1 << 20).AsSpan((int)start, (int)(end - start)).ToArray();
            if (says == "structure") frame[24]++;       // an entry one byte longer
            Layout.WriteFrameHeader(frame, 1, says == "structure" ? 3 : 9, Options.Salt(), start);
            Overwrite(copy, name, start, frame);
            Assert.Equal((name, start), LogCheck.Run(copy).Fault is { } fault ? (fault.File, fault.Offset) : default);
            var refused = name == First ? await Assert.ThrowsAsync<LogCorruptException>(() => ReadAll(copy)) : Assert.Throws<LogCorruptException>(() => FileLog.Open(copy, Options));
            Assert.Equal((name, start), (refused.File, refused.Offset));
            Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Foreign_and_future_files_are_refused()
    {
        await Write(disk, [8], close: true);
        var header = disk.ReadAll(First, 8192).AsSpan(0, 32).ToArray();
        var future = (byte[])header.Clone();
        future[24] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(future.AsSpan(28), Crc32C.Of(future.AsSpan(0, 28)));
        var elsewhere = Layout.SegmentHeader(2, 0);
        foreach (var (bytes, says) in new[] { (new byte[32], "not a segment"), (future, "version 1"), (elsewhere, "starts at 2") })
        {
            var copy = Copy(disk);
            Overwrite(copy, First, 0, bytes);
            Assert.Contains(says, Assert.Throws<LogCorruptException>(() => FileLog.Open(copy, Options)).Message, StringComparison.Ordinal);
            Assert.NotNull(LogCheck.Run(copy).Fault);
        }
    }

    [Fact]
    public async Task A_missing_segment_is_noticed_by_followers_and_by_the_check()
    {
        await Write(disk, [1500, 1500, 1500, 1500, 1500, 1500, 1500], close: true);
        var names = disk.List().Where(n => n.EndsWith(".log", StringComparison.Ordinal)).ToArray();
        Assert.True(names.Length > 2);
        disk.Delete(names[1]);
        Assert.Equal(names[2], LogCheck.Run(disk).Fault!.File);
        await Assert.ThrowsAsync<LogCorruptException>(() => ReadAll(disk));
    }

    [Fact]
    public async Task The_check_counts_what_is_there_and_writes_nothing()
    {
        Assert.Equal(new LogReport(0, 0, 1, 0, null, null), LogCheck.Run(disk));
        await Write(disk, [1500, 1500, 1500, 1500, 10, 20, 30], close: true);
        var copy = Copy(disk);
        var report = LogCheck.Run(copy);
        Assert.Equal((7, 1, 7, null, null), (report.Entries, report.First, report.Last, report.Fault, report.Tail));
        Assert.Equal(disk.List().Count(n => n.EndsWith(".log", StringComparison.Ordinal)), report.Segments);
        Assert.All(disk.List(), name => Assert.Equal(disk.ReadAll(name, 8192), copy.ReadAll(name, 8192)));
    }

    [Fact]
    public async Task Restarting_an_idle_log_does_not_make_it_longer()
    {
        await Write(disk, [10], close: true);
        var end = FramesOf(disk, First)[^1].End;
        for (var i = 0; i < 5; i++) await Write(disk, [], close: true);
        Assert.Equal(end, FramesOf(disk, First)[^1].End);
    }

    [Fact]
    public void Other_files_in_the_folder_are_left_alone_but_unfinished_segments_are_deleted()
    {
        disk.WriteAllAtomically("notes.txt", [1]);
        disk.Open("00000000000000000099.log.new", DiskAccess.Create).Dispose();
        Assert.Equal(new LogRange(1, 0), FileLogRange(disk));
        Assert.Equal([First, "notes.txt"], disk.List());
    }

    private static async Task Write(SimulatedDisk disk, int[] sizes, bool close, bool atOnce = false)
    {
        var log = FileLog.Open(disk, Options);
        if (atOnce)
        {
            var threads = new SimulatedThreads(1);
            await log.DisposeAsync();
            log = FileLog.Open(disk, Options with { Scheduler = threads });
            var appends = sizes.Select(size => log.AppendAsync(Bytes(size)).AsTask()).ToArray();
            threads.Run();
            await Task.WhenAll(appends);
        }
        else
        {
            foreach (var size in sizes) await log.AppendAsync(Bytes(size));
        }
        if (close) await log.DisposeAsync();
        else disk.Kill();
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    private static async Task<List<string>> ReadAll(SimulatedDisk disk)
    {
        await using var log = FileLog.Open(disk, Options);
        var range = await log.RangeAsync();
        var entries = new List<string>();
        await foreach (var entry in log.FollowAsync(0))
        {
            entries.Add(Convert.ToHexString(entry.Bytes.Span));
            if (entry.Position == range.Last) break;
        }
        return entries;
    }

    private static LogRange FileLogRange(SimulatedDisk disk)
    {
        var log = FileLog.Open(disk, Options);
        disk.Kill();
        return log.Recovery.Range;
    }

    /// <summary>Where each frame of a segment starts and ends, by the lengths in its headers alone.</summary>
    private static List<(long Start, long End)> FramesOf(SimulatedDisk disk, string name)
    {
        var bytes = disk.ReadAll(name, 1 << 20);
        var frames = new List<(long, long)>();
        for (var at = 32; at + 24 <= bytes.Length && BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) is > 0 and var length; at += length) frames.Add((at, at + length));
        return frames;
    }

    private static long LengthOf(SimulatedDisk disk, string name)
    {
        using var file = disk.Open(name, DiskAccess.Read);
        return file.Length;
    }

    private static void Overwrite(SimulatedDisk disk, string name, long offset, byte[] bytes)
    {
        using var file = disk.Open(name, DiskAccess.Write);
        file.Write(offset, bytes);
        file.Flush();
    }

    private static SimulatedDisk Copy(SimulatedDisk disk)
    {
        var copy = new SimulatedDisk(seed: 1);
        foreach (var name in disk.List()) copy.WriteAllAtomically(name, disk.ReadAll(name, 1 << 20));
        return copy;
    }
}
