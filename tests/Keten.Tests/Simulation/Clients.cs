using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using Keten.Testing;
using static Keten.Tests.Simulation.BrokenPromiseException;

namespace Keten.Tests.Simulation;

/// <summary>Those who use a simulated node: they pay, sign again, sign badly, read, follow, ask for proofs, prune; and remember what they were told. A node that stops ends them.</summary>
internal sealed class Clients(Random random, Genesis genesis, Promises promises, Action<string> trace)
{
    public static readonly Actor Bank = new("Bank"), Ada = new("Ada"), Bob = new("Bob"), Eve = new("Eve");

    private const long Given = 1_000;
    private static readonly Actor[] Payers = [Ada, Bob, Eve];
    private readonly Dictionary<KeyId, ulong> counters = [];
    private readonly List<(byte[] Bytes, Hash Id)> sent = [];

    /// <summary>The bank begins to issue, and gives each payer an amount.</summary>
    public async Task Fund(LedgerNode node, Instant now)
    {
        var opened = Begin(Bank, now).Open(1, 1, (Codec<EMoney.Begin>)EMoney.Contents.ClauseOf<EMoney.Begin>().ArgumentsCodec, new EMoney.Begin(Bank, "EUR", 2)).Sign(Bank);
        var issue = Begin(Bank, now);
        foreach (var payer in Payers)
            issue.Call(1, 2, (Codec<EMoney.Issue>)EMoney.Contents.ClauseOf<EMoney.Issue>().ArgumentsCodec, new EMoney.Issue(payer, new Unit(1).Of(Given), Hash.Of(System.Text.Encoding.UTF8.GetBytes(payer.Name))));
        foreach (var answer in await node.SubmitAsync([opened, issue.Sign(Bank)], WaitFor.Final)) Unless(answer.Status == AnswerStatus.Done, $"The bank could not begin: {answer.Refusal?.Sentence}");
        foreach (var payer in Payers) promises.PaidIn(payer, Given);
    }

    /// <summary>So many requests of some transactions each.</summary>
    public async Task Pay(LedgerNode node, int requests, Func<Instant> now)
    {
        try
        {
            for (; requests > 0; requests--)
            {
                var (request, inOrder) = (new List<ReadOnlyMemory<byte>>(), new List<Hash>());
                for (var left = random.Next(1, 7); left > 0; left--) Add(request, inOrder, now());
                promises.Requested([.. inOrder]);
                var answers = await node.SubmitAsync(request, random.Next(3) == 0 ? WaitFor.Accepted : WaitFor.Final);
                foreach (var answer in answers)
                {
                    trace($"{answer.Id} {answer.Status} {answer.Code} {answer.Height}");
                    promises.Answered(answer);
                }
            }
        }
        catch (NodeStoppedException)
        {
            // What was not answered was not promised.
        }
    }

    /// <summary>Reads receipts and certificates of what it was told.</summary>
    public async Task Read(LedgerNode node, int times)
    {
        try
        {
            for (; times > 0; times--)
            {
                await Task.Yield();
                if (promises.Finals == 0) continue;
                var id = promises.AnyFinal(random);
                if (node.ReceiptOf(id) is not { } receipt)
                {
                    Unless(node.Find(id) is null && promises.PrunedTo > 0, $"{id} has no receipt.");
                    continue;
                }
                if (random.Next(4) == 0) Unless(ReceiptCheck.Check(receipt.ToBytes(), genesis, out _) == ReceiptFault.None, $"The receipt of {id} does not hold.");
                trace($"receipt {receipt.HistoryIndex}");
                promises.Shown(receipt.Header);
            }
        }
        catch (Exception fault) when (fault is IOException or NodeStoppedException)
        {
            // The disk failed, or the power went.
        }
    }

