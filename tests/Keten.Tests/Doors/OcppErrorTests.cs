using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Keten.Doors;

namespace Keten.Tests.Doors;

/// <summary>Doors that stay open for all tests of a class.</summary>
public sealed class OpenDoors : IAsyncLifetime
{
    private DoorsRig rig = null!;

    public DoorsHost Doors { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        rig = await DoorsRig.StartAsync();
        Doors = await rig.OpenAsync();
    }

    public async Task DisposeAsync() => await rig.DisposeAsync();
}

/// <summary>What is malformed, and who is not let in.</summary>
public sealed class OcppErrorTests(OpenDoors open) : IClassFixture<OpenDoors>
{
    [Theory]
    [InlineData("no json", "-1", "RpcFrameworkError")]
    [InlineData("{}", "-1", "RpcFrameworkError")]
    [InlineData("[2]", "-1", "RpcFrameworkError")]
    [InlineData("[2,7,\"Heartbeat\",{}]", "-1", "RpcFrameworkError")]
    [InlineData("[2,\"a\",\"Heartbeat\"]", "a", "RpcFrameworkError")]
    [InlineData("[2,\"a\",\"Heartbeat\",{},{}]", "a", "RpcFrameworkError")]
    [InlineData("[9,\"a\",\"Heartbeat\",{}]", "a", "MessageTypeNotSupported")]
    [InlineData("[2,\"a\",\"Dance\",{}]", "a", "NotImplemented")]
    [InlineData("[2,\"a\",\"SignCertificate\",{\"csr\":\"x\"}]", "a", "NotSupported")]
    [InlineData("[2,\"a\",\"Heartbeat\",[]]", "a", "TypeConstraintViolation")]
    [InlineData("[2,\"a\",\"Heartbeat\",{\"x\":1}]", "a", "FormatViolation")]
    [InlineData("[2,\"a\",\"Authorize\",{}]", "a", "OccurrenceConstraintViolation")]
    [InlineData("[2,\"a\",\"Authorize\",{\"idToken\":{\"idToken\":5,\"type\":\"Local\"}}]", "a", "TypeConstraintViolation")]
    [InlineData("[2,\"a\",\"Authorize\",{\"idToken\":{\"idToken\":\"5\",\"type\":\"Nope\"}}]", "a", "PropertyConstraintViolation")]
    [InlineData("[2,\"a\",\"Authorize\",{\"idToken\":{\"idToken\":\"0123456789012345678901234567890123456\",\"type\":\"Local\"}}]", "a", "PropertyConstraintViolation")]
    [InlineData("[2,\"a\",\"MeterValues\",{\"evseId\":1,\"meterValue\":[]}]", "a", "OccurrenceConstraintViolation")]
    [InlineData("[2,\"a\",\"StatusNotification\",{\"timestamp\":\"tomorrow\",\"connectorStatus\":\"Available\",\"evseId\":1,\"connectorId\":1}]", "a", "PropertyConstraintViolation")]
    [InlineData("[2,\"a\",\"StatusNotification\",{\"timestamp\":\"2026-01-01T00:00:00Z\",\"connectorStatus\":\"Available\",\"evseId\":1.5,\"connectorId\":1}]", "a", "TypeConstraintViolation")]
    public async Task What_is_malformed_gets_the_standards_error_and_the_line_stays(string text, string id, string code)
    {
        await using var point = await SimulatedPoint.ConnectAsync(open.Doors.Url, Messages201.Protocol);
        await point.SendAsync(text);
        var answer = await point.Stray.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((4, id, code), ((int)answer[0]!, (string)answer[1]!, (string)answer[2]!));
        Assert.True(answer.Count == 5 && answer[4] is JsonObject);
        Assert.NotNull((await point.CallAsync("Heartbeat", new JsonObject()))["currentTime"]);
    }

    [Theory]
    [InlineData("no json", "-1", "FormationViolation")]
    [InlineData("[7,\"a\",\"Heartbeat\",{}]", "a", "ProtocolError")]
    [InlineData("[2,\"a\",\"Dance\",{}]", "a", "NotImplemented")]
    [InlineData("[2,\"a\",\"Heartbeat\",{\"x\":1}]", "a", "FormationViolation")]
    [InlineData("[2,\"a\",\"Authorize\",{}]", "a", "OccurenceConstraintViolation")]
    [InlineData("[2,\"a\",\"Authorize\",{\"idTag\":7}]", "a", "TypeConstraintViolation")]
    [InlineData("[2,\"a\",\"Authorize\",{\"idTag\":\"012345678901234567890\"}]", "a", "PropertyConstraintViolation")]
    public async Task What_is_malformed_gets_the_errors_of_this_version(string text, string id, string code)
    {
        await using var point = await SimulatedPoint.ConnectAsync(open.Doors.Url, Messages16.Protocol);
        await point.SendAsync(text);
        var answer = await point.Stray.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal((4, id, code), ((int)answer[0]!, (string)answer[1]!, (string)answer[2]!));
    }

    [Theory]
    [InlineData("CP1", null)]
    [InlineData("CP1", "wrong-horse-battery")]
    [InlineData("CP2", DoorsRig.Password)]
    public async Task Who_does_not_know_the_password_is_not_let_in(string id, string? password)
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => SimulatedPoint.ConnectAsync(open.Doors.Url, Messages201.Protocol, id, password));
        Assert.Contains("401", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_version_than_these_is_not_spoken()
    {
        var refused = await Assert.ThrowsAsync<WebSocketException>(() => SimulatedPoint.ConnectAsync(open.Doors.Url, "ocpp2.1"));
        Assert.Contains("400", refused.Message, StringComparison.Ordinal);
    }
}
