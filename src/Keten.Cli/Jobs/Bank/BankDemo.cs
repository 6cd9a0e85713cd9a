using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Connectors.Sepa;
using Keten.Contracts.Banking;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Node.Hosting;

namespace Keten.Cli.Jobs;

/// <summary>A shop that bills three customers and draws it from their accounts at a simulated bank, on a ledger of its own.</summary>
internal sealed class BankDemo : IDisposable
{
    private const string Password = "demo";
    private const string CreditorId = "DE98ZZZ09999999999";
    private const byte DaysOfNotice = 2;
    private static readonly Amount Fee = Euro(300);
    private static readonly (string Name, string Iban, long Cents)[] Customers =
        [("Ada Lovelace", "NL91ABNA0417164300", 4_250), ("Béla Bartók", "DE89370400440532013000", 1_999), ("Chiara Neri", "IT60X0542811101000000123456", 10_001)];

    private readonly NodeHost host;
    private readonly HttpDoor door;
    private readonly Clerk clerk;
    private readonly Actor gateway = Actor.Named("gateway"), shop = Actor.Named("shop");
    private readonly List<Actor> customers = [.. Customers.Select(customer => Actor.Named(customer.Name))];
    private readonly DirectoryInfo scratch = Directory.CreateTempSubdirectory("keten-bank-");
    private Agreement<EMoney> money;
    private Hash shopsAccount;

    private BankDemo(NodeHost host)
    {
        this.host = host;
        door = new HttpDoor(new Uri(host.Url), host.Node.LedgerId);
        clerk = new Clerk(door);
    }

    /// <summary>Enrols everybody, begins the money, agrees, bills and announces.</summary>
    public static async Task<BankDemo> FoundAsync(NodeHost host, CancellationToken cancel)
    {
        var demo = new BankDemo(host);
        await demo.FoundAsync(cancel);
        return demo;
    }

    /// <summary>Leaves the gateway's key, for the commands in another terminal.</summary>
    public void KeepKey(DirectoryInfo folder)
    {
        PrivateFiles.Write(Path.Combine(folder.FullName, "password"), Password + "\n");
        new KeyFolder(Path.Combine(folder.FullName, "keys")).Keep("gateway", gateway.Key, Password);
    }

