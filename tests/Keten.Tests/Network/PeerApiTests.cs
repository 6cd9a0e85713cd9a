using System.Net;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Node.Hosting;
using Keten.Node.Joining;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Node.Storage;
using Keten.Testing;
using Keten.Tests.Nodes;

namespace Keten.Tests.Networks;

/// <summary>What nodes ask each other over HTTP, and who is answered.</summary>
public sealed class PeerApiTests
{
    private static readonly string[] Addresses = ["/v1/peers/tip", "/v1/peers/leaves?from=0", "/v1/peers/entries?after=0", $"/v1/peers/attested/{new string('a', 40)}", "/v1/peers/snapshots/1?from=0", "/v1/peers/epoch"];

    [Fact]
    public async Task Certificates_are_for_all_and_the_rest_for_validators_and_admitted_observers()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1));
        await rig.Open();
        await rig.Fund();
        await using var host = await Host(rig, Party.Of(rig.Bob.Id).ToString());
        Assert.Equal(HttpStatusCode.OK, await Status(null, "/v1/certificates?from=1"));
        Assert.Equal(HttpStatusCode.NotFound, await Status(null, "/v1/certificates?from=1000000"));
        foreach (var address in Addresses)
        {
            var there = address.Contains("snapshots", StringComparison.Ordinal) || address.Contains("epoch", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK;
            Assert.Equal(HttpStatusCode.Unauthorized, await Status(null, address));
            Assert.Equal(HttpStatusCode.Forbidden, await Status(rig.Ada, address));
            using var stranger = SigningKey.Generate();
            Assert.Equal(HttpStatusCode.Forbidden, await Status(stranger, address));
            Assert.Equal(there, await Status(rig.Validator, address));
            Assert.Equal(there, await Status(rig.Bob, address));
        }

        async Task<HttpStatusCode> Status(SigningKey? key, string address)
        {
            using var client = new HttpClient(key is null ? new SocketsHttpHandler() : new SigningHandler(key, new SocketsHttpHandler(), rig.Clock)) { BaseAddress = new Uri(host.Url) };
            return (await client.GetAsync(address)).StatusCode;
        }
    }

    [Fact]
    public async Task A_ledger_that_is_open_to_read_is_open_to_follow_and_a_party_that_is_none_is_refused_at_the_start()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1), openToRead: true);
        await rig.Open();
        await rig.Fund();
        await using (var host = await Host(rig))
        {
            using var client = new HttpClient { BaseAddress = new Uri(host.Url) };
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/v1/peers/tip")).StatusCode);
        }
        await rig.Open();
        await Assert.ThrowsAsync<ConfigurationException>(() => Host(rig, "nobody"));
    }

    /// <summary>All of it over sockets: a node of another process takes a snapshot and follows, with a key that is admitted; without one it has nothing.</summary>
    [Fact]
    public async Task A_node_joins_over_HTTP_and_follows()
    {
        await using var rig = new NodeRig(new SimulatedDisk(1), options: new PipelineOptions { SnapshotEvery = 2 });
        await rig.Open();
        await rig.Fund();
        for (var each = 0; each < 20; each++)
        {
            rig.Clock.Advance(TimeSpan.FromSeconds(1));
            await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        }
        await using var host = await Host(rig, Party.Of(rig.Bob.Id).ToString());
        using (var none = new Peers(new HttpPeer(new Uri(host.Url + "/"), null, rig.Clock)))
            Assert.Null(await none.All[0].AskAsync(new PeerQuestion(PeerTopic.Tip), default));
        using var peers = new Peers(new HttpPeer(new Uri(host.Url + "/"), rig.Bob, rig.Clock));
        var disk = new SimulatedDisk(2);
        await using var node = await LedgerNode.OpenAsync(new NodeSetup("none", rig.Genesis, rig.Catalogue, null, rig.Options with { ReplayAtMost = 3, Clock = new WallClock(rig.Clock) })
        { Disk = disk, Shared = new SharedOrder(new NoSharedLog(), new Keten.Log.MemoryRegister()) { CertificatesOf = peers.CertificatesOf, Peers = peers } });
        Assert.NotEmpty(new SnapshotStore(disk.Folder("snapshots")).Heights());
        var answer = await rig.Submit(rig.Pay(rig.Ada, rig.Bob, 1));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var block in node.FollowAsync(answer.Height - 1, late.Token))
        {
            Assert.Equal(rig.Node.CertificateOf(answer.Height)!.Header, block.Certificate.Header);
            break;
        }
        Assert.Equal(0, peers.Lies);
    }

    [Fact]
    public async Task An_observer_says_over_HTTP_that_it_takes_no_transactions_and_who_does()
    {
        await using var rig = new NetworkRig(1, observers: 1);
        await rig.OpenAsync(0);
        await rig.FundAsync();
        await rig.JoinAsync(1, null, rig.PeerOf(0));
        await using var host = await NodeHost.StartAsync(new NodeConfiguration { Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" } }, rig[1], clock: rig.Clock);
        using var client = new HttpClient { BaseAddress = new Uri(host.Url) };
        using var body = new ByteArrayContent(rig.Pay(rig.Ada, rig.Bob, 1));
        body.Headers.ContentType = new("application/cose");
        var answer = await client.PostAsync("/v1/transactions", body);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("observer", (string)problem["name"]!);
        Assert.Equal("http://v0", (string)problem["validators"]![0]!);
        Assert.Equal(true, (bool?)JsonNode.Parse(await client.GetStringAsync("/health/ready"))!["observes"]);
    }

    private static Task<NodeHost> Host(NodeRig rig, params string[] observers) => NodeHost.StartAsync(
        new NodeConfiguration { Order = new OrderSection { Observers = observers }, Http = new HttpSection { Listen = "http://127.0.0.1:0" }, Log = new LogSection { Level = "none" } }, rig.Node, clock: rig.Clock);
}
