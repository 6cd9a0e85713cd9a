using System.Collections.Concurrent;
using System.Threading.Channels;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Kernel.Execution;
using Keten.Kernel.State;

namespace Keten.Node.Pipeline;

/// <summary>
/// Reads and verifies what is submitted, on a fixed number of threads, a few dozen transactions at a time, and hands a request's transactions on in their order. A key id is the digest of
/// its key, so a kept key needs no look at the state: whether it may still sign is for execution to decide.
/// </summary>
internal sealed class Door : IAsyncDisposable
{
    private const int ChunkSize = 32;
    private const int ContractsKept = 100_000;

    private readonly Channel<Chunk> chunks = Channel.CreateUnbounded<Chunk>();
    private readonly ConcurrentDictionary<ulong, Contract> contracts = new();
    private readonly VerifierThreads? threads;
    private readonly Task[] verifiers;
    private readonly NodeParts node;
    private readonly Room room;
    private readonly Sequencer next;

    public Door(NodeParts node, Sequencer next)
    {
        (this.node, this.next) = (node, next);
        room = node.Room;
        var count = Math.Max(1, node.Options.Verifiers);
        var scheduler = node.Options.Scheduler ?? (threads = new VerifierThreads(count));
        verifiers = new Task[count];
        for (var each = 0; each < count; each++) verifiers[each] = Task.Factory.StartNew(VerifyAll, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
    }

    /// <summary>Takes a request's transactions to be decided in its order, or, where there is no room, none of them.</summary>
    /// <param name="submission">With the transactions.</param>
    /// <param name="always">Whether there is always room: for what was promised.</param>
    public Task<Answer[]> Submit(Submission submission, bool always = false)
    {
        var began = node.Clock.GetTimestamp();
        var (count, size) = (submission.Transactions.Count, 0L);
        foreach (var transaction in submission.Transactions) size += transaction.Length;
        if (!room.TryTake(count, size, always))
        {
            node.Metrics.Rejected(KernelRefusal.Busy, count);
            return submission.RejectAll(KernelRefusal.Busy);
        }
        node.Metrics.Submitted(count);
        var order = new InOrder((count + ChunkSize - 1) / ChunkSize, next);
        for (var from = 0; from < count; from += ChunkSize)
            if (!chunks.Writer.TryWrite(new Chunk(submission, from, Math.Min(from + ChunkSize, count), began, order))) submission.Fail(new NodeStoppedException("The node has been closed."));
        return submission.Done;
    }

    /// <summary>Verifies what it has taken, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        chunks.Writer.TryComplete();
        await Task.WhenAll(verifiers);
        threads?.Dispose();
    }

    private async Task VerifyAll()
    {
        var brought = new Dictionary<KeyId, ImportedKey?>();
        var passed = new List<(Transaction Transaction, int Index)>();
        // ReadAllAsync would leave the scheduler.
        while (await chunks.Reader.WaitToReadAsync())
        {
            while (chunks.Reader.TryRead(out var chunk))
            {
                try
                {
                    Verify(chunk, passed, brought);
                }
                catch (Exception fault)
                {
                    node.Failure.Set(fault);
                    chunk.Submission.Fail(node.Failure.Why!);
                }
            }
        }
    }

    private void Verify(in Chunk chunk, List<(Transaction Transaction, int Index)> passed, Dictionary<KeyId, ImportedKey?> resolved)
    {
        passed.Clear();
        resolved.Clear();
        if (node.Failure.Why is { } why)
        {
            chunk.Submission.Fail(why);
            return;
        }
        for (var index = chunk.From; index < chunk.To; index++)
        {
            if (Read(chunk.Submission.Transactions[index], out var transaction) is { } refusal) Refuse(chunk.Submission, index, transaction?.Id ?? default, refusal);
            else passed.Add((transaction!, index));
        }
        Resolve(passed, resolved);
        var verified = new List<Waiting>(passed.Count);
        foreach (var (transaction, index) in passed)
        {
            var ahead = new CheckedTransaction(transaction);
            if (Verify(transaction, resolved) is { } refusal) Refuse(chunk.Submission, index, transaction.Id, refusal);
            else if (node.Archive.Answered(transaction.Id) is { } before)
            {
                room.Give(1, chunk.Submission.Transactions[index].Length);
                chunk.Submission.Answer(index, before);
            }
            else
            {
                Statements(ahead);
                verified.Add(new Waiting(ahead, chunk.Submission, index, chunk.Began));
            }
        }
        chunk.Order.Verified(chunk.From / ChunkSize, verified);
    }

