using System.Text.Json.Nodes;
using Keten.Client;
using Keten.Tests.Clients;

namespace Keten.Tests.Commands;

public sealed class VerifyTests : IDisposable
{
    private static readonly string[] Checks = ["form", "ledger", "certificate", "outcome"];
    private readonly Shell shell = new();
    private readonly Receipts made = new();

    public VerifyTests()
    {
        File.WriteAllText(shell["genesis.json"], GenesisFile.Write(made.Chain.Genesis));
        File.WriteAllBytes(shell["r.cose"], made.Paid);
    }

    public void Dispose() => shell.Dispose();

    private Task<(int Exit, JsonObject Json)> VerifyAsync(string file) => shell.JsonAsync("verify", shell[file], "--genesis", shell["genesis.json"]);

    [Fact]
    public async Task A_good_receipt_is_exit_code_0_and_tells_ledger_height_time_and_what_was_done()
    {
        var (exit, json) = await VerifyAsync("r.cose");
        Assert.Equal(0, exit);
        Assert.True((bool)json["holds"]!);
        Assert.Null(json["failed"]);
        Assert.Equal(Checks, json["checks"]!.AsArray().Select(check => (string)check!["name"]!));
        var receipt = json["receipt"]!;
        Assert.Equal(made.Chain.Genesis.LedgerId.ToString(), (string)receipt["ledger"]!);
        Assert.Equal(made.Chain.Ledger.Head!.Height, (ulong)receipt["height"]!);
        Assert.Equal(250, (long)receipt["calls"]![0]!["postings"]!.AsArray().Single(posting => (long)posting!["change"]! > 0)!["change"]!);
        var told = await shell.RunAsync("verify", shell["r.cose"], "--genesis", shell["genesis.json"]);
        Assert.Contains("The receipt holds.", told.Output, StringComparison.Ordinal);
        Assert.Contains(made.Chain.Genesis.LedgerId.ToString(), told.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_any_byte_flipped_it_is_exit_code_1_and_the_check_that_failed_is_named()
    {
        var failed = new HashSet<string>();
        for (var place = 0; place < made.Paid.Length; place++)
        {
            var flipped = made.Paid.ToArray();
            flipped[place] ^= (byte)(1 << (place % 8));
            File.WriteAllBytes(shell["flipped.cose"], flipped);
            var (exit, json) = await VerifyAsync("flipped.cose");
            Assert.Equal(1, exit);
            Assert.Contains((string)json["failed"]!, Checks);
            Assert.Null(json["receipt"]);
            failed.Add((string)json["failed"]!);
        }
        Assert.Equal(Checks.Order(), failed.Order());
    }

    [Fact]
    public async Task Another_ledgers_genesis_a_file_that_is_none_and_one_that_is_not_there_are_told_apart()
    {
        File.WriteAllText(shell["other.json"], GenesisFile.Write(made.Chain.Genesis with { Nonce = default }));
        var (exit, json) = await shell.JsonAsync("verify", shell["r.cose"], "--genesis", shell["other.json"]);
        Assert.Equal(1, exit);
        Assert.Equal("ledger", (string)json["failed"]!);
        File.WriteAllText(shell["none.json"], "{}");
        Assert.Equal(2, (await shell.JsonAsync("verify", shell["r.cose"], "--genesis", shell["none.json"])).Exit);
        Assert.Equal(2, (await VerifyAsync("nowhere.cose")).Exit);
        File.WriteAllBytes(shell["empty.cose"], []);
        Assert.Equal(1, (await VerifyAsync("empty.cose")).Exit);
    }
}
