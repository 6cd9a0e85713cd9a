using Keten.Client;

namespace Keten.Tests.Commands;

public sealed class CommandTests : IDisposable
{
    private readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Theory]
    [InlineData]
    [InlineData("nothing-of-the-kind")]
    [InlineData("verify")]
    [InlineData("verify", "r.cose")]
    [InlineData("key", "new")]
    [InlineData("pay", "--to", "ada")]
    [InlineData("ocmf", "verify", "x", "--clock", "sundial")]
    public async Task A_wrong_command_line_is_exit_code_2_and_says_what_is_wrong(params string[] args)
    {
        var (exit, output, error) = await shell.RunAsync(args);
        Assert.Equal(2, exit);
        Assert.Empty(output);
        Assert.NotEmpty(error);
        var (again, json) = await shell.JsonAsync(args);
        Assert.Equal(2, again);
        Assert.Equal(2, (int)json["exit"]!);
        Assert.NotEmpty((string)json["error"]!);
    }

    [Theory]
    [InlineData]
    [InlineData("key")]
    [InlineData("genesis", "create")]
    [InlineData("party", "recover")]
    [InlineData("show", "transaction")]
    [InlineData("verify")]
    public async Task Every_command_explains_itself(params string[] args)
    {
        var (exit, output, _) = await shell.RunAsync([.. args, "--help"]);
        Assert.Equal(0, exit);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_drawn_listed_shown_and_exported_and_no_secret_is_ever_printed()
    {
        var made = await shell.RunAsync(["key", "new", "ada", .. shell.Keys, .. shell.Password]);
        Assert.Equal(0, made.Exit);
        var listed = await shell.JsonAsync(["key", "list", .. shell.Keys]);
        var key = new KeyFolder(shell["keys"]).Show("ada");
        Assert.Equal(key.Id.ToString(), (string)listed.Json["keys"]![0]!["keyId"]!);
        var shown = await shell.RunAsync(["key", "show", "ada", .. shell.Keys]);
        Assert.Contains(key.Public.ToString(), shown.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await shell.JsonAsync(["key", "export", "ada", "--out", shell["ada.pub"], .. shell.Keys])).Exit);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", File.ReadAllText(shell["ada.pub"]), StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE", File.ReadAllText(shell["ada.pub"]), StringComparison.Ordinal);
        var copied = await shell.RunAsync(["key", "export", "ada", "--private", "--out", shell["ada.copy"], .. shell.Keys]);
        Assert.Equal(0, copied.Exit);
        Assert.Contains("ENCRYPTED PRIVATE KEY", File.ReadAllText(shell["ada.copy"]), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(shell["ada.copy"]));
        foreach (var printed in new[] { made, shown, copied })
        {
            Assert.DoesNotContain("PRIVATE", printed.Output + printed.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("open sesame", printed.Output + printed.Error, StringComparison.Ordinal);
        }
        Assert.Equal(2, (await shell.JsonAsync(["key", "export", "ada", "--out", shell["ada.pub"], .. shell.Keys])).Exit);
        Assert.Equal(2, (await shell.JsonAsync(["key", "new", "ada", .. shell.Keys, .. shell.Password])).Exit);
        Assert.Equal(2, (await shell.JsonAsync(["key", "show", "bob", .. shell.Keys])).Exit);
    }

    [Fact]
    public async Task A_genesis_is_made_once_and_names_its_validators_and_founders()
    {
        var (validator, bank) = (await shell.KeyAsync("org"), await shell.KeyAsync("bank"));
        string[] create = ["genesis", "create", "--validator", "Org=org", "--founder", (string)bank["publicKey"]!, "--admit", "bank", "--out", shell["ledger"], .. shell.Keys];
        var (exit, json) = await shell.JsonAsync(create);
        Assert.Equal(0, exit);
        Assert.Equal((string)validator["keyId"]!, (string)json["validators"]![0]!["id"]!);
        Assert.Equal("admitted", (string)json["join"]!);
        var genesis = GenesisFile.Load(shell["ledger/genesis.json"]);
        Assert.Equal(genesis.LedgerId, GenesisFile.Load(shell["ledger/genesis.cbor"]).LedgerId);
        Assert.Equal(genesis.LedgerId.ToString(), (string)(await shell.JsonAsync("genesis", "show", shell["ledger/genesis.json"])).Json["ledger"]!);

        Assert.Equal(2, (await shell.JsonAsync(create)).Exit);
        Assert.Equal(2, (await shell.JsonAsync(["genesis", "create", "--validator", "org", "--out", shell["other"], .. shell.Keys])).Exit);
        Assert.Equal(2, (await shell.JsonAsync(["genesis", "create", "--validator", "Org=org", "--admit", "bank", "--out", shell["other"], .. shell.Keys])).Exit);
        Assert.Equal(2, (await shell.JsonAsync(["genesis", "create", "--validator", "Org=org", "--began", "yesterday", "--out", shell["other"], .. shell.Keys])).Exit);
        Assert.False(Directory.Exists(shell["other"]));
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_exit_code_3()
    {
        var (exit, json) = await shell.JsonAsync(["show", "head", "--node", "http://127.0.0.1:1", .. shell.Keys]);
        Assert.Equal(3, exit);
        Assert.Contains("cannot be reached", (string)json["error"]!, StringComparison.Ordinal);
        Assert.Equal(2, (await shell.JsonAsync(["show", "head", "--node", "ftp://nowhere", .. shell.Keys])).Exit);
    }

    [Fact]
    public async Task A_folder_that_is_no_nodes_is_damaged_and_one_that_is_not_there_is_wrong_use()
    {
        Directory.CreateDirectory(shell["empty"]);
        Assert.Equal(1, (await shell.JsonAsync("fsck", shell["empty"])).Exit);
        Assert.Empty(Directory.EnumerateFileSystemEntries(shell["empty"]));
        Assert.Equal(2, (await shell.JsonAsync("fsck", shell["nowhere"])).Exit);
    }
}
