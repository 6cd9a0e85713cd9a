using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Keten.Connectors.Insurance;
using Keten.Contracts.Insurance;
using Keten.Kernel;
using Keten.Testing;
using Keten.Tests.Commands;
using static Keten.Tests.Contracts.Cast;
using static Keten.Tests.Contracts.Insurance.Underwriting;
using static Keten.Tests.Contracts.Vehicles.Garage;

namespace Keten.Tests.Contracts.Insurance;

/// <summary>The page about insurance, held against what it shows; and the published portfolio and drives that it rests on.</summary>
public sealed partial class InsurancePageTests
{
    private static readonly FactorColumn[] Columns =
    [
        .. new[] { "age_policyholder:18,22,26,30,40,50,60,70", "power:0,40,60,80,100", "bm:0,2,3,5,8,11,14", "zip:0,1,2,3" }.Select(text => FactorColumn.Parse(text)!),
    ];

    [Fact]
    public void The_worked_winter_of_a_policy_comes_out_as_the_page_says()
    {
        var story = Story<MotorPolicy>.Open(TariffWorld(), Quote(), [Insurer]);
        var rows = Row().Matches(Page()).GetEnumerator();
        story.When(Accept(), signedBy: [Ada]).Meanwhile(world => world.Open(Agree(), Insurer, Ada));
        Expect();
        story.At(Day(10)).When(Driven(After(1, Day(10), 1_000, 15))).At(Day(20)).Meanwhile(world => world.Do(Claims, Crash("crash", Day(20), 1_200)));
        Expect();
        story.At(Day(23)).Meanwhile(world => Serve(world, "invoice")).Meanwhile(world => world.Do(Claims, Repair("invoice", 120_000, 1)));
        Expect();
        story.Meanwhile(world => world.Do(Claims, new MotorClaims.TakeMoney(1, Note), Ada));
        Expect();
        story.At(Day(31));
        Expect();
        story.Meanwhile(world => world.Do(Claims, new MotorClaims.Seek(1, Bob, Cents(138_600), Note), Insurer).Do(Claims, new MotorClaims.Repay(1, Cents(10_000)), Bob));
        Expect();
        story.At(Day(45)).When(new MotorPolicy.Cancel(), signedBy: [Ada]).ThenEnded();
        Expect();
        Assert.False(rows.MoveNext());

        void Expect()
        {
            Assert.True(rows.MoveNext());
            var amounts = ((Match)rows.Current).Groups["amount"].Captures.Select(amount => long.Parse(amount.Value.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture)).ToArray();
            story.ThenBalance(Ada, Cents(amounts[0])).ThenBalance(Insurer, Cents(amounts[1])).ThenBalance(Shop, Cents(amounts[2])).ThenHeld(Cents(amounts[3]));
            Assert.Equal(amounts[4], story.World.State.Balance(Owner.Of(Claims.Number), Euro));
        }
    }

