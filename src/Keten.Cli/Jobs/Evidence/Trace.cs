using Keten.Connectors.Ocmf;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>Checks an evidence chain link by link, offline: with the bundle, and the genesis of the ledger that is meant.</summary>
public sealed class Trace
{
    private readonly EvidenceBundle bundle;
    private readonly Genesis? expected;

    private OcmfDocument record = null!;
    private Cdr cdr = null!;
    private OcmfPublicKey key = null!;
    private Party meter;
    private PublicKey meterKey;
    private EvidenceReceipt<MeteredUse.Agree> opening = null!;
    private EvidenceReceipt<MeteredUse.Charge> charge = null!;
    private EvidenceReceipt<Tariff.Published> tariff = null!;
    private EvidenceReceipt<KernelCalls.Enrol>? enrolment;
    private EvidenceReceipt<MeteredUse.AcceptMeter>? accepted;
    private MeteredUse.Usage usage = null!;
    private MeteredUse.Charged charged;
    private Priced priced = null!;

    private Trace(EvidenceBundle bundle, Genesis? expected) => (this.bundle, this.expected) = (bundle, expected);

    /// <summary>Checks every link until one does not hold.</summary>
    /// <param name="bundle">What was handed over.</param>
    /// <param name="expected">The genesis of the ledger that is meant; where there is none, the bundle's own, and the reader is to compare the ledger's id.</param>
    public static TraceReport Check(EvidenceBundle bundle, Genesis? expected = null)
    {
        var trace = new Trace(bundle, expected);
        var links = new List<TracedLink>();
        foreach (var (link, check) in trace.Links())
        {
            try
            {
                links.Add(new TracedLink(link, true, check()));
            }
            catch (BrokenLinkException broken)
            {
                links.Add(new TracedLink(link, false, broken.Message));
                break;
            }
        }
        return new TraceReport(links);
    }

    private IEnumerable<(TraceLink Link, Func<string> Check)> Links() =>
    [
        (TraceLink.MeterSignature, MeterSignature), (TraceLink.MeterKey, MeterKey), (TraceLink.Reading, Reading), (TraceLink.Tariff, Arithmetic),
        (TraceLink.Entry, Entry), (TraceLink.Receipt, Receipts), (TraceLink.Certificate, Certificates), (TraceLink.ChargeRecord, ChargeRecord),
    ];

    private string MeterSignature()
    {
        record = OcmfDocument.Read(bundle.OcmfText, out var problem) ?? throw new BrokenLinkException("The meter's record cannot be read: " + problem!.Detail);
        key = EvidenceCdr.KeyOf(bundle.Cdr) ?? throw new BrokenLinkException("The charge record names no key of the meter.");
        var verdict = new OcmfJudge(new OcmfKeys().Add(OcmfKeys.Any, key), OcmfClockDemand.TimeOfDay).Judge(record, key: null);
        return verdict.Admissible
            ? $"Meter {record.Meter} signed record {record.Pagination} of {verdict.EnergyWh:0.###} Wh."
            : throw new BrokenLinkException($"The meter's record does not hold under its key: {string.Join(", ", verdict.Reasons)}.");
    }

    private string MeterKey()
    {
        // A party is the hash of its first key: the key itself shows as much as the receipt of its enrolment, which the node that serves may not have for this reader.
        enrolment = bundle.Meter.Length == PublicKey.Size ? null : EvidenceReceipt.Of(bundle.Meter, Codec<KernelCalls.Enrol>(), contract: 0);
        opening = EvidenceReceipt.Of<MeteredUse, MeteredUse.Agree>(bundle.Opening, MeteredUse.Contents);
        meterKey = enrolment?.Arguments.Key ?? new PublicKey(bundle.Meter);
        meter = Party.Of(meterKey.Id);
        if (!EvidenceCdr.SpkiOf(meterKey).Spki.Span.SequenceEqual(key.Spki.Span)) throw new BrokenLinkException("The key that signed the record is not the meter's on the ledger.");
        var agreement = opening.Outcome.Agreement;
        if (opening.Arguments.Meters.Contains(meter)) return $"Its key is party {meter}, and operator and driver accepted it in agreement {agreement}.";
        if (bundle.Accepted is null) throw new BrokenLinkException("Operator and driver have not accepted this meter.");
        accepted = EvidenceReceipt.Of<MeteredUse, MeteredUse.AcceptMeter>(bundle.Accepted, MeteredUse.Contents, accept => accept.Meter == meter);
        return accepted.Outcome.Agreement == agreement
            ? $"Its key is party {meter}, and operator and driver accepted it later in agreement {agreement}, at height {accepted.Receipt.Header.Height}."
            : throw new BrokenLinkException("The meter was accepted in another agreement.");
    }

    private string Reading()
    {
        charge = EvidenceReceipt.Of<MeteredUse, MeteredUse.Charge>(bundle.Charge, MeteredUse.Contents);
        var signed = charge.Arguments.Usage;
        usage = signed.Statement;
        if (signed.Key != meterKey.Id || !signed.Verifies(charge.Receipt.Transaction.LedgerId, meterKey)) throw new BrokenLinkException("The statement is not signed with the meter's key.");
        if (usage.For.Number != opening.Outcome.Agreement || charge.Call.Agreement != usage.For.Number) throw new BrokenLinkException("The statement is for another agreement.");
        if (accepted is not null && accepted.Receipt.HistoryIndex > charge.Receipt.HistoryIndex) throw new BrokenLinkException("The meter was accepted after the charge.");
        if (!Commitment.Verify(usage.Document, bundle.Salt.ToArray(), bundle.Ocmf)) throw new BrokenLinkException("The commitment in the statement is not to this record.");
        return usage.Points.Count > 0 && RecordPoints.Of(record, usage.Points[0].Register.Unit) == usage.Points
            ? $"Transaction {charge.Receipt.Transaction.Id} carries its {usage.Points.Count} readings and commits to it."
            : throw new BrokenLinkException("The readings in the statement are not those of the record.");
    }

