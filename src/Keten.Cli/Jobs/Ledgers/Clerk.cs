using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>Makes, signs and submits the transactions of a job, many a request, and waits until they are final.</summary>
/// <param name="door">Where to.</param>
/// <param name="clock">The system's unless a test hands its own.</param>
public sealed class Clerk(ILedgerDoor door, TimeProvider? clock = null)
{
    /// <summary>As many as one key's window takes in any order.</summary>
    public const int BatchAtMost = 256;

    private const long SecondsToDecide = 3_600;

    /// <summary>The ledger.</summary>
    public ILedgerDoor Door { get; } = door;

    /// <summary>Now, to the second.</summary>
    public Instant Now => new((clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds());

    /// <summary>Begins a transaction of these signers.</summary>
    public TransactionBuilder Begin(params ReadOnlySpan<Actor> signers)
    {
        var builder = new TransactionBuilder(Door.LedgerId, Now.Plus(SecondsToDecide));
        foreach (var signer in signers) builder.By(signer.Key.Id, signer.NextCounter());
        return builder;
    }

    /// <summary>Submits in batches.</summary>
    public async Task<List<FinalAnswer>> SubmitAsync(IReadOnlyList<byte[]> transactions, CancellationToken cancel = default)
    {
        var answers = new List<FinalAnswer>(transactions.Count);
        for (var at = 0; at < transactions.Count; at += BatchAtMost)
            answers.AddRange(await Door.SubmitAsync([.. transactions.Skip(at).Take(BatchAtMost)], cancel));
        return answers;
    }

    /// <summary>Submits what a job rests on.</summary>
    /// <exception cref="InvalidOperationException">One was refused.</exception>
    public async Task<List<FinalAnswer>> MustAsync(IReadOnlyList<byte[]> transactions, CancellationToken cancel = default)
    {
        var answers = await SubmitAsync(transactions, cancel);
        foreach (var answer in answers)
            if (!answer.Done) throw new InvalidOperationException($"A transaction that had to be done was refused: {answer.Reason}");
        return answers;
    }

    /// <summary>Submits one that a job rests on, and gives what its call did.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<(Hash Transaction, OutcomeLeaf Outcome)> MustAsync(byte[] transaction, Actor reader, CancellationToken cancel = default)
    {
        var id = (await MustAsync([transaction], cancel))[0].Id;
        return (id, await OutcomeAsync(id, reader, cancel));
    }

    /// <summary>What the first call of a decided transaction did.</summary>
    public async Task<OutcomeLeaf> OutcomeAsync(Hash transaction, Actor reader, CancellationToken cancel = default) =>
        OutcomeLeaf.Read(Receipt.FromBytes(await Door.ReceiptAsync(transaction, reader, cancel)).Outcomes[0].Leaf);
}

/// <summary>Signing with actors.</summary>
internal static class ActorSigning
{
    public static byte[] SignBy(this TransactionBuilder builder, params ReadOnlySpan<Actor> signers)
    {
        var keys = new Signer[signers.Length];
        for (var each = 0; each < keys.Length; each++) keys[each] = signers[each].Key;
        return builder.Sign(keys);
    }
}
