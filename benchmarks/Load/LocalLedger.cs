using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;
using Keten.Kernel.State;
using Keten.Kernel.Trees;

namespace Keten.Bench.Load;

/// <summary>A ledger in this process, without node, log or disk: what the kernel alone costs. Its clock stands still unless told otherwise.</summary>
internal sealed class LocalLedger
{
    private readonly SigningKey validator = SigningKey.Generate();
    private Instant now = new(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    private ulong sequence;

    public LocalLedger(PublicKey founder)
    {
        Genesis = new Genesis(
            Hash.Of(Guid.NewGuid().ToByteArray()), now, new ValidatorSet(new Validator("Bench", validator.Public)), new Many<PublicKey>(founder), false, Parameters.Default,
            BuiltIn.Catalogue.Hash);
        Ledger = Ledger.Begin(Genesis, BuiltIn.Catalogue);
    }

    public Genesis Genesis { get; }

    public Ledger Ledger { get; }

    /// <summary>Transactions as the door leaves them: read, their signatures verified (here: known to be good).</summary>
    public static CheckedTransaction[] Read(IReadOnlyList<byte[]> transactions) => [.. transactions.Select(bytes => new CheckedTransaction(Transaction.Parse(bytes)))];

    /// <summary>Splits them into batches that fit an entry.</summary>
    public static IEnumerable<CheckedTransaction[]> Batches(IReadOnlyList<CheckedTransaction> transactions)
    {
        var (batch, bytes) = (new List<CheckedTransaction>(), Entry.Overhead);
        foreach (var one in transactions)
        {
            if (batch.Count > 0 && bytes + one.Transaction.PackedLength + 5 > Entry.BytesAtMost)
            {
                yield return [.. batch];
                batch.Clear();
                bytes = Entry.Overhead;
            }
            batch.Add(one);
            bytes += one.Transaction.PackedLength + 5;
        }
        if (batch.Count > 0) yield return [.. batch];
    }

    /// <summary>Makes and signs the next entry.</summary>
    public Entry Next(IReadOnlyList<CheckedTransaction> batch) => Entry.Sign(validator, Ledger.Id, 0, ++sequence, now, batch);

    /// <summary>Executes an entry.</summary>
    /// <exception cref="InvalidOperationException">A transaction was not done.</exception>
    public Block Execute(Entry entry)
    {
        var block = Ledger.Execute(entry.Bytes, entry) ?? throw new InvalidOperationException("The entry was skipped.");
        foreach (var decision in block.Outcomes.Decisions)
            if (!decision.IsAccepted) throw new InvalidOperationException($"A transaction was refused: {decision.Code}.");
        return block;
    }

    /// <summary>Does all of them, with the roots of the checkpoints that are due.</summary>
    public void Do(IReadOnlyList<byte[]> transactions)
    {
        foreach (var batch in Batches(Read(transactions))) _ = Execute(Next(batch)).Checkpoint?.Root;
    }

    /// <summary>The same, for a fleet that does not know where its transactions go.</summary>
    public Task DoAsync(byte[][] transactions)
    {
        Do(transactions);
        return Task.CompletedTask;
    }

    /// <summary>Lets so many seconds pass, an hour at most: the next entry says so.</summary>
    public void Pass(long seconds) => now = now.Plus(seconds);

    /// <summary>Lets a second pass, which ends a checkpoint, and hashes all that changed.</summary>
    public Hash Root()
    {
        now = now.Plus(1);
        return Execute(Next([])).Checkpoint!.Root;
    }

    /// <summary>The state's root, hashed from its records alone.</summary>
    public Hash RootFromScratch()
    {
        var leaves = Ledger.State.CaptureAll().Leaves();
        Array.Sort(leaves, (one, other) => one.Key.CompareTo(other.Key));
        return StateTree.RootOf(leaves);
    }
}
