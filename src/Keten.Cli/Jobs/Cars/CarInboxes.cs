using System.Collections.Concurrent;
using Keten.Node.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Cli.Jobs;

/// <summary>What the web took: an alarm, and how it is signed.</summary>
internal sealed record WebAlarm(string Id, string Timestamp, string Signature, byte[] Body);

/// <summary>Where alarms go: an address of the web and a mailbox, both behind sockets of this machine.</summary>
internal sealed class CarInboxes : IAsyncDisposable
{
    private const int BodyAtMost = 1 << 20, TakenAtMost = 1_000;

    private readonly WebApplication web;
    private readonly ConcurrentQueue<WebAlarm> taken = new();

    private CarInboxes()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = BodyAtMost);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.ClearProviders();
        web = builder.Build();
        web.UseRouting();
        web.MapPost("/alarms", (RequestDelegate)TakeAsync);
    }

    /// <summary>The mailbox.</summary>
    public MailInbox Mail { get; } = new();

    /// <summary>Where the web takes alarms.</summary>
    public string Url => web.Urls.First() + "/alarms";

    /// <summary>What the web took, in order.</summary>
    public IReadOnlyList<WebAlarm> Taken => [.. taken];

    /// <summary>Opens both.</summary>
    public static async Task<CarInboxes> OpenAsync(CancellationToken cancel)
    {
        var inboxes = new CarInboxes();
        await inboxes.web.StartAsync(cancel);
        return inboxes;
    }

    /// <summary>The settings of a node that sends here.</summary>
    public NodeConfiguration Reach(NodeConfiguration configuration) => configuration with
    {
        Webhooks = configuration.Webhooks with { AllowLoopback = true }, Alarms = configuration.Alarms with { Smtp = Mail.Address, From = "alarms@keten.example", StartTls = false },
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await web.DisposeAsync();
        await Mail.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var headers = http.Request.Headers;
        if (taken.Count < TakenAtMost) taken.Enqueue(new WebAlarm(headers["webhook-id"].ToString(), headers["webhook-timestamp"].ToString(), headers["webhook-signature"].ToString(), body.ToArray()));
    }
}
