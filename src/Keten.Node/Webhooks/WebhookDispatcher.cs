using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Node.Views;

namespace Keten.Node.Webhooks;

/// <summary>
/// Delivers events to subscriptions: each in the order of the ledger, at least once, the next only after the one before was taken or given up. What waits, waits in the views: a
/// subscription keeps only how far it is.
/// </summary>
public sealed class WebhookDispatcher : IAsyncDisposable
{
    private const int EventsAtOnce = 64;

    private readonly ViewStore views;
    private readonly WebhookStore store;
    private readonly WebhookOptions options;
    private readonly WebhookSender sender;
    private readonly Func<EventLine, JsonNode?> render;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, Worker> workers = new();

    /// <summary>Begins with the subscriptions that there are.</summary>
    /// <param name="views">Where events are read.</param>
    /// <param name="store">Where subscriptions are kept.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="render">An event's fields in JSON; without it a message has the canonical bytes only.</param>
    public WebhookDispatcher(ViewStore views, WebhookStore store, WebhookOptions options, Func<EventLine, JsonNode?>? render = null)
    {
        (this.views, this.store, this.options, this.render) = (views, store, options, render ?? (_ => null));
        sender = new WebhookSender(options);
        foreach (var webhook in store.List()) Wake(webhook);
    }

    /// <summary>Begins to deliver to a subscription, or lets it look again at what was changed.</summary>
    public void Wake(Webhook webhook) => workers.GetOrAdd(webhook.Id, _ => new Worker(this, webhook)).Wake();

    /// <summary>Up to which block every subscription has been told of its events, suspended ones apart.</summary>
    public static ulong Reached(ViewStore views, WebhookStore store)
    {
        var reached = views.Height;
        foreach (var webhook in store.List())
            if (store.State(webhook.Id) is { Suspended: false } state && views.EventsFor(webhook.Party, webhook.Agreement, webhook.Contract, webhook.Event, state.Cursor, 1) is [var first, ..])
                reached = Math.Min(reached, first.At.Height - 1);
        return reached;
    }

    /// <summary>Ends the delivery to a subscription that was removed.</summary>
    public void Forget(string id)
    {
        if (workers.TryRemove(id, out var worker)) worker.Cancel();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        foreach (var worker in workers.Values) await worker.Running;
        sender.Dispose();
        stop.Dispose();
    }

    internal byte[] Body(EventLine told)
    {
        var data = new JsonObject
        {
            ["id"] = string.Create(null, $"{told.At.Height}.{told.Index}"), ["agreement"] = told.Agreement, ["contract"] = told.Contract, ["version"] = told.Version,
            ["event"] = told.Number, ["transaction"] = told.Origin.ToString(), ["content"] = Convert.ToHexStringLower(told.Content),
        };
        if (render(told) is { } fields) data["fields"] = fields;
        var message = new JsonObject
        {
            ["type"] = string.Create(null, $"keten.{told.Contract}.{told.Number}"), ["timestamp"] = DateTimeOffset.FromUnixTimeSeconds(told.Time.Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null),
            ["data"] = data,
        };
        return JsonSerializer.SerializeToUtf8Bytes(message);
    }

    private sealed class Worker
    {
        private readonly WebhookDispatcher owner;
        private readonly Webhook webhook;
        private readonly CancellationTokenSource cancel;
        private TaskCompletionSource woken = New();

        public Worker(WebhookDispatcher owner, Webhook webhook)
        {
            (this.owner, this.webhook) = (owner, webhook);
            cancel = CancellationTokenSource.CreateLinkedTokenSource(owner.stop.Token);
            Running = Task.Run(RunAsync);
        }

        public Task Running { get; }

        public void Wake() => Interlocked.Exchange(ref woken, New()).TrySetResult();

        public void Cancel() => cancel.Cancel();

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        private async Task RunAsync()
        {
            try
            {
                while (await TryStepAsync()) { }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // It was told to stop.
            }
        }

        // What the disk refuses now it may give later; nothing is lost by trying again.
        private async Task<bool> TryStepAsync()
        {
            try
            {
                return await StepAsync();
            }
            catch (Exception fault) when (fault is Microsoft.Data.Sqlite.SqliteException or IOException)
            {
                await Task.Delay(TimeSpan.FromSeconds(5), owner.options.Clock, cancel.Token);
                return true;
            }
        }

        // One look at what is to be done; false where the subscription is no more.
        private async Task<bool> StepAsync()
        {
            var changed = Volatile.Read(ref woken).Task;
            var height = owner.views.Height;
            if (owner.store.State(webhook.Id) is not { } state) return false;
            if (owner.store.NextAgain(webhook.Id) is { } again && again.Height <= height)
            {
                await AgainAsync(again, state.Secret);
                return true;
            }
            if (state.Suspended)
            {
                await changed.WaitAsync(cancel.Token);
                return true;
            }
            var events = owner.views.EventsFor(webhook.Party, webhook.Agreement, webhook.Contract, webhook.Event, state.Cursor, EventsAtOnce);
            if (events.Count == 0)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel.Token);
                await Task.WhenAny(changed, owner.views.WaitForAsync(height + 1, patient: true, either.Token));
                await either.CancelAsync();
                cancel.Token.ThrowIfCancellationRequested();
                return true;
            }
            foreach (var told in events)
            {
                if (await DeliverAsync(told, state.Secret, state.Attempts, state.Next, changed) == false) return true;
                state = state with { Attempts = 0, Next = 0 };
            }
            return true;
        }

        // False where the subscription is to be looked at anew.
        private async Task<bool> DeliverAsync(EventLine told, byte[] secret, int attempts, long next, Task changed)
        {
            var clock = owner.options.Clock;
            var wait = DateTimeOffset.FromUnixTimeMilliseconds(next) - clock.GetUtcNow();
            if (next > 0 && wait > TimeSpan.Zero)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel.Token);
                await Task.WhenAny(changed, Task.Delay(wait, clock, either.Token));
                await either.CancelAsync();
                cancel.Token.ThrowIfCancellationRequested();
                if (changed.IsCompleted) return false;
            }
            var (error, gone) = await owner.sender.SendAsync(webhook.Url, secret, IdOf(told), owner.Body(told), cancel.Token);
            if (error is null)
            {
                owner.store.Delivered(webhook.Id, told.At);
                return !changed.IsCompleted;
            }
            if (gone) owner.store.Suspend(webhook.Id);
            else if (++attempts >= owner.options.Attempts)
                owner.store.GiveUp(webhook.Id, new DeadLetter(told.At, clock.GetUtcNow().ToUnixTimeSeconds(), attempts, error), owner.options);
            else owner.store.Failed(webhook.Id, attempts, (clock.GetUtcNow() + owner.options.DelayAfter(attempts)).ToUnixTimeMilliseconds());
            return false;
        }

        private async Task AgainAsync(Position at, byte[] secret)
        {
            var error = "The event is not there, or is not for its party.";
            if (owner.views.EventAt(at, webhook.Party) is { } told) (error, _) = await owner.sender.SendAsync(webhook.Url, secret, IdOf(told), owner.Body(told), cancel.Token);
            owner.store.Again(webhook.Id, at, error);
        }

        // The same at each attempt, so that a subscriber can tell what it has already.
        private string IdOf(EventLine told) => string.Create(null, $"{webhook.Id}.{told.At.Height}.{told.Index}");
    }
}
