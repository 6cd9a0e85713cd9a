using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Vehicles;
using Keten.Kernel;
using Keten.Node.Alarms;
using Keten.Node.Hosting;
using Keten.Node.Webhooks;
using Keten.Testing;
using Keten.Tests.Nodes;
using Keten.Tests.Webhooks;

namespace Keten.Tests.Alarms;

/// <summary>Alarms on a whole node: raised by what contracts warn of, told one after another by web and e-mail, acknowledged.</summary>
public sealed class AlarmTests : IAsyncLifetime
{
    private const string Vin = "1M8GDM9AXKP042788", OtherVin = "1HGCM82633A004352";
    private static readonly Agreement<Registration> Register = new(2);
    private static readonly Agreement<Recalls> Called = new(3);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("keten-alarms-");
    private readonly NodeRig ledger = new(new SimulatedDisk(7));
    private readonly MailServer mail = new();
    private readonly List<HttpClient> clients = [];
    private NodeHost host = null!;

    public async Task InitializeAsync()
    {
        await ledger.Open();
        await ledger.Fund();
        var (office, works) = (Party.Of(ledger.Bank.Id), Party.Of(ledger.Bob.Id));
        await Do(one => one.Open(Registration.Contents, new Registration.Establish(office, "NL", false)), ledger.Bank);
        await Do(one => one.Open(Recalls.Contents, new Recalls.Begin(works, Register)), ledger.Bob);
        await Do(one => one.Call(Recalls.Contents, Called, new Recalls.Build(new Many<string>(Vin, OtherVin), "spring")), ledger.Bob);
        foreach (var (vin, book) in new[] { (Vin, 4ul), (OtherVin, 5ul) })
        {
            await Do(one => one.Open(VehicleLife.Contents, new VehicleLife.Begin(vin, works, Register, Called)), ledger.Bob);
            await Do(one => one.Call(Registration.Contents, Register, new Registration.Admit(vin, Party.Of(ledger.Ada.Id), new Agreement<VehicleLife>(book))), ledger.Bank, ledger.Ada);
        }
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await host.StopAsync();
        await mail.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_theft_is_told_by_web_to_who_asked_for_it_and_for_that_vehicle_only()
    {
        await using var receiver = await Receiver.StartAsync();
        var made = await SubscribeAsync(new JsonObject { ["kinds"] = Kinds("theft"), ["everyones"] = true, ["about"] = Vin }, (receiver.Url.ToString(), 0));
        await StealAsync(OtherVin);
        await StealAsync(Vin);
        var got = await receiver.NextAsync();
        Assert.Equal(WebhookSender.Sign(Convert.FromBase64String(((string)made["secret"]!)["whsec_".Length..]), got.Id, long.Parse(got.Timestamp), got.Body), got.Signature);
        var message = JsonNode.Parse(got.Body)!;
        Assert.Equal(("keten.alarm.theft", Vin), ((string)message["type"]!, (string)message["data"]!["event"]!["content"]!["vin"]!));
        var alarm = Assert.Single(await AlarmsAsync());
        Assert.Equal((got.Id, "theft"), ((string)alarm["id"]!, (string)alarm["kind"]!));
        Assert.Single(receiver.All);

        // Once, and known to its party alone.
        await Post(As(ledger.Bob), $"/v1/alarms/{got.Id}/acknowledge", null, HttpStatusCode.NotFound);
        var done = await Post(As(ledger.Ada), $"/v1/alarms/{got.Id}/acknowledge", null, HttpStatusCode.OK);
        Assert.Equal("party", (string)done["by"]!);
        Assert.Empty(await AlarmsAsync("?open=true"));
    }

    [Fact]
    public async Task What_is_for_everyone_is_not_told_to_who_asked_for_its_own_alone()
    {
        await using var receiver = await Receiver.StartAsync();
        await SubscribeAsync(new JsonObject(), (receiver.Url.ToString(), 0));
        await StealAsync(Vin);
        await SubscribeAsync(new JsonObject { ["everyones"] = true, ["after"] = "0.0" }, (receiver.Url.ToString(), 0));
        Assert.Equal(Vin, (string)JsonNode.Parse((await receiver.NextAsync()).Body)!["data"]!["event"]!["content"]!["vin"]!);
        Assert.Single(await AlarmsAsync());
    }

    [Fact]
    public async Task One_after_another_is_written_to_until_somebody_acknowledges_and_nobody_who_has_not_said_yes()
    {
        await SubscribeAsync(new JsonObject { ["everyones"] = true }, ("mailto:ada@example.org", 0), ("mailto:silent@example.org", 600), ("mailto:boss@example.org", 900), ("mailto:board@example.org", 1_800));
        var asked = new[] { await mail.NextAsync(), await mail.NextAsync(), await mail.NextAsync(), await mail.NextAsync() }.ToDictionary(letter => letter.To);
        Assert.All(asked.Values, letter => Assert.Equal(("[Keten] Do you want these alarms?", "alarms@example.org"), (letter.Subject, letter.From)));
        foreach (var who in new[] { "ada", "boss", "board" }) await AnswerAsync(asked[who + "@example.org"].Token, "Alarms are sent to this address from now on.");

        await StealAsync(Vin);
        var first = await mail.NextAsync();
        Assert.Equal(("ada@example.org", "[Keten] theft: Registration 2"), (first.To, first.Subject));
        Assert.Contains("vin: " + Vin, first.Text, StringComparison.Ordinal);
        // To look at the link changes nothing.
        var page = await As(null).GetAsync("/v1/alarms/answer/" + first.Token);
        Assert.Contains("form-action 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("<button>Acknowledge</button>", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        ledger.Clock.Advance(TimeSpan.FromSeconds(601));
        var second = await mail.NextAsync();
        Assert.Equal("boss@example.org", second.To);
        Assert.Contains("Nobody who was told before has acknowledged it.", second.Text, StringComparison.Ordinal);
        Assert.NotEqual(first.Id, second.Id);
        await AnswerAsync(second.Token, "Acknowledged. Nobody else is told.");
        ledger.Clock.Advance(TimeSpan.FromHours(1));
        await StealAsync(OtherVin);
        Assert.Equal("ada@example.org", (await mail.NextAsync()).To);
        var alarms = await AlarmsAsync();
        Assert.Equal((2, 1, "link"), ((int)alarms[1]["told"]!, (int)alarms[1]["missed"]!, (string)alarms[1]["by"]!));
        Assert.Equal(HttpStatusCode.NotFound, (await As(null).GetAsync("/v1/alarms/answer/" + new string('0', 32))).StatusCode);
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_tried_again_and_then_passed_over_at_once()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = _ => 503;
        await SubscribeAsync(new JsonObject { ["everyones"] = true }, (receiver.Url.ToString(), 0), ("mailto:boss@example.org", 86_400));
        await AnswerAsync((await mail.NextAsync()).Token, "from now on");
        await StealAsync(Vin);
        await Wait.UntilAsync(async () =>
        {
            ledger.Clock.Advance(TimeSpan.FromMinutes(3));
            await Task.Delay(20);
            return !mail.IsEmpty;
        });
        Assert.Equal(new AlarmOptions().Attempts, receiver.All.Count);
        Assert.Single(receiver.All.Select(got => got.Id).Distinct());
        Assert.Equal("boss@example.org", (await mail.NextAsync()).To);
    }

    [Fact]
    public async Task Who_does_not_answer_holds_up_nobody_else()
    {
        using var silent = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var receiver = await Receiver.StartAsync();
        // It takes the connection, and says nothing.
        await SubscribeAsync(new JsonObject { ["everyones"] = true }, ($"http://{silent.LocalEndpoint}/", 0));
        await StealAsync(OtherVin);
        using var held = await silent.AcceptTcpClientAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await SubscribeAsync(new JsonObject { ["everyones"] = true }, (receiver.Url.ToString(), 0));
        await StealAsync(Vin);
        Assert.Equal(Vin, (string)JsonNode.Parse((await receiver.NextAsync()).Body)!["data"]!["event"]!["content"]!["vin"]!);
        Assert.False(silent.Pending());
    }

    [Fact]
    public async Task A_mailbox_is_asked_a_few_times_a_day_whoever_asks_and_however_often()
    {
        for (var each = 0; each < 5; each++)
        {
            var made = await SubscribeAsync(new JsonObject(), ("mailto:ada@example.org", 0));
            if (each < 3) Assert.Equal("ada@example.org", (await mail.NextAsync()).To);
            Assert.Equal(HttpStatusCode.NoContent, (await As(ledger.Ada).DeleteAsync("/v1/alarms/subscriptions/" + made["id"])).StatusCode);
        }
        await SubscribeAsync(new JsonObject(), ("mailto:bob@example.org", 0));
        Assert.Equal("bob@example.org", (await mail.NextAsync()).To);
        await SubscribeAsync(new JsonObject(), ("mailto:ada@example.org", 0));
        ledger.Clock.Advance(TimeSpan.FromHours(23));
        await SubscribeAsync(new JsonObject(), ("mailto:eve@example.org", 0));
        Assert.Equal("eve@example.org", (await mail.NextAsync()).To);
        ledger.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("ada@example.org", (await mail.NextAsync()).To);
    }

    [Fact]
    public async Task What_was_raised_is_told_after_a_restart_and_once()
    {
        await SubscribeAsync(new JsonObject { ["everyones"] = true }, ("mailto:ada@example.org", 0), ("mailto:boss@example.org", 900));
        foreach (var letter in new[] { await mail.NextAsync(), await mail.NextAsync() }) await AnswerAsync(letter.Token, "from now on");
        await StealAsync(Vin);
        var first = await mail.NextAsync();
        await Wait.UntilAsync(async () => (int)(await AlarmsAsync())[0]["told"]! == 1);
        await host.StopAsync();
        await ledger.Open(null);
        await StartAsync();
        ledger.Clock.Advance(TimeSpan.FromSeconds(901));
        var second = await mail.NextAsync();
        Assert.Equal(("ada@example.org", "boss@example.org"), (first.To, second.To));
        Assert.True(mail.IsEmpty);
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_refused_by_what_is_wrong_with_it()
    {
        await Post(As(null), "/v1/alarms/subscriptions", Body(new JsonObject(), ("https://example.org/", 0)), HttpStatusCode.Unauthorized);
        foreach (var (body, word) in new (JsonObject, string)[]
        {
            (Body(new JsonObject { ["kinds"] = Kinds("fire") }, ("https://example.org/", 0)), "theft"),
            (Body(new JsonObject()), "at least one"),
            (Body(new JsonObject(), ("https://10.0.0.1/", 0)), "not public"),
            (Body(new JsonObject(), ("mailto:nobody", 0)), "no mailbox"),
            (Body(new JsonObject(), ("mailto:a@example.org,b@example.org", 0)), "no mailbox"),
            (Body(new JsonObject(), ("mailto:a@example.org?cc=b@example.org", 0)), "no mailbox"),
            (Body(new JsonObject(), ("mailto:a%0d%0aBcc:b@example.org", 0)), "no mailbox"),
            (Body(new JsonObject(), ("mailto:a@example.org", 60), ("mailto:b@example.org", 60)), "later"),
            (Body(new JsonObject { ["more"] = 1 }, ("mailto:a@example.org", 0)), "not known"),
        })
            Assert.Contains(word, (string)(await Post(As(ledger.Ada), "/v1/alarms/subscriptions", body, HttpStatusCode.BadRequest))["detail"]!, StringComparison.Ordinal);
        Assert.True(mail.IsEmpty);
        Assert.Contains("roll-back", (await Read(await As(null).GetAsync("/v1/alarms/kinds"), HttpStatusCode.OK))["kinds"]!.AsArray().Select(word => (string)word!));
    }

    private async Task StartAsync() => host = await NodeHost.StartAsync(
        new NodeConfiguration
        {
            Ledger = new LedgerSection { Data = Path.Combine(folder.FullName, "data") }, Http = new HttpSection { Listen = "http://127.0.0.1:0", PerReader = 100_000 },
            Log = new LogSection { Level = "none" }, Webhooks = new WebhookSection { AllowLoopback = true, TimeoutSeconds = 60 },
            Alarms = new AlarmSection { Smtp = mail.Address, From = "alarms@example.org", StartTls = false, PublicUrl = "https://keten.example" },
        },
        ledger.Node, [Rooms.Open], ledger.Clock);

    private Task StealAsync(string vin) => Do(one => one.Call(Registration.Contents, Register, new Registration.ReportStolen(vin)), ledger.Ada);

    private async Task Do(Func<TransactionBuilder, TransactionBuilder> call, params SigningKey[] signers)
    {
        var answer = await ledger.Submit(call(ledger.Begin(signers)).Sign(signers));
        Assert.True(answer.Status == Node.Pipeline.AnswerStatus.Done, answer.ToString());
    }

    private Task<JsonNode> SubscribeAsync(JsonObject body, params (string To, int After)[] steps) => Post(As(ledger.Ada), "/v1/alarms/subscriptions", Body(body, steps), HttpStatusCode.Created);

    private async Task<JsonNode[]> AlarmsAsync(string query = "") => [.. (await Read(await As(ledger.Ada).GetAsync("/v1/alarms" + query), HttpStatusCode.OK))["alarms"]!.AsArray().Select(alarm => alarm!)];

    private async Task AnswerAsync(string token, string says) =>
        Assert.Contains(says, await (await As(null).PostAsync("/v1/alarms/answer/" + token, null)).Content.ReadAsStringAsync(), StringComparison.Ordinal);

    private static JsonArray Kinds(params string[] words) => [.. words.Select(word => JsonValue.Create(word))];

    private static JsonObject Body(JsonObject body, params (string To, int After)[] steps)
    {
        body["steps"] = new JsonArray([.. steps.Select(step => new JsonObject { ["to"] = step.To, ["after"] = step.After })]);
        return body;
    }

    private HttpClient As(SigningKey? key)
    {
        HttpMessageHandler handler = new SocketsHttpHandler();
        var client = new HttpClient(key is null ? handler : new SigningHandler(key, handler, ledger.Clock)) { BaseAddress = new Uri(host.Url), Timeout = TimeSpan.FromSeconds(60) };
        clients.Add(client);
        return client;
    }

    private static async Task<JsonNode> Post(HttpClient client, string address, JsonObject? body, HttpStatusCode status) =>
        await Read(body is null ? await client.PostAsync(address, null) : await client.PostAsJsonAsync(address, body), status);

    private static async Task<JsonNode> Read(HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }
}
