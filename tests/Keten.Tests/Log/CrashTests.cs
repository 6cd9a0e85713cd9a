using Keten.Log;
using Keten.Testing;

namespace Keten.Tests.Log;

public sealed class CrashTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(2_000)]
    public void Whatever_was_acknowledged_outlives_power_cuts_and_nothing_is_invented(int from)
    {
        for (var seed = from; seed < from + 1_000; seed++)
        {
            try
            {
                new CrashHarness(seed).Live(4);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"seed {seed}: {e.Message}", e);
            }
        }
    }

    [Fact]
    public void A_log_that_does_not_flush_its_files_is_caught() => Assert.InRange(Caught(DiskLies.FileFlush), 100, 200);

    [Fact]
    public void A_log_that_does_not_flush_its_folder_is_caught() => Assert.InRange(Caught(DiskLies.FolderFlush), 50, 200);

    [Fact]
    public void Any_operation_of_the_disk_may_fail_once()
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var untroubled = new CrashHarness(seed);
            untroubled.Use(entries: 25);
            Assert.True(untroubled.Disk.Operations > 100);
            for (var operation = 1L; operation <= untroubled.Disk.Operations + 10; operation++)
            {
                try
                {
                    new CrashHarness(seed).LiveWithFailureAt(operation);
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"seed {seed}, operation {operation}: {e.Message}", e);
                }
            }
        }
    }

    [Fact]
    public void A_mark_is_durable_before_the_batch_behind_it()
    {
        for (var seed = 0; seed < 8; seed++)
        {
            for (var size = 0; size < 512; size += 8)       // so that the mark stands at every place of a sector
            {
                var (disk, threads) = (new SimulatedDisk(seed * 512 + size), new SimulatedThreads(seed));
                var options = FileLogOnSimulatedDiskTests.Small with { Scheduler = threads };
                var log = FileLog.Open(disk, options);
                threads.Run(() => log.AppendAsync(new byte[size]).AsTask());
                disk.Kill();
                log = FileLog.Open(disk, options);
                disk.CutPowerAt(disk.Operations + 2);
                Assert.Throws<LogStoppedException>(() => threads.Run(() => log.AppendAsync(new byte[700]).AsTask()));
                disk.Restart();
                Assert.InRange(FileLog.Open(disk, options).Recovery.Range.Last, 1, 2);
            }
        }
    }

    [Fact]
    public void The_power_may_go_anywhere_while_a_killed_log_is_opened_again()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            for (var operation = 1; operation < 20; operation++)
            {
                var (disk, threads) = (new SimulatedDisk(seed * 20 + operation), new SimulatedThreads(seed));
                var options = FileLogOnSimulatedDiskTests.Small with { Scheduler = threads };
                var log = FileLog.Open(disk, options);
                threads.Run(() => log.AppendAsync(new byte[300]).AsTask());
                disk.CutPowerAt(disk.Operations + 2);       // killed after the write, before the flush: it reads back, and is not on the disk
                Assert.Throws<LogStoppedException>(() => threads.Run(() => log.AppendAsync(new byte[1400]).AsTask()));
                disk.Kill();
                disk.CutPowerAt(disk.Operations + operation);
                try
                {
                    FileLog.Open(disk, options);
                }
                catch (PowerCutException)
                {
                    Assert.True(disk.IsOff);
                }
                disk.Restart();
                Assert.InRange(FileLog.Open(disk, options).Recovery.Range.Last, 1, 2);
            }
        }
    }

    [Fact]
    public void The_power_may_go_anywhere_while_pruning_or_after_it()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            for (var operation = 1; operation < 14; operation++)
            {
                var (disk, threads) = (new SimulatedDisk(seed * 20 + operation), new SimulatedThreads(seed));
                var log = FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small with { Scheduler = threads });
                for (var i = 0; i < 10; i++) threads.Run(() => log.AppendAsync(new byte[1500]).AsTask());
                disk.CutPowerAt(disk.Operations + operation);
                try
                {
                    threads.Run(async () => { await log.PruneAsync(10); return 0; });
                }
                catch (LogStoppedException stopped)
                {
                    Assert.IsType<PowerCutException>(stopped.InnerException);
                }
                disk.Restart();
                Assert.Null(LogCheck.Run(disk).Fault);
                Assert.Equal(10, FileLog.Open(disk, FileLogOnSimulatedDiskTests.Small).Recovery.Range.Last);
            }
        }
    }

    [Fact]
    public void The_same_seed_does_the_same()
    {
        static long Operations(int seed) => new CrashHarness(seed).Live(6).Disk.Operations;
        for (var seed = 0; seed < 20; seed++) Assert.Equal(Operations(seed), Operations(seed));
    }

    private static int Caught(DiskLies lies)
    {
        var caught = 0;
        for (var seed = 0; seed < 200; seed++)
        {
            try
            {
                new CrashHarness(seed, lies).Live(4);
            }
            catch (Exception e) when (e is CrashHarness.BrokenPromiseException or LogException or IOException)
            {
                caught++;
            }
        }
        return caught;
    }
}
