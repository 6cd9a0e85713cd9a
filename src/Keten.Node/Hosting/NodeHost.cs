using System.Security.Cryptography;
using Keten.Client;
using Keten.Kernel;
using Keten.Kernel.Blocks;
using Keten.Node.Api;
using Keten.Node.Network;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Keten.Node.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Keten.Node.Hosting;

/// <summary>A whole node in this process: the ledger and its doors. Stops gracefully: new requests are told to come again, those under way end, then the ledger is closed.</summary>
public sealed class NodeHost : IAsyncDisposable
{
    /// <summary>The environment variable with the password of an encrypted validator's key.</summary>
    public const string PasswordVariable = "KETEN_PASSWORD";

    private readonly WebApplication app;
    private readonly MeterProvider? metrics;
    private readonly List<IAsyncDisposable> parts;
    private SigningKey? validator, caller;
    private OpenOrder? order;
    private int stopped;

    private NodeHost(WebApplication app, LedgerNode node, MeterProvider? metrics, List<IAsyncDisposable> parts) => (this.app, Node, this.metrics, this.parts) = (app, node, metrics, parts);

    /// <summary>The ledger.</summary>
    public LedgerNode Node { get; }

    /// <summary>Where it listens, with the port that it was given: http://127.0.0.1:5080.</summary>
    public string Url => app.Urls.First();

    /// <summary>Opens the ledger and its doors.</summary>
    /// <param name="configuration">All settings.</param>
    /// <param name="catalogue">The contracts.</param>
    /// <param name="more">Parts that stand on the node (views, webhooks, vault): each maps its endpoints and finds <see cref="LedgerNode"/> and <see cref="ReaderGuard"/> among the
    /// application's services; what it returns is disposed of before the ledger is closed.</param>
    /// <param name="clock">The system's unless a test hands its own.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="ConfigurationException">A setting cannot be followed.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeConfiguration configuration, Catalogue catalogue, IEnumerable<Func<WebApplication, IAsyncDisposable?>>? more = null, TimeProvider? clock = null, CancellationToken cancel = default) =>
        await StartAsync(configuration, catalogue, null, more, clock, cancel);

    /// <summary>One of several ledgers of this process: the requests are handed to its server.</summary>
    internal static async Task<NodeHost> StartAsync(
        NodeConfiguration configuration, Catalogue catalogue, InnerServer server, IEnumerable<Func<WebApplication, IAsyncDisposable?>>? more, CancellationToken cancel) =>
        await StartAsync(configuration, catalogue, server, more, null, cancel);

    private static async Task<NodeHost> StartAsync(
        NodeConfiguration configuration, Catalogue catalogue, InnerServer? server, IEnumerable<Func<WebApplication, IAsyncDisposable?>>? more, TimeProvider? clock, CancellationToken cancel)
    {
        var validator = configuration.Ledger.ValidatorKey is { } path ? KeyOf(path, configuration.PlaceOf("ledger.validatorKey")) : null;
        OpenOrder? order = null;
        var caller = configuration.Order.PeerKey is { } peerKey ? KeyOf(peerKey, configuration.PlaceOf("order.peerKey"), "order.peerKey") : null;
        try
        {
            var setup = Setup(configuration, catalogue, validator, clock ?? TimeProvider.System);
            order = OpenOrder.By(configuration, DataFolder.Known(setup)?.Validators.Quorum ?? 1, validator?.Id, validator ?? caller, clock ?? TimeProvider.System);
            var node = await LedgerNode.OpenAsync(setup with { Shared = order?.Shared }, cancel);
            var host = await StartAsync(configuration, node, server, more, clock, cancel);
            (host.validator, host.caller, host.order) = (validator, caller, order);
            return host;
        }
        catch
        {
            if (order is not null) await order.DisposeAsync();
            validator?.Dispose();
            caller?.Dispose();
            throw;
        }
    }

    /// <summary>Opens the doors of a ledger that is open, and closes it at the end.</summary>
    public static async Task<NodeHost> StartAsync(
        NodeConfiguration configuration, LedgerNode node, IEnumerable<Func<WebApplication, IAsyncDisposable?>>? more = null, TimeProvider? clock = null, CancellationToken cancel = default) =>
        await StartAsync(configuration, node, null, more, clock, cancel);

