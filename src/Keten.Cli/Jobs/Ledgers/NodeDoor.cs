using Keten.Kernel;
using Keten.Node.Pipeline;
using Keten.Node.Vault;

namespace Keten.Cli.Jobs;

/// <summary>A ledger in this process, and its documents beside it.</summary>
/// <param name="node">The ledger.</param>
/// <param name="documents">The documents.</param>
public sealed class NodeDoor(LedgerNode node, DocumentStore documents) : ILedgerDoor
{
    /// <inheritdoc/>
    public Hash LedgerId => node.LedgerId;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FinalAnswer>> SubmitAsync(IReadOnlyList<byte[]> transactions, CancellationToken cancel = default)
    {
        var answers = await node.SubmitAsync([.. transactions.Select(bytes => (ReadOnlyMemory<byte>)bytes)], WaitFor.Final, cancel);
        return Array.ConvertAll(answers, answer => new FinalAnswer(answer.Id, answer.Status == AnswerStatus.Done, answer.Code, answer.Refusal?.Sentence ?? ""));
    }

    /// <inheritdoc/>
    public Task<byte[]> ReceiptAsync(Hash transaction, Actor reader, CancellationToken cancel = default) =>
        Task.FromResult(node.ReceiptOf(transaction)?.ToBytes() ?? throw new InvalidOperationException("The ledger has no such transaction."));

    /// <inheritdoc/>
    /// <remarks>The readers of agreements are known to a whole node only: here the readers that are named read, and the job's index finds the document again.</remarks>
    public Task<KeptDocument> KeepAsync(ReadOnlyMemory<byte> content, string mediaType, Actor owner, ulong agreement, IReadOnlyList<Party> readers, CancellationToken cancel = default) =>
        Task.FromResult(documents.Put(content, mediaType, owner.Party, readers, agreement: 0) is (DocumentFault.None, var commitment, var salt)
            ? new KeptDocument(commitment, new Hash(salt)) : throw new IOException("The vault did not keep a document."));
}
