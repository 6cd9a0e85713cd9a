using System.Globalization;
using System.Text.RegularExpressions;
using Keten.Contracts.Machines;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Machines.Hall;

namespace Keten.Tests.Contracts.Machines;

/// <summary>The page about machines, held against what it shows.</summary>
public sealed partial class MachinePageTests
{
    [Fact]
    public void The_worked_spring_of_a_machine_comes_out_as_the_page_says()
    {
        var story = Story<MachineUse>.Open(Hall.NewWorld(), Agree(each: 30_000), All);
        var rows = Row().Matches(Page()).GetEnumerator();
        Expect();
        story.Makes(1, day: 10, pieces: 150, hours: 10).At(February);
        Expect();
        story.At(March);
        Expect();
        story.At(Day(70)).When(Reading(After(2, Day(70), 550, 30, down: 4), new Condition(200, 0))).At(Day(90));
        Expect();
        story.When(new MachineUse.Credit(March, Cents(2_000), Paper("note")), signedBy: [Maker]);
        Expect();
        story.When(new MachineUse.Leave(Shop), signedBy: [Shop]).At(Day(104)).ThenEnded();
        Expect();
        Assert.False(rows.MoveNext());

        void Expect()
        {
            Assert.True(rows.MoveNext());
            var amounts = ((Match)rows.Current).Groups["amount"].Captures.Select(amount => Cents(long.Parse(amount.Value.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))).ToArray();
            story.ThenBalance(Shop, amounts[0]).ThenBalance(Maker, amounts[1]).ThenBalance(Lender, amounts[2]).ThenBalance(Insurer, amounts[3]);
            Assert.Equal(amounts[4], story.State.Dues.Owed);
        }
    }

    [GeneratedRegex(@"(\| (?<amount>\d+\.\d\d) ){5}\|\n", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, "docs/contracts/machines.md"));
    }
}
