using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Execution;

namespace Keten.Node.Pipeline;

/// <summary>
/// A node without its doors: verifies on all cores, batches, appends to the log, executes in order on one thread, stores blocks, attests, and tells what became final.
/// Everything a door, a view or a command needs goes through here.
/// </summary>
public sealed class LedgerNode : IAsyncDisposable
{
    /// <summary>Opens or creates the ledger in a data folder, and catches up with the log.</summary>
    public static Task<LedgerNode> OpenAsync(NodeSetup setup, CancellationToken cancel = default) => throw new NotSupportedException();

    public Genesis Genesis => throw new NotSupportedException();

    public Hash LedgerId => throw new NotSupportedException();

    public Catalogue Catalogue => throw new NotSupportedException();

    /// <summary>The newest certificate; null before the first block.</summary>
    public Certificate? Head => throw new NotSupportedException();

    /// <summary>Submits one or many transactions in their COSE form. Each gets its own answer; the task ends when the last has reached <paramref name="wait"/>.</summary>
    public Task<Answer[]> SubmitAsync(IReadOnlyList<ReadOnlyMemory<byte>> transactions, WaitFor wait, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Runs a query over the state while no block is being executed. It must be short and must not keep what it was lent.</summary>
    public T Read<T>(Func<Ledger, T> query) => throw new NotSupportedException();

    /// <summary>The final blocks after a height, and then each new one as it becomes final. What is not yet final is never told.</summary>
    public IAsyncEnumerable<FinalBlock> FollowAsync(ulong afterHeight, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Where a decided transaction is, or null.</summary>
    public TransactionPlace? Find(Hash transaction) => throw new NotSupportedException();

    /// <summary>A decided transaction's COSE bytes, or null where it is unknown or its body has been pruned.</summary>
    public byte[]? Body(Hash transaction) => throw new NotSupportedException();

    /// <summary>The receipt of a decided transaction, showing up to 16 of its calls from one on; null where it is unknown or its body has been pruned.</summary>
    public Receipt? ReceiptOf(Hash transaction, int fromCall = 0) => throw new NotSupportedException();

    /// <summary>The certificate of a block, or null.</summary>
    public Certificate? CertificateOf(ulong height) => throw new NotSupportedException();

    /// <summary>That the history of one size grew into that of another (RFC 9162 §2.1.4); null where a size is not known.</summary>
    public Hash[]? Consistency(ulong fromSize, ulong toSize) => throw new NotSupportedException();

    /// <summary>A proof of a record, or of its absence, under a certified header; waits for the checkpoint that carries its root, a second or two.</summary>
    public Task<StateEvidence> ProveAsync(byte[] recordKey, CancellationToken cancel = default) => throw new NotSupportedException();

    /// <summary>Deletes transaction bodies and log segments up to a height, keeping a snapshot, headers, certificates and history hashes: receipts already given stay valid.</summary>
    public Task PruneAsync(ulong toHeight, CancellationToken cancel = default) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => throw new NotSupportedException();
}

/// <summary>How long to wait for an answer.</summary>
public enum WaitFor
{
    /// <summary>Until the validator promises to append it.</summary>
    Accepted = 0,

    /// <summary>Until its block is certified and stored.</summary>
    Final = 1,
}

/// <summary>What became of a submitted transaction.</summary>
/// <param name="Id">Its id; none where the bytes could not be read.</param>
/// <param name="Status">How far it is.</param>
/// <param name="Refusal">Why not.</param>
/// <param name="Code">The refusal's number on the wire; 0 where it was done.</param>
/// <param name="Call">Which call was refused.</param>
/// <param name="Height">Of its block, once final.</param>
public readonly record struct Answer(Hash Id, AnswerStatus Status, IRefusal? Refusal, uint Code, int Call, ulong Height);

/// <summary>How far a transaction is.</summary>
public enum AnswerStatus
{
    /// <summary>Void: nothing was decided, and it may be tried again.</summary>
    Rejected = 0,

    /// <summary>Promised to be appended until its expiry.</summary>
    Accepted = 1,

    /// <summary>Decided and certified: done.</summary>
    Done = 2,

    /// <summary>Decided and certified: refused.</summary>
    Refused = 3,
}

/// <summary>A block that is final, with what views and streams need of it.</summary>
/// <param name="Certificate">Of its header.</param>
/// <param name="Transactions">The decided ones and the void ones, in order.</param>
/// <param name="Outcomes">What each call and wake-up did.</param>
/// <param name="Readers">For each event of the outcomes, in order: who may read it.</param>
public sealed record FinalBlock(Certificate Certificate, IReadOnlyList<Transaction> Transactions, BlockOutcomes Outcomes, IReadOnlyList<Readers> Readers);

/// <summary>Where a decided transaction is.</summary>
/// <param name="Height">Its block.</param>
/// <param name="HistoryIndex">Its place among all decided transactions.</param>
/// <param name="Code">0 where it was done, otherwise the refusal's number on the wire.</param>
public readonly record struct TransactionPlace(ulong Height, ulong HistoryIndex, uint Code);

/// <summary>What a node is opened with.</summary>
/// <param name="DataFolder">Where everything is kept.</param>
/// <param name="Genesis">How the ledger began; null: as the data folder says.</param>
/// <param name="Catalogue">The contracts.</param>
/// <param name="Validator">The node's key; null: it only follows.</param>
/// <param name="Options">Sizes and times.</param>
public sealed record NodeSetup(string DataFolder, Genesis? Genesis, Catalogue Catalogue, Signer? Validator, PipelineOptions Options);

/// <summary>Sizes and times of the pipeline; each with its default.</summary>
public sealed record PipelineOptions
{
    /// <summary>How many transactions may wait for the log before the door answers 503.</summary>
    public int QueueAtMost { get; init; } = 50_000;

    /// <summary>How many transactions an entry holds at most.</summary>
    public int BatchAtMost { get; init; } = 2_000;

    /// <summary>Threads that verify signatures.</summary>
    public int Verifiers { get; init; } = Environment.ProcessorCount;

    /// <summary>Imported public keys that are kept.</summary>
    public int KeysKept { get; init; } = 50_000;

    /// <summary>A snapshot is taken after so many blocks with content at a checkpoint.</summary>
    public int SnapshotEvery { get; init; } = 10_000;

    /// <summary>The clock; the system's unless a test hands its own.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
