using System.Text.RegularExpressions;
using Keten.Contracts.Parts;
using Keten.Kernel;
using Keten.Testing;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Parts.Stores;

namespace Keten.Tests.Contracts.Parts;

/// <summary>The page about parts, held against what it shows.</summary>
public sealed partial class PartsPageTests
{
    [Fact]
    public void The_worked_battery_comes_out_as_the_page_says()
    {
        var battery = BatteryNo("5001");
        var story = Story<SerialParts>.Open(Stores.NewWorld(), new SerialParts.Begin(Brand, Register), [Brand]);
        Stock(story.World, story.Agreement);
        Follow("One battery, worked", () => $"| {Count(SerialParts.Holders)} | {story.State.Alarms} | {story.State.Unexplained} |",
            () => story.When(new SerialParts.Assemble(CellNo("1"), battery, By(Works)), signedBy: [Works]).When(new SerialParts.Assemble(CellNo("2"), battery, By(Works)), signedBy: [Works]),
            () => story.When(new SerialParts.Mount(battery, Vin, By(Works)), signedBy: [Works]),
            () => story.When(new SerialParts.Mount(battery, OtherVin, By(Shop)), signedBy: [Shop]),
            () => story.When(new SerialParts.Explain(1, Why), signedBy: [Brand]),
            () => story.When(new SerialParts.Correct(battery, 2, Why), signedBy: [Shop]),
            () => story.When(new SerialParts.CallBack(1, "26V103000", Sheet), signedBy: [Maker]),
            () => story.When(new SerialParts.Remove(battery, Vin, By(Shop)), signedBy: [Shop]));

        // In each vehicle the battery stands as one of batch 2, and its cells as those of batch 1: two records.
        long Count(Records<HoldingKey, SerialParts.Holding> holders) => story.World.State.Rows.CountOf(story.Agreement.Number, holders.Number) / 2;
    }

    [Fact]
    public void The_worked_supply_comes_out_as_the_page_says()
    {
        var story = Story<JustInTime>.Open(
            StockedWorld(), new JustInTime.Agree(Works, Maker, PartsBook, new SupplyTerms(Cell, Cents(250), Cents(5_000), Cents(100), 50), UpTo(100_000, 900_000), UpTo(100_000, 900_000)), [Works, Maker]);
        Follow("Just in time", () => $"| {Has(Works)} | {Has(Maker)} | {story.State.InStock} |",
            () => story.When(new JustInTime.CallOff(100, Day(0), Day(1)), signedBy: [Works]),
            () => story.When(new JustInTime.Receive(1, new(new Lot(Cell, "1", 90)), 0, Done), signedBy: [Works]),
            () => story.At(Day(1)),
            () => story.When(new JustInTime.Receive(1, new(new Lot(Cell, "91", 10)), 0, Done), signedBy: [Works]),
            () => story.When(new JustInTime.Use(new Lot(Cell, "1", 60)), signedBy: [Works]),
            () => story.When(new JustInTime.LetOff(1, Cents(6_000), Why), signedBy: [Works]));

        string Has(Actor who) => (story.World.State.Balance(who.Party, Euro) / 100m).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Every_refusal_that_the_page_names_is_one_and_every_alarm_is_on_it()
    {
        var page = Page();
        foreach (Match named in Refused().Matches(page))
            foreach (var name in named.Groups["names"].Value.Split(", "))
                Assert.NotNull(typeof(Warranty).GetField(name.Trim('`')) ?? (object?)(Enum.TryParse<AlarmKind>(name.Trim('`'), out var kind) ? kind : null));
        foreach (var kind in Enum.GetNames<AlarmKind>()) Assert.Contains($"| `{kind}` |", page, StringComparison.Ordinal);
    }

    private static void Follow(string section, Func<string> stands, params ReadOnlySpan<Action> steps)
    {
        var rows = Row().Matches(Page().Split("\n## " + section + "\n")[1].Split("\n## ")[0]).Select(row => row.Value).ToArray();
        Assert.Equal(steps.Length, rows.Length);
        for (var each = 0; each < steps.Length; each++)
        {
            steps[each]();
            Assert.Equal(rows[each], stands());
        }
    }

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, "docs", "contracts", "parts.md"));
    }

    [GeneratedRegex(@"\| [\d.]+ \| [\d.]+ \| [\d.]+ \|(?=\n)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\n\| (?<names>(`\w+`(, )?)+) \|", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Refused();
}
