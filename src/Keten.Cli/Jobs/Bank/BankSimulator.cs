using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Keten.Cli.Jobs;

/// <summary>A bank, as far as its files go: it rejects the last debit of a pain.008, books the others group by group, and returns the first.</summary>
internal static class BankSimulator
{
    private const string Own = "DE89370400440532013000";

    /// <summary>A debit as the file has it.</summary>
    private sealed record Line(string Group, string EndToEndId, string Mandate, decimal Amount, string On);

    /// <summary>What it sends, in its order.</summary>
    public static IEnumerable<(string Name, byte[] Content)> Answer(byte[] pain008)
    {
        var (message, lines) = Read(pain008);
        var (rejected, booked) = (lines[^1], lines[..^1]);
        yield return ("1-pain.002.xml", Report(message, booked, rejected));
        var groups = booked.GroupBy(line => line.Group, StringComparer.Ordinal).ToList();
        yield return ("2-camt.054-booked.xml", Notification(message + "-B", groups.Select((group, place) => Entry(
            group.Sum(line => line.Amount), "CRDT", group.First().On, $"{message}-{place}", "RDDT/ESDD", group.Select(line => Detail(line, null))))));
        if (booked.Count > 0)
            yield return ("3-camt.054-returned.xml", Notification(message + "-R", [Entry(booked[0].Amount, "DBIT", booked[0].On, message + "-R", "RDDT/UPDD", [Detail(booked[0], "AM04")])]));
    }

    /// <summary>A notification that somebody has sent money.</summary>
    public static byte[] PaidIn(string reference, decimal amount, string on, string purpose) => Notification(reference, [Entry(amount, "CRDT", on, reference, "RCDT/ESCT",
    [
        new XElement("TxDtls", new XElement("Refs", new XElement("EndToEndId", "NOTPROVIDED")), Money("Amt", amount), new XElement("CdtDbtInd", "CRDT"), new XElement("RmtInf", new XElement("Ustrd", purpose))),
    ])]);

    /// <summary>A notification that a payout was carried out.</summary>
    public static byte[] PaidOut(string reference, decimal amount, string on, string endToEndId) => Notification(reference, [Entry(amount, "DBIT", on, reference, "ICDT/ESCT",
        [new XElement("TxDtls", new XElement("Refs", new XElement("EndToEndId", endToEndId)), Money("Amt", amount), new XElement("CdtDbtInd", "DBIT"))])]);

    /// <summary>A report that a whole file was rejected.</summary>
    public static byte[] Rejected(string message, string reason) => Document("pain.002.001.10", new XElement("CstmrPmtStsRpt", Header(message + "-S"), new XElement(
        "OrgnlGrpInfAndSts", new XElement("OrgnlMsgId", message), new XElement("OrgnlMsgNmId", "pain.001.001.09"), new XElement("GrpSts", "RJCT"),
        new XElement("StsRsnInf", new XElement("Rsn", new XElement("Cd", reason))))));

    /// <summary>The end-to-end ids of a file.</summary>
    public static List<string> IdsOf(byte[] file) => [.. Load(file).Descendants().Where(element => element.Name.LocalName == "EndToEndId").Select(element => element.Value)];

    private static (string Message, List<Line> Lines) Read(byte[] pain008)
    {
        var document = Load(pain008);
        var lines = new List<Line>();
        foreach (var group in Named(document, "PmtInf"))
            foreach (var debit in Named(group, "DrctDbtTxInf"))
                lines.Add(new Line(
                    One(group, "PmtInfId"), One(debit, "EndToEndId"), One(debit, "MndtId"), decimal.Parse(One(debit, "InstdAmt"), CultureInfo.InvariantCulture), One(group, "ReqdColltnDt")));
        return lines.Count > 0 ? (One(document, "MsgId"), lines) : throw new FormatException("The file holds no direct debits.");

        static string One(XElement within, string name) => Named(within, name).FirstOrDefault()?.Value ?? throw new FormatException($"The file has no {name}.");
    }

    private static XElement Load(byte[] file)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(file), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XElement.Load(reader);
        }
        catch (XmlException fault)
        {
            throw new FormatException("The file is not XML.", fault);
        }
    }

    private static IEnumerable<XElement> Named(XElement within, string name) => within.Descendants().Where(element => element.Name.LocalName == name);

    private static byte[] Report(string message, List<Line> booked, Line rejected) => Document("pain.002.001.10", new XElement("CstmrPmtStsRpt", Header(message + "-S"),
        new XElement("OrgnlGrpInfAndSts", new XElement("OrgnlMsgId", message), new XElement("OrgnlMsgNmId", "pain.008.001.08"), new XElement("GrpSts", "PART")),
        booked.Select(line => Status(line, "ACCP", null)), Status(rejected, "RJCT", "AC04")));

    private static XElement Status(Line line, string status, string? reason) => new("OrgnlPmtInfAndSts", new XElement("OrgnlPmtInfId", line.Group),
        new XElement("TxInfAndSts", new XElement("OrgnlEndToEndId", line.EndToEndId), new XElement("TxSts", status),
            reason is null ? null : new XElement("StsRsnInf", new XElement("Rsn", new XElement("Cd", reason)))));

    private static byte[] Notification(string id, IEnumerable<XElement> entries) => Document("camt.054.001.08", new XElement("BkToCstmrDbtCdtNtfctn", Header(id),
        new XElement("Ntfctn", new XElement("Id", id), new XElement("CreDtTm", "2026-01-01T00:00:00Z"), new XElement("Acct", new XElement("Id", new XElement("IBAN", Own))), entries)));

    private static XElement Entry(decimal amount, string direction, string on, string reference, string family, IEnumerable<XElement> details) => new("Ntry", Money("Amt", amount),
        new XElement("CdtDbtInd", direction), new XElement("Sts", new XElement("Cd", "BOOK")), new XElement("BookgDt", new XElement("Dt", on)), new XElement("ValDt", new XElement("Dt", on)),
        new XElement("AcctSvcrRef", Short(reference)), new XElement("BkTxCd", new XElement("Domn", new XElement("Cd", "PMNT"),
            new XElement("Fmly", new XElement("Cd", family.Split('/')[0]), new XElement("SubFmlyCd", family.Split('/')[1])))), new XElement("NtryDtls", details));

    private static XElement Detail(Line line, string? reason) => new("TxDtls", new XElement("Refs", new XElement("EndToEndId", line.EndToEndId), new XElement("MndtId", line.Mandate)),
        Money("Amt", line.Amount), new XElement("CdtDbtInd", reason is null ? "CRDT" : "DBIT"), reason is null ? null : new XElement("RtrInf", new XElement("Rsn", new XElement("Cd", reason))));

    private static XElement Money(string name, decimal amount) => new(name, new XAttribute("Ccy", "EUR"), amount.ToString("0.00", CultureInfo.InvariantCulture));

    private static XElement Header(string id) => new("GrpHdr", new XElement("MsgId", Short(id)), new XElement("CreDtTm", "2026-01-01T00:00:00Z"));

    private static string Short(string id) => id.Length <= 35 ? id : id[^35..];

    private static byte[] Document(string scheme, XElement content)
    {
        XNamespace space = "urn:iso:std:iso:20022:tech:xsd:" + scheme;
        foreach (var element in content.DescendantsAndSelf()) element.Name = space + element.Name.LocalName;
        return Encoding.UTF8.GetBytes(new XElement(space + "Document", content).ToString());
    }
}
