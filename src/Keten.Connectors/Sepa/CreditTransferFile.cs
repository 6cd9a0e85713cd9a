using System.Xml;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Connectors.Sepa;

/// <summary>One credit transfer of a file.</summary>
/// <param name="EndToEndId">As <see cref="PaymentIds.OfPayout"/> makes it.</param>
/// <param name="Cents">How much.</param>
/// <param name="Creditor">To whom.</param>
/// <param name="Remittance">What for; at most 140 signs.</param>
public sealed record CreditTransferLine(string EndToEndId, long Cents, BankAccount Creditor, string Remittance);

/// <summary>Writes customer credit transfer initiations (ISO 20022 pain.001) within the SEPA implementation guidelines (EPC132-08, EPC121-16).</summary>
public static class CreditTransferFile
{
    /// <summary>Makes the file.</summary>
    /// <param name="lines">The transfers; written in the order of their ids.</param>
    /// <param name="debtor">From which account.</param>
    /// <param name="made">When, as the ledger tells it, never a clock. They are carried out on that day, or, where they are not instant, on the next on which banks settle.</param>
    /// <param name="instant">Whether they are instant ones, which go on every day.</param>
    /// <param name="version">Which version the bank takes.</param>
    /// <exception cref="FormatException">A transfer cannot stand in a file; the message names it.</exception>
    public static PaymentFile Make(IEnumerable<CreditTransferLine> lines, BankAccount debtor, Instant made, bool instant, SepaVersion version = SepaVersion.V2019)
    {
        var sorted = lines.OrderBy(line => line.EndToEndId, StringComparer.Ordinal).ToList();
        foreach (var line in sorted)
            if (!SepaIdentifiers.IsReference(line.EndToEndId)) throw new FormatException($"'{line.EndToEndId}' cannot identify a payment.");
        if (sorted.Select(line => line.EndToEndId).Distinct(StringComparer.Ordinal).Count() != sorted.Count) throw new FormatException("Two transfers have one id.");
        var (now, sum) = (version == SepaVersion.V2019, sorted.Sum(line => line.Cents));
        return PaymentFile.Make(now ? "pain.001.001.09" : "pain.001.001.03", sorted.ConvertAll(line => line.Cents), (xml, id) => xml.Group("CstmrCdtTrfInitn", () =>
        {
            xml.Header(id, made, sorted.Count, sum, debtor.Name);
            xml.Group("PmtInf", () =>
            {
                xml.Say("PmtInfId", id + "-1");
                xml.Say("PmtMtd", "TRF");
                xml.Say("BtchBookg", "false");
                xml.Say("NbOfTxs", PaymentXml.Number(sorted.Count));
                xml.Say("CtrlSum", PaymentXml.Decimal(sum));
                xml.Group("PmtTpInf", () =>
                {
                    xml.Code("SvcLvl", "SEPA");
                    if (instant) xml.Code("LclInstrm", "INST");
                });
                var day = PaymentXml.Date(CalendarDate.Of(instant ? made.DayNumber : TargetCalendar.OnOrAfter(made.DayNumber)).Begin);
                if (now) xml.Group("ReqdExctnDt", () => xml.Say("Dt", day));
                else xml.Say("ReqdExctnDt", day);
                xml.Name("Dbtr", debtor);
                xml.Account("DbtrAcct", debtor);
                xml.Agent("DbtrAgt", debtor, now);
                xml.Say("ChrgBr", "SLEV");
                foreach (var line in sorted) Transfer(xml, line, now);
            });
        }));
    }

    private static void Transfer(XmlWriter xml, CreditTransferLine line, bool now) => xml.Group("CdtTrfTxInf", () =>
    {
        xml.Group("PmtId", () =>
        {
            xml.Say("InstrId", line.EndToEndId);
            xml.Say("EndToEndId", line.EndToEndId);
        });
        xml.Group("Amt", () => xml.Amount(line.Cents));
        if (line.Creditor.Bic is not null) xml.Agent("CdtrAgt", line.Creditor, now);
        xml.Name("Cdtr", line.Creditor);
        xml.Account("CdtrAcct", line.Creditor);
        xml.Remittance(SepaText.Plain(line.Remittance, SepaText.RemittanceAtMost));
    });
}
