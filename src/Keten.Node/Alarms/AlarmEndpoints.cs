using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Node.Api;
using Keten.Node.Rendering;
using Keten.Node.Views;
using Keten.Node.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Alarms;

/// <summary>A party's own alarms: each request is signed by it, on an open ledger too; but for the links in messages, whose token is their leave.</summary>
internal sealed class AlarmEndpoints(AlarmStore store, AlarmWatch watch, AlarmOptions options, AlarmKinds kinds, ViewStore views, ViewJson json, ReaderGuard guard)
{
    private const int BodyAtMost = 16_384, StepsAtMost = 8, KindsAtMost = 32, AfterAtMost = 30 * 86_400;
    private const string What = "There is no such alarm, or it is another's.";
    private readonly Targets targets = new(options.Sending);

    public void Map(WebApplication app)
    {
        app.MapGet("/v1/alarms/kinds", () => Answers.Json(new JsonObject { ["kinds"] = Show.List(kinds.Words, word => JsonValue.Create(word)) })).About("Alarms", "What the contracts of this ledger warn of");
        app.MapPost("/v1/alarms/subscriptions", (Delegate)Add).About("Alarms", "Has alarms sent, to one after another until somebody acknowledges; the secret is told in this answer only");
        app.MapGet("/v1/alarms/subscriptions", (Delegate)List).About("Alarms", "The reader's subscriptions");
        app.MapDelete("/v1/alarms/subscriptions/{id}", Remove).About("Alarms", "Ends one, with its alarms");
        app.MapGet("/v1/alarms", Alarms).About("Alarms", "The reader's alarms, newest first; with open=true those that nobody acknowledged");
        app.MapPost("/v1/alarms/{id}/acknowledge", Acknowledge).About("Alarms", "Has nobody else told of an alarm");
        app.MapGet("/v1/alarms/answer/{token}", (string token) => AlarmPage.Question(store.Of(token))).About("Alarms", "The page behind a link in a message; it changes nothing by itself", "text/html");
        app.MapPost("/v1/alarms/answer/{token}", Answer).About("Alarms", "Acknowledges an alarm, or confirms an address, by the token of a message", "text/html");
    }