    /// <summary>The whole round, each file read twice, and what it came to.</summary>
    public async Task<JsonObject> CheckAsync(DirectoryInfo? target, CancellationToken cancel)
    {
        target?.Create();
        var folder = target ?? scratch;
        var desk = new BankDesk(
            door.As(gateway), new Wallet(door.As(gateway), host.Node.LedgerId, gateway.Key, new CounterFile(Path.Combine(scratch.FullName, "counters.json"))), host.Node.LedgerId, gateway.Party, clerk.Now);
        var debits = (await new CollectJob(desk).CollectAsync(null, SepaVersion.V2019, file => Keep(folder, "pain.008.xml", file), cancel)).File!;
        var none = (await new CollectJob(desk).CollectAsync(null, SepaVersion.V2019, _ => { }, cancel)).File is null;
        var again = await new CollectJob(desk).AgainAsync(debits.MessageId, cancel);
        var (lines, twice, sums) = (new List<AnswerLine>(), false, new List<long>());
        foreach (var (name, content) in BankSimulator.Answer(debits.Bytes.ToArray()))
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, name), content, cancel);
            lines.AddRange((await AnswerJob.RunAsync(desk, new MemoryStream(content), cancel)).Lines);
            twice |= (await AnswerJob.RunAsync(desk, new MemoryStream(content), cancel)).Changed;
            sums.Add(Balance(shop));
        }
        var paidOut = await PaidInAndOutAsync(desk, folder, lines, cancel);
        var recount = await CertifiedRecount.OfAsync(host.Node, new AccountKey(shop.Party, Euro(0).Unit, default), cancel);
        var sum = recount.Sums.GetValueOrDefault(Euro(0).Unit);
        var returned = lines.Where(line => line is { What: "undone", Reason: "AM04" }).Sum(line => line.Cents);
        var unwound = sums[^2] - sums[^1] == returned && returned > 0 && Balance(gateway) == 0;
        var remade = again is not null && again.Bytes.Span.SequenceEqual(debits.Bytes.Span);
        return new JsonObject
        {
            ["file"] = Path.Combine(folder.FullName, "pain.008.xml"), ["debits"] = debits.Count, ["collected"] = AmountText.Write(debits.Cents, 2),
            ["settled"] = lines.Count(line => line.What == "settled"), ["rejected"] = lines.Count(line => line is { What: "undone", Reason: "AC04" }),
            ["returned"] = lines.Count(line => line is { What: "undone", Reason: "AM04" }), ["creditorAfterBooking"] = AmountText.Write(sums[^2], 2),
            ["creditorAfterReturn"] = AmountText.Write(sums[^1], 2), ["unwoundToTheCent"] = unwound, ["handedOverOnce"] = none, ["madeAgainAlike"] = remade, ["readTwiceChanged"] = twice,
            ["paidOut"] = paidOut, ["accountsSum"] = AmountText.Write((long)sum, 2),
            ["holds"] = unwound && none && remade && !twice && paidOut == 1 && sum == 0 && lines.TrueForAll(line => line.What is not ("refused" or "unmatched")),
        };
    }

    public void Dispose()
    {
        door.Dispose();
        scratch.Delete(recursive: true);
    }

    // A customer sends money, has it as e-money, and gives some of it back.
    private async Task<int> PaidInAndOutAsync(BankDesk desk, DirectoryInfo folder, List<AnswerLine> lines, CancellationToken cancel)
    {
        var (ada, on) = (customers[0], Day(clerk.Now));
        lines.AddRange((await AnswerJob.RunAsync(desk, new MemoryStream(BankSimulator.PaidIn("PAID-IN-1", 25m, on, "e-money for " + ada.Party)), cancel)).Lines);
        var payTo = await AccountAsync(ada, Customers[0].Name, Customers[0].Iban, cancel);
        await clerk.MustAsync([clerk.Begin(ada).Call(EMoney.Contents, money, new EMoney.Redeem(ada.Party, Euro(1_000), payTo)).AtMost(ada.Key.Id, Euro(1_000)).SignBy(ada)], cancel);
        var own = await AccountAsync(gateway, "Gateway", "DE89370400440532013000", cancel);
        var file = await new PayoutJob(desk).PayAsync(Euro(0).Unit, own, instant: true, SepaVersion.V2019, made => Keep(folder, "pain.001.xml", made), cancel);
        if (file is null || await new PayoutJob(desk).PayAsync(Euro(0).Unit, own, true, SepaVersion.V2019, _ => { }, cancel) is not null) return 0;
        if (await new PayoutJob(desk).AgainAsync(file.MessageId, cancel) is not { } again || !again.Bytes.Span.SequenceEqual(file.Bytes.Span)) return 0;
        var paid = await AnswerJob.RunAsync(desk, new MemoryStream(BankSimulator.PaidOut("PAID-OUT-1", 10m, on, BankSimulator.IdsOf(file.Bytes.ToArray())[0])), cancel);
        lines.AddRange(paid.Lines);
        // A second file is rejected as a whole: what was given back is the customer's again.
        await clerk.MustAsync([clerk.Begin(ada).Call(EMoney.Contents, money, new EMoney.Redeem(ada.Party, Euro(400), payTo)).AtMost(ada.Key.Id, Euro(400)).SignBy(ada)], cancel);
        var second = await new PayoutJob(desk).PayAsync(Euro(0).Unit, own, instant: false, SepaVersion.V2009, _ => { }, cancel);
        for (var read = 0; read < 2; read++) lines.AddRange((await AnswerJob.RunAsync(desk, new MemoryStream(BankSimulator.Rejected(second!.MessageId, "AC01")), cancel)).Lines);
        return Balance(ada) == 1_500 && lines.Count(line => line.What == "cameBack") == 1 ? paid.Lines.Count(line => line.What == "paid") : 0;
    }

    private async Task FoundAsync(CancellationToken cancel)
    {
        await clerk.MustAsync([.. new[] { gateway, shop }.Concat(customers).Select(actor => clerk.Begin(actor).Do(new KernelCalls.Enrol(actor.Key.Public)).SignBy(actor))], cancel);
        var begin = clerk.Begin(gateway).Open(EMoney.Contents, new EMoney.Begin(gateway.Party, "EUR", 2)).SignBy(gateway);
        money = new Agreement<EMoney>((await clerk.MustAsync(begin, gateway, cancel)).Outcome.Agreement);
        shopsAccount = await AccountAsync(shop, "Shop & Söhne GmbH", "DE02120300000000202051", cancel);
        var today = clerk.Now.DayNumber;
        var on = CalendarDate.Of(TargetCalendar.Plus(today + DaysOfNotice, 1)).Begin;
        for (var each = 0; each < customers.Count; each++)
        {
            var (customer, (name, iban, cents)) = (customers[each], Customers[each]);
            var mandate = new SepaMandate($"SHOP-{each + 1:0000}", CreditorId, Scheme.Core, false, new Instant(today * Instant.Day), await AccountAsync(customer, name, iban, cancel), null);
            var safeguard = new Mandate(Euro(100_000), Euro(1_000_000), clerk.Now.PlusDays(500));
            var agree = clerk.Begin(shop, customer).Open(Collection.Contents, new Collection.Agree(
                shop.Party, customer.Party, gateway.Party, new CollectionTerms(Rail.DirectDebit, shopsAccount, DaysOfNotice, Fee, 7), mandate, null, safeguard)).AtMost(shop.Key.Id, safeguard.InAll).SignBy(shop, customer);
            var agreement = new Agreement<Collection>((await clerk.MustAsync(agree, shop, cancel)).Outcome.Agreement);
            var bill = clerk.Begin(shop).Call(Collection.Contents, agreement, new Collection.Bill(Hash.Of(System.Text.Encoding.UTF8.GetBytes($"invoice {each}")), Euro(cents)))
                .Call(Collection.Contents, agreement, new Collection.Announce(on, Last: false)).SignBy(shop);
            await clerk.MustAsync([bill], cancel);
        }
    }

    private async Task<Hash> AccountAsync(Actor owner, string name, string iban, CancellationToken cancel) =>
        (await door.KeepAsync(BankAccount.Of(name, iban, null).ToBytes(), BankAccount.MediaType, owner, 0, [gateway.Party], cancel)).Commitment;

    private long Balance(Actor of) => host.Node.Read(ledger => ledger.State.Balance(of.Party, Euro(0).Unit));

    private static void Keep(DirectoryInfo folder, string name, PaymentFile file) => File.WriteAllBytes(Path.Combine(folder.FullName, name), file.Bytes.ToArray());

    private static string Day(Instant at) => CalendarDate.Of(at) is var date ? string.Create(CultureInfo.InvariantCulture, $"{date.Year:0000}-{date.Month:00}-{date.Day:00}") : "";

    private static Amount Euro(long cents) => new Unit(1).Of(cents);
}
