using Keten.Kernel.Blocks;
using Keten.Kernel.State;
using Keten.Node.Pipeline;

namespace Keten.Cli.Jobs;

/// <summary>A recount of all records whose root a certified header carries.</summary>
public static class CertifiedRecount
{
    private const int Attempts = 5;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(10);

    /// <summary>Takes the records of a checkpoint, hashes them anew, and compares with the header that the validators certified.</summary>
    /// <exception cref="InvalidOperationException">The root is another, or the node gave no snapshot of the checkpoint that it proved.</exception>
    public static async Task<StateRecount> OfAsync(LedgerNode node, AccountKey any, CancellationToken cancel = default)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var snapshots = new Dictionary<ulong, Snapshot>();
            var proving = node.ProveAsync(RecordKeys.Account(any), cancel);
            while (!proving.IsCompleted)
            {
                // Only the records of a checkpoint have a root; a block that ended none shows the ledger between two.
                if (node.Read(ledger => ledger.Latest is { } latest && latest.Height == ledger.Head!.Height && !snapshots.ContainsKey(latest.Height) ? ledger.TakeSnapshot() : null) is { } taken)
                    snapshots.Add(taken.Head.Height, taken);
                await Task.WhenAny(proving, Task.Delay(Poll, cancel));
            }
            var evidence = await proving;
            if (!evidence.Verify(node.Genesis)) throw new InvalidOperationException("The proof of an account does not hold.");
            if (!snapshots.TryGetValue(evidence.Certificate.Header.StateHeight, out var snapshot)) continue;
            var recount = StateRecount.Of(snapshot);
            return recount.Root == evidence.Certificate.Header.StateRoot ? recount : throw new InvalidOperationException("The records do not come to the certified root.");
        }
        throw new InvalidOperationException("The ledger gave no records of a proved checkpoint.");
    }
}
