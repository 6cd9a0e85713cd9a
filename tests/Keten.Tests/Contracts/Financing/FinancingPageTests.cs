using System.Globalization;
using System.Text.RegularExpressions;
using Keten.Contracts.Financing;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Financing.Showroom;

namespace Keten.Tests.Contracts.Financing;

/// <summary>The page about financing, held against what it shows.</summary>
public sealed partial class FinancingPageTests
{
    [Fact]
    public void The_plan_comes_out_as_the_page_says()
    {
        var table = Year.Table(World.Began).Select((line, at) => new[] { at + 1L, line.Interest.Minor, line.Principal.Minor, (line.Interest + line.Principal).Minor, line.Left.Minor });
        Assert.Equal(table, Rows("## The plan").Select(row => row.Amounts));
    }

    [Fact]
    public void The_worked_loan_comes_out_as_the_page_says()
    {
        var story = Story<Loan>.Open(Showroom.NewWorld(), Agree(), [Lender, Ada]);
        var rows = Rows("## One loan, worked").ToList();
        Expect(story, rows);
        story.Meanwhile(world => world.Sells()).When(new Loan.Draw(), signedBy: [Ada]);
        Expect(story, rows);
        story.Meanwhile(world => world.Takes(Ada, 250_000)).At(Day(31));
        Expect(story, rows);
        story.At(Day(45));
        Expect(story, rows);
        story.At(Day(46)).Meanwhile(world => world.Gives(Ada, 600_000)).When(new Loan.Collect(), signedBy: [Lender]);
        Expect(story, rows);
        story.When(new Loan.PayAhead(Cents(300_000)), signedBy: [Ada]);
        Expect(story, rows);
        story.At(Day(59));
        Expect(story, rows);
        story.At(Day(68)).Meanwhile(world => world.Gives(Ada, 400_000)).When(new Loan.Settle(), signedBy: [Ada]).ThenEnded();
        Expect(story, rows);
        Assert.Empty(rows);

        static void Expect(Story<Loan> story, List<Line> rows)
        {
            var amounts = rows[0].Amounts;
            rows.RemoveAt(0);
            story.ThenBalance(Ada, Cents(amounts[0])).ThenBalance(Lender, Cents(amounts[1])).ThenBalance(Dealer, Cents(amounts[2]));
            Assert.Equal((amounts[3], amounts[4]), (story.State.Debt.Left.Minor, story.State.Arrears.Owed.Minor));
        }
    }

    [Fact]
    public void The_worked_lease_comes_out_as_the_page_says()
    {
        var story = Story<Lease>.Open(Showroom.NewWorld(), LeaseStories.Agree(), [Dealer, Ada]);
        var rows = Rows("## A lease").ToArray();
        Expect(0);
        story.When(new Lease.TakeOver(LeaseStories.Shown(1_000)), signedBy: [Ada]);
        Expect(1);
        story.At(Day(90));
        Expect(2);
        story.At(Day(91)).When(new Lease.Return(LeaseStories.Shown(5_500, Day(91))), signedBy: [Dealer]);
        Expect(3);
        story.When(new Lease.Claim(Cents(30_000), Note), signedBy: [Dealer]).When(new Lease.Accept(), signedBy: [Ada]).ThenEnded();
        Expect(4);
        Assert.Equal(5, rows.Length);

        void Expect(int row)
        {
            story.ThenBalance(Ada, Cents(rows[row].Amounts[0])).ThenBalance(Dealer, Cents(rows[row].Amounts[1]));
            Assert.Equal(rows[row].Amounts[2], story.State.Arrears.Owed.Minor);
        }
    }

    private sealed record Line(long[] Amounts);

    private static IEnumerable<Line> Rows(string section)
    {
        var page = Page();
        var from = page.IndexOf(section, StringComparison.Ordinal);
        var to = page.IndexOf("\n## ", from + section.Length, StringComparison.Ordinal);
        return Row().Matches(page[from..to]).Select(row => new Line([.. row.Groups["amount"].Captures.Select(
            amount => long.Parse(amount.Value.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))]));
    }

    [GeneratedRegex(@"(\| (?<amount>\d+(\.\d\d)?) ){3,}\|\n", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, "docs/contracts/financing.md"));
    }
}
