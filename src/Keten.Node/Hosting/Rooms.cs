using Keten.Node.Alarms;
using Keten.Node.Api;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Keten.Node.Vault;
using Keten.Node.Views;
using Keten.Node.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Node.Hosting;

/// <summary>What stands on a node beside the ledger: views, webhooks, alarms and the vault, each with its doors. One of the parts that <see cref="NodeHost"/> is started with.</summary>
public sealed class Rooms : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5), PruneEvery = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource stop = new();
    private readonly WebhookStore webhooks;
    private readonly WebhookDispatcher dispatcher;
    private readonly AlarmStore alarms;
    private readonly AlarmWatch watch;
    private readonly DocumentStore documents;
    private readonly ILogger<Rooms> log;
    private readonly Task following, pruning;
    private long failedAt = -1;

    private Rooms(WebApplication app)
    {
        var services = app.Services;
        var (configuration, node, guard) = (services.GetRequiredService<NodeConfiguration>(), services.GetRequiredService<LedgerNode>(), services.GetRequiredService<ReaderGuard>());
        var clock = services.GetRequiredService<TimeProvider>();
        log = services.GetRequiredService<ILogger<Rooms>>();
        var data = configuration.Ledger.Data;
        var (webhookOptions, vaultOptions) = (configuration.Webhooks.ToOptions(clock), configuration.Vault.ToOptions(clock));
        documents = OpenVault(configuration, vaultOptions, node);
        webhooks = new WebhookStore(WebhookFile(data));
        Views = ViewStore.Open(ViewFile(data), ViewSource.Of(node));
        var json = new ViewJson(node.Catalogue, services.GetRequiredService<RecordJson>(), services.GetRequiredService<UnitNames>());
        dispatcher = new WebhookDispatcher(Views, webhooks, webhookOptions, json.Fields);
        var (alarmOptions, kinds) = (configuration.Alarms.ToOptions(webhookOptions), new AlarmKinds(node.Catalogue));
        alarms = new AlarmStore(AlarmFile(data));
        watch = new AlarmWatch(Views, alarms, alarmOptions, kinds, new AlarmMessage(alarmOptions, kinds, json), services.GetRequiredService<ILogger<AlarmWatch>>());
        new ViewEndpoints(Views, node, guard, json).Map(app);
        new AlarmEndpoints(alarms, watch, alarmOptions, kinds, Views, json, guard).Map(app);
        new WebhookEndpoints(webhooks, dispatcher, webhookOptions, Views, guard).Map(app);
        new DocumentEndpoints(documents, vaultOptions, guard).Map(app);
        services.GetRequiredService<HostState>().Views = () => (Views.Height, Volatile.Read(ref failedAt) == (long)Views.Height);
        following = Task.Run(FollowAsync);
        var keep = configuration.Ledger.KeepBlocks;
        pruning = keep == 0 ? Task.CompletedTask : Task.Run(() => new Pruning(node, keep, () => Told(Views, webhooks, alarms), log).RunAsync(PruneEvery, clock, stop.Token));
    }

    /// <summary>Statements, agreements, events and time lines.</summary>
    public ViewStore Views { get; }

    /// <summary>Opens them all in a node's data folder.</summary>
    public static Rooms Open(WebApplication app) => new(app);

    /// <summary>Where a data folder has its views.</summary>
    public static string ViewFile(string dataFolder) => Path.Combine(dataFolder, "views", "views.db");

    /// <summary>Where a data folder has its webhooks.</summary>
    public static string WebhookFile(string dataFolder) => Path.Combine(dataFolder, "webhooks", "webhooks.db");

    /// <summary>Up to which block a data folder's webhooks and alarms, which nobody has open, need nothing more of the ledger.</summary>
    public static ulong Told(ViewStore views, string dataFolder)
    {
        using var webhooks = new WebhookStore(WebhookFile(dataFolder));
        using var alarms = new AlarmStore(AlarmFile(dataFolder));
        return Told(views, webhooks, alarms);
    }

    private static ulong Told(ViewStore views, WebhookStore webhooks, AlarmStore alarms) => Math.Min(WebhookDispatcher.Reached(views, webhooks), AlarmWatch.Reached(views, alarms));

    /// <summary>Where a data folder has its alarms.</summary>
    public static string AlarmFile(string dataFolder) => Path.Combine(dataFolder, "alarms", "alarms.db");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await watch.DisposeAsync();
        await dispatcher.DisposeAsync();
        await stop.CancelAsync();
        await following;
        await pruning;
        Views.Dispose();
        webhooks.Dispose();
        alarms.Dispose();
        documents.Dispose();
        stop.Dispose();
    }

    private static DocumentStore OpenVault(NodeConfiguration configuration, VaultOptions options, LedgerNode node)
    {
        try
        {
            return new DocumentStore(
                configuration.Ledger.Data, configuration.Vault.Key, (agreement, party) => node.Read(ledger => ledger.ReadersOf(agreement)) is { } readers && readers.Allows(party), options);
        }
        catch (VaultException fault)
        {
            throw new ConfigurationException("vault.key", "«vault.key»: " + fault.Message);
        }
    }

    private async Task FollowAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await Views.RunAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (NodeStoppedException)
            {
                return;
            }
            catch (Exception fault)
            {
                // Whatever it is: the ledger goes on without views, and they are tried again from where they stand.
                Volatile.Write(ref failedAt, (long)Views.Height);
                log.LogError(fault, "The views stand still at block {Height}.", Views.Height);
                await Task.Delay(Pause, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }
}
