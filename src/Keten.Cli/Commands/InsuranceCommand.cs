using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;
using Keten.Connectors.Insurance;
using Keten.Contracts.Insurance;
using Keten.Kernel;

namespace Keten.Cli.Commands;

/// <summary>What an insurer prepares beside the ledger.</summary>
internal static class InsuranceCommand
{
    // Age in years, power in kW, the class of bonus and malus, the area: as motor portfolios have them.
    private static readonly string[] Usual = ["age_policyholder:18,22,26,30,40,50,60,70", "power:0,40,60,80,100", "bm:0,2,3,5,8,11,14", "zip:0,1,2,3"];

    public static Command Create() => new("insurance", "Motor insurance (docs/contracts/insurance.md).") { Rates() };

    private static Command Rates()
    {
        var claims = new Option<FileInfo>("--claims") { Description = "A portfolio, CSV: nclaims, exposure in years, amount, and a column for each factor.", HelpName = "FILE", Required = true };
        var factors = new Option<string[]>("--factor")
        {
            Description = "A factor by its column, and the least value of each level: age:18,25,40. Once for each, in order; by default " + string.Join(' ', Usual) + ".", HelpName = "COLUMN:LEVELS",
            DefaultValueFactory = _ => Usual,
        };
        var claim = new Option<long?>("--per-claim") { Description = "What a claim costs, in the money's smallest part; by default the file's average, taken as that.", HelpName = "CENTS" };
        var largest = new Option<long?>("--largest") { Description = "Of a policy's claims no more than so much is counted into the average.", HelpName = "CENTS" };
        var loading = new Option<int>("--loading") { Description = "For costs and profit, in per cent of what the claims cost.", HelpName = "PERCENT", DefaultValueFactory = _ => 25 };
        var unit = new Option<uint>("--unit") { Description = "The money, by its number.", HelpName = "NUMBER", DefaultValueFactory = _ => 1 };
        var target = new Option<FileInfo?>("--out") { Description = "Where base and factors are written, in the form of the tariff's terms; the file must not be there yet.", HelpName = "FILE" };
        var command = new Command("rates", "Derives the relativities of a tariff from claims: by marginal totals, with credibility.") { claims, factors, claim, largest, loading, unit, target };
        Terminal.Runs(command, (terminal, parse) =>
        {
            var columns = Array.ConvertAll(parse.GetRequiredValue(factors), text => FactorColumn.Parse(text) ?? throw ExitException.Usage($"'{text}' is not a factor like age:18,25,40."));
            if (columns.Length is 0 or > PremiumTerms.FactorsAtMost || columns.DistinctBy(column => column.Column).Count() < columns.Length) throw ExitException.Usage("There are from 1 to 8 factors, each once.");
            if (parse.GetValue(loading) is < 0 or > 1_000 || parse.GetValue(claim) is <= 0 || parse.GetValue(largest) is <= 0 || parse.GetValue(unit) == 0) throw ExitException.Usage("An option is out of its range.");
            using var text = parse.GetRequiredValue(claims).OpenText();
            var portfolio = PortfolioCsv.Read(text, columns);
            var rates = Relativities.Derive(portfolio, columns, parse.GetValue(largest));
            var premium = new Unit(parse.GetValue(unit)).Of(rates.BasePremium(parse.GetValue(claim) ?? rates.AverageClaim, parse.GetValue(loading)));
            if (premium.Minor is <= 0 or > PremiumTerms.PriceAtMost) throw ExitException.Usage("The base comes to nothing, or to more than a tariff may have.");
            if (parse.GetValue(target) is { } file) Files.WriteNew(file.FullName, JsonSerializer.SerializeToUtf8Bytes(Terms(premium, rates), Indented));
            Tell(terminal, rates, premium, portfolio.Refused);
            return portfolio.Refused.Count == 0 ? Exit.Ok : Exit.Failed;
        });
        return command;
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // As the forms of InsuranceTariff have them: what is left to be added is scale, driving, cover and days of grace.
    private static JsonObject Terms(Amount premium, DerivedRates rates) => new()
    {
        ["base"] = new JsonObject { ["unit"] = premium.Unit.Number, ["minor"] = premium.Minor },
        ["factors"] = new JsonArray([.. rates.Factors.Select(factor => (JsonNode)new JsonObject
        {
            ["name"] = factor.Name,
            ["levels"] = new JsonArray([.. factor.Levels.Select(level => (JsonNode)new JsonObject { ["from"] = level.From, ["millionths"] = level.Millionths })]),
        })]),
    };

    private static void Tell(Terminal terminal, DerivedRates rates, Amount premium, IReadOnlyList<int> refused)
    {
        terminal.Show(
            ("policies", rates.Policies.ToString(CultureInfo.InvariantCulture)), ("claims", rates.Claims.ToString(CultureInfo.InvariantCulture)), ("years", Text(rates.Exposure, 1)),
            ("claims a year", Text(rates.Frequency, 6)), ("of the base risk", Text(rates.BaseFrequency, 6)), ("average claim", Text(rates.AverageClaim, 2)),
            ("base premium", premium.Minor.ToString(CultureInfo.InvariantCulture)), ("refused lines", refused.Count == 0 ? "none" : string.Join(", ", refused.Take(20))));
        terminal.Show(["factor", "from", "claims", "years", "own", "credibility", "millionths"], rates.Factors.SelectMany(factor => factor.Levels.Select(level => new string?[]
        {
            factor.Name, level.From.ToString(CultureInfo.InvariantCulture), level.Claims.ToString(CultureInfo.InvariantCulture), Text(level.Exposure, 1), Text(level.Own, 4), Text(level.Credibility, 4),
            level.Millionths.ToString(CultureInfo.InvariantCulture),
        })));
        var json = Terms(premium, rates);
        json["policies"] = rates.Policies;
        json["claims"] = rates.Claims;
        json["exposure"] = Text(rates.Exposure, 6);
        json["frequency"] = Text(rates.Frequency, 6);
        json["baseFrequency"] = Text(rates.BaseFrequency, 6);
        json["averageClaim"] = Text(rates.AverageClaim, 2);
        json["credibility"] = new JsonArray([.. rates.Factors.Select(factor => (JsonNode)new JsonObject
        {
            ["factor"] = factor.Name, ["constant"] = factor.Constant is { } constant ? Text(constant, 4) : null,
            ["levels"] = new JsonArray([.. factor.Levels.Select(level => (JsonNode)Text(level.Credibility, 4))]),
        })]);
        json["refused"] = new JsonArray([.. refused.Take(100).Select(line => (JsonNode)line)]);
        terminal.Result(json);
    }

    private static string Text(double value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
