using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Connectors.Epcis;
using Keten.Contracts.Parts;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Epcis;

/// <summary>The published battery passports with their schemas.</summary>
internal static class BatteryPassports
{
    public static IReadOnlyList<(string Kind, string Schema, string Payload)> All { get; } =
        [.. Directory.Exists(Data.Path("batterypass")) ? Directory.GetFiles(Data.Path("batterypass"), "*-schema.json").Order(StringComparer.Ordinal)
            .Select(schema => ("batterypass/" + Path.GetFileName(schema).Split('-')[1], schema, schema.Replace("-schema.json", "-payload.json", StringComparison.Ordinal))) : []];
}

/// <summary>What we write against the standards' own schemas, and our reader beside them.</summary>
public sealed class SchemaTests
{
    private static readonly Sgtin Part = new("04012345000016", "7");

    private static readonly Party Maker = Party.Of(new KeyId("01234567890123456789"u8)), Works = Party.Of(new KeyId("98765432109876543210"u8));

    [DataFact]
    public void Whatever_we_write_is_what_the_schema_of_epcis_asks_for()
    {
        var note = new PartNote(Works, new Instant(1_767_700_000), default, null);
        var sent = new Consignment(Maker, Works, new Agreement<SerialParts>(3), "DA-1", new(new Lot(Part.Gtin, "1", 2_000), new Lot(Part.Gtin, "A1", 1)), new Instant(1_767_600_000),
            new Receipt(new Instant(1_767_700_000), new(new Lot(Part.Gtin, "1", 3)), default, default, default, default));
        JsonObject[] events =
        [
            EpcisWriter.Made(new Batch(Part.Gtin, "B-1", 100, new Instant(1_767_500_000), default, null), []), EpcisWriter.Made(new Batch(Part.Gtin, "B-1", 100, new Instant(1_767_500_000), default, null), [Part]),
            EpcisWriter.Of(Part, new PartStep(StepKind.Mounted, note, "1M8GDM9AXKP042788", null, 0, null)),
            EpcisWriter.Of(Part, new PartStep(StepKind.Removed, note, "1M8GDM9AXKP042788", null, 0, new PartCorrection(new Instant(1_767_800_000), default))),
            EpcisWriter.Of(Part, new PartStep(StepKind.Assembled, note, null, Part with { Serial = "8" }, 0, null)), EpcisWriter.Of(Part, new PartStep(StepKind.Removed, note, null, Part with { Serial = "8" }, 0, null)),
            EpcisWriter.Of(Part, new PartStep(StepKind.Scrapped, note, null, null, 0, null)),
            .. EpcisWriter.Of(sent, party => "https://id.gs1.org/417/4012345002256"),
        ];
        using var document = JsonDocument.Parse(EpcisWriter.Document(events, new Instant(1_767_900_000)));
        Assert.Equal([], Schema().Faults(document.RootElement));
        var read = EpcisDocument.Read(JsonSerializer.SerializeToUtf8Bytes(document.RootElement));
        Assert.Empty(read.Faults);
        Assert.Equal(9, read.Value!.Events.Count);
        Assert.All(read.Value.Events, each => Assert.Equal(EventHash.Of(each), each.Id));
    }

    [DataFact]
    public void The_published_examples_hold_by_the_schema_and_are_read()
    {
        var schema = Schema();
        foreach (var file in Directory.GetFiles(Data.Path("epcis2", "JSON")))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            // The two that show all possible fields have extensions whose names the schema's own pattern takes; all hold.
            Assert.Equal([], schema.Faults(document.RootElement).Select(fault => Path.GetFileName(file) + fault));
            Assert.Empty(EpcisDocument.Read(File.ReadAllBytes(file)).Faults);
        }
    }

    [DataTheory]
    [InlineData("eventTime", null)]
    [InlineData("eventTime", "yesterday")]
    [InlineData("eventTimeZoneOffset", null)]
    [InlineData("eventTimeZoneOffset", "+15:00")]
    [InlineData("action", null)]
    [InlineData("action", "MAYBE")]
    [InlineData("type", "SomethingEvent")]
    [InlineData("epcList", null)]
    public void What_the_schema_refuses_so_does_the_reader(string field, string? value)
    {
        var document = JsonNode.Parse(File.ReadAllText(Data.Path("epcis2", "JSON", "Example_9.6.1-ObjectEvent.jsonld")))!;
        var target = document["epcisBody"]!["eventList"]![0]!.AsObject();
        if (value is null) target.Remove(field);
        else target[field] = value;
        Assert.NotEmpty(EpcisDocument.Read(JsonSerializer.SerializeToUtf8Bytes(document)).Faults);
        using var changed = JsonDocument.Parse(document.ToJsonString());
        Assert.NotEmpty(Schema().Faults(changed.RootElement));
    }

    [DataFact]
    public void The_published_battery_passports_hold_by_their_schemas_and_not_when_a_field_is_gone()
    {
        // One has a blank behind a substance's number, which its schema's own pattern does not take.
        string[] known = ["MaterialComposition-MaterialComposition-payload.json/batteryMaterials[0]/batteryMaterialIdentifier: pattern"];
        var (seen, found) = (0, new List<string>());
        foreach (var (_, schema, payload) in BatteryPassports.All)
        {
            if (!File.Exists(payload)) continue;
            using var document = JsonDocument.Parse(File.ReadAllText(payload));
            found.AddRange(new JsonSchema(schema).Faults(document.RootElement).Select(fault => Path.GetFileName(payload) + fault));
            var less = JsonNode.Parse(File.ReadAllText(payload))!.AsObject();
            less.Remove(less.First().Key);
            using var changed = JsonDocument.Parse(less.ToJsonString());
            Assert.NotEmpty(new JsonSchema(schema).Faults(changed.RootElement));
            seen++;
        }
        Assert.Equal(known, found);
        Assert.Equal(6, seen);
    }

    private static JsonSchema Schema() => new(Data.Path("epcis2", "EPCIS-JSON-Schema.json"));
}
