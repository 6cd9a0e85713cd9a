using System.Text;
using System.Text.Json.Nodes;
using Keten.Cli.Jobs;
using Keten.Client;
using Keten.Connectors.Epcis;
using Keten.Contracts;
using Keten.Contracts.Parts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Node.Hosting;
using Keten.Tests.Commands;
using Keten.Tests.Connectors.Epcis;

namespace Keten.Tests.Jobs;

/// <summary>Parts on a running node: events in and out, and a battery's passport attached and read back with its proof.</summary>
public sealed class PartsTests : IAsyncLifetime
{
    private const string Vin = "1M8GDM9AXKP042788", Battery = "04012345000016";

    private static readonly Agreement<SerialParts> Record = new(2);

    private const string Events = """
        {"@context":["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",{"cbvmda":"urn:epcglobal:cbv:mda"}],"type":"EPCISDocument","schemaVersion":"2.0",
         "creationDate":"2026-01-05T10:00:00Z","epcisBody":{"eventList":[
          {"type":"ObjectEvent","eventTime":"2026-01-05T08:00:00Z","eventTimeZoneOffset":"+01:00","action":"ADD","bizStep":"commissioning",
           "epcList":["https://id.gs1.org/01/04012345000016/21/7","urn:epc:id:sgtin:4012345.000001.8","https://id.gs1.org/01/04012345000016/21/A1"],"ilmd":{"cbvmda:lotNumber":"B-1"}},
          {"type":"ObjectEvent","eventTime":"2026-01-05T09:00:00Z","eventTimeZoneOffset":"+01:00","action":"OBSERVE","bizStep":"packing","epcList":["https://id.gs1.org/01/04012345000016/21/7"]},
          {"type":"AssociationEvent","eventTime":"2026-01-05T09:30:00Z","eventTimeZoneOffset":"+01:00","action":"ADD","bizStep":"installing","parentID":"urn:vin:1M8GDM9AXKP042788",
           "childEPCs":["https://id.gs1.org/01/04012345000016/21/7"]}]}}
        """;

