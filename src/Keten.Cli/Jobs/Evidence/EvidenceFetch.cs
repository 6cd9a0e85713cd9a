using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Metering;
using Keten.Kernel;

namespace Keten.Cli.Jobs;

/// <summary>Puts together the evidence of one charge from a running node, as far as it tells the reader. Nothing is believed: the bundle is checked as any other.</summary>
public sealed class EvidenceFetch
{
    private const int PageAtMost = 500;
    private const int PagesAtMost = 1_000;
    private const int RecordsTried = 64;

    private readonly KetenClient node;
    private readonly CancellationToken cancel;

    private EvidenceFetch(KetenClient node, CancellationToken cancel) => (this.node, this.cancel) = (node, cancel);

    /// <summary>The bundle.</summary>
    /// <param name="node">The node, as somebody reads it who may read charge, agreement and documents: operator, driver or arbiter.</param>
    /// <param name="charge">The transaction that charged.</param>
    /// <param name="cancel">Ends it half-way.</param>
    /// <exception cref="EvidenceMissingException">A part is not there, or not for this reader.</exception>
    /// <exception cref="ProblemException">The node says no.</exception>
    public static Task<EvidenceBundle> OfAsync(KetenClient node, Hash charge, CancellationToken cancel = default) => new EvidenceFetch(node, cancel).OfAsync(charge);

    private async Task<EvidenceBundle> OfAsync(Hash id)
    {
        var bytes = await node.ReceiptAsync(id, cancel: cancel);
        var charge = Read<MeteredUse, MeteredUse.Charge>(bytes, MeteredUse.Contents);
        var (signed, usage, header) = (charge.Arguments.Usage, charge.Arguments.Usage.Statement, charge.Receipt.Header);
        var record = await node.DocumentAsync(usage.Document, cancel) ?? throw new EvidenceMissingException("The vault has no meter record of it for this reader.");
        var key = PublicKey.TryParse((string?)(await node.KeyAsync(signed.Key, cancel))?["publicKey"], out var read) ? read : throw new EvidenceMissingException("The ledger does not know the meter's key.");

        await node.ViewsAsync(header.Height, cancel);
        var opening = await ReceiptAsync(usage.For.Number, "MeteredUse.Agreed", header.Height);
        var agreed = Read<MeteredUse, MeteredUse.Agree>(opening, MeteredUse.Contents).Arguments;
        var meter = Party.Of(key.Id);
        var accepted = agreed.Meters.Contains(meter) ? null : await ReceiptAsync(usage.For.Number, "MeteredUse.MeterAccepted", header.Height, told => (string?)told["meter"] == meter.ToString());
        var tariff = await ReceiptAsync(agreed.Tariff.Number, "Tariff.Published", header.Height, told => MomentOf(told["from"]) <= usage.Points[0].At.Seconds, last: true);
        var genesis = await node.GenesisAsync(cancel);
        return new EvidenceBundle(await ChargeRecordAsync(usage.For.Number, record.Content, header.Time), record.Content, record.Salt, Bytes(key), bytes, tariff, genesis.ToBytes(), opening, accepted);
    }

    // The receipt of the transaction that told the first such thing under an agreement, or the last.
    private async Task<byte[]> ReceiptAsync(ulong agreement, string name, ulong until, Predicate<JsonNode>? which = null, bool last = false)
    {
        var (after, found) = ("", (Hash?)null);
        for (var page = 0; page < PagesAtMost; page++)
        {
            var events = await node.AgreementEventsAsync(agreement, string.Create(CultureInfo.InvariantCulture, $"limit={PageAtMost}{after}"), cancel);
            foreach (var line in events?["lines"]?.AsArray() ?? [])
            {
                if ((string?)line?["name"] != name || line["content"] is not { } content || which?.Invoke(content) == false || !Hash.TryParse((string?)line["transaction"], out var id)) continue;
                found = id;
                if (!last) break;
            }
            if (found is not null && !last) break;
            if ((string?)events?["next"] is not { } next || (ulong.TryParse(next.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height > until)) break;
            after = "&after=" + next;
        }
        return found is { } transaction
            ? await node.ReceiptAsync(transaction, cancel: cancel)
            : throw new EvidenceMissingException($"The node tells this reader of no {name} under agreement {agreement}.");
    }

    private static long? MomentOf(JsonNode? text) => DateTimeOffset.TryParse((string?)text, CultureInfo.InvariantCulture, out var moment) ? moment.ToUnixTimeSeconds() : null;

    // The ledger holds no commitment to the charge record, which is made after the charge: it is looked for among the agreement's documents, those first that were kept nearest in time.
    private async Task<byte[]> ChargeRecordAsync(ulong agreement, byte[] record, Instant charged)
    {
        var found = new List<(long Away, Hash Commitment)>();
        var after = (Hash?)null;
        for (var page = 0; page < PagesAtMost; page++)
        {
            var documents = await node.DocumentsAsync(agreement, after, PageAtMost, cancel);
            foreach (var line in documents?["documents"]?.AsArray() ?? [])
            {
                if ((string?)line?["mediaType"] != "application/json" || !Hash.TryParse((string?)line["commitment"], out var commitment)) continue;
                if (DateTimeOffset.TryParse((string?)line["kept"], CultureInfo.InvariantCulture, out var kept)) found.Add((Math.Abs(kept.ToUnixTimeSeconds() - charged.Seconds), commitment));
            }
            if (!Hash.TryParse((string?)documents?["next"], out var next)) break;
            after = next;
        }
        var text = Encoding.UTF8.GetString(record);
        foreach (var (_, commitment) in found.OrderBy(each => each.Away).ThenBy(each => each.Commitment.ToString(), StringComparer.Ordinal).Take(RecordsTried))
            if (await node.DocumentAsync(commitment, cancel) is { } document && Carries(document.Content, text)) return document.Content;
        throw new EvidenceMissingException("The vault has no charge record of it for this reader.");
    }

    private static bool Carries(byte[] json, string record)
    {
        try
        {
            var values = JsonNode.Parse(json)?["signed_data"]?["signed_values"] as JsonArray;
            return values?.Any(value => (string?)value?["signed_data"] == record) == true;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static EvidenceReceipt<TClause> Read<T, TClause>(byte[] bytes, Contract<T> contract) where T : class where TClause : notnull
    {
        try
        {
            return EvidenceReceipt.Of<T, TClause>(bytes, contract);
        }
        catch (BrokenLinkException broken)
        {
            throw new EvidenceMissingException(broken.Message, broken);
        }
    }

    private static byte[] Bytes(in PublicKey key)
    {
        var bytes = new byte[PublicKey.Size];
        key.CopyTo(bytes);
        return bytes;
    }
}

/// <summary>A part of an evidence chain is not to be had.</summary>
public sealed class EvidenceMissingException : IOException
{
    /// <summary>Says which.</summary>
    public EvidenceMissingException(string message) : base(message)
    {
    }

    /// <summary>Says which, and why.</summary>
    public EvidenceMissingException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Says nothing more.</summary>
    public EvidenceMissingException()
    {
    }
}
