using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Keten.Tests.Webhooks;

/// <summary>What a subscriber got in one request.</summary>
internal sealed record Received(string Id, string Timestamp, string Signature, byte[] Body, int Answered)
{
    public string Event => JsonNode.Parse(Body)!["data"]!["id"]!.GetValue<string>();
}

/// <summary>A subscriber on this machine that answers as it is told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly Channel<Received> received = Channel.CreateUnbounded<Received>();

    private Receiver(WebApplication application) => this.application = application;

    /// <summary>The status of each answer, by what was got so far; 200 unless told otherwise.</summary>
    public Func<int, int> Answer { get; set; } = _ => 200;

    public ConcurrentQueue<Received> All { get; } = new();

    public Uri Url => new(application.Urls.First() + "/hook");

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new Receiver(builder.Build());
        receiver.application.MapPost("/hook", receiver.TakeAsync);
        await receiver.application.StartAsync();
        return receiver;
    }

    public async Task<Received> NextAsync() => await received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var status = Answer(All.Count);
        var headers = http.Request.Headers;
        var got = new Received(headers["webhook-id"]!, headers["webhook-timestamp"]!, headers["webhook-signature"]!, body.ToArray(), status);
        All.Enqueue(got);
        http.Response.StatusCode = status;
        if (status is >= 300 and < 400) http.Response.Headers.Location = Url.ToString();
        await http.Response.CompleteAsync();
        await received.Writer.WriteAsync(got);
    }
}
