using System.Globalization;
using System.Text;
using System.Text.Json;
using Keten.Client;
using Keten.Connectors.Invoices;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Contracts.Metering;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Receipt = Keten.Kernel.Blocks.Receipt;

namespace Keten.Cli.Jobs;

/// <summary>Checks an invoice's chain link by link, offline: the readings that it bills, the invoice, the debit, the file for the bank and what the bank answered.</summary>
public sealed class InvoiceTrace
{
    private const string NoFile = "0";
    private readonly InvoiceBundle bundle;
    private readonly Genesis? expected;
    private readonly List<EvidenceBundle> sessions = [];
    private readonly List<BankFact> facts = [];

    private Genesis genesis = null!;
    private PublicKey gateway;
    private EvidenceReceipt<Collection.Agree> opening = null!;
    private EvidenceReceipt<Collection.Bill> bill = null!;
    private EvidenceReceipt<Collection.Present> handed = null!;
    private Collection.Announced announced;
    private Group invoice = null!;

    private InvoiceTrace(InvoiceBundle bundle, Genesis? expected) => (this.bundle, this.expected) = (bundle, expected);

    private ulong Under => opening.Outcome.Agreement;

    private string EndToEndId => PaymentIds.OfDebit(genesis.LedgerId, new Agreement<Collection>(Under), announced.Number);

    /// <summary>Checks every link until one does not hold, or nothing more has happened.</summary>
    /// <param name="bundle">What was handed over.</param>
    /// <param name="expected">The genesis of the ledger that is meant; where there is none, the bundle's own, and the reader is to compare the ledger's id.</param>
    public static InvoiceTraceReport Check(InvoiceBundle bundle, Genesis? expected = null)
    {
        var links = new List<InvoiceLink>();
        foreach (var link in new InvoiceTrace(bundle, expected).Links())
        {
            links.Add(link);
            if (!link.Holds) break;
        }
        return new InvoiceTraceReport(links);
    }

    private IEnumerable<InvoiceLink> Links()
    {
        yield return Try("agreement", Agreement);
        yield return Try("bill", Bill);
        yield return Try("invoice", Invoice);
        for (var each = 0; each < bundle.Sessions.Count; each++)
            foreach (var link in Session(each)) yield return link;
        yield return Try("lines", Lines);
        if (bundle.Notice.Length == 0) yield break;
        yield return Try("announcement", Announcement);
        if (bundle.Handed.Length == 0) yield break;
        yield return Try("handover", Handover);
        yield return Try("file", File);
        for (var each = 0; each < bundle.Bank.Count; each++)
        {
            var document = bundle.Bank[each];
            yield return Try($"bank-{each + 1}", () => Bank(document));
        }
        yield return Try("answers", Answers);
    }

    private static InvoiceLink Try(string name, Func<string> check)
    {
        try
        {
            return new InvoiceLink(name, true, check());
        }
        catch (Exception broken) when (broken is BrokenLinkException or FormatException or MalformedException)
        {
            return new InvoiceLink(name, false, broken.Message);
        }
    }

    private string Agreement()
    {
        genesis = EvidenceReceipt.GenesisOf(bundle.Genesis);
        if (expected is not null && expected.LedgerId != genesis.LedgerId) throw new BrokenLinkException("The bundle is of another ledger.");
        opening = EvidenceReceipt.Of<Collection, Collection.Agree>(bundle.Opening, Collection.Contents);
        Certified(opening.Receipt);
        gateway = new PublicKey(bundle.Gateway);
        return Party.Of(gateway.Id) == opening.Arguments.Gateway
            ? $"Agreement {Under} of ledger {genesis.LedgerId}: {opening.Arguments.Debtor} pays {opening.Arguments.Creditor} through gateway {opening.Arguments.Gateway}."
            : throw new BrokenLinkException("The key is not the gateway's.");
    }

    private string Bill()
    {
        // The one that is for this document; where none is, any, and the invoice is what breaks.
        bill = EvidenceReceipt.Find<Collection, Collection.Bill>(bundle.Bill, Collection.Contents, each => Commits(each.Invoice), Under)
            ?? EvidenceReceipt.Of<Collection, Collection.Bill>(bundle.Bill, Collection.Contents, under: Under);
        Certified(bill.Receipt);
        return $"The creditor billed {Money(bill.Arguments.Cost)} at height {bill.Receipt.Header.Height}.";
    }

