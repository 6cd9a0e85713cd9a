using System.Diagnostics;
using Keten.Client;
using Keten.Contracts.Money;
using Keten.EndToEnd;
using Keten.Kernel;

namespace Keten.Bench;

/// <summary>
/// Transfers, each with a signature of its own, from 10,000 signers between their accounts, over HTTP from this process to a node in another; signing is done beforehand.
/// Awaited until final, and the clock stops when the views have caught up.
/// </summary>
internal static class SignedScenario
{
    private const int Signers = 10_000;
    private const int ARound = 30_000;
    private const int ARequest = 500;
    private const int Connections = 8;
    private static readonly Unit Euro = new(1);

    public static async Task<SignedResult> RunAsync()
    {
        var bank = SigningKey.Generate();
        var signers = Enumerable.Range(0, Signers).Select(_ => SigningKey.Generate()).ToArray();
        await using var node = await NodeProcess.StartAsync(bank.Public);
        using var client = new KetenClient(node.Url);
        await FundAsync(node, client, bank, signers);
        await RoundAsync(node, client, signers, 1, 10_000, ARequest);
        var before = node.Bytes();
        var rounds = new List<Round>();
        for (var round = 2UL; round < 5; round++) rounds.Add(await RoundAsync(node, client, signers, round * 100, ARound, ARequest));
        var after = node.Bytes();
        var single = await RoundAsync(node, client, signers, 10_000, 5_000, 1);
        await Task.Delay(1_000);
        var raw = RawVerify.PerSecond();
        var median = rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2);
        return new SignedResult(
            (int)median.PerSecond, median.Percentile(0.5), median.Percentile(0.99), (int)((after.Ledger - before.Ledger) / (rounds.Count * ARound)),
            (int)((after.Views - before.Views) / (rounds.Count * ARound)), raw, Math.Round(median.PerSecond / raw, 3), (int)single.PerSecond, [.. rounds.Select(round => (int)round.PerSecond)]);
    }

    private static async Task FundAsync(NodeProcess node, KetenClient client, SigningKey bank, SigningKey[] signers)
    {
        var enrolments = signers.Select(key => (ReadOnlyMemory<byte>)Begin(node).By(key.Id, 1).Enrol(key.Public).Sign(key)).ToArray();
        await SendAsync(client, enrolments);
        await SendAsync(client, [Begin(node).By(bank.Id, 1).Open(EMoney.Contents, new EMoney.Begin(Party.Of(bank.Id), "EUR", 2)).Sign(bank)]);
        var counter = 1UL;
        var funds = signers.Chunk(100).Select(some =>
        {
            var builder = Begin(node).By(bank.Id, ++counter);
            foreach (var key in some) builder.Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(Party.Of(key.Id), Euro.Of(1_000_000), Hash.Of(key.Id.ToString().Select(digit => (byte)digit).ToArray())));
            return (ReadOnlyMemory<byte>)builder.Sign(bank);
        }).ToArray();
        await SendAsync(client, funds);
    }

    private static async Task<Round> RoundAsync(NodeProcess node, KetenClient client, SigningKey[] signers, ulong firstCounter, int transfers, int aRequest)
    {
        var random = new Random((int)firstCounter);
        var signed = new ReadOnlyMemory<byte>[transfers];
        for (var each = 0; each < transfers; each++)
        {
            var from = signers[each % signers.Length];
            var to = Party.Of(signers[random.Next(signers.Length)].Id);
            signed[each] = Begin(node).By(from.Id, firstCounter + (ulong)(each / signers.Length) + 1).Transfer(null, to, Euro.Of(random.Next(1, 100))).Sign(from);
        }
        var requests = new Queue<ReadOnlyMemory<byte>[]>(signed.Chunk(aRequest));
        var waits = new List<double>();
        var height = 0UL;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            while (Take(requests) is { } request)
            {
                var began = Stopwatch.GetTimestamp();
                var answers = await client.SubmitAsync(request);
                var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
                if (answers.FirstOrDefault(answer => answer.Status != SubmissionStatus.Done) is { Status: not SubmissionStatus.Done, Refusal: > 0 } bad) throw new InvalidOperationException($"Refused: {bad.Refusal}");
                lock (waits)
                {
                    waits.Add(took);
                    height = Math.Max(height, answers.Max(answer => answer.Height));
                }
            }
        }));
        using var http = new HttpClient();
        (await http.GetAsync(new Uri(node.Url, $"v1/views?height={height}"))).EnsureSuccessStatusCode();
        return new Round(transfers / clock.Elapsed.TotalSeconds, waits);
    }

    private static T[]? Take<T>(Queue<T[]> queue)
    {
        lock (queue) return queue.TryDequeue(out var next) ? next : null;
    }

    private static TransactionBuilder Begin(NodeProcess node) => new(node.Genesis.LedgerId, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3_600));

    private static async Task SendAsync(KetenClient client, ReadOnlyMemory<byte>[] transactions)
    {
        foreach (var answer in await client.SubmitAsync(transactions))
            if (answer.Status != SubmissionStatus.Done) throw new InvalidOperationException($"Refused: {answer.Refusal}");
    }

    private sealed record Round(double PerSecond, List<double> Waits)
    {
        public double Percentile(double part) => Math.Round(Waits.Order().ElementAt((int)(part * (Waits.Count - 1))), 1);
    }
}
