using System.Globalization;
using System.Text;
using System.Xml;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Connectors.Sepa;

/// <summary>What a camt.052, 053 or 054 says behind its header.</summary>
internal static class StatementReader
{
    private const int DigitsAtMost = 18;

    /// <summary>The entries, each as soon as it is read.</summary>
    public static IEnumerable<BankFact> Read(XmlReader xml, string message, string id)
    {
        var (found, seen) = (false, new Dictionary<string, int>(StringComparer.Ordinal));
        while (xml.NodeType == XmlNodeType.Element)
        {
            if (xml.LocalName is not ("Stmt" or "Ntfctn" or "Rpt") || xml.IsEmptyElement)
            {
                xml.Skip();
                xml.MoveToContent();
                continue;
            }
            found = true;
            xml.Read();
            xml.MoveToContent();
            string? account = null;
            while (xml.NodeType == XmlNodeType.Element)
            {
                var piece = XmlPiece.Read(xml);
                if (piece.Name == "Acct") account = AccountOf(piece);
                else if (piece.Name == "Ntry") yield return Entry(piece, account ?? throw new SepaFileException(SepaFault.NoAccount, "A statement does not say of which account it is."), message, id, seen);
                xml.MoveToContent();
            }
            xml.ReadEndElement();
            xml.MoveToContent();
        }
        if (!found) throw new SepaFileException(SepaFault.NoStatement, "There is nothing of any account in it.");
    }

    private static BankEntry Entry(XmlPiece entry, string account, string message, string id, Dictionary<string, int> seen)
    {
        var (amount, currency) = AmountOf(entry.At("Amt")) ?? throw new SepaFileException(SepaFault.NotAnAmount, $"An entry's amount is '{entry.Say("Amt")}'.");
        var credit = entry.Say("CdtDbtInd") switch
        {
            "CRDT" => true,
            "DBIT" => false,
            var other => throw new SepaFileException(SepaFault.NoDirection, $"An entry is neither credited nor debited, but '{other}'."),
        };
        var booked = DayOf(entry.Say("BookgDt/Dt", "BookgDt/DtTm")) ?? DayOf(entry.Say("ValDt/Dt", "ValDt/DtTm"));
        var details = entry.All("NtryDtls").SelectMany(part => part.All("TxDtls")).Select(detail => Detail(detail, currency)).ToList();
        var batch = entry.At("NtryDtls/Btch");
        return new BankEntry(
            message, id, account, amount, currency, credit, entry.Say("RvslInd") is "true" or "1", entry.Say("Sts/Cd", "Sts/Prtry", "Sts") ?? "BOOK", booked, CodeOf(entry), entry.Say("AddtlNtryInf"),
            batch?.Say("PmtInfId") ?? entry.Say("NtryDtls/TxDtls/Refs/PmtInfId"), IdOf(entry, account, amount, currency, credit, booked, seen), details);
    }

    private static EntryDetail Detail(XmlPiece detail, string currency) => new(
        Given(detail.Say("Refs/EndToEndId")), detail.Say("Refs/PmtInfId"), detail.Say("Refs/MndtId"),
        AmountOf(detail.At("Amt") ?? detail.At("AmtDtls/TxAmt/Amt") ?? detail.At("AmtDtls/InstdAmt/Amt")) is { } amount && amount.Currency == currency ? amount.Value : null,
        detail.Say("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry", "RtrInf/RtrRsn/Cd", "RtrInf/RtrRsn/Prtry"), detail.Say("RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm"),
        detail.Say("RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id"), detail.Say("RltdPties/Cdtr/Nm", "RltdPties/Cdtr/Pty/Nm"),
        [.. detail.All("RmtInf").SelectMany(info => info.Deep("Ustrd").Concat(info.Deep("CdtrRefInf").SelectMany(part => part.Deep("Ref")))).Select(line => line.Text).Where(text => text.Length > 0)]);

    // Banks write NOTPROVIDED where the payer gave nothing.
    private static string? Given(string? text) => text is null or "NOTPROVIDED" ? null : text;

    private static string? AccountOf(XmlPiece account) => account.Say("Id/IBAN", "Id/Othr/Id", "Id/PrtryAcct/Id", "Id/BBAN")?.Replace(" ", "", StringComparison.Ordinal);

    private static string CodeOf(XmlPiece entry)
    {
        if (entry.At("BkTxCd/Domn") is { } domain) return string.Join('/', new[] { domain.Say("Cd"), domain.Say("Fmly/Cd"), domain.Say("Fmly/SubFmlyCd") }.Where(part => part is not null));
        return entry.Say("BkTxCd/Prtry/Cd") ?? "";
    }

    // Some banks write decimal commas, signs or spaces around; some more decimals than the currency has, all noughts.
    private static (decimal Value, string Currency)? AmountOf(XmlPiece? amount)
    {
        if (amount is not { Currency: { Length: 3 } currency }) return null;
        var text = amount.Text.Contains('.', StringComparison.Ordinal) ? amount.Text : amount.Text.Replace(',', '.');
        return text.Count(char.IsAsciiDigit) <= DigitsAtMost && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? (value, currency) : null;
    }

    private static Instant? DayOf(string? text)
    {
        if (text is null) return null;
        if (text.Length >= 10 && DateOnly.TryParseExact(text[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year >= 1970)
            return new CalendarDate(day.Year, day.Month, day.Day).Begin;
        throw new SepaFileException(SepaFault.NotADate, $"'{text}' is not a date.");
    }

    // The bank's own reference is the same in notification and statement; but some banks give what comes back the reference of what was sent, so what it is belongs to it. Without a
    // reference, what the entry says stands for it, and which of its like it is.
    private static Hash IdOf(XmlPiece entry, string account, decimal amount, string currency, bool credit, Instant? booked, Dictionary<string, int> seen)
    {
        var reference = entry.Say("AcctSvcrRef") ?? entry.Say("NtryDtls/TxDtls/Refs/AcctSvcrRef") ?? entry.Say("NtryRef");
        var said = string.Join('\n', account, amount.ToString("0.#####", CultureInfo.InvariantCulture), currency, credit ? "C" : "D", booked?.DayNumber.ToString(CultureInfo.InvariantCulture),
            CodeOf(entry), entry.Say("RvslInd") is "true" or "1" ? "R" : "", string.Join(',', entry.Deep("RtrInf").Select(info => info.Say("Rsn/Cd", "Rsn/Prtry"))), reference ?? Inside(entry));
        if (reference is null)
        {
            seen[said] = seen.GetValueOrDefault(said) + 1;
            said += string.Create(CultureInfo.InvariantCulture, $"\n{seen[said]}");
        }
        return Hash.Of(Encoding.UTF8.GetBytes(said));
    }

    private static string Inside(XmlPiece entry) =>
        string.Join('\n', new[] { "EndToEndId", "TxId", "MndtId", "PmtInfId", "UETR", "IBAN", "Nm", "Ustrd", "Ref" }.SelectMany(entry.Deep).Select(piece => piece.Name + "=" + piece.Text));
}
