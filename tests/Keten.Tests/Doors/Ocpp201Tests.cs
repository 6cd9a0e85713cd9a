using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Keten.Connectors.Ocmf;
using Keten.Contracts.Devices;
using Keten.Contracts.Metering;
using Keten.Doors;
using Keten.Kernel;
using static Keten.Tests.Doors.Messages201;

namespace Keten.Tests.Doors;

/// <summary>A charge point that speaks OCPP 2.0.1, from enrolment to the money.</summary>
public sealed class Ocpp201Tests : IAsyncLifetime
{
    private static readonly DateTimeOffset Began = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3_600);

    private DoorsRig rig = null!;

    public async Task InitializeAsync() => rig = await DoorsRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_session_with_signed_values_is_paid_to_the_cent()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        var boot = await point.CallAsync("BootNotification", Boot("2.1"));
        Assert.Equal(("Accepted", 300), ((string)boot["status"]!, (int)boot["interval"]!));
        Assert.True(DateTimeOffset.TryParse((string)(await point.CallAsync("Heartbeat", new JsonObject()))["currentTime"]!, out _));
        Assert.Empty(await point.CallAsync("StatusNotification", new JsonObject { ["timestamp"] = SimulatedPoint.At(Began), ["connectorStatus"] = "Occupied", ["evseId"] = 1, ["connectorId"] = 1 }));
        Assert.Equal("Accepted", (string)(await point.CallAsync("Authorize", Authorize("ada-1")))["idTokenInfo"]!["status"]!);
        Assert.Equal("Accepted", (string)(await point.CallAsync("TransactionEvent", Event("Started", "t1", 0, Began, "ADA-1", 0)))["idTokenInfo"]!["status"]!);
        Assert.Empty(await point.CallAsync("TransactionEvent", Event("Updated", "t1", 1, Began.AddMinutes(30), wattHours: 5_000)));
        var (record, end) = Record(10_000);
        await point.CallAsync("TransactionEvent", Event("Ended", "t1", 2, end, wattHours: 10_000, signed: record, key: rig.Meter.PublicKey.ToString()));
        await Settled(doors);

        var session = Assert.Single(await rig.ChargedAsync());
        Assert.Equal((10_000, 600, 600), (session.Energy.Minor, session.Cost.Minor, session.Paid.Minor));
        Assert.Equal(10_000 - 600, await rig.AdaHasAsync());
        Assert.Single((await rig.DocumentsAsync())!["documents"]!.AsArray());
        Assert.Equal("2.1", (await rig.DeviceAsync(rig.Point)).Software);
        Assert.Empty(doors.Apart());
    }

    [Fact]
    public async Task What_waited_while_the_line_was_down_is_charged_once()
    {
        var doors = await rig.OpenAsync();
        var (record, end) = Record(10_000);
        var (started, ended) = (Event("Started", "t1", 0, Began, "ADA-1", 0), Event("Ended", "t1", 2, end, signed: record, key: rig.Meter.PublicKey.ToString(), offline: true));
        await using (var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol))
        {
            await point.CallAsync("TransactionEvent", started.DeepClone());
            point.Lose();
        }
        await using var again = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        // It never heard an answer to the first, and sends all that it has.
        await again.CallAsync("TransactionEvent", started.DeepClone());
        await again.CallAsync("TransactionEvent", Event("Updated", "t1", 1, Began.AddMinutes(30), wattHours: 5_000, offline: true), id: "same");
        await again.CallAsync("TransactionEvent", ended.DeepClone());
        await again.CallAsync("TransactionEvent", ended.DeepClone());
        await Settled(doors);
        await again.CallAsync("TransactionEvent", ended.DeepClone());
        await Settled(doors);
        Assert.Single(await rig.ChargedAsync());
        Assert.Equal((10_000 - 600, 1), (await rig.AdaHasAsync(), doors.Counts.Done));
        Assert.Empty(doors.Apart());
    }

    [Fact]
    public async Task An_end_waits_for_the_begin_that_is_still_on_its_way()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        var (begin, at) = (rig.Meter.Begin(Began), Now());
        var (end, key) = (rig.Meter.End(at, 10_000_000), rig.Meter.PublicKey.ToString());
        await point.CallAsync("TransactionEvent", Event("Ended", "t1", 2, at, signed: end, key: key));
        await point.CallAsync("TransactionEvent", Event("Updated", "t1", 1, Began.AddMinutes(30)));
        Assert.Equal((0, 0), (doors.Counts.Waiting + doors.Counts.Done, doors.Counts.Apart));
        await point.CallAsync("TransactionEvent", Event("Started", "t1", 0, Began, "ADA-1", signed: begin, key: key, offline: true));
        await Settled(doors);
        Assert.Equal(600, Assert.Single(await rig.ChargedAsync()).Cost.Minor);
    }

    [Fact]
    public async Task A_repeated_call_gets_the_same_answer_and_does_nothing_more()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        var first = await point.AskAsync("Heartbeat", new JsonObject(), id: "once");
        await Task.Delay(20);
        Assert.Equal(first.ToJsonString(), (await point.AskAsync("Heartbeat", new JsonObject(), id: "once")).ToJsonString());
    }

    [Fact]
    public async Task A_card_that_is_not_known_or_lost_is_refused_and_nobody_pays()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        Assert.Equal("Invalid", (string)(await point.CallAsync("Authorize", Authorize("NOBODY")))["idTokenInfo"]!["status"]!);
        Assert.Equal("Blocked", (string)(await point.CallAsync("Authorize", Authorize("LOST")))["idTokenInfo"]!["status"]!);
        Assert.Equal("Blocked", (string)(await point.CallAsync("TransactionEvent", Event("Started", "t1", 0, Began, "LOST", 0)))["idTokenInfo"]!["status"]!);
        var (record, end) = Record(10_000);
        await point.CallAsync("TransactionEvent", Event("Ended", "t1", 1, end, signed: record, key: rig.Meter.PublicKey.ToString()));
        await Settled(doors);
        Assert.Equal(ApartReason.NoAgreement, Assert.Single(doors.Apart()).Reason);
        Assert.Equal(10_000, await rig.AdaHasAsync());
    }

    [Fact]
    public async Task What_a_revoked_charge_point_signed_is_never_charged()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        Assert.Equal("Accepted", (string)(await point.CallAsync("BootNotification", Boot()))["status"]!);
        await rig.DoAsync(calls => Client.Calls.Call(calls, DeviceRegister.Contents, rig.Register, new DeviceRegister.Revoke(rig.Point.Party, Hash.Of("stolen"u8))));
        Assert.Equal("Rejected", (string)(await point.CallAsync("BootNotification", Boot()))["status"]!);
        await Charge(point, "t1", 10_000);
        await Settled(doors);
        Assert.Equal(ApartReason.Revoked, Assert.Single(doors.Apart()).Reason);
        Assert.Empty(await rig.ChargedAsync());
    }

    [Fact]
    public async Task Only_what_the_enrolled_meter_signed_well_is_charged()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        using var other = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var stranger = new MeterSimulator("M1", other);
        stranger.Begin(Began);
        var foreign = stranger.End(Now(), 10_000_000);
        var (record, end) = Record(10_000);
        var key = rig.Meter.PublicKey.ToString();
        await Ends("unsigned", null, null);
        await Ends("foreign", foreign, stranger.PublicKey.ToString());
        await Ends("end only", foreign, key);
        await Ends("changed", record.Replace("10.000000", "11.000000", StringComparison.Ordinal), key);
        await Ends("no key", record, null);
        await Settled(doors);
        Assert.Equal(
            [("unsigned", ApartReason.Unsigned), ("foreign", ApartReason.NotBillable), ("end only", ApartReason.NotBillable), ("changed", ApartReason.BadSignature), ("no key", ApartReason.UnknownDevice)],
            doors.Apart().OrderBy(each => each.Number).Select(each => (each.Id, each.Reason)));
        Assert.Empty(await rig.ChargedAsync());

        async Task Ends(string transaction, string? signed, string? by)
        {
            await point.CallAsync("TransactionEvent", Event("Started", transaction, 0, Began, "ADA-1"));
            await point.CallAsync("TransactionEvent", Event("Ended", transaction, 1, end, signed: signed, key: by));
            await Settled(doors);
        }
    }

    [Fact]
    public async Task A_page_of_the_meter_is_charged_once_whatever_transaction_it_comes_in()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        var record = await Charge(point, "t1", 10_000);
        await Settled(doors);
        await point.CallAsync("TransactionEvent", Event("Started", "t2", 0, Began, "ADA-1"));
        await point.CallAsync("TransactionEvent", Event("Ended", "t2", 1, Now(), signed: record, key: rig.Meter.PublicKey.ToString()));
        await Settled(doors);
        Assert.Single(await rig.ChargedAsync());
        Assert.Equal((ApartReason.Doubled, "t2"), (Assert.Single(doors.Apart()).Reason, doors.Apart()[0].Id));
    }

    [Fact]
    public async Task Data_transfer_is_refused_by_name_and_what_is_too_long_ends_the_line()
    {
        var doors = await rig.OpenAsync();
        await using (var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol))
        {
            Assert.Equal("UnknownVendorId", (string)(await point.CallAsync("DataTransfer", new JsonObject { ["vendorId"] = "org.example" }))["status"]!);
            await point.SendAsync("[2,\"a\",\"" + new string('x', 70_000) + "\",{}]");
            await point.Over.WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal(WebSocketCloseStatus.MessageTooBig, point.Closed);
        }
        await using var binary = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        await binary.SendAsync("[2,\"a\",\"Heartbeat\",{}]", WebSocketMessageType.Binary);
        await binary.Over.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(WebSocketCloseStatus.InvalidMessageType, binary.Closed);
        Assert.Equal(ApartReason.TooLarge, Assert.Single(doors.Apart()).Reason);
    }

    [Fact]
    public async Task A_session_is_stopped_before_it_costs_more_than_was_wished_and_never_charged_more()
    {
        await Wish(new MeteredUse.Wishes(rig.Network.Currency.Of(240), false, null, null));
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        var began = Now().AddSeconds(1);
        await point.CallAsync("TransactionEvent", Event("Started", "t1", 0, began, "ADA-1", 0));
        await point.CallAsync("TransactionEvent", Event("Updated", "t1", 1, began.AddSeconds(10), wattHours: 1_500));
        Assert.Empty(point.Asked);
        // 1.80 so far, and as much again before the next value would be more than 2.40.
        await point.CallAsync("TransactionEvent", Event("Updated", "t1", 2, began.AddSeconds(20), wattHours: 3_000));
        await Wait.UntilAsync(() => !point.Asked.IsEmpty);
        Assert.True(point.Asked.TryPeek(out var asked));
        Assert.Equal(("RequestStopTransaction", "t1"), (asked.Action, (string)asked.Payload["transactionId"]!));
        // This one does not stop in time: what it gave beyond the limit is the operator's loss.
        await point.CallAsync("TransactionEvent", Event("Ended", "t1", 3, began.AddSeconds(60), signed: rig.Meter.Open(began).End(began.AddSeconds(60), 10_000_000), key: rig.Meter.PublicKey.ToString()));
        await Settled(doors);
        var session = Assert.Single(await rig.ChargedAsync());
        Assert.Equal((10_000, 240), (session.Energy.Minor, session.Cost.Minor));
    }

    [Fact]
    public async Task A_session_that_is_only_for_surplus_gives_what_the_sun_gives()
    {
        await Wish(new MeteredUse.Wishes(null, true, null, null));
        var doors = await rig.OpenAsync(configuration => configuration with { Surplus = rig.Log.Number });
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        var began = Now().AddSeconds(1);
        await point.CallAsync("TransactionEvent", Event("Started", "t1", 0, began, "ADA-1", 0));
        await Limit(0);
        await Events.PostAsync(doors, rig, number: 1, shown: 2_500);
        await Limit(2_500);
        await Events.PostAsync(doors, rig, number: 2, shown: 900);
        await Limit(0);

        async Task Limit(int watts)
        {
            await Wait.UntilAsync(() => !point.Asked.IsEmpty);
            Assert.True(point.Asked.TryDequeue(out var asked));
            var profile = asked.Payload["chargingProfile"]!;
            Assert.Equal(("SetChargingProfile", 1, "TxProfile", "t1"), (asked.Action, (int)asked.Payload["evseId"]!, (string)profile["chargingProfilePurpose"]!, (string)profile["transactionId"]!));
            Assert.Equal(("W", watts), ((string)profile["chargingSchedule"]![0]!["chargingRateUnit"]!, (int)profile["chargingSchedule"]![0]!["chargingSchedulePeriod"]![0]!["limit"]!));
        }
    }

    private static DateTimeOffset Now() => DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    private (string Record, DateTimeOffset End) Record(long wattHours)
    {
        var end = Now();
        return (rig.Meter.Open(Began).End(end, wattHours * 1_000), end);
    }

    private async Task<string> Charge(SimulatedPoint point, string transaction, long wattHours)
    {
        await point.CallAsync("TransactionEvent", Event("Started", transaction, 0, Began, "ADA-1", 0));
        var (record, end) = Record(wattHours);
        await point.CallAsync("TransactionEvent", Event("Ended", transaction, 1, end, signed: record, key: rig.Meter.PublicKey.ToString()));
        return record;
    }

    private Task Wish(MeteredUse.Wishes wish) =>
        rig.Clerk.MustAsync([Client.Calls.Call(rig.Clerk.Begin(rig.Ada), MeteredUse.Contents, rig.Agreement, wish).Sign(rig.Ada.Key)]);

    internal static Task Settled(DoorsHost doors) => Wait.UntilAsync(() => doors.Counts.Waiting == 0);
}