    private string Arithmetic()
    {
        tariff = TermsIn(bundle.Tariff);
        charged = charge.Told<MeteredUse.Charged>(MeteredUse.Contents);
        if (tariff.Outcome.Agreement != opening.Arguments.Tariff.Number) throw new BrokenLinkException("That is not the tariff of the agreement.");
        if (usage.Points[0].At < tariff.Arguments.From) throw new BrokenLinkException("The tariff was not in force when the session began.");
        var (outcome, result) = TariffPricing.Price(tariff.Arguments.Terms, usage.Points.AsSpan());
        priced = result ?? throw new BrokenLinkException($"The readings cannot be priced by the tariff: {outcome}.");
        return (priced.ExclVat, priced.Vat, priced.InclVat, priced.Energy) == (charged.Net, charged.Vat, charged.Cost, charged.Energy)
            ? $"The tariff gives {Money(priced.InclVat)} for {priced.Energy.Minor} Wh, as was charged."
            : throw new BrokenLinkException($"The tariff gives {Money(priced.InclVat)}, and {Money(charged.Cost)} was charged.");
    }

    // Published with the tariff, or revised later: the same is told of both.
    private static EvidenceReceipt<Tariff.Published> TermsIn(byte[] bytes)
    {
        if (EvidenceReceipt.Find<Tariff, Tariff.Publish>(bytes, Tariff.Contents) is { } first)
            return new(first.Receipt, first.Call, first.Told<Tariff.Published>(Tariff.Contents), first.Outcome);
        var revised = EvidenceReceipt.Of<Tariff, Tariff.Revise>(bytes, Tariff.Contents);
        return new(revised.Receipt, revised.Call, revised.Told<Tariff.Published>(Tariff.Contents), revised.Outcome);
    }

    private string Entry()
    {
        var leaf = charge.Outcome;
        if (leaf.Code != 0 || leaf.Agreement != usage.For.Number || leaf.Clause != charge.Call.Clause) throw new BrokenLinkException("The outcome is not that of the charge.");
        if (charged.Document != usage.Document || charged.Meter != meter || charged.Begin != usage.Points[0].At || charged.End != usage.Points[^1].At)
            throw new BrokenLinkException("The outcome tells of another session.");
        var (paid, taken) = (0L, 0L);
        foreach (var (account, change, _) in leaf.Postings)
        {
            if (account.Unit != charged.Cost.Unit) throw new BrokenLinkException("The outcome moves another unit.");
            if (account.Owner == (Owner)opening.Arguments.Provider) paid += change;
            else if (account.Owner == (Owner)opening.Arguments.Customer || account.Owner == Owner.Of(usage.For.Number)) taken -= change;
            else throw new BrokenLinkException("The outcome moves the money of others.");
        }
        if (paid != taken || paid != charged.Paid.Minor || paid > charged.Cost.Minor)
            throw new BrokenLinkException($"The accounts were moved by {Money(charged.Cost.Unit.Of(paid))}, and {Money(charged.Paid)} was told.");
        return paid == charged.Cost.Minor ? $"{Money(charged.Paid)} moved from driver to operator." : $"{Money(charged.Paid)} moved from driver to operator; the rest was left owed.";
    }

    private string Receipts()
    {
        var genesis = EvidenceReceipt.GenesisOf(bundle.Genesis);
        if (expected is not null && expected.LedgerId != genesis.LedgerId) throw new BrokenLinkException("The bundle is of another ledger.");
        foreach (var (name, receipt) in All())
            if (ReceiptCheck.Check(receipt, genesis) is var fault and not (ReceiptFault.None or ReceiptFault.Certificate))
                throw new BrokenLinkException($"The receipt of the {name} does not hold: {fault}.");
        return $"{All().Count} receipts of ledger {genesis.LedgerId} show the calls and what they did.";
    }

    private string Certificates()
    {
        var genesis = EvidenceReceipt.GenesisOf(bundle.Genesis);
        foreach (var (name, receipt) in All())
            if (ReceiptCheck.Check(receipt, genesis) != ReceiptFault.None) throw new BrokenLinkException($"The validators' certificate of the {name} does not hold.");
        return $"{genesis.Validators.Quorum} of {genesis.Validators.Count} validators certified each; the charge at height {charge.Receipt.Header.Height}.";
    }

    private string ChargeRecord()
    {
        cdr = EvidenceCdr.Read(bundle.Cdr, tariff.Arguments.Terms);
        EvidenceCdr.Compare(cdr, priced, tariff.Arguments.Terms, record, bundle.OcmfText);
        return $"Charge record {cdr.Id} says the same: {cdr.TotalEnergy} kWh for {cdr.TotalCost.InclVat ?? cdr.TotalCost.ExclVat} {cdr.Currency}.";
    }

    private List<(string Name, Receipt Receipt)> All()
    {
        List<(string, Receipt)> all = [("charge", charge.Receipt), ("tariff's publication", tariff.Receipt), ("agreement", opening.Receipt)];
        if (enrolment is not null) all.Add(("meter's enrolment", enrolment.Receipt));
        if (accepted is not null) all.Add(("meter's acceptance", accepted.Receipt));
        return all;
    }

    private string Money(Amount amount) => Client.AmountText.Write(amount.Minor, tariff.Arguments.Terms.CurrencyDecimals);

    private static Codec<TCall> Codec<TCall>() where TCall : notnull => KernelContents.Of<TCall>().Codec;
}
