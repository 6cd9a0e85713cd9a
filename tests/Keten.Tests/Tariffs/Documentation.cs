using System.Text;
using Keten.Contracts.Tariffs;

namespace Keten.Tests.Tariffs;

/// <summary>The worked session of docs/tariffs.md, read from the page and redone.</summary>
public class Documentation
{
    [Fact]
    public void The_page_s_worked_session_comes_out_as_it_says()
    {
        var page = File.ReadAllText(Page());
        var json = page.Split("```json")[1].Split("```")[0];
        var terms = Rig.Tariff(json).Terms;
        Assert.Equal(PricingOutcome.Priced, TariffClock.Boundaries(terms, Rig.At(21), Rig.At(23, 52), out var changes));
        Assert.Equal(Rig.At(22), Assert.Single(changes.AsSpan().ToArray()));
        var signed = EvenSpread.At(Rig.At(21), Rig.At(23, 30), Rig.Wh.Of(0), Rig.Wh.Of(15_000), Rig.At(22));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(21), 0), new MeterPoint(Rig.At(22), signed), Rig.Point(Rig.At(23, 30), 15_000, Activity.Parking),
            Rig.Point(Rig.At(23, 52), 15_000));

        Assert.Contains($"{signed.Minor:#,0} Wh", page);
        var table = new StringBuilder();
        foreach (var line in priced.Lines)
            table.Append($"| {Name(line.Dimension)} | {Volume(line, line.Volume)} | {Volume(line, line.Billed)} | {line.Price / 1_000_000m:0.00} | {line.Cost.Cents()} |\n");
        Assert.Contains(table.ToString(), page);
        Assert.Contains($"Total without VAT {priced.ExclVat.Cents()}, VAT {priced.Vat.Cents()}, total {priced.InclVat.Cents()}.", page);
    }

    private static string Name(Dimension dimension) => dimension == Dimension.ParkingTime ? "PARKING_TIME" : dimension.ToString().ToUpperInvariant();

    private static string Volume(PricedLine line, long volume) => line.Dimension switch
    {
        Dimension.Flat => $"{volume / 1_000_000}",
        Dimension.Energy => $"{volume / 1_000_000_000m:0.000} kWh",
        _ => $"{volume / 60_000_000} min",
    };

    private static string Page()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "docs", "tariffs.md");
    }
}
