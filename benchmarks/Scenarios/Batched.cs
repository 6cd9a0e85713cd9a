using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Bench.Peers;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;

namespace Keten.Bench.Scenarios;

/// <summary>
/// One signature over thousands of transfers, as calls of the ledger's own and as a clearing among members: what each stage of the kernel takes, then all of it through a node, then
/// PostgreSQL's sets beside it.
/// </summary>
internal static class Batched
{
    private const int Accounts = 10_000;
    private const int Connections = 4;

    private static readonly Form[] Forms = [new("calls", 5_000, (fleet, count, each) => fleet.Batches(count, each)), new("clearing", 4_096, (fleet, count, each) => fleet.Clearings(count, each))];

    public static async Task MeasureAsync(Run run)
    {
        await KernelAsync(run, run.Pick(20, 60, 200));
        await NodeAsync(run, run.Pick(40, 100, 250));
        await SideBySide.TryAsync(run, "PostgreSQL", PostgresPeer.MeasureSetsAsync);
        foreach (var form in Forms)
        {
            run.Ratio($"{form.Name}RatioToPostgresSets", $"{form.Name}PerSecond", "postgresSetsPerSecond");
            run.Aim($"{form.Name}RatioToPostgresSets", atLeast: 4);
            run.Aim($"{form.Name}PerSecond", atLeast: 500_000);
            run.Aim($"{form.Name}BytesPerTransfer", atMost: 80);
        }
    }

    private static async Task KernelAsync(Run run, int transactions)
    {
        using var fleet = new Fleet(Accounts);
        var ledger = new LocalLedger(fleet.Bank.Public);
        await FoundAsync(fleet, ledger.Ledger.Id, ledger.DoAsync);
        foreach (var form in Forms)
            for (var round = 0; round <= run.Rounds; round++) Stages(round == 0 ? null : run, form, ledger, fleet, transactions);
        if (ledger.Root() != ledger.RootFromScratch()) throw new InvalidOperationException("The state root does not come out again from the records.");
        run.Note("The state root after the kernel's rounds equals the one hashed from all records alone.");
    }

    private static async Task FoundAsync(Fleet fleet, Hash ledger, Func<byte[][], Task> send)
    {
        await fleet.FoundAsync(ledger, send);
        await fleet.JoinClearingAsync(send);
    }

    private static void Stages(Run? run, Form form, LocalLedger ledger, Fleet fleet, int transactions)
    {
        var (bytes, transfers) = (form.Make(fleet, transactions, form.Each), (double)transactions * form.Each);
        var read = Array.Empty<CheckedTransaction>();
        var decode = Run.Time(() => read = LocalLedger.Read(bytes));
        var verify = Run.Time(() => Verify(read, fleet));
        var (order, execute, allocated) = (0.0, 0.0, 0L);
        foreach (var batch in LocalLedger.Batches(read))
        {
            Entry? entry = null;
            order += Run.Time(() => entry = ledger.Next(batch));
            var before = GC.GetAllocatedBytesForCurrentThread();
            execute += Run.Time(() => ledger.Execute(entry!));
            allocated += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        var root = Run.Time(() => ledger.Root());
        if (run is null) return;
        foreach (var (stage, seconds) in ((string, double)[])[("Decode", decode), ("Verify", verify), ("Entry", order), ("Execute", execute), ("Root", root)])
            run.Add($"{form.Name}Kernel{stage}", "ns a transfer", seconds * 1e9 / transfers);
        run.Add($"{form.Name}KernelExecuteAllocated", "B a transfer", allocated / transfers);
        run.Add($"{form.Name}KernelPerSecond", "/s", transfers / (decode + verify + order + execute + root));
    }

    private static void Verify(CheckedTransaction[] read, Fleet fleet)
    {
        var keys = fleet.Keys.Append(fleet.Bank).ToDictionary(key => key.Id, key => key.Public);
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
        await node.Fleet.JoinClearingAsync(some => Loader.MustAsync(node.Url, some));
        foreach (var form in Forms)
        {
            await Loader.ClosedAsync(node.Url, Request.Submits(node.Url, form.Make(node.Fleet, transactions, form.Each), 1), Connections);
            var before = node.Node.Bytes();
            for (var round = 0; round < run.Rounds; round++)
            {
                var requests = Request.Submits(node.Url, form.Make(node.Fleet, transactions, form.Each), 1);
                var loaded = await node.CountedAsync(run, char.ToUpperInvariant(form.Name[0]) + form.Name[1..] + "Transfer", () => Loader.ClosedAsync(node.Url, requests, Connections), form.Each);
                run.Add($"{form.Name}PerSecond", "/s", loaded.PerSecond * form.Each);
                run.Add($"{form.Name}FinalPerSecond", "/s", loaded.FinalPerSecond * form.Each);
                run.Say(FormattableString.Invariant($"{form.Name}: {loaded.PerSecond * form.Each:#,0} transfers/s"));
            }
            var after = node.Node.Bytes();
            run.Add($"{form.Name}BytesPerTransfer", "B", (after.Ledger - before.Ledger) / ((double)run.Rounds * transactions * form.Each));
            run.Add($"{form.Name}ViewBytesPerTransfer", "B", (after.Views - before.Views) / ((double)run.Rounds * transactions * form.Each));
        }
    }

    /// <summary>One way to put many transfers under a signature.</summary>
    private sealed record Form(string Name, int Each, Func<Fleet, int, int, byte[][]> Make);
}