    private static async Task<NodeHost> StartAsync(
        NodeConfiguration configuration, LedgerNode node, InnerServer? server, IEnumerable<Func<WebApplication, IAsyncDisposable?>>? more, TimeProvider? clock, CancellationToken cancel)
    {
        var parts = new List<IAsyncDisposable>();
        WebApplication? app = null;
        try
        {
            app = Build(configuration, node, server, clock ?? TimeProvider.System);
            var log = app.Services.GetRequiredService<ILogger<LedgerNode>>();
            node.Misbehaved += evidence => log.LogWarning("Validator {Validator} has broken the rules: {Kind}. The evidence is kept.", evidence.Validator, evidence.Kind);
            Endpoints.Map(app);
            foreach (var part in more ?? [])
                if (part(app) is { } running) parts.Add(running);
            await app.StartAsync(cancel);
            return new NodeHost(app, node, Telemetry.Export(configuration.Metrics), parts);
        }
        catch
        {
            foreach (var part in parts) await part.DisposeAsync();
            if (app is not null) await app.DisposeAsync();
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on who comes is told to come again.</summary>
    internal async Task BeginToStopAsync()
    {
        if (Volatile.Read(ref stopped) == 0) await app.Services.GetRequiredService<HostState>().Stop();
    }

    /// <summary>Stops: at once for who comes, after a while for who is being answered.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref stopped, 1) != 0) return;
        await app.Services.GetRequiredService<HostState>().Stop();
        await app.StopAsync();
        for (var each = parts.Count - 1; each >= 0; each--) await parts[each].DisposeAsync();
        await Node.DisposeAsync();
        if (order is not null) await order.DisposeAsync();
        validator?.Dispose();
        caller?.Dispose();
        metrics?.Dispose();
        await app.DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private static WebApplication Build(NodeConfiguration configuration, LedgerNode node, InnerServer? server, TimeProvider clock)
    {
        // Empty: no settings from anywhere but our own file.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        Telemetry.AddLog(builder.Logging, configuration.Log);
        if (server is null) builder.WebHost.UseKestrel(kestrel => Listening.Configure(kestrel, configuration));
        else builder.Services.AddSingleton<IServer>(server);
        var services = builder.Services;
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(configuration.Http.DrainSeconds));
        services.AddRouting().AddOpenApi("v1", ApiDocument.Configure);
        services.AddSingleton(configuration).AddSingleton(configuration.Http).AddSingleton(node).AddSingleton(clock);
        var units = new UnitNames(unit => node.Read(ledger => ledger.State.UnitOf(unit)));
        services.AddSingleton(units).AddSingleton(new RecordJson(units)).AddSingleton<RequestLimits>().AddSingleton<ReaderGuard>().AddSingleton<PeerGuard>().AddSingleton<HostState>().AddSingleton<DoorMetrics>();
        if (configuration.Http.Certificate is not null) services.AddSingleton<ServingCertificate>();
        var app = builder.Build();
        if (app.Services.GetService<ServingCertificate>() is { } certificate) app.Services.GetRequiredService<HostState>().Certificate = () => (certificate.Until, certificate.IsFailing);
        app.UseMiddleware<WebPages>();
        app.UseRouting();
        app.UseMiddleware<Doorway>();
        return app;
    }

    private static NodeSetup Setup(NodeConfiguration configuration, Catalogue catalogue, Signer? validator, TimeProvider clock)
    {
        var ledger = configuration.Ledger;
        var genesis = ledger.Genesis is { } path ? GenesisOf(path, configuration.PlaceOf("ledger.genesis")) : null;
        return new NodeSetup(ledger.Data, genesis, catalogue, validator, new PipelineOptions
        {
            QueueAtMost = ledger.QueueAtMost, BatchAtMost = ledger.BatchAtMost, KeysKept = ledger.KeysKept, SnapshotEvery = ledger.SnapshotEvery, Clock = clock,
            ReplayAtMost = configuration.Order.ReplayAtMost, KeepShared = configuration.Order.Keep,
            Verifiers = ledger.Verifiers > 0 ? ledger.Verifiers : Environment.ProcessorCount,
        });
    }

    private static Genesis GenesisOf(string path, string place)
    {
        try
        {
            return GenesisFile.Load(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ConfigurationException(place, "«ledger.genesis» is a genesis file: " + fault.Message);
        }
    }

    private static SigningKey KeyOf(string path, string place, string setting = "ledger.validatorKey")
    {
        try
        {
            var pem = File.ReadAllText(path);
            return pem.Contains("ENCRYPTED", StringComparison.Ordinal) ? SigningKey.FromPem(pem, Environment.GetEnvironmentVariable(PasswordVariable)) : SigningKey.FromPem(pem);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ConfigurationException(place, $"«{setting}» is a P-256 private key in PEM: " + fault.Message);
        }
    }
}
