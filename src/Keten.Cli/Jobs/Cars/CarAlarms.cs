using System.Globalization;
using System.Text.Json.Nodes;
using Keten.Node.Webhooks;

namespace Keten.Cli.Jobs;

/// <summary>Who is warned of what in the life of a car, and whether they were: each alarm by web, one acknowledged, one told on by e-mail because nobody did.</summary>
internal sealed class CarAlarms(CarWorld world, CarInboxes inboxes, CancellationToken cancel)
{
    private const string Command = "keten alarm confirm ", Escalated = "Nobody who was told before has acknowledged it.";
    private const int TokenLength = 32, Hour = 3_600;
    private static readonly TimeSpan WaitAtMost = TimeSpan.FromSeconds(60);

    /// <summary>What has to be told, by kind.</summary>
    private static readonly IReadOnlyDictionary<string, int> Expected = new SortedDictionary<string, int>(StringComparer.Ordinal)
    {
        ["arrears"] = 1, ["late-return"] = 1, ["part"] = 1, ["recall"] = 1, ["roll-back"] = 1, ["theft"] = 2,
    };

    private readonly Dictionary<string, byte[]> secrets = new(StringComparer.Ordinal);

    private Actor[] Subscribers => [world.Cast.Ada, world.Cast.Lender, world.Cast.Maker];

    /// <summary>The driver, the lender and the maker subscribe; the lender's mailbox says that it wants this.</summary>
    public async Task SubscribeAsync()
    {
        await SubscribeAsync(world.Cast.Ada, ["theft", "roll-back", "recall", "late-return"], everyones: true, (inboxes.Url, 0), ("mailto:neighbour@example.org", Hour));
        await SubscribeAsync(world.Cast.Maker, ["part"], everyones: false, (inboxes.Url, 0));
        await SubscribeAsync(world.Cast.Lender, ["arrears"], everyones: false, (inboxes.Url, 0), ("mailto:collections@example.org", 1));
        await UntilAsync(() => Task.FromResult(inboxes.Mail.Letters.Count(letter => letter.Contains(Command, StringComparison.Ordinal)) == 2));
        foreach (var letter in inboxes.Mail.Letters) await world.As(world.Cast.Lender).AnswerAlarmAsync(TokenIn(letter), cancel);
    }

    /// <summary>Waits until all are told, acknowledges the theft, and says what was told how.</summary>
    public async Task<JsonObject> WaitAsync()
    {
        var all = new List<JsonNode>();
        await UntilAsync(async () =>
        {
            all = await ListAsync();
            return all.Count >= Expected.Values.Sum() && all.TrueForAll(alarm => (int)alarm["told"]! > (Is(alarm, "arrears") ? 1 : 0));
        });
        await world.As(world.Cast.Ada).AcknowledgeAlarmAsync((string)all.First(alarm => Is(alarm, "theft"))["id"]!, cancel);
        all = await ListAsync();
        var (letters, kinds) = (inboxes.Mail.Letters.Count(letter => letter.Contains(Escalated, StringComparison.Ordinal)), Count(all));
        var (acknowledged, escalated) = (all.Count(alarm => alarm["acknowledged"] is not null), all.Count(alarm => (int)alarm["told"]! > 1));
        var taken = inboxes.Taken;
        return new JsonObject
        {
            ["kinds"] = new JsonObject(kinds.Select(kind => KeyValuePair.Create(kind.Key, (JsonNode?)kind.Value))), ["byWeb"] = taken.Count, ["byEmail"] = letters,
            ["acknowledged"] = acknowledged, ["escalated"] = escalated,
            ["hold"] = kinds.SequenceEqual(Expected) && taken.Count == all.Count && taken.All(IsSigned) && (letters, acknowledged, escalated) == (1, 1, 1),
        };
    }

    private async Task SubscribeAsync(Actor who, string[] kinds, bool everyones, params (string To, int After)[] steps)
    {
        var made = await world.As(who).SubscribeToAlarmsAsync(new JsonObject
        {
            ["kinds"] = new JsonArray([.. kinds.Select(kind => (JsonNode)kind)]), ["everyones"] = everyones,
            ["steps"] = new JsonArray([.. steps.Select(step => (JsonNode)new JsonObject { ["to"] = step.To, ["after"] = step.After })]),
        }, cancel);
        secrets.Add((string)made["id"]!, Convert.FromBase64String(((string)made["secret"]!)["whsec_".Length..]));
    }

    private async Task<List<JsonNode>> ListAsync()
    {
        var all = new List<JsonNode>();
        foreach (var who in Subscribers) all.AddRange((await world.As(who).AlarmsAsync(cancel: cancel))["alarms"]!.AsArray().Select(alarm => alarm!));
        return all;
    }

    // An alarm's id begins with its subscription's, whose secret the node told once.
    private bool IsSigned(WebAlarm alarm) => secrets.TryGetValue(alarm.Id.Split('.')[0], out var secret)
        && long.TryParse(alarm.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp) && WebhookSender.Sign(secret, alarm.Id, timestamp, alarm.Body) == alarm.Signature;

    private static SortedDictionary<string, int> Count(List<JsonNode> alarms)
    {
        var kinds = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var alarm in alarms) kinds[(string)alarm["kind"]!] = kinds.GetValueOrDefault((string)alarm["kind"]!) + 1;
        return kinds;
    }

    private static bool Is(JsonNode alarm, string kind) => (string?)alarm["kind"] == kind;

    private static string TokenIn(string letter) => letter.Substring(letter.IndexOf(Command, StringComparison.Ordinal) + Command.Length, TokenLength);

    private async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(WaitAtMost);
        while (!await isSo()) await Task.Delay(20, limit.Token);
    }
}
