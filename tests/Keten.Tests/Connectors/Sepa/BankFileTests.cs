using System.Text;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;

namespace Keten.Tests.Connectors.Sepa;

public sealed class BankFileTests
{
    [DataFact]
    public void Every_sample_is_read_or_its_fault_is_named()
    {
        foreach (var path in Directory.EnumerateFiles(Data.Path("iso20022", "samples"), "*.xml"))
        {
            using var file = File.OpenRead(path);
            try
            {
                Assert.NotEmpty(BankFileReader.Read(file).ToList());
            }
            catch (SepaFileException fault)
            {
                Assert.True(fault.Fault == (path.Contains("wrong", StringComparison.Ordinal) ? SepaFault.NoStatement : SepaFault.UnknownMessage), path + ": " + fault.Message);
                Assert.True(path.Contains("wrong", StringComparison.Ordinal) || path.Contains("pain_001", StringComparison.Ordinal) || path.Contains("pain.001", StringComparison.Ordinal), path);
            }
        }
    }

    [DataFact]
    public void Status_reports_say_what_became_of_each_payment()
    {
        var rejected = Sample("nordea_pain_002_v3_txn_reject.xml").Cast<PaymentStatus>().ToArray();
        Assert.Equal(["RJCT", "RJCT", "RJCT"], rejected.Select(status => status.Status));
        Assert.Equal([null, "ENDTOENDID-950-TEST2-2807-02", "ENDTOENDID-950-TEST2-2807-01"], rejected.Select(status => status.EndToEndId));
        Assert.All(rejected, status => Assert.Equal(("MSGID-950-TEST2-2807-01", "pain.002.001.03", true, false), (status.OriginalMessageId, status.Message, status.IsRejected, status.IsTakenIn)));
        Assert.Equal(("NARR", "CAP Invalid code or combinations in CategoryPurpose or ServiceLevel"), (rejected[1].Reason, rejected[1].Information));

        var accepted = Assert.IsType<PaymentStatus>(Assert.Single(Sample("goldman_sachs_pain_002_v3_group_accepted.xml")));
        Assert.Equal(("ACTC", true, "CLIENT NAME_2023-09-06:04"), (accepted.Status, accepted.IsTakenIn, accepted.OriginalMessageId));
        Assert.Equal("File accepted post technical and profile validations Original File Name: 26951.json", accepted.Information);

        // This bank spells the attribute xmlns with a capital, so that its file has no namespace.
        var without = Sample("cross_river_pain_002_transaction_rejected.xml").Cast<PaymentStatus>().ToArray();
        Assert.Equal(["ACTC", "RJCT", "RJCT", "RJCT", "RJCT"], without.Select(status => status.Status));
        Assert.Equal(("pain.002", "Instruction ID example01234567 already exist"), (without[2].Message, without[2].Information));
    }

    [DataFact]
    public void A_statement_says_each_entry_with_its_payments()
    {
        var entries = Sample("ing_example_camt.xml").Cast<BankEntry>().ToArray();
        Assert.Equal(9, entries.Length);
        Assert.Equal(990.00m, entries.Where(entry => entry.IsCredit).Sum(entry => entry.Amount));
        Assert.Equal(385.00m, entries.Where(entry => !entry.IsCredit).Sum(entry => entry.Amount));
        Assert.All(entries, entry => Assert.Equal(("NL08INGB0000001234", "EUR", true, new CalendarDate(2014, 1, 3).Begin), (entry.Account, entry.Currency, entry.IsBooked, entry.BookedOn)));
        Assert.Equal(9, entries.Select(entry => entry.Id).Distinct().Count());
        Assert.Equal(("PMNT/IDDT/ESDD", "SCTBtchId20140103A2PSTN", 0), (entries[3].Code, entries[3].PaymentInformationId, entries[3].Details.Count));
        Assert.Equal(("PMNT/RCDT/RRTN", "AC04"), (entries[4].Code, Assert.Single(entries[4].Details).Reason));
        Assert.Equal(("PMNT/IDDT/UPDD", true, "MD06", "5000300060007000", "DDMdtINGBC"), (entries[8].Code, entries[8].IsReversal, entries[8].Details[0].Reason, entries[8].Details[0].EndToEndId, entries[8].Details[0].MandateId));
        Assert.Equal(["0010008346912014"], entries[0].Details[0].Remittance);
        Assert.Equal("NL20INGB0001234567", entries[0].Details[0].DebtorAccount);
    }

