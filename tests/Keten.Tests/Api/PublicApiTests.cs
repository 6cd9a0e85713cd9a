using System.Net;
using Keten.Client;
using Keten.Kernel.Blocks;

namespace Keten.Tests.Api;

public sealed class PublicApiTests
{
    [Fact]
    public async Task What_is_for_all_needs_no_signature()
    {
        await using var rig = await ApiRig.Start();
        var (ledger, nobody) = (rig.Ledger, rig.Nobody);
        var unit = (await ApiRig.Get(nobody, "/v1/units"))["units"]![0]!;
        Assert.Equal(("EUR", 2, 1ul), ((string?)unit["symbol"], (int)unit["decimals"]!, (ulong)unit["issuer"]!));
        Assert.Equal(unit.ToJsonString(), (await ApiRig.Get(nobody, "/v1/units/1")).ToJsonString());
        await ApiRig.Get(nobody, "/v1/units/2", 404);

        var newest = await ApiRig.Get(nobody, "/v1/history/checkpoint");
        var certificate = Certificate.FromBytes(Convert.FromHexString((string)newest["canonical"]!));
        Assert.True(certificate.Verify(ledger.Genesis.Validators));
        Assert.Equal(certificate.Header.Height, (ulong)newest["header"]!["height"]!);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/blocks/1");
        request.Headers.Accept.ParseAdd("application/cbor");
        Assert.Equal(1ul, Certificate.FromBytes(await (await nobody.SendAsync(request)).Content.ReadAsByteArrayAsync()).Header.Height);
        await ApiRig.Get(nobody, "/v1/blocks/999", 404);
        await ApiRig.Get(nobody, "/v1/blocks/0", 404);

        var size = certificate.Header.HistorySize;
        Assert.NotEmpty((await ApiRig.Get(nobody, $"/v1/history/consistency?from=1&to={size}"))["path"]!.AsArray());
        foreach (var wrong in (string[])["from=0&to=1", $"from=1&to={size + 1}", "from=2&to=1"]) await ApiRig.Get(nobody, "/v1/history/consistency?" + wrong, 404);

        Assert.Equal(ledger.Genesis.LedgerId, GenesisFile.Read(await nobody.GetByteArrayAsync("/v1/genesis")).LedgerId);
        var catalogue = await ApiRig.Get(nobody, "/v1/catalogue");
        Assert.Equal(ledger.Catalogue.Hash.ToString(), (string?)catalogue["hash"]);
        Assert.Contains("EMoney.Issue", catalogue.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("SignatureMissing", (await ApiRig.Get(nobody, "/v1/refusals")).ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("live", (string?)(await ApiRig.Get(nobody, "/health/live"))["status"]);
        Assert.Equal("ready", (string?)(await ApiRig.Get(nobody, "/health/ready"))["status"]);
    }

    [Fact]
    public async Task The_document_lists_every_endpoint_and_the_page_shows_it_with_nothing_from_elsewhere()
    {
        await using var rig = await ApiRig.Start();
        var document = await ApiRig.Get(rig.Nobody, "/openapi/v1.json");
        foreach (var path in (string[])["/v1/transactions", "/v1/transactions/{id}/receipt", "/v1/agreements/{number}", "/v1/accounts/{owner}/{unit}", "/v1/parties/{id}", "/v1/events", "/v1/catalogue"])
            Assert.NotNull(document["paths"]![path]);
        foreach (var (path, type) in ((string, string)[])[("/api", "text/html"), ("/api/", "text/html"), ("/api/api.js", "text/javascript"), ("/api/api.css", "text/css")])
        {
            var response = await rig.Nobody.GetAsync(path);
            Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
            Assert.Contains("default-src 'self'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_limits_of_an_address_a_host_name_and_streams_are_told()
    {
        await using var rig = await ApiRig.Start(http => http with { PerAddress = 3, StreamsAtMost = 1 });
        using (var stream = await rig.Nobody.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal("text/event-stream", stream.Content.Headers.ContentType!.MediaType);
            var second = await rig.Nobody.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "30"), (second.StatusCode, second.Headers.RetryAfter!.ToString()));
        }
        HttpResponseMessage? last = null;
        for (var times = 0; times < 50 && last?.StatusCode != HttpStatusCode.TooManyRequests; times++) last = await rig.Nobody.GetAsync("/health/live");
        Assert.Equal((HttpStatusCode.TooManyRequests, "1"), (last!.StatusCode, last.Headers.RetryAfter!.ToString()));
        Assert.Equal("too-many-requests", (string?)(await ApiRig.Json(last))["name"]);
    }

    [Fact]
    public async Task A_reader_who_asks_too_often_is_told_and_others_are_not()
    {
        await using var rig = await ApiRig.Start(http => http with { PerReader = 1 });
        var ada = rig.As(rig.Ledger.Ada);
        var mine = "/v1/accounts/" + ApiRig.Id(rig.Ledger.Ada);
        HttpResponseMessage? last = null;
        for (var times = 0; times < 20 && last?.StatusCode != HttpStatusCode.TooManyRequests; times++) last = await ada.GetAsync(mine);
        Assert.Equal(HttpStatusCode.TooManyRequests, last!.StatusCode);
        await ApiRig.Get(rig.As(rig.Ledger.Bob), "/v1/accounts/" + ApiRig.Id(rig.Ledger.Bob));
    }

    [Fact]
    public async Task Another_host_name_is_misdirected_and_a_long_header_refused()
    {
        await using var rig = await ApiRig.Start(http => http with { Hosts = ["ledger.example"], HeaderAtMost = 4_096 });
        await ApiRig.Get(rig.Nobody, "/health/live", 421);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "ledger.example" } };
        Assert.Equal(HttpStatusCode.OK, (await rig.Nobody.SendAsync(request)).StatusCode);
        using var longer = new HttpRequestMessage(HttpMethod.Get, "/health/live") { Headers = { Host = "ledger.example" } };
        longer.Headers.Add("X-Long", new string('x', 5_000));
        Assert.Equal(HttpStatusCode.RequestHeaderFieldsTooLarge, (await rig.Nobody.SendAsync(longer)).StatusCode);
    }

    [Fact]
    public async Task A_node_that_stops_answers_what_it_took_and_ends_its_streams()
    {
        var rig = await ApiRig.Start();
        using var stream = await rig.Nobody.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);
        var text = stream.Content.ReadAsStringAsync();
        await rig.Host.StopAsync();
        await Task.WhenAny(text, Task.Delay(TimeSpan.FromSeconds(20)));
        Assert.True(text.IsCompleted);
        await Assert.ThrowsAsync<HttpRequestException>(() => rig.Nobody.GetAsync("/health/live"));
        await rig.DisposeAsync();
    }
}
