using System.Text;
using System.Xml;
using System.Xml.Schema;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Sepa;

public sealed class PaymentFileTests
{
    private static readonly Hash Ledger = Hash.Of("a ledger"u8);

    private static readonly BankAccount Grid = BankAccount.Of("Grid & Söhne", "DE89370400440532013000", "COBADEFFXXX"), Ada = BankAccount.Of("Ada Lovelace", "NL91ABNA0417164300", null),
        Bob = BankAccount.Of("Bob", "FR1420041010050500013M02606", "PSSTFRPPPAR");

    private static readonly SepaMandate Mandate = new("GRID-0001", "DE98ZZZ09999999999", Scheme.Core, false, new CalendarDate(2025, 12, 22).Begin, default, null);

    private static readonly Instant Monday = new CalendarDate(2026, 1, 12).Begin, Made = new CalendarDate(2026, 1, 5).Begin.Plus(36_061);

    private static readonly DirectDebitLine[] Lines =
    [
        Line(1, 1_250, Ada, Sequence.First, Mandate),
        Line(2, 1, Bob, Sequence.Recurring, Mandate with { Reference = "GRID-0002", Amended = new Amendment("OLD-2", "DE98ZZZ09999999999", true) }),
        Line(3, 99_999_999_999, Ada, Sequence.Recurring, Mandate with { Amended = new Amendment(null, null, true) }),
        Line(4, 70, Bob, Sequence.OneOff, Mandate with { Scheme = Scheme.B2B, OneOff = true }),
        Line(5, 4, Bob, Sequence.Final, Mandate),
        Line(6, 5, Bob, Sequence.First, Mandate) with { On = Monday.PlusDays(1), Creditor = Bob },
    ];

    [DataTheory]
    [InlineData(SepaVersion.V2019, "pain.008.001.08")]
    [InlineData(SepaVersion.V2009, "pain.008.001.02")]
    public void Direct_debits_validate_against_the_schema(SepaVersion version, string schema)
    {
        var file = DirectDebitFile.Make(Lines, Made, "Grid", version);
        Assert.Equal([], Faults(file, schema));
        Assert.Equal((6, 100_000_001_329), (file.Count, file.Cents));
    }

    [DataTheory]
    [InlineData(SepaVersion.V2019, "pain.001.001.09", false)]
    [InlineData(SepaVersion.V2019, "pain.001.001.09", true)]
    [InlineData(SepaVersion.V2009, "pain.001.001.03", false)]
    public void Credit_transfers_validate_against_the_schema(SepaVersion version, string schema, bool instant) => Assert.Equal([], Faults(Transfers(instant, version), schema));

    [DataFact]
    public void A_schema_finds_what_is_wrong()
    {
        var file = DirectDebitFile.Make(Lines, Made, "Grid");
        Assert.NotEmpty(Faults(Encoding.UTF8.GetBytes(Text(file).Replace("<SeqTp>FRST</SeqTp>", "<SeqTp>FIRST</SeqTp>", StringComparison.Ordinal)), "pain.008.001.08"));
    }

    [Fact]
    public void The_same_debits_in_any_order_make_the_same_bytes()
    {
        var file = DirectDebitFile.Make(Lines, Made, "Grid");
        var random = new Random(7);
        for (var each = 0; each < 20; each++)
        {
            var shuffled = Lines.ToArray();
            random.Shuffle(shuffled);
            var again = DirectDebitFile.Make(shuffled, Made, "Grid");
            Assert.Equal(file.Hash, again.Hash);
            Assert.True(file.Bytes.Span.SequenceEqual(again.Bytes.Span));
        }
    }

    [Fact]
    public void A_files_id_is_that_of_what_it_says()
    {
        var file = DirectDebitFile.Make(Lines, Made, "Grid");
        Assert.Equal(file.Hash, Hash.Of(Encoding.UTF8.GetBytes(Text(file).Replace(file.MessageId, "0", StringComparison.Ordinal))));
        Assert.StartsWith(file.MessageId, file.Hash.ToString(), StringComparison.Ordinal);
        Assert.True(PaymentIds.IsOfFile(file.MessageId + "-3", file.Hash));
        foreach (var other in new[] { DirectDebitFile.Make(Lines, Made.Plus(1), "Grid"), DirectDebitFile.Make(Lines[1..], Made, "Grid"), DirectDebitFile.Make([Lines[0] with { Cents = 1_251 }, .. Lines[1..]], Made, "Grid") })
            Assert.NotEqual(file.MessageId, other.MessageId);
    }