    /// <summary>Follows the final blocks until the node stops.</summary>
    public async Task Follow(LedgerNode node)
    {
        var from = promises.PrunedTo + (ulong)random.Next(4);
        try
        {
            await foreach (var block in node.FollowAsync(Math.Min(from, node.Head?.Header.Height ?? 0)))
            {
                trace($"block {block.Certificate.Header.Height} {block.Certificate.Header.Hash}");
                promises.Shown(block.Certificate.Header);
            }
        }
        catch (Exception fault) when (fault is IOException or NodeStoppedException)
        {
            // It has stopped, or what it was to show has been pruned.
        }
    }

    /// <summary>Asks for evidence of an account, or prunes.</summary>
    public async Task Ask(LedgerNode node, bool prune)
    {
        try
        {
            if (prune && node.Head is { } head)
            {
                var to = (ulong)random.NextInt64(1, (long)head.Header.Height + 1);
                promises.PrunedTo = Math.Max(promises.PrunedTo, to);
                await node.PruneAsync(to);
                trace($"pruned {to}");
            }
            var evidence = await node.ProveAsync(RecordKeys.Account(new AccountKey(Owner.Of(Payers[random.Next(Payers.Length)]), new Unit(1), default)));
            Unless(evidence.Verify(genesis), "Evidence does not hold.");
            trace($"evidence {evidence.Certificate.Header.Height}");
            promises.Shown(evidence.Certificate.Header);
        }
        catch (Exception fault) when (fault is IOException or NodeStoppedException or Keten.Log.LogStoppedException)
        {
            // As above.
        }
    }

    private void Add(List<ReadOnlyMemory<byte>> request, List<Hash> inOrder, Instant now)
    {
        var from = Payers[random.Next(Payers.Length)];
        switch (random.Next(12))
        {
            case 0 when sent.Count > 0:
                var (old, itsId) = sent[random.Next(sent.Count)];
                promises.SentAgain(itsId);
                request.Add(old);
                break;
            case 1 when request.Count > 0:
                request.Add(request[^1]);
                break;
            case 2:
                request.Add(new byte[] { 1, 2, 3 });
                break;
            case 3:
                var flipped = Payment(from, 77, now, out var bad);      // so much is paid nowhere else
                flipped[^1] ^= 1;
                promises.IsHopeless(bad);
                request.Add(flipped);
                break;
            case 4:
                request.Add(New(Payment(from, 1_000_000, now, out var tooMuch), inOrder, tooMuch));
                promises.IsHopeless(tooMuch);
                break;
            case 5:
                // A counter twice: one of the two is void.
                counters[from.Id] = Math.Max(1, counters.GetValueOrDefault(from.Id)) - 1;
                request.Add(New(Payment(from, random.Next(1, 20), now, out var twice), inOrder, twice));
                promises.SentAgain(twice);      // it may even be the same
                break;
            default:
                request.Add(New(Payment(from, random.Next(1, 20), now, out var id), inOrder, id));
                break;
        }
    }

    private byte[] New(byte[] transaction, List<Hash> inOrder, Hash id)
    {
        sent.Add((transaction, id));
        inOrder.Add(id);
        return transaction;
    }

    private byte[] Payment(Actor from, long cents, Instant now, out Hash id)
    {
        var to = Payers[(Array.IndexOf(Payers, from) + random.Next(1, Payers.Length)) % Payers.Length];
        var (number, codec) = KernelContents.Of<KernelCalls.Transfer>();
        var bytes = Begin(from, now, random.Next(8) == 0 ? 2 : 600).Open(0, number, codec, new KernelCalls.Transfer(null, to, new Unit(1).Of(cents), null)).Sign(from);
        id = Transaction.Parse(bytes).Id;
        promises.Pays(id, from, to, cents);
        return bytes;
    }

    private TransactionBuilder Begin(Actor signer, Instant now, int expires = 40_000) =>
        new TransactionBuilder(genesis.LedgerId, now.Plus(expires)).By(signer.Id, counters[signer.Id] = counters.GetValueOrDefault(signer.Id) + 1);
}
