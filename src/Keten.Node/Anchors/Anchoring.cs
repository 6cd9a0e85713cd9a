using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using System.Numerics;
using System.Security.Cryptography;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Hosting;
using Keten.Node.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Node.Anchors;

/// <summary>
/// Puts the hash of the newest certified header outside the ledger, again and again: into a file, and under a time-stamp. Who compares it later sees whether the ledger still leads to it. One of the parts
/// that <see cref="NodeHost"/> is started with. What fails is counted, told, and tried again the next time; the node goes on.
/// </summary>
public sealed class Anchoring : IAsyncDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Keten.Anchors";

    private readonly CancellationTokenSource stop = new();
    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> done, failed;
    private readonly LedgerNode node;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly AnchorFile? file;
    private readonly TokenFolder tokens;
    private readonly Uri? authority;
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(20), MaxResponseContentBufferSize = TimestampToken.BytesAtMost };
    private readonly Task running;
    private ulong stamped;

    private Anchoring(NodeConfiguration configuration, LedgerNode node, TimeProvider clock, ILogger log)
    {
        (this.node, this.clock, this.log) = (node, clock, log);
        var section = configuration.Anchors;
        file = section.File is { } path ? new AnchorFile(path) : null;
        tokens = new TokenFolder(configuration.Ledger.Data);
        authority = section.Timestamp is { } text ? AddressOf(text, configuration) : null;
        done = meter.CreateCounter<long>("keten.anchors", "{anchor}", "Headers that were anchored, by kind.");
        failed = meter.CreateCounter<long>("keten.anchors.failed", "{attempt}", "Headers that could not be anchored, by kind.");
        running = Task.Run(() => RunAsync(TimeSpan.FromMinutes(section.EveryMinutes)));
    }

    /// <summary>Begins to anchor; null where the settings name nothing to anchor to.</summary>
    /// <exception cref="ConfigurationException">A setting cannot be followed.</exception>
    public static IAsyncDisposable? Open(WebApplication app)
    {
        var services = app.Services;
        var configuration = services.GetRequiredService<NodeConfiguration>();
        if (configuration.Anchors.File is null && configuration.Anchors.Timestamp is null) return null;
        return new Anchoring(configuration, services.GetRequiredService<LedgerNode>(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<Anchoring>>());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        http.Dispose();
        meter.Dispose();
        stop.Dispose();
    }

    private async Task RunAsync(TimeSpan every)
    {
        using var timer = new PeriodicTimer(every, clock);
        try
        {
            do
            {
                if (node.Head is { } head) await AnchorAsync(head.Header);
            }
            while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // It was told to stop.
        }
    }

    private async Task AnchorAsync(Header header)
    {
        if (file is not null)
            await TryAsync("file", () => Task.FromResult(file.Append(new Anchor(header.LedgerId, header.Height, header.Hash, new Instant(clock.GetUtcNow().ToUnixTimeSeconds())))));
        if (authority is not null && stamped < header.Height) await TryAsync("timestamp", () => StampAsync(header));
    }

    private async Task TryAsync(string kind, Func<Task<bool>> anchor)
    {
        try
        {
            if (await anchor()) done.Add(1, new KeyValuePair<string, object?>("kind", kind));
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // Whatever it is: an anchor that fails holds nothing up.
            failed.Add(1, new KeyValuePair<string, object?>("kind", kind));
            log.LogError("The newest header could not be anchored ({Kind}): {Why}", kind, fault.Message);
        }
    }

    private async Task<bool> StampAsync(Header header)
    {
        var nonce = new BigInteger(RandomNumberGenerator.GetBytes(16), isUnsigned: true);
        using var content = new ByteArrayContent(TimestampToken.Request(header.Hash, nonce)) { Headers = { ContentType = new MediaTypeHeaderValue("application/timestamp-query") } };
        using var answer = await http.PostAsync(authority, content, stop.Token);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"{authority} answers with status {(int)answer.StatusCode}.");
        var token = TimestampToken.OfAnswer(await answer.Content.ReadAsByteArrayAsync(stop.Token));
        var read = TimestampToken.Read(token);
        if (read.Hash != header.Hash || read.Nonce != nonce) throw new FormatException($"{authority} has stamped something else than it was sent.");
        tokens.Keep(header.Height, header.Hash, token);
        stamped = header.Height;
        return true;
    }

    private static Uri AddressOf(string text, NodeConfiguration configuration) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address!
        : throw new ConfigurationException(configuration.PlaceOf("anchors.timestamp"), "«anchors.timestamp» is an address with http or https.");
}
