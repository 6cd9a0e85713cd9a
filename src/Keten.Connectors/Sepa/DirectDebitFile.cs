using System.Xml;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Connectors.Sepa;

/// <summary>One debit of a file.</summary>
/// <param name="EndToEndId">As <see cref="PaymentIds.OfDebit"/> makes it.</param>
/// <param name="Cents">How much.</param>
/// <param name="On">The day of collection: one of TARGET.</param>
/// <param name="Sequence">Where it stands among those of its mandate.</param>
/// <param name="Mandate">Under which.</param>
/// <param name="Creditor">To which account.</param>
/// <param name="Debtor">From which.</param>
/// <param name="Remittance">What the debtor reads on the statement; at most 140 signs.</param>
public sealed record DirectDebitLine(string EndToEndId, long Cents, Instant On, Sequence Sequence, SepaMandate Mandate, BankAccount Creditor, BankAccount Debtor, string Remittance);

/// <summary>Which version of a message a bank takes.</summary>
public enum SepaVersion
{
    /// <summary>Of 2019: pain.008.001.08 and pain.001.001.09, the SEPA rulebooks' since November 2023.</summary>
    V2019 = 1,

    /// <summary>Of 2009: pain.008.001.02 and pain.001.001.03.</summary>
    V2009 = 2,
}

/// <summary>Writes customer direct debit initiations (ISO 20022 pain.008) within the SEPA implementation guidelines (EPC130-08, EPC131-08).</summary>
public static class DirectDebitFile
{
    /// <summary>Makes the file: groups by day, sequence, scheme, creditor; debits in the order of their ids.</summary>
    /// <param name="lines">The debits.</param>
    /// <param name="made">When, as the ledger tells it: of the newest announcement, never of a clock.</param>
    /// <param name="initiator">Who sends it.</param>
    /// <param name="version">Which version the bank takes.</param>
    /// <exception cref="FormatException">A debit cannot stand in a file; the message names it.</exception>
    public static PaymentFile Make(IEnumerable<DirectDebitLine> lines, Instant made, string initiator, SepaVersion version = SepaVersion.V2019)
    {
        var sorted = lines.OrderBy(line => line.EndToEndId, StringComparer.Ordinal).ToList();
        foreach (var line in sorted) Check(line);
        if (sorted.Select(line => line.EndToEndId).Distinct(StringComparer.Ordinal).Count() != sorted.Count) throw new FormatException("Two debits have one id.");
        var groups = GroupsOf(sorted);
        var (now, name) = (version == SepaVersion.V2019, SepaText.Plain(initiator, SepaText.NameAtMost));
        return PaymentFile.Make(now ? "pain.008.001.08" : "pain.008.001.02", sorted.ConvertAll(line => line.Cents), (xml, id) => xml.Group("CstmrDrctDbtInitn", () =>
        {
            xml.Header(id, made, sorted.Count, sorted.Sum(line => line.Cents), name);
            for (var each = 0; each < groups.Count; each++) Group(xml, groups[each], $"{id}-{PaymentXml.Number(each + 1)}", now);
        }));
    }

    /// <summary>How debits are put into the groups of a file, in its order: the first has the id of the message, a hyphen and 1.</summary>
    public static List<List<DirectDebitLine>> GroupsOf(IEnumerable<DirectDebitLine> lines) =>
    [
        .. lines.OrderBy(line => line.EndToEndId, StringComparer.Ordinal).GroupBy(line => (line.On, line.Sequence, line.Mandate.Scheme, line.Mandate.CreditorId, line.Creditor))
            .OrderBy(group => group.Key.On).ThenBy(group => group.Key.Scheme).ThenBy(group => group.Key.Sequence).ThenBy(group => group.Key.CreditorId, StringComparer.Ordinal)
            .ThenBy(group => group.First().EndToEndId, StringComparer.Ordinal).Select(group => group.ToList()),
    ];

