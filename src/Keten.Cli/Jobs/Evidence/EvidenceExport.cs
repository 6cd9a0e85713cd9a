using Keten.Kernel;
using Keten.Node.Pipeline;
using Keten.Node.Vault;

namespace Keten.Cli.Jobs;

/// <summary>Puts together the evidence of one settled session from a job's data folder.</summary>
public static class EvidenceExport
{
    /// <summary>The bundle.</summary>
    /// <exception cref="FormatException">The folder's index does not have the session.</exception>
    /// <exception cref="IOException">A part is missing.</exception>
    public static async Task<EvidenceBundle> OfAsync(SettleFolder folder, string session, CancellationToken cancel = default)
    {
        var index = SessionIndex.Load(folder.Path);
        if (!index.Sessions.TryGetValue(session, out var places)) throw new FormatException($"No session {session} has been settled in {folder.Path}.");
        await using var node = await folder.OpenAsync(cancel);
        using var documents = folder.OpenDocuments();
        var owner = Party.TryParse(index.Owner, out var party) ? party : throw new FormatException("The index of sessions names no owner of documents.");
        var ocmf = Read(documents, places.Ocmf, owner);
        return new EvidenceBundle(
            Read(documents, places.Cdr, owner).Content, ocmf.Content, new Hash(ocmf.Salt), Receipt(node, places.Meter), Receipt(node, places.Charge), Receipt(node, index.Tariff), node.Genesis.ToBytes(), Receipt(node, places.Agreement));
    }

    private static Document Read(DocumentStore documents, string commitment, Party owner) =>
        documents.Get(SessionIndex.HashOf(commitment), owner) ?? throw new IOException($"The vault has no document {commitment}.");

    private static byte[] Receipt(LedgerNode node, string transaction) =>
        node.ReceiptOf(SessionIndex.HashOf(transaction))?.ToBytes() ?? throw new IOException($"The ledger has no transaction {transaction}, or its body has been pruned.");
}
