using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Keten.Doors;

/// <summary>The doors at work: charge points, events and a broker on one side, a node on the other, the store in between.</summary>
public sealed class DoorsHost : IAsyncDisposable
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromHours(1), Stopping = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];
    private readonly DoorStore store;
    private readonly KetenClient client;
    private readonly Sender sender;
    private readonly OcppDoor ocpp;
    private readonly BrokerReader? broker;
    private readonly WebApplication web;
    private int closed;

    private DoorsHost(DoorsConfiguration configuration, DoorStore store, KetenClient client, Hash ledger, DoorKeys keys, TimeProvider clock, Action<string> tell)
    {
        (this.store, this.client) = (store, client);
        var desk = new LedgerDesk(client, ledger, configuration.Register);
        var key = keys.Open(configuration.Key);
        var wallet = new Wallet(client, ledger, key, keys.Folder.CountersOf(key.Id), clock);
        sender = new Sender(store, desk, new Maker(configuration, store, desk, keys, wallet, clock), clock, tell);
        var points = new ChargePointDesk(configuration, store, desk, keys, clock);
        ocpp = new OcppDoor(configuration, points, store, clock, tell);
        var steering = new Steering(configuration, store, desk, ocpp.Of, clock);
        var intake = new Intake(store, ledger, configuration.Limits, clock);
        broker = configuration.Broker is { } named ? new BrokerReader(named, intake, tell) : null;
        (store.Arrived, points.Changed) = (sender.Wake, steering.Wake);
        sender.Done = row => Heard(configuration, ledger, steering, row);
        web = Serve(configuration, new EventDoor(intake, configuration.Limits));
        running.Add(Task.Run(() => sender.RunAsync(stop.Token)));
        running.Add(Task.Run(() => steering.RunAsync(stop.Token)));
        running.Add(Task.Run(ForgetAsync));
        if (broker is not null) running.Add(Task.Run(() => broker.RunAsync(stop.Token)));
    }

    /// <summary>Where charge points and senders of events call.</summary>
    public string Url { get; private set; } = "";

    /// <summary>How many were taken and wait for the ledger, are done, and are kept apart.</summary>
    public (long Waiting, long Done, long Apart) Counts => store.Counts();

    /// <summary>What is kept apart, the newest first.</summary>
    public IReadOnlyList<Apart> Apart(int atMost = 100) => store.ListApart(atMost);

    /// <summary>Opens the doors.</summary>
    /// <param name="configuration">What they are run with.</param>
    /// <param name="keys">The keys that they sign with; they stay the caller's.</param>
    /// <param name="tell">Told, in a sentence, what an operator wants to know.</param>
    /// <param name="clock">The system's unless a test hands its own.</param>
    /// <param name="inner">What sends requests to the node: another for tests.</param>
    /// <param name="cancel">Ends the start.</param>
    /// <exception cref="DoorsException">They cannot be opened so.</exception>
    public static async Task<DoorsHost> StartAsync(
        DoorsConfiguration configuration, DoorKeys keys, Action<string>? tell = null, TimeProvider? clock = null, HttpMessageHandler? inner = null, CancellationToken cancel = default)
    {
        configuration = configuration.Checked();
        var client = new KetenClient(configuration.Node, keys.Open(configuration.Key), new Patience { Attempts = 2, Each = TimeSpan.FromSeconds(30) }, inner);
        DoorStore? store = null;
        try
        {
            var ledger = await LedgerAsync(configuration, client, cancel);
            store = DoorStore.Open(configuration.Data, configuration.Limits, clock);
            var host = new DoorsHost(configuration, store, client, ledger, keys, clock ?? TimeProvider.System, tell ?? (_ => { }));
            await host.web.StartAsync(cancel);
            host.Url = host.web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            return host;
        }
        catch
        {
            store?.Dispose();
            client.Dispose();
            throw;
        }
    }

    /// <summary>What is kept apart in a data folder, whether its doors are open or closed.</summary>
    public static IReadOnlyList<Apart> ReadApart(DoorsConfiguration configuration, int atMost)
    {
        using var store = DoorStore.Read(configuration.Data, configuration.Limits);
        return store.ListApart(atMost);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref closed, 1) != 0) return;
        await stop.CancelAsync();
        await ocpp.CloseAsync();
        using (var patience = new CancellationTokenSource(Stopping)) await web.StopAsync(patience.Token);
        await web.DisposeAsync();
        await Task.WhenAll(running.Select(task => task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default)));
        store.Dispose();
        client.Dispose();
        stop.Dispose();
    }

    // Known from the genesis, or from what the node said when it was first asked: a node that speaks for another ledger later gets nothing signed.
    private static async Task<Hash> LedgerAsync(DoorsConfiguration configuration, KetenClient client, CancellationToken cancel)
    {
        if (configuration.Genesis is { } genesis) return GenesisFile.Load(genesis).LedgerId;
        var file = Path.Combine(configuration.Data, "ledger");
        if (File.Exists(file)) return Hash.TryParse((await File.ReadAllTextAsync(file, cancel)).Trim(), out var known) ? known : throw new DoorsException($"{file} holds no ledger's id.");
        var said = (await client.GenesisAsync(cancel)).LedgerId;
        Directory.CreateDirectory(configuration.Data);
        await File.WriteAllTextAsync(file, said + "\n", cancel);
        return said;
    }

    private static void Heard(DoorsConfiguration configuration, Hash ledger, Steering steering, Outgoing row)
    {
        if (configuration.Surplus is not { } log || row.Work != Work.Statement || row.Agreement != log) return;
        if (Statement.Read(row.Content, ledger).Shown is not { } shown) return;
        steering.Surplus = shown.Shown.Minor;
        steering.Wake();
    }

    private async Task ForgetAsync()
    {
        for (; ; await Task.Delay(Rhythm, stop.Token))
        {
            try
            {
                store.Forget();
            }
            catch (Microsoft.Data.Sqlite.SqliteException)
            {
                // What is too much is forgotten an hour later.
            }
        }
    }

    private WebApplication Serve(DoorsConfiguration configuration, EventDoor events)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(configuration.Listen).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = configuration.Limits.Message * 2L + 1;
            kestrel.Limits.MaxConcurrentUpgradedConnections = configuration.Limits.ChargePoints;
            kestrel.Limits.MaxConcurrentConnections = configuration.Limits.ChargePoints + 1_000;
        });
        var app = builder.Build();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(30), KeepAliveTimeout = TimeSpan.FromSeconds(60) });
        app.Map("/ocpp/{id}", (HttpContext http, string id) => ocpp.ConnectAsync(http, id, stop.Token));
        if (configuration.Events) app.MapPost("/events", events.AnswerAsync);
        app.MapGet("/health", HealthAsync);
        return app;
    }

    private async Task HealthAsync(HttpContext http)
    {
        var (waiting, done, apart) = store.Counts();
        var good = sender.Trouble is null && broker is not { IsConnected: false };
        http.Response.StatusCode = good ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        var health = new JsonObject { ["waiting"] = waiting, ["done"] = done, ["apart"] = apart, ["chargePoints"] = ocpp.Count, ["broker"] = broker?.IsConnected, ["trouble"] = sender.Trouble };
        await http.Response.WriteAsync(health.ToJsonString());
    }
}
