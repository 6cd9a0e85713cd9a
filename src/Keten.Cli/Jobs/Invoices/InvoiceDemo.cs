using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Connectors.Invoices;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Kernel;
using Keten.Node.Hosting;

namespace Keten.Cli.Jobs;

/// <summary>A driver who charges and is billed, on a ledger of its own: meter, tariff, invoice, debit, bank. Another's debit goes with it, since the simulated bank rejects the last of a file.</summary>
internal sealed class InvoiceDemo : IDisposable
{
    private const byte DaysOfNotice = 2;
    private const string CreditorId = "DE98ZZZ09999999999";
    private const string Meter = "INV-01";
    private const string Number = "2026-0001";
    private static readonly OperatorNames Names = new("NL", "NLD", "KET", "DAY-NIGHT", "EUR");
    private static readonly (string Name, string Iban)[] Drivers = [("Ada Lovelace", "NL91ABNA0417164300"), ("Bob Bakker", "DE89370400440532013000")];

    private readonly NodeHost host;
    private readonly HttpDoor door;
    private readonly Clerk clerk;
    private readonly SessionMeter meter = new(Meter);
    private readonly DirectoryInfo scratch = Directory.CreateTempSubdirectory("keten-invoice-");
    private readonly List<Actor> drivers = [.. Drivers.Select(driver => Actor.Named(driver.Name))];
    private readonly List<Agreement<Collection>> agreements = [];
    private ChargingNetwork network = null!;

    private InvoiceDemo(NodeHost host)
    {
        this.host = host;
        door = new HttpDoor(new Uri(host.Url), host.Node.LedgerId);
        clerk = new Clerk(door);
    }

    private Actor Gateway => network.Institution;

    /// <summary>Enrols everybody, publishes the tariff, and has drivers and operator agree.</summary>
    public static async Task<InvoiceDemo> FoundAsync(NodeHost host, CancellationToken cancel)
    {
        var demo = new InvoiceDemo(host);
        demo.network = await ChargingNetwork.FoundAsync(demo.clerk, ("EUR", 2), [demo.meter], demo.drivers, DemoTariff.Terms, demo.clerk.Now.PlusDays(-30), cancel);
        // Nothing is paid in and no leave is given: what is charged stays owed, and is billed.
        await demo.network.AgreeAsync([new DriverTerms(demo.drivers[0], [Meter], 0, 0)], cancel);
        for (var each = 0; each < Drivers.Length; each++) await demo.CollectFromAsync(each, cancel);
        return demo;
    }

    /// <summary>The whole way, the bundle of it, and that one byte of each document is noticed where it is.</summary>
    public async Task<JsonObject> CheckAsync(DirectoryInfo folder, CancellationToken cancel)
    {
        var bundle = await RunAsync(folder, cancel);
        var report = InvoiceTrace.Check(InvoiceBundle.FromBytes(bundle.ToBytes()), host.Node.Genesis);
        var changed = new JsonObject();
        foreach (var (link, other) in InvoiceTampering.Of(bundle)) changed[link] = InvoiceTrace.Check(other).Broken?.Name;
        Files.WriteNew(Path.Combine(folder.FullName, "invoice.evidence"), bundle.ToBytes());
        var noticed = changed.All(each => (string?)each.Value == each.Key);
        return new JsonObject
        {
            ["evidence"] = Path.Combine(folder.FullName, "invoice.evidence"), ["links"] = report.Links.Count, ["broken"] = report.Broken?.Name, ["says"] = report.Links[^1].Says,
            ["changed"] = changed, ["holds"] = report.Holds && noticed && report.Links[^1].Name == "answers",
        };
    }

    /// <summary>Charges, bills, draws and reads the bank's answers; all documents are left in a folder.</summary>
    public async Task<InvoiceBundle> RunAsync(DirectoryInfo folder, CancellationToken cancel)
    {
        var sessions = await ChargeAsync(cancel);
        var on = CalendarDate.Of(TargetCalendar.Plus(clerk.Now.DayNumber + DaysOfNotice, 1)).Begin;
        var draft = SessionInvoice.Of(Number, new Instant(clerk.Now.DayNumber * Instant.Day), on, Profile(), sessions);
        var invoice = UblWriter.Write(draft);
        Files.WriteNew(Path.Combine(folder.FullName, "invoice.xml"), invoice);
        var kept = await door.KeepAsync(invoice, "application/xml", network.Operator, 0, [drivers[0].Party, Gateway.Party], cancel);
        await BillAsync(0, kept.Commitment, draft.DueCents, on, cancel);
        await BillAsync(1, Hash.Of("another driver's"u8), 1_999, on, cancel);

        var desk = new BankDesk(
            door.As(Gateway), new Wallet(door.As(Gateway), host.Node.LedgerId, Gateway.Key, new CounterFile(Path.Combine(scratch.FullName, "counters.json"))), host.Node.LedgerId, Gateway.Party, clerk.Now);
        var file = (await new CollectJob(desk).CollectAsync(null, SepaVersion.V2019, made => Files.WriteNew(Path.Combine(folder.FullName, "pain.008.xml"), made.Bytes.Span), cancel)).File!.Bytes.ToArray();
        var answers = new List<byte[]>();
        foreach (var (name, content) in BankSimulator.Answer(file))
        {
            Files.WriteNew(Path.Combine(folder.FullName, name), content);
            await AnswerJob.RunAsync(desk, new MemoryStream(content), cancel);
            answers.Add(content);
        }
        return await InvoiceEvidence.OfAsync(door.As(Gateway), Gateway.Key, agreements[0], invoice, kept.Salt, [.. sessions.Select(session => session.ToBytes())], file, answers, cancel);
    }

    public void Dispose()
    {
        meter.Dispose();
        door.Dispose();
        scratch.Delete(recursive: true);
    }

