using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Bench.Peers;
using Keten.Kernel;
using Keten.Kernel.Execution;

namespace Keten.Bench.Scenarios;

/// <summary>One signature over thousands of transfers: what each stage of the kernel takes, then all of it through a node, then PostgreSQL's sets beside it.</summary>
internal static class Batched
{
    private const int TransfersEach = 5_000;
    private const int Accounts = 10_000;
    private const int Connections = 4;

    public static async Task MeasureAsync(Run run)
    {
        await KernelAsync(run, run.Pick(20, 60, 200));
        await NodeAsync(run, run.Pick(40, 100, 400));
        await SideBySide.TryAsync(run, "PostgreSQL", PostgresPeer.MeasureSetsAsync);
        run.Ratio("ratioToPostgresSets", "transfersPerSecond", "postgresSetsPerSecond");
        run.Aim("ratioToPostgresSets", atLeast: 4);
        run.Aim("transfersPerSecond", atLeast: 500_000);
        run.Aim("bytesPerTransfer", atMost: 80);
    }

    private static async Task KernelAsync(Run run, int transactions)
    {
        using var fleet = new Fleet(Accounts);
        var ledger = new LocalLedger(fleet.Bank.Public);
        await fleet.FoundAsync(ledger.Ledger.Id, ledger.DoAsync);
        Stages(null, ledger, fleet, transactions);
        for (var round = 0; round < run.Rounds; round++) Stages(run, ledger, fleet, transactions);
        if (ledger.Root() != ledger.RootFromScratch()) throw new InvalidOperationException("The state root does not come out again from the records.");
        run.Note("The state root after the kernel's rounds equals the one hashed from all records alone.");
    }

    private static void Stages(Run? run, LocalLedger ledger, Fleet fleet, int transactions)
    {
        var (bytes, transfers) = (fleet.Batches(transactions, TransfersEach), (double)transactions * TransfersEach);
        var read = Array.Empty<CheckedTransaction>();
        var decode = Run.Time(() => read = LocalLedger.Read(bytes));
        var verify = Run.Time(() => Verify(read, fleet));
        var (order, execute, allocated) = (0.0, 0.0, 0L);
        foreach (var batch in LocalLedger.Batches(read))
        {
            Kernel.Blocks.Entry? entry = null;
            order += Run.Time(() => entry = ledger.Next(batch));
            var before = GC.GetAllocatedBytesForCurrentThread();
            execute += Run.Time(() => ledger.Execute(entry!));
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        var root = Run.Time(() => ledger.Root());
        if (run is null) return;
        foreach (var (stage, seconds) in ((string, double)[])[("decode", decode), ("verify", verify), ("entry", order), ("execute", execute), ("root", root)])
            run.Add($"kernel{char.ToUpperInvariant(stage[0])}{stage[1..]}", "ns a transfer", seconds * 1e9 / transfers);
        run.Add("kernelExecuteAllocated", "B a transfer", allocated / transfers);
        run.Add("kernelTransfersPerSecond", "/s", transfers / (decode + verify + order + execute + root));
    }

    private static void Verify(CheckedTransaction[] read, Fleet fleet)
    {
        var keys = fleet.Keys.ToDictionary(key => key.Id, key => key.Public);
        Span<byte> digest = stackalloc byte[Hash.Size];
        foreach (var one in read)
        {
            one.Transaction.SigningDigest(0, digest);
            if (!Es256.Verify(digest, one.Transaction.SignatureOf(0), keys[one.Transaction.Signers[0].Key])) throw new InvalidOperationException("A good signature verifies.");
        }
    }

    private static async Task NodeAsync(Run run, int transactions)
    {
        run.Say("through a node");
        await using var node = await NodeUnderLoad.StartAsync(Accounts);
        await RoundAsync(node, transactions);
        var before = node.Node.Bytes();
        for (var round = 0; round < run.Rounds; round++)
        {
            var requests = Request.Submits(node.Url, node.Fleet.Batches(transactions, TransfersEach), 1);
            var loaded = await node.CountedAsync(run, "Transfer", () => Loader.ClosedAsync(node.Url, requests, Connections), TransfersEach);
            run.Add("transfersPerSecond", "/s", loaded.PerSecond * TransfersEach);
            run.Say(FormattableString.Invariant($"{loaded.PerSecond * TransfersEach:#,0} transfers/s"));
        }
        var after = node.Node.Bytes();
        run.Add("bytesPerTransfer", "B", (after.Ledger - before.Ledger) / ((double)run.Rounds * transactions * TransfersEach));
        run.Add("viewBytesPerTransfer", "B", (after.Views - before.Views) / ((double)run.Rounds * transactions * TransfersEach));
    }

    private static Task<Loaded> RoundAsync(NodeUnderLoad node, int transactions) =>
        Loader.ClosedAsync(node.Url, Request.Submits(node.Url, node.Fleet.Batches(transactions, TransfersEach), 1), Connections);
}
