using System.Security.Cryptography;
using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Kernel;
using Keten.Kernel.Trees;

namespace Keten.Bench.Scenarios;

/// <summary>The same work on more and more accounts, each of them touched: throughput of batches, memory for each account; and a history of many leaves.</summary>
internal static class Grow
{
    private const int Parties = 10_000;
    private const int TransfersEach = 5_000;

    public static async Task MeasureAsync(Run run)
    {
        using var fleet = new Fleet(Parties);
        var ledger = new LocalLedger(fleet.Bank.Public);
        await fleet.EnrolAsync(ledger.Ledger.Id, ledger.DoAsync);
        ledger.Root();
        var empty = GC.GetTotalMemory(forceFullCollection: true);
        var (units, transactions) = (0, run.Pick(20, 40, 100));
        foreach (var wanted in run.Pick<int[]>([1, 30], [1, 100], [1, 100, 1_000]))
        {
            await fleet.SpreadAsync(wanted - units, ledger.DoAsync);
            units = wanted;
            ledger.Root();
            var (accounts, name) = ((long)Parties * units, Name(Parties * (long)units));
            ledger.Do(fleet.Batches(transactions, TransfersEach));
            for (var round = 0; round < run.Rounds; round++)
            {
                var ready = fleet.Batches(transactions, TransfersEach);
                var seconds = Run.Time(() =>
                {
                    ledger.Do(ready);
                    ledger.Root();
                });
                run.Add($"transfersPerSecondAt{name}", "/s", transactions * (double)TransfersEach / seconds);
            }
            run.Add($"memoryPerAccountAt{name}", "B", (GC.GetTotalMemory(forceFullCollection: true) - empty) / (double)accounts);
            run.Point("throughput", "accounts", "transfers/s", accounts, run.Median($"transfersPerSecondAt{name}")!.Value);
            run.Point("memory", "accounts", "B an account", accounts, run.Last($"memoryPerAccountAt{name}"));
            run.Say(FormattableString.Invariant($"{accounts:#,0} accounts: {run.Median($"transfersPerSecondAt{name}"):#,0} transfers/s, {run.Last($"memoryPerAccountAt{name}"):0} B each"));
        }
        var largest = Name(Parties * (long)units);
        run.Add("ratioLargestToSmallest", "", run.Median($"transfersPerSecondAt{largest}")!.Value / run.Median("transfersPerSecondAt10K")!.Value);
        run.Aim("ratioLargestToSmallest", atLeast: 0.8);
        run.Aim($"memoryPerAccountAt{largest}", atMost: 300);
        History(run, run.Pick(2_000_000, 10_000_000, 100_000_000));
    }

    private static string Name(long accounts) => accounts >= 1_000_000 ? $"{accounts / 1_000_000}M" : $"{accounts / 1_000}K";

    // Synthetic leaves, a thousand at a time with a root after each, as blocks have it.
    private static void History(Run run, int leaves)
    {
        var (tree, some, before) = (new HistoryTree(), new Hash[1_000], GC.GetTotalMemory(forceFullCollection: true));
        var tenth = leaves / 10;
        for (var part = 0; part < 10; part++)
        {
            var seconds = Run.Time(() =>
            {
                for (var done = 0; done < tenth; done += some.Length)
                {
                    RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(some.AsSpan()));
                    tree.AppendMany(some);
                    _ = tree.Root;
                }
            });
            run.Point("history", "leaves", "leaves/s", (part + 1.0) * tenth, tenth / seconds);
        }
        var points = run.Series[^1].Points;
        run.Add("historyLeavesPerSecond", "/s", points[^1].Y);
        run.Add("historyRatioLastToFirst", "", points[^1].Y / points[0].Y);
        run.Add("historyMemoryPerLeaf", "B", (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)leaves);
        run.Aim("historyRatioLastToFirst", atLeast: 0.8);
        var proof = Run.Time(() =>
        {
            for (var each = 0; each < 1_000; each++) tree.Inclusion((ulong)each * (ulong)(leaves / 1_000), (ulong)leaves);
        });
        run.Add("historyProofsPerSecond", "/s", 1_000 / proof);
        GC.KeepAlive(tree);
    }
}