    private async Task<IResult> Add(HttpContext http)
    {
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone) return reader.Refuse(What);
        var body = await JsonBody.Read(http.Request, BodyAtMost, "kinds", "agreement", "about", "everyones", "steps", "after");
        var asked = new AlarmSubscription(
            RandomNumberGenerator.GetHexString(32, lowercase: true), reader.Party, KindsOf(body), body.Number("agreement", long.MaxValue), AboutOf(body), body.Flag("everyones"),
            options.Sending.Clock.GetUtcNow().ToUnixTimeSeconds(), StepsOf(body));
        // From now on, unless it says from where.
        var from = body.Text("after") is not { } text ? new Position(Position.Of(views.Height + 1, 0).Value - 1)
            : Position.TryParse(text, out var position) ? position : throw Bad("«after» is height.line.");
        if (store.Add(asked, from, options) is not var (subscription, secret)) return Problem.TooMany("There is no room for another subscription to alarms.", 3_600);
        watch.Wake();
        var shown = Of(subscription);
        shown["secret"] = WebhookSender.Show(secret);
        return Answers.Json(shown, 201);
    }

    private async Task<IResult> List(HttpContext http)
    {
        var reader = await guard.ReaderOf(http);
        return reader.Party.IsNone ? reader.Refuse(What) : Answers.Json(new JsonObject { ["subscriptions"] = Show.List(store.List(reader.Party), Of) });
    }

    private async Task<IResult> Remove(HttpContext http, string id)
    {
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone || store.Find(id) is not { } subscription || subscription.Party != reader.Party) return reader.Refuse(What);
        store.Remove(id);
        return Results.NoContent();
    }

    private async Task<IResult> Alarms(HttpContext http, string? open, string? before, string? limit)
    {
        var (openOnly, atMost) = (Answers.Flag(open, "open"), Answers.Number(limit, "limit", 100, 1, Paging.LimitAtMost));
        var end = before is null ? Position.End : Position.TryParse(before, out var position) ? position : throw Bad("«before» is height.line, as «next» of a page says it.");
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone) return reader.Refuse(What);
        var alarms = store.Alarms(reader.Party, openOnly, end, atMost);
        return Answers.Json(new JsonObject { ["alarms"] = Show.List(alarms, alarm => Of(alarm, reader.Party)), ["next"] = alarms.Count == atMost ? alarms[^1].At.ToString() : null });
    }

    private async Task<IResult> Acknowledge(HttpContext http, string id)
    {
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone || store.FindAlarm(id) is not { } alarm || store.Find(alarm.Subscription)?.Party != reader.Party) return reader.Refuse(What);
        store.Acknowledge(id, options.Sending.Clock.GetUtcNow().ToUnixTimeSeconds(), "party");
        return Answers.Json(Of(store.FindAlarm(id)!, reader.Party));
    }

    // What a program that looks at each link of a message cannot do by looking.
    private IResult Answer(string token)
    {
        var (alarm, step) = store.Of(token);
        if (alarm is not null) store.Acknowledge(alarm.Id, options.Sending.Clock.GetUtcNow().ToUnixTimeSeconds(), "link");
        else if (step is not null) store.Confirm(token);
        return AlarmPage.Done((alarm, step));
    }

    private IReadOnlyList<string> KindsOf(JsonBody body)
    {
        var asked = body.Texts("kinds", KindsAtMost);
        foreach (var word in asked)
            if (!kinds.Words.Contains(word)) throw Bad($"No contract of this ledger warns of «{(word.Length > 32 ? word[..32] : word)}». They warn of: {string.Join(", ", kinds.Words)}.");
        return [.. asked.Distinct()];
    }

    private static string? AboutOf(JsonBody body) => body.Text("about") is not { } text ? null : text.Length is > 0 and <= 100 ? text : throw Bad("«about» is a text of up to 100 characters.");

    private List<AlarmStep> StepsOf(JsonBody body)
    {
        var steps = new List<AlarmStep>();
        foreach (var step in body.Objects("steps", StepsAtMost, "to", "after"))
        {
            var after = (int)(step.Number("after", AfterAtMost) ?? 0);
            if (steps.Count > 0 && after <= steps[^1].After) throw Bad("Each step comes later than the one before it.");
            steps.Add(new AlarmStep(TargetOf(step.NeededText("to"), out var isMail), after, !isMail));
        }
        return steps.Count > 0 ? steps : throw Bad("«steps» says who is told: at least one.");
    }

    private Uri TargetOf(string to, out bool isMail)
    {
        isMail = to.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase);
        if (!isMail) return targets.Judge(to, out var url) is { } why ? throw Bad(why) : url;
        if (options.Mail is null) throw Bad("This node has no server that takes e-mail.");
        return to.Length <= 300 && Uri.TryCreate(to, UriKind.Absolute, out var address) && MailSender.AddressOf(address) is not null ? address : throw Bad("The address is no mailbox.");
    }

    private static JsonObject Of(AlarmSubscription subscription) => new()
    {
        ["id"] = subscription.Id, ["kinds"] = Show.List(subscription.Kinds, word => JsonValue.Create(word)), ["agreement"] = subscription.Agreement, ["about"] = subscription.About, ["everyones"] = subscription.Everyones,
        ["created"] = Show.Time(new Instant(subscription.Created)),
        ["steps"] = Show.List(subscription.Steps, step => new JsonObject { ["to"] = step.To.AbsoluteUri, ["after"] = step.After, ["confirmed"] = step.Confirmed }),
    };

    private JsonObject Of(Alarm alarm, Party party)
    {
        var told = views.EventAt(alarm.At, party);
        return new JsonObject
        {
            ["id"] = alarm.Id, ["kind"] = told is null ? null : kinds.Of(told), ["raised"] = Show.Time(new Instant(alarm.Raised)), ["told"] = alarm.Told, ["missed"] = alarm.Missed,
            ["acknowledged"] = alarm.Acknowledged is { } when ? Show.Time(new Instant(when)) : null, ["by"] = alarm.By, ["error"] = alarm.Error, ["event"] = told is null ? null : json.Event(told),
        };
    }

    private static ProblemException Bad(string detail) => new(Problem.BadRequest(detail));
}
