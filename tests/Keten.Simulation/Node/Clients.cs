using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;
using static Keten.Simulation.BrokenPromiseException;

namespace Keten.Simulation;

/// <summary>Those who use a simulated node: they pay, sign again, sign badly, read, follow, ask for proofs, prune; and remember what they were told. A node that stops ends them.</summary>
internal sealed class Clients(Random random, Genesis genesis, Promises promises, Action<string> trace)
{
    private readonly Payments payments = new(random, genesis, promises.Expected);

    /// <summary>The bank begins to issue, and gives each payer an amount.</summary>
    public async Task Fund(LedgerNode node, Instant now)
    {
        foreach (var answer in await node.SubmitAsync(payments.Fund(now), WaitFor.Final)) Unless(answer.Status == AnswerStatus.Done, $"The bank could not begin: {answer.Refusal?.Sentence}");
    }

    /// <summary>So many requests of some transactions each.</summary>
    public async Task Pay(LedgerNode node, int requests, Func<Instant> now)
    {
        try
        {
            for (; requests > 0; requests--)
            {
                var (request, inOrder) = payments.Draw(now());
                promises.Requested(inOrder);
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
            var evidence = await node.ProveAsync(RecordKeys.Account(new AccountKey(Owner.Of(Payments.Payers[random.Next(Payments.Payers.Length)]), new Unit(1), default)));
            Unless(evidence.Verify(genesis), "Evidence does not hold.");
            trace($"evidence {evidence.Certificate.Header.Height}");
            promises.Shown(evidence.Certificate.Header);
        }
        catch (Exception fault) when (fault is IOException or NodeStoppedException or Keten.Log.LogStoppedException)
        {
            // As above.
        }
    }
}
