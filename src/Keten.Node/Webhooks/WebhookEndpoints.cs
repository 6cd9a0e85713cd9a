using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Node.Api;
using Keten.Node.Rendering;
using Keten.Node.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Webhooks;

/// <summary>A party's own webhooks: each request is signed by it, on an open ledger too.</summary>
internal sealed class WebhookEndpoints(WebhookStore store, WebhookDispatcher dispatcher, WebhookOptions options, ViewStore views, ReaderGuard guard)
{
    private const int BodyAtMost = 8_192;
    private const string What = "There is no such webhook, or it is another's.";
    private readonly Targets targets = new(options);

    public void Map(WebApplication app)
    {
        app.MapPost("/v1/webhooks", (Delegate)Add).About("Webhooks", "Has events sent to an address; the secret is told in this answer only");
        app.MapGet("/v1/webhooks", (Delegate)List).About("Webhooks", "The reader's webhooks");
        app.MapDelete("/v1/webhooks/{id}", Remove).About("Webhooks", "Ends one");
        app.MapGet("/v1/webhooks/{id}/dead-letters", DeadLetters).About("Webhooks", "Events that could not be delivered");
        app.MapPost("/v1/webhooks/{id}/redeliver", Redeliver).About("Webhooks", "Has dead letters sent once more, all or the one of at=, and ends a suspension");
    }

    private async Task<IResult> Add(HttpContext http)
    {
        var reader = await guard.ReaderOf(http);
        if (reader.Party.IsNone) return reader.Refuse(What);
        var body = await JsonBody.Read(http.Request, BodyAtMost, "url", "agreement", "contract", "event", "after");
        if (targets.Judge(body.NeededText("url"), out var url) is { } why) return Problem.BadRequest(why);
        // From now on, unless it says from where.
        var from = body.Text("after") is not { } text ? Position.Of(views.Height + 1, 0)
            : Position.TryParse(text, out var position) ? position : throw new ProblemException(Problem.BadRequest("«after» is height.line."));
        var (agreement, contract, told) = (body.Number("agreement", long.MaxValue), (ushort?)body.Number("contract", ushort.MaxValue), (ushort?)body.Number("event", ushort.MaxValue));
        if (store.Add(reader.Party, url, agreement, contract, told, from, options) is not var (webhook, secret)) return Problem.TooMany("There is no room for another webhook.", 3_600);
        dispatcher.Wake(webhook);
        var json = Of(webhook);
        json["secret"] = WebhookSender.Show(secret);
        return Answers.Json(json, 201);
    }

    private async Task<IResult> List(HttpContext http)
    {
        var reader = await guard.ReaderOf(http);
        return reader.Party.IsNone ? reader.Refuse(What) : Answers.Json(new JsonObject { ["webhooks"] = Show.List(store.List(reader.Party), Of) });
    }

    private async Task<IResult> Remove(HttpContext http, string id)
    {
        var reader = await guard.ReaderOf(http);
        if (Own(reader, id) is null) return reader.Refuse(What);
        store.Remove(id);
        dispatcher.Forget(id);
        return Results.NoContent();
    }

    private async Task<IResult> DeadLetters(HttpContext http, string id, string? after, string? limit)
    {
        var (from, atMost) = (PositionOf(after) ?? Position.Start, Answers.Number(limit, "limit", 100, 1, Paging.LimitAtMost));
        var reader = await guard.ReaderOf(http);
        if (Own(reader, id) is null) return reader.Refuse(What);
        var letters = store.DeadLetters(id, from, atMost);
        return Answers.Json(new JsonObject
        {
            ["deadLetters"] = Show.List(letters, letter => new JsonObject
            {
                ["at"] = letter.At.ToString(), ["since"] = Show.Time(new Instant(letter.Since)), ["attempts"] = letter.Attempts, ["error"] = letter.Error,
            }),
            ["next"] = letters.Count == atMost ? letters[^1].At.ToString() : null,
        });
    }

    private async Task<IResult> Redeliver(HttpContext http, string id, string? at)
    {
        var only = PositionOf(at);
        var reader = await guard.ReaderOf(http);
        if (Own(reader, id) is not { } webhook) return reader.Refuse(What);
        var count = store.Redeliver(id, only);
        dispatcher.Wake(webhook);
        return Answers.Json(new JsonObject { ["again"] = count }, 202);
    }

    private Webhook? Own(Reader reader, string id) => !reader.Party.IsNone && store.Find(id) is { } webhook && webhook.Party == reader.Party ? webhook : null;

    private static Position? PositionOf(string? text) =>
        text is null ? null : Position.TryParse(text, out var position) ? position : throw new ProblemException(Problem.BadRequest("A place is height.line."));

    private static JsonObject Of(Webhook webhook) => new()
    {
        ["id"] = webhook.Id, ["url"] = webhook.Url.AbsoluteUri, ["agreement"] = webhook.Agreement, ["contract"] = webhook.Contract, ["event"] = webhook.Event,
        ["created"] = Show.Time(new Instant(webhook.Created)), ["suspended"] = webhook.Suspended,
    };
}
