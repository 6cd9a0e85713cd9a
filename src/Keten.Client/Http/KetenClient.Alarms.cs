using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keten.Client;

public sealed partial class KetenClient
{
    /// <summary>What the contracts of the node's ledger warn of {kinds}.</summary>
    public Task<JsonObject> AlarmKindsAsync(CancellationToken cancel = default) => JsonAsync("v1/alarms/kinds", cancel);

    /// <summary>Has alarms sent under the reader's name; the answer holds the secret that messages are signed with, this once.</summary>
    /// <param name="subscription">{kinds, agreement, about, everyones, steps: [{to, after}], after}, as docs/alarms.md has it.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public async Task<JsonObject> SubscribeToAlarmsAsync(JsonObject subscription, CancellationToken cancel = default) =>
        ObjectOf(await transport.SendAsync(HttpMethod.Post, "v1/alarms/subscriptions", cancel, JsonSerializer.SerializeToUtf8Bytes(subscription), "application/json"));

    /// <summary>The reader's subscriptions to alarms {subscriptions}.</summary>
    public Task<JsonObject> AlarmSubscriptionsAsync(CancellationToken cancel = default) => JsonAsync("v1/alarms/subscriptions", cancel);

    /// <summary>Ends a subscription to alarms, with its alarms.</summary>
    public Task RemoveAlarmSubscriptionAsync(string id, CancellationToken cancel = default) =>
        transport.SendAsync(HttpMethod.Delete, "v1/alarms/subscriptions/" + Uri.EscapeDataString(id), cancel, accept: "*/*");

    /// <summary>The reader's alarms, newest first, a page at a time {alarms, next}.</summary>
    /// <param name="open">Those alone that nobody acknowledged.</param>
    /// <param name="query">More of the address: «before=…&amp;limit=…».</param>
    /// <param name="cancel">Ends the waiting.</param>
    public Task<JsonObject> AlarmsAsync(bool open = false, string query = "", CancellationToken cancel = default) =>
        JsonAsync($"v1/alarms?open={(open ? "true" : "false")}{(query.Length == 0 ? "" : "&" + query)}", cancel);

    /// <summary>What the button behind a message's link does, by the link's last part: acknowledges the alarm, or confirms the address. Needs no key.</summary>
    public Task AnswerAlarmAsync(string token, CancellationToken cancel = default) => transport.SendAsync(HttpMethod.Post, "v1/alarms/answer/" + Uri.EscapeDataString(token), cancel, [], "application/json", accept: "*/*");

    /// <summary>Has nobody else told of an alarm {id, kind, raised, acknowledged …}.</summary>
    public async Task<JsonObject> AcknowledgeAlarmAsync(string id, CancellationToken cancel = default) =>
        ObjectOf(await transport.SendAsync(HttpMethod.Post, $"v1/alarms/{Uri.EscapeDataString(id)}/acknowledge", cancel, [], "application/json"));
}
