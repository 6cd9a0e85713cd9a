using System.Net;
using Keten.Client;
using Keten.Contracts.Money;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Kernel.Cbor;
using Keten.Node.Pipeline;
using Keten.Tests.Nodes;

namespace Keten.Tests.Api;

public sealed class TransactionApiTests
{
    [Fact]
    public async Task A_payment_is_final_and_its_receipt_is_for_payer_and_payee_and_checks_offline()
    {
        await using var rig = await ApiRig.Start();
        var ledger = rig.Ledger;
        var answer = await ApiRig.Json(await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 250)));
        Assert.Equal("done", (string?)answer["status"]);
        var address = "/v1/transactions/" + answer["id"];
        Assert.Equal((ulong)answer["height"]!, (ulong)(await ApiRig.Get(rig.Nobody, address))["height"]!);
        foreach (var named in (SigningKey[])[ledger.Ada, ledger.Bob])
        {
            var receipt = await rig.As(named).GetByteArrayAsync(address + "/receipt");
            Assert.Equal(ReceiptFault.None, ReceiptCheck.Check(receipt, ledger.Genesis, out _));
            var call = (await ApiRig.Get(rig.As(named), address + "?calls=true"))["calls"]![0]!;
            Assert.Equal("2.50", (string?)call["arguments"]!["amount"]!["amount"]);
            Assert.Equal(2, call["postings"]!.AsArray().Count);
        }
        foreach (var part in (string[])["/receipt", "?calls=true"])
        {
            await ApiRig.Get(rig.As(ledger.Bank), address + part, 404);
            await ApiRig.Get(rig.Nobody, address + part, 401);
        }
        var unknown = "/v1/transactions/" + Hash.Of("x"u8) + "/receipt";
        Assert.Equal((await ApiRig.Get(rig.As(ledger.Bank), unknown, 404)).ToJsonString(), (await ApiRig.Get(rig.As(ledger.Bank), address + "/receipt", 404)).ToJsonString());
        await ApiRig.Get(rig.Nobody, unknown, 401);
    }

    [Fact]
    public async Task A_payee_of_a_batch_does_not_read_what_the_others_were_paid()
    {
        await using var rig = await ApiRig.Start();
        var ledger = rig.Ledger;
        var builder = ledger.Begin(ledger.Ada).Transfer(null, Party.Of(ledger.Bob.Id), NodeRig.Euro.Of(1)).Transfer(null, Party.Of(ledger.Bank.Id), NodeRig.Euro.Of(2));
        var id = (await ApiRig.Json(await rig.Post(builder.Sign(ledger.Ada))))["id"];
        await ApiRig.Get(rig.As(ledger.Ada), $"/v1/transactions/{id}?calls=true");
        await ApiRig.Get(rig.As(ledger.Bob), $"/v1/transactions/{id}?calls=true", 404);
    }

    [Fact]
    public async Task Many_come_as_a_sequence_or_an_array_and_each_gets_its_answer()
    {
        await using var rig = await ApiRig.Start(http => http with { TransactionsAtMost = 20 });
        var ledger = rig.Ledger;
        var sequence = Pays(ledger, 20).SelectMany(each => each).ToArray();
        var answers = (await ApiRig.Json(await rig.Post(sequence, "application/cbor-seq"))).AsArray();
        Assert.Equal(20, answers.Count);
        Assert.All(answers, answer => Assert.Equal("done", (string?)answer!["status"]));

        // Sent once more they are not done once more: what was decided is told again.
        var again = await ApiRig.Json(await rig.Post(sequence, "application/cbor-seq"));
        Assert.Equal(answers[3]!.ToJsonString(), again[3]!.ToJsonString());
        Assert.Equal(20, ledger.BalanceOf(ledger.Bob));

        var response = await rig.Post(Array(Pays(ledger, 3)), "application/cbor", "?wait=final", "application/cbor");
        Assert.Equal("application/cbor", response.Content.Headers.ContentType!.MediaType);
        var done = Statuses(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal([2, 2, 2], done);
        response = await rig.Post(Array(Pays(ledger, 2)), "application/cbor", "?wait=accepted", "application/cbor");
        var accepted = Statuses(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal([1, 1], accepted);
        Assert.Equal(HttpStatusCode.Accepted, (await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 1), query: "?wait=accepted")).StatusCode);

        foreach (var (body, type) in ((byte[], string)[])[(Pays(ledger, 21).SelectMany(each => each).ToArray(), "application/cbor-seq"), (Array(Pays(ledger, 21)), "application/cbor")])
        {
            var problem = await rig.Post(body, type);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, problem.StatusCode);
            Assert.Equal("too-many-transactions", (string?)(await ApiRig.Json(problem))["name"]);
        }
    }

    [Fact]
    public async Task A_node_without_room_says_so_at_once_and_when_to_come_again()
    {
        await using var rig = await ApiRig.Start(options: new PipelineOptions { QueueAtMost = 10 });
        var ledger = rig.Ledger;
        using var held = new SemaphoreSlim(0);
        using var release = new SemaphoreSlim(0);
        // Nobody gets by the state while it is being read: Ada's key is not known to the door yet.
        var holding = Task.Run(() => ledger.Node.Read(_ =>
        {
            held.Release();
            release.Wait();
            return true;
        }));
        await held.WaitAsync();
        var taken = rig.Post(Array(Pays(ledger, 10)), "application/cbor", accept: "application/cbor");
        await Wait.UntilAsync(() => ledger.Node.IsBusy);
        try
        {
            foreach (var (body, type) in ((byte[], string)[])[(Array(Pays(ledger, 5)), "application/cbor"), (ledger.Pay(ledger.Ada, ledger.Bob, 1), "application/cose")])
            {
                var response = await rig.Post(body, type, accept: "application/cbor");
                Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
                Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter!.Delta);
                Assert.Equal("Busy", (string?)(await ApiRig.Json(response))["name"]);
            }
        }
        finally
        {
            release.Release();
        }
        await holding;
        Assert.All(Statuses(await (await taken).Content.ReadAsByteArrayAsync()), status => Assert.Equal(2, status));
        Assert.Equal(HttpStatusCode.OK, (await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 1))).StatusCode);
    }

    [Fact]
    public async Task Each_bad_transaction_gets_its_own_problem_with_its_number()
    {
        await using var rig = await ApiRig.Start(http => http with { BodyAtMost = 4 << 20 });
        var (ledger, money) = (rig.Ledger, EMoney.Contents);
        var (ada, bob) = (ledger.Ada, Party.Of(ledger.Bob.Id));
        var good = ledger.Pay(ada, ledger.Bob, 1);
        var now = new Instant(ledger.Clock.GetUtcNow().ToUnixTimeSeconds());
        using var stranger = SigningKey.Generate();

        await Refused(400, KernelRefusal.Malformed, [0xff, 0x00]);
        await Refused(400, KernelRefusal.Malformed, [good[0], 0x98, 0x04, .. good[2..]]);
        await Refused(400, KernelRefusal.Malformed, good[..^1]);
        await Refused(413, KernelRefusal.TooLarge, new byte[Transaction.BytesAtMost + 1]);
        await Refused(422, KernelRefusal.WrongLedger, new TransactionBuilder(Hash.Of("other"u8), now.Plus(60)).By(ada.Id, 900).Transfer(null, bob, NodeRig.Euro.Of(1)).Sign(ada));
        await Refused(422, KernelRefusal.Expired, new TransactionBuilder(ledger.Genesis.LedgerId, now.Plus(-60)).By(ada.Id, 901).Transfer(null, bob, NodeRig.Euro.Of(1)).Sign(ada));
        await Refused(422, KernelRefusal.ExpiryTooFar, new TransactionBuilder(ledger.Genesis.LedgerId, now.Plus(200_000)).By(ada.Id, 902).Transfer(null, bob, NodeRig.Euro.Of(1)).Sign(ada));
        await Refused(422, KernelRefusal.UnknownKey, ledger.Begin(stranger).Transfer(null, bob, NodeRig.Euro.Of(1)).Sign(stranger));
        await Refused(422, KernelRefusal.BadSignature, [.. good[..^1], (byte)(good[^1] ^ 1)]);
        Assert.Equal(HttpStatusCode.OK, (await rig.Post(good)).StatusCode);
        var used = Transaction.Parse(good).Signers[0].Counter;
        await Refused(409, KernelRefusal.Replayed, new TransactionBuilder(ledger.Genesis.LedgerId, now.Plus(60)).By(ada.Id, used).Transfer(null, bob, NodeRig.Euro.Of(2)).Sign(ada));
        await Refused(422, KernelRefusal.UnknownContract, ledger.Begin(ada).Open(999, 1, [0x80]).Sign(ada));
        await Refused(422, KernelRefusal.UnknownAgreement, ledger.Begin(ada).Call(999, 1, [0x80]).Sign(ada));
        await Refused(422, KernelRefusal.UnknownUnit, ledger.Begin(ada).Transfer(null, bob, new Unit(77).Of(1)).Sign(ada), decided: true);
        await Refused(422, KernelRefusal.NegativeAmount, ledger.Begin(ada).Transfer(null, bob, NodeRig.Euro.Of(-5)).Sign(ada), decided: true);
        await Refused(422, KernelRefusal.InsufficientFunds, ledger.Begin(ada).Transfer(null, bob, NodeRig.Euro.Of(1L << 60)).Sign(ada), decided: true);
        await Refused(422, KernelRefusal.SignatureMissing, ledger.Begin(ada).Call(money, new Agreement<EMoney>(1), new EMoney.Issue(bob, NodeRig.Euro.Of(1), Hash.Of("b"u8))).Sign(ada), decided: true);
        var issue = new EMoney.Issue(bob, new Unit(77).Of(1), Hash.Of("c"u8));
        var own = await Problem(422, ledger.Begin(ledger.Bank).Call(money, new Agreement<EMoney>(1), issue).Sign(ledger.Bank));
        Assert.Equal(((1u << 16) | 1, "EMoney.1"), ((uint)own["refusal"]!, (string?)own["name"]));

        async Task Refused(int status, KernelRefusal refusal, byte[] body, bool decided = false)
        {
            var json = await Problem(status, body);
            Assert.Equal((refusal.Number, refusal.Name, refusal.Sentence), ((ushort)json["refusal"]!, (string?)json["name"], (string?)json["title"]));
            if (decided) Assert.NotNull(json["height"]);
        }

        async Task<System.Text.Json.Nodes.JsonNode> Problem(int status, byte[] body)
        {
            var response = await rig.Post(body);
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            var json = await ApiRig.Json(response);
            Assert.True(status == (int)response.StatusCode && status == (int)json["status"]!, json.ToJsonString());
            return json;
        }
    }

    [Fact]
    public async Task Requests_that_cannot_be_read_get_their_own_problem()
    {
        await using var rig = await ApiRig.Start(http => http with { BodyAtMost = 2_000 });
        await Expect(413, "too-long", rig.Post(new byte[3_000]));
        await Expect(415, "unsupported-media-type", rig.Post([1], "application/json"));
        await Expect(400, "bad-request", rig.Post([]));
        await Expect(400, "bad-request", rig.Post([0x80], "application/cbor"));
        await Expect(400, "Malformed", rig.Post([0x9f, 0xff], "application/cbor"));
        await Expect(400, "Malformed", rig.Post([0x81], "application/cbor-seq"));
        await Expect(400, "bad-request", rig.Post([1], query: "?wait=never"));
        await Expect(404, "unknown-route", rig.Nobody.GetAsync("/v1/nothing"));
        await Expect(405, "method-not-allowed", rig.Nobody.DeleteAsync("/v1/transactions"));
        foreach (var address in (string[])["transactions/xyz", "agreements/-1", "agreements/01", "agreements/1?proof=yes", "agreements/1/records/1?limit=0", "accounts/zz", "accounts/0",
            "parties/AB", "units/1.5", "blocks/x", "history/consistency?from=1", "events?after=5", "keys/0", "agreements/99999999999999999999999"])
            await Expect(400, "bad-request", rig.Nobody.GetAsync("/v1/" + address));
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "/v1/transactions") { Content = new StreamContent(new MemoryStream(new byte[3_000])) };
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Content.Headers.ContentType = new("application/cose");
        await Expect(413, "too-long", rig.Nobody.SendAsync(chunked));
        using var body = new HttpRequestMessage(HttpMethod.Get, "/v1/units") { Content = new ByteArrayContent([1]) };
        await Expect(400, "bad-request", rig.Nobody.SendAsync(body));

        static async Task Expect(int status, string name, Task<HttpResponseMessage> asked)
        {
            var response = await asked;
            var text = await response.Content.ReadAsStringAsync();
            Assert.True((int)response.StatusCode == status, $"{response.RequestMessage!.RequestUri}: {(int)response.StatusCode} {text}");
            Assert.Equal(name, (string?)System.Text.Json.Nodes.JsonNode.Parse(text)!["name"]);
        }
    }

    [Fact]
    public async Task A_pruned_transaction_is_gone_and_not_unknown_and_so_is_a_stream_that_would_begin_with_it()
    {
        await using var rig = await ApiRig.Start(options: RestartTests.Small);
        var ledger = rig.Ledger;
        var old = await ApiRig.Json(await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 1)));
        for (var each = 0; each < 30; each++) await ledger.Submit(ledger.Fill());
        var kept = await ApiRig.Json(await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 2)));
        await ledger.Prune();
        var page = ApiPageTests.Problem("pruned");
        foreach (var (by, part) in ((HttpClient, string)[])[(rig.Nobody, ""), (rig.As(ledger.Ada), "/receipt"), (rig.As(ledger.Bank), "/receipt"), (rig.As(ledger.Ada), "?calls=true")])
        {
            var gone = await ApiRig.Get(by, $"/v1/transactions/{old["id"]}{part}", 410);
            foreach (var field in (string[])["type", "title", "status", "name"]) Assert.Equal(page[field]!.ToJsonString(), gone[field]!.ToJsonString());
            Assert.Equal((ulong)old["height"]!, (ulong)gone["height"]!);
            await ApiRig.Get(by, $"/v1/transactions/{Hash.Of("never"u8)}{part}", 404);
        }
        await ApiRig.Get(rig.Nobody, $"/v1/transactions/{old["id"]}/receipt", 401);
        await ApiRig.Get(rig.As(ledger.Ada), $"/v1/transactions/{kept["id"]}?calls=true");
        Assert.Equal("pruned", (string?)(await ApiRig.Get(rig.As(ledger.Ada), "/v1/events?after=0.0", 410))["name"]);
    }

    private static byte[][] Pays(NodeRig ledger, int count)
    {
        var pays = new byte[count][];
        for (var each = 0; each < count; each++) pays[each] = ledger.Pay(ledger.Ada, ledger.Bob, 1);
        return pays;
    }

    private static byte[] Array(byte[][] transactions)
    {
        var writer = new CborWriter();
        writer.Array(transactions.Length);
        foreach (var one in transactions) writer.Bytes(one);
        return writer.ToArray();
    }

    private static int[] Statuses(byte[] answers)
    {
        var reader = new CborReader(answers);
        var statuses = new int[reader.Array(1_000)];
        for (var each = 0; each < statuses.Length; each++)
        {
            var parts = reader.Array(6);
            reader.Hash();
            statuses[each] = (int)reader.Unsigned();
            for (var rest = 0; rest < 3; rest++) reader.Integer();
            Assert.Equal(statuses[each] == (int)SubmissionStatus.Accepted ? 6 : 5, parts);
            if (parts == 6) Acceptance.FromBytes(reader.Bytes().ToArray());
        }
        reader.End();
        return statuses;
    }
}