    private static void Check(DirectDebitLine line)
    {
        if (!SepaIdentifiers.IsReference(line.EndToEndId)) throw new FormatException($"'{line.EndToEndId}' cannot identify a payment.");
        if (!TargetCalendar.IsOpen(line.On)) throw new FormatException($"Debit {line.EndToEndId} is for a day on which banks do not settle.");
        if (!line.Mandate.IsWellFormed) throw new FormatException($"The mandate of debit {line.EndToEndId} is not such as banks take.");
    }

    private static void Group(XmlWriter xml, List<DirectDebitLine> lines, string id, bool now) => xml.Group("PmtInf", () =>
    {
        var first = lines[0];
        xml.Say("PmtInfId", id);
        xml.Say("PmtMtd", "DD");
        xml.Say("BtchBookg", "true");
        xml.Say("NbOfTxs", PaymentXml.Number(lines.Count));
        xml.Say("CtrlSum", PaymentXml.Decimal(lines.Sum(line => line.Cents)));
        xml.Group("PmtTpInf", () =>
        {
            xml.Code("SvcLvl", "SEPA");
            xml.Code("LclInstrm", first.Mandate.Scheme == Scheme.Core ? "CORE" : "B2B");
            xml.Say("SeqTp", CodeOf(first.Sequence));
        });
        xml.Say("ReqdColltnDt", PaymentXml.Date(first.On));
        xml.Name("Cdtr", first.Creditor);
        xml.Account("CdtrAcct", first.Creditor);
        xml.Agent("CdtrAgt", first.Creditor, now);
        xml.Say("ChrgBr", "SLEV");
        xml.Group("CdtrSchmeId", () => SchemeId(xml, first.Mandate.CreditorId));
        foreach (var line in lines) Debit(xml, line, now);
    });

    private static void Debit(XmlWriter xml, DirectDebitLine line, bool now) => xml.Group("DrctDbtTxInf", () =>
    {
        xml.Group("PmtId", () =>
        {
            xml.Say("InstrId", line.EndToEndId);
            xml.Say("EndToEndId", line.EndToEndId);
        });
        xml.Amount(line.Cents);
        xml.Group("DrctDbtTx", () => xml.Group("MndtRltdInf", () => Mandate(xml, line.Mandate)));
        xml.Agent("DbtrAgt", line.Debtor, now);
        xml.Name("Dbtr", line.Debtor);
        xml.Account("DbtrAcct", line.Debtor);
        xml.Remittance(SepaText.Plain(line.Remittance, SepaText.RemittanceAtMost));
    });

    private static void Mandate(XmlWriter xml, SepaMandate mandate)
    {
        xml.Say("MndtId", mandate.Reference);
        xml.Say("DtOfSgntr", PaymentXml.Date(mandate.SignedOn));
        if (mandate.Amended is not { } before)
        {
            xml.Say("AmdmntInd", "false");
            return;
        }
        xml.Say("AmdmntInd", "true");
        xml.Group("AmdmntInfDtls", () =>
        {
            if (before.Reference is { } reference) xml.Say("OrgnlMndtId", reference);
            if (before.CreditorId is { } creditor) xml.Group("OrgnlCdtrSchmeId", () => SchemeId(xml, creditor));
            // Same mandate, new debtor account (EPC130-08, AT-24).
            if (before.OtherAccount) xml.Group("OrgnlDbtrAcct", () => xml.Group("Id", () => xml.Group("Othr", () => xml.Say("Id", "SMNDA"))));
        });
    }

    private static void SchemeId(XmlWriter xml, string creditorId) => xml.Group("Id", () => xml.Group("PrvtId", () => xml.Group("Othr", () =>
    {
        xml.Say("Id", creditorId);
        xml.Group("SchmeNm", () => xml.Say("Prtry", "SEPA"));
    })));

    private static string CodeOf(Sequence sequence) => sequence switch { Sequence.First => "FRST", Sequence.Recurring => "RCUR", Sequence.OneOff => "OOFF", _ => "FNAL" };
}
