using System.Text;
using Keten.Client;
using Keten.Connectors.Ocmf;
using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>A session that a meter has signed.</summary>
/// <param name="Id">The operator's.</param>
/// <param name="Driver">Who charged, by name.</param>
/// <param name="Meter">Its serial.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Record">The signed OCMF record.</param>
public sealed record MeteredSession(string Id, string Driver, string Meter, string Location, string Record);

/// <summary>What became of a session.</summary>
/// <param name="Session">Which.</param>
/// <param name="Answer">What the ledger answered.</param>
/// <param name="Record">The kept meter record.</param>
/// <param name="Cdr">The kept charge record; nothing where it was refused.</param>
/// <param name="Receipt">The charge's; empty where it was refused.</param>
/// <param name="Told">What the ledger says of the charge; the default where it was refused.</param>
public sealed record ChargedSession(MeteredSession Session, FinalAnswer Answer, KeptDocument Record, KeptDocument Cdr, byte[] Receipt, MeteredUse.Charged Told);

/// <summary>Hands in what meters signed, and takes home what became of it: answer, receipt and charge record.</summary>
/// <param name="network">Under which.</param>
/// <param name="names">For the charge records.</param>
public sealed class SessionCharging(ChargingNetwork network, OperatorNames names)
{
    private static readonly Codec<MeteredUse.Usage> UsageCodec = StatementEvidence.UsageCodec();

    private Clerk Clerk => network.Clerk;

    /// <summary>Charges sessions in their order, many a request.</summary>
    /// <param name="sessions">What meters signed.</param>
    /// <param name="done">Told how many are through.</param>
    /// <param name="cancel">Ends it between two requests.</param>
    public async Task<List<ChargedSession>> ChargeAsync(IReadOnlyList<MeteredSession> sessions, Action<int>? done = null, CancellationToken cancel = default)
    {
        var charged = new List<ChargedSession>(sessions.Count);
        foreach (var batch in sessions.Chunk(Clerk.BatchAtMost))
        {
            cancel.ThrowIfCancellationRequested();
            var (records, transactions) = (new List<KeptDocument>(), new List<byte[]>());
            foreach (var session in batch)
            {
                records.Add(await KeepAsync(Encoding.UTF8.GetBytes(session.Record), "text/plain; charset=utf-8", session, cancel));
                transactions.Add(Charge(session, records[^1].Commitment));
            }
            var answers = await Clerk.SubmitAsync(transactions, cancel);
            for (var each = 0; each < batch.Length; each++) charged.Add(await AfterAsync(batch[each], records[each], answers[each], cancel));
            done?.Invoke(charged.Count);
        }
        return charged;
    }

    /// <summary>The transaction that hands in what a meter signed. Anybody may; here the operator does.</summary>
    public byte[] Charge(MeteredSession session, Hash document)
    {
        var agreement = network.Drivers[session.Driver].Agreement;
        var points = RecordPoints.Of(OcmfDocument.Read(session.Record, out _)!, network.Energy)!.Value;
        var usage = StatementSigning.Sign(Clerk.Door.LedgerId, network.Meters[session.Meter].Device.Actor.Key, UsageCodec, new MeteredUse.Usage(agreement, document, points));
        return Clerk.Begin(network.Operator).Call(MeteredUse.Contents, agreement, new MeteredUse.Charge(usage)).SignBy(network.Operator);
    }

    private async Task<ChargedSession> AfterAsync(MeteredSession session, KeptDocument record, FinalAnswer answer, CancellationToken cancel)
    {
        if (!answer.Done) return new ChargedSession(session, answer, record, default, [], default);
        var receipt = await Clerk.Door.ReceiptAsync(answer.Id, network.Operator, cancel);
        var told = ChargingNetwork.Told<MeteredUse.Charged>(MeteredUse.Contents, OutcomeLeaf.Read(Receipt.FromBytes(receipt).Outcomes[0].Leaf));
        var points = RecordPoints.Of(OcmfDocument.Read(session.Record, out _)!, network.Energy)!.Value;
        var priced = TariffPricing.Price(network.Terms, points.AsSpan()).Session!;
        var cdr = ChargeRecords.Write(session, names, network.Terms, network.Meters[session.Meter].Device.PublicKey, priced, Clerk.Now);
        return new ChargedSession(session, answer, record, await KeepAsync(cdr, "application/json", session, cancel), receipt, told);
    }

    private Task<KeptDocument> KeepAsync(byte[] content, string mediaType, MeteredSession session, CancellationToken cancel) =>
        Clerk.Door.KeepAsync(content, mediaType, network.Operator, [network.Operator.Party, network.Drivers[session.Driver].Driver.Party, network.Arbiter.Party], cancel);
}
