using System.Net;
using System.Text.Json.Nodes;
using Keten.Client;

namespace Keten.Tests.Api;

public sealed class EventApiTests
{
    [Fact]
    public async Task Readers_are_told_what_is_theirs_and_others_nothing()
    {
        await using var rig = await ApiRig.Start(http => http with { HeartbeatSeconds = 1 });
        var ledger = rig.Ledger;
        await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 250));
        var bank = await Read(rig.As(ledger.Bank), "?after=0.0", 2);
        Assert.Equal(["posting", "event"], bank.Select(each => each.Name));
        Assert.Equal("EMoney.Issued", (string?)bank[1].Data["name"]);
        Assert.Equal("10000.00", (string?)bank[1].Data["content"]!["amount"]!["amount"]);
        var ada = await Read(rig.As(ledger.Ada), "?after=0.0", 2);
        Assert.Equal(["10000.00", "-2.50"], ada.Select(each => (string?)each.Data["posting"]!["change"]!["amount"]));
        var bob = await Read(rig.As(ledger.Bob), "?after=0.0", 1);
        Assert.Equal("2.50", (string?)bob[0].Data["posting"]!["balance"]!["amount"]);
        Assert.Empty(await Read(rig.Nobody, "?after=0.0", 1));
        Assert.Equal(["event"], (await Read(rig.As(ledger.Bank), "?after=0.0&contract=EMoney", 2)).Where(each => each.Name == "event").Select(each => each.Name));
        Assert.Empty(await Read(rig.As(ledger.Bank), "?after=0.0&agreement=7", 1));
    }

    [Fact]
    public async Task A_stream_is_taken_up_after_the_last_event_that_was_read_and_goes_on_with_new_ones()
    {
        await using var rig = await ApiRig.Start(http => http with { HeartbeatSeconds = 1 });
        var ledger = rig.Ledger;
        for (var each = 0; each < 3; each++) await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 1));
        var all = await Read(rig.As(ledger.Ada), "?after=0.0", 4);
        for (var each = 0; each < 3; each++)
        {
            var rest = await Read(rig.As(ledger.Ada), "", 3 - each, all[each].Id);
            Assert.Equal(all.Skip(each + 1).Select(one => one.Id), rest.Select(one => one.Id));
        }
        var coming = Read(rig.As(ledger.Ada), "", 1, all[^1].Id, patience: 100);
        await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 77));
        Assert.Equal("-0.77", (string?)(await coming)[0].Data["posting"]!["change"]!["amount"]);
    }

    [Fact]
    public async Task A_signature_that_does_not_hold_and_a_position_ahead_are_refused()
    {
        await using var rig = await ApiRig.Start();
        using var stranger = SigningKey.Generate();
        Assert.Equal(HttpStatusCode.Unauthorized, (await rig.As(stranger).GetAsync("/v1/events")).StatusCode);
        await ApiRig.Get(rig.Nobody, "/v1/events?after=999.0", 400);
        await ApiRig.Get(rig.Nobody, "/v1/events?after=1.-1", 400);
    }

    [Fact]
    public async Task A_stream_ends_when_its_readers_key_is_retired()
    {
        await using var rig = await ApiRig.Start(http => http with { HeartbeatSeconds = 1 });
        var (ledger, ada) = (rig.Ledger, rig.Ledger.Ada);
        using var response = await rig.As(ada).GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);
        var text = response.Content.ReadAsStringAsync();
        using var next = SigningKey.Generate();
        Assert.True((await rig.Post(ledger.Begin(ada, next).AddKey(Kernel.Party.Of(ada.Id), next.Public).Sign(ada, next))).IsSuccessStatusCode);
        Assert.True((await rig.Post(ledger.Begin(next).RetireKey(Kernel.Party.Of(ada.Id), ada.Id).Sign(next))).IsSuccessStatusCode);
        await Task.WhenAny(text, Task.Delay(TimeSpan.FromSeconds(20)));
        Assert.True(text.IsCompleted);
    }

    // Reads until so many events have come, or until the stream has said so often that nothing comes.
    private static async Task<List<(string Id, string Name, JsonNode Data)>> Read(HttpClient client, string query, int count, string? after = null, int patience = 1)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events" + query);
        if (after is not null) request.Headers.Add("Last-Event-ID", after);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, await (response.IsSuccessStatusCode ? Task.FromResult("") : response.Content.ReadAsStringAsync()));
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var (found, id, name) = (new List<(string, string, JsonNode)>(), "", "");
        while (found.Count < count && await reader.ReadLineAsync() is { } line)
        {
            if (line == ":" && --patience == 0) break;
            if (line.StartsWith("id: ", StringComparison.Ordinal)) id = line[4..];
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            if (line.StartsWith("data: ", StringComparison.Ordinal)) found.Add((id, name, JsonNode.Parse(line[6..])!));
        }
        return found;
    }
}
