using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Keten.Contracts.Devices;
using Keten.Doors;

namespace Keten.Tests.Doors;

/// <summary>The page about the doors, held against what they do.</summary>
public sealed partial class DoorsPageTests : IAsyncLifetime
{
    private DoorsRig rig = null!;

    public async Task InitializeAsync() => rig = await DoorsRig.StartAsync();

    public async Task DisposeAsync() => await rig.DisposeAsync();

    [Fact]
    public async Task The_worked_session_goes_as_the_page_says()
    {
        var doors = await rig.OpenAsync();
        await using var point = await SimulatedPoint.ConnectAsync(doors.Url, "ocpp2.0.1");
        var end = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var begin = end.AddHours(-1);
        var words = new Dictionary<string, string>
        {
            ["BEGIN"] = SimulatedPoint.At(begin), ["END"] = SimulatedPoint.At(end), ["RECORD"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(rig.Meter.Open(begin).End(end, 10_000_000))),
            ["KEY"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("oca:base16:asn1:" + rig.Meter.PublicKey)),
        };
        var lines = Example().Match(Page()).Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length >= 12);
        for (var each = 0; each < lines.Length; each += 2)
        {
            Assert.StartsWith("→ ", lines[each], StringComparison.Ordinal);
            Assert.StartsWith("← ", lines[each + 1], StringComparison.Ordinal);
            var sent = words.Aggregate(lines[each][2..], (line, word) => line.Replace($"\"{word.Key}\"", $"\"{word.Value}\"", StringComparison.Ordinal));
            var heard = (await point.SendAsync((string)JsonNode.Parse(sent)![1]!, sent)).ToJsonString();
            Assert.Equal(lines[each + 1][2..], Now().Replace(heard, "\"currentTime\":\"NOW\""));
        }
        await Ocpp201Tests.Settled(doors);
        Assert.Equal((9_400, "2.1"), (await rig.AdaHasAsync(), (await rig.DeviceAsync(rig.Point)).Software));
        Assert.Empty(doors.Apart());
    }

    [Fact]
    public void The_configuration_on_the_page_is_one_and_every_setting_and_reason_is_named_there()
    {
        using var folder = new Keten.Tests.Clients.TemporaryFolder();
        File.WriteAllText(folder["doors.json"], Configuration().Match(Page()).Groups["json"].Value.Replace("9a53…", new string('0', 64), StringComparison.Ordinal));
        var read = DoorsConfiguration.Load(folder["doors.json"]);
        Assert.Equal((7ul, "CP1", 2, 9ul), (read.Register, read.ChargePoints[0].Id, read.Cards.Count, read.Surplus));
        foreach (var name in typeof(DoorsConfiguration).GetProperties().Select(property => property.Name).Concat(typeof(DoorLimits).GetProperties().Select(property => property.Name)))
            Assert.Contains($"`{System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(name)}`", Page(), StringComparison.Ordinal);
        foreach (var reason in Enum.GetNames<ApartReason>()) Assert.Contains($"`{reason}`", Page(), StringComparison.Ordinal);
        foreach (var name in Statement.Names) Assert.Contains($"`{name}`", Page(), StringComparison.Ordinal);
        foreach (var action in OcppVersion.V201.Requests.Keys.Concat(OcppVersion.V16.Requests.Keys)) Assert.Contains($"`{action}`", Page(), StringComparison.Ordinal);
        foreach (var refusal in typeof(DeviceRegister).GetFields().Concat(typeof(SensorLog).GetFields()).Where(field => field.FieldType.IsAssignableTo(typeof(Keten.Kernel.IRefusal))))
            Assert.Contains($"`{refusal.Name}`", Page("docs/contracts/devices.md"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"register\": 7", "\"register\": 7, \"regster\": 8")]
    [InlineData("\"register\": 7", "\"register\": 7, \"register\": 8")]
    [InlineData("\"register\": 7", "\"lane\": 16, \"register\": 7")]
    [InlineData("\"register\": 7,", "")]
    [InlineData("9a53…", "9a53")]
    [InlineData("\"CP1\"", "\"CP 1\"")]
    [InlineData("04FFFFFFFF", "04a2b3c4d5")]
    public void What_is_no_configuration_is_refused_by_name(string was, string otherwise)
    {
        using var folder = new Keten.Tests.Clients.TemporaryFolder();
        var json = Configuration().Match(Page()).Groups["json"].Value.Replace(was, otherwise, StringComparison.Ordinal).Replace("9a53…", new string('0', 64), StringComparison.Ordinal);
        File.WriteAllText(folder["doors.json"], json);
        Assert.Throws<DoorsException>(() => DoorsConfiguration.Load(folder["doors.json"]));
    }

    [GeneratedRegex("```ocpp\n(?<lines>[^`]*)```", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Example();

    [GeneratedRegex("```json\n(?<json>[^`]*)```", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Configuration();

    [GeneratedRegex("\"currentTime\":\"[^\"]*\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Now();

    private static string Page(string name = "docs/doors.md")
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Keten.slnx"))) folder = folder.Parent;
        return File.ReadAllText(Path.Combine(folder.FullName, name));
    }
}
