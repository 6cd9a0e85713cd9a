using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Pipeline;

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
        var documents = folder.Documents;
        var (salt, ocmf) = documents.Read(SessionIndex.HashOf(places.Ocmf));
        var (_, cdr) = documents.Read(SessionIndex.HashOf(places.Cdr));
        return new EvidenceBundle(
            cdr, ocmf, salt, Receipt(node, places.Meter), Receipt(node, places.Charge), Receipt(node, index.Tariff), node.Genesis.ToBytes(), Receipt(node, places.Agreement));
    }

    private static byte[] Receipt(LedgerNode node, string transaction) =>
        node.ReceiptOf(SessionIndex.HashOf(transaction))?.ToBytes() ?? throw new IOException($"The ledger has no transaction {transaction}, or its body has been pruned.");
}
