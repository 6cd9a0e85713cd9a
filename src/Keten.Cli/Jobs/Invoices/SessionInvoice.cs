using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Connectors.Invoices;
using Keten.Contracts.Metering;
using Keten.Kernel;
using Keten.Kernel.Blocks;

namespace Keten.Cli.Jobs;

/// <summary>A settled session as an invoice says it.</summary>
/// <param name="Transaction">That charged.</param>
/// <param name="Charged">What the ledger said of it.</param>
/// <param name="CdrId">Its charge record's id.</param>
/// <param name="Currency">Its charge record's currency.</param>
/// <param name="CdrHash">SHA-256 of the charge record.</param>
public sealed record BilledSession(Hash Transaction, MeteredUse.Charged Charged, string CdrId, string Currency, Hash CdrHash)
{
    /// <summary>Out of its evidence, which is not checked here.</summary>
    /// <exception cref="FormatException">It shows no charge, or has no charge record.</exception>
    public static BilledSession Of(EvidenceBundle bundle)
    {
        try
        {
            var charge = EvidenceReceipt.Of<MeteredUse, MeteredUse.Charge>(bundle.Charge, MeteredUse.Contents);
            var cdr = JsonNode.Parse(bundle.Cdr);
            return new BilledSession(
                charge.Receipt.Transaction.Id, charge.Told<MeteredUse.Charged>(MeteredUse.Contents), (string?)cdr?["id"] ?? "", (string?)cdr?["currency"] ?? "", Hash.Of(bundle.Cdr));
        }
        catch (Exception fault) when (fault is BrokenLinkException or JsonException or InvalidOperationException)
        {
            throw new FormatException("The evidence shows no charged session: " + fault.Message, fault);
        }
    }
}

/// <summary>Makes invoices of settled sessions: one line for each, to the cent what the ledger charged, with the charge records' hashes.</summary>
public static class SessionInvoice
{
    private const decimal WattHours = 1_000m;

    /// <summary>The draft. Each session's chain of evidence must hold.</summary>
    /// <param name="number">The invoice's.</param>
    /// <param name="issuedOn">Its day.</param>
    /// <param name="dueOn">The day of payment.</param>
    /// <param name="profile">Who, taxed and paid how.</param>
    /// <param name="sessions">Their evidence.</param>
    /// <param name="genesis">The ledger that is meant; null: the sessions' own.</param>
    /// <param name="credits">The invoice that it credits; null where it is an invoice.</param>
    /// <exception cref="FormatException">A session's chain breaks, or they are of several currencies.</exception>
    public static InvoiceDraft Of(
        string number, Instant issuedOn, Instant dueOn, InvoiceProfile profile, IReadOnlyList<EvidenceBundle> sessions, Genesis? genesis = null, string? credits = null)
    {
        foreach (var session in sessions)
            if (Trace.Check(session, genesis).Broken is { } broken) throw new FormatException($"A session's evidence breaks at {broken.Link}: {broken.Says}");
        var billed = sessions.Select(BilledSession.Of).ToList();
        if (billed.Select(session => session.Currency).Distinct(StringComparer.Ordinal).Count() != 1) throw new FormatException("An invoice is of sessions in one currency.");
        var paid = billed.Sum(session => session.Charged.Paid.Minor);
        return new InvoiceDraft(
            number, issuedOn, dueOn, billed[0].Currency, profile, [.. billed.Select(Item)], paid, billed.Sum(session => session.Charged.Cost.Minor) - paid,
            [.. billed.Select(session => new InvoiceSupport(session.CdrHash.ToString(), $"Charge record {session.CdrId}, by its SHA-256"))], credits);
    }

    private static InvoiceItem Item(BilledSession session, int place)
    {
        var (charged, kWh) = (session.Charged, session.Charged.Energy.Minor / WattHours);
        return new InvoiceItem(
            (place + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), $"Charging session {session.CdrId}", kWh > 0 ? kWh : 1, kWh > 0 ? "KWH" : "C62", charged.Net.Minor,
            session.Transaction.ToString(), charged.Begin, charged.End);
    }
}