    private readonly Shell shell = new();
    private NodeHost host = null!;
    private SigningKey brand = null!;
    private KetenClient client = null!;
    private Wallet wallet = null!;

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "org", "brand" }) await shell.KeyAsync(name);
        Assert.Equal(0, (await shell.RunAsync(["genesis", "create", "--validator", "Org=org", "--founder", "brand", "--out", shell["ledger"], .. shell.Keys])).Exit);
        var folder = new KeyFolder(shell["keys"]);
        using (var validator = folder.Open("org", "open sesame")) File.WriteAllText(shell["validator.pem"], validator.ExportPem());
        host = await NodeHost.StartAsync(new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = shell["data"], Genesis = shell["ledger/genesis.json"], ValidatorKey = shell["validator.pem"] },
            Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" },
        }, BuiltIn.Catalogue, [Rooms.Open]);
        brand = folder.Open("brand", "open sesame");
        client = new KetenClient(new Uri(host.Url), brand);
        wallet = new Wallet(client, host.Node.LedgerId, brand, folder.CountersOf(brand.Id));
        var of = Party.Of(brand.Id);
        await DoAsync(one => one.Open(Registration.Contents, new Registration.Establish(of, "NL", false)));
        await DoAsync(one => one.Open(SerialParts.Contents, new SerialParts.Begin(of, new Agreement<Registration>(1))));
        await DoAsync(one => one.Call(SerialParts.Contents, Record, new SerialParts.Approve(Battery, of, "battery", new Cover(730, 100_000))));
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        brand.Dispose();
        await host.DisposeAsync();
        shell.Dispose();
    }

    [Fact]
    public async Task Events_come_in_as_calls_and_a_parts_history_goes_out_as_events_that_bear_their_names()
    {
        File.WriteAllText(shell["in.jsonld"], Events);
        var (tried, dry) = await shell.JsonAsync(["epcis", "in", shell["in.jsonld"], "--record", "2", "--dry-run", .. As]);
        Assert.True(tried == 0, dry.ToJsonString());
        Assert.Equal((2, 1, 0), ((int)dry["taken"]!, (int)dry["left"]!, (int)dry["refused"]!));
        var (exit, report) = await shell.JsonAsync(["epcis", "in", shell["in.jsonld"], "--record", "2", .. As]);
        Assert.True(exit == 0, report.ToJsonString());
        Assert.Equal([2, 0, 1], report["events"]!.AsArray().Select(each => (int)each!["calls"]!));
        Assert.Equal([null, "NothingToDo", null], report["events"]!.AsArray().Select(each => (string?)each!["left"]));
        Assert.Equal(1, (await shell.JsonAsync(["epcis", "in", shell["in.jsonld"], "--record", "2", .. As])).Exit);

        // What was signed for the step is the hash of the event that told of it.
        var history = await PartHistory.ReadAsync(client, Record.Number, new Sgtin(Battery, "7"));
        Assert.Equal([Vin], history.Part!.Value.Vins);
        var told = EpcisDocument.Read(Encoding.UTF8.GetBytes(Events)).Value!.Events[2];
        Assert.Equal(new Hash(EventHash.Digest(told)), Assert.Single(history.Steps).Note.Document);

        var (wrote, written) = await shell.JsonAsync(["epcis", "out", "--record", "2", "--part", Battery + "/7", "--out", shell["out.jsonld"], .. As]);
        Assert.True(wrote == 0, written.ToJsonString());
        Assert.Equal(2, (int)written["events"]!);
        var (check, checkedOut) = await shell.JsonAsync("epcis", "check", shell["out.jsonld"]);
        Assert.True(check == 0, checkedOut.ToJsonString());
        Assert.Equal(["this", "this"], checkedOut["documents"]![0]!["events"]!.AsArray().Select(each => (string)each!["bears"]!));
        Assert.Equal(["commissioning", "installing"], checkedOut["documents"]![0]!["events"]!.AsArray().Select(each => (string)each!["bizStep"]!));
        Assert.Equal(2, (await shell.JsonAsync(["epcis", "out", "--record", "2", "--part", "x", .. As])).Exit);

        var changed = JsonNode.Parse(File.ReadAllText(shell["out.jsonld"]))!;
        changed["epcisBody"]!["eventList"]![1]!["parentID"] = "urn:vin:1HGCM82633A004352";
        File.WriteAllText(shell["changed.jsonld"], changed.ToJsonString());
        Assert.Equal(1, (await shell.JsonAsync("epcis", "check", shell["changed.jsonld"])).Exit);
    }

    [DataFact]
    public async Task A_batterys_passport_is_in_the_vault_and_on_the_part_and_both_are_proved()
    {
        var part = new Sgtin(Battery, "7");
        await DoAsync(one => one.Call(SerialParts.Contents, Record, new SerialParts.Make(new Lot(Battery, "7", 1), "B-1", default)));
        var payloads = BatteryPassports.All.Where(pair => File.Exists(pair.Payload)).ToArray();
        Assert.Equal(6, payloads.Length);
        foreach (var (kind, _, payload) in payloads)
        {
            var (commitment, _) = await client.PutDocumentAsync(File.ReadAllBytes(payload), "application/json", agreement: Record.Number);
            await DoAsync(one => one.Call(SerialParts.Contents, Record, new SerialParts.Attach(part, kind, commitment, Party.Of(brand.Id))));
        }
        var history = await PartHistory.ReadAsync(client, Record.Number, part);
        Assert.Equal(payloads.Select(each => each.Kind), history.Papers.Select(paper => paper.Kind));
        Assert.All(history.Evidence, evidence => Assert.True(evidence.Verify(host.Node.Genesis)));
        foreach (var (paper, (_, _, payload)) in history.Papers.Zip(payloads))
            Assert.Equal(File.ReadAllBytes(payload), (await client.DocumentAsync(paper.Document))!.Content);
    }

    private string[] As => ["--node", host.Url, "--key", "brand", .. shell.Keys, .. shell.Password];

    private async Task DoAsync(Func<TransactionBuilder, TransactionBuilder> call) => Assert.True((await wallet.SendAsync(call(await wallet.BeginAsync()))).IsGood);
}
