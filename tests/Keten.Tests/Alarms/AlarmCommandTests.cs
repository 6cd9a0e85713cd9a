using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Node.Hosting;
using Keten.Tests.Commands;
using Keten.Tests.Webhooks;

namespace Keten.Tests.Alarms;

/// <summary>The commands of docs/alarms.md on a running node.</summary>
public sealed class AlarmCommandTests : IAsyncLifetime
{
    private readonly Shell shell = new();
    private Receiver receiver = null!;
    private NodeHost host = null!;

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "org", "office" }) await shell.KeyAsync(name);
        Assert.Equal(0, (await shell.RunAsync(["genesis", "create", "--validator", "Org=org", "--founder", "office", "--out", shell["ledger"], .. shell.Keys])).Exit);
        using (var validator = new KeyFolder(shell["keys"]).Open("org", "open sesame")) File.WriteAllText(shell["validator.pem"], validator.ExportPem());
        receiver = await Receiver.StartAsync();
        host = await NodeHost.StartAsync(new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = shell["data"], Genesis = shell["ledger/genesis.json"], ValidatorKey = shell["validator.pem"] }, Http = new HttpSection { Listen = "http://127.0.0.1:0" },
            Log = new LogSection { Level = "none" }, Webhooks = new() { AllowLoopback = true },
        }, BuiltIn.Catalogue, [Rooms.Open]);
    }

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        await receiver.DisposeAsync();
        shell.Dispose();
    }

    [Fact]
    public async Task Somebody_subscribes_is_told_acknowledges_and_ends_it()
    {
        string[] at = ["--node", host.Url, "--key", "office", "--genesis", shell["ledger/genesis.json"], .. shell.Keys, .. shell.Password];
        Assert.Contains("theft", (await shell.JsonAsync(["alarm", "kinds", "--node", host.Url])).Json["kinds"]!.AsArray().Select(word => (string)word!));
        var (made, subscription) = await shell.JsonAsync(["alarm", "subscribe", "--kind", "service", "--kind", "theft", "--everyones", "--to", receiver.Url.ToString(), .. at]);
        Assert.Equal(0, made);
        Assert.NotEqual(0, (await shell.RunAsync(["alarm", "subscribe", "--to", "15=mailto:owner@garage.example", .. at])).Exit);
        await WarnAsync();
        var got = await receiver.NextAsync();
        await Wait.UntilAsync(async () => (int)(await ListAsync(at)).Single()!["told"]! == 1);
        Assert.Equal(0, (await shell.RunAsync(["alarm", "acknowledge", got.Id, .. at])).Exit);
        Assert.Empty(await ListAsync(["--open", .. at]));
        Assert.Equal(0, (await shell.RunAsync(["alarm", "remove", (string)subscription["id"]!, .. at])).Exit);
        Assert.Empty(await ListAsync(at));
    }

    private async Task<JsonArray> ListAsync(string[] words) => (await shell.JsonAsync(["alarm", "list", .. words])).Json["alarms"]!.AsArray();

    private async Task WarnAsync()
    {
        var folder = new KeyFolder(shell["keys"]);
        using var office = folder.Open("office", "open sesame");
        using var client = new KetenClient(new Uri(host.Url), office);
        var wallet = new Wallet(client, host.Node.LedgerId, office, folder.CountersOf(office.Id));
        var of = Party.Of(office.Id);
        const string Vin = "1M8GDM9AXKP042788";
        foreach (var step in new Func<TransactionBuilder, TransactionBuilder>[]
        {
            one => one.Open(Registration.Contents, new Registration.Establish(of, "NL", false)),
            one => one.Open(Recalls.Contents, new Recalls.Begin(of, new Agreement<Registration>(1))),
            one => one.Call(Recalls.Contents, new Agreement<Recalls>(2), new Recalls.Build(new Many<string>(Vin), "spring")),
            one => one.Open(VehicleLife.Contents, new VehicleLife.Begin(Vin, of, new Agreement<Registration>(1), new Agreement<Recalls>(2))),
            one => one.Call(Registration.Contents, new Agreement<Registration>(1), new Registration.Admit(Vin, of, new Agreement<VehicleLife>(3))),
            one => one.Call(Registration.Contents, new Agreement<Registration>(1), new Registration.ReportStolen(Vin)),
        })
            Assert.Equal(SubmissionStatus.Done, (await wallet.SendAsync(step(await wallet.BeginAsync()))).Status);
    }
}
