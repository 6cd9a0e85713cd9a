using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Node.Hosting;
using Keten.Node.Views;
using Keten.Node.Webhooks;
using Keten.Testing;
using Keten.Tests.Nodes;
using Keten.Tests.Webhooks;

namespace Keten.Tests.Views;

/// <summary>Views, webhooks and vault on a whole node, through their doors.</summary>
public sealed class RoomsTests : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-rooms-");
    private readonly NodeRig ledger = new(new SimulatedDisk(7));
    private readonly List<HttpClient> clients = [];
    private NodeHost host = null!;

    public async Task InitializeAsync()
    {
        await ledger.Open();
        await ledger.Fund();
        var configuration = new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = Path.Combine(folder.FullName, "data") }, Http = new HttpSection { Listen = "http://127.0.0.1:0", PerReader = 100_000 },
            Log = new LogSection { Level = "none" }, Webhooks = new WebhookSection { AllowLoopback = true },
        };
        host = await NodeHost.StartAsync(configuration, ledger.Node, [Rooms.Open], ledger.Clock);
    }

    public async Task DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await host.StopAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Statements_and_time_lines_are_for_those_whose_they_are()
    {
        await ledger.Submit(ledger.Pay(ledger.Ada, ledger.Bob, 250));
        var (ada, bob, nobody) = (As(ledger.Ada), As(ledger.Bob), As(null));
        await Get(nobody, $"/v1/views?height={ledger.Node.Head!.Header.Height}");
        var statement = await Get(ada, $"/v1/statements/{Id(ledger.Ada)}/1");
        var lines = statement["lines"]!.AsArray();
        Assert.Equal(["10000.00", "9997.50"], lines.Select(line => line!["balance"]!["amount"]!.GetValue<string>()));
        Assert.Equal(Id(ledger.Bob), lines[1]!["to"]![0]!["party"]!.GetValue<string>());
        await Get(nobody, $"/v1/statements/{Id(ledger.Ada)}/1", HttpStatusCode.Unauthorized);
        await Get(bob, $"/v1/statements/{Id(ledger.Ada)}/1", HttpStatusCode.NotFound);
        await Get(bob, "/v1/statements/1/1", HttpStatusCode.NotFound);
        Assert.Single((await Get(As(ledger.Bank), "/v1/statements/1/1"))["lines"]!.AsArray());
        Assert.Single((await Get(bob, "/v1/timeline?newest=true"))["lines"]!.AsArray());
        await Get(bob, $"/v1/timeline?party={Id(ledger.Ada)}", HttpStatusCode.NotFound);
        await Get(nobody, "/v1/timeline", HttpStatusCode.Unauthorized);
        await Get(ada, "/v1/timeline?after=x", HttpStatusCode.BadRequest);
        await Get(ada, "/v1/timeline?limit=501", HttpStatusCode.BadRequest);
        Assert.Equal(1, (await Get(As(ledger.Bank), "/v1/agreements"))["agreements"]!.AsArray().Single()!["number"]!.GetValue<int>());
        Assert.Empty((await Get(bob, "/v1/agreements"))["agreements"]!.AsArray());
        var told = (await Get(As(ledger.Bank), "/v1/agreements/1/events"))["lines"]!.AsArray().Single()!;
        Assert.Equal("10000.00", told["content"]!["amount"]!["amount"]!.GetValue<string>());
        Assert.Empty((await Get(bob, "/v1/agreements/1/events"))["lines"]!.AsArray());
        await Get(nobody, "/v1/agreements/1/events", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_webhook_is_its_partys_and_its_address_is_judged()
    {
        await using var receiver = await Receiver.StartAsync();
        var (bank, ada) = (As(ledger.Bank), As(ledger.Ada));
        await Post(As(null), "/v1/webhooks", new JsonObject { ["url"] = receiver.Url.ToString() }, HttpStatusCode.Unauthorized);
        await Post(bank, "/v1/webhooks", new JsonObject { ["url"] = "https://10.0.0.1/" }, HttpStatusCode.BadRequest);
        await Post(bank, "/v1/webhooks", new JsonObject { ["url"] = receiver.Url.ToString(), ["more"] = 1 }, HttpStatusCode.BadRequest);
        await Post(bank, "/v1/webhooks", new JsonObject { ["url"] = receiver.Url.ToString(), ["agreement"] = -1 }, HttpStatusCode.BadRequest);
        var made = await Post(bank, "/v1/webhooks", new JsonObject { ["url"] = receiver.Url.ToString(), ["after"] = "0.0" }, HttpStatusCode.Created);
        var got = await receiver.NextAsync();
        var secret = Convert.FromBase64String(made["secret"]!.GetValue<string>()["whsec_".Length..]);
        Assert.Equal(WebhookSender.Sign(secret, got.Id, long.Parse(got.Timestamp), got.Body), got.Signature);
        Assert.Equal("10000.00", JsonNode.Parse(got.Body)!["data"]!["fields"]!["amount"]!["amount"]!.GetValue<string>());
        var listed = Assert.Single((await Get(bank, "/v1/webhooks"))["webhooks"]!.AsArray())!;
        Assert.Null(listed["secret"]);
        Assert.Empty((await Get(ada, "/v1/webhooks"))["webhooks"]!.AsArray());
        var id = made["id"]!.GetValue<string>();
        Assert.Empty((await Get(bank, $"/v1/webhooks/{id}/dead-letters"))["deadLetters"]!.AsArray());
        await Get(ada, $"/v1/webhooks/{id}/dead-letters", HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.NotFound, (await ada.DeleteAsync($"/v1/webhooks/{id}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await bank.DeleteAsync($"/v1/webhooks/{id}")).StatusCode);
        Assert.Empty((await Get(bank, "/v1/webhooks"))["webhooks"]!.AsArray());
    }

    [Fact]
    public async Task A_document_is_kept_for_its_owner_and_handed_with_its_salt_to_its_readers()
    {
        var content = "OCMF|{}|{}"u8.ToArray();
        var (ada, bob) = (As(ledger.Ada), As(ledger.Bob));
        var body = new JsonObject { ["content"] = Convert.ToBase64String(content), ["mediaType"] = "text/html", ["readers"] = new JsonArray(Id(ledger.Bank)) };
        await Post(As(null), "/v1/documents", body, HttpStatusCode.Unauthorized);
        var kept = await Post(ada, "/v1/documents", body, HttpStatusCode.Created);
        var (commitment, salt) = (kept["commitment"]!.GetValue<string>(), kept["salt"]!.GetValue<string>());
        Assert.True(Hash.TryParse(commitment, out var hash) && Commitment.Verify(hash, Convert.FromHexString(salt), content));
        foreach (var reader in (HttpClient[])[ada, As(ledger.Bank)])
        {
            var response = await reader.GetAsync("/v1/documents/" + commitment);
            Assert.Equal(content, await response.Content.ReadAsByteArrayAsync());
            Assert.Equal(salt, response.Headers.GetValues("Keten-Salt").Single());
            Assert.Equal("text/html", response.Content.Headers.ContentType!.ToString());
            Assert.Contains("sandbox", response.Headers.GetValues("Content-Security-Policy").Single());
        }
        await Get(bob, "/v1/documents/" + commitment, HttpStatusCode.NotFound);
        await Get(As(null), "/v1/documents/" + commitment, HttpStatusCode.Unauthorized);
        body["agreement"] = 1;
        await Post(ada, "/v1/documents", body, HttpStatusCode.Forbidden);
        var ofMoney = await Post(As(ledger.Bank), "/v1/documents", body, HttpStatusCode.Created);
        var listed = (await Get(As(ledger.Bank), "/v1/documents?agreement=1"))["documents"]!.AsArray().Single()!;
        Assert.Equal(ofMoney["commitment"]!.GetValue<string>(), listed["commitment"]!.GetValue<string>());
        Assert.Empty((await Get(ada, "/v1/documents?agreement=1"))["documents"]!.AsArray());
        body["content"] = Convert.ToBase64String(new byte[(1 << 20) + 1]);
        await Post(ada, "/v1/documents", body, HttpStatusCode.RequestEntityTooLarge);
        body["content"] = "not base64!";
        await Post(ada, "/v1/documents", body, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Views_of_a_node_made_anew_say_the_same()
    {
        await ledger.Submit(ledger.Pay(ledger.Ada, ledger.Bob, 250));
        await Get(As(null), $"/v1/views?height={ledger.Node.Head!.Header.Height}");
        var file = Path.Combine(folder.FullName, "anew.db");
        await ViewStore.RebuildAsync(file, ledger.Node);
        using var anew = ViewStore.Open(file, ViewSource.Of(ledger.Node));
        Assert.True(anew.Height >= ledger.Node.Head.Header.Height);
        Assert.Equal(999_750, anew.Statement(Party.Of(ledger.Ada.Id), NodeRig.Euro, Paging.Newest(Position.End, 1)).Single().Balance);
    }

    private static string Id(SigningKey key) => Party.Of(key.Id).ToString();

    private HttpClient As(SigningKey? key)
    {
        HttpMessageHandler handler = new SocketsHttpHandler();
        var client = new HttpClient(key is null ? handler : new SigningHandler(key, handler, ledger.Clock)) { BaseAddress = new Uri(host.Url), Timeout = TimeSpan.FromSeconds(60) };
        clients.Add(client);
        return client;
    }

    private static async Task<JsonNode> Get(HttpClient client, string address, HttpStatusCode status = HttpStatusCode.OK) => await Read(await client.GetAsync(address), status);

    private static async Task<JsonNode> Post(HttpClient client, string address, JsonObject body, HttpStatusCode status) => await Read(await client.PostAsJsonAsync(address, body), status);

    private static async Task<JsonNode> Read(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
