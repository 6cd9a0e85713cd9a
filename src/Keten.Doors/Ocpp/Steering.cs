using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Keten.Contracts.Metering;
using Keten.Contracts.Tariffs;
using Keten.Kernel;

namespace Keten.Doors;

/// <summary>
/// Keeps open sessions to what their customers wished: it asks the charge point to stop, or to give no more than so much. It forgets on a restart, and then says once more what it said before.
/// </summary>
internal sealed class Steering(DoorsConfiguration configuration, DoorStore store, LedgerDesk desk, Func<string, OcppConnection?> connections, TimeProvider clock)
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(15), Fresh = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<(string Point, string Transaction), State> states = new();
    private readonly Dictionary<ulong, (MeteredUse State, Tariff Tariff, DateTimeOffset At)> agreements = [];
    private readonly Bell woken = new();

    /// <summary>How many watts of sun there are beyond the site's own use, as the sensor said last; null: it has not said.</summary>
    public long? Surplus { get; set; }

    /// <summary>Has it look again.</summary>
    public void Wake() => woken.Ring();

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancel);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested && fault is not OutOfMemoryException)
            {
                // One session that cannot be worked out must not leave all others without anybody who looks.
            }
            await woken.WaitAsync(Rhythm, cancel);
        }
    }

    /// <summary>Looks at every open session of a charge point that is connected.</summary>
    internal async Task StepAsync(CancellationToken cancel)
    {
        var open = store.OpenSessions();
        foreach (var gone in states.Keys.Except(open.Select(session => (session.Point, session.Transaction)))) states.TryRemove(gone, out _);
        foreach (var session in open)
        {
            if (session.Agreement == 0 || connections(session.Point) is not { } connection) continue;
            try
            {
                await SteerAsync(session, connection, cancel);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested && ChargePointDesk.IsAway(fault))
            {
                // Without the ledger nobody knows what was wished; the contract holds the price to it all the same.
            }
        }
    }

    private async Task SteerAsync(OpenSession session, OcppConnection connection, CancellationToken cancel)
    {
        var (agreed, tariff) = await AgreementAsync(session.Agreement, cancel);
        var began = new Instant(session.Began);
        if (agreed.Wish is not { } wish || wish.Since > began || session is not { WattHoursBegan: { } first, WattHours: { } last }) return;
        var state = states.GetOrAdd((session.Point, session.Transaction), _ => new State());
        var (begin, now) = (new MeterPoint(began, tariff.Terms.Energy.Of(first)), new MeterPoint(new Instant(session.At), tariff.Terms.Energy.Of(last)));
        if (state.Last is { } known && known.Register.Minor < last) state.Before = known;
        state.Last = now;
        var order = SessionPlan.For(
            wish, tariff.Terms, begin, now, state.Before, new Instant(clock.GetUtcNow().ToUnixTimeSeconds()), Surplus, connection.Point.Watts);
        if (order.Stops)
        {
            if (!state.Stopping) state.Stopping = await StopAsync(session, connection, cancel);
        }
        else if (order.Watts != state.Watts && await LimitAsync(session, connection, order.Watts ?? connection.Point.Watts, cancel)) state.Watts = order.Watts;
    }

    private static async Task<bool> StopAsync(OpenSession session, OcppConnection connection, CancellationToken cancel) => IsAccepted(connection.Version == OcppVersion.V201
        ? await connection.CallAsync("RequestStopTransaction", new JsonObject { ["transactionId"] = session.Transaction }, cancel)
        : await connection.CallAsync("RemoteStopTransaction", new JsonObject { ["transactionId"] = Number(session) }, cancel));

    private static async Task<bool> LimitAsync(OpenSession session, OcppConnection connection, long watts, CancellationToken cancel)
    {
        var schedule = new JsonObject { ["chargingRateUnit"] = "W", ["chargingSchedulePeriod"] = new JsonArray(new JsonObject { ["startPeriod"] = 0, ["limit"] = watts }) };
        var profile = new JsonObject { ["stackLevel"] = 0, ["chargingProfilePurpose"] = "TxProfile", ["chargingProfileKind"] = "Relative" };
        if (connection.Version == OcppVersion.V201)
        {
            schedule["id"] = 1;
            (profile["id"], profile["transactionId"], profile["chargingSchedule"]) = (1, session.Transaction, new JsonArray(schedule));
            return IsAccepted(await connection.CallAsync("SetChargingProfile", new JsonObject { ["evseId"] = session.Connector, ["chargingProfile"] = profile }, cancel));
        }
        (profile["chargingProfileId"], profile["transactionId"], profile["chargingSchedule"]) = (1, Number(session), schedule);
        return IsAccepted(await connection.CallAsync("SetChargingProfile", new JsonObject { ["connectorId"] = session.Connector, ["csChargingProfiles"] = profile }, cancel));
    }

    private async Task<(MeteredUse State, Tariff Tariff)> AgreementAsync(ulong number, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        if (agreements.TryGetValue(number, out var known) && now - known.At < Fresh) return (known.State, known.Tariff);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        var (state, _) = await desk.MeteredUseAsync(number, patience.Token) ?? throw new FormatException("There is no such agreement.");
        var tariff = await desk.TariffAsync(state.Tariff, patience.Token) ?? throw new FormatException("There is no such tariff.");
        if (agreements.Count >= configuration.Limits.Cards) agreements.Clear();
        agreements[number] = (state, tariff, now);
        return (state, tariff);
    }

    private static bool IsAccepted(System.Text.Json.JsonElement? answer) =>
        answer is { ValueKind: System.Text.Json.JsonValueKind.Object } record && record.TryGetProperty("status", out var status) && status.ValueKind == System.Text.Json.JsonValueKind.String && status.GetString() == "Accepted";

    private static long Number(OpenSession session) => long.Parse(session.Transaction, System.Globalization.CultureInfo.InvariantCulture);

    private sealed class State
    {
        public MeterPoint? Last { get; set; }

        public MeterPoint? Before { get; set; }

        public bool Stopping { get; set; }

        public long? Watts { get; set; }
    }
}
