using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Keten.Bench.Harness;

namespace Keten.Bench.Peers;

/// <summary>
/// Transfers of an ERC-20 token in Anvil, a block a second, in memory. Anvil takes the senders' word for who they are here: it checks no signature, which is in its favour. Clients send a
/// few hundred transactions a request.
/// </summary>
internal static class AnvilPeer
{
    private const int ARequest = 500;
    private const int Connections = 2;

    // What the contract does, by hand: any call that is not transfer(address,uint256) gives its caller what it asks for.
    private static readonly string Code = string.Concat(
        "608a80600b6000396000f3",                // deploys the 138 bytes that follow
        "60003560e01c63a9059cbb14602157",        // transfer(address,uint256)? go on below
        "336000526040600020805460043501905500",  // balance[caller] += the first argument; balances stand at keccak(account ‖ 0)
        "5b3360005260406000208054602435",        // slot, balance of the caller, amount
        "808210608457",                          // less than the amount? revert
        "809103909155",                          // balance[caller] -= amount
        "6004356000526040600020805482019055",    // balance[to] += amount
        "600052600435337fddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef60206000a3",   // event Transfer(caller, to, amount)
        "600160005260206000f3",                  // true
        "5b60006000fd");

    public static async Task<string?> MeasureAsync(Run run)
    {
        if (Find() is not { } program) return "there is no Anvil here.";
        var port = FreePort();
        using var server = Process.Start(Tool.Start(
            program, "--port", $"{port}", "--block-time", "1", "--auto-impersonate", "--gas-price", "0", "--block-base-fee-per-gas", "0", "--disable-block-gas-limit", "--order", "fifo",
            "--silent", "--accounts", "1", "--no-request-size-limit"))!;
        try
        {
            _ = server.StandardOutput.ReadToEndAsync();
            run.Say(Tool.Must(program, "--version").Split('\n')[0]);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(2) };
            await UpAsync(http);
            var token = await DeployAsync(http);
            await SendAsync(http, Bodies(Enumerable.Range(0, SideBySide.Accounts).Select(account => Transaction(account, token, 0, "0x00000000" + Word(1_000_000_000)))));
            var (transfers, random, nonces) = (run.Pick(10_000, 30_000, 100_000), new Random(1), new int[SideBySide.Accounts]);
            Array.Fill(nonces, 1);
            for (var round = 0; round < run.Rounds; round++)
            {
                var ready = Bodies(Enumerable.Range(0, transfers).Select(each =>
                {
                    var from = each % SideBySide.Accounts;
                    return Transaction(from, token, nonces[from]++, "0xa9059cbb" + Address(random.Next(SideBySide.Accounts)).PadLeft(64, '0') + Word(1 + each % 100));
                }));
                var clock = Stopwatch.StartNew();
                await SendAsync(http, ready);
                run.Add("anvilPerSecond", "/s", transfers / clock.Elapsed.TotalSeconds);
            }
            return null;
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }
    }

    // From the npm registry, into the user's cache: it is run, and is part of nothing.
    private static string? Find()
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "keten-bench");
        var bin = Path.Combine(folder, "node_modules", "@foundry-rs", "anvil-linux-amd64", "bin");
        if (Tool.Find("anvil", bin) is { } found) return found;
        if (Tool.Find("npm") is not { } npm) return null;
        Directory.CreateDirectory(folder);
        Tool.Run(npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", "@foundry-rs/anvil@1.7.1");
        return Tool.Find("anvil", bin);
    }

    private static async Task<string> DeployAsync(HttpClient http)
    {
        var deploy = new JsonObject { ["from"] = "0x" + Address(0), ["data"] = "0x" + Code, ["gas"] = "0x1e8480", ["gasPrice"] = "0x0" };
        var hash = (string)(await CallAsync(http, [("eth_sendTransaction", new JsonArray(deploy))]))[0]!["result"]!;
        while (true)
        {
            var receipt = (await CallAsync(http, [("eth_getTransactionReceipt", new JsonArray(hash))]))[0]!["result"];
            if (receipt is not null) return (string)receipt["contractAddress"]!;
            await Task.Delay(100);
        }
    }

    private static byte[][] Bodies(IEnumerable<JsonObject> transactions) => [.. transactions.Chunk(ARequest).Select(some => Body([.. some.Select(each => ("eth_sendTransaction", new JsonArray(each)))]))];

    // Sends all, and waits until the last of each request is in a block, and was not reverted.
    private static async Task SendAsync(HttpClient http, byte[][] requests)
    {
        var (next, hashes) = (-1, new string[requests.Length]);
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int at; (at = Interlocked.Increment(ref next)) < requests.Length;)
            {
                var said = await PostAsync(http, requests[at]);
                if (said.AsSpan().IndexOf("\"error\""u8) >= 0) throw new InvalidOperationException("Anvil refused a transfer.");
                hashes[at] = Encoding.ASCII.GetString(said.AsSpan(said.AsSpan().LastIndexOf("\"0x"u8) + 1, 66));
            }
        }));
        foreach (var hash in hashes)
        {
            JsonNode? receipt;
            while ((receipt = (await CallAsync(http, [("eth_getTransactionReceipt", new JsonArray(hash))]))[0]!["result"]) is null) await Task.Delay(20);
            if ((string?)receipt["status"] != "0x1") throw new InvalidOperationException("Anvil reverted a transfer.");
        }
    }

    private static async Task<JsonArray> CallAsync(HttpClient http, (string Method, JsonArray Parameters)[] calls) =>
        JsonNode.Parse(await PostAsync(http, Body(calls))) as JsonArray ?? throw new InvalidOperationException("Anvil's answer is no list.");

    private static byte[] Body((string Method, JsonArray Parameters)[] calls) => Encoding.UTF8.GetBytes(new JsonArray([.. calls.Select((call, id) => (JsonNode)new JsonObject
    {
        ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = call.Method, ["params"] = call.Parameters,
    })]).ToJsonString());

    private static async Task<byte[]> PostAsync(HttpClient http, byte[] body)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var answer = await http.PostAsync(new Uri("/", UriKind.Relative), content);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private static async Task UpAsync(HttpClient http)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await CallAsync(http, [("eth_chainId", [])]);
                return;
            }
            catch (HttpRequestException) when (tries < 100)
            {
                await Task.Delay(100);
            }
        }
    }

    private static JsonObject Transaction(int from, string token, int nonce, string data) => new()
    {
        ["from"] = "0x" + Address(from), ["to"] = token, ["nonce"] = FormattableString.Invariant($"0x{nonce + (from == 0 ? 1 : 0):x}"), ["data"] = data, ["gas"] = "0x186a0", ["gasPrice"] = "0x0",
    };

    private static string Address(int account) => (account + 0x10_0000).ToString("x40", CultureInfo.InvariantCulture);

    private static string Word(long number) => number.ToString("x64", CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
