using System.Globalization;
using System.Text.Json;
using Keten.Contracts.Tariffs;

namespace Keten.Tests.Tariffs;

/// <summary>The worked examples of OCPI 2.2.1's own text, to the cent.</summary>
public class WorkedPrices
{
    private static readonly JsonElement File = Read();

    [DataFact]
    public void Every_case_of_the_file_comes_out_as_the_standard_says()
    {
        var cases = File.GetProperty("cases");
        Assert.Equal(6, cases.GetArrayLength());
        foreach (var example in cases.EnumerateArray())
        {
            var priced = Rig.Priced(Terms(example.GetProperty("tariff").GetString()!), Session(example));
            Assert.Equal(example.GetProperty("exclVat").GetString(), priced.ExclVat.Cents());
            Assert.Equal(example.GetProperty("inclVat").GetString(), priced.InclVat.Cents());
            Assert.Equal(priced.InclVat - priced.ExclVat, priced.Vat);
        }
    }

    [DataFact]
    public void The_complex_tariff_gives_the_standard_s_lines()
    {
        var example = File.GetProperty("cases")[5];
        var priced = Rig.Priced(Terms("tariff_4_complex.json"), Session(example));
        var wanted = example.GetProperty("lines").EnumerateArray().Select(line =>
            (Volume(line[0].GetString()!, line[1].GetString()!), Number(line[2]), Number(line[3])));
        Assert.Equal(wanted, priced.Lines.Select(line => ((line.Dimension, line.Billed), Rig.Exact(line), Rig.ExactInclVat(line))));

        static (Dimension, long) Volume(string kind, string volume) => kind switch
        {
            "flat" => (Dimension.Flat, 1_000_000),
            "time" => (Dimension.Time, Minutes(volume)),
            _ => (Dimension.ParkingTime, Minutes(volume)),
        };
        static long Minutes(string volume) => long.Parse(volume.Split(' ')[0], CultureInfo.InvariantCulture) * 60_000_000;
        static decimal Number(JsonElement text) => decimal.Parse(text.GetString()!, CultureInfo.InvariantCulture);
    }

    [DataFact]
    public void Five_step_size_rules_are_named_and_each_has_a_test_below() => Assert.Equal(5, File.GetProperty("stepSizeRules").GetArrayLength());