    [DataFact]
    public void The_rates_of_the_published_portfolio_are_those_of_the_page()
    {
        using var text = File.OpenText(Data.Path("insurance-mtpl", "MTPL_A.csv"));
        var portfolio = PortfolioCsv.Read(text, Columns);
        var rates = Relativities.Derive(portfolio, Columns);
        Assert.Empty(portfolio.Refused);
        Assert.Equal((15_000, 1_826L), (rates.Policies, rates.Claims));
        var rows = RateRow().Matches(Page());
        var derived = rates.Factors.SelectMany(factor => factor.Levels.Select(level => string.Create(
            CultureInfo.InvariantCulture, $"| {factor.Name} | {level.From} | {level.Claims} | {level.Exposure:F1} | {level.Own:F3} | {level.Credibility:F3} | {level.Millionths} |"))).ToArray();
        Assert.Equal(derived, rows.Select(row => row.Value));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{rates.BaseFrequency:F4} claims a year"), Page(), StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{rates.AverageClaim:F0} a claim"), Page(), StringComparison.Ordinal);
    }

    [DataFact]
    public async Task The_command_writes_what_a_tariff_takes_and_the_same_each_time()
    {
        using var shell = new Shell();
        var (exit, json) = await shell.JsonAsync("insurance", "rates", "--claims", Data.Path("insurance-mtpl", "MTPL_A.csv"), "--per-claim", "150000", "--out", shell["tariff.json"]);
        var (_, again) = await shell.JsonAsync("insurance", "rates", "--claims", Data.Path("insurance-mtpl", "MTPL_A.csv"), "--per-claim", "150000");
        Assert.Equal(0, exit);
        Assert.Equal(json.ToJsonString(), again.ToJsonString());
        var written = JsonNode.Parse(await File.ReadAllTextAsync(shell["tariff.json"]))!.AsObject();
        Assert.Equal(json["base"]!.ToJsonString(), written["base"]!.ToJsonString());
        var factors = written["factors"]!.AsArray().Select(factor => new RatingFactor(
            (string)factor!["name"]!, new([.. factor["levels"]!.AsArray().Select(level => new RatingLevel((uint)level!["from"]!, (uint)level["millionths"]!))]))).ToArray();
        var terms = Terms with { Base = Cents((long)written["base"]!["minor"]!), Factors = new(factors) };
        Assert.True(terms.AreWhole);
        Open(terms);

        static void Open(PremiumTerms terms) => Story<InsuranceTariff>.Open(Underwriting.NewWorld(), new InsuranceTariff.Publish(Insurer, terms, Derived), [Insurer]).ThenState(new InsuranceTariff(Insurer, terms, Derived, 0, false));
    }

    [Theory]
    [InlineData("--factor", "age")]
    [InlineData("--loading", "-1")]
    [InlineData("--unit", "0")]
    [InlineData("--per-claim", "0")]
    public async Task Options_that_make_no_tariff_are_wrong_use(string option, string value)
    {
        using var shell = new Shell();
        await File.WriteAllTextAsync(shell["claims.csv"], "age_policyholder,power,bm,zip,nclaims,exposure,amount\n40,60,1,1,1,1,50000\n");
        Assert.Equal(2, (await shell.RunAsync("insurance", "rates", "--claims", shell["claims.csv"], option, value)).Exit);
        Assert.Equal(0, (await shell.RunAsync("insurance", "rates", "--claims", shell["claims.csv"])).Exit);
    }

    [DataFact]
    public void Drives_that_were_logged_second_by_second_are_paid_by_what_the_box_has_counted()
    {
        var story = Story<MotorPolicy>.Open(TariffWorld(), Quote(), [Insurer]).When(Accept(), signedBy: [Ada]);
        var (metres, number, counter) = (0.0, 0u, Start);
        var day = 10;
        foreach (var file in new[] { "drive1", "drive7", "idle9", "live10", "live12" })
        {
            var (readings, last) = (new List<DriveCounter>(), default(double?));
            foreach (var line in File.ReadLines(Data.Path("telematics-carobd", file + ".csv")).Skip(1))
            {
                // The seconds since the engine was started, and km/h.
                var cells = line.Split(',');
                var (at, speed) = (double.Parse(cells[0], CultureInfo.InvariantCulture), double.Parse(cells[2], CultureInfo.InvariantCulture));
                var seconds = (uint)(at - (last ?? at));
                metres += speed / 3.6 * seconds;
                counter = counter with { At = Day(day).Plus((long)at), Metres = Start.Metres + (uint)metres, Seconds = counter.Seconds + seconds };
                last = at;
                if ((long)at / 120 > readings.Count) readings.Add(counter = counter with { Number = Start.Number + ++number });
            }
            readings.Add(counter = counter with { Number = Start.Number + ++number });
            story.At(Day(day++, 1));
            foreach (var reading in readings) story.When(Driven(reading));
        }
        Assert.Equal((13_873u, 3_191u), (counter.Metres - Start.Metres, counter.Seconds - Start.Seconds));
        story.At(Day(31)).ThenEmitted(MotorPolicyStories.Settled(Day(0), earned: 4_000, driven: 49, paid: 49, owed: 0));
    }

    [GeneratedRegex(@"(\| (?<amount>\d+\.\d\d) ){5}\|\n", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\| (age_policyholder|power|bm|zip) \| .* \|", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RateRow();

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, "docs/contracts/insurance.md"));
    }
}
