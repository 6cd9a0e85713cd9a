using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Keten.Node.Rendering;
using Keten.Node.Views;

namespace Keten.Node.Alarms;

/// <summary>What people and machines are told of an alarm.</summary>
internal sealed class AlarmMessage(AlarmOptions options, AlarmKinds kinds, ViewJson json)
{
    /// <summary>Where an alarm is acknowledged, or an address confirmed, by whoever has the message; null where the node does not know its own address.</summary>
    public string? LinkOf(string token) => options.PublicUrl is { } url ? url.AbsoluteUri.TrimEnd('/') + "/v1/alarms/answer/" + token : null;

    /// <summary>Whether one of an event's text fields says a text; with none asked, always.</summary>
    public bool IsAbout(string? text, EventLine told)
    {
        if (text is null) return true;
        foreach (var (_, value) in json.Fields(told) ?? [])
            if (value is JsonValue field && field.TryGetValue<string>(out var said) && said == text) return true;
        return false;
    }

    /// <summary>As JSON, in the form of the node's webhooks.</summary>
    public byte[] Body(Alarm alarm, EventLine told, int step, string token) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["type"] = "keten.alarm." + kinds.Of(told), ["timestamp"] = Show.Time(told.Time),
        ["data"] = new JsonObject { ["alarm"] = alarm.Id, ["step"] = step + 1, ["acknowledge"] = LinkOf(token), ["event"] = json.Event(told) },
    });

    /// <summary>As a line and a text.</summary>
    public (string Subject, string Text) Mail(Alarm alarm, EventLine told, int step, string token)
    {
        var shown = json.Event(told);
        var subject = $"[Keten] {kinds.Of(told)}: {shown["contract"]} {told.Agreement}";
        var text = new StringBuilder();
        text.Append(null, $"{shown["contract"]} {told.Agreement} warns of {kinds.Of(told)}: {shown["name"]}, {Show.Time(told.Time)}.\n\n");
        if (step > 0) text.Append("Nobody who was told before has acknowledged it.\n\n");
        foreach (var (name, value) in json.Fields(told) ?? []) text.Append(null, $"  {name}: {Plain(value)}\n");
        text.Append(null, $"\nTransaction {told.Origin}, block {told.At.Height}.\n\n");
        text.Append(LinkOf(token) is { } link ? $"Acknowledge it, so that nobody else is told:\n{link}\n" : $"Acknowledge it, so that nobody else is told: keten alarm acknowledge {alarm.Id}\n");
        return (subject, text.ToString());
    }

    /// <summary>The question whether somebody wants to be told.</summary>
    public (string Subject, string Text) Question(AlarmSubscription subscription, string token) => (
        "[Keten] Do you want these alarms?",
        $"The party {subscription.Party} wants alarms to be sent to you: {(subscription.Kinds.Count == 0 ? "all" : string.Join(", ", subscription.Kinds))}.\n\n"
        + (LinkOf(token) is { } link ? $"If you want them, say so here:\n{link}\n\n" : $"If you want them: keten alarm confirm {token}\n\n") + "If not, do nothing: you will not be written to again.\n");

    // One line, whatever somebody wrote into a field.
    private static string Plain(JsonNode? value)
    {
        var text = new StringBuilder();
        foreach (var part in value is JsonObject { Count: > 0 } amount && amount["amount"] is { } number ? $"{number} {amount["symbol"]}" : value?.ToString() ?? "")
            text.Append(char.IsControl(part) ? ' ' : part);
        return text.Length <= 500 ? text.ToString() : text.ToString(0, 500) + " …";
    }
}
