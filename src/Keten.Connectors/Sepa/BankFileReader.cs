using System.Xml;

namespace Keten.Connectors.Sepa;

/// <summary>
/// Reads what banks send: status reports (pain.002), intraday reports (camt.052), statements (camt.053) and notifications (camt.054), of whatever version, by their structure. Fact by fact:
/// a file may be long, and what it says is given as it is read.
/// </summary>
public static class BankFileReader
{
    private const string SchemePrefix = "urn:iso:std:iso:20022:tech:xsd:";

    /// <summary>What a file says, in its order. Nothing of it is to be acted on before the last has come: a file that ends half-way says so only there.</summary>
    /// <exception cref="SepaFileException">It cannot be read; the fault is named.</exception>
    public static IEnumerable<BankFact> Read(Stream file)
    {
        using var facts = Facts(file).GetEnumerator();
        while (true)
        {
            BankFact next;
            try
            {
                if (!facts.MoveNext()) yield break;
                next = facts.Current;
            }
            catch (XmlException fault)
            {
                throw Named(fault);
            }
            yield return next;
        }
    }

    private static IEnumerable<BankFact> Facts(Stream file)
    {
        using var xml = XmlPiece.Open(file);
        xml.MoveToContent();
        var scheme = xml.NamespaceURI;
        if (xml.LocalName != "Document") throw new SepaFileException(SepaFault.UnknownMessage, $"It begins with {xml.LocalName}.");
        xml.Read();
        xml.MoveToContent();
        var (root, message) = (xml.LocalName, scheme.StartsWith(SchemePrefix, StringComparison.Ordinal) ? scheme[SchemePrefix.Length..] : null);
        var kind = root switch
        {
            "CstmrPmtStsRpt" or "pain.002.001.02" => "pain.002",
            "BkToCstmrAcctRpt" => "camt.052",
            "BkToCstmrStmt" => "camt.053",
            "BkToCstmrDbtCdtNtfctn" => "camt.054",
            _ => throw new SepaFileException(SepaFault.UnknownMessage, $"It holds {root}."),
        };
        message = message?.StartsWith(kind, StringComparison.Ordinal) == true ? message : kind;
        xml.Read();
        xml.MoveToContent();
        if (xml.LocalName != "GrpHdr") throw new SepaFileException(SepaFault.NoHeader, $"{root} begins with {xml.LocalName}.");
        var id = XmlPiece.Read(xml).Say("MsgId") ?? throw new SepaFileException(SepaFault.NoHeader, "The group header has no message id.");
        foreach (var fact in kind == "pain.002" ? StatusReportReader.Read(xml, message, id) : StatementReader.Read(xml, message, id)) yield return fact;
        // The end is read too: a file that was cut off is no file.
        while (xml.Read())
        {
        }
    }

    private static SepaFileException Named(XmlException fault) =>
        fault.Message.Contains("DTD", StringComparison.Ordinal) ? new SepaFileException(SepaFault.DocumentType, "It begins with a document type declaration.")
        : fault.Message.Contains("MaxCharacters", StringComparison.Ordinal) ? new SepaFileException(SepaFault.TooLarge, "It is longer than is read.")
        : new SepaFileException(SepaFault.NotXml, $"At line {fault.LineNumber}, column {fault.LinePosition}.");
}
