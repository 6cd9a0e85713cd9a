using System.Globalization;
using System.Text.RegularExpressions;
using Keten.Client;
using Keten.Contracts.Banking;
using Keten.Contracts.Metering;
using Keten.Contracts.Money;
using Keten.Contracts.Tariffs;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts;

/// <summary>The pages about contracts, held against what they show.</summary>
public sealed partial class Documentation
{
    [Fact]
    public void The_page_on_adding_a_contract_shows_the_files_that_are_compiled_and_run()
    {
        var blocks = Page("docs/adding-a-contract.md").Split("```csharp\n").Skip(1).Select(rest => rest.Split("```")[0]).ToArray();
        Assert.Equal(Page("tests/Keten.Tests/Contracts/Tolls/Toll.cs"), blocks[0]);
        Assert.Equal(Page("tests/Keten.Tests/Contracts/Tolls/TollStories.cs"), blocks[1]);
    }

    [Fact]
    public void The_worked_month_of_metered_use_comes_out_as_the_page_says()
    {
        var (first, second, paper) = (Paper("first"), Paper("second"), Paper("paper"));
        var world = PricedWorld();
        var story = Story<MeteredUse>.Open(
            world, new MeteredUse.Agree(Grid, Ada, Judge, Prices, new Many<Party>(Box), Cents(1_000), UpTo(1_000, 5_000), UpTo(2_000, 5_000)), [Grid, Ada]);
        var rows = Rows("docs/contracts/metered-use.md").GetEnumerator();
        Expect();
        story.When(Session(first, 0, 0, 12_000));
        Expect();
        story.When(Session(second, 300, 12_000, 20_000));
        Expect();
        story.When(new MeteredUse.Credit(second, Cents(300), Cents(50), paper), signedBy: [Grid]);
        Expect();
        story.When(new MeteredUse.Dispute(first, paper), signedBy: [Ada]);
        Expect();
        story.When(new MeteredUse.Answer(first, paper), signedBy: [Grid]).When(new MeteredUse.Rule(first, Cents(240)), signedBy: [Judge]);
        Expect();
        story.When(new MeteredUse.End(), signedBy: [Ada]).ThenEnded();
        Expect();
        Assert.False(rows.MoveNext());

        void Expect()
        {
            Assert.True(rows.MoveNext());
            story.ThenBalance(Ada, Cents(rows.Current.Customer)).ThenBalance(Grid, Cents(rows.Current.Provider)).ThenHeld(Cents(rows.Current.Held));
        }

        MeteredUse.Charge Session(Hash document, int after, long from, long until) => new(world.Signed(
            new MeteredUse.Usage(story.Agreement, document, new Many<MeterPoint>(new(Day(0).Plus(after), Wh(from)), new(Day(0).Plus(after + 300), Wh(until)))), Box));
    }

    [Fact]
    public void The_worked_evening_of_clearing_comes_out_as_the_page_says()
    {
        var story = Story<Clearing>.Open(NewWorld(), new Clearing.Begin(Judge, Euro), [Judge])
            .When(new Clearing.Join(Ada, UpTo(500, 900)), signedBy: [Ada]).When(new Clearing.Join(Grid, UpTo(500, 900)), signedBy: [Grid]);
        var lines = Page("docs/contracts/clearing.md").Split('\n').Where(line => line.Contains('→', StringComparison.Ordinal)).ToArray();
        var rows = Rows("docs/contracts/clearing.md").ToArray();
        Assert.Equal(4, lines.Length);
        for (var each = 0; each < lines.Length; each++)
        {
            var payments = Payment().Matches(lines[each]).Select(payment =>
                new Clearing.Payment(uint.Parse(payment.Groups["from"].Value, CultureInfo.InvariantCulture), uint.Parse(payment.Groups["to"].Value, CultureInfo.InvariantCulture), Minor(payment.Groups["sum"].Value)));
            story.When(new Clearing.Clear(new Many<Clearing.Payment>([.. payments]), Paper($"statement {each}")), signedBy: [Judge]);
            if (lines[each].Contains("refused", StringComparison.Ordinal)) story.ThenRefused(KernelRefusal.OverMandate);
            story.ThenBalance(Ada, Cents(rows[each].Customer)).ThenBalance(Grid, Cents(rows[each].Provider)).ThenHeld(Cents(rows[each].Held));
        }
    }

