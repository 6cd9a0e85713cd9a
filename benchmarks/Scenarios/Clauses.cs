using System.Security.Cryptography;
using System.Text;
using Keten.Bench.Harness;
using Keten.Bench.Load;
using Keten.Cli.Jobs;
using Keten.Connectors.Ocmf;
using Keten.Contracts.Metering;
using Keten.Kernel;
using Keten.Node.Pipeline;

namespace Keten.Bench.Scenarios;

/// <summary>
/// Charging sessions under agreements with a tariff, through a node in this process: the meter's OCMF record is checked, what it says is priced by the agreement, money moves. Each has
/// three signatures: the record's, the meter's statement's and the transaction's. Held against what those cost alone on all cores.
/// </summary>
internal static class Clauses
{
    private const int Signatures = 3;
    private const int ARequest = 250;

    public static async Task MeasureAsync(Run run)
    {
        var folder = Directory.CreateTempSubdirectory("keten-clauses-");
        try
        {
            var settle = new SettleFolder(Path.Combine(folder.FullName, "data"));
            await using var node = await settle.BeginAsync();
            using var documents = settle.OpenDocuments();
            var pairs = run.Pick(500, 1_000, 4_000);
            run.Say($"{pairs} drivers, each with a meter");
            var (network, drivers, meters) = await FoundAsync(new Clerk(new NodeDoor(node, documents)), pairs);
            var begin = network.Clerk.Now.PlusDays(-20);
            Round(run: null, node, Ready(network, drivers, meters, begin));
            for (var round = 1; round <= run.Rounds; round++)
            {
                var ready = Ready(network, drivers, meters, begin.Plus(round * 20_000));
                RawVerify.Measure(run);
                Round(run, node, ready);
            }
            run.Aim("ratioToSignatures", atLeast: 0.8);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(ChargingNetwork Network, List<Actor> Drivers, List<SessionMeter> Meters)> FoundAsync(Clerk clerk, int pairs)
    {
        var meters = Enumerable.Range(0, pairs).Select(number => new SessionMeter($"M-{number:D6}")).ToList();
        var drivers = Enumerable.Range(0, pairs).Select(number => Actor.Named($"D-{number:D6}")).ToList();
        var network = await ChargingNetwork.FoundAsync(clerk, ("EUR", 2), meters, drivers, DemoTariff.Terms, clerk.Now.PlusDays(-30));
        await network.IssueAsync(drivers.Select(driver => (driver, 10_000_000L)));
        await network.AgreeAsync([.. drivers.Select((driver, place) => new DriverTerms(driver, [meters[place].Actor.Name], 0, 10_000_000))]);
        return (network, drivers, meters);
    }

    // One session of every driver: what the meter signed, and the transaction with which the driver hands it in.
    private static (string Record, OcmfPublicKey Key, byte[] Transaction)[] Ready(ChargingNetwork network, List<Actor> drivers, List<SessionMeter> meters, Instant begin)
    {
        var (usage, ready) = (StatementEvidence.UsageCodec(), new (string, OcmfPublicKey, byte[])[drivers.Count]);
        Parallel.For(0, ready.Length, place =>
        {
            var (driver, meter) = (drivers[place], meters[place]);
            var record = meter.Sign(begin, begin.Plus(7_200), begin.Plus(10_800), 11_000 + place % 1_000);
            var agreement = network.Drivers[driver.Name].Agreement;
            var points = RecordPoints.Of(OcmfDocument.Read(record, out _)!, network.Energy)!.Value;
            var signed = StatementSigning.Sign(network.Clerk.Door.LedgerId, meter.Actor.Key, usage, new MeteredUse.Usage(agreement, Digest(record), points));
            ready[place] = (record, meter.PublicKey, network.Clerk.Begin(driver).Call(agreement.Number, ClauseNumber, ClauseCodec, new MeteredUse.Charge(signed)).SignBy(driver));
        });
        return ready;
    }

    private static void Round(Run? run, LedgerNode node, (string Record, OcmfPublicKey Key, byte[] Transaction)[] ready)
    {
        var inadmissible = 0;
        var check = Run.Time(() => Parallel.ForEach(ready, one =>
        {
            var verdict = OcmfDocument.Read(one.Record, out _) is { } record ? new OcmfJudge().Judge(record, one.Key) : null;
            if (verdict is not { Admissible: true }) Interlocked.Increment(ref inadmissible);
        }));
        var (answers, requests) = (Array.Empty<Answer[]>(), ready.Select(one => (ReadOnlyMemory<byte>)one.Transaction).Chunk(ARequest));
        var charge = Run.Time(() => answers = Task.WhenAll(requests.Select(some => node.SubmitAsync(some, WaitFor.Final))).GetAwaiter().GetResult());
        if (inadmissible > 0) throw new InvalidOperationException($"{inadmissible} records are not admissible.");
        foreach (var answer in answers.SelectMany(each => each))
            if (answer.Status != AnswerStatus.Done) throw new InvalidOperationException($"A charge was refused: {answer.Refusal?.Sentence}");
        if (run is null) return;
        run.Add("ocmfChecksPerSecond", "/s", ready.Length / check);
        run.Add("chargesPerSecond", "/s", ready.Length / charge);
        run.Add("sessionsPerSecond", "/s", ready.Length / (check + charge));
        run.Add("ratioToSignatures", "", ready.Length / (check + charge) / (run.Last("verifyRatePerSecond") / Signatures));
        run.Add("recordBytes", "B", ready.Average(one => one.Record.Length));
        run.Add("transactionBytes", "B", ready.Average(one => one.Transaction.Length));
    }

    private static ushort ClauseNumber => MeteredUse.Contents.ClauseOf<MeteredUse.Charge>().Number;

    private static Codec<MeteredUse.Charge> ClauseCodec => (Codec<MeteredUse.Charge>)MeteredUse.Contents.ClauseOf<MeteredUse.Charge>().ArgumentsCodec;

    private static Hash Digest(string record) => new(SHA256.HashData(Encoding.UTF8.GetBytes(record)));
}
