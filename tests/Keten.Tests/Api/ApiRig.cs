using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Keten.Testing;
using Keten.Tests.Nodes;

namespace Keten.Tests.Api;

/// <summary>A node with its doors open on a free port of the loopback address; a bank and two customers with money, and clients that sign as them.</summary>
internal sealed class ApiRig : IAsyncDisposable
{
    private readonly List<HttpClient> clients = [];

    private ApiRig(NodeRig rig, NodeHost host) => (Ledger, Host) = (rig, host);

    public NodeRig Ledger { get; }

    public NodeHost Host { get; }

    public HttpClient Nobody => field ??= Client(new SocketsHttpHandler());

    public static async Task<ApiRig> Start(Func<HttpSection, HttpSection>? change = null, PipelineOptions? options = null, bool openToRead = false)
    {
        var rig = new NodeRig(new SimulatedDisk(7), options: options, openToRead: openToRead);
        await rig.Open();
        await rig.Fund();
        var http = new HttpSection { Listen = "http://127.0.0.1:0", PerReader = 100_000 };
        var configuration = new NodeConfiguration { Http = change?.Invoke(http) ?? http, Log = new LogSection { Level = "none" } };
        return new ApiRig(rig, await NodeHost.StartAsync(configuration, rig.Node, clock: rig.Clock));
    }

    public HttpClient As(SigningKey key) => Client(new SigningHandler(key, new SocketsHttpHandler(), Ledger.Clock));

    public static string Id(SigningKey key) => Party.Of(key.Id).ToString();

    public Task<HttpResponseMessage> Post(byte[] body, string type = "application/cose", string query = "", string? accept = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/transactions" + query) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        if (accept is not null) request.Headers.Accept.ParseAdd(accept);
        return Nobody.SendAsync(request);
    }

    public static async Task<JsonNode> Json(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

    public static async Task<JsonNode> Get(HttpClient client, string address, int status = 200)
    {
        var response = await client.GetAsync(address);
        Assert.True((int)response.StatusCode == status, $"{address}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return await Json(response);
    }

    /// <summary>Whatever waits for ledger time gets it.</summary>
    public async Task<T> WhileTimePasses<T>(Task<T> waited)
    {
        while (!waited.IsCompleted)
        {
            Ledger.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(waited, Task.Delay(20));
        }
        return await waited;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients) client.Dispose();
        await Host.StopAsync();
    }

    private HttpClient Client(HttpMessageHandler handler)
    {
        var client = new HttpClient(handler) { BaseAddress = new Uri(Host.Url), Timeout = TimeSpan.FromSeconds(30) };
        clients.Add(client);
        return client;
    }
}
