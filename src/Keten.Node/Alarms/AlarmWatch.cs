using System.Collections.Concurrent;
using Keten.Node.Views;
using Keten.Node.Webhooks;
using Microsoft.Extensions.Logging;

namespace Keten.Node.Alarms;

/// <summary>
/// Raises an alarm for each event that somebody wants to be warned of, once, and tells one after another of it until it is acknowledged. All that waits stands on disk: what was raised is told after
/// a restart too, and whoever could not be reached is passed over for the next. Of each subscription one message is under way at a time, so that one who answers slowly holds up itself alone.
/// </summary>
internal sealed class AlarmWatch : IAsyncDisposable
{
    private const int EventsAtOnce = 256;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ViewStore views;
    private readonly AlarmStore store;
    private readonly AlarmOptions options;
    private readonly AlarmKinds kinds;
    private readonly AlarmMessage message;
    private readonly ILogger log;
    private readonly WebhookSender web;
    private readonly MailSender? mail;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, Task> underWay = new(StringComparer.Ordinal);
    private readonly Task running;
    private TaskCompletionSource woken = New();

    public AlarmWatch(ViewStore views, AlarmStore store, AlarmOptions options, AlarmKinds kinds, AlarmMessage message, ILogger log)
    {
        (this.views, this.store, this.options, this.kinds, this.message, this.log) = (views, store, options, kinds, message, log);
        web = new WebhookSender(options.Sending);
        mail = options.Mail is { } server ? new MailSender(server, TimeSpan.FromSeconds(options.Sending.TimeoutSeconds)) : null;
        running = Task.Run(RunAsync);
    }

    private DateTimeOffset Now => options.Sending.Clock.GetUtcNow();

    /// <summary>Up to which block every subscription has raised its alarms, and their events are needed no more.</summary>
    public static ulong Reached(ViewStore views, AlarmStore store)
    {
        var reached = views.Height;
        foreach (var subscription in store.List()) reached = Math.Min(reached, store.CursorOf(subscription.Id).Height);
        return reached;
    }

