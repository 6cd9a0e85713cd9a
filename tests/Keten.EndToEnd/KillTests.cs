using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Log;
using Keten.Node.Storage;

namespace Keten.EndToEnd;

/// <summary>What was answered final survives the death of the process at any instant.</summary>
public sealed class KillTests
{
    private static readonly Unit Euro = new(1);

    [Fact]
    public async Task Nothing_that_was_answered_final_is_lost_when_the_process_is_killed_under_load()
    {
        using var bank = SigningKey.Generate();
        await using var node = await NodeProcess.StartAsync(bank.Public);
        var to = await OpenAsync(node, bank);
        var promised = new List<Submission>();
        var random = new Random(1);
        var counter = 10UL;
        for (var life = 0; life < 4; life++)
        {
            var before = promised.Count;
            var load = LoadAsync(node, bank, to, counter, promised);
            for (var waited = 0; promised.Count == before && waited < 600; waited++) await Task.Delay(50);
            await Task.Delay(random.Next(50, 400));
            await node.KillAsync();
            await load;
            Assert.NotEqual(before, promised.Count);
            counter += 1_000_000;

            Assert.DoesNotContain(NodeCheck.Run(new RealDisk(node.Data)), finding => finding.IsDamage);
            await node.StartAgainAsync();
            using var client = new KetenClient(node.Url);
            foreach (var answer in promised.Chunk(97).Select(some => some[^1]))
                Assert.Equal((ulong)(await client.TransactionAsync(answer.Id))!["height"]!, answer.Height);
        }
        await node.KillAsync();
        Assert.DoesNotContain(NodeCheck.Run(new RealDisk(node.Data), BuiltIn.Catalogue), finding => finding.IsDamage);
    }

    private static async Task<Party> OpenAsync(NodeProcess node, SigningKey bank)
    {
        using var client = new KetenClient(node.Url);
        using var other = SigningKey.Generate();
        var (issuer, payee) = (Party.Of(bank.Id), Party.Of(other.Id));
        foreach (var signed in (byte[][])[
            Begin(node).By(other.Id, 1).Enrol(other.Public).Sign(other),
            Begin(node).By(bank.Id, 1).Open(EMoney.Contents, new EMoney.Begin(issuer, "EUR", 2)).Sign(bank),
            Begin(node).By(bank.Id, 2).Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(issuer, Euro.Of(1_000_000_000), Hash.Of("a payment"u8))).Sign(bank)])
            Assert.Equal(SubmissionStatus.Done, (await client.SubmitAsync(signed)).Status);
        return payee;
    }

    // Sends until the node is gone; what was answered before is promised.
    private static async Task LoadAsync(NodeProcess node, SigningKey bank, Party to, ulong counter, List<Submission> promised)
    {
        using var client = new KetenClient(node.Url, patience: Patience.None);
        try
        {
            while (true)
            {
                var some = Enumerable.Range(0, 50).Select(_ => (ReadOnlyMemory<byte>)Begin(node).By(bank.Id, ++counter).Transfer(null, to, Euro.Of(1)).Sign(bank)).ToArray();
                var answers = await client.SubmitAsync(some);
                Assert.All(answers, answer => Assert.Equal((SubmissionStatus.Done, 0u), (answer.Status, answer.Refusal)));
                promised.AddRange(answers);
            }
        }
        catch (Exception fault) when (fault is UnreachableException or UnexpectedAnswerException or HttpRequestException or IOException)
        {
            // The process has been killed: that is what this is about.
        }
    }

    private static TransactionBuilder Begin(NodeProcess node) => new(node.Genesis.LedgerId, new Instant(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3_600));
}
