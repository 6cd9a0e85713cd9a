using System.Text.Json.Nodes;
using Keten.Client;

namespace Keten.Tests.Commands;

public sealed class OcmfVerifyTests : IDisposable
{
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [DataFact]
    public async Task Every_value_of_the_published_files_has_the_expected_signature_and_a_reason_where_it_may_not_be_billed()
    {
        var (exit, json) = await shell.JsonAsync("ocmf", "verify", Data.Path("ocmf"));
        Assert.Equal(1, exit);
        var values = json["values"]!.AsArray();
        Assert.Equal(113, values.Count);
        Assert.Equal(4, values.Count(value => (string)value!["signature"]! == "unsupported"));
        Assert.Equal(101, values.Count(value => Reasons(value!).Contains("ClockNotSynchronised")));
        Assert.All(values, value => Assert.Equal((bool)value!["admissible"]!, Reasons(value).Count == 0));
        Assert.Equal((int)json["valid"]!, values.Count(value => (string)value!["signature"]! == "valid"));
    }

    [DataFact]
    public async Task With_a_keys_file_of_another_meter_every_verdict_turns()
    {
        using var stranger = SigningKey.Generate();
        var spki = string.Concat(KeyFolder.PublicPem(stranger.Public).Split('\n').Where(line => !line.StartsWith('-')));
        File.WriteAllText(shell["keys.txt"], "nobody " + spki + "\n");
        var (exit, json) = await shell.JsonAsync("ocmf", "verify", Data.Path("ocmf"), "--keys", shell["keys.txt"]);
        Assert.Equal(1, exit);
        Assert.All(json["values"]!.AsArray(), value =>
        {
            Assert.NotEqual("valid", (string)value!["signature"]!);
            Assert.False((bool)value["admissible"]!);
            Assert.NotEmpty(Reasons(value));
        });
    }

    [Fact]
    public async Task A_path_that_is_not_there_and_a_keys_file_that_is_none_are_wrong_use()
    {
        Assert.Equal(2, (await shell.JsonAsync("ocmf", "verify", shell["nowhere"])).Exit);
        File.WriteAllText(shell["keys.txt"], "K-1 0000");
        var (exit, json) = await shell.JsonAsync("ocmf", "verify", shell["password"], "--keys", shell["keys.txt"]);
        Assert.Equal(2, exit);
        Assert.Contains("line 1", (string)json["error"]!, StringComparison.Ordinal);
    }

    private static List<string> Reasons(JsonNode value) => [.. value["reasons"]!.AsArray().Select(reason => (string)reason!)];
}
