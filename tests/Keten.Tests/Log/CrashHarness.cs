using Keten.Log;
using Keten.Testing;

namespace Keten.Tests.Log;

/// <summary>Runs a log through several lives on a disk that breaks, and holds what it finds against what was promised. Repeats itself for a seed.</summary>
internal sealed class CrashHarness(int seed, DiskLies lies = DiskLies.None)
{
    private readonly Random random = new(seed);
    private readonly SimulatedThreads threads = new(seed);
    private readonly SortedDictionary<long, byte[]> promised = [];      // acknowledged, or shown to a follower
    private readonly List<byte[]> submitted = [];
    private long firstAtMost = 1;

    public SimulatedDisk Disk { get; } = new(seed) { Lies = lies };

    /// <summary>What was promised and then broken; thrown where the log, or the disk under it, does not do what it should.</summary>
    public sealed class BrokenPromiseException(string what) : Exception(what);

    /// <summary>Lives with power cuts at drawn operations, and kills without one, each followed by a look at everything.</summary>
    public CrashHarness Live(int lives)
    {
        for (var life = 0; life < lives; life++)
        {
            Disk.CutPowerAt(Disk.Operations + random.Next(1, 120));
            Use(entries: random.Next(1, 30));
            if (random.Next(3) > 0) Disk.Restart();
            else Disk.Kill();
        }
        Look();
        return this;
    }

    /// <summary>One life in which one operation fails; then a short one after kill -9; then a look after a power cut.</summary>
    public CrashHarness LiveWithFailureAt(long operation)
    {
        Disk.FailAt(operation);
        Use(entries: 25);
        Disk.Kill();
        Use(entries: 1);
        Disk.Restart();
        Look();
        return this;
    }

    /// <summary>Opens, looks, appends from two sides, prunes at times, and closes at times; ends early where the disk does.</summary>
    public void Use(int entries)
    {
        try
        {
            threads.Run(async () =>
            {
                var log = FileLog.Open(Disk, Options());
                await CheckAll(log);
                await Task.WhenAll(threads.Start(() => Append(log, entries)), threads.Start(() => Append(log, entries)));
                if (random.Next(3) == 0) await Prune(log);
                await Append(log, 2);
                if (random.Next(2) == 0) await log.DisposeAsync();
                return true;
            });
        }
        catch (Exception e) when (e is IOException and not FileNotFoundException || e is LogStoppedException { InnerException: IOException })
        {
            // The disk failed, or the power went: what comes after must still hold.
        }
        threads.Run();
    }

    /// <summary>Opens on a disk that works, looks at everything, and closes.</summary>
    public void Look() => threads.Run(async () =>
    {
        CheckFromOutside();
        await using var log = FileLog.Open(Disk, Options());
        await CheckAll(log);
        return true;
    });

    private FileLogOptions Options() => new()
    {
        SegmentBytes = 4096,
        QueueBytes = 3000,
        MaxEntryBytes = 1600,
        TailBytes = random.Next(2) * 2000,
        Scheduler = threads,
        Salt = () => (ulong)random.NextInt64(),
    };

    private async Task Append(FileLog log, int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            var (one, two) = (NewEntry(), NewEntry());
            var (first, second) = (log.AppendAsync(one).AsTask(), log.AppendAsync(two).AsTask());
            Promise(await first, one);
            Promise(await second, two);
        }
    }

    private async Task Prune(FileLog log)
    {
        var before = random.NextInt64(1, (await log.RangeAsync()).Last + 2);
        firstAtMost = Math.Max(firstAtMost, before);
        await log.PruneAsync(before);
    }

    private async Task CheckAll(FileLog log)
    {
        var range = await log.RangeAsync();
        if (range.First > firstAtMost) throw new BrokenPromiseException($"The log starts at {range.First}; only what is before {firstAtMost} was pruned.");
        foreach (var position in promised.Keys)
        {
            if (position > range.Last) throw new BrokenPromiseException($"Position {position} is lost; the log ends at {range.Last}.");
        }
        var expected = range.First;
        CheckFromOutside();
        if (range.Last < range.First) return;
        await foreach (var entry in log.FollowAsync(range.First - 1))
        {
            if (entry.Position != expected) throw new BrokenPromiseException($"Position {entry.Position} came where {expected} was next.");
            Promise(entry.Position, entry.Bytes.ToArray());
            if (expected++ == range.Last) break;
        }
    }

    private void CheckFromOutside()
    {
        if (LogCheck.Run(Disk).Fault is { } fault) throw new BrokenPromiseException($"{fault.File}, byte {fault.Offset}: {fault.Reason}");
    }

    private byte[] NewEntry()
    {
        var bytes = new byte[random.Next(8) == 0 ? random.Next(8, 1600) : random.Next(8, 300)];
        random.NextBytes(bytes);
        BitConverter.TryWriteBytes(bytes, (long)submitted.Count);
        submitted.Add(bytes);
        return bytes;
    }

    private void Promise(long position, byte[] bytes)
    {
        if (BitConverter.ToInt64(bytes) is var id && (id < 0 || id >= submitted.Count || !submitted[(int)id].AsSpan().SequenceEqual(bytes)))
            throw new BrokenPromiseException($"Position {position} holds what nobody appended.");
        if (promised.TryGetValue(position, out var before) && !before.AsSpan().SequenceEqual(bytes)) throw new BrokenPromiseException($"Position {position} has changed.");
        promised[position] = bytes;
    }
}
