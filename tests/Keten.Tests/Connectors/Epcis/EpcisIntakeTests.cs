using System.Text;
using System.Text.Json.Nodes;
using Keten.Connectors.Epcis;
using Keten.Contracts.Parts;
using Keten.Kernel;

namespace Keten.Tests.Connectors.Epcis;

/// <summary>What an event comes to on a record of parts, and why another comes to nothing.</summary>
public sealed class EpcisIntakeTests
{
    private const string Article = "04012345000016", Here = "https://id.gs1.org/417/4012345002256";

    private static readonly Party Us = Party.Of(new KeyId("01234567890123456789"u8)), Them = Party.Of(new KeyId("98765432109876543210"u8));

    private static readonly EpcisIntake Intake = new(Us, new Agreement<SerialParts>(3), uri => uri == Here ? Them : null, advice => advice == "urn:desadv:1" ? new Agreement<Consignment>(9) : null);

    [Fact]
    public void Serials_that_follow_each_other_are_one_lot()
    {
        Assert.Equal([new(Article, "1", 3), new(Article, "7", 1), new(Article, "A", 1)], EpcisIntake.Lots([Of("3"), Of("1"), Of("A"), Of("2"), Of("7"), Of("A"), Of("1")]));
        Assert.Null(EpcisIntake.Lots([Of("1"), "urn:epc:id:sscc:4012345.0111111111"]));
        Assert.Equal([], EpcisIntake.Lots([])!);
    }

    [Fact]
    public void Each_kind_of_event_becomes_its_call()
    {
        Assert.Equal([new SerialParts.Make(new Lot(Article, "1", 2), "B-1", Hash(Made()))], Intake.Take(Read(Made())).Calls);
        Assert.Equal(new SerialParts.Scrap(new Sgtin(Article, "1"), Note(Seen("DELETE", "destroying"))), Assert.Single(Intake.Take(Read(Seen("DELETE", "destroying"))).Calls));
        var mounted = Joined("AssociationEvent", "ADD", "installing", "urn:vin:1M8GDM9AXKP042788");
        Assert.Equal(new SerialParts.Mount(new Sgtin(Article, "1"), "1M8GDM9AXKP042788", Note(mounted)), Assert.Single(Intake.Take(Read(mounted)).Calls));
        var removed = Joined("AssociationEvent", "DELETE", "removing", "urn:vin:1M8GDM9AXKP042788");
        Assert.Equal(new SerialParts.Remove(new Sgtin(Article, "1"), "1M8GDM9AXKP042788", Note(removed)), Assert.Single(Intake.Take(Read(removed)).Calls));
        var joined = Joined("AggregationEvent", "ADD", "assembling", Of("9"));
        Assert.Equal(new SerialParts.Assemble(new Sgtin(Article, "1"), new Sgtin(Article, "9"), Note(joined)), Assert.Single(Intake.Take(Read(joined)).Calls));
        var parted = Joined("AggregationEvent", "DELETE", "disassembling", Of("9"));
        Assert.Equal(new SerialParts.Remove(new Sgtin(Article, "1"), null, Note(parted)), Assert.Single(Intake.Take(Read(parted)).Calls));
        var turned = Event("TransformationEvent", null, null, ("inputEPCList", new JsonArray(Of("1"))), ("outputEPCList", new JsonArray(Of("9"))));
        Assert.Equal(new SerialParts.Assemble(new Sgtin(Article, "1"), new Sgtin(Article, "9"), Note(turned)), Assert.Single(Intake.Take(Read(turned)).Calls));
        Assert.Equal(new Consignment.Send(Us, Them, new Agreement<SerialParts>(3), "urn:desadv:1", new(new Lot(Article, "1", 1))), Assert.Single(Intake.Take(Read(Moved("shipping"))).Calls));
        var received = Intake.Take(Read(Moved("receiving")));
        Assert.Equal(new Consignment.Receive(new(new Lot(Article, "1", 1)), Hash(Moved("receiving"))), Assert.Single(received.Calls));
        Assert.Equal(new Agreement<Consignment>(9), received.Consignment);
    }

