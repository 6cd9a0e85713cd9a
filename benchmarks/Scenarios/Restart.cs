using System.Diagnostics;
using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.EndToEnd;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Kernel.Trees;

namespace Keten.Bench.Scenarios;

/// <summary>A node with many accounts is killed and starts again from its snapshot and the log behind it; and how long taking a snapshot holds the writer.</summary>
internal static class Restart
{
    private const int RecordsAtOnce = 4_096;
    private const int Parties = 10_000;
    private const int Tail = 10_000;
    private const int SnapshotEvery = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task MeasureAsync(Run run)
    {
        var units = run.Pick(20, 100, 1_000);
        await WriterAsync(run, units);
        await ProcessAsync(run, units);
        run.Aim("snapshotWriterStopMs", atMost: 20);
        run.Aim("restartSeconds", atMost: run.Pick(3, 3, 20));
    }

    // What the writer is held for while a snapshot is taken, and what it takes to write and read one, kernel alone.
    private static async Task WriterAsync(Run run, int units)
    {
        using var fleet = new Fleet(Parties);
        var ledger = new LocalLedger(fleet.Bank.Public);
        await fleet.EnrolAsync(ledger.Ledger.Id, ledger.DoAsync);
        await fleet.SpreadAsync(units, ledger.DoAsync);
        for (var round = 0; round < run.Rounds; round++)
        {
            ledger.Root();
            Snapshot? taken = null;
            run.Add("snapshotWriterStopMs", "ms", 1_000 * LongestPiece(ledger.Ledger));
            run.Add("snapshotWholeMs", "ms", 1_000 * Run.Time(() => taken = ledger.Ledger.TakeSnapshot()));
            byte[] bytes = [];
            run.Add("snapshotWriteSeconds", "s", Run.Time(() => bytes = taken!.ToBytes()));
            run.Add("snapshotReadSeconds", "s", Run.Time(() => Ledger.Restore(ledger.Genesis, ledger.Ledger.Catalogue, Snapshot.FromBytes(bytes), new HistoryTree(taken!.History))));
            run.Add("snapshotBytesPerAccount", "B", bytes.Length / ((double)Parties * units));
        }
    }

    // As a node takes one: the writer waits for a piece at most.
    private static double LongestPiece(Ledger ledger)
    {
        SnapshotWalk? walk = null;
        var longest = Run.Time(() => walk = ledger.BeginSnapshot());
        var piece = new StateCapture();
        for (var more = true; more;)
        {
            piece.Clear();
            longest = Math.Max(longest, Run.Time(() => more = walk!.Take(piece, RecordsAtOnce)));
        }
        return longest;
    }

    private static async Task ProcessAsync(Run run, int units)
    {
        var options = new NodeOptions(false, new Dictionary<string, string> { ["KETEN__LEDGER__SNAPSHOTEVERY"] = $"{SnapshotEvery}" });
        run.Say($"a node with {Parties * units:#,0} accounts");
        await using var node = await NodeUnderLoad.StartAsync(Parties, options);
        await node.Fleet.SpreadAsync(units - 1, some => Loader.MustAsync(node.Url, some));
        // Every snapshot up to now may be one of half the accounts: a few blocks more, and the newest has them all.
        for (var more = 0; more < SnapshotEvery + 2; more++) await Loader.MustAsync(node.Url, node.Fleet.Transfers(1));
        await SnapshotAsync(node, TimeSpan.FromSeconds(1.5));
        await Loader.ClosedAsync(node.Url, Request.Submits(node.Url, node.Fleet.Transfers(Tail), 1_000), 4);
        for (var round = 0; round < run.Rounds; round++)
        {
            await node.Node.KillAsync();
            var clock = Stopwatch.StartNew();
            await node.Node.StartAgainAsync();
            using (var connection = await Connection.OpenAsync(node.Url))
                if ((await connection.SendAsync(Request.Get(node.Url, "v1/history/checkpoint", "application/cbor"))).Status != 200) throw new InvalidOperationException("The node does not answer.");
            run.Add("restartSeconds", "s", clock.Elapsed.TotalSeconds);
            run.Say(FormattableString.Invariant($"answers after {clock.Elapsed.TotalSeconds:0.00} s"));
            run.Add("nodeMemory", "MiB", Usage.Of(node.Node.Id).MemoryBytes / (double)(1 << 20));
            // That it goes on as it was, too.
            await Loader.MustAsync(node.Url, node.Fleet.Transfers(1));
        }
        run.Add("ledgerBytes", "B", node.Node.Bytes().Ledger);
    }

    // Waits until the newest snapshot has been there for a moment: none is being written then.
    private static async Task SnapshotAsync(NodeUnderLoad node, TimeSpan quiet)
    {
        var folder = new DirectoryInfo(Path.Combine(node.Node.Data, "snapshots"));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience; await Task.Delay(200))
        {
            await Loader.MustAsync(node.Url, node.Fleet.Transfers(1));
            var newest = folder.EnumerateFiles("*.snap").Select(file => file.LastWriteTimeUtc).DefaultIfEmpty(DateTime.UtcNow).Max();
            if (DateTime.UtcNow - newest > quiet) return;
        }
        throw new InvalidOperationException("The node takes no snapshot.");
    }
}
