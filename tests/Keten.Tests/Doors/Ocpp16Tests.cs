using System.Text.Json.Nodes;
using Keten.Contracts.Metering;
using static Keten.Tests.Doors.Messages16;

namespace Keten.Tests.Doors;

/// <summary>A charge point that speaks OCPP 1.6J.</summary>
public sealed class Ocpp16Tests : IAsyncLifetime
{
    private static readonly DateTimeOffset Began = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3_600);

    private DoorsRig rig = null!;

    public async Task InitializeAsync() => rig = await DoorsRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_with_signed_data_is_paid_to_the_cent(bool keyInMessage)
    {
        var key = rig.Meter.PublicKey.ToString();
        var doors = await rig.OpenAsync(configuration => configuration with { ChargePoints = [configuration.ChargePoints[0] with { MeterKey = keyInMessage ? null : key }] });
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        Assert.Equal("Accepted", (string)(await point.CallAsync("BootNotification", Boot("1.1")))["status"]!);
        Assert.Empty(await point.CallAsync("StatusNotification", new JsonObject { ["connectorId"] = 1, ["errorCode"] = "NoError", ["status"] = "Preparing" }));
        Assert.Equal("Accepted", (string)(await point.CallAsync("Authorize", new JsonObject { ["idTag"] = "ADA-1" }))["idTagInfo"]!["status"]!);
        var started = await point.CallAsync("StartTransaction", Start("ADA-1", 0, Began));
        Assert.Equal("Accepted", (string)started["idTagInfo"]!["status"]!);
        var transaction = (int)started["transactionId"]!;
        Assert.Empty(await point.CallAsync("MeterValues", Values(transaction, 5_000, Began.AddMinutes(30))));
        var (record, end) = Record(10_000);
        Assert.Equal("Accepted", (string)(await point.CallAsync("StopTransaction", Stop(transaction, 10_000, end, record, keyInMessage ? key : null)))["idTagInfo"]!["status"]!);
        await Ocpp201Tests.Settled(doors);
        var session = Assert.Single(await rig.ChargedAsync());
        Assert.Equal((10_000, 600, 600), (session.Energy.Minor, session.Cost.Minor, session.Paid.Minor));
        Assert.Equal((10_000 - 600, "1.1"), (await rig.AdaHasAsync(), (await rig.DeviceAsync(rig.Point)).Software));
        Assert.Empty(doors.Apart());
    }

    [Fact]
    public async Task What_is_sent_again_after_a_lost_answer_is_the_same_transaction_and_charged_once()
    {
        var doors = await rig.OpenAsync();
        var (record, end) = Record(10_000);
        int first;
        await using (var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol))
        {
            first = (int)(await point.CallAsync("StartTransaction", Start("ADA-1", 0, Began)))["transactionId"]!;
            point.Lose();
        }
        await using var again = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        Assert.Equal(first, (int)(await again.CallAsync("StartTransaction", Start("ADA-1", 0, Began)))["transactionId"]!);
        Assert.NotEqual(first, (int)(await again.CallAsync("StartTransaction", Start("ADA-1", 0, Began.AddSeconds(1))))["transactionId"]!);
        for (var each = 0; each < 3; each++)
        {
            await again.CallAsync("MeterValues", Values(first, 5_000, Began.AddMinutes(30)));
            await again.CallAsync("StopTransaction", Stop(first, 10_000, end, record, rig.Meter.PublicKey.ToString()));
            await Ocpp201Tests.Settled(doors);
        }
        Assert.Single(await rig.ChargedAsync());
        Assert.Equal(10_000 - 600, await rig.AdaHasAsync());
    }

    [Fact]
    public async Task A_card_that_is_not_known_or_lost_is_refused()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        Assert.Equal("Invalid", (string)(await point.CallAsync("Authorize", new JsonObject { ["idTag"] = "NOBODY" }))["idTagInfo"]!["status"]!);
        Assert.Equal("Blocked", (string)(await point.CallAsync("StartTransaction", Start("LOST", 0, Began)))["idTagInfo"]!["status"]!);
        Assert.Equal("UnknownVendorId", (string)(await point.CallAsync("DataTransfer", new JsonObject { ["vendorId"] = "org.example" }))["status"]!);
    }

    [Fact]
    public async Task A_session_is_stopped_when_the_energy_that_was_wished_is_in()
    {
        await rig.Clerk.MustAsync([Client.Calls.Call(
            rig.Clerk.Begin(rig.Ada), MeteredUse.Contents, rig.Agreement, new MeteredUse.Wishes(null, true, rig.Network.Energy.Of(2_000), null)).Sign(rig.Ada.Key)]);
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        var began = DateTimeOffset.UtcNow.AddSeconds(2);
        var transaction = (int)(await point.CallAsync("StartTransaction", Start("ADA-1", 1_000, began)))["transactionId"]!;
        await Wait.UntilAsync(() => !point.Asked.IsEmpty);
        Assert.True(point.Asked.TryDequeue(out var waits));
        var profile = waits.Payload["csChargingProfiles"]!;
        Assert.Equal(("SetChargingProfile", 1, transaction), (waits.Action, (int)waits.Payload["connectorId"]!, (int)profile["transactionId"]!));
        Assert.Equal(0, (int)profile["chargingSchedule"]!["chargingSchedulePeriod"]![0]!["limit"]!);
        await point.CallAsync("MeterValues", Values(transaction, 3_000, began.AddSeconds(5)));
        await Wait.UntilAsync(() => !point.Asked.IsEmpty);
        Assert.True(point.Asked.TryDequeue(out var stops));
        Assert.Equal(("RemoteStopTransaction", transaction), (stops.Action, (int)stops.Payload["transactionId"]!));
    }

    private (string Record, DateTimeOffset End) Record(long wattHours)
    {
        var end = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        return (rig.Meter.Open(Began).End(end, wattHours * 1_000), end);
    }
}
