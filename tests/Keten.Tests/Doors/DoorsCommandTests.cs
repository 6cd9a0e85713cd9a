using System.Security.Cryptography;
using System.Text;
using Keten.Cli.Terminals;
using Keten.Client;
using Keten.Connectors.Ocmf;
using Keten.Contracts;
using Keten.Node.Hosting;
using Keten.Tests.Commands;

namespace Keten.Tests.Doors;

/// <summary>An operator enrols a device and runs the doors from the command line.</summary>
public sealed class DoorsCommandTests : IAsyncLifetime
{
    private readonly Shell shell = new();
    private NodeHost host = null!;

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "org", "operator", "cp1" }) await shell.KeyAsync(name);
        Assert.Equal(0, (await shell.RunAsync(["genesis", "create", "--validator", "Org=org", "--founder", "operator", "--out", shell["ledger"], .. shell.Keys])).Exit);
        using (var validator = new KeyFolder(shell["keys"]).Open("org", "open sesame")) File.WriteAllText(shell["validator.pem"], validator.ExportPem());
        host = await NodeHost.StartAsync(new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = shell["data"], Genesis = shell["ledger/genesis.json"], ValidatorKey = shell["validator.pem"] },
            Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" },
        }, BuiltIn.Catalogue, [Rooms.Open]);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        shell.Dispose();
    }

    [Fact]
    public async Task A_device_is_enrolled_calibrated_listed_and_revoked()
    {
        string[] me = ["--node", host.Url, "--key", "operator", .. shell.Keys, .. shell.Password];
        var (exit, begun) = await shell.JsonAsync(["device", "register", .. me]);
        Assert.Equal(Exit.Ok, exit);
        var register = (string)begun["register"]!.ToJsonString();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(shell["cert.txt"], "calibrated");
        string[] enrol = ["device", "enrol", "--register", register, "--device", "cp1", "--kind", "ChargePoint", "--meter-key", OcmfPublicKey.Of(key).ToString(), "--certificate", shell["cert.txt"], "--until", "2034-12-31"];
        var (enrolled, told) = await shell.JsonAsync([.. enrol, "--software", "2.1", .. me]);
        Assert.True(enrolled == Exit.Ok, told.ToJsonString());
        Assert.Equal(Exit.Failed, (await shell.JsonAsync([.. enrol, "--software", "2.1", .. me])).Exit);
        Assert.Equal(Exit.Usage, (await shell.JsonAsync(["device", "calibrate", "--register", register, "--device", "cp1", "--certificate", shell["cert.txt"], "--until", "tomorrow", .. me])).Exit);
        Assert.Equal(Exit.Ok, (await shell.JsonAsync(["device", "calibrate", "--register", register, "--device", "cp1", "--certificate", shell["cert.txt"], "--until", "2040-12-31", .. me])).Exit);
        Assert.Equal(Exit.Ok, (await shell.JsonAsync(["device", "revoke", "--register", register, "--device", "cp1", "--reason", "stolen", .. me])).Exit);
        var (_, listed) = await shell.JsonAsync(["device", "list", "--register", register, .. me]);
        var device = Assert.Single(listed["devices"]!.AsArray())!;
        Assert.Equal(((string)told["device"]!, "chargePoint", "2.1", "2040-12-31T23:59:59Z"), ((string)device["device"]!, (string)device["is"]!["kind"]!, (string)device["is"]!["software"]!, (string)device["is"]!["calibration"]!["until"]!));
        Assert.NotNull(device["is"]!["revoked"]);
        Assert.Equal(Exit.Failed, (await shell.JsonAsync(["device", "list", "--register", "99", .. me])).Exit);
    }

    [Fact]
    public async Task The_doors_open_list_what_they_kept_apart_and_close()
    {
        var (_, drawn) = await shell.JsonAsync("doors", "password");
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((string)drawn["password"]!))), (string)drawn["passwordSha256"]!);
        File.WriteAllText(shell["doors.json"], $$"""
            { "node": "{{host.Url}}", "register": 1, "key": "operator", "data": "doors", "listen": "http://127.0.0.1:0",
              "chargePoints": [{ "id": "CP1", "passwordSha256": "{{drawn["passwordSha256"]}}", "key": "cp1" }] }
            """);
        using var stop = new CancellationTokenSource();
        using var output = new StringWriter();
        var running = Keten.Cli.Program.RunAsync(["doors", "--config", shell["doors.json"], "--json", .. shell.Keys, .. shell.Password], output, TextWriter.Null, stop.Token);
        await Wait.UntilAsync(() => running.IsCompleted || output.ToString().Contains("\"url\"", StringComparison.Ordinal), output.ToString);
        var url = (string)System.Text.Json.Nodes.JsonNode.Parse(output.ToString())!["url"]!;
        await using (var point = await SimulatedPoint.ConnectAsync(url, "ocpp1.6", password: (string)drawn["password"]!))
            Assert.Equal("Rejected", (string)(await point.CallAsync("BootNotification", Messages16.Boot()))["status"]!);
        using (var http = new HttpClient())
        using (var content = new StringContent("21.5", Encoding.UTF8, "text/plain")) await http.PostAsync(url + "/events", content);
        var (exit, listed) = await shell.JsonAsync("doors", "apart", "--config", shell["doors.json"]);
        Assert.Equal((Exit.Ok, "Unreadable"), (exit, (string)Assert.Single(listed["apart"]!.AsArray())!["reason"]!));
        var (_, shown) = await shell.JsonAsync("doors", "apart", "--config", shell["doors.json"], "--show", listed["apart"]![0]!["number"]!.ToJsonString());
        Assert.Equal(Convert.ToHexStringLower("21.5"u8), (string)shown["content"]!);
        await stop.CancelAsync();
        Assert.Equal(Exit.Ok, await running);
        Assert.Equal(Exit.Ok, (await shell.JsonAsync("doors", "apart", "--config", shell["doors.json"])).Exit);
        Assert.Equal(Exit.Usage, (await shell.JsonAsync("doors", "apart", "--config", shell["none.json"])).Exit);
    }
}