    [Fact]
    public void The_step_is_that_of_the_last_component_and_fills_the_unit_s_total_once()
    {
        var terms = Rig.Terms(
            Rig.Element(Rig.Price(Dimension.Energy, 0.20m, 700), new Restrictions(EndTime: 17 * 60)), Rig.Element(Rig.Price(Dimension.Energy, 0.30m, 1_000)));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(16), 0), Rig.Point(Rig.At(17), 1_200), Rig.Point(Rig.At(18), 1_900));
        Assert.Equal([1_200_000_000L, 800_000_000], priced.Lines.Select(line => line.Billed));
    }

    [Fact]
    public void The_step_is_not_applied_to_charging_that_is_followed_by_parking()
    {
        var terms = Rig.Terms(new TariffElement(new(Rig.Price(Dimension.Time, 1.00m, 600), Rig.Price(Dimension.ParkingTime, 2.00m, 600))));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(9, 21), 100, Activity.Parking), Rig.Point(Rig.At(9, 37), 100));
        Assert.Equal([21 * 60_000_000L, 20 * 60_000_000], priced.Lines.Select(line => line.Billed));
        Assert.Equal("1.02 1.02", Rig.Cost(priced));        // 0.35 + 0.6667
    }

    [Fact]
    public void Charging_that_resumes_after_parking_is_what_the_step_fills()
    {
        var terms = Rig.Terms(new TariffElement(new(Rig.Price(Dimension.Time, 1.00m, 600), Rig.Price(Dimension.ParkingTime, 2.00m, 600))));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(9, 3), 100, Activity.Parking), Rig.Point(Rig.At(9, 7), 100),
            Rig.Point(Rig.At(9, 11), 200));
        Assert.Equal([10 * 60_000_000L, 4 * 60_000_000], priced.Lines.Select(line => line.Billed));
    }

    [Fact]
    public void Parking_that_costs_nothing_by_any_component_leaves_the_step_to_charging()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Time, 2.00m, 600)));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(9, 21), 100, Activity.Parking), Rig.Point(Rig.At(9, 37), 100));
        Assert.Equal([30 * 60_000_000L], priced.Lines.Select(line => line.Billed));
    }

    [Fact]
    public void Energy_at_two_prices_fills_one_step_in_all()
    {
        var terms = Rig.Terms(
            Rig.Element(Rig.Price(Dimension.Energy, 0.20m, 500), new Restrictions(EndTime: 17 * 60)), Rig.Element(Rig.Price(Dimension.Energy, 0.27m, 500)));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(16), 0), Rig.Point(Rig.At(17), 4_300), Rig.Point(Rig.At(18), 5_400));
        Assert.Equal(5_500_000_000, priced.Lines.Sum(line => line.Billed));
        Assert.Equal("1.18 1.18", Rig.Cost(priced));        // 4.3 × 0.20 + 1.2 × 0.27 = 1.184
    }

    [Fact]
    public void Time_at_two_prices_fills_one_step_in_all_at_the_later_price()
    {
        var terms = Rig.Terms(
            Rig.Element(Rig.Price(Dimension.Time, 5m, 600), new Restrictions(EndTime: 17 * 60)), Rig.Element(Rig.Price(Dimension.Time, 7m, 600)));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(16, 54), 0), Rig.Point(Rig.At(17, 22), 1_000));
        Assert.Equal([6 * 60_000_000L, 24 * 60_000_000], priced.Lines.Select(line => line.Billed));
        Assert.Equal("3.30 3.30", Rig.Cost(priced));
    }

    [Fact]
    public void A_start_fee_energy_and_parking_add_up()
    {
        var terms = Rig.Terms(new TariffElement(new(
            Rig.Price(Dimension.Flat, 0.50m, 1, 20), Rig.Price(Dimension.Energy, 0.25m, 1, 10), Rig.Price(Dimension.ParkingTime, 2m, 900, 20))));
        Assert.Equal("7.00 7.90", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(10), 20_000, Activity.Parking),
            Rig.Point(Rig.At(10, 40), 20_000))));
    }

    [Fact]
    public void Three_euro_an_hour_and_five_for_parking()
    {
        var terms = Rig.Terms(new TariffElement(new(Rig.Price(Dimension.Time, 3m, 60, 10), Rig.Price(Dimension.ParkingTime, 5m, 300, 20))));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(11, 30), 9_000, Activity.Parking), Rig.Point(Rig.At(12, 12), 9_000));
        Assert.Equal("11.25 12.75", Rig.Cost(priced));
    }

    [Fact]
    public void The_first_hour_and_the_first_kWh_are_free()
    {
        var terms = Rig.Terms(
            new TariffElement(new(Rig.Price(Dimension.Energy, 0, 0)), new Restrictions(MaxEnergy: 1_000)), Rig.Element(Rig.Price(Dimension.Energy, 0.20m)),
            Rig.Element(Rig.Price(Dimension.ParkingTime, 0, 0), new Restrictions(MaxDuration: 3_600)),
            Rig.Element(Rig.Price(Dimension.ParkingTime, 2m, 60), new Restrictions(MinDuration: 3_600, MaxDuration: 14_400)),
            Rig.Element(Rig.Price(Dimension.ParkingTime, 3m, 60)));
        var priced = Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(9), 20_000, Activity.Parking), Rig.Point(Rig.At(11, 45), 20_000));
        Assert.Equal("7.30", priced.ExclVat.Cents());
    }

    [Theory]
    [InlineData(5, 60, 15, 0, "6.75 7.60")]
    [InlineData(5, 300, 13, 2, "8.75 10.00")]
    [InlineData(2, 600, 22, 0, "6.50 7.30")]
    [InlineData(3, 600, 22, 0, "7.00 7.90")]
    public void A_reservation_before_a_session_has_its_own_price_fee_and_step(int perHour, long step, int minutes, int fee, string cost)
    {
        var priced = Rig.Priced(Reservable(perHour, step, fee, expiry: 4), new Reservation(Rig.At(8), Rig.At(8, minutes)),
            Rig.Point(Rig.At(8, minutes), 0), Rig.Point(Rig.At(10), 20_000));
        Assert.Equal(cost, Rig.Cost(priced));
    }

    [Fact]
    public void A_reservation_that_expires_costs_its_time_and_its_fee() =>
        Assert.Equal("6.00 7.20", Rig.Cost(Rig.Priced(Reservable(2, 600, 0, expiry: 4), new Reservation(Rig.At(8), Rig.At(9), Expired: true))));

    [DataFact]
    public void Energy_is_free_for_half_an_hour_and_dearer_after_one()
    {
        var terms = Rig.File("tariffrestriction_example_max_duration.json");
        Assert.Equal("0.30 0.36", Rig.Cost(Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(9, 30), 5_000), Rig.Point(Rig.At(9, 40), 6_200))));
    }

    [DataFact]
    public void A_free_tariff_costs_nothing() =>
        Assert.Equal("0.00 0.00", Rig.Cost(Rig.Priced(Rig.File("tariff_5_free_of_charge.json"), Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(10), 5_000))));

    [DataTheory]
    [InlineData(16, 35, 35, "1.30")]        // 25 min at 1.20 and 20 min at 2.40 an hour
    [InlineData(19, 55, 10, "0.60")]        // 15 min at 2.40 an hour, over 20:00
    public void Steps_across_a_change_of_price_are_filled_at_the_later_price(int hour, int minute, int minutes, string cost)
    {
        var begin = Rig.At(hour, minute);
        var priced = Rig.Priced(Rig.File("tariff_14_step_size.json"), Rig.Point(begin, 0), Rig.Point(begin.Plus(minutes * 60), 1_000));
        Assert.Equal(cost, priced.ExclVat.Cents());
    }

    [DataTheory]
    [InlineData(0, 9, 30, 147, 16, 42, "8.70 9.94")]        // weekday, below 32 A: 2.50 + 2.45 + 3.75
    [InlineData(5, 13, 30, 114, 43, 71, "12.38 13.98")]     // Saturday, above 32 A: 2.50 + 2.375 + 7.50
    public void The_complex_tariff_bills_charging_to_the_second_where_parking_follows(int day, int hour, int minute, int charging, int amperes, int parking,
        string cost)
    {
        var begin = Rig.At(hour, minute, day);
        var priced = Rig.Priced(Rig.File("tariff_4_complex.json"),
            Rig.Point(begin, 0, amperes: amperes), Rig.Point(begin.Plus(charging * 60), 9_000, Activity.Parking),
            Rig.Point(begin.Plus((charging + parking) * 60), 9_000));
        Assert.Equal(cost, Rig.Cost(priced));
    }

    private static TariffTerms Reservable(int perHour, long step, int fee, int expiry)
    {
        List<TariffElement> elements = [];
        if (fee > 0) elements.Add(Rig.Element(Rig.Price(Dimension.Flat, fee, 1, 20), new Restrictions(Reservation: ReservationKind.Reservation)));
        elements.Add(Rig.Element(Rig.Price(Dimension.Flat, expiry, 1, 20), new Restrictions(Reservation: ReservationKind.Expires)));
        elements.Add(Rig.Element(Rig.Price(Dimension.Time, perHour, step, 20), new Restrictions(Reservation: ReservationKind.Reservation)));
        elements.Add(new TariffElement(new(Rig.Price(Dimension.Flat, 0.50m, 1, 20), Rig.Price(Dimension.Energy, 0.25m, 1, 10))));
        return Rig.Terms([.. elements]);
    }

    private static TariffTerms Terms(string tariff)
    {
        var (start, energy) = (Rig.Price(Dimension.Flat, 0.50m, 1, 20), Rig.Price(Dimension.Energy, 0.25m, 1, 10));
        return tariff switch
        {
            "0.25/kWh, 10% VAT, step 1 Wh" => Rig.File("tariff_8_simple_025kwh.json"),
            "start 0.50 with 20% VAT; 0.25/kWh, 10% VAT" => Rig.File("tariff_9_025kwh_start.json"),
            "0.25/kWh, 10% VAT; minimum price 0.50 (0.55 with VAT)" => Rig.Terms(Rig.Element(energy)) with { MinPrice = new PriceLimit(500_000, 550_000) },
            "maximum price 10 (11 with VAT); start 0.50 with 20% VAT; 0.25/kWh, 10% VAT" =>
            Rig.File("tariff_6_025kwh_start_max_price.json") with { ValidUntil = null },
            "2.00/hour charging, 10% VAT, step 60 s" => Rig.File("tariff_1_simple_2hour.json"),
            "tariff_4_complex.json" => Rig.File(tariff),
            _ => throw new InvalidOperationException("A case that is not known: " + tariff + start),
        };
    }

    private static MeterPoint[] Session(JsonElement example)
    {
        var minutes = Minutes("chargingMinutes") ?? 60;
        var wattHours = example.TryGetProperty("kWh", out var kWh) ? (long)(kWh.GetDecimal() * 1_000) : 8_000;
        var (begin, amperes) = (Rig.At(9, 30), example.TryGetProperty("maxCurrentA", out var current) ? current.GetInt64() : (long?)null);
        var charged = begin.Plus(minutes * 60);
        return Minutes("parkingMinutes") is { } parking
            ? [Rig.Point(begin, 0, amperes: amperes), Rig.Point(charged, wattHours, Activity.Parking), Rig.Point(charged.Plus(parking * 60), wattHours)]
            : [Rig.Point(begin, 0, amperes: amperes), Rig.Point(charged, wattHours)];

        int? Minutes(string name) => example.TryGetProperty(name, out var value) ? value.GetInt32() : null;
    }

    private static JsonElement Read() =>
        Directory.Exists(Data.Root) ? JsonDocument.Parse(System.IO.File.ReadAllBytes(Data.Path("ocpi", "worked-prices.json"))).RootElement : default;
}
