using System.Text;
using System.Text.Json.Nodes;
using Keten.Connectors.Json;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Kernel;
using Keten.Tests.Tariffs;

namespace Keten.Tests.Connectors.Ocpi;

public class Tariffs
{
    private const string Good = """
        {"country_code":"NL","party_id":"KET","id":"T1","currency":"EUR","last_updated":"2026-01-01T00:00:00Z","vendor_field":[1],
         "elements":[{"price_components":[{"type":"ENERGY","price":0.12345,"vat":21.0,"step_size":1}],"restrictions":{"start_time":"22:00","end_time":"06:00"}}]}
        """;

    [DataFact]
    public void Every_tariff_of_the_standard_s_examples_is_read_and_survives_being_written()
    {
        var files = Directory.GetFiles(Data.Path("ocpi"), "tariff*.json");
        Assert.Equal(8, files.Length);
        foreach (var file in files)
        {
            var tariff = Rig.Tariff(File.ReadAllBytes(file));
            Assert.Empty(OcpiTariffWriter.Extensions(tariff.Terms));
            var written = OcpiTariffWriter.Write(tariff);
            Assert.Equal(tariff.Terms, Rig.Tariff(written).Terms);
            Assert.True(JsonNode.DeepEquals(Plain(File.ReadAllBytes(file)), Plain(written)), file);
        }
    }