    [Fact]
    public void The_worked_hour_of_ticks_comes_out_as_the_page_says()
    {
        var payer = new TickPayer(Paper("secret").ToArray(), 2_000);
        var story = Story<TickChannel>.Open(NewWorld(), new TickChannel.Open(Ada, Grid, Cents(2), 2_000, payer.Anchors, Day(1)), [Ada]);
        var rows = Rows("docs/contracts/tick-channel.md").ToArray();
        Assert.Equal(4, rows.Length);
        Expect(0);
        story.When(new TickChannel.Claim(1_000, payer.LinkOf(1_000)), signedBy: []);
        Expect(1);
        story.When(new TickChannel.Claim(1_500, payer.LinkOf(1_500)), signedBy: []);
        Expect(2);
        story.When(new TickChannel.Close(), signedBy: [Grid]).ThenEnded();
        Expect(3);

        void Expect(int row) => story.ThenBalance(Ada, Cents(rows[row].Customer)).ThenBalance(Grid, Cents(rows[row].Provider)).ThenHeld(Cents(rows[row].Held));
    }

    [Fact]
    public void The_worked_weeks_of_direct_debit_come_out_as_the_page_says()
    {
        var (january, entry, paper) = (Paper("January's invoice"), Paper("an entry"), Paper("an account"));
        var terms = new CollectionTerms(Rail.DirectDebit, paper, DaysOfNotice: 5, Cents(300), DaysToRemind: 7);
        var mandate = new SepaMandate("GRID-0001", "DE98ZZZ09999999999", Scheme.Core, OneOff: false, Day(-10), paper, null);
        var world = NewWorld().Do(Money, new EMoney.Issue(Box, Cents(5_000), Paper("the bank's credits")), Bank);
        var story = Story<Collection>.Open(world, new Collection.Agree(Grid, Ada, Box, terms, mandate, null, UpTo(50_000, 50_000)), [Grid, Ada]);
        var rows = Rows("docs/contracts/direct-debit.md").GetEnumerator();
        Expect();
        story.When(new Collection.Bill(january, Cents(4_250)), signedBy: [Grid]);
        Expect();
        story.When(new Collection.Announce(Day(11), Last: false), signedBy: [Grid]);
        Expect();
        story.When(new Collection.Present(1, paper), signedBy: [Box]).When(new Collection.TakeIn(1), signedBy: [Box]).At(Day(11, 12));
        Expect();
        story.When(new Collection.Settle(1, Day(11), entry), signedBy: [Box]);
        Expect();
        story.When(new Collection.Undo(1, Undoing.Return, "AM04", Day(13)), signedBy: [Box]);
        Expect();
        story.Later(7).ThenEmitted(new Collection.Reminded(Cents(4_550), 1));
        Expect();
        story.When(new Collection.Pay(Cents(4_550)), signedBy: [Ada]);
        Expect();
        Assert.False(rows.MoveNext());

        void Expect()
        {
            Assert.True(rows.MoveNext());
            story.ThenBalance(Grid, Cents(rows.Current.Customer)).ThenBalance(Box, Cents(rows.Current.Provider)).ThenHeld(Cents(0));
            Assert.Equal(rows.Current.Held, (story.State.Debt.Open + story.State.Debt.Underway).Minor);
        }
    }

    [Fact]
    public void The_worked_sale_of_a_vehicle_comes_out_as_the_page_says()
    {
        var story = Story<Sale>.Open(
            KeptWorld(), new Sale.Offer(Ada, Bob, Judge, Register, Vin, Cents(8_000), Cents(1_000), new SaleTerms(7, 3, 14, 14, 90), UpTo(3_000, 3_000)), [Ada]);
        var rows = Rows("docs/contracts/vehicles.md").ToArray();
        Assert.Equal(4, rows.Length);
        story.When(new Sale.Accept(), signedBy: [Bob]);
        Expect(0);
        story.Meanwhile(world => world.Do(Register, new Registration.Transfer(Vin, Bob), Ada, Bob)).When(new Sale.Complete(), signedBy: [Bob]);
        Expect(1);
        story.Later(14);
        Expect(2);
        story.When(new Sale.Contest(Paper("claim")), signedBy: [Bob]).When(new Sale.Rule(Cents(2_500)), signedBy: [Judge]);
        Expect(3);

        void Expect(int row) => story.ThenBalance(Bob, Cents(rows[row].Customer)).ThenBalance(Ada, Cents(rows[row].Provider)).ThenHeld(Cents(rows[row].Held));
    }

    private static IEnumerable<(long Customer, long Provider, long Held)> Rows(string page) =>
        Row().Matches(Page(page)).Select(row => (Minor(row.Groups["customer"].Value), Minor(row.Groups["provider"].Value), Minor(row.Groups["held"].Value)));

    private static long Minor(string amount) => long.Parse(amount.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<from>\d+)→(?<to>\d+) (?<sum>\d+\.\d\d)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Payment();

    [GeneratedRegex(@"\| (?<customer>\d+\.\d\d) \| (?<provider>\d+\.\d\d) \| (?<held>\d+\.\d\d) \|\n", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Row();

    private static string Page(string path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, path));
    }
}