    /// <summary>Looks again at what was changed.</summary>
    public void Wake() => Interlocked.Exchange(ref woken, New()).TrySetResult();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        await Task.WhenAll(underWay.Values);
        web.Dispose();
        stop.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var (changed, height) = (Volatile.Read(ref woken).Task, views.Height);
                foreach (var subscription in store.List())
                {
                    Raise(subscription, height);
                    Send(subscription);
                }
                await RestAsync(changed, height);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // Whatever it is: the ledger goes on, and nothing is lost by trying again.
                log.LogError(fault, "Alarms stand still, and are tried again.");
                await PauseAsync();
            }
        }
    }

    private void Raise(AlarmSubscription subscription, ulong height)
    {
        var cursor = store.CursorOf(subscription.Id);
        var end = new Position(Position.Of(height + 1, 0).Value - 1);
        while (cursor < end && !stop.IsCancellationRequested)
        {
            var (events, upTo) = Next(subscription, cursor, end);
            if (!store.Raise(subscription.Id, events, upTo, Now.ToUnixTimeSeconds(), options)) return;
            cursor = upTo;
        }
    }

    // The next events that concern a subscription, and up to where these are all.
    private (List<EventLine> Events, Position UpTo) Next(AlarmSubscription subscription, Position after, Position end)
    {
        var found = new Dictionary<Position, EventLine>();
        // What is told by name comes with any contract; what is told to everyone only where the contract is asked for.
        foreach (var contract in subscription.Everyones ? kinds.Contracts.Select(code => (ushort?)code) : [null])
        {
            var page = views.EventsFor(subscription.Party, null, contract, null, after, EventsAtOnce);
            if (page.Count == EventsAtOnce && page[^1].At < end) end = page[^1].At;
            foreach (var told in page)
                if (kinds.Concerns(subscription, told) && message.IsAbout(subscription.About, told)) found[told.At] = told;
        }
        return ([.. found.Values.Where(told => told.At <= end).OrderBy(told => told.At)], end);
    }

    private void Send(AlarmSubscription subscription)
    {
        if (underWay.ContainsKey(subscription.Id)) return;
        var now = Now.ToUnixTimeMilliseconds();
        if (store.Due(subscription.Id, now) is var (alarm, step, attempts, token)) Begin(subscription.Id, () => TellAsync(subscription, alarm, step, attempts, token));
        else if (store.ToConfirm(subscription.Id, now) is var (number, to, asked, question)) Begin(subscription.Id, () => AskAsync(subscription, number, to, asked, question));
    }

    // When it is through, it is looked what is to be sent next.
    private void Begin(string subscription, Func<Task> message)
    {
        var begun = new TaskCompletionSource();
        underWay[subscription] = begun.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                await message();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // It is sent after the next start.
            }
            catch (Exception fault)
            {
                log.LogError(fault, "An alarm could not be sent, and is tried again.");
                await PauseAsync();
            }
            underWay.TryRemove(subscription, out _);
            Wake();
            begun.SetResult();
        });
    }

    private Task PauseAsync() => Task.Delay(Pause, options.Sending.Clock, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    private async Task TellAsync(AlarmSubscription subscription, Alarm alarm, int step, int attempts, string token)
    {
        if (store.SecretOf(subscription.Id) is not { } secret) return;
        var told = views.EventAt(alarm.At, subscription.Party);
        var target = subscription.Steps[step];
        var error = told is null ? "The event is not there any more."
            : !target.Confirmed ? "Nobody has said at that address that they want it."
            : MailSender.AddressOf(target.To) is { } address ? await MailAsync(address, message.Mail(alarm, told, step, token), string.Create(null, $"{alarm.Id}.{step}"))
            : (await web.SendAsync(target.To, secret, alarm.Id, message.Body(alarm, told, step, token), stop.Token)).Error;
        var hopeless = told is null || !target.Confirmed || attempts + 1 >= options.Attempts;
        if (error is not null && !hopeless) store.Went(alarm, step, attempts + 1, false, false, error, (Now + options.Sending.DelayAfter(attempts + 1)).ToUnixTimeMilliseconds());
        else store.Went(alarm, step + 1, 0, error is null, error is not null, error, NextOf(subscription, alarm, step, missed: error is not null));
    }

    // Whoever could not be reached is passed over at once.
    private long? NextOf(AlarmSubscription subscription, Alarm alarm, int step, bool missed) => step + 1 >= subscription.Steps.Count ? null
        : missed ? Now.ToUnixTimeMilliseconds() : Math.Max(Now.ToUnixTimeMilliseconds(), 1_000 * (alarm.Raised + subscription.Steps[step + 1].After));

    private async Task AskAsync(AlarmSubscription subscription, int number, Uri to, int attempts, string token)
    {
        if (MailSender.AddressOf(to) is not { } address) return;
        if (store.AskOnlyFrom(subscription.Party, to, Now.ToUnixTimeSeconds(), options) is { } later)
        {
            store.Asked(subscription.Id, number, done: false, attempts, later * 1_000);
            return;
        }
        var error = await MailAsync(address, message.Question(subscription, token), string.Create(null, $"{subscription.Id}.{number}"));
        store.Asked(subscription.Id, number, error is null || attempts + 1 >= options.Attempts, attempts + 1, (Now + options.Sending.DelayAfter(attempts + 1)).ToUnixTimeMilliseconds());
    }

    private Task<string?> MailAsync(System.Net.Mail.MailAddress to, (string Subject, string Text) letter, string id) =>
        mail is null ? Task.FromResult<string?>("The node has no server that takes e-mail.") : mail.SendAsync(to, letter.Subject, letter.Text, id, stop.Token);

    // Until there are more events, something is due, or something was changed.
    private async Task RestAsync(Task changed, ulong height)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var waits = new List<Task> { changed, views.WaitForAsync(height + 1, patient: true, either.Token) };
        if (store.NextDue(underWay.Keys) is { } due)
        {
            var wait = DateTimeOffset.FromUnixTimeMilliseconds(due) - Now;
            waits.Add(Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, options.Sending.Clock, either.Token));
        }
        await Task.WhenAny(waits);
        await either.CancelAsync();
        stop.Token.ThrowIfCancellationRequested();
    }
}
