using Keten.Client;
using Keten.Contracts;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Node.Hosting;

namespace Keten.Tests.Commands;

/// <summary>The commands against a node that listens on a free port of this machine.</summary>
public sealed class LedgerCommandTests : IAsyncLifetime
{
    private readonly Shell shell = new();
    private NodeHost host = null!;
    private string[] As(string name) => ["--node", host.Url, "--key", name, .. shell.Keys, .. shell.Password];

    public async Task InitializeAsync()
    {
        foreach (var name in new[] { "org", "bank", "ada", "bob" }) await shell.KeyAsync(name);
        Assert.Equal(0, (await shell.RunAsync(["genesis", "create", "--validator", "Org=org", "--founder", "bank", "--founder", "ada", "--out", shell["ledger"], .. shell.Keys])).Exit);
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
    public async Task A_party_joins_is_paid_pays_and_takes_away_a_receipt_that_checks_without_the_node()
    {
        Assert.Equal("done", (string)(await shell.JsonAsync(["party", "enrol", .. As("bob")])).Json["status"]!);
        var (exit, again) = await shell.JsonAsync(["party", "enrol", .. As("bob")]);
        Assert.Equal((1, "refused", KernelRefusal.KeyTaken.Number), (exit, (string)again["status"]!, (int)again["refusal"]!));

        await IssueAsync("ada", 1_000);
        var paid = await shell.JsonAsync(["pay", "--to", "bob", "--amount", "2.50", .. As("ada")]);
        Assert.Equal(0, paid.Exit);
        Assert.Equal((1, KernelRefusal.InsufficientFunds.Number), await RefusedAsync(["pay", "--to", "bob", "--amount", "99", .. As("ada")]));
        Assert.Equal(2, (await shell.JsonAsync(["pay", "--to", "bob", "--amount", "0.001", .. As("ada")])).Exit);
        Assert.Equal(2, (await shell.JsonAsync(["pay", "--to", "bob", "--amount", "-1", .. As("ada")])).Exit);
        Assert.Equal(1, (await shell.JsonAsync(["pay", "--to", "bob", "--amount", "1", "--unit", "9", .. As("ada")])).Exit);
        Assert.Equal("2.50", (string)(await shell.JsonAsync(["show", "account", "bob", .. As("bob")])).Json["accounts"]![0]!["balance"]!["amount"]!);
        Assert.Equal(1, (await shell.JsonAsync(["show", "account", "bob", .. As("ada")])).Exit);

        var id = (string)paid.Json["id"]!;
        Assert.Equal(1, (await shell.JsonAsync(["receipt", id, "--out", shell["no.cose"], "--node", host.Url, .. shell.Keys])).Exit);
        Assert.Equal(0, (await shell.JsonAsync(["receipt", id, "--out", shell["r.cose"], .. As("bob")])).Exit);
        Assert.Equal("done", (string)(await shell.JsonAsync(["show", "transaction", id, "--calls", .. As("ada")])).Json["status"]!);
        Assert.True((ulong)(await shell.JsonAsync(["show", "head", "--node", host.Url, .. shell.Keys])).Json["height"]! > 0);
        var url = host.Url;
        await host.StopAsync();

        Assert.Equal(0, (await shell.JsonAsync("verify", shell["r.cose"], "--genesis", shell["ledger/genesis.json"])).Exit);
        Assert.Equal(3, (await shell.JsonAsync(["show", "head", "--node", url, .. shell.Keys])).Exit);
        var (sound, found) = await shell.JsonAsync("fsck", shell["data"], "--deep");
        Assert.True(sound == 0, found.ToJsonString());
        Assert.True((ulong)(await shell.JsonAsync("rebuild-views", shell["data"])).Json["height"]! > 0);
        // Nothing can be pruned of so young a ledger, and nothing is lost by asking.
        var (done, pruned) = await shell.JsonAsync("prune", shell["data"], "--to", "1000");
        Assert.Equal((0, 0UL, (ulong)pruned["height"]!), (done, (ulong)pruned["pruned"]!, (ulong)pruned["told"]!));
        Assert.Equal(2, (await shell.JsonAsync("prune", shell["nowhere"], "--to", "1")).Exit);
        Assert.Equal(2, (await shell.JsonAsync("prune", shell["data"])).Exit);
    }

    [Fact]
    public async Task A_validator_lists_proposes_and_is_told_what_was_decided()
    {
        Assert.Equal(0, (await shell.JsonAsync(["party", "enrol", .. As("org")])).Exit);
        Assert.Equal((1, KernelRefusal.NotAValidatorsVote.Number), await RefusedAsync(["validator", "propose", "--suspend", "1.1", .. As("bank")]));
        Assert.Equal(2, (await shell.JsonAsync(["validator", "propose", "--suspend", "one", .. As("org")])).Exit);
        Assert.Equal(2, (await shell.JsonAsync(["validator", "propose", "--add", "Other", .. As("org")])).Exit);
        File.WriteAllText(shell["limits.json"], """
            {"expiryAheadSeconds": 3600, "stepsPerCall": 5000, "wakeUpsPerBlock": 500, "checkpointRecords": 50000, "checkpointSeconds": 2, "admittedBy": [],
            "bytesPerSecond": 2000000, "stepsPerSecond": 100000, "recordsPerSecond": 100000, "clockAheadSeconds": 86400}
            """);
        var changed = await shell.JsonAsync(["validator", "propose", "--limits", shell["limits.json"], .. As("org")]);
        Assert.Equal(0, changed.Exit);
        Assert.Equal(3_600, host.Node.Read(ledger => ledger.State.Parameters.ExpiryAheadSeconds));
        Assert.Equal(0, (await shell.JsonAsync(["validator", "propose", "--suspend", "1.1", .. As("org")])).Exit);
        var listed = (await shell.JsonAsync(["validator", "list", .. As("org")])).Json;
        Assert.Equal(("Org", 1, "EMoney"), ((string)listed["validators"]![0]!["name"]!, (int)listed["suspended"]![0]!["contract"]!, (string)listed["suspended"]![0]!["name"]!));
        Assert.Empty(listed["proposals"]!.AsArray());
        Assert.Equal(1, (await shell.JsonAsync(["validator", "list", .. As("bank")])).Exit);

        // The events of the ledger itself are in the views, for the validators' parties.
        using var org = new KeyFolder(shell["keys"]).Open("org", "open sesame");
        using var bank = new KeyFolder(shell["keys"]).Open("bank", "open sesame");
        Assert.Equal(["KernelCalls.Proposed", "KernelCalls.Carried", "KernelCalls.Proposed", "KernelCalls.Carried"], await ToldAsync(org));
        Assert.Empty(await ToldAsync(bank));
        Assert.Equal(1, (await shell.JsonAsync(["show", "agreement", "0", .. As("org")])).Exit);
        Assert.Equal(1, (await shell.JsonAsync(["show", "transaction", (string)changed.Json["id"]!, "--calls", .. As("bank")])).Exit);
        Assert.Equal(0, (await shell.JsonAsync(["show", "transaction", (string)changed.Json["id"]!, "--calls", .. As("org")])).Exit);

        async Task<IEnumerable<string>> ToldAsync(SigningKey reader)
        {
            using var http = new HttpClient(new SigningHandler(reader, new HttpClientHandler())) { BaseAddress = new Uri(host.Url) };
            await http.GetStringAsync($"/v1/views?height={host.Node.Head!.Header.Height}");
            var page = System.Text.Json.Nodes.JsonNode.Parse(await http.GetStringAsync("/v1/agreements/0/events"))!;
            return page["lines"]!.AsArray().Select(line => (string)line!["name"]!);
        }
    }

    [Fact]
    public async Task Keys_delegates_and_guardians_are_set_by_commands()
    {
        await shell.KeyAsync("phone");
        await shell.KeyAsync("till");
        await IssueAsync("ada", 1_000);
        Assert.Equal(0, (await shell.JsonAsync(["party", "add-key", "--new", "phone", .. As("ada")])).Exit);
        Assert.Equal(0, (await shell.JsonAsync(["party", "delegate", "--new", "till", "--scope", "0.1", "--limit", "1:1.00:2.00", "--until", Tomorrow, .. As("ada")])).Exit);
        Assert.Equal(0, (await shell.JsonAsync(["pay", "--to", "bank", "--amount", "1", .. As("till")])).Exit);
        Assert.Equal((1, KernelRefusal.OverDelegateLimit.Number), await RefusedAsync(["pay", "--to", "bank", "--amount", "1.01", .. As("till")]));
        Assert.Equal(0, (await shell.JsonAsync(["party", "undelegate", "--remove", "till", .. As("ada")])).Exit);
        Assert.Equal(0, (await shell.JsonAsync(["party", "guardians", "--guardian", "bank", "--needed", "1", "--delay-hours", "1", .. As("phone")])).Exit);
        var (_, party) = await shell.JsonAsync(["party", "show", .. As("ada")]);
        Assert.Equal(2, party["keys"]!.AsArray().Count);
        Assert.Equal(1, (int)party["guardians"]!["needed"]!);
        Assert.Equal(0, (await shell.JsonAsync(["party", "retire-key", "--retire", "phone", .. As("ada")])).Exit);
        await shell.KeyAsync("new-phone");
        Assert.Equal(0, (await shell.JsonAsync(["party", "recover", "--of", "ada", "--new", "new-phone", .. As("bank")])).Exit);
        Assert.Equal((1, KernelRefusal.NoRecovery.Number), await RefusedAsync(["party", "stop-recovery", .. As("ada")]));
        Assert.Equal(2, (await shell.JsonAsync(["party", "delegate", "--new", "org", "--scope", "all", "--until", Tomorrow, .. As("ada")])).Exit);
    }

    [Fact]
    public async Task A_node_that_speaks_for_another_ledger_than_it_did_is_not_signed_for()
    {
        Assert.Equal(1, (await shell.JsonAsync(["pay", "--to", "bank", "--amount", "1", .. As("ada")])).Exit);
        var file = shell["keys/nodes.json"];
        File.WriteAllText(file, File.ReadAllText(file).Replace(host.Node.LedgerId.ToString(), Hash.Of("other"u8).ToString(), StringComparison.Ordinal));
        Assert.Equal(2, (await shell.JsonAsync(["pay", "--to", "bank", "--amount", "1", .. As("ada")])).Exit);
    }

    [Fact]
    public async Task Documents_are_kept_and_come_back_as_they_were_committed_to()
    {
        using var key = new KeyFolder(shell["keys"]).Open("ada", "open sesame");
        using var client = new KetenClient(new Uri(host.Url), key);
        var (commitment, salt) = await client.PutDocumentAsync("a meter's record"u8.ToArray(), "text/plain");
        var document = await client.DocumentAsync(commitment);
        Assert.Equal("a meter's record"u8.ToArray(), document!.Content);
        Assert.Equal(salt, document.Salt);
        using var stranger = new KetenClient(new Uri(host.Url));
        Assert.True(await IsHiddenAsync(() => stranger.DocumentAsync(commitment)));
    }

    private static string Tomorrow => MomentText.Write(new Instant(DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds()));

    private static async Task<bool> IsHiddenAsync(Func<Task<VaultDocument?>> ask)
    {
        try
        {
            return await ask() is null;
        }
        catch (ProblemException problem)
        {
            return problem.Problem.Status is 401 or 404;
        }
    }

    private async Task<(int Exit, int Refusal)> RefusedAsync(string[] args)
    {
        var (exit, json) = await shell.JsonAsync(args);
        return (exit, (int?)json["refusal"] ?? 0);
    }

    private async Task IssueAsync(string to, long cents)
    {
        var folder = new KeyFolder(shell["keys"]);
        using var bank = folder.Open("bank", "open sesame");
        using var client = new KetenClient(new Uri(host.Url), bank);
        var wallet = new Wallet(client, host.Node.LedgerId, bank, folder.CountersOf(bank.Id));
        var opening = await wallet.BeginAsync();
        Assert.Equal(SubmissionStatus.Done, (await wallet.SendAsync(opening.Open(EMoney.Contents, new EMoney.Begin(Party.Of(bank.Id), "EUR", 2)))).Status);
        var issue = await wallet.BeginAsync();
        Assert.Equal(SubmissionStatus.Done, (await wallet.SendAsync(
            issue.Call(EMoney.Contents, new Agreement<EMoney>(1), new EMoney.Issue(folder.Show(to).Party, new Unit(1).Of(cents), Hash.Of("notice"u8))))).Status);
    }
}
