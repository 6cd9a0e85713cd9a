using System.Xml;

namespace Keten.Connectors.Sepa;

/// <summary>What a pain.002 says behind its header.</summary>
internal static class StatusReportReader
{
    /// <summary>One fact for each level that has a status of its own: the message, its groups, their payments.</summary>
    public static IEnumerable<BankFact> Read(XmlReader xml, string message, string id)
    {
        string? original = null;
        while (xml.NodeType == XmlNodeType.Element)
        {
            var name = xml.LocalName;
            var piece = XmlPiece.Read(xml);
            if (name == "OrgnlGrpInfAndSts" || name == "OrgnlGrpInf")
            {
                original = piece.Say("OrgnlMsgId") ?? throw new SepaFileException(SepaFault.NoOriginal, "The report does not say of which message it is.");
                if (piece.Say("GrpSts") is { } status) yield return new PaymentStatus(message, id, original, null, null, status, ReasonOf(piece), InformationOf(piece));
            }
            else if (name is "OrgnlPmtInfAndSts" or "TxInfAndSts")
            {
                // The first version has payments without groups.
                if (original is null) throw new SepaFileException(SepaFault.NoOriginal, "A payment comes before the message that it is of.");
                var group = piece.Say("OrgnlPmtInfId");
                if (name == "OrgnlPmtInfAndSts" && piece.Say("PmtInfSts") is { } status) yield return new PaymentStatus(message, id, original, group, null, status, ReasonOf(piece), InformationOf(piece));
                foreach (var payment in name == "TxInfAndSts" ? [piece] : piece.All("TxInfAndSts"))
                    yield return new PaymentStatus(
                        message, id, original, group, payment.Say("OrgnlEndToEndId"), payment.Say("TxSts") ?? throw new SepaFileException(SepaFault.NoStatus, "A payment has no status."), ReasonOf(payment),
                        InformationOf(payment));
            }
        }
        if (original is null) throw new SepaFileException(SepaFault.NoOriginal, "The report does not say of which message it is.");
    }

    private static string? ReasonOf(XmlPiece piece) => piece.At("StsRsnInf")?.Say("Rsn/Cd", "Rsn/Prtry", "StsRsn/Cd", "StsRsn/Prtry");

    private static string? InformationOf(XmlPiece piece) => piece.At("StsRsnInf") is { } reason && string.Join(" ", reason.All("AddtlInf").Select(line => line.Text)) is { Length: > 0 } text ? text : null;
}