    [Fact]
    public void All_that_a_restriction_can_say_survives_being_written()
    {
        var restrictions = new Restrictions(5, 1_439, 20_000, 20_001, new Season(229, 1231), Weekday.Weekend, 1, 20_500, 6_250, 32_000, 1, 22_001, 60, 3_600);
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.ParkingTime, 1.234567m, 300, 5.2m), restrictions),
            Rig.Element(Rig.Price(Dimension.Flat, 2m), new Restrictions(Reservation: ReservationKind.Expires)),
            Rig.Element(Rig.Price(Dimension.Energy, 0.0625m))) with
        {
            MinPrice = new PriceLimit(500_000, 550_000), MaxPrice = new PriceLimit(10_000_000), ValidFrom = Rig.At(0), ValidUntil = Rig.At(24),
        };
        var tariff = new OcpiTariff("NL", "KET", "T1", "EUR", OcpiTariffType.AdHocPayment, [new OcpiText("nl", "Nacht & dag")], "https://example.com/t",
            """{"is_green_energy":true}""", Rig.At(1), terms);
        var again = Rig.Tariff(OcpiTariffWriter.Write(tariff));
        Assert.Equal(tariff.AltTexts, again.AltTexts);
        Assert.Equal(tariff with { AltTexts = [] }, again with { AltTexts = [] });
        Assert.Equal(["elements[0].price_components[0].price", "elements[0].restrictions.keten_season"], OcpiTariffWriter.Extensions(again.Terms));
    }

    [Fact]
    public void Unknown_fields_are_skipped_and_listed_where_they_could_change_a_price()
    {
        var read = Read(Good);
        Assert.Empty(read.Ignored);
        Assert.Equal(123_450, read.Value!.Terms.Elements[0].Components[0].Price);
        Assert.Equal(new Rate(210_000), read.Value.Terms.Elements[0].Components[0].Vat);
        Assert.Equal(["elements[0].restrictions.max_temperature"], Read(Good.Replace("\"start_time\"", "\"max_temperature\":3,\"start_time\"")).Ignored);
    }

    [Theory]
    [InlineData("\"ENERGY\"", "\"WATER\"", "elements[0].price_components[0].type", JsonFaultReason.UnknownValue)]
    [InlineData("0.12345", "0.1234567", "elements[0].price_components[0].price", JsonFaultReason.TooFine)]
    [InlineData("0.12345", "1e-40", "elements[0].price_components[0].price", JsonFaultReason.OutOfRange)]
    [InlineData("0.12345", "1e999", "elements[0].price_components[0].price", JsonFaultReason.OutOfRange)]
    [InlineData("0.12345", "\"0.12\"", "elements[0].price_components[0].price", JsonFaultReason.WrongType)]
    [InlineData("0.12345", "-0.1", "elements", JsonFaultReason.OutOfRange)]
    [InlineData("22:00", "24:00", "elements[0].restrictions.start_time", JsonFaultReason.NotATime)]
    [InlineData("\"start_time\":\"22:00\"", "\"start_date\":\"2026-02-30\"", "elements[0].restrictions.start_date", JsonFaultReason.NotATime)]
    [InlineData("\"start_time\":\"22:00\"", "\"min_kwh\":0.0001", "elements[0].restrictions.min_kwh", JsonFaultReason.TooFine)]
    [InlineData("\"start_time\":\"22:00\"", "\"min_kwh\":2,\"max_kwh\":1", "elements", JsonFaultReason.Inconsistent)]
    [InlineData("\"start_time\":\"22:00\"", "\"day_of_week\":[\"MONDAY\",\"FUNDAY\"]", "elements[0].restrictions.day_of_week[1]", JsonFaultReason.UnknownValue)]
    [InlineData("\"start_time\":\"22:00\"", "\"reservation\":\"PERHAPS\"", "elements[0].restrictions.reservation", JsonFaultReason.UnknownValue)]
    [InlineData("\"currency\":\"EUR\",", "", "currency", JsonFaultReason.Missing)]
    [InlineData("\"EUR\"", "\"USD\"", "currency", JsonFaultReason.OtherCurrency)]
    [InlineData("\"NL\"", "\"NLD\"", "country_code", JsonFaultReason.TooLong)]
    [InlineData("\"T1\"", "\"\\ud800\"", "", JsonFaultReason.NotJson)]
    [InlineData("\"start_time\"", "\"\\udc00\":1,\"start_time\"", "", JsonFaultReason.NotJson)]
    [InlineData("\"vendor_field\"", "\"\\ud800\"", "", JsonFaultReason.NotJson)]
    [InlineData("\"NL\"", "\"\u00e9\u00e9\u00e9\"", "country_code", JsonFaultReason.TooLong)]
    [InlineData("2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "last_updated", JsonFaultReason.NotATime)]
    [InlineData("\"id\"", "\"party_id\"", "", JsonFaultReason.NotJson)]
    [InlineData("\"vendor_field\":[1]", "\"vendor_field\":[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "", JsonFaultReason.NotJson)]
    public void What_cannot_be_carried_is_named_with_its_path(string what, string with, string path, JsonFaultReason reason)
    {
        var read = Read(Good.Replace(what, with));
        Assert.Null(read.Value);
        Assert.Contains(new JsonFault(path, reason), read.Faults);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused_and_never_thrown_upon()
    {
        var (random, good) = (new Random(3), Encoding.UTF8.GetBytes(Good));
        for (var round = 0; round < 3_000; round++)
        {
            var bytes = good.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var read = OcpiTariffReader.Read(bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length), Rig.Euros);
            Assert.Equal(read.Value is null, read.Faults.Count > 0);
        }
        Assert.Equal([new JsonFault("", JsonFaultReason.TooLarge)], OcpiTariffReader.Read(new byte[OcpiTariffReader.MaxBytes + 1], Rig.Euros).Faults);
        Assert.Equal([new JsonFault("", JsonFaultReason.WrongType)], OcpiTariffReader.Read("[]"u8.ToArray(), Rig.Euros).Faults);
    }

    private static JsonRead<OcpiTariff> Read(string json) => OcpiTariffReader.Read(Encoding.UTF8.GetBytes(json), Rig.Euros);

    /// <summary>Numbers by value and not by spelling: 32.00 is 32.</summary>
    private static JsonNode Plain(byte[] json)
    {
        var node = JsonNode.Parse(json)!;
        Walk(node);
        return node;

        static void Walk(JsonNode node)
        {
            if (node is JsonArray array)
                foreach (var item in array) Walk(item!);
            if (node is not JsonObject fields) return;
            foreach (var (name, value) in fields.ToList())
            {
                if (value is JsonValue number && number.GetValueKind() == System.Text.Json.JsonValueKind.Number)
                    fields[name] = number.GetValue<decimal>() / 1.000000000000000000000000000m;
                else if (value is not null) Walk(value);
            }
        }
    }
}