    [DataFact]
    public void Versions_and_their_quirks_are_read_alike()
    {
        var (two, eight) = (Assert.IsType<BankEntry>(Assert.Single(Sample("camt053.v2.minimal.xml"))), Assert.IsType<BankEntry>(Assert.Single(Sample("camt053.v8.xml"))));
        Assert.Equal((8.85m, "EUR", true, "BOOK", "NL26VAYB8060476890"), (two.Amount, two.Currency, two.IsCredit, two.Status, two.Account));
        Assert.Equal((8.85m, "EUR", true, "BOOK", "NL26VAYB8060476890"), (eight.Amount, eight.Currency, eight.IsCredit, eight.Status, eight.Account));
        Assert.Equal(("544", "PMNT/RCDT/BOOK"), (two.Code, eight.Code));
        // A payment in another currency than its entry's says nothing of the entry.
        Assert.Equal(("MUELL/FINP/RA12345", null, "NAME NAME"), (eight.Details[0].EndToEndId, eight.Details[0].Amount, eight.Details[0].Debtor));

        var several = Assert.IsType<BankEntry>(Assert.Single(Sample("camt054.v2.xml")));
        Assert.Equal((200_000m, "SEK", false, 3), (several.Amount, several.Currency, several.IsCredit, several.Details.Count));
        var bare = Assert.IsType<BankEntry>(Assert.Single(Sample("camt054.v8-with-UETR.xml")));
        Assert.Equal(("", null, 1), (bare.Code, bare.BookedOn, bare.Details.Count));
    }

    [Theory]
    [InlineData("", SepaFault.NotXml)]
    [InlineData("<Document>", SepaFault.NotXml)]
    [InlineData("<Document/>", SepaFault.UnknownMessage)]
    [InlineData("<html/>", SepaFault.UnknownMessage)]
    [InlineData("<Document><CstmrCdtTrfInitn/></Document>", SepaFault.UnknownMessage)]
    [InlineData("<!DOCTYPE a [<!ENTITY b 'c'>]><Document>&b;</Document>", SepaFault.DocumentType)]
    [InlineData("<Document><BkToCstmrStmt><Stmt/></BkToCstmrStmt></Document>", SepaFault.NoHeader)]
    [InlineData("<Document><BkToCstmrStmt><GrpHdr/><Stmt/></BkToCstmrStmt></Document>", SepaFault.NoHeader)]
    [InlineData("<Document><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr></BkToCstmrStmt></Document>", SepaFault.NoStatement)]
    [InlineData("<Document><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Ntry/></Stmt></BkToCstmrStmt></Document>", SepaFault.NoAccount)]
    [InlineData("<Document><CstmrPmtStsRpt><GrpHdr><MsgId>1</MsgId></GrpHdr></CstmrPmtStsRpt></Document>", SepaFault.NoOriginal)]
    [InlineData("<Document><CstmrPmtStsRpt><GrpHdr><MsgId>1</MsgId></GrpHdr><OrgnlGrpInfAndSts/></CstmrPmtStsRpt></Document>", SepaFault.NoOriginal)]
    public void What_is_broken_has_a_name(string text, SepaFault fault) => Assert.Equal(fault, FaultOf(text));

    [Theory]
    [InlineData("<Amt Ccy=\"EUR\">1.00</Amt>", SepaFault.NoDirection)]
    [InlineData("<Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>BOTH</CdtDbtInd>", SepaFault.NoDirection)]
    [InlineData("<CdtDbtInd>CRDT</CdtDbtInd>", SepaFault.NotAnAmount)]
    [InlineData("<Amt>1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>", SepaFault.NotAnAmount)]
    [InlineData("<Amt Ccy=\"EUR\">one</Amt><CdtDbtInd>CRDT</CdtDbtInd>", SepaFault.NotAnAmount)]
    [InlineData("<Amt Ccy=\"EUR\">-1</Amt><CdtDbtInd>CRDT</CdtDbtInd>", SepaFault.NotAnAmount)]
    [InlineData("<Amt Ccy=\"EUR\">1234567890123456789</Amt><CdtDbtInd>CRDT</CdtDbtInd>", SepaFault.NotAnAmount)]
    [InlineData("<Amt Ccy=\"EUR\">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-02-30</Dt></BookgDt>", SepaFault.NotADate)]
    public void What_is_broken_in_an_entry_has_a_name(string entry, SepaFault fault) => Assert.Equal(fault, FaultOf(Statement($"<Ntry>{entry}</Ntry>")));

    [Theory]
    [InlineData("1,50", 1.50)]
    [InlineData("5.0400", 5.04)]
    [InlineData("200000", 200_000)]
    public void Amounts_are_read_as_banks_write_them(string text, double amount) =>
        Assert.Equal((decimal)amount, Read(Statement($"<Ntry><Amt Ccy=\"EUR\">{text}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>")).Cast<BankEntry>().Single().Amount);

