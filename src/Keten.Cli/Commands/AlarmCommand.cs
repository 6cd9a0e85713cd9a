using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Cli.Terminals;

namespace Keten.Cli.Commands;

/// <summary>Alarms: who is warned of what, and who has said that they know.</summary>
internal static class AlarmCommand
{
    public static Command Create() => new("alarm", "Alarms of theft, arrears and the like: who is told, by web or e-mail, and who is told next (docs/alarms.md).") { Kinds(), Subscribe(), List(), Acknowledge(), Confirm(), Remove() };

    private static Command Kinds()
    {
        var command = new Command("kinds", "What the contracts of the ledger warn of.");
        Session.Adds(command, keyNeeded: false);
        Session.Runs(command, async (terminal, _, session, cancel) =>
        {
            var kinds = await session.Client.AlarmKindsAsync(cancel);
            terminal.Plain(string.Join(", ", kinds["kinds"]!.AsArray().Select(word => (string)word!)));
            terminal.Result(kinds);
            return Exit.Ok;
        });
        return command;
    }

    private static Command Subscribe()
    {
        var kinds = new Option<string[]>("--kind") { Description = "What of; may be given again. Without it: of everything.", HelpName = "WORD", DefaultValueFactory = _ => [] };
        var agreement = new Option<ulong?>("--agreement") { Description = "Under this agreement only.", HelpName = "NUMBER" };
        var about = new Option<string?>("--about") { Description = "Only where an event names this, such as a VIN.", HelpName = "TEXT" };
        var everyones = new Option<bool>("--everyones") { Description = "Also of what is told to everyone; otherwise only of what is told to the key's party by name." };
        var to = new Option<string[]>("--to")
        {
            Description = "Who is told: https://… or mailto:NAME@…. May be given again: who is told where nobody has acknowledged after so many minutes, as 15=mailto:….", HelpName = "[MINUTES=]ADDRESS", Required = true,
        };
        var command = new Command("subscribe", "Has alarms sent, to one after another until somebody acknowledges. A mailbox is asked first whether it wants them.") { kinds, agreement, about, everyones, to };
        Session.Adds(command, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var made = await session.Client.SubscribeToAlarmsAsync(new JsonObject
            {
                ["kinds"] = new JsonArray([.. parse.GetValue(kinds)!.Select(word => JsonValue.Create(word))]), ["agreement"] = parse.GetValue(agreement), ["about"] = parse.GetValue(about),
                ["everyones"] = parse.GetValue(everyones), ["steps"] = new JsonArray([.. parse.GetRequiredValue(to).Select(StepOf)]),
            }, cancel);
            terminal.Plain($"{made["id"]}: messages to https are signed with {made["secret"]}, which is told this once.");
            terminal.Result(made);
            return Exit.Ok;
        });
        return command;
    }

    private static Command List()
    {
        var open = new Option<bool>("--open") { Description = "Those alone that nobody acknowledged." };
        var command = new Command("list", "The newest alarms of the key's party, and its subscriptions.") { open };
        Session.Adds(command, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var (alarms, subscriptions) = (await session.Client.AlarmsAsync(parse.GetValue(open), cancel: cancel), await session.Client.AlarmSubscriptionsAsync(cancel));
            terminal.Show(["subscription", "kinds", "told"], subscriptions["subscriptions"]!.AsArray().Select(one => new[]
            {
                (string)one!["id"]!, string.Join(' ', one["kinds"]!.AsArray().Select(word => (string)word!)) is { Length: > 0 } some ? some : "all", string.Join(", then ", one["steps"]!.AsArray().Select(StepText)),
            }));
            terminal.Show(["alarm", "kind", "raised", "told", "acknowledged", ""], alarms["alarms"]!.AsArray().Select(one => new[]
            {
                (string)one!["id"]!, (string?)one["kind"] ?? "", (string)one["raised"]!, ((int)one["told"]!).ToString(CultureInfo.InvariantCulture), (string?)one["acknowledged"] ?? "", (string?)one["error"] ?? "",
            }));
            terminal.Result(new JsonObject { ["subscriptions"] = subscriptions["subscriptions"]!.DeepClone(), ["alarms"] = alarms["alarms"]!.DeepClone() });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Acknowledge()
    {
        var id = new Argument<string>("id") { Description = "The alarm's id, as the message or 'keten alarm list' has it." };
        var command = new Command("acknowledge", "Says that somebody sees to it: nobody else is told.") { id };
        Session.Adds(command, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            var alarm = await session.Client.AcknowledgeAlarmAsync(parse.GetRequiredValue(id), cancel);
            terminal.Plain($"Acknowledged {alarm["acknowledged"]}.");
            terminal.Result(alarm);
            return Exit.Ok;
        });
        return command;
    }

    private static Command Confirm()
    {
        var token = new Argument<string>("token") { Description = "What the message says." };
        var command = new Command("confirm", "Says that alarms may be sent to the mailbox that a message with this token came to. Needs no key.") { token };
        Session.Adds(command, keyNeeded: false);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            await session.Client.AnswerAlarmAsync(parse.GetRequiredValue(token), cancel);
            terminal.Result(new JsonObject { ["confirmed"] = true });
            return Exit.Ok;
        });
        return command;
    }

    private static Command Remove()
    {
        var id = new Argument<string>("id") { Description = "The subscription's id." };
        var command = new Command("remove", "Ends a subscription, with its alarms.") { id };
        Session.Adds(command, keyNeeded: true);
        Session.Runs(command, async (terminal, parse, session, cancel) =>
        {
            await session.Client.RemoveAlarmSubscriptionAsync(parse.GetRequiredValue(id), cancel);
            terminal.Result(new JsonObject { ["removed"] = parse.GetRequiredValue(id) });
            return Exit.Ok;
        });
        return command;
    }

    private static JsonNode StepOf(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var minutes = 0;
        var timed = equals > 0 && int.TryParse(text.AsSpan(0, equals), NumberStyles.None, CultureInfo.InvariantCulture, out minutes);
        if (minutes > 43_200) throw ExitException.Usage("--to tells the next one within 30 days.");
        return new JsonObject { ["to"] = timed ? text[(equals + 1)..] : text, ["after"] = 60 * minutes };
    }

    private static string StepText(JsonNode? step) =>
        string.Create(CultureInfo.InvariantCulture, $"{step!["to"]}{((int)step["after"]! == 0 ? "" : $" after {(int)step["after"]! / 60} min")}{((bool)step["confirmed"]! ? "" : " (has not said yes)")}");
}
