using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Puts together the evidence of one invoice from a node, as its gateway reads it, with the bank's files beside it. Nothing is believed: the bundle is checked as any other.</summary>
public static class InvoiceEvidence
{
    private const int PageAtMost = 500;
    private const int PagesAtMost = 1_000;

    private sealed record Told(string Name, JsonNode Content, Hash Transaction)
    {
        public bool IsOf(string number) => Content["number"]?.ToString() == number;
    }

    /// <summary>The bundle, as far as it has come.</summary>
    /// <param name="node">The node, as the gateway reads it.</param>
    /// <param name="gateway">Its first key: it signs that the bank's files are those that it read.</param>
    /// <param name="agreement">By which the invoice is paid.</param>
    /// <param name="invoice">The UBL document.</param>
    /// <param name="salt">Of the ledger's commitment to it.</param>
    /// <param name="sessions">The evidence of what it bills.</param>
    /// <param name="file">The pain.008; empty where there is none yet.</param>
    /// <param name="bank">What the bank sent.</param>
    /// <param name="cancel">Ends it half-way.</param>
    /// <exception cref="EvidenceMissingException">The node does not tell of the bill.</exception>
    public static async Task<InvoiceBundle> OfAsync(
        KetenClient node, Signer gateway, Agreement<Collection> agreement, byte[] invoice, Hash salt, IReadOnlyList<byte[]> sessions, byte[] file, IReadOnlyList<byte[]> bank, CancellationToken cancel = default)
    {
        var genesis = await node.GenesisAsync(cancel);
        var (events, commitment) = (await EventsAsync(node, agreement.Number, cancel), Commitment.Of(salt.ToArray(), invoice).ToString());
        var billed = events.FindIndex(told => told.Name == "Collection.Billed" && (string?)told.Content["invoice"] == commitment);
        if (billed < 0) throw new EvidenceMissingException("The node tells this reader of no bill for this invoice: another salt, another agreement, or another document.");
        var notice = events.Skip(billed).FirstOrDefault(told => told.Name == "Collection.Announced");
        var number = notice?.Content["number"]?.ToString() ?? "";
        var handed = events.Find(told => told.Name == "Collection.Presented" && told.IsOf(number));
        var posted = events.Where(told => told.Name is "Collection.TakenIn" or "Collection.Settled" or "Collection.Undone" && told.IsOf(number)).Select(told => told.Transaction).Distinct();
        var opening = events.Find(told => told.Name == "Collection.Agreed") ?? throw new EvidenceMissingException("The node does not tell this reader of the agreement.");

        async Task<byte[]> ReceiptAsync(Told? told) => told is null ? [] : await node.ReceiptAsync(told.Transaction, cancel: cancel);
        var receipts = new List<byte[]>();
        foreach (var transaction in posted) receipts.Add(await node.ReceiptAsync(transaction, cancel: cancel));
        var key = new byte[PublicKey.Size];
        gateway.Public.CopyTo(key);
        return new InvoiceBundle(
            invoice, salt, genesis.ToBytes(), await ReceiptAsync(opening), await ReceiptAsync(events[billed]), await ReceiptAsync(notice), await ReceiptAsync(handed), file, key,
            [.. bank.Select(content => Vouched(genesis.LedgerId, gateway, content))], receipts, sessions);
    }

    private static BankDocument Vouched(in Hash ledger, Signer gateway, byte[] content)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        InvoiceBundle.Digest(ledger, gateway.Id, content, digest);
        var signature = new byte[Signature.Size];
        gateway.Sign(digest).CopyTo(signature);
        return new BankDocument(content, signature);
    }

    private static async Task<List<Told>> EventsAsync(KetenClient node, ulong agreement, CancellationToken cancel)
    {
        if (await node.HeadAsync(cancel) is { } head) await node.ViewsAsync(head.Header.Height, cancel);
        var (after, found) = ("", new List<Told>());
        for (var page = 0; page < PagesAtMost; page++)
        {
            var events = await node.AgreementEventsAsync(agreement, string.Create(CultureInfo.InvariantCulture, $"limit={PageAtMost}{after}"), cancel);
            foreach (var line in events?["lines"]?.AsArray() ?? [])
                if ((string?)line?["name"] is { } name && line["content"] is { } content && Hash.TryParse((string?)line["transaction"], out var id)) found.Add(new Told(name, content, id));
            if ((string?)events?["next"] is not { } next) break;
            after = "&after=" + next;
        }
        return found;
    }
}
