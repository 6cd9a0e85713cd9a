using System.Text.Json.Nodes;
using Keten.Doors;
using static Keten.Tests.Doors.Messages201;

namespace Keten.Tests.Doors;

/// <summary>Nothing that was answered is lost, and nothing is charged twice, when the node is away, answers are lost, or the doors are killed.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Began = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3_600);

    private DoorsRig rig = null!;

    public async Task InitializeAsync() => rig = await DoorsRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task What_was_answered_before_a_kill_is_charged_after_it()
    {
        // The first request asks for the ledger's id; nothing goes to the node after that.
        using var line = new CutLine();
        var doors = await rig.OpenAsync(inner: line);
        line.IsCut = true;
        await using (var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol)) await ChargeAsync(point, "t1");
        Assert.Equal((1, 0), (doors.Counts.Waiting, doors.Counts.Done));
        var copy = rig.CopyAsAfterPowerCut();
        var after = await rig.OpenAsync(data: copy);
        await Ocpp201Tests.Settled(after);
        Assert.Equal(600, Assert.Single(await rig.ChargedAsync()).Cost.Minor);

        // And the doors that were thought dead come back with the same outbox: the meter's page has been charged.
        line.IsCut = false;
        await Ocpp201Tests.Settled(doors);
        Assert.Single(await rig.ChargedAsync());
        Assert.Equal(10_000 - 600, await rig.AdaHasAsync());
    }

    [Fact]
    public async Task A_transaction_whose_answer_was_lost_is_not_decided_again()
    {
        using var line = new CutLine();
        var doors = await rig.OpenAsync(inner: line);
        line.LosesAnswersToSubmissions = true;
        await using (var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol)) await ChargeAsync(point, "t1");
        await Wait.UntilAsync(() => line.Lost > 1);
        Assert.Equal(1, doors.Counts.Waiting);
        await doors.DisposeAsync();
        var again = await rig.OpenAsync();
        await Ocpp201Tests.Settled(again);
        Assert.Equal((0, 1, 0), again.Counts);
        Assert.Single(await rig.ChargedAsync());
        Assert.Equal(10_000 - 600, await rig.AdaHasAsync());
    }

    [Fact]
    public async Task While_the_node_is_away_charge_points_are_served_and_health_says_so()
    {
        using var line = new CutLine();
        var doors = await rig.OpenAsync(inner: line);
        line.IsCut = true;
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        Assert.Equal("Accepted", (string)(await point.CallAsync("BootNotification", Boot("3.0")))["status"]!);
        Assert.Equal("Accepted", (string)(await point.CallAsync("Authorize", Authorize("ADA-1")))["idTokenInfo"]!["status"]!);
        Assert.Equal("Blocked", (string)(await point.CallAsync("Authorize", Authorize("LOST")))["idTokenInfo"]!["status"]!);
        await ChargeAsync(point, "t1");
        using var http = new HttpClient();
        await Wait.UntilAsync(async () => (int)(await http.GetAsync(doors.Url + "/health")).StatusCode == 503);
        var health = JsonNode.Parse(await (await http.GetAsync(doors.Url + "/health")).Content.ReadAsStringAsync())!;
        Assert.Equal((1, 1), ((int)health["waiting"]!, (int)health["chargePoints"]!));
        line.IsCut = false;
        await Ocpp201Tests.Settled(doors);
        Assert.Single(await rig.ChargedAsync());
        await Wait.UntilAsync(async () => (int)(await http.GetAsync(doors.Url + "/health")).StatusCode == 200);
    }

    [Fact]
    public async Task Two_programs_never_have_one_outbox()
    {
        await rig.OpenAsync();
        Assert.Contains("Another process", (await Assert.ThrowsAsync<DoorsException>(() => rig.OpenAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_outbox_takes_nothing_and_says_so()
    {
        using var line = new CutLine();
        var doors = await rig.OpenAsync(configuration => configuration with { Limits = configuration.Limits with { Waiting = 1 } }, line);
        line.IsCut = true;
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, Protocol);
        await ChargeAsync(point, "t1");
        var answer = await point.AskAsync("TransactionEvent", Event("Started", "t2", 0, Began, "ADA-1", 0));
        Assert.Equal((4, "InternalError"), ((int)answer[0]!, (string)answer[2]!));
        line.IsCut = false;
        await Ocpp201Tests.Settled(doors);
        await point.CallAsync("TransactionEvent", Event("Started", "t2", 0, Began, "ADA-1", 0));
    }

    private async Task ChargeAsync(SimulatedPoint point, string transaction)
    {
        await point.CallAsync("TransactionEvent", Event("Started", transaction, 0, Began, "ADA-1", 0));
        var end = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        await point.CallAsync("TransactionEvent", Event("Ended", transaction, 1, end, signed: rig.Meter.Open(Began).End(end, 10_000_000), key: rig.Meter.PublicKey.ToString()));
    }
}
