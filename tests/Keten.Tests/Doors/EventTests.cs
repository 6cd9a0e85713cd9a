using System.Text;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Contracts.Devices;
using Keten.Doors;
using Keten.Kernel;

namespace Keten.Tests.Doors;

/// <summary>CloudEvents over HTTP: what is taken, what is kept apart, and why.</summary>
public sealed class EventTests : IAsyncLifetime
{
    private DoorsRig rig = null!;
    private DoorsHost doors = null!;

    public async Task InitializeAsync()
    {
        rig = await DoorsRig.StartAsync();
        doors = await rig.OpenAsync();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task A_reading_is_recorded_from_each_of_the_three_modes()
    {
        Assert.Equal(202, await PostAsync(Events.Structured(Events.Reading(rig, 1, 100), "a")));
        var binary = await Events.PostAsync(
            doors, Events.Reading(rig, 2, 200), "application/cose", ("ce-specversion", "1.0"), ("ce-type", "keten.statement"), ("ce-source", "/hall%207"), ("ce-id", "b"));
        Assert.Equal(202, (int)binary.StatusCode);
        var signed = Events.Reading(rig, 3, 300);
        var batch = await Events.PostAsync(
            doors, new JsonArray(Events.Structured(signed, "c"), Events.Structured(signed, "c"), new JsonObject { ["specversion"] = "0.3" }),
            "application/cloudevents-batch+json");
        var told = JsonNode.Parse(await batch.Content.ReadAsStringAsync())!.AsArray();
        Assert.Equal([(true, null), (false, "Doubled"), (false, "Unreadable")], told.Select(each => ((bool)each!["taken"]!, (string?)each["reason"])));
        await Ocpp201Tests.Settled(doors);
        var log = await rig.LogAsync();
        Assert.Equal((3u, 300), (log.Number, log.Shown.Minor));
    }

    [Fact]
    public async Task What_comes_twice_is_recorded_once_by_its_id_and_by_what_was_signed()
    {
        var signed = Events.Reading(rig, 1, 100);
        Assert.Equal([202, 200, 202, 200], await PostAllAsync(
            Events.Structured(signed, "a"), Events.Structured(signed, "a"), Events.Structured(Events.Reading(rig, 2, 200), "a"), Events.Structured(signed, "b")));
        await Ocpp201Tests.Settled(doors);
        Assert.Equal((1u, 1, 2), ((await rig.LogAsync()).Number, doors.Counts.Done, doors.Apart().Count));
        Assert.All(doors.Apart(), apart => Assert.Equal(ApartReason.Doubled, apart.Reason));
        Assert.Equal(2, doors.Apart().Single(apart => apart.Id == "a").Count);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_kept_apart_with_its_reason()
    {
        var now = DateTimeOffset.UtcNow;
        Assert.Equal([422, 422, 422, 422, 400, 413], await PostAllAsync(
            Events.Structured(Encoding.UTF8.GetBytes("21.5"), "unsigned"), Events.Structured(Events.Reading(rig, 1, 1, ledger: Hash.Of("other"u8)), "other ledger"),
            Events.Structured(Events.Reading(rig, 1, 1, name: "Weather.Reading"), "kind"), Events.Structured(Events.Reading(rig, 1, 1, at: now.AddDays(-31)), "late"),
            new JsonObject { ["specversion"] = "1.0", ["id"] = "x" }, Events.Structured(new byte[70_000], "large")));
        Assert.Equal(400, (int)(await Events.PostAsync(doors, "{"u8.ToArray(), "application/cloudevents+json")).StatusCode);
        Assert.Equal(400, (int)(await Events.PostAsync(doors, "21.5"u8.ToArray(), "text/plain")).StatusCode);
        Assert.Equal(413, (int)(await Events.PostAsync(doors, new byte[140_000], "application/cose")).StatusCode);
        Assert.Equal(
            [ApartReason.Unreadable, ApartReason.Unreadable, ApartReason.Unreadable, ApartReason.TooLarge, ApartReason.TooLarge, ApartReason.Unsigned, ApartReason.OtherLedger, ApartReason.UnknownKind, ApartReason.Late],
            doors.Apart().Select(apart => apart.Reason).OrderBy(Place));
        Assert.Equal(0, doors.Counts.Waiting + doors.Counts.Done);

        static int Place(ApartReason reason) => reason switch { ApartReason.Unreadable => 0, ApartReason.TooLarge => 1, _ => 1 + (int)reason };
    }

    [Fact]
    public async Task What_the_ledger_would_refuse_is_found_when_it_is_put_there()
    {
        using var stranger = SigningKey.Generate();
        var forged = Events.Reading(rig, 1, 1);
        forged[^1] ^= 1;
        await PostAllAsync(
            Events.Structured(forged, "forged"), Events.Structured(Events.Reading(rig, 1, 1, by: stranger), "stranger"), Events.Structured(Events.Reading(rig, 1, 1, by: rig.Ada.Key), "no device"));
        await Ocpp201Tests.Settled(doors);
        await PostAllAsync(Events.Structured(Events.Reading(rig, 5, 500), "five"), Events.Structured(Events.Reading(rig, 4, 400), "four"));
        await Ocpp201Tests.Settled(doors);
        await rig.DoAsync(calls => calls.Call(DeviceRegister.Contents, rig.Register, new DeviceRegister.Revoke(rig.Sensor.Party, Hash.Of("gone"u8))));
        await PostAllAsync(Events.Structured(Events.Reading(rig, 6, 600), "six"));
        await Ocpp201Tests.Settled(doors);
        Assert.Equal(
            [("forged", ApartReason.BadSignature), ("four", ApartReason.OutOfOrder), ("no device", ApartReason.UnknownDevice), ("six", ApartReason.Revoked), ("stranger", ApartReason.UnknownDevice)],
            doors.Apart().Select(apart => (apart.Id, apart.Reason)).OrderBy(each => each.Id, StringComparer.Ordinal));
        Assert.Equal(5u, (await rig.LogAsync()).Number);
    }

    [Fact]
    public async Task A_device_goes_on_with_another_key()
    {
        using var next = SigningKey.Generate();
        var add = rig.Clerk.Begin(rig.Sensor).By(next.Id, 1).AddKey(rig.Sensor.Party, next.Public).Sign(rig.Sensor.Key, next);
        await rig.Clerk.MustAsync([add]);
        await rig.Clerk.MustAsync([rig.Clerk.Begin(rig.Sensor).RetireKey(rig.Sensor.Party, rig.Sensor.Key.Id).Sign(rig.Sensor.Key)]);
        await PostAllAsync(Events.Structured(Events.Reading(rig, 1, 100, by: next), "new"), Events.Structured(Events.Reading(rig, 2, 200), "old"));
        await Ocpp201Tests.Settled(doors);
        Assert.Equal((1u, ApartReason.UnknownDevice, "old"), ((await rig.LogAsync()).Number, Assert.Single(doors.Apart()).Reason, doors.Apart()[0].Id));
    }

    [Fact]
    public async Task No_more_is_kept_apart_than_was_said()
    {
        await doors.DisposeAsync();
        doors = await rig.OpenAsync(configuration => configuration with { Limits = configuration.Limits with { Apart = 3 } });
        for (var each = 0; each < 5; each++) await PostAsync(Events.Structured("x"u8.ToArray(), $"u{each}"));
        Assert.Equal(["u4", "u3", "u2"], doors.Apart().Select(apart => apart.Id));
    }

    private async Task<int> PostAsync(JsonNode told) => (int)(await Events.PostAsync(doors, told)).StatusCode;

    private async Task<List<int>> PostAllAsync(params JsonNode[] told)
    {
        var answers = new List<int>();
        foreach (var each in told) answers.Add(await PostAsync(each));
        return answers;
    }
}
