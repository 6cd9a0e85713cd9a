using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.State;
using Keten.Tests.Nodes;

namespace Keten.Tests.Api;

/// <summary>Who reads by what they are: a delegate, a reader whom the contract names, anybody on an open ledger.</summary>
public sealed class ReaderTests
{
    [Fact]
    public async Task A_delegates_key_reads_its_own_counters_and_is_told_so_of_all_else()
    {
        await using var rig = await ApiRig.Start();
        var (ledger, ada) = (rig.Ledger, rig.Ledger.Ada);
        using var till = SigningKey.Generate();
        var scopes = new Many<Scope>(new Scope(0, 0));
        var limits = new Many<SpendingLimit>(new SpendingLimit(NodeRig.Euro.Of(500), NodeRig.Euro.Of(500)));
        var until = new Instant(ledger.Clock.GetUtcNow().ToUnixTimeSeconds()).PlusDays(1);
        Assert.True((await rig.Post(ledger.Begin(ada, till).Do(new KernelCalls.AddDelegate(Party.Of(ada.Id), till.Public, scopes, limits, until)).Sign(ada, till))).IsSuccessStatusCode);
        var paid = await ApiRig.Json(await rig.Post(ledger.Begin(till).Transfer(Party.Of(ada.Id), Party.Of(ledger.Bob.Id), NodeRig.Euro.Of(5)).Sign(till)));
        Assert.Equal("done", (string?)paid["status"]);

        foreach (var address in (string[])[$"accounts/{ApiRig.Id(ada)}", $"accounts/{ApiRig.Id(ada)}/1", "agreements/1", $"transactions/{paid["id"]}/receipt", $"parties/{ApiRig.Id(ada)}?proof=true"])
            Assert.Equal("forbidden", (string?)(await ApiRig.Get(rig.As(till), "/v1/" + address, 403))["name"]);
        Assert.Equal(2ul, (ulong)(await ApiRig.Get(rig.As(till), "/v1/keys/" + till.Id))["lanes"]![0]!["highest"]!);
        Assert.Null((await ApiRig.Get(rig.As(till), "/v1/keys/" + ada.Id))["lanes"]);
        Assert.Null((await ApiRig.Get(rig.As(till), "/v1/parties/" + ApiRig.Id(ada)))["delegates"]);
        Assert.True((await rig.As(ada).GetAsync($"/v1/transactions/{paid["id"]}/receipt")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_contract_that_says_who_reads_is_read_by_them_and_the_answer_names_them()
    {
        await using var rig = await ApiRig.Start(http => http with { HeartbeatSeconds = 1 });
        var (ledger, ada) = (rig.Ledger, rig.Ledger.Ada);
        Assert.True((await rig.Post(ledger.Begin(ada).Open(Measure.Contents, new Measure.Define(Party.Of(ada.Id), "kWh", 3)).Sign(ada))).IsSuccessStatusCode);
        foreach (var reader in (HttpClient[])[rig.Nobody, rig.As(ledger.Bob), rig.As(ada)]) Assert.Equal("everyone", (string?)(await ApiRig.Get(reader, "/v1/agreements/2"))["readers"]);
        // The bank is the party that its agreement names, and no other reads it.
        Assert.Equal([ApiRig.Id(ledger.Bank)], (await ApiRig.Get(rig.As(ledger.Bank), "/v1/agreements/1"))["readers"]!.AsArray().Select(party => (string?)party));
        await ApiRig.Get(rig.Nobody, "/v1/agreements/1", 401);
        using var stream = await rig.Nobody.GetAsync("/v1/events?after=0.0", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await stream.Content.ReadAsStreamAsync());
        var told = new List<string>();
        while (await lines.ReadLineAsync() is { } line && line != ":")
            if (line.StartsWith("data: ", StringComparison.Ordinal)) told.Add((string)System.Text.Json.Nodes.JsonNode.Parse(line[6..])!["name"]!);
        Assert.Equal(["Measure.Defined"], told);
    }

    [Fact]
    public async Task On_a_ledger_that_is_open_to_read_nobody_needs_to_sign()
    {
        await using var rig = await ApiRig.Start(openToRead: true);
        var ledger = rig.Ledger;
        var id = (await ApiRig.Json(await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 250))))["id"];
        foreach (var address in (string[])["agreements/1", "accounts/1", $"accounts/{ApiRig.Id(ledger.Ada)}", $"accounts/{ApiRig.Id(ledger.Bob)}/1", $"transactions/{id}?calls=true", "agreements/1/records/1"])
            await ApiRig.Get(rig.Nobody, "/v1/" + address);
        Assert.True((await rig.Nobody.GetAsync($"/v1/transactions/{id}/receipt")).IsSuccessStatusCode);
        Assert.NotNull((await ApiRig.Get(rig.Nobody, "/v1/parties/" + ApiRig.Id(ledger.Ada)))["delegates"]);
        await ApiRig.Get(rig.Nobody, "/v1/agreements/99", 404);
    }
}
