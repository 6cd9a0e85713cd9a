using System.Globalization;
using System.Text;
using System.Xml;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Connectors.Sepa;

/// <summary>A file for the bank. The same contents give the same bytes, so that it can be made again and is known again.</summary>
/// <param name="Hash">SHA-256 of the file as it would be with the message id «0»: of what it says. Its message id is the beginning of it.</param>
/// <param name="MessageId">28 digits of the hash.</param>
/// <param name="Count">How many payments.</param>
/// <param name="Cents">What they come to.</param>
/// <param name="Bytes">The XML, in UTF-8.</param>
public sealed record PaymentFile(Hash Hash, string MessageId, int Count, long Cents, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>No file holds more payments.</summary>
    public const int PaymentsAtMost = 5_000;

    /// <summary>The most of one payment in SEPA, in cents (AT-06, AT-04).</summary>
    public const long CentsAtMost = 99_999_999_999;

    private const string NoId = "0";

    /// <summary>Makes a file: once to hash what it says, once with its message id.</summary>
    /// <param name="scheme">The message: «pain.008.001.08».</param>
    /// <param name="cents">Of each payment.</param>
    /// <param name="write">Writes what stands within Document, under a message id.</param>
    /// <exception cref="FormatException">There is no payment, there are too many, or one is of nothing or of too much.</exception>
    internal static PaymentFile Make(string scheme, IReadOnlyList<long> cents, Action<XmlWriter, string> write)
    {
        if (cents.Count is 0 or > PaymentsAtMost) throw new FormatException($"A file holds 1 to {PaymentsAtMost} payments, not {cents.Count}.");
        if (cents.Any(each => each is <= 0 or > CentsAtMost)) throw new FormatException("A payment is of a cent at least, and of 999,999,999.99 at most.");
        var hash = Hash.Of(Document(scheme, NoId, write));
        var id = PaymentIds.OfFile(hash);
        return new PaymentFile(hash, id, cents.Count, cents.Sum(), Document(scheme, id, write));
    }

    private static byte[] Document(string scheme, string messageId, Action<XmlWriter, string> write)
    {
        using var bytes = new MemoryStream();
        // One form on every machine: no byte-order mark, line feeds, two spaces.
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true, IndentChars = "  ", NewLineChars = "\n", NewLineHandling = NewLineHandling.Replace };
        using (var xml = XmlWriter.Create(bytes, settings))
        {
            xml.WriteStartDocument();
            xml.WriteStartElement("Document", "urn:iso:std:iso:20022:tech:xsd:" + scheme);
            write(xml, messageId);
            xml.WriteEndElement();
        }
        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }
}

/// <summary>What direct debits and credit transfers write alike.</summary>
internal static class PaymentXml
{
    public static void Group(this XmlWriter xml, string name, Action within)
    {
        xml.WriteStartElement(name);
        within();
        xml.WriteEndElement();
    }

    public static void Say(this XmlWriter xml, string name, string text) => xml.WriteElementString(name, text);

    /// <summary>12.34.</summary>
    public static string Decimal(long cents) => string.Create(CultureInfo.InvariantCulture, $"{cents / 100}.{cents % 100:00}");

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>2026-01-12.</summary>
    public static string Date(Instant day) => CalendarDate.Of(day) is var date ? string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}-{date.Day:00}") : "";

    /// <summary>2026-01-12T08:00:00Z.</summary>
    public static string Moment(Instant at)
    {
        var time = at.Seconds % Instant.Day;
        return string.Create(CultureInfo.InvariantCulture, $"{Date(at)}T{time / 3_600:00}:{time / 60 % 60:00}:{time % 60:00}Z");
    }

    public static void Header(this XmlWriter xml, string messageId, Instant made, int count, long cents, string initiator) => xml.Group("GrpHdr", () =>
    {
        xml.Say("MsgId", messageId);
        xml.Say("CreDtTm", Moment(made));
        xml.Say("NbOfTxs", Number(count));
        xml.Say("CtrlSum", Decimal(cents));
        xml.Group("InitgPty", () => xml.Say("Nm", initiator));
    });

    public static void Amount(this XmlWriter xml, long cents)
    {
        xml.WriteStartElement("InstdAmt");
        xml.WriteAttributeString("Ccy", "EUR");
        xml.WriteString(Decimal(cents));
        xml.WriteEndElement();
    }

    public static void Name(this XmlWriter xml, string element, BankAccount account) => xml.Group(element, () => xml.Say("Nm", account.Name));

    public static void Account(this XmlWriter xml, string element, BankAccount account) => xml.Group(element, () => xml.Group("Id", () => xml.Say("IBAN", account.Iban.Text)));

    /// <summary>The bank; where its code is not known the schemes want NOTPROVIDED.</summary>
    public static void Agent(this XmlWriter xml, string element, BankAccount account, bool bicfi) => xml.Group(element, () => xml.Group("FinInstnId", () =>
    {
        if (account.Bic is { } bic) xml.Say(bicfi ? "BICFI" : "BIC", bic);
        else xml.Group("Othr", () => xml.Say("Id", "NOTPROVIDED"));
    }));

    public static void Remittance(this XmlWriter xml, string text)
    {
        if (text.Length > 0) xml.Group("RmtInf", () => xml.Say("Ustrd", text));
    }

    public static void Code(this XmlWriter xml, string element, string code) => xml.Group(element, () => xml.Say("Cd", code));
}
