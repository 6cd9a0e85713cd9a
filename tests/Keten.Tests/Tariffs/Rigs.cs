using System.Text;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Tests.Tariffs;

/// <summary>What the tariff tests share: units, short ways to write terms and sessions, and money as text.</summary>
internal static class Rig
{
    public static readonly Unit Euro = new(1), Wh = new(2);
    public static readonly OcpiUnits Euros = new("EUR", Euro, 2, Wh);

    /// <summary>Monday 6 January 2020, 00:00 UTC.</summary>
    public static readonly Instant Monday = new(1_578_268_800);

    public static Instant At(int hour, int minute = 0, int day = 0) => Monday.Plus(day * Instant.Day + hour * 3_600L + minute * 60L);

    public static TariffTerms Terms(params TariffElement[] elements) => new(Euro, 2, Wh, new(elements));

    public static TariffElement Element(PriceComponent component, Restrictions? restrictions = null) => new(new(component), restrictions);

    public static PriceComponent Price(Dimension dimension, decimal price, long step = 1, decimal? vat = null) =>
        new(dimension, (long)(price * 1_000_000), step, vat is { } percent ? new Rate((long)(percent * 10_000)) : null);

    public static MeterPoint Point(Instant at, long wattHours, Activity activity = Activity.Charging, long? amperes = null) =>
        new(at, Wh.Of(wattHours), activity, amperes * 1_000);

    public static Priced Priced(TariffTerms terms, params MeterPoint[] points) => Priced(terms, null, points);

    public static Priced Priced(TariffTerms terms, Reservation? reservation, params MeterPoint[] points)
    {
        var (outcome, session) = TariffPricing.Price(terms, points, reservation);
        Assert.Equal(PricingOutcome.Priced, outcome);
        return session!;
    }

    public static PricingOutcome Outcome(TariffTerms terms, params MeterPoint[] points)
    {
        var (outcome, session) = TariffPricing.Price(terms, points);
        Assert.Equal(outcome == PricingOutcome.Priced, session is not null);
        return outcome;
    }

    public static string Cents(this Amount amount) => (amount.Minor / 100m).ToString("0.00");

    public static string Cost(Priced priced) => priced.ExclVat.Cents() + " " + priced.InclVat.Cents();

    public static TariffTerms File(string name) => Tariff(System.IO.File.ReadAllBytes(Data.Path("ocpi", name))).Terms;

    public static OcpiTariff Tariff(byte[] json)
    {
        var read = OcpiTariffReader.Read(json, Euros);
        Assert.Empty(read.Faults);
        return read.Value!;
    }

    public static OcpiTariff Tariff(string json) => Tariff(Encoding.UTF8.GetBytes(json));

    public static decimal Exact(PricedLine line) => (decimal)line.Exact / PricedLine.PerMajor;

    public static decimal ExactInclVat(PricedLine line) => (decimal)line.ExactInclVat / PricedLine.PerMajor / Rate.One;
}
