using System.Collections.Concurrent;
using Keten.Client;
using Keten.Contracts;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>A ledger behind HTTP. Each party reads with a signature of its own.</summary>
/// <param name="node">The node's address.</param>
/// <param name="ledger">Which ledger: known from a genesis, not from the node.</param>
public sealed class HttpDoor(Uri node, Hash ledger) : ILedgerDoor, IDisposable
{
    private readonly KetenClient anyone = new(node);
    private readonly ConcurrentDictionary<Actor, KetenClient> readers = new();

    /// <inheritdoc/>
    public Hash LedgerId { get; } = ledger;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<FinalAnswer>> SubmitAsync(IReadOnlyList<byte[]> transactions, CancellationToken cancel = default)
    {
        var answers = await anyone.SubmitAsync([.. transactions.Select(bytes => (ReadOnlyMemory<byte>)bytes)], WaitUntil.Final, null, cancel);
        return Array.ConvertAll(answers, answer => new FinalAnswer(
            answer.Id, answer.Status == SubmissionStatus.Done, answer.Refusal, answer.Refusal == 0 ? "" : RefusalText.Sentence(BuiltIn.Catalogue, answer.Refusal)));
    }

    /// <inheritdoc/>
    public Task<byte[]> ReceiptAsync(Hash transaction, Actor reader, CancellationToken cancel = default) => As(reader).ReceiptAsync(transaction, cancel: cancel);

    /// <inheritdoc/>
    /// <remarks>The node's vault keeps it, under the owner's name.</remarks>
    public async Task<KeptDocument> KeepAsync(
        ReadOnlyMemory<byte> content, string mediaType, Actor owner, ulong agreement, IReadOnlyList<Party> readers, CancellationToken cancel = default)
    {
        var (commitment, salt) = await As(owner).PutDocumentAsync(content, mediaType, [.. readers.Where(reader => reader != owner.Party)], agreement, cancel);
        return new KeptDocument(commitment, salt);
    }

    /// <summary>The node as one of the parties reads it.</summary>
    public KetenClient As(Actor reader) => readers.GetOrAdd(reader, each => new KetenClient(node, each.Key));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in readers.Values) client.Dispose();
        anyone.Dispose();
    }
}
