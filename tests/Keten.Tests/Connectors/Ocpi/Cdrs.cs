using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Connectors.Json;
using Keten.Connectors.Ocpi;
using Keten.Contracts.Tariffs;
using Keten.Tests.Tariffs;

namespace Keten.Tests.Connectors.Ocpi;

public class Cdrs
{
    /// <summary>What the standard gives cardinality 1 or +, by object (OCPI 2.2.1, modules CDRs and Tariffs).</summary>
    private static readonly (string Path, string[] Required)[] Cardinalities =
    [
        ("", ["country_code", "party_id", "id", "start_date_time", "end_date_time", "cdr_token", "auth_method", "cdr_location", "currency", "charging_periods",
            "total_cost", "total_energy", "total_time", "last_updated"]),
        ("cdr_token", ["country_code", "party_id", "uid", "type", "contract_id"]),
        ("cdr_location", ["id", "address", "city", "country", "coordinates", "evse_uid", "evse_id", "connector_id", "connector_standard", "connector_format",
        "connector_power_type"]),
        ("cdr_location.coordinates", ["latitude", "longitude"]),
        ("tariffs", ["country_code", "party_id", "id", "currency", "elements", "last_updated"]),
        ("tariffs.elements", ["price_components"]),
        ("tariffs.elements.price_components", ["type", "price", "step_size"]),
        ("charging_periods", ["start_date_time", "dimensions"]),
        ("charging_periods.dimensions", ["type", "volume"]),
        ("signed_data", ["encoding_method", "signed_values"]),
        ("signed_data.signed_values", ["nature", "plain_data", "signed_data"]),
        ("total_cost", ["excl_vat"]),
    ];

