using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Log;
using Keten.Node.Pipeline;

namespace Keten.Bench.Scenarios;

/// <summary>
/// What a day of Visa's transfers would take on a node's disk, projected from a measured sample: a fifth each with a signature of its own, three fifths a thousand to a signature, and a fifth
/// netted off the ledger, which takes nothing here. Before and after pruning; views apart.
/// </summary>
internal static class VisaDay
{
    private const int Accounts = 10_000;
    private const int TransfersEach = 1_000;
    private const double DayOf2024 = 639e6;
    private const double OlderDay = 150e6;
    private const double GB = 1e9;

    public static async Task MeasureAsync(Run run)
    {
        var folder = Directory.CreateTempSubdirectory("keten-day-");
        try
        {
            using var fleet = new Fleet(Accounts);
            using var validator = SigningKey.Generate();
            var genesis = new Genesis(
                Hash.Of(Guid.NewGuid().ToByteArray()), new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds()), new ValidatorSet(new Validator("Bench", validator.Public)),
                new Many<PublicKey>(fleet.Bank.Public), false, Parameters.Default, BuiltIn.Catalogue.Hash);
            // Whole segments are pruned and the newest stays: small ones, so that a sample shows what a day would.
            var options = new PipelineOptions { Log = new FileLogOptions { SegmentBytes = 4 << 20, QueueBytes = 3 << 20, MaxEntryBytes = 2 << 20 } };
            await using var node = await LedgerNode.OpenAsync(new NodeSetup(folder.FullName, genesis, BuiltIn.Catalogue, validator, options));
            await fleet.FoundAsync(genesis.LedgerId, some => DoAsync(node, some));
            await SampleAsync(run, node, fleet, folder);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task SampleAsync(Run run, LedgerNode node, Fleet fleet, DirectoryInfo folder)
    {
        // A million in all, where there is time for it.
        var (singles, batched) = (run.Pick(20_000, 100_000, 200_000), run.Pick(100_000, 400_000, 600_000));
        var begin = Size(folder);
        foreach (var some in fleet.Transfers(singles).Chunk(5_000)) await DoAsync(node, some);
        var middle = Size(folder);
        foreach (var some in fleet.Batches(batched / TransfersEach, TransfersEach).Chunk(20)) await DoAsync(node, some);
        var end = Size(folder);
        run.Add("bytesPerSingle", "B", (middle - begin) / (double)singles);
        run.Add("bytesPerBatched", "B", (end - middle) / (double)batched);
        await node.PruneAsync(node.Head!.Header.Height);
        // The mix of singles and batched in the sample is not the day's, so what pruning leaves is taken as a share.
        var left = Math.Clamp((Size(folder) - begin) / (double)(end - begin), 0, 1);
        run.Add("leftAfterPruning", "", left);
        foreach (var (day, name) in ((double, string)[])[(DayOf2024, "639M"), (OlderDay, "150M")])
        {
            var before = day * (0.2 * run.Last("bytesPerSingle") + 0.6 * run.Last("bytesPerBatched")) / GB;
            run.Add($"gigabytesADay{name}", "GB", before);
            run.Add($"gigabytesADayPruned{name}", "GB", before * left);
        }
        run.Aim("gigabytesADay639M", atMost: 70);
        run.Aim("gigabytesADayPruned639M", atMost: 20);
    }

    private static async Task DoAsync(LedgerNode node, byte[][] transactions)
    {
        foreach (var answer in await node.SubmitAsync(Array.ConvertAll(transactions, bytes => (ReadOnlyMemory<byte>)bytes), WaitFor.Final))
            if (answer.Status != AnswerStatus.Done) throw new InvalidOperationException($"A transaction was refused: {answer.Refusal?.Sentence}");
    }

    // Snapshots hold the state, which does not grow with the day.
    private static long Size(DirectoryInfo folder) => EndToEnd.NodeProcess.Bytes(folder, file => file.Extension != ".snap").Ledger;
}
