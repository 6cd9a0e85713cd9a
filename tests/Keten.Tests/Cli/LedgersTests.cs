using System.Net;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Crossings;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Node.Hosting;

namespace Keten.Tests.Commands;

/// <summary>Two ledgers in one process behind one address, and a crossing between them by the commands.</summary>
public sealed class LedgersTests : IAsyncLifetime
{
    private readonly Shell shell = new();
    private readonly HttpClient http = new();
    private LedgersHost host = null!;

    private string Home => host.Url + "/ledgers/home";

    private string Abroad => host.Url + "/ledgers/abroad";

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "org", "bank", "ada", "bob" }) await shell.KeyAsync(name);
        foreach (var name in new[] { "home", "abroad" })
            Assert.Equal(0, (await shell.RunAsync(
                ["genesis", "create", "--validator", "Org=org", "--founder", "bank", "--founder", "ada", "--founder", "bob", "--out", shell[name], .. shell.Keys])).Exit);
        using (var validator = new KeyFolder(shell["keys"]).Open("org", "open sesame")) File.WriteAllText(shell["validator.pem"], validator.ExportPem());
        File.WriteAllText(shell["abroad.json"], Settings("abroad").ToJsonString());
        host = await LedgersHost.StartAsync(First(), BuiltIn.Catalogue, [Rooms.Open]);
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
        shell.Dispose();
    }

    [Fact]
    public async Task Money_crosses_from_one_to_the_other_and_back_and_what_is_late_goes_back()
    {
        await IssueAsync(1_000);
        var opened = await shell.JsonAsync(["crossing", "open", "--other", Abroad, "--unit", "1", "--symbol", "EUR", .. At(Home, "bank")]);
        Assert.Equal(0, opened.Exit);
        var (home, abroad) = ((ulong)opened.Json["home"]!, (ulong)opened.Json["abroad"]!);
        string[] carry = ["crossing", "carry", "--other", Abroad, "--agreement", $"{home}", .. At(Home, "bank")];

        Assert.Equal(0, (await shell.JsonAsync(["crossing", "send", "--agreement", $"{home}", "--to", "bob", "--amount", "7.00", .. At(Home, "ada")])).Exit);
        var (exit, carried) = await shell.JsonAsync(carry);
        Assert.Equal((0, "Settled"), (exit, (string?)Assert.Single(carried["transfers"]!.AsArray())!["result"]));
        Assert.Equal("7.00", await BalanceAsync(Abroad, "bob"));
        Assert.Empty((await shell.JsonAsync(carry)).Json["transfers"]!.AsArray());

        Assert.Equal(0, (await shell.JsonAsync(["crossing", "send", "--agreement", $"{abroad}", "--to", "ada", "--amount", "2.50", .. At(Abroad, "bob")])).Exit);
        Assert.Equal("back", (string?)Assert.Single((await shell.JsonAsync(carry)).Json["transfers"]!.AsArray())!["way"]);
        Assert.Equal(("5.50", "4.50"), (await BalanceAsync(Home, "ada"), await BalanceAsync(Abroad, "bob")));

        // Its deadline is past before it is carried.
        using var ada = new KeyFolder(shell["keys"]).Open("ada", "open sesame");
        using var client = new KetenClient(new Uri(Home), ada);
        var end = new CrossingEnd(client, new Wallet(client, host.Ledgers.First().Host.Node.LedgerId, ada, new KeyFolder(shell["keys"]).CountersOf(ada.Id)), home);
        var late = new Crossing.Send(Party.Of(ada.Id), Party.Of(ada.Id), new Unit(1).Of(100), new Instant(1_000));
        Assert.Equal(SubmissionStatus.Done, (await end.DoAsync(late, new Unit(1).Of(100))).Status);
        Assert.Equal("4.50", await BalanceAsync(Home, "ada"));
        Assert.Equal("TakenBack", (string?)Assert.Single((await shell.JsonAsync(carry)).Json["transfers"]!.AsArray())!["result"]);
        Assert.Equal("5.50", await BalanceAsync(Home, "ada"));
    }

    [Fact]
    public async Task Each_has_its_own_address_and_the_first_is_also_where_a_single_one_is()
    {
        var listed = JsonNode.Parse(await http.GetStringAsync(host.Url + "/ledgers"))!["ledgers"]!.AsArray();
        Assert.Equal(["home", "abroad"], listed.Select(one => (string)one!["name"]!));
        var (first, second) = (host.Ledgers.First().Host.Node.LedgerId, host.Ledgers.Last().Host.Node.LedgerId);
        Assert.NotEqual(first, second);
        foreach (var (address, ledger) in new[] { (host.Url, first), (Home, first), (Abroad, second) })
        {
            using var client = new KetenClient(new Uri(address));
            Assert.Equal(ledger, (await client.GenesisAsync()).LedgerId);
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(address + "/health/ready")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(host.Url + "/ledgers/other/v1/genesis")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(host.Url + "/ledgers/homes/v1/genesis")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(Abroad + "/v1/nothing")).StatusCode);
    }

    [Fact]
    public async Task One_that_is_closed_leaves_the_other_as_it_is()
    {
        await host.Ledgers.First().Host.StopAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync(Home + "/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(Abroad + "/health/ready")).StatusCode);
        Assert.Equal(0, (await shell.JsonAsync(["party", "enrol", .. At(Abroad, "org")])).Exit);
    }

    [Theory]
    [InlineData("abroad", "NAME=FILE")]
    [InlineData("Big=abroad.json", "names no ledger")]
    [InlineData("home=abroad.json", "Two ledgers are called")]
    [InlineData("twin=first.json", "would be kept in")]
    public async Task A_list_of_ledgers_that_cannot_be_served_is_refused(string entry, string because)
    {
        File.WriteAllText(shell["first.json"], Settings("home").ToJsonString());
        var parts = entry.Split('=');
        var more = parts.Length == 1 ? entry : parts[0] + "=" + shell[parts[1]];
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => LedgersHost.StartAsync(First() with { Ledger = First().Ledger with { More = [more] } }, BuiltIn.Catalogue));
        Assert.Contains(because, refused.Message, StringComparison.Ordinal);
    }

    private NodeConfiguration First() => new()
    {
        Ledger = new LedgerSection { Name = "home", More = ["abroad=" + shell["abroad.json"]], Data = shell["home-data"], Genesis = shell["home/genesis.json"], ValidatorKey = shell["validator.pem"] },
        Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" },
    };

    private JsonObject Settings(string name) => new()
    {
        ["ledger"] = new JsonObject { ["data"] = shell[name + "-data"], ["genesis"] = shell[name + "/genesis.json"], ["validatorKey"] = shell["validator.pem"] }, ["log"] = new JsonObject { ["level"] = "none" },
    };

    private string[] At(string node, string name) => ["--node", node, "--key", name, .. shell.Keys, .. shell.Password];

    private async Task<string> BalanceAsync(string node, string name) =>
        (string)(await shell.JsonAsync(["show", "account", name, .. At(node, name)])).Json["accounts"]![0]!["balance"]!["amount"]!;

    private async Task IssueAsync(long cents)
    {
        using var bank = new KeyFolder(shell["keys"]).Open("bank", "open sesame");
        using var client = new KetenClient(new Uri(Home), bank);
        var wallet = new Wallet(client, host.Ledgers.First().Host.Node.LedgerId, bank, new KeyFolder(shell["keys"]).CountersOf(bank.Id));
        Assert.Equal(SubmissionStatus.Done, (await wallet.SendAsync((await wallet.BeginAsync()).Open(EMoney.Contents, new EMoney.Begin(Party.Of(bank.Id), "EUR", 2)))).Status);
        var ada = new KeyFolder(shell["keys"]).Show("ada").Party;
        Assert.Equal(SubmissionStatus.Done, (await wallet.SendAsync((await wallet.BeginAsync())
            .Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(ada, new Unit(1).Of(cents), Hash.Of("paid in"u8))))).Status);
    }
}
