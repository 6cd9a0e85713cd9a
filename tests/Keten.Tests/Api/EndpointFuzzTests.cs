using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Keten.Tests.Api;

public sealed class EndpointFuzzTests
{
    private static readonly string[] Addresses =
    [
        "/v1/transactions/{0}", "/v1/transactions/{0}/receipt?from={1}", "/v1/transactions/{0}?calls={1}", "/v1/agreements/{0}?proof={1}", "/v1/agreements/{0}/records/{1}?after={2}&limit={3}",
        "/v1/agreements/{0}/records/{1}/{2}?proof={3}", "/v1/accounts/{0}", "/v1/accounts/{0}/{1}?proof={2}&until={3}", "/v1/parties/{0}?proof={1}", "/v1/keys/{0}", "/v1/units?after={0}&limit={1}",
        "/v1/units/{0}", "/v1/history/checkpoint", "/v1/history/consistency?from={0}&to={1}", "/v1/blocks/{0}", "/v1/genesis", "/v1/catalogue", "/v1/refusals", "/health/live", "/health/ready",
        "/v1/events?after={0}.x&contract={1}", "/openapi/{0}.json", "/{0}/{1}", "/api/{0}",
    ];

    [Fact]
    public async Task No_address_however_wild_makes_the_node_fail()
    {
        await using var rig = await ApiRig.Start();
        var (random, clients) = (new Random(9457), new[] { rig.Nobody, rig.As(rig.Ledger.Ada), rig.As(rig.Ledger.Bank) });
        string[] values =
        [
            "0", "1", "2", "18446744073709551615", "18446744073709551616", "-1", "9007199254740993", "4294967295", "4294967296", "true", "false", "ab", "", "%00", "%ff", "..%2f..", "%E2%82%AC",
            new string('0', 40), new string('f', 64), new string('9', 300), ApiRig.Id(rig.Ledger.Ada), "2027-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "v1", "%F0%9F%94%91",
        ];
        for (var round = 0; round < 1_500; round++)
        {
            var address = string.Format(null, Addresses[round % Addresses.Length], Value(), Value(), Value(), Value());
            // Proofs wait for ledger time, which stands here.
            if (address.Contains("proof=true", StringComparison.Ordinal)) continue;
            using var request = new HttpRequestMessage(HttpMethod.Get, rig.Host.Url + address);
            if (random.Next(4) == 0) request.Headers.TryAddWithoutValidation("Accept", random.Next(2) == 0 ? "application/cbor" : "*/*;q=x, ,;");
            if (random.Next(8) == 0) request.Headers.TryAddWithoutValidation("Signature-Input", Text(random));
            if (random.Next(8) == 0) request.Headers.TryAddWithoutValidation("Last-Event-ID", Text(random));
            using var response = await clients[round % clients.Length].SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True((int)response.StatusCode < 500, $"{address}: {(int)response.StatusCode}");
            // The server itself turns away what is no address at all (a zero byte in it), with 400 and no words.
            if (response is { StatusCode: HttpStatusCode.BadRequest, Content.Headers.ContentType: null }) continue;
            if ((int)response.StatusCode >= 400) Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        }

        string Value() => random.Next(5) == 0 ? Uri.EscapeDataString(Text(random)) : values[random.Next(values.Length)];
    }

    [Fact]
    public async Task No_bytes_in_the_door_make_the_node_fail_or_change_anything()
    {
        await using var rig = await ApiRig.Start(http => http with { BodyAtMost = 100_000 });
        var (random, ledger) = (new Random(8949), rig.Ledger);
        string[] types = ["application/cose", "application/cbor-seq", "application/cbor", "application/cose; cose-type=\"cose-sign1\"", "text/plain", "application/", ";"];
        var good = ledger.Pay(ledger.Ada, ledger.Bob, 1);
        for (var round = 0; round < 800; round++)
        {
            var body = good.ToArray();
            if (round % 4 == 0) random.NextBytes(body = new byte[random.Next(200)]);
            else if (round % 4 == 1) body = body[..random.Next(body.Length)];
            else for (var times = random.Next(1, 4); times > 0; times--) body[random.Next(body.Length)] ^= (byte)(1 << random.Next(8));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/transactions?wait=" + (random.Next(2) == 0 ? "accepted" : "final")) { Content = new ByteArrayContent(body) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", types[random.Next(types.Length)]);
            if (random.Next(3) == 0) request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/cbor"));
            using var response = await rig.Nobody.SendAsync(request);
            Assert.True((int)response.StatusCode < 500, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
        Assert.Equal(0, ledger.BalanceOf(ledger.Bob));
        Assert.Equal(HttpStatusCode.OK, (await rig.Post(good)).StatusCode);
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var left = random.Next(1, 40); left > 0; left--) text.Append((char)random.Next(0x21, 0x7f));
        return text.ToString();
    }
}
