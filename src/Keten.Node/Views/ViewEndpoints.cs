using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Node.Api;
using Keten.Node.Pipeline;
using Keten.Node.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Keten.Node.Views;

/// <summary>Statements, agreements and time lines, for those whose they are.</summary>
internal sealed class ViewEndpoints(ViewStore views, LedgerNode node, ReaderGuard guard, ViewJson json)
{
    private const string What = "There is no such thing, or it is not for this reader.";

    public void Map(WebApplication app)
    {
        app.MapGet("/v1/statements/{owner}/{unit}", Statement).About("Views", "What moved in the account of a party, or of an agreement, with the balance after each line");
        app.MapGet("/v1/agreements", Agreements).About("Views", "The agreements that name the reader");
        app.MapGet("/v1/agreements/{number}/events", Events).About("Views", "What was told under an agreement, as far as the reader may read it");
        app.MapGet("/v1/timeline", Timeline).About("Views", "All that happened to the reader, in order: movements, events, and own transactions that were refused");
        app.MapGet("/v1/views", Height).About("Views", "How far the views are; with height=, as soon as they are so far");
    }

    private async Task<IResult> Statement(HttpContext http, string owner, string unit, string? after, string? before, string? from, string? newest, string? limit)
    {
        var whose = owner.Length == 2 * Party.Size ? Owner.Of(Answers.PartyOf(owner, "owner")) : Owner.Of(Answers.Number(owner, "owner"));
        var (number, page) = (Answers.Number(unit, "unit"), PageOf(after, before, from, newest, limit));
        var reader = await guard.ReaderOf(http);
        if (whose.IsNone || number > uint.MaxValue) return Problem.NotFound(What);
        var readable = whose.Party is { } party ? reader.Is(party) : node.Read(ledger => ledger.ReadersOf(whose.Agreement)) is { } readers && reader.May(readers);
        if (!readable) return reader.Refuse(What);
        return Page(views.Statement(whose, new Unit((uint)number), page), page, line => line.At, json.Movement);
    }

    private async Task<IResult> Agreements(HttpContext http, string? party, string? after, string? limit)
    {
        var (from, atMost) = (after is null ? 0 : Answers.Number(after, "after"), Answers.Number(limit, "limit", 100, 1, Paging.LimitAtMost));
        var asked = party is null ? default : Answers.PartyOf(party, "party");
        var reader = await guard.ReaderOf(http);
        if (Whose(reader, asked) is not { } whose) return reader.Refuse(What);
        var lines = views.Agreements(whose, from, atMost);
        return Answers.Json(new JsonObject
        {
            ["agreements"] = Show.List(lines, json.Agreement), ["next"] = lines.Count == atMost ? lines[^1].Number : null, ["height"] = views.Height,
        });
    }

    private async Task<IResult> Events(HttpContext http, string number, string? after, string? before, string? from, string? newest, string? limit)
    {
        var (agreement, page) = (Answers.Number(number, "number"), PageOf(after, before, from, newest, limit));
        var reader = await guard.ReaderOf(http);
        if (agreement > long.MaxValue || (reader.Party.IsNone && !reader.Open && node.Read(ledger => ledger.ReadersOf(agreement)) is not { IsEveryone: true })) return reader.Refuse(What);
        return Page(views.EventsOf(agreement, reader.Party, page, all: reader.Open), page, line => line.At, json.Event);
    }

    private async Task<IResult> Timeline(HttpContext http, string? party, string? after, string? before, string? from, string? newest, string? limit)
    {
        var (asked, page) = (party is null ? default : Answers.PartyOf(party, "party"), PageOf(after, before, from, newest, limit));
        var reader = await guard.ReaderOf(http);
        if (Whose(reader, asked) is not { } whose) return reader.Refuse(What);
        return Page(views.Timeline(whose, page), page, line => line.At, json.Line);
    }

    private async Task<IResult> Height(HttpContext http, string? height)
    {
        if (height is not null) await views.WaitForAsync(Answers.Number(height, "height"), cancel: http.RequestAborted);
        return Answers.Json(new JsonObject { ["height"] = views.Height, ["final"] = node.Head?.Header.Height ?? 0 });
    }

    // The reader, or another where the ledger is open to read; null where that is refused.
    private static Party? Whose(Reader reader, Party asked)
    {
        var whose = asked.IsNone ? reader.Party : asked;
        return !whose.IsNone && reader.Is(whose) ? whose : null;
    }

    private Paging PageOf(string? after, string? before, string? from, string? newest, string? limit)
    {
        var start = PositionOf(after, "after", Position.Start);
        if (from is not null && views.PlaceOf(MomentOf(from)) is var first && first > start) start = first;
        return new Paging(start, PositionOf(before, "before", Position.End), Answers.Flag(newest, "newest"), Answers.Number(limit, "limit", 100, 1, Paging.LimitAtMost));
    }

    private static Position PositionOf(string? text, string called, Position otherwise) => text is null ? otherwise
        : Position.TryParse(text, out var position) ? position : throw new ProblemException(Problem.BadRequest($"«{called}» is height.line, as «next» of a page says it."));

    private static Instant MomentOf(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss'Z'", null, System.Globalization.DateTimeStyles.AssumeUniversal, out var moment) && moment.ToUnixTimeSeconds() > 0
            ? new Instant(moment.ToUnixTimeSeconds())
            : throw new ProblemException(Problem.BadRequest("«from» is a moment such as 2027-01-01T00:00:00Z."));

    private IResult Page<T>(IReadOnlyList<T> lines, Paging page, Func<T, Position> at, Func<T, JsonObject> show) => Answers.Json(new JsonObject
    {
        ["lines"] = Show.List(lines, show), ["next"] = lines.Count == page.Limit ? at(lines[^1]).ToString() : null, ["height"] = views.Height,
    });
}