    [Fact]
    public void What_comes_to_nothing_says_why()
    {
        Assert.Equal(EpcisLeft.NothingToDo, Intake.Take(Read(Seen("OBSERVE", "packing"))).Left);
        Assert.Equal(EpcisLeft.NothingToDo, Intake.Take(Read(Joined("AggregationEvent", "ADD", "packing", "urn:epc:id:sscc:4012345.0111111111"))).Left);
        Assert.Equal(EpcisLeft.NotParts, Intake.Take(Read(Joined("AssociationEvent", "ADD", "installing", "urn:vin:1M8"))).Left);
        Assert.Equal(EpcisLeft.NotParts, Intake.Take(Read(Changed(Seen("DELETE", "destroying"), "epcList", new JsonArray("urn:epc:id:sscc:4012345.0111111111")))).Left);
        Assert.Equal(EpcisLeft.NoBatch, Intake.Take(Read(Changed(Made(), "ilmd", null))).Left);
        Assert.Equal(EpcisLeft.NoBatch, Intake.Take(Read(Changed(Made(), "ilmd", new JsonObject { ["cbvmda:lotNumber"] = new string('B', 21) }))).Left);
        Assert.Equal(EpcisLeft.ManyOutputs, Intake.Take(Read(Event("TransformationEvent", null, null, ("inputEPCList", new JsonArray(Of("1"))), ("outputEPCList", new JsonArray(Of("8"), Of("9")))))).Left);
        Assert.Equal(EpcisLeft.DeclaredWrong, Intake.Take(Read(Changed(Made(), "errorDeclaration", new JsonObject { ["declarationTime"] = "2026-01-06T08:00:00Z" }))).Left);
        Assert.Equal(EpcisLeft.UnknownParty, Intake.Take(Read(Changed(Moved("shipping"), "destinationList", null))).Left);
        Assert.Equal(EpcisLeft.NoAdvice, Intake.Take(Read(Changed(Moved("shipping"), "bizTransactionList", null))).Left);
        Assert.Equal(EpcisLeft.NoAdvice, Intake.Take(Read(Changed(Moved("receiving"), "bizTransactionList", new JsonArray(new JsonObject { ["type"] = "desadv", ["bizTransaction"] = "urn:desadv:2" })))).Left);
        Assert.Equal(EpcisLeft.TooMany, Intake.Take(Read(Changed(Moved("shipping"), "epcList", new JsonArray([.. Enumerable.Range(1, 201).Select(each => (JsonNode)Of(each * 2 + ""))])))).Left);
    }

    private static string Of(string serial) => DigitalLink.Of(new Sgtin(Article, serial));

    private static JsonObject Made() => Event("ObjectEvent", "ADD", "commissioning", ("epcList", new JsonArray(Of("1"), Of("2"))), ("ilmd", new JsonObject { ["cbvmda:lotNumber"] = "B-1" }));

    private static JsonObject Seen(string action, string step) => Event("ObjectEvent", action, step, ("epcList", new JsonArray(Of("1"))));

    private static JsonObject Joined(string type, string action, string step, string parent) => Event(type, action, step, ("parentID", parent), ("childEPCs", new JsonArray(Of("1"))));

    private static JsonObject Moved(string step) => Event("ObjectEvent", "OBSERVE", step, ("epcList", new JsonArray(Of("1"))),
        ("bizTransactionList", new JsonArray(new JsonObject { ["type"] = "desadv", ["bizTransaction"] = "urn:desadv:1" })),
        ("destinationList", new JsonArray(new JsonObject { ["type"] = "possessing_party", ["destination"] = Here })));

    private static JsonObject Event(string type, string? action, string? step, params (string Name, JsonNode Value)[] more)
    {
        var told = new JsonObject { ["type"] = type, ["eventTime"] = "2026-01-05T08:00:00Z", ["eventTimeZoneOffset"] = "+01:00" };
        if (action is not null) told["action"] = action;
        if (step is not null) told["bizStep"] = step;
        foreach (var (name, value) in more) told[name] = value;
        return told;
    }

    private static JsonObject Changed(JsonObject told, string name, JsonNode? value)
    {
        told.Remove(name);
        if (value is not null) told[name] = value;
        return told;
    }

    private static EpcisEvent Read(JsonObject told)
    {
        var read = EpcisDocument.Read(Encoding.UTF8.GetBytes(told.ToJsonString()));
        Assert.Empty(read.Faults);
        return Assert.Single(read.Value!.Events);
    }

    private static Hash Hash(JsonObject told) => new(EventHash.Digest(Read(told)));

    private static PartNote Note(JsonObject told) => new(Us, new Instant(1_767_600_000), Hash(told), null);
}