    [DataFact]
    public void The_standard_s_example_is_read_and_written_again_field_for_field()
    {
        var json = File.ReadAllBytes(Data.Path("ocpi", "cdr_example.json"));
        var cdr = Read(json);
        Assert.Equal(("12345", 15.342m, 4.40m), (cdr.Id, cdr.TotalEnergy, cdr.TotalCost.InclVat));
        Assert.Equal(new CdrDimension(CdrDimensionType.Time, 1.973m), Assert.Single(Assert.Single(cdr.Periods).Dimensions));
        Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(json).RootElement, JsonDocument.Parse(CdrWriter.Write(cdr)).RootElement));
    }

    [Fact]
    public void A_priced_session_becomes_a_record_with_all_that_the_standard_requires()
    {
        var cdr = Session();
        var json = JsonNode.Parse(CdrWriter.Write(cdr))!;
        foreach (var (path, required) in Cardinalities)
        {
            var objects = Under(json, path).ToList();
            Assert.NotEmpty(objects);
            foreach (var item in objects)
                foreach (var field in required)
                    Assert.True(item[field] is not null and not JsonArray { Count: 0 }, path + "." + field);
        }
        Assert.Equal(Texts(cdr), Texts(Read(CdrWriter.Write(cdr))));
    }

    [Fact]
    public void Its_totals_are_those_of_the_priced_session()
    {
        var cdr = Session();
        Assert.Equal((11.00m, 12.78m), (cdr.TotalCost.ExclVat, cdr.TotalCost.InclVat));
        Assert.Equal((20m, 2.7m, 0.7m), (cdr.TotalEnergy, cdr.TotalTime, cdr.TotalParkingTime));
        Assert.Equal(new CdrPrice(0.50m, 0.60m), cdr.TotalFixedCost);
        Assert.Equal(new CdrPrice(5.00m, 5.50m), cdr.TotalEnergyCost);
        Assert.Equal(new CdrPrice(4.00m, 4.84m), cdr.TotalTimeCost);
        Assert.Equal(new CdrPrice(1.50m, 1.84m), cdr.TotalParkingCost);      // 1.845, to even
        Assert.Null(cdr.TotalReservationCost);
        Assert.Equal([[CdrDimensionType.Energy, CdrDimensionType.Time], [CdrDimensionType.ParkingTime]],
            cdr.Periods.Select(period => period.Dimensions.Select(dimension => dimension.Type)));
        Assert.Contains("\"excl_vat\":11.00", Encoding.UTF8.GetString(CdrWriter.Write(cdr)));
    }

    [Fact]
    public void A_credit_is_the_same_record_under_another_id_with_its_total_negated()
    {
        var cdr = Session();
        var credit = cdr.Crediting(cdr.Id + "-C", Rig.At(48), "wrong meter");
        Assert.Equal((true, cdr.Id, -11.00m, -12.78m), (credit.Credit, credit.CreditReferenceId, credit.TotalCost.ExclVat, credit.TotalCost.InclVat));
        Assert.Equal(cdr, credit with { Id = cdr.Id, Credit = null, CreditReferenceId = null, TotalCost = cdr.TotalCost, Remark = cdr.Remark,
            LastUpdated = cdr.LastUpdated });
        Assert.Equal(Texts(credit), Texts(Read(CdrWriter.Write(credit))));
        Assert.Throws<InvalidOperationException>(() => credit.Crediting("again", Rig.At(49)));
    }

    [Fact]
    public void A_reservation_has_a_cost_and_a_period_of_its_own()
    {
        var terms = Rig.Terms(Rig.Element(Rig.Price(Dimension.Time, 6m), new Restrictions(Reservation: ReservationKind.Reservation)),
        Rig.Element(Rig.Price(Dimension.Energy, 1m)));
        var cdr = CdrBuilder.Build(Head(), Tariff(terms), Rig.Priced(terms, new Reservation(Rig.At(8), Rig.At(9)), Rig.Point(Rig.At(9), 0),
            Rig.Point(Rig.At(10), 500)));
        Assert.Equal(new CdrPrice(6.00m, 6.00m), cdr.TotalReservationCost);
        Assert.Null(cdr.TotalTimeCost);
        Assert.Equal((Rig.At(8), 1m, 6.50m), (cdr.Start, cdr.TotalTime, cdr.TotalCost.ExclVat));
        Assert.Equal(CdrDimensionType.ReservationTime, cdr.Periods[0].Dimensions[0].Type);
    }

    [Theory]
    [InlineData("credit", "true", "credit_reference_id", JsonFaultReason.Inconsistent)]
    [InlineData("end_date_time", "\"2001-01-01T00:00:00Z\"", "end_date_time", JsonFaultReason.Inconsistent)]
    [InlineData("id", "\"0123456789012345678901234567890123456\"", "id", JsonFaultReason.TooLong)]
    [InlineData("charging_periods", "[]", "charging_periods", JsonFaultReason.Missing)]
    [InlineData("total_cost", "null", "total_cost", JsonFaultReason.Missing)]
    [InlineData("auth_method", "\"GUESS\"", "auth_method", JsonFaultReason.UnknownValue)]
    public void What_the_standard_forbids_is_refused(string field, string value, string path, JsonFaultReason reason)
    {
        var json = JsonNode.Parse(CdrWriter.Write(Session()))!;
        json[field] = JsonNode.Parse(value);
        Assert.Contains(new JsonFault(path, reason), CdrReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), Rig.Euros).Faults);
    }

    [Fact]
    public void Every_required_field_is_missed()
    {
        foreach (var (path, required) in Cardinalities)
        {
            foreach (var field in required)
            {
                var json = JsonNode.Parse(CdrWriter.Write(Session()))!;
                foreach (var item in Under(json, path)) item.AsObject().Remove(field);
                Assert.Contains(CdrReader.Read(Encoding.UTF8.GetBytes(json.ToJsonString()), Rig.Euros).Faults,
                    fault => fault.Reason == JsonFaultReason.Missing && fault.Path.EndsWith(field));
            }
        }
    }

    private static Cdr Session()
    {
        var terms = Rig.Terms(new TariffElement(new(Rig.Price(Dimension.Flat, 0.50m, 1, 20), Rig.Price(Dimension.Energy, 0.25m, 1, 10),
        Rig.Price(Dimension.Time, 2m, 60, 21),
            Rig.Price(Dimension.ParkingTime, 2m, 900, 23))));
        return CdrBuilder.Build(Head(), Tariff(terms), Rig.Priced(terms, Rig.Point(Rig.At(9), 0), Rig.Point(Rig.At(11), 20_000, Activity.Parking),
            Rig.Point(Rig.At(11, 42), 20_000)));
    }

    private static OcpiTariff Tariff(TariffTerms terms) => new("NL", "KET", "T1", "EUR", null, [], null, null, Rig.At(0), terms);

    private static CdrHead Head() => new(
        "C1", "S1", new CdrToken("NL", "TST", "012345678", CdrTokenType.Rfid, "NL-TST-C12345678-S"), CdrAuthMethod.Whitelist,
        new CdrLocation("LOC1", null, "Stationsplein 1", "Utrecht", "3511 ED", null, "NLD", "52.089", "5.110", "3256", "NL*KET*E1", "1", "IEC_62196_T2",
        "SOCKET", "AC_3_PHASE"),
        "METER1", new CdrSignedData("OCMF", 1, "3059", [new CdrSignedValue("Start", "{}", "OCMF|{}|{}"), new CdrSignedValue("End", "{}", "OCMF|{}|{}")],
        null), null, Rig.At(24));

    private static Cdr Read(byte[] json)
    {
        var read = CdrReader.Read(json, Rig.Euros);
        Assert.Empty(read.Faults);
        return read.Value!;
    }

    private static string Texts(Cdr cdr) => Encoding.UTF8.GetString(CdrWriter.Write(cdr));

    private static IEnumerable<JsonNode> Under(JsonNode node, string path)
    {
        if (node is JsonArray array) return array.SelectMany(item => Under(item!, path));
        if (path.Length == 0) return [node];
        var dot = path.IndexOf('.');
        return node[dot < 0 ? path : path[..dot]] is { } below ? Under(below, dot < 0 ? "" : path[(dot + 1)..]) : [];
    }
}
