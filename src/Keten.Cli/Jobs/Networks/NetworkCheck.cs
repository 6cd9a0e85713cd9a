using System.Diagnostics;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;

namespace Keten.Cli.Jobs.Networks;

/// <summary>A network tried: transfers through all validators, one killed under way and back, and all must come to the same certified header.</summary>
internal sealed record NetworkCheck(int Validators, int Transfers, ulong CertifiedHeight, bool EqualHeaders, double P50Ms, double P99Ms, double Seconds, IReadOnlyList<int> Pids)
{
    private const int Together = 20;
    private static readonly Unit Euro = new(1);

    public JsonObject ToJson() => new()
    {
        ["validators"] = Validators, ["transfers"] = Transfers, ["certifiedHeight"] = CertifiedHeight, ["equalHeaders"] = EqualHeaders, ["p50Ms"] = P50Ms, ["p99Ms"] = P99Ms, ["seconds"] = Seconds,
        ["pids"] = new JsonArray([.. Pids.Select(pid => (JsonNode)pid)]),
    };

    public static async Task<NetworkCheck> RunAsync(LocalNetwork network, SigningKey bank, int transfers, Action<double> done, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        var pids = Enumerable.Range(0, network.Count).Select(each => network.PidOf(each)!.Value).ToArray();
        var clients = Enumerable.Range(0, network.Count).Select(each => new KetenClient(network.UrlOf(each))).ToArray();
        var (waits, counter, killed, last) = (new List<double>(), 0ul, network.Count - 1, 0ul);
        await FundAsync();
        for (var sent = 0; sent < transfers; sent += Together)
        {
            if (sent == Part(1)) await network.KillAsync(killed);
            if (sent == Part(2)) await network.StartAsync(killed, cancel);
            var some = Enumerable.Range(0, Math.Min(Together, transfers - sent)).Select(_ => Begin().Transfer(null, Party.Of(bank.Id), Euro.Of(1)).Sign(bank)).ToArray();
            var answers = await Task.WhenAll(some.Select((transaction, place) => PayAsync(ClientOf(sent + place), transaction)));
            last = Math.Max(last, answers.Max());
            done(sent + some.Length);
        }
        var headers = await Task.WhenAll(clients.Select(client => HeaderAsync(client, last)));
        foreach (var client in clients) client.Dispose();
        waits.Sort();
        return new NetworkCheck(
            network.Count, waits.Count, last, headers.Distinct().Count() == 1, Percentile(0.5), Percentile(0.99), Math.Round(clock.Elapsed.TotalSeconds, 1), pids);

        // Where a third, or two thirds, of the transfers have been sent.
        int Part(int thirds) => transfers * thirds / 3 / Together * Together;

        double Percentile(double part) => Math.Round(waits[(int)(part * (waits.Count - 1))], 1);

        KetenClient ClientOf(int place) => Enumerable.Range(0, network.Count).Select(more => (place + more) % network.Count).Where(each => network.PidOf(each) is not null).Select(each => clients[each]).First();

        TransactionBuilder Begin() => new TransactionBuilder(network.Genesis.LedgerId, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3_600)).By(bank.Id, ++counter);

        async Task FundAsync()
        {
            await PayAsync(clients[0], Begin().Open(EMoney.Contents, new EMoney.Begin(Party.Of(bank.Id), "EUR", 2)).Sign(bank));
            await PayAsync(clients[0], Begin().Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(Party.Of(bank.Id), Euro.Of(1_000_000), Hash.Of("paid in"u8))).Sign(bank));
            waits.Clear();
        }

        async Task<ulong> PayAsync(KetenClient client, byte[] transaction)
        {
            var began = Stopwatch.GetTimestamp();
            var answer = await client.SubmitAsync(transaction, WaitUntil.Final, cancel);
            if (answer.Status != SubmissionStatus.Done) throw new InvalidOperationException($"A transfer came to {answer.Status}, refusal {answer.Refusal}.");
            lock (pids) waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            return answer.Height;
        }

        async Task<Hash> HeaderAsync(KetenClient client, ulong height)
        {
            for (var tries = 0; tries < 300; tries++, await Task.Delay(100, cancel))
                if (await client.BlockAsync(height, cancel) is { } certificate) return certificate.Verify(network.Genesis.Validators) ? certificate.Header.Hash : default;
            return default;
        }
    }
}
