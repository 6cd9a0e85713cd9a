using BenchmarkDotNet.Attributes;
using Keten.Bench.Load;
using Keten.Kernel.Blocks;

namespace Keten.Bench.Parts;

/// <summary>Executing transfers, each a transaction of its own, and a thousand in one: each can be done once, so that every measurement is of new ones.</summary>
public class ExecutionPart : IDisposable
{
    private const int InBatch = 2_000;
    private const int Accounts = 10_000;

    private readonly Fleet fleet = new(Accounts);
    private LocalLedger ledger = null!;
    private Entry signed = null!, batched = null!;

    [GlobalSetup]
    public void Prepare()
    {
        ledger = new LocalLedger(fleet.Bank.Public);
        fleet.FoundAsync(ledger.Ledger.Id, ledger.DoAsync).GetAwaiter().GetResult();
    }

    [IterationSetup(Target = nameof(ExecuteSigned))]
    public void SignEach() => signed = ledger.Next(LocalLedger.Read(fleet.Transfers(InBatch)));

    [IterationSetup(Target = nameof(ExecuteBatched))]
    public void SignAll() => batched = ledger.Next(LocalLedger.Read(fleet.Batches(2, InBatch / 2)));

    [Benchmark(OperationsPerInvoke = InBatch)]
    public Block ExecuteSigned() => ledger.Execute(signed);

    [Benchmark(OperationsPerInvoke = InBatch)]
    public Block ExecuteBatched() => ledger.Execute(batched);

    [GlobalCleanup]
    public void Dispose()
    {
        fleet.Dispose();
        GC.SuppressFinalize(this);
    }
}