    private string Invoice()
    {
        if (!Commits(bill.Arguments.Invoice)) throw new BrokenLinkException("The ledger's commitment is to another document.");
        invoice = UblReader.Read(new MemoryStream(bundle.Invoice));
        if (InvoiceRules.Check(invoice) is [var broken, ..]) throw new BrokenLinkException($"It breaks {broken.Rule.Id}: {broken.Rule.Sentence}");
        return invoice.All("BG-22").Single().Number("BT-115") * 100 == bill.Arguments.Cost.Minor
            ? $"Invoice {invoice.Text("BT-1")} is what was committed to, keeps {InvoiceRules.All.Count} rules, and asks for just that."
            : throw new BrokenLinkException("It asks for another amount than was billed.");
    }

    private IEnumerable<InvoiceLink> Session(int place)
    {
        var name = $"session-{place + 1}/";
        EvidenceBundle? session = null;
        var read = Try(name + "evidence", () =>
        {
            session = EvidenceBundle.FromBytes(bundle.Sessions[place]);
            var agreed = EvidenceReceipt.Of<MeteredUse, MeteredUse.Agree>(session.Opening, MeteredUse.Contents).Arguments;
            return agreed.Provider == opening.Arguments.Creditor && agreed.Customer == opening.Arguments.Debtor ? "" : throw new BrokenLinkException("The session is another driver's, or another operator's.");
        });
        if (!read.Holds)
        {
            yield return read;
            yield break;
        }
        // First, since the other links read the meter's key and the times out of it.
        if (!Named(session!)) yield return new InvoiceLink(name + "charge-record", false, "The invoice names another charge record, by its hash.");
        foreach (var link in Trace.Check(session!, genesis).Links) yield return new InvoiceLink(name + JsonNamingPolicy.KebabCaseLower.ConvertName(link.Link.ToString()), link.Holds, link.Says);
        sessions.Add(session!);
    }

    private string Lines()
    {
        if (sessions.Count == 0) return "No metered session is in it.";
        var (lines, billed) = (invoice.All("BG-25").ToList(), sessions.ConvertAll(BilledSession.Of));
        if (lines.Count != billed.Count) throw new BrokenLinkException($"The invoice has {lines.Count} lines, and {billed.Count} sessions bear it out.");
        for (var each = 0; each < lines.Count; each++)
            if (lines[each].Text("BT-128") != billed[each].Transaction.ToString() || lines[each].Number("BT-131") * 100 != billed[each].Charged.Net.Minor)
                throw new BrokenLinkException($"Line {lines[each].Text("BT-126")} is not what the ledger charged for that session.");
        return billed.Sum(session => session.Charged.Cost.Minor - session.Charged.Paid.Minor) == bill.Arguments.Cost.Minor
            ? $"Its {lines.Count} lines are what the ledger charged, less what was paid." : throw new BrokenLinkException("What the sessions leave owed is another amount.");
    }

    private string Announcement()
    {
        var notice = EvidenceReceipt.Of<Collection, Collection.Announce>(bundle.Notice, Collection.Contents, under: Under);
        Certified(notice.Receipt);
        announced = notice.Told<Collection.Announced>(Collection.Contents);
        if (notice.Receipt.HistoryIndex < bill.Receipt.HistoryIndex) throw new BrokenLinkException("The debit was announced before the bill.");
        if (invoice.Every("BT-89").Any(mandate => mandate.Text != announced.Mandate)) throw new BrokenLinkException("The invoice names another mandate.");
        if (invoice.Every("BT-83").Any(quoted => quoted.Text != EndToEndId)) throw new BrokenLinkException($"The invoice is to be paid by {invoice.Every("BT-83").First().Text}, and the debit is {EndToEndId}.");
        if (announced.Amount < bill.Arguments.Cost) throw new BrokenLinkException($"The debit is of {Money(announced.Amount)}, less than the bill.");
        return $"Debit {EndToEndId} of {Money(announced.Amount)} under mandate {announced.Mandate}{(announced.Amount > bill.Arguments.Cost ? ", with other bills of the agreement" : "")}.";
    }

    private string Handover()
    {
        handed = EvidenceReceipt.Of<Collection, Collection.Present>(bundle.Handed, Collection.Contents, each => each.Number == announced.Number, Under);
        Certified(handed.Receipt);
        return $"The gateway handed it to the bank in the file whose message id is {PaymentIds.OfFile(handed.Arguments.File)}.";
    }

