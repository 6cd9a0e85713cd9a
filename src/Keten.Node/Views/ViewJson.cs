using System.Text.Json.Nodes;
using Keten.Kernel;
using Keten.Node.Api;
using Keten.Node.Rendering;

namespace Keten.Node.Views;

/// <summary>Lines of the views in JSON.</summary>
internal sealed class ViewJson(Catalogue catalogue, RecordJson records, UnitNames units)
{
    public JsonObject Movement(Movement line)
    {
        var json = Begin("movement", line.At, line.Time, line.Origin);
        (json["call"], json["agreement"], json["clause"]) = (line.Call, line.Agreement == 0 ? null : line.Agreement, line.Clause);
        (json["change"], json["balance"]) = (Show.Amount(line.Change, line.Unit, units), Show.Amount(line.Balance, line.Unit, units));
        if (line.Until != default) json["until"] = Show.Time(line.Until);
        json[line.Change < 0 ? "to" : "from"] = Show.List(line.Others, Show.Owner);
        if (line.OthersCount > line.Others.Count) json["others"] = line.OthersCount;
        if (line.Reference is { } reference) json["reference"] = reference.ToString();
        if (line.IsWakeUp) json["wakeUp"] = true;
        return json;
    }

    public JsonObject Event(EventLine line)
    {
        var json = Begin("event", line.At, line.Time, line.Origin);
        (json["event"], json["agreement"]) = (string.Create(null, $"{line.At.Height}.{line.Index}"), line.Agreement);
        (json["contract"], json["name"], json["content"]) = (catalogue.Find(line.Contract, line.Version)?.Name, KindOf(line)?.EventCodec.Name, Fields(line));
        return json;
    }

    public JsonObject Line(TimelineLine line) =>
        line.Movement is { } movement ? Movement(movement) : line.Event is { } told ? Event(told) : Refused(line.Refused!);

    public JsonObject Agreement(AgreementLine line) => new()
    {
        ["number"] = line.Number, ["contract"] = new JsonObject { ["code"] = line.Contract, ["version"] = line.Version, ["name"] = catalogue.Find(line.Contract, line.Version)?.Name },
        ["opened"] = Show.Time(line.Opened), ["ended"] = line.Ended == default ? null : Show.Time(line.Ended),
    };

    /// <summary>An event's fields by name; null where the catalogue does not know it.</summary>
    public JsonObject? Fields(EventLine line) => KindOf(line) is { } kind ? records.Of(kind.EventCodec, line.Content) : null;

    private JsonObject Refused(RefusedLine line)
    {
        var json = Begin("refused", line.At, line.Time, line.Transaction);
        (json["refusal"], json["name"]) = (line.Code, Problem.NameOf(line.Code, catalogue));
        return json;
    }

    private EventKind? KindOf(EventLine line)
    {
        foreach (var kind in catalogue.Find(line.Contract, line.Version)?.Events ?? [])
            if (kind.Number == line.Number) return kind;
        return null;
    }

    private static JsonObject Begin(string kind, Position at, Instant time, Hash origin) =>
        new() { ["at"] = at.ToString(), ["kind"] = kind, ["time"] = Show.Time(time), ["transaction"] = origin.ToString() };
}
