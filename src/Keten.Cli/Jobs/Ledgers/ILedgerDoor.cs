using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>The ledger as a job sees it: in this process, or behind HTTP.</summary>
public interface ILedgerDoor
{
    /// <summary>Which ledger.</summary>
    Hash LedgerId { get; }

    /// <summary>Submits transactions in one request and waits until all of them are final.</summary>
    /// <returns>An answer for each, in their order.</returns>
    Task<IReadOnlyList<FinalAnswer>> SubmitAsync(IReadOnlyList<byte[]> transactions, CancellationToken cancel = default);

    /// <summary>The receipt of a decided transaction.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    Task<byte[]> ReceiptAsync(Hash transaction, Actor reader, CancellationToken cancel = default);

    /// <summary>Keeps a document of an agreement beside the ledger, for the agreement's readers and some others.</summary>
    /// <returns>The salted commitment to it, and its salt.</returns>
    Task<KeptDocument> KeepAsync(ReadOnlyMemory<byte> content, string mediaType, Actor owner, ulong agreement, IReadOnlyList<Party> readers, CancellationToken cancel = default);
}

/// <summary>What became of a transaction.</summary>
/// <param name="Id">Which.</param>
/// <param name="Done">Whether it was done.</param>
/// <param name="Code">0 where it was done, otherwise the refusal's number on the wire.</param>
/// <param name="Reason">Why not, in a sentence.</param>
public readonly record struct FinalAnswer(Hash Id, bool Done, uint Code, string Reason);

/// <summary>A document that is kept, by what the ledger may hold of it.</summary>
/// <param name="Commitment">Salted, so that nobody can guess its content.</param>
/// <param name="Salt">32 bytes, as secret as the document.</param>
public readonly record struct KeptDocument(Hash Commitment, Hash Salt);