    [Fact]
    public void Groups_and_sums_are_those_of_their_debits()
    {
        var xml = new XmlDocument();
        xml.LoadXml(Text(DirectDebitFile.Make(Lines, Made, "Grid")));
        var space = new XmlNamespaceManager(xml.NameTable);
        space.AddNamespace("p", xml.DocumentElement!.NamespaceURI);
        Assert.Equal("2026-01-05T10:01:01Z", xml.SelectSingleNode("//p:CreDtTm", space)!.InnerText);
        var groups = xml.SelectNodes("//p:PmtInf", space)!.Cast<XmlNode>().ToArray();
        Assert.Equal(["FRST", "RCUR", "FNAL", "OOFF", "FRST"], groups.Select(group => group.SelectSingleNode(".//p:SeqTp", space)!.InnerText));
        Assert.Equal(["CORE", "CORE", "CORE", "B2B", "CORE"], groups.Select(group => group.SelectSingleNode(".//p:LclInstrm/p:Cd", space)!.InnerText));
        foreach (var group in groups)
        {
            var amounts = group.SelectNodes(".//p:InstdAmt", space)!.Cast<XmlNode>().Select(node => decimal.Parse(node.InnerText, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(amounts.Sum(), decimal.Parse(group.SelectSingleNode("p:CtrlSum", space)!.InnerText, System.Globalization.CultureInfo.InvariantCulture));
            Assert.Equal(amounts.Length.ToString(), group.SelectSingleNode("p:NbOfTxs", space)!.InnerText);
        }
        Assert.Equal("SMNDA", xml.SelectSingleNode("//p:OrgnlDbtrAcct//p:Id/p:Id/p:Othr/p:Id | //p:OrgnlDbtrAcct/p:Id/p:Othr/p:Id", space)!.InnerText);
        Assert.Equal("NOTPROVIDED", xml.SelectSingleNode("//p:DbtrAgt//p:Othr/p:Id", space)!.InnerText);
    }

    [Fact]
    public void What_cannot_stand_in_a_file_is_named()
    {
        Refused([]);
        Refused([Lines[0], Lines[0]]);
        Refused([Lines[0] with { Cents = 0 }]);
        Refused([Lines[0] with { Cents = 100_000_000_000 }]);
        Refused([Lines[0] with { On = Monday.PlusDays(-1) }]);
        Refused([Lines[0] with { EndToEndId = "ä" }]);
        Refused([Lines[0] with { Mandate = Mandate with { CreditorId = "DE00ZZZ09999999999" } }]);
        Assert.Throws<FormatException>(() => CreditTransferFile.Make([], Grid, Made, false));

        static void Refused(DirectDebitLine[] lines) => Assert.Throws<FormatException>(() => DirectDebitFile.Make(lines, Made, "Grid"));
    }

    [Fact]
    public void A_credit_transfer_waits_for_a_day_of_banks_and_an_instant_one_does_not()
    {
        var sunday = new CalendarDate(2026, 1, 11).Begin.Plus(100);
        Assert.Contains("<Dt>2026-01-12</Dt>", Text(CreditTransferFile.Make([new("x", 1, Ada, "")], Grid, sunday, instant: false)), StringComparison.Ordinal);
        Assert.Contains("<Dt>2026-01-11</Dt>", Text(CreditTransferFile.Make([new("x", 1, Ada, "")], Grid, sunday, instant: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_lead_back_to_what_they_were_made_from()
    {
        var agreement = new Agreement<Collection>(ulong.MaxValue);
        Assert.Equal((ulong.MaxValue, uint.MaxValue), PaymentIds.Quoted(Ledger, PaymentIds.OfDebit(Ledger, agreement, uint.MaxValue)));
        Assert.Equal((17, null), PaymentIds.Quoted(Ledger, $"Invoice 4, {PaymentIds.OfAgreement(Ledger, new Agreement<Collection>(17)).ToUpperInvariant()}. Thanks"));
        Assert.Null(PaymentIds.Quoted(Hash.Of("another"u8), PaymentIds.OfDebit(Ledger, agreement, 1)));
        Assert.Null(PaymentIds.Quoted(Ledger, "nothing"));
        Assert.Null(PaymentIds.Quoted(Ledger, null));
        Assert.True(SepaIdentifiers.IsReference(PaymentIds.OfPayout(Ledger, Ledger)));
        Assert.True(PaymentIds.OfDebit(Ledger, new Agreement<Collection>(1_000_000_000_000), uint.MaxValue).Length <= 35);
        var party = Party.Of(new KeyId(Ledger.ToArray().AsSpan(0, 20)));
        Assert.Equal(party, PaymentIds.PartyIn($"for {party.ToString().ToUpperInvariant()}, please"));
        Assert.Null(PaymentIds.PartyIn(party + "0"));
        Assert.Null(PaymentIds.PartyIn(null));
    }

    private static PaymentFile Transfers(bool instant, SepaVersion version) => CreditTransferFile.Make(
        [new(PaymentIds.OfPayout(Ledger, Hash.Of("one"u8)), 1_050, Ada, "Your e-money"), new(PaymentIds.OfPayout(Ledger, Hash.Of("two"u8)), 7, Bob, "")], Grid, Made, instant, version);

    private static DirectDebitLine Line(uint number, long cents, BankAccount debtor, Sequence sequence, SepaMandate mandate) =>
        new(PaymentIds.OfDebit(Ledger, new Agreement<Collection>(number + 10), number), cents, Monday, sequence, mandate, Grid, debtor, "Invoice " + number);

    private static string Text(PaymentFile file) => Encoding.UTF8.GetString(file.Bytes.Span);

    private static List<string> Faults(PaymentFile file, string schema) => Faults(file.Bytes.ToArray(), schema);

    private static List<string> Faults(byte[] file, string schema)
    {
        var faults = new List<string>();
        var settings = new XmlReaderSettings { ValidationType = ValidationType.Schema };
        settings.Schemas.Add(null, Data.Path("iso20022", "xsd", schema + ".xsd"));
        settings.ValidationFlags |= XmlSchemaValidationFlags.ReportValidationWarnings;
        settings.ValidationEventHandler += (_, fault) => faults.Add(fault.Message);
        using var reader = XmlReader.Create(new MemoryStream(file), settings);
        while (reader.Read())
        {
        }
        return faults;
    }
}