    private async Task<List<EvidenceBundle>> ChargeAsync(CancellationToken cancel)
    {
        var (sessions, begin) = (new List<MeteredSession>(), clerk.Now.PlusDays(-3));
        foreach (var wattHours in new[] { 21_500L, 8_250, 13_337 })
        {
            sessions.Add(new MeteredSession($"S-{sessions.Count + 1:D6}", drivers[0].Name, Meter, "Amsterdam", meter.Sign(begin, begin.Plus(5_400), begin.Plus(7_200), wattHours)));
            begin = begin.Plus(Instant.Day / 2);
        }
        var bundles = new List<EvidenceBundle>();
        foreach (var charged in await new SessionCharging(network, Names).ChargeAsync(sessions, cancel: cancel))
            bundles.Add(await EvidenceFetch.OfAsync(door.As(drivers[0]), charged.Answer.Id, cancel));
        return bundles;
    }

    private async Task CollectFromAsync(int each, CancellationToken cancel)
    {
        var (seller, driver, (name, iban)) = (network.Operator, drivers[each], Drivers[each]);
        var payTo = await AccountAsync(seller, "Charge & Co B.V.", "DE02120300000000202051", cancel);
        var mandate = new SepaMandate($"CHARGE-{each + 1:0000}", CreditorId, Scheme.Core, false, new Instant(clerk.Now.DayNumber * Instant.Day), await AccountAsync(driver, name, iban, cancel), null);
        var safeguard = new Mandate(Euro(100_000), Euro(1_000_000), clerk.Now.PlusDays(500));
        var agree = clerk.Begin(seller, driver).Open(Collection.Contents, new Collection.Agree(
            seller.Party, driver.Party, Gateway.Party, new CollectionTerms(Rail.DirectDebit, payTo, DaysOfNotice, Euro(300), 7), mandate, null, safeguard)).AtMost(seller.Key.Id, safeguard.InAll).SignBy(seller, driver);
        agreements.Add(new Agreement<Collection>((await clerk.MustAsync(agree, seller, cancel)).Outcome.Agreement));
    }

    private Task BillAsync(int each, Hash commitment, long cents, Instant on, CancellationToken cancel) => clerk.MustAsync(
        [clerk.Begin(network.Operator).Call(Collection.Contents, agreements[each], new Collection.Bill(commitment, Euro(cents)))
            .Call(Collection.Contents, agreements[each], new Collection.Announce(on, Last: false)).SignBy(network.Operator)], cancel);

    private InvoiceProfile Profile() => new(
        new InvoiceParty("Charge & Co B.V.", "NL123456789B01", null, "Kade 1", "Amsterdam", "1011 AB", "NL"), new InvoiceParty(Drivers[0].Name, null, null, "Gracht 2", "Utrecht", "3511 CD", "NL"),
        new InvoiceVat("S", 21, null), new InvoicePayment(
            BankAccount.Of("Charge & Co B.V.", "DE02120300000000202051", null), PaymentIds.OfDebit(host.Node.LedgerId, agreements[0], 1), new InvoiceDebit("CHARGE-0001", CreditorId, Iban.Parse(Drivers[0].Iban))));

    private async Task<Hash> AccountAsync(Actor owner, string name, string iban, CancellationToken cancel) =>
        (await door.KeepAsync(BankAccount.Of(name, iban, null).ToBytes(), BankAccount.MediaType, owner, 0, [Gateway.Party], cancel)).Commitment;

    private Amount Euro(long cents) => network.Currency.Of(cents);
}

/// <summary>One byte of each document of a bundle is another: what a trace must notice, and where.</summary>
public static class InvoiceTampering
{
    /// <summary>For each document the link that must break.</summary>
    public static IEnumerable<(string Link, InvoiceBundle Changed)> Of(InvoiceBundle bundle)
    {
        var session = EvidenceBundle.FromBytes(bundle.Sessions[0]);
        yield return ("agreement", bundle with { Opening = Flipped(bundle.Opening) });
        yield return ("bill", bundle with { Bill = Flipped(bundle.Bill) });
        yield return ("invoice", bundle with { Invoice = Flipped(bundle.Invoice) });
        yield return ("session-1/meter-signature", With(bundle, session with { Ocmf = Flipped(session.Ocmf) }));
        yield return ("session-1/charge-record", With(bundle, session with { Cdr = AnotherWord(session.Cdr) }));
        yield return ("announcement", bundle with { Notice = Flipped(bundle.Notice) });
        yield return ("handover", bundle with { Handed = Flipped(bundle.Handed) });
        yield return ("file", bundle with { File = Flipped(bundle.File) });
        for (var each = 0; each < bundle.Bank.Count; each++)
            yield return ($"bank-{each + 1}", bundle with { Bank = [.. bundle.Bank.Select((document, place) => place == each ? document with { Content = Flipped(document.Content) } : document)] });
        yield return ("answers", bundle with { Posted = [Flipped(bundle.Posted[0]), .. bundle.Posted.Skip(1)] });
    }

    /// <summary>The byte in the middle is another, or the one at a place.</summary>
    public static byte[] Flipped(byte[] bytes, int? at = null)
    {
        var changed = (byte[])bytes.Clone();
        changed[at ?? changed.Length / 2] ^= 1;
        return changed;
    }

    private static InvoiceBundle With(InvoiceBundle bundle, EvidenceBundle session) => bundle with { Sessions = [session.ToBytes(), .. bundle.Sessions.Skip(1)] };

    // A place's name in a charge record is nothing that was measured or priced: only the invoice's hash notices it.
    private static byte[] AnotherWord(byte[] cdr) => Flipped(cdr, cdr.AsSpan().IndexOf("Amsterdam"u8) is >= 0 and var at ? at : null);
}