    private KernelRefusal? Read(ReadOnlyMemory<byte> bytes, out Transaction? transaction)
    {
        transaction = null;
        if (bytes.Length > Transaction.BytesAtMost) return KernelRefusal.TooLarge;
        try
        {
            transaction = Transaction.Parse(bytes.Span);
        }
        catch (MalformedException)
        {
            return KernelRefusal.Malformed;
        }
        if (transaction.LedgerId != node.LedgerId) return KernelRefusal.WrongLedger;
        if (transaction.PackedLength > node.EntryAtMost - Entry.Overhead) return KernelRefusal.TooLarge;
        if (transaction.Expiry.Seconds < node.Progress.Now) return KernelRefusal.Expired;
        return transaction.Expiry > node.Now.Plus(node.Progress.ExpiryAhead) ? KernelRefusal.ExpiryTooFar : null;
    }

    // One short look at the state for all keys and agreements that are not at hand.
    private void Resolve(List<(Transaction Transaction, int Index)> passed, Dictionary<KeyId, ImportedKey?> resolved)
    {
        List<KeyId>? missing = null;
        List<ulong>? agreements = null;
        foreach (var (transaction, _) in passed)
        {
            foreach (var slot in transaction.Signers)
                if (!resolved.ContainsKey(slot.Key) && (resolved[slot.Key] = node.Keys.Find(slot.Key)) is null) (missing ??= []).Add(slot.Key);
            foreach (var call in transaction.Calls)
                if (!call.Opens && !contracts.ContainsKey(call.Agreement)) (agreements ??= []).Add(call.Agreement);
        }
        if (missing is null && agreements is null) return;
        var publics = node.State.Read(ledger =>
        {
            if (contracts.Count > ContractsKept) contracts.Clear();
            foreach (var number in agreements ?? [])
                if (ledger.State.Agreement(number) is { } record) contracts[number] = record.Contract;
            return missing?.ConvertAll(key => ledger.State.KeyOf(key) is { Role: not KeyRole.Retired } known ? known.Key : (PublicKey?)null);
        });
        for (var each = 0; each < publics?.Count; each++)
            if (publics[each] is { } key) resolved[missing![each]] = node.Keys.Get(missing[each], key);
    }

    private static KernelRefusal? Verify(Transaction transaction, Dictionary<KeyId, ImportedKey?> resolved)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        for (var each = 0; each < transaction.Signers.Length; each++)
        {
            var id = transaction.Signers[each].Key;
            transaction.SigningDigest(each, digest);
            if (resolved[id] is { } key)
            {
                if (!key.Verify(digest, transaction.SignatureOf(each))) return KernelRefusal.BadSignature;
            }
            else if (IntroducedKeys.Find(transaction, id) is not { } brought) return KernelRefusal.UnknownKey;
            else if (!Es256.Verify(digest, transaction.SignatureOf(each), brought)) return KernelRefusal.BadSignature;
        }
        return null;
    }

    private void Statements(CheckedTransaction ahead)
    {
        var calls = ahead.Transaction.Calls;
        for (var each = 0; each < calls.Length; each++)
        {
            if (calls[each].IsKernel) continue;
            var contract = calls[each].Opens ? node.Catalogue.Newest(calls[each].Contract) : contracts.GetValueOrDefault(calls[each].Agreement);
            if (contract?.ClauseOf(calls[each].Clause) is { } clause && AheadCheck.CarriesStatements(clause)) AheadCheck.Statements(node.LedgerId, ahead, each, clause, KeyOf);
        }
    }

    private ImportedKey? KeyOf(KeyId id) =>
        node.Keys.Find(id) ?? (node.State.Read(ledger => ledger.State.KeyOf(id)) is { } known ? node.Keys.Get(id, known.Key) : null);

    private void Refuse(Submission submission, int index, Hash id, KernelRefusal refusal)
    {
        room.Give(1, submission.Transactions[index].Length);
        node.Metrics.Rejected(refusal);
        submission.Reject(index, id, refusal);
    }

    private readonly record struct Chunk(Submission Submission, int From, int To, long Began, InOrder Order);
}
