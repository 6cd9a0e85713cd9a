using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using Keten.Bench.Load;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cose;
using Keten.Kernel.Execution;
using Keten.Kernel.Trees;

namespace Keten.Bench.Parts;

/// <summary>The small parts that every transaction goes through, one by one.</summary>
public class SmallParts : IDisposable
{
    private const int InBatch = 1_000;
    private const int Records = 100_000;
    private const int HistoryAtMost = 4_000_000;

    private readonly SigningKey signer = SigningKey.Generate();
    private readonly byte[] digest = RandomNumberGenerator.GetBytes(Hash.Size), signature = new byte[Signature.Size];
    private readonly StateTree state = new();
    private readonly StateChange[] changes = new StateChange[InBatch];
    private readonly Hash[] keys = new Hash[Records], leaves = new Hash[InBatch];
    private readonly Random random = new(1);
    private ImportedKey imported = null!;
    private HistoryTree history = new();
    private byte[] transaction = [], message = [];
    private CheckedTransaction[] batch = [];
    private ReadOnlyMemory<byte> entry;

    [GlobalSetup]
    public void Prepare()
    {
        if (!ImportedKey.TryImport(signer.Public, out imported!)) throw new InvalidOperationException("A fresh key is on its curve.");
        signer.Sign(digest).CopyTo(signature);
        message = CoseSign1.Sign(signer, CoseSignature.HeadersOf(signer.Id), RandomNumberGenerator.GetBytes(200)).ToBytes();
        using var fleet = new Fleet(100) { Ledger = Hash.Of(digest) };
        batch = LocalLedger.Read(fleet.Transfers(InBatch));
        transaction = batch[0].Transaction.Cose.ToArray();
        entry = SignEntry().Bytes;
        for (var each = 0; each < Records; each++) keys[each] = Draw();
        foreach (var some in keys.Chunk(InBatch)) state.Apply(Array.ConvertAll(some, key => new StateChange(key, Draw())));
        _ = state.Root;
        for (var each = 0; each < InBatch; each++) leaves[each] = Draw();
    }

    [Benchmark]
    public bool VerifyP256() => imported.Verify(digest, signature);

    [Benchmark]
    public Transaction DecodeTransaction() => Transaction.Parse(transaction);

    [Benchmark]
    public CoseVerdict CheckCose() => CoseSign1.Parse(message).Verify(imported);

    [Benchmark(OperationsPerInvoke = InBatch)]
    public Hash UpdateStateTree()
    {
        for (var each = 0; each < InBatch; each++) changes[each] = new StateChange(keys[random.Next(Records)], leaves[random.Next(InBatch)]);
        state.Apply(changes);
        return state.Root;
    }

    [Benchmark(OperationsPerInvoke = InBatch)]
    public Hash AppendHistory()
    {
        if (history.Count > HistoryAtMost) history = new HistoryTree();
        history.AppendMany(leaves);
        return history.Root;
    }

    [Benchmark(OperationsPerInvoke = InBatch)]
    public Entry SignEntry() => Entry.Sign(signer, batch[0].Transaction.LedgerId, 0, 1, new Instant(1), batch);

    [Benchmark(OperationsPerInvoke = InBatch)]
    public Entry ReadEntry() => Entry.Parse(entry);

    [GlobalCleanup]
    public void Dispose()
    {
        imported.Dispose();
        signer.Dispose();
        GC.SuppressFinalize(this);
    }

    private Hash Draw()
    {
        Span<byte> drawn = stackalloc byte[Hash.Size];
        random.NextBytes(drawn);
        return new Hash(drawn);
    }
}
