using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.EndToEnd;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.State;

namespace Keten.Bench.Scenarios;

/// <summary>Receipts and state proofs over kept connections, and what it takes to check them, on a ledger that all may read.</summary>
internal static class Proofs
{
    private const int Accounts = 1_000;
    private const int Connections = 16;
    private const int ProofConnections = 500;
    private const int BatchConnections = 40;

    public static async Task MeasureAsync(Run run)
    {
        await using var node = await NodeUnderLoad.StartAsync(Accounts, new NodeOptions(true, new Dictionary<string, string>()));
        var transfers = node.Fleet.Transfers(run.Pick(2_000, 10_000, 100_000));
        await Loader.ClosedAsync(node.Url, Request.Submits(node.Url, transfers, 500), 4);
        var asked = Array.ConvertAll(transfers, bytes => Request.Get(node.Url, $"v1/transactions/{Transaction.Parse(bytes).Id}/receipt", "application/cose"));
        for (var round = 0; round < run.Rounds; round++)
        {
            RawVerify.Measure(run);
            var receipts = new byte[asked.Length][];
            var loaded = await node.CountedAsync(run, "Receipt", () => Loader.AskAsync(node.Url, asked, Connections, (at, reply) => receipts[at] = reply.Body.ToArray()));
            run.Add("receiptsPerSecond", "/s", loaded.PerSecond);
            run.Add("receiptP99Ms", "ms", loaded.Percentile(0.99));
            run.Add("receiptBytes", "B", receipts.Average(receipt => receipt.Length));
            Check(run, receipts, node.Node.Genesis);
            await StateProofsAsync(run, node);
        }
        run.Aim("receiptsPerSecond", atLeast: 20_000);
        run.Aim("stateProofsPerSecond", atLeast: 20_000);
        run.Aim("coldRatioToVerifyRate", atLeast: 0.9);
    }

    // Cold: each certificate verified, as of receipts of many blocks. Cached: of blocks whose certificates held before, so that paths are left. Both with the validators' keys at hand.
    private static void Check(Run run, byte[][] receipts, Genesis genesis)
    {
        var (anew, known, bad) = (new KnownCertificates(genesis, 0), new KnownCertificates(genesis), 0);
        foreach (var receipt in receipts) ReceiptCheck.Check(receipt, known, out _);
        var cold = Run.Time(() => Parallel.ForEach(receipts, receipt => Count(ReceiptCheck.Check(receipt, anew, out _) == ReceiptFault.None, ref bad)));
        var cached = Run.Time(() => Parallel.ForEach(receipts, receipt => Count(ReceiptCheck.Check(receipt, known, out _) == ReceiptFault.None, ref bad)));
        if (bad > 0) throw new InvalidOperationException($"{bad} receipts do not hold.");
        run.Add("receiptsVerifiedColdPerSecond", "/s", receipts.Length / cold);
        run.Add("receiptsVerifiedCachedPerSecond", "/s", receipts.Length / cached);
        run.Add("coldRatioToVerifyRate", "", receipts.Length / cold / run.Last("verifyRatePerSecond"));
    }

    private static void Count(bool holds, ref int bad)
    {
        if (!holds) Interlocked.Increment(ref bad);
    }

    // Each request waits for the checkpoint that carries it: how many proofs a second depends on how many wait together. Many records of a request are counted; one a request is told beside it.
    private static async Task StateProofsAsync(Run run, NodeUnderLoad node)
    {
        var ones = node.Fleet.Parties.Select(party => Request.Get(node.Url, $"v1/accounts/{party}/1?proof=true", "application/cbor")).ToArray();
        var alone = await Loader.AskAsync(node.Url, ones, ProofConnections, (_, _) => { });
        run.Add("oneStateProofPerRequestPerSecond", "/s", alone.PerSecond);
        run.Add("stateProofP50Ms", "ms", alone.Percentile(0.5));
        var keys = node.Fleet.Parties.Select(party => RecordKeys.Account(new AccountKey(Owner.Of(party), new Unit(1), default))).ToArray();
        var requests = Enumerable.Repeat(Request.Proofs(node.Url, keys), run.Pick(80, 200, 800)).ToArray();
        var answers = new byte[requests.Length][];
        var loaded = await node.CountedAsync(run, "StateProof", () => Loader.AskAsync(node.Url, requests, BatchConnections, (at, reply) => answers[at] = reply.Body.ToArray()), keys.Length);
        run.Add("stateProofsPerSecond", "/s", loaded.PerSecond * keys.Length);
        var proofs = answers.Take(4).SelectMany(Split).ToArray();
        run.Add("stateProofBytes", "B", proofs.Average(proof => proof.Length));
        var (known, bad) = (new KnownCertificates(node.Node.Genesis), 0);
        var seconds = Run.Time(() => Parallel.ForEach(proofs, proof => Count(StateEvidence.FromBytes(proof).Verify(known), ref bad)));
        if (bad > 0) throw new InvalidOperationException($"{bad} state proofs do not hold.");
        run.Add("stateProofsVerifiedPerSecond", "/s", proofs.Length / seconds);
    }

    private static List<byte[]> Split(byte[] answer)
    {
        var reader = new CborReader(answer);
        var proofs = new List<byte[]>();
        for (var left = reader.Array(int.MaxValue); left > 0; left--) proofs.Add(reader.Bytes().ToArray());
        return proofs;
    }
}