    private string File()
    {
        // The ledger has the hash of what the file says: of its bytes with the message id «0».
        var said = Encoding.Latin1.GetString(bundle.File).Replace(PaymentIds.OfFile(handed.Arguments.File), NoFile, StringComparison.Ordinal);
        if (Hash.Of(Encoding.Latin1.GetBytes(said)) != handed.Arguments.File) throw new BrokenLinkException("It is not the file that was handed over.");
        var debits = UblElement.Read(new MemoryStream(bundle.File)).Everything().Where(element => element.Name == "DrctDbtTxInf" && Says(element, "PmtId/EndToEndId") == EndToEndId).ToList();
        if (debits is not [var debit]) throw new BrokenLinkException("The file does not hold the debit once.");
        if (Says(debit, "DrctDbtTx/MndtRltdInf/MndtId") != announced.Mandate) throw new BrokenLinkException("The file draws it under another mandate.");
        return decimal.Parse(Says(debit, "InstdAmt"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) * 100 == announced.Amount.Minor
            ? $"The pain.008 draws just that, from {Says(debit, "DbtrAcct/Id/IBAN")}." : throw new BrokenLinkException("The file draws another amount.");
    }

    private string Bank(BankDocument document)
    {
        Span<byte> digest = stackalloc byte[Hash.Size];
        InvoiceBundle.Digest(genesis.LedgerId, gateway.Id, document.Content, digest);
        if (!Es256.Verify(digest, new Signature(document.Signature), gateway)) throw new BrokenLinkException("It is not the file that the gateway read: its signature does not hold.");
        var read = BankFileReader.Read(new MemoryStream(document.Content)).ToList();
        facts.AddRange(read);
        return $"{(read.Count > 0 ? read[0].Message : "A bank's file")}, as the gateway read it.";
    }

    private string Answers()
    {
        var became = bundle.Posted.Select(Posted).ToList();
        return became.Count == 0 ? "The bank has not answered yet." : string.Join(" ", became);
    }

    private string Posted(byte[] bytes)
    {
        if (EvidenceReceipt.Find<Collection, Collection.TakeIn>(bytes, Collection.Contents, each => each.Number == announced.Number, Under) is { } taken)
            return Shown(taken.Receipt, facts.OfType<PaymentStatus>().Any(status => status.IsTakenIn && IsOurs(status))) ? "The bank took it in." : throw Unsaid("was taken in");
        if (EvidenceReceipt.Find<Collection, Collection.Settle>(bytes, Collection.Contents, each => each.Number == announced.Number, Under) is { } settled)
            return Shown(settled.Receipt, facts.OfType<BankEntry>().Any(entry => entry.IsCredit && entry.Id == settled.Arguments.Entry)) ? $"It booked {Money(announced.Amount)}." : throw Unsaid("was booked");
        var undone = EvidenceReceipt.Of<Collection, Collection.Undo>(bytes, Collection.Contents, each => each.Number == announced.Number, Under);
        var said = facts.OfType<PaymentStatus>().Any(status => status.IsRejected && IsOurs(status)) || facts.OfType<BankEntry>().Any(entry => !entry.IsCredit && entry.Details.Any(detail => detail.EndToEndId == EndToEndId));
        return Shown(undone.Receipt, said) ? $"It was undone ({undone.Arguments.How}, {undone.Arguments.Reason}), and is owed again." : throw Unsaid("was undone");
    }

    private bool Shown(Receipt receipt, bool said)
    {
        Certified(receipt);
        return said;
    }

    private bool IsOurs(PaymentStatus status) => status.EndToEndId == EndToEndId || (status.EndToEndId is null && status.OriginalMessageId == PaymentIds.OfFile(handed.Arguments.File));

    private static BrokenLinkException Unsaid(string what) => new($"The ledger says that the debit {what}, and no file of the bank does.");

    private void Certified(Receipt receipt)
    {
        if (ReceiptCheck.Check(receipt, genesis) is var fault and not ReceiptFault.None) throw new BrokenLinkException($"The receipt does not hold: {fault}.");
    }

    private bool Commits(in Hash commitment) => Commitment.Verify(commitment, bundle.Salt.ToArray(), bundle.Invoice);

    private bool Named(EvidenceBundle session) => invoice.Every("BT-122").Any(reference => reference.Text == Hash.Of(session.Cdr).ToString());

    private static string Says(UblElement element, string path) => element.Along(path).FirstOrDefault()?.Text ?? "";

    private static string Money(Amount amount) => AmountText.Write(amount.Minor, 2);
}