    [Fact]
    public void An_entry_is_the_same_in_notification_and_statement_and_another_is_not()
    {
        const string Entry = "<Ntry><Amt Ccy=\"EUR\">1.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-01-12</Dt></BookgDt><AcctSvcrRef>R1</AcctSvcrRef></Ntry>";
        var ids = Ids(Statement(Entry));
        Assert.Equal(ids, Ids(Statement(Entry).Replace("Stmt", "Ntfctn", StringComparison.Ordinal).Replace("BkToCstmrNtfctn", "BkToCstmrDbtCdtNtfctn", StringComparison.Ordinal)));
        Assert.NotEqual(ids, Ids(Statement(Entry.Replace("R1", "R2", StringComparison.Ordinal))));
        Assert.NotEqual(ids, Ids(Statement(Entry.Replace("CRDT", "DBIT", StringComparison.Ordinal))));
        // Some banks give what comes back the reference of what was sent.
        Assert.NotEqual(ids, Ids(Statement(Entry.Replace("</Ntry>", "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly></Domn></BkTxCd></Ntry>", StringComparison.Ordinal))));
        // Without a reference two alike are two, and the same two when they are read again.
        var bare = Entry.Replace("<AcctSvcrRef>R1</AcctSvcrRef>", "", StringComparison.Ordinal);
        Assert.Equal(2, Ids(Statement(bare + bare)).Distinct().Count());
        Assert.Equal(Ids(Statement(bare + bare)), Ids(Statement(bare + bare)));
    }

    [Fact]
    public void What_is_deep_or_long_beyond_measure_is_not_read()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 60)) + string.Concat(Enumerable.Repeat("</a>", 60));
        Assert.Equal(SepaFault.TooLarge, FaultOf(Statement($"<Ntry>{deep}</Ntry>")));
        Assert.Equal(SepaFault.TooLarge, FaultOf(Statement($"<Ntry><a>{new string('x', 5_000)}</a></Ntry>")));
    }

    [Fact]
    public void A_file_that_was_cut_off_says_so_wherever_it_was_cut()
    {
        var whole = Statement("<Ntry><Amt Ccy=\"EUR\">1.50</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry>");
        for (var length = 0; length < whole.Length; length++) Assert.NotNull(FaultOf(whole[..length]));
        Assert.Null(FaultOf(whole));
    }

    [Fact]
    public void Bytes_that_changed_are_read_or_named_and_nothing_else()
    {
        var (random, whole) = (new Random(11), Encoding.UTF8.GetBytes(Statement("<Ntry><Amt Ccy=\"EUR\">1.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>")));
        for (var each = 0; each < 4_000; each++)
        {
            var copy = (byte[])whole.Clone();
            copy[random.Next(copy.Length)] = (byte)random.Next(256);
            try
            {
                _ = BankFileReader.Read(new MemoryStream(copy)).Count();
            }
            catch (SepaFileException)
            {
                // Named.
            }
        }
    }

    [Theory]
    [InlineData("AC04", "PMNT/IDDT/UPDD", Scheme.Core, Undoing.Reject, Undoing.Return)]
    [InlineData("MD06", "PMNT/IDDT/UPDD", Scheme.Core, Undoing.Reject, Undoing.Refund)]
    [InlineData("MD01", "PMNT/IDDT/UPDD", Scheme.B2B, Undoing.Reject, Undoing.Return)]
    [InlineData("MS02", "PMNT/IDDT/UPDD", Scheme.Core, Undoing.Refusal, Undoing.Return)]
    [InlineData("MS02", "PMNT/IDDT/PRDD", Scheme.Core, Undoing.Refusal, Undoing.Reversal)]
    [InlineData("DUPL", "", Scheme.Core, Undoing.Cancellation, Undoing.Reversal)]
    public void A_reason_tells_who_undid_a_debit(string reason, string code, Scheme scheme, Undoing before, Undoing after) =>
        Assert.Equal((before, after), (ReasonCodes.Before(reason), ReasonCodes.After(reason, code, scheme)));

    [Fact]
    public void Reasons_are_told_in_words_and_what_is_none_is_not_given()
    {
        Assert.Equal("not enough funds", ReasonCodes.Words("AM04"));
        Assert.Null(ReasonCodes.Words("XX99"));
        Assert.Equal(("AM04", "MS03", "MS03"), (ReasonCodes.Of("AM04"), ReasonCodes.Of(null), ReasonCodes.Of("no\nline")));
    }

    private static string Statement(string entries) =>
        $"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>";

    private static List<BankFact> Read(string text) => BankFileReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text))).ToList();

    private static List<Keten.Kernel.Hash> Ids(string text) => Read(text).ConvertAll(fact => ((BankEntry)fact).Id);

    private static List<BankFact> Sample(string name)
    {
        using var file = File.OpenRead(Data.Path("iso20022", "samples", name));
        return BankFileReader.Read(file).ToList();
    }

    private static SepaFault? FaultOf(string text)
    {
        try
        {
            Read(text);
            return null;
        }
        catch (SepaFileException fault)
        {
            return fault.Fault;
        }
    }
}
