using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Kernel;
using Keten.Tests.Nodes;

namespace Keten.Tests.Api;

/// <summary>Does what docs/api.md shows, byte by byte and without the signing code.</summary>
public sealed class ApiPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Root(), "docs", "api.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task The_request_of_the_page_signed_as_the_page_says_is_answered()
    {
        await using var rig = await ApiRig.Start();
        var (bank, address) = (rig.Ledger.Bank, new Uri(rig.Host.Url));
        var created = rig.Ledger.Clock.GetUtcNow().ToUnixTimeSeconds();
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(Filled(Blocks("```\n").Single(block => block.StartsWith("\"@method\"", StringComparison.Ordinal)))));
        var signature = new byte[Signature.Size];
        bank.Sign(digest).CopyTo(signature);
        var request = Filled(Blocks("```http\n").Single()).Replace("BASE64", Convert.ToBase64String(signature), StringComparison.Ordinal);

        using var connection = new TcpClient();
        await connection.ConnectAsync(address.Host, address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ReplaceLineEndings("\r\n") + "\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(stream).ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("EMoney", answer, StringComparison.Ordinal);

        string Filled(string text) => text.Replace("127.0.0.1:5080", address.Authority, StringComparison.Ordinal).Replace("KEYID", bank.Id.ToString(), StringComparison.Ordinal)
            .Replace("1800000000", created.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_answers_of_the_page_are_what_comes()
    {
        await using var rig = await ApiRig.Start();
        var ledger = rig.Ledger;
        var (done, problem) = (JsonNode.Parse(Blocks("```json\n")[0])!.AsObject(), JsonNode.Parse(Blocks("```json\n")[1])!.AsObject());
        var answer = (await ApiRig.Json(await rig.Post(ledger.Pay(ledger.Ada, ledger.Bob, 1)))).AsObject();
        Assert.Equal(done.Select(field => field.Key), answer.Select(field => field.Key));
        Assert.Equal(done["height"]!.ToJsonString(), answer["height"]!.ToJsonString());
        var tooMuch = ledger.Begin(ledger.Ada).Transfer(null, Party.Of(ledger.Bob.Id), NodeRig.Euro.Of(1L << 60)).Sign(ledger.Ada);
        answer = (await ApiRig.Json(await rig.Post(tooMuch))).AsObject();
        foreach (var (name, value) in problem) Assert.Equal(value!.ToJsonString(), answer[name]!.ToJsonString());
    }

    internal static JsonNode Problem(string name) =>
        Blocks("```json\n").Select(block => JsonNode.Parse(block)!).Single(problem => (string?)problem["name"] == name);

    private static string[] Blocks(string fence) => [.. Page.Split(fence).Skip(1).Select(rest => rest.Split("\n```")[0].TrimEnd('\n')).Where(block => block.Length > 0 && block[0] != '\n')];

    private static string Root()
    {
        var at = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(at, "Keten.slnx"))) at = Path.GetDirectoryName(at)!;
        return at;
    }
}
