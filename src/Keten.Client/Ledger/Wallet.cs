using Keten.Kernel;
using Keten.Kernel.State;

namespace Keten.Client;

/// <summary>
/// One key at work on one ledger: counters taken in order, transactions signed, sent and awaited. Counters come from a file, and never below what the ledger has seen of the key
/// (protocol rule 19).
/// </summary>
/// <param name="client">The node; its reader must be this wallet's key, or the ledger does not tell what was used.</param>
/// <param name="ledger">Which ledger: known from a genesis, not from the node.</param>
/// <param name="signer">The key.</param>
/// <param name="counters">Where its counters are kept.</param>
/// <param name="clock">The system's unless a test hands its own.</param>
public sealed class Wallet(KetenClient client, Hash ledger, Signer signer, CounterFile counters, TimeProvider? clock = null)
{
    /// <summary>How long a transaction may wait to be decided, where nothing else is said.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(10);

    private readonly Dictionary<byte, ulong> seen = [];

    /// <summary>Whose key.</summary>
    public Signer Signer { get; } = signer;

    /// <summary>Begins a transaction that this key signs. Not for use by two threads at once.</summary>
    /// <param name="validFor">How long it may wait; at most a day.</param>
    /// <param name="lane">In which of the key's lanes.</param>
    /// <param name="cancel">Ends the waiting for the node.</param>
    public async Task<TransactionBuilder> BeginAsync(TimeSpan? validFor = null, byte lane = 0, CancellationToken cancel = default)
    {
        var expiry = (clock ?? TimeProvider.System).GetUtcNow().Add(validFor ?? Usual).ToUnixTimeSeconds();
        return await JoinAsync(new TransactionBuilder(ledger, new Instant(expiry)), lane, cancel);
    }

    /// <summary>Names this key among the signers of a transaction that another began.</summary>
    public async Task<TransactionBuilder> JoinAsync(TransactionBuilder transaction, byte lane = 0, CancellationToken cancel = default)
    {
        // Asked once for a run: a backup is not restored under a running process.
        if (!seen.TryGetValue(lane, out var highest)) seen[lane] = highest = await client.HighestCounterAsync(Signer.Id, lane, cancel);
        return transaction.By(Signer.Id, counters.Take(ledger, lane, new Window(highest, 0, 0)), lane);
    }

    /// <summary>Signs with this key, and with those that were named beside it, and submits.</summary>
    public async Task<Submission> SendAsync(TransactionBuilder transaction, WaitUntil wait = WaitUntil.Final, Signer[]? others = null, CancellationToken cancel = default) =>
        await client.SubmitAsync(transaction.Sign([Signer, .. others ?? []]), wait, cancel);

    /// <summary>Pays, and waits until it is final.</summary>
    /// <param name="to">Who is paid.</param>
    /// <param name="amount">How much.</param>
    /// <param name="reference">The payer's own; drawn where none is given, so that no payment is without one.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<Submission> PayAsync(Party to, Amount amount, Reference? reference = null, CancellationToken cancel = default)
    {
        var transaction = await BeginAsync(cancel: cancel);
        transaction.Transfer(null, to, amount, reference ?? new Reference(System.Security.Cryptography.RandomNumberGenerator.GetBytes(Reference.Size)));
        return await SendAsync(transaction, cancel: cancel);
    }
}
